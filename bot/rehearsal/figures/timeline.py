"""What became of each drop, moment by moment: what the ledger entered, and what was said where about it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from bot.rehearsal.early import early_spans
from bot.rehearsal.evidence import Case, JudgedDrop
from bot.rehearsal.ledger import EntryRow
from bot.rehearsal.moments import SECOND
from bot.rehearsal.polls import JudgedPoll
from bot.rehearsal.votes import stage_spans

_PLACES = ("twitch:chat", "discord:announcements")
_BEGINS, _ENDS = ("opened", "resumed", "reopened"), ("paused", "closed", "returned", "cancelled")


@dataclass(frozen=True, slots=True)
class Said:
    """`place` is "twitch:chat" or "discord:announcements"; `at` microseconds UTC on the stage's clock."""

    place: str
    at: int
    text: str


@dataclass(frozen=True, slots=True)
class Happening:
    """`what` is the news' kind: "announced", "opened", "sold-out" ...; `entry` the ledger's number, 0 for none."""

    at: int
    what: str
    entry: int
    said: tuple[Said, ...] = ()


@dataclass(frozen=True, slots=True)
class Timeline:
    """One drop's evening, in order; `open_spans` are the times [from, to) in which it could be claimed, and
    `early_spans` those of them in which only some were let in."""

    drop: str
    title: str
    happenings: tuple[Happening, ...]
    open_spans: tuple[tuple[int, int], ...]
    early_spans: tuple[tuple[int, int], ...] = ()

    def first(self, what: str) -> int | None:
        """When it first happened."""
        return next((each.at for each in self.happenings if each.what == what), None)

    def as_public(self, begins_at: int) -> list[dict[str, object]]:
        """Seconds count from `begins_at`."""
        return [
            {
                "at": round((each.at - begins_at) / SECOND, 3),
                "what": each.what,
                "entry": each.entry or None,
                "said": [
                    {"where": said.place, "after": round((said.at - each.at) / SECOND, 3), "text": said.text}
                    for said in each.said
                ],
            }
            for each in self.happenings
        ]


def poll_timelines(case: Case) -> tuple[Timeline, ...]:
    """One for each poll, in the order in which they were opened; `drop` is their scope."""
    return tuple(_poll_timeline(case, poll, _said_by_news(case, poll.scope)) for poll in case.polls)


def timelines(case: Case) -> tuple[Timeline, ...]:
    """One for each drop, in their order."""
    return tuple(_timeline(case, drop, _said_by_news(case, drop.key)) for drop in case.drops)


def _said_by_news(case: Case, key: str) -> dict[tuple[str, int], list[Said]]:
    """By kind and moment: the lines and cards that are in the record. News without any keeps an empty list."""
    found: defaultdict[tuple[str, int], list[Said]] = defaultdict(list)
    for row in case.ledger.news:
        if row.drop == key and row.place in _PLACES:
            lines = found[row.kind, row.created_at]
            if (seen := case.posted.get(row.reference)) is not None:
                lines.append(Said(row.place, seen["at"], seen["text"]))
    return dict(found)


def _timeline(case: Case, drop: JudgedDrop, said: dict[tuple[str, int], list[Said]]) -> Timeline:
    entries = [entry for entry in case.ledger.entries if entry.drop == drop.key]
    found = []
    for entry in entries:
        what = entry.kind.removeprefix("drop.")
        if what != entry.kind and what != "planned":
            found.append(_happening(case, entry.at, what, entry.number, said.pop((what, entry.at), [])))
    for (what, at), lines in said.items():
        # There is news that has no entry of its own, and some that came too late to be said.
        if lines or what == "sold-out":
            found.append(_happening(case, at, what, 0, lines))
    found.sort(key=lambda each: each.at)
    early = tuple((case.on_stage(begin), case.on_stage(end)) for begin, end in early_spans(entries, drop))
    return Timeline(drop.key, drop.title, tuple(found), _spans(case, entries), early)


def _poll_timeline(case: Case, poll: JudgedPoll, said: dict[tuple[str, int], list[Said]]) -> Timeline:
    found = []
    for entry in case.ledger.entries:
        what = entry.kind.removeprefix("poll.")
        if entry.drop == poll.scope and what != entry.kind and what != "seeded":
            found.append(_happening(case, entry.at, what, entry.number, said.pop((f"poll-{what}", entry.at), [])))
    return Timeline(poll.scope, poll.question, tuple(found), tuple(stage_spans(case, poll)))


def _happening(case: Case, at: int, what: str, entry: int, said: list[Said]) -> Happening:
    return Happening(case.on_stage(at), what, entry, tuple(sorted(said, key=lambda each: each.at)))


def _spans(case: Case, entries: Iterable[EntryRow]) -> tuple[tuple[int, int], ...]:
    """Without its end, a drop is open until the last thing that was seen."""
    spans, begin = [], None
    for entry in entries:
        what = entry.kind.removeprefix("drop.")
        if what in _BEGINS and begin is None:
            begin = case.on_stage(entry.at)
        elif what in _ENDS and begin is not None:
            spans.append((begin, case.on_stage(entry.at)))
            begin = None
    if begin is not None:
        spans.append((begin, max((seen["at"] for seen in case.record), default=begin)))
    return tuple(spans)
