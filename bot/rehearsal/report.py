"""What a streamer reads afterwards: units, refusals, times, announcements, and the promises one by one."""

from __future__ import annotations

import shlex
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Any

from rich.console import Console
from rich.table import Table
from rich.text import Text

from bot.rehearsal.evidence import Case, Told, Who
from bot.rehearsal.promises import Promise, Verdict

_STYLES = {Verdict.KEPT: "green", Verdict.BROKEN: "bold red", Verdict.UNCHECKED: "dim"}
_MARKS = {Verdict.KEPT: "kept", Verdict.BROKEN: "BROKEN", Verdict.UNCHECKED: "-"}
_DETAILS_SHOWN = 5


@dataclass(frozen=True, slots=True)
class Report:
    """`answers` holds the seconds between a claim and its answer, by platform, in rising order; `news` those
    between what happened to a drop and the line or card that told of it."""

    drops: tuple[dict[str, Any], ...]
    refusals: dict[str, int]
    answers: dict[str, tuple[float, ...]]
    announcements: dict[str, dict[str, int]]
    news: tuple[float, ...]
    promises: tuple[Promise, ...]
    complete: bool
    seconds: float
    repeat: str
    kept_in: str | None
    seed: int

    @property
    def broken(self) -> tuple[Promise, ...]:
        return tuple(promise for promise in self.promises if promise.verdict is Verdict.BROKEN)

    @property
    def exit_code(self) -> int:
        """0 when every promise that could be checked was kept and the play came to its end, else 1."""
        return 1 if self.broken or not self.complete else 0

    def as_public(self) -> dict[str, Any]:
        return {
            "kept": not self.exit_code,
            "complete": self.complete,
            "seed": self.seed,
            "repeat": self.repeat,
            "seconds": round(self.seconds, 1),
            "drops": list(self.drops),
            "refusals": self.refusals,
            "answer_seconds": {platform: _figures(times) for platform, times in self.answers.items() if times},
            "announcement_seconds": _figures(self.news) if self.news else {},
            "announcements": self.announcements,
            "promises": [promise.as_public() for promise in self.promises],
            "kept_in": self.kept_in,
        }


def _figures(times: Sequence[float]) -> dict[str, float]:
    return {"count": len(times), "median": round(median(times), 3), "worst": round(times[-1], 3)}


def make_report(
    case: Case,
    promises: Sequence[Promise],
    *,
    complete: bool,
    seconds: float,
    seed: int,
    repeat: Sequence[str],
    kept_in: Path | None,
) -> Report:
    """Count what a report shows. `repeat` is the command that plays the same again."""
    refused = (o.decision.get("because", "needs-name") for o in case.ledger.outcomes if o.kind in _REFUSALS)
    return Report(
        drops=tuple(_units(case, drop.key) for drop in case.drops),
        refusals=dict(Counter(str(reason) for reason in refused).most_common()),
        answers={platform: _answer_seconds(case, platform) for platform in ("twitch", "discord")},
        announcements=_announcements(case),
        news=_news_seconds(case),
        promises=tuple(promises),
        complete=complete,
        seconds=seconds,
        repeat=shlex.join(repeat),
        kept_in=None if kept_in is None else str(kept_in),
        seed=seed,
    )


_POSTED = ("chat", "message")
_REFUSALS = ("claim.refused", "claim.needs-name")


def _units(case: Case, key: str) -> dict[str, Any]:
    drop = case.drop(key)
    assert drop is not None
    numbers = sorted(unit.number for unit in case.ledger.units if unit.drop == key)
    owners = {unit.person for unit in case.ledger.units if unit.drop == key}
    return {
        "drop": key,
        "title": drop.title,
        "supply": drop.supply,
        "units": len(numbers),
        "numbers": [numbers[0], numbers[-1]] if numbers else [],
        "owners": len(owners),
        "wanted_by": len({ask.who for ask in case.asks if ask.drop in ("", key)}),
    }


def _answer_seconds(case: Case, platform: str) -> tuple[float, ...]:
    """From each claim to the next thing its person was told, or for an interaction to its own answer."""
    told_to: dict[Who, list[Told]] = {}
    for told in case.told:
        told_to.setdefault(told.who, []).append(told)
    times = []
    for ask in case.asks:
        if ask.who[0] != platform:
            continue
        heard = told_to.get(ask.who, ())
        later = [t.at - ask.at for t in heard if t.at >= ask.at and t.request in ("", ask.request)]
        if later:
            times.append(min(later) / 1_000_000)
    return tuple(sorted(times))


def _announcements(case: Case) -> dict[str, dict[str, int]]:
    found: dict[str, Counter[str]] = {}
    for row in case.ledger.news:
        if row.result == "sent":
            found.setdefault(row.place, Counter())[row.kind] += 1
    return {place: dict(kinds) for place, kinds in found.items()}


def _news_seconds(case: Case) -> tuple[float, ...]:
    shown = {str(seen["data"].get("message_id", "")): seen["at"] for seen in case.record if seen["kind"] in _POSTED}
    late = (shown[row.reference] - row.created_at for row in case.ledger.news if row.reference in shown)
    return tuple(sorted(max(0, each) / 1_000_000 for each in late))


def show(report: Report, console: Console) -> None:
    """The report for a person."""
    for drop in report.drops:
        first_last = " to ".join(f"#{number}" for number in drop["numbers"]) or "none"
        console.print(
            Text(f"{drop['title']}: {drop['units']} of {drop['supply']} units, {first_last}, ", style="bold"),
            Text(f"{drop['owners']} owners; {drop['wanted_by']} people asked"),
            sep="",
        )
    if report.refusals:
        console.print("Refused: " + ", ".join(f"{count} {reason}" for reason, count in report.refusals.items()))
    for platform, times in report.answers.items():
        if times:
            console.print(
                f"Answers on {platform.title()}: median {median(times):.2f} s, worst {times[-1]:.2f} s, "
                f"of {len(times)} claims"
            )
    for place, kinds in report.announcements.items():
        console.print(f"Announced in {place}: " + ", ".join(f"{kind} {count}" for kind, count in kinds.items()))
    if report.news:
        console.print(
            f"Announcements: median {median(report.news):.2f} s after the fact, worst {report.news[-1]:.2f} s"
        )
    console.print(_table(report))
    _show_ending(report, console)


def _table(report: Report) -> Table:
    table = Table(box=None, padding=(0, 2, 0, 0), show_header=False)
    table.add_column(no_wrap=True)
    table.add_column()
    table.add_column(style="dim")
    for promise in report.promises:
        details = promise.details[0] if promise.verdict is not Verdict.BROKEN else f"{len(promise.details)} found"
        mark = Text(_MARKS[promise.verdict], style=_STYLES[promise.verdict])
        table.add_row(mark, Text(promise.sentence), Text(details))
    return table


def _show_ending(report: Report, console: Console) -> None:
    for promise in report.broken:
        console.print(Text(f"BROKEN: {promise.sentence}", style="bold red"))
        for detail in promise.details[:_DETAILS_SHOWN]:
            console.print(Text(f"  {detail}"), soft_wrap=True)
        if len(promise.details) > _DETAILS_SHOWN:
            console.print(f"  and {len(promise.details) - _DETAILS_SHOWN} more; --json lists them all")
    if not report.complete:
        console.print(Text("The play did not come to its end in time: somebody still waits.", style="bold red"))
    if report.kept_in is not None:
        console.print(f"Left in {report.kept_in}: ledger.db, record.jsonl, bot.log, config.toml", soft_wrap=True)
    elif report.exit_code:
        console.print("To look closer, play it again with --keep FOLDER: ledger, record and log stay there.")
    kept = sum(promise.verdict is Verdict.KEPT for promise in report.promises)
    console.print(
        Text(f"{kept} promises kept, {len(report.broken)} broken, in {report.seconds:.0f} s.", style="bold")
    )
    console.print(f"The same again: {report.repeat}", soft_wrap=True)
