"""Which line to say next in Twitch chat: what waits is put together at the moment at which it can be sent."""

from __future__ import annotations

from collections import deque
from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from cachetools import TTLCache

from bot.domain.announcing import Priority
from bot.domain.claims import (
    ClaimChecking,
    ClaimDecision,
    ClaimGranted,
    ClaimOpenNow,
    ClaimRefusal,
    ClaimRefused,
    ClaimUngranted,
    told_late,
)
from bot.domain.drops import Drop
from bot.domain.people import Actor
from bot.domain.time import MILLISECOND, SECOND, Micros
from bot.services.asides import NAMED_A_LINE, Aside, Asides, Naming
from bot.services.ports import Clock
from bot.wording.catalogue import Wording
from bot.wording.claims import already_yours_lines, chat_receipt, refused_lines, told_late_lines, winner_lines
from bot.wording.drops import Units
from bot.wording.gates import free_way

WINNERS_A_LINE = 12
# Above this many with the same refusal, one line gives the reason to all of them without naming anybody.
NAMED_MAX = 60
# Lines of the send budget that refusals leave to winners and to what changes the window.
RESERVE = 5
# A refusal that is told later than this after it was decided is held against what is true by then.
FRESH = 4 * SECOND
# How long an answer waits for company.
GATHER_GRANTS = 400 * MILLISECOND
GATHER_REFUSALS = 2 * SECOND
# For so long Twitch swallows the same text again, with a second to spare.
SWALLOWED = 31 * SECOND
# A refusal that has waited this long may use the reserve.
PATIENCE = 12 * SECOND


@dataclass(slots=True, eq=False)
class Waiting:
    """One decision to be told in chat; `since` is when it came, `alone` that chat refused it in company."""

    actor: Actor
    request_id: str
    decision: ClaimDecision | ClaimOpenNow
    since: Micros
    late: bool = False
    alone: bool = False
    covers: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Line:
    """Something to say and what it settles. Without text it only settles: those people have just been told."""

    text: str
    requests: tuple[str, ...] = ()
    priority: Priority = Priority.ANSWER
    people: tuple[Actor, ...] = ()
    topic: Hashable = None
    group: tuple[Waiting, ...] | tuple[Aside, ...] = ()


class SharedLines:
    """`answer_gap` (microseconds): for how long a person who was answered gets no further answer but a grant.

    `clock` tells the time that sentences name; `steady` never jumps, and measures how long somebody waits.
    With `receipts` winners are told which entry of the ledger is theirs."""

    def __init__(
        self,
        words: Wording,
        clock: Clock,
        *,
        answer_gap: Micros,
        steady: Clock | None = None,
        receipts: bool = False,
    ) -> None:
        steady = steady or clock
        self._words = words
        self._clock = clock
        self._steady = steady
        self._answer_gap = answer_gap
        self._receipts = receipts
        self._urgent: deque[Line] = deque()
        self._grants: list[Waiting] = []
        self._refusals: list[Waiting] = []
        gap = max(1, answer_gap)
        self._asides = Asides(words, steady, gap=gap, named_max=NAMED_MAX)
        self._answered: TTLCache[tuple[str, str], tuple[Hashable, Micros]] = TTLCache(50_000, gap, timer=steady.now)
        self._texts: TTLCache[str, bool] = TTLCache(1_000, SWALLOWED, timer=steady.now)

    def decided(self, actor: Actor, request_id: str, decision: ClaimDecision, *, late: bool = False) -> None:
        """Take a decision that is to be told."""
        self._put(Waiting(actor, request_id, decision, self._steady.now(), late))

    def completed(self, actor: Actor, request_id: str, decision: ClaimDecision) -> None:
        """Take the answer to a claim that was being checked. Who has not heard that it was need not any more."""
        checked = [w for w in self._refusals if w.actor.key == actor.key and _is_checking(w, decision)]
        self._refusals = _without(self._refusals, checked)
        self.decided(actor, request_id, decision)

    def _put(self, waiting: Waiting) -> None:
        (self._grants if isinstance(waiting.decision, ClaimGranted) else self._refusals).append(waiting)

    def apart(self, line: Line) -> bool:
        """Chat will not take this line: say it to each by themselves. False when it was for one person, or for a
        crowd that nobody was named in: hundreds of single lines would drown the chat."""
        if not 2 <= len(line.group) <= NAMED_MAX:
            return False
        own = {waiting.request_id for waiting in line.group if isinstance(waiting, Waiting)}
        # What the line would have settled besides is settled with the first of them.
        rest = tuple(request for request in line.requests if request not in own)
        for waiting in line.group:
            if isinstance(waiting, Aside):
                self._asides.apart(waiting)
                continue
            waiting.covers, rest = waiting.covers + rest, ()
            waiting.alone = True
            self._put(waiting)
        return True

    def is_old(self, line: Line) -> bool:
        """Whether this line tells refusals that were decided a while ago: what they say may no longer be true."""
        now = self._steady.now()
        return any(
            isinstance(waiting, Waiting)
            and not isinstance(waiting.decision, ClaimGranted)
            and (waiting.late or waiting.since + FRESH <= now)
            for waiting in line.group
        )

    def corrected(self, line: Line, drops: Mapping[str, Drop]) -> bool:
        """Whether a line of refusals is no longer true: then its people wait for what is."""
        waiting = [each for each in line.group if isinstance(each, Waiting)]
        if not any(_is_overtaken(each, drops) for each in waiting):
            return False
        for each in waiting:
            if isinstance(each.decision, (ClaimRefused, ClaimOpenNow)):
                each.decision = told_late(each.decision, drops)
            self._put(each)
        return True

    def urgent(self, text: str) -> None:
        self._urgent.append(Line(text, priority=Priority.WINDOW))

    def aside(self, actor: Actor, text: str, topic: str, naming: Naming | None = None) -> bool:
        """A reply to somebody: the same text is said once in a while for all, a person is answered once. False when
        nothing will be said for that."""
        return actor.key not in self._answered and self._asides.say(actor, text, topic, naming)

    def holding(self, actor: Actor, units: Units, besides: str = "") -> None:
        """Tell somebody what they hold, in a line with others who hold the like; a person is answered once."""
        if actor.key not in self._answered:
            self._asides.hold(actor, units, besides)

    def forget(self, actor: Actor) -> tuple[str, ...]:
        """Say nothing to this person of what waits, and remember nothing of what they were told; returns the
        requests that nobody will be told of now."""
        theirs = [w for w in (*self._grants, *self._refusals) if w.actor.key == actor.key]
        self._grants, self._refusals = _without(self._grants, theirs), _without(self._refusals, theirs)
        self._asides.forget(actor)
        self._answered.pop(actor.key, None)
        return _requests(theirs)

    def settled(self, line: Line) -> None:
        """The line is out: its people have been answered now."""
        self._texts[line.text] = True
        for person in line.people:
            self._answered[person.key] = (line.topic, self._steady.now())

    def due_at(self) -> Micros | None:
        """When there may be something to say; None when nothing waits."""
        if self._urgent:
            return 0
        times = [w.since + GATHER_GRANTS for w in self._grants]
        times += [self._tellable_at(w) for w in self._refusals]
        times += [] if self._asides.ready_at is None else [self._asides.ready_at]
        return min(times, default=None)

    def next_line(self, lines_ready: int) -> Line | None:
        """The line to say now with `lines_ready` lines of the budget left; None when it is better to wait."""
        now = self._steady.now()
        if self._urgent:
            return self._urgent.popleft()
        if self._grants and min(w.since for w in self._grants) + GATHER_GRANTS <= now:
            return self._grants_line()
        covered = self._covered()
        if covered is not None:
            return covered
        spare = lines_ready > RESERVE
        aside_at = self._asides.ready_at
        if aside_at is not None and aside_at + (0 if spare else PATIENCE) <= now:
            return self._next_aside()
        ready = [w for w in self._refusals if self._tellable_at(w) <= now]
        if ready and (spare or min(w.since for w in ready) + PATIENCE <= now):
            return self._next_refusals(ready)
        return None

    def _next_refusals(self, ready: list[Waiting]) -> Line | None:
        """The first group whose line chat would take: Twitch swallows what it has just heard word for word."""
        seen: set[Hashable] = set()
        for first in ready:
            topic = first if first.alone else _topic(first.decision)
            if topic in seen:
                continue
            seen.add(topic)
            line = self._refusals_line(first)
            if line.text not in self._texts:
                self._refusals = _without(self._refusals, line.group)
                return line
        return None

    def _tellable_at(self, refusal: Waiting) -> Micros:
        """A refusal waits for company, and until its person's last answer is long enough ago."""
        return max(refusal.since + GATHER_REFUSALS, self._gap_ends(refusal.actor))

    def _gap_ends(self, actor: Actor) -> Micros:
        answered = self._answered.get(actor.key)
        return 0 if answered is None else answered[1] + self._answer_gap

    def _grants_line(self) -> Line:
        first = self._grants[0]
        group = [w for w in self._grants if _same_grant(w, first)][:WINNERS_A_LINE]
        group = [first] if first.alone else [w for w in group if not w.alone]
        render = told_late_lines if first.late else winner_lines
        while True:
            granted = [(w.actor.name, w.decision) for w in group if isinstance(w.decision, ClaimGranted)]
            winners = [(name, grant.number) for name, grant in granted]
            shown = granted if self._receipts else []
            receipts = {grant.number: chat_receipt(self._words, grant) for _, grant in shown}
            lines = render(self._words, _title(first), _supply(first), winners, receipts)
            if len(lines) == 1 or len(group) == 1:
                self._grants = _without(self._grants, group)
                overtaken = self._overtaken_by(group)
                self._refusals = _without(self._refusals, overtaken)
                return _line(lines[0], group, "grant", overtaken)
            group = group[: max(1, len(group) // 2)]

    def _overtaken_by(self, group: list[Waiting]) -> list[Waiting]:
        """Refusals of before that a grant of the same drop has made untrue: telling them now would only confuse."""
        won = {(w.actor.key, drop): w.since for w in group for drop in ("", _drop(w))}
        return [w for w in self._refusals if w.since <= won.get((w.actor.key, _drop(w)), -1)]

    def _covered(self) -> Line | None:
        """Those who have just been told the very same; and of several answers to one person all but the latest."""
        settled: list[Waiting] = []
        latest: dict[tuple[str, str], Waiting] = {}
        for each in self._refusals:
            last, _ = self._answered.get(each.actor.key, (None, 0))
            older = latest.get(each.actor.key)
            if last == _topic(each.decision) or (last == "grant" and _already_yours(each.decision)):
                settled.append(each)
                continue
            if older is not None:
                settled.append(older)
            latest[each.actor.key] = each
        if not settled:
            return None
        self._refusals = _without(self._refusals, settled)
        return Line("", _requests(settled))

    def _next_aside(self) -> Line:
        text, group = self._asides.take(lambda actor: actor.key in self._answered)
        topic = group[0].topic if group else None
        people = tuple(person for each in group for person in each.people)
        return Line(text, people=people, topic=topic, group=group)

    def _refusals_line(self, first: Waiting) -> Line:
        now = self._clock.now()
        decision = first.decision
        topic = _topic(decision)
        # One of them has waited long enough: whoever has just come with the same goes along.
        company = [
            w
            for w in self._refusals
            if _topic(w.decision) == topic and not w.alone and self._gap_ends(w.actor) <= self._steady.now()
        ]
        group = [first] if first.alone else company
        if isinstance(decision, ClaimGranted):
            raise TypeError("a grant waits among the refusals")
        crowd = len(group) > NAMED_MAX and not _already_yours(decision)
        group = group if crowd else group[:NAMED_A_LINE]
        while True:
            lines = self._render_refusals(decision, group, now)
            if len(lines) == 1 or len(group) == 1:
                return _line(lines[0], group, topic)
            group = group[: max(1, len(group) // 2)]

    def _render_refusals(
        self,
        decision: ClaimUngranted,
        group: list[Waiting],
        now: Micros,
    ) -> list[str]:
        if _already_yours(decision) and len(group) > 1:
            held = [(w.actor.name, w.decision.numbers) for w in group if isinstance(w.decision, ClaimRefused)]
            return already_yours_lines(self._words, _title(group[0]), held)
        return refused_lines(self._words, decision, [w.actor.name for w in group], now, named_max=NAMED_MAX)


def _line(text: str, group: list[Waiting], topic: Hashable, covered: Sequence[Waiting] = ()) -> Line:
    return Line(
        text, _requests([*group, *covered]), people=tuple(w.actor for w in group), topic=topic, group=tuple(group)
    )


def _requests(waiting: Iterable[Waiting]) -> tuple[str, ...]:
    """What they settle: a claim that is being checked has its answer still to come."""
    return tuple(
        request
        for w in waiting
        for request in (*(() if isinstance(w.decision, ClaimChecking) else (w.request_id,)), *w.covers)
    )


def _is_checking(waiting: Waiting, decision: ClaimDecision) -> bool:
    return isinstance(waiting.decision, ClaimChecking) and waiting.decision.drop == getattr(decision, "drop", "")


def _without(waiting: list[Waiting], gone: Iterable[object]) -> list[Waiting]:
    taken = set(gone)
    return [w for w in waiting if w not in taken]


def _is_overtaken(waiting: Waiting, drops: Mapping[str, Drop]) -> bool:
    """Whether the reason is another one by now, or the moment that it names."""
    if not isinstance(waiting.decision, (ClaimRefused, ClaimOpenNow)):
        return False
    return _topic(told_late(waiting.decision, drops)) != _topic(waiting.decision)


def _topic(decision: ClaimDecision | ClaimOpenNow) -> Hashable:
    """Equal for answers that are the same sentence, whoever hears it."""
    kind, drop = getattr(decision, "because", type(decision).__name__), getattr(decision, "drop", "")
    if isinstance(decision, ClaimOpenNow):
        return kind, drop, decision.public_at, ()
    if not isinstance(decision, ClaimRefused):
        return kind, drop, None, ()
    # Chat names no way in that costs something: those who hear the same of it stand in the same line.
    return kind, drop, (decision.early_from, decision.retry_at, decision.code_because), free_way(decision.way_in)


def _drop(waiting: Waiting) -> str:
    return str(getattr(waiting.decision, "drop", ""))


def _already_yours(decision: ClaimDecision | ClaimOpenNow) -> bool:
    return isinstance(decision, ClaimRefused) and decision.because is ClaimRefusal.ALREADY_YOURS


def _same_grant(one: Waiting, other: Waiting) -> bool:
    return (_title(one), _supply(one), one.late) == (_title(other), _supply(other), other.late)


def _title(waiting: Waiting) -> str:
    return str(getattr(waiting.decision, "title", ""))


def _supply(waiting: Waiting) -> int:
    return int(getattr(waiting.decision, "supply", 0))
