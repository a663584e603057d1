"""The picture of an evening as numbers: where bars, bands, lanes and marks stand, in hundredths of its width."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from bot.rehearsal.counting import counted
from bot.rehearsal.figures import Figures
from bot.rehearsal.figures.healing import Healing
from bot.rehearsal.figures.series import Series
from bot.rehearsal.figures.timeline import Timeline
from bot.rehearsal.moments import SECOND, since

_STEPS = (1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 14400, 86400)
_TICKS_MAX = 6
# A fault that is over at once is drawn this wide, and two flags of one row stand this far apart.
_WIDTH_MIN, _FLAGS_APART = 0.6, 5.0
_MARKED = {"announced": "announced", "sold-out": "sold out", "closed": "closed", "cancelled": "cancelled"}


@dataclass(frozen=True, slots=True)
class Bar:
    """One step: heights in hundredths of the busiest one; the votes stand on top of the claims."""

    index: int
    asked: float
    granted: float
    voted: float
    says: str


@dataclass(frozen=True, slots=True)
class Band:
    """A fault, until it had healed. `number` is its row in the table of faults, `row` where its flag stands."""

    left: float
    width: float
    number: int
    row: int
    says: str


@dataclass(frozen=True, slots=True)
class Lane:
    """One drop or poll: `spans` are (left, width) while it was open, `early` those in which only some were let in,
    and `marks` (left, what) single instants."""

    title: str
    spans: tuple[tuple[float, float], ...]
    early: tuple[tuple[float, float], ...]
    marks: tuple[tuple[float, str, str], ...]


@dataclass(frozen=True, slots=True)
class Picture:
    """One piece of an evening, of so many `points`. `ticks` are (left, label), `shades` (left, width): where any
    fault was on; `busiest` is what the highest bar stands for in one second."""

    points: int
    bars: tuple[Bar, ...]
    bands: tuple[Band, ...]
    shades: tuple[tuple[float, float], ...]
    lanes: tuple[Lane, ...]
    ticks: tuple[tuple[float, str], ...]
    busiest: float
    flag_rows: int


def pictures(figures: Figures) -> tuple[Picture, ...]:
    """One for each piece in which somebody claimed or something went wrong."""
    numbered = list(enumerate(figures.healings, 1))
    drawn = []
    for series in figures.series:
        bands = tuple(_bands(series, figures.begins_at, numbered))
        if any(series.asked) or any(series.voted) or bands:
            lanes = (
                _lane(series, figures.begins_at, life) for life in (*figures.timelines, *figures.poll_timelines)
            )
            drawn.append(
                Picture(
                    points=len(series.asked),
                    bars=tuple(_bars(series, figures.begins_at)),
                    bands=bands,
                    shades=tuple(_shades(bands)),
                    lanes=tuple(lane for lane in lanes if lane.spans or lane.marks),
                    ticks=tuple(_ticks(series, figures.begins_at)),
                    busiest=max(map(sum, zip(series.asked, series.voted, strict=True)), default=0)
                    / series.step_seconds,
                    flag_rows=1 + max((band.row for band in bands), default=-1),
                )
            )
    return tuple(drawn)


def _left(series: Series, at: int) -> float:
    share = (at - series.begins_at) / (series.ends_at - series.begins_at)
    return round(100 * min(1.0, max(0.0, share)), 2)


def _bars(series: Series, begins_at: int) -> Iterator[Bar]:
    steps = list(zip(series.asked, series.granted, series.voted, strict=True))
    top = max((asked + voted for asked, _, voted in steps), default=0) or 1
    for index, (asked, granted, voted) in enumerate(steps):
        if asked or voted:
            when = since(series.begins_at + index * series.step_seconds * SECOND - begins_at)
            claims = [f"{counted(asked, 'claim')}, {granted} granted"] if asked else []
            votes = [counted(voted, "vote")] if voted else []
            asked_high, granted_high, voted_high = (round(100 * each / top, 1) for each in (asked, granted, voted))
            yield Bar(index, asked_high, granted_high, voted_high, f"{when}: {', '.join(claims + votes)}")


def _bands(series: Series, begins_at: int, numbered: Iterable[tuple[int, Healing]]) -> Iterator[Band]:
    row_ends: list[float] = []
    for number, healing in numbered:
        trouble = healing.trouble
        if trouble.skipped or not series.begins_at <= trouble.begins_at < series.ends_at:
            continue
        left = _left(series, trouble.begins_at)
        right = _left(series, healing.healed_at or trouble.ends_at)
        row = next((row for row, end in enumerate(row_ends) if left >= end), len(row_ends))
        row_ends[row : row + 1] = [left + _FLAGS_APART]
        says = f"{since(trouble.begins_at - begins_at)} {trouble.name}: {healing.sentence}"
        yield Band(left, max(_WIDTH_MIN, round(right - left, 2)), number, row, says)


def _shades(bands: Iterable[Band]) -> Iterator[tuple[float, float]]:
    """Faults that overlap are one shade, or it would grow darker with each."""
    begin, end = 0.0, -1.0
    for band in sorted(bands, key=lambda each: each.left):
        if band.left > end:
            if end >= begin:
                yield begin, round(end - begin, 2)
            begin = band.left
        end = max(end, band.left + band.width)
    if end >= begin:
        yield begin, round(end - begin, 2)


def _lane(series: Series, begins_at: int, life: Timeline) -> Lane:
    marks = [
        (_left(series, each.at), each.what, f"{_MARKED[each.what]} {since(each.at - begins_at)}")
        for each in life.happenings
        if each.what in _MARKED and series.begins_at <= each.at < series.ends_at
    ]
    early = tuple(_spans(series, life.early_spans))
    return Lane(life.title, tuple(_spans(series, life.open_spans)), early, tuple(marks))


def _spans(series: Series, spans: Iterable[tuple[int, int]]) -> Iterator[tuple[float, float]]:
    for begin, end in spans:
        if begin < series.ends_at and end > series.begins_at:
            left, right = _left(series, begin), _left(series, end)
            yield left, max(_WIDTH_MIN, round(right - left, 2))


def _ticks(series: Series, begins_at: int) -> Iterator[tuple[float, str]]:
    step = next((each for each in _STEPS if series.seconds / each <= _TICKS_MAX), _STEPS[-1]) * SECOND
    first = -(-(series.begins_at - begins_at) // step) * step
    for offset in range(first, series.ends_at - begins_at, step):
        yield _left(series, begins_at + offset), since(offset).replace(".0 s", " s")
