"""The polls of an evening and what was cast in them, as their own entries have it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from bot.rehearsal.ledger import EntryRow

Who = tuple[str, str]
_SCOPE = "poll:"
_FOR_EVER = 2**63


@dataclass(frozen=True, slots=True)
class CastBallot:
    """A ballot that was entered: `who` cast it by `request`, `choice` as it is kept ([2], or [[1, 5], [3, 2]] with
    points), and `pass_number` is the pass that was spent on it, 0 for none."""

    entry: EntryRow
    who: Who
    request: str
    choice: list[Any]
    weight: int
    pass_number: int

    @property
    def options(self) -> tuple[int, ...]:
        """What it names, from 1; the best first where that matters."""
        return tuple(each[0] if isinstance(each, list) else each for each in self.choice)


@dataclass(slots=True)
class JudgedPoll:
    """What was asked of whom, and what became of it. Instants in microseconds UTC on the ledger's clock; `spans`
    are the times [from, to) in which it could be voted in. `closed` and `cancelled` are the entries that ended
    it."""

    key: str
    question: str
    options: tuple[str, ...]
    method: str
    electorate: str
    pass_role: str
    pass_weight: int
    quorum: int
    opened: EntryRow
    spans: list[tuple[int, int]] = field(default_factory=list)
    ballots: list[CastBallot] = field(default_factory=list)
    closed: EntryRow | None = None
    cancelled: EntryRow | None = None

    @property
    def scope(self) -> str:
        return _SCOPE + self.key

    @property
    def end(self) -> EntryRow | None:
        return self.closed or self.cancelled

    @property
    def takes_passes(self) -> bool:
        return self.pass_role != "none"


def polls_of(entries: Iterable[EntryRow]) -> tuple[JudgedPoll, ...]:
    """In the order in which they were opened. A ballot whose private part is erased is left out."""
    polls: dict[str, JudgedPoll] = {}
    begins: defaultdict[str, int | None] = defaultdict(lambda: None)
    until: defaultdict[str, int] = defaultdict(lambda: _FOR_EVER)
    for entry in entries:
        public = entry.public if entry.drop.startswith(_SCOPE) else {}
        if entry.kind == "poll.opened" and public:
            polls[entry.drop] = _opened(entry)
        poll = polls.get(entry.drop)
        if poll is None:
            continue
        match entry.kind:
            case "poll.opened" | "poll.resumed" | "poll.went-on":
                begin = begins[entry.drop]
                if begin is not None:
                    poll.spans.append((begin, entry.at))
                begins[entry.drop] = entry.at
                until[entry.drop] = int(public.get("closes_at", _FOR_EVER))
            case "poll.extended" | "poll.shifted":
                until[entry.drop] = int(public.get("closes_at", _FOR_EVER))
            case "vote.cast" if entry.secret:
                poll.ballots.append(_cast(entry))
            case "poll.paused" | "poll.closed" | "poll.cancelled":
                begin = begins[entry.drop]
                if begin is not None:
                    poll.spans.append((begin, min(until[entry.drop], entry.at)))
                    begins[entry.drop] = None
                poll.closed = entry if entry.kind == "poll.closed" else poll.closed
                poll.cancelled = entry if entry.kind == "poll.cancelled" else poll.cancelled
    for scope, poll in polls.items():
        begin = begins[scope]
        if begin is not None:
            poll.spans.append((begin, until[scope]))
    return tuple(polls.values())


def _opened(entry: EntryRow) -> JudgedPoll:
    public = entry.public
    return JudgedPoll(
        key=entry.drop.removeprefix(_SCOPE),
        question=str(public.get("question", "")),
        options=tuple(map(str, public.get("options", ()))),
        method=str(public.get("method", "plurality")),
        electorate=str(public.get("electorate", "")),
        pass_role=str(public.get("pass_role", "none")),
        pass_weight=int(public.get("pass_weight", 1)),
        quorum=int(public.get("quorum", 0)),
        opened=entry,
    )


def _cast(entry: EntryRow) -> CastBallot:
    secret = entry.secret
    return CastBallot(
        entry=entry,
        who=(str(secret.get("platform", "")), str(secret.get("user", ""))),
        request=str(secret.get("request", "")),
        choice=list(secret.get("ballot", ())),
        weight=int(entry.public.get("weight", 1)),
        pass_number=int(secret.get("pass", 0)),
    )
