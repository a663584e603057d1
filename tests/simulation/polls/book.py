"""Reads the ledger's entries about polls, votes, passes and links with rules of its own, and counts each poll."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from bot.domain.time import SECOND, Micros
from tests.simulation.polls.counting import Choice, points, taken_part
from tests.simulation.violation import Violation

SCOPE = "poll:"
# A clock that is set is noticed with the next commit. If the process ends before, nobody can know of it any more.
NOTICED_WITHIN = 45 * SECOND

# What may happen to a poll in which state, and the state it has afterwards.
POLL_MOVES: dict[tuple[str, str], str] = {
    ("", "poll.opened"): "open",
    ("open", "poll.seeded"): "open",
    ("open", "vote.cast"): "open",
    ("open", "pass.spent"): "open",
    ("open", "pass.returned"): "open",
    ("open", "poll.ending"): "open",
    ("open", "poll.extended"): "open",
    ("open", "poll.shifted"): "open",
    ("open", "poll.paused"): "paused",
    ("open", "poll.closed"): "closed",
    ("open", "poll.cancelled"): "cancelled",
    ("paused", "poll.paused"): "paused",
    ("paused", "poll.resuming"): "paused",
    ("paused", "poll.extended"): "paused",
    ("paused", "poll.resumed"): "open",
    ("paused", "poll.went-on"): "open",
    ("paused", "poll.closed"): "closed",
    ("paused", "poll.cancelled"): "cancelled",
    ("closed", "pass.returned"): "closed",
    ("closed", "poll.recounted"): "closed",
    ("cancelled", "pass.returned"): "cancelled",
}
# Nobody is told of these by themselves.
_SILENT = frozenset({"poll.seeded", "poll.shifted", "poll.recounted", "vote.cast", "pass.spent", "pass.returned"})


@dataclass(frozen=True, slots=True)
class Paper:
    """A ballot that stands. `pass_number` is 0 where none was spent."""

    entry: int
    person: int
    choice: Choice
    pass_number: int


@dataclass(slots=True)
class WatchedPoll:
    """A poll as its entries tell it. `closed_seen` is the loop's clock; `paused_ever` that it did not run through.

    `excused` tells that a clock was set behind the bot's back, so that nobody can say when it should have closed,
    and `may_last_longer` that a process ended while its clock was behind: how long none was there, nobody knows."""

    rules: Mapping[str, Any]
    opened_at: Micros
    closes_at: Micros
    put_at: Micros
    state: str = "open"
    added: Micros = 0
    paused_since: Micros = 0
    paused_ever: bool = False
    clock_set_at: Micros | None = None
    excused: bool = False
    may_last_longer: bool = False
    closed_seen: Micros | None = None
    papers: dict[str, Paper] = field(default_factory=dict)
    spent: Counter[int] = field(default_factory=Counter)
    # Whose ballots the close has counted: who is linked later changes nothing.
    counted: tuple[Paper, ...] = ()

    @property
    def running(self) -> bool:
        return self.state in ("open", "paused")


class PollBook:
    """`now` is the loop's clock, `put_at` when a question was first asked for, by that clock."""

    def __init__(
        self, counts: Counter[str], now: Callable[[], Micros], put_at: Callable[[str], Micros | None]
    ) -> None:
        self._counts = counts
        self._now = now
        self._put_at = put_at
        self.polls: dict[str, WatchedPoll] = {}
        # By number: how often it may be spent, and whose it is.
        self._uses: dict[int, tuple[int, int]] = {}
        self._sides: defaultdict[int, list[int]] = defaultdict(list)
        self._twin: dict[int, int] = {}

    @property
    def closes_next(self) -> Micros | None:
        """When the poll that people vote in closes, by the ledger's clock."""
        return next((poll.closes_at for poll in self.polls.values() if poll.state == "open"), None)

    # -- the clock ------------------------------------------------------------------------------------------

    def clock_was_set(self, *, somebody_notices: bool) -> None:
        for poll in self._running():
            poll.clock_set_at = self._now()
            poll.excused = poll.excused or not somebody_notices

    def process_ended(self, *, clock_behind: bool) -> None:
        for poll in self._running():
            poll.may_last_longer = poll.may_last_longer or clock_behind
            if poll.clock_set_at is not None and self._now() - poll.clock_set_at < NOTICED_WITHIN:
                poll.excused = True

    def _running(self) -> list[WatchedPoll]:
        return [poll for poll in self.polls.values() if poll.running]

    # -- entries --------------------------------------------------------------------------------------------

    def entry(
        self, number: int, at: Micros, kind: str, scope: str, public: Mapping[str, Any], private: Mapping[str, Any]
    ) -> Iterator[tuple[str, str, Micros]]:
        """Judge an entry; tells what everybody has to hear of it. Raises Violation."""
        if kind == "pass.granted":
            self._uses[public["pass"]] = public["uses"], private["person"]
        elif kind == "person.linked":
            self._link(public["link"], private["person"])
        if not scope.startswith(SCOPE):
            return
        key = scope.removeprefix(SCOPE)
        before = self.polls[key].state if key in self.polls else ""
        after = POLL_MOVES.get((before, kind))
        if after is None:
            raise Violation("a poll takes the way it may", f"{kind} of {key}, which is {before or 'unknown'}")
        self._counts[f"poll move: {kind} while {before or 'unknown'}"] += 1
        if kind == "poll.opened":
            put_at = self._put_at(public["question"])
            if put_at is None:
                raise Violation("a poll is somebody's question", f"{key}: {public['question']}")
            self.polls[key] = WatchedPoll(public, at, at + public["window"], put_at)
        poll = self.polls[key]
        self._apply(number, at, kind, key, poll, public, private)
        poll.state = after
        if poll.state == "open" and public.get("closes_at", poll.closes_at) != poll.closes_at:
            raise Violation("a poll lasts as long as was said", f"{kind} of {key} moves its close to {public}")
        if kind not in _SILENT:
            yield kind.replace(".", "-"), scope, at

    def settle(self) -> None:
        """A batch is done: what it left in the middle stays so. Raises Violation."""
        for key, poll in self.polls.items():
            kept = +poll.spent
            going_by = Counter(each.pass_number for each in poll.counted if each.pass_number)
            if poll.state == "cancelled" and kept:
                raise Violation("a cancelled poll gives passes back", f"{key} keeps {dict(kept)}")
            if poll.state == "closed" and kept != going_by:
                raise Violation("one pass a ballot", f"{key}: spent {dict(kept)}, ballots go by {dict(going_by)}")
        for number, (uses, _) in self._uses.items():
            out = sum(poll.spent[number] for poll in self.polls.values())
            if not 0 <= out <= uses:
                raise Violation("a pass is spent as often as it says", f"pass {number} of {uses} uses, {out} spent")

    def _apply(
        self,
        number: int,
        at: Micros,
        kind: str,
        key: str,
        poll: WatchedPoll,
        public: Mapping[str, Any],
        private: Mapping[str, Any],
    ) -> None:
        match kind:
            case "vote.cast":
                self._cast(number, at, key, poll, public, private)
            case "pass.spent":
                self._spend(key, poll, private)
            case "pass.returned":
                poll.spent[private["pass"]] -= 1
            case "poll.extended":
                poll.closes_at += public["added"]
                poll.added += public["added"]
            case "poll.shifted":
                poll.closes_at += public["by"]
            case "poll.paused":
                poll.paused_since = poll.paused_since if poll.state == "paused" else public["since"]
                poll.paused_ever = True
            case "poll.resumed":
                poll.closes_at += at - poll.paused_since
            case "poll.went-on":
                least = at + poll.rules["goes_on_for"]
                poll.closes_at = max(poll.closes_at + at - poll.paused_since, least)
            case "poll.closed" | "poll.cancelled":
                self._end(at, kind, key, poll, public)
            case "poll.recounted" if not public["agrees"]:
                raise Violation("counted again it is the same", f"{key}: {public}")

    def _cast(
        self,
        number: int,
        at: Micros,
        key: str,
        poll: WatchedPoll,
        public: Mapping[str, Any],
        private: Mapping[str, Any],
    ) -> None:
        if not poll.opened_at <= at < poll.closes_at:
            raise Violation("nothing counts at the close or later", f"{key}: {private['request']} at {at}")
        mine = {
            voter for voter, each in poll.papers.items() if self._one(each.person) == self._one(private["person"])
        }
        replaced = set(public.get("replaces", ()))
        if replaced != mine:
            raise Violation("one ballot a person", f"{key}: {private['request']} replaces {replaced}, has {mine}")
        for voter in mine:
            del poll.papers[voter]
        choice = Choice(poll.rules["method"], private["ballot"])
        poll.papers[public["voter"]] = Paper(number, private["person"], choice, private.get("pass", 0))

    def _spend(self, key: str, poll: WatchedPoll, private: Mapping[str, Any]) -> None:
        _, owner = self._uses[private["pass"]]
        if self._one(owner) != self._one(private["person"]):
            raise Violation("a pass is spent by its owner", f"{key}: {private} spends what is {owner}'s")
        poll.spent[private["pass"]] += 1

    def _end(self, at: Micros, kind: str, key: str, poll: WatchedPoll, public: Mapping[str, Any]) -> None:
        poll.closed_seen = self._now()
        if kind == "poll.cancelled":
            return
        if public["why"] == "time":
            if at < poll.closes_at:
                raise Violation("a poll lasts as long as was said", f"{key} closed at {at}, not {poll.closes_at}")
            least = poll.put_at + poll.rules["window"] + poll.added
            if self._now() < least and not poll.excused:
                short = (least - self._now()) / SECOND
                raise Violation("a poll lasts as long as was said", f"{key} closed {short:.3f} s too early")
        self._count(key, poll, public["result"])

    def _count(self, key: str, poll: WatchedPoll, result: Mapping[str, Any]) -> None:
        last = {self._one(each.person): each for each in sorted(poll.papers.values(), key=lambda p: p.entry)}
        poll.counted = tuple(last.values())
        choices = [each.choice for each in poll.counted]
        people, abstained = taken_part(choices)
        wanted = (points(choices, len(poll.rules["options"])), people, abstained, poll.rules["quorum"])
        told = tuple(amount for _, amount, _ in result["counts"])
        found = (told, result["people"], result["abstained"], result["quorum"])
        if found != wanted:
            raise Violation("the result is the ballots", f"{key}: {found} was told, the entries come to {wanted}")

    def _link(self, link: int, person: int) -> None:
        sides = self._sides[link]
        sides.append(person)
        if len(sides) == 2:
            self._twin[max(sides)] = min(sides)

    def _one(self, person: int) -> int:
        return self._twin.get(person, person)
