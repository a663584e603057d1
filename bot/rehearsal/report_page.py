"""The report as one HTML file that needs nothing else: no script, no network, dark and light, phone and desktop."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from functools import cache
from pathlib import Path

from jinja2 import Environment, StrictUndefined, Template
from markupsafe import Markup

from bot.rehearsal.figures.answers import BARS, Answers
from bot.rehearsal.figures.timeline import Said
from bot.rehearsal.moments import since
from bot.rehearsal.picture import pictures
from bot.rehearsal.promises import Verdict
from bot.rehearsal.report import Report
from bot.rehearsal.report_text import poll_counts
from bot.rehearsal.spoken import clean, words_of

_HERE = Path(__file__).parent
_PLACES = {"twitch:chat": "in Twitch chat", "discord:announcements": "on Discord"}


def write_page(report: Report, path: Path) -> None:
    """Write the file. Raises OSError."""
    path.write_text(render(report), "utf-8")


def render(report: Report) -> str:
    """The page. Whatever people wrote or are called stands in it as text, without invisible letters."""
    figures = report.figures
    return _template().render(
        report=report,
        figures=figures,
        broken=report.broken,
        kept=report.having(Verdict.KEPT),
        unchecked=report.having(Verdict.UNCHECKED),
        healed=sum(each.seconds is not None for each in figures.healings),
        busiest=max((each.busiest for each in figures.series), default=0.0),
        busiest_votes=max((each.busiest_votes for each in figures.series), default=0.0),
        rush="Claims and votes" if figures.voted else "Claims",
        pictures=pictures(figures),
        stopped=any(life.first("cancelled") for life in (*figures.timelines, *figures.poll_timelines)),
        early=any(life.early_spans for life in figures.timelines),
        # Our own sheet, and no text of anybody's: it would be spoiled by escaping.
        css=Markup((_HERE / "report.css").read_text("utf-8")),
        since=since,
        histogram=_histogram,
        counts=poll_counts,
        where=_where,
        words=_words,
    )


@cache
def _template() -> Template:
    environment = Environment(
        autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True, finalize=_harmless
    )
    return environment.from_string((_HERE / "report.html").read_text("utf-8"))


def _harmless(value: object) -> object:
    """Text on its way into the page; what is markup already is ours."""
    return clean(value) if type(value) is str else value


def _histogram(answers: Answers) -> Iterator[tuple[str, int]]:
    between = [f"{low:g} to {high:g} s" for low, high in itertools.pairwise(BARS)]
    labels = [f"below {BARS[0]:g} s", *between, f"{BARS[-1]:g} s and more"]
    counts = answers.histogram
    last = max((index for index, count in enumerate(counts) if count), default=0)
    yield from zip(labels[: last + 1], counts, strict=False)


def _words(said: Said) -> str:
    """As its readers saw it: Discord shows times and roles in words."""
    return words_of(said.place.partition(":")[0], said.text, said.at)


def _where(said: Sequence[Said]) -> str:
    return " and ".join(dict.fromkeys(_PLACES.get(each.place, each.place) for each in said))
