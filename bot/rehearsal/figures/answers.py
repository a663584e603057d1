"""How long people waited for an answer: each claim, the whole distribution, and a histogram of it."""

from __future__ import annotations

import math
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

from bot.rehearsal.covering import Covering, covering_lines
from bot.rehearsal.evidence import Ask, Case, Who
from bot.rehearsal.moments import SECOND
from bot.stage.record import SeenLine

_JITTER = SECOND
# A bot that put an answer off has it well within this time, unless it goes down.
_THINKS_FOR = 10 * SECOND
# Upper ends of the histogram's bars, in seconds; the last bar has none.
BARS = (0.1, 0.25, 0.5, 1.0, 2.0, 5.0, 10.0)


class How(StrEnum):
    """By whom a claim was answered. REPEAT is a claim of somebody who had been answered a moment before: chat is
    spared a second answer. FAILED is a press of which Discord said itself that it failed, or that the application
    did not respond."""

    NAMED = "named"
    COVERED = "covered"
    REPEAT = "repeat"
    FAILED = "failed"
    NOBODY = "nobody"


@dataclass(frozen=True, slots=True)
class Wait:
    """One claim; `seconds` until its answer is None where `how` is REPEAT, FAILED or NOBODY."""

    ask: Ask
    how: How
    seconds: float | None = None


def waits(case: Case) -> tuple[Wait, ...]:
    """What became of each claim, in the order of the claims. An answer is the line that names its person, or the
    one that gives the reason to all; for an interaction it is its own answer."""
    named: defaultdict[Who, list[int]] = defaultdict(list)
    own: dict[str, int] = {}
    for told in case.told:
        if told.request:
            own.setdefault(told.request, told.at)
        else:
            named[told.who].append(told.at)
    covering = covering_lines(case)
    to_crowds = [line for line in covering if line.to_crowd]
    by_person: defaultdict[Who, list[Ask]] = defaultdict(list)
    for ask in case.asks:
        by_person[ask.who].append(ask)
    found: dict[str, Wait] = {}
    for who, asks in by_person.items():
        # Nobody on Discord reads that chat.
        lines = covering if who[0] == "twitch" else ()
        # When lines gave this person a reason, as one of a crowd: it is not said again so soon.
        in_crowd: defaultdict[str, list[int]] = defaultdict(list)
        for ask, later in zip(asks, [*asks[1:], None], strict=True):
            at = own.get(ask.request)
            because = _because(case, ask)
            wait = Wait(ask, How.NAMED, _since(ask, at)) if at is not None else None
            wait = wait or _wait(case, ask, later, named[who], lines)
            just_heard = any(0 <= ask.at - at <= case.answer_gap + _JITTER for at in in_crowd[because])
            if wait.how is How.NOBODY and just_heard:
                wait = Wait(ask, How.REPEAT)
            found[ask.request] = wait
            if who[0] == "twitch":
                in_crowd[because] += [line.at for line in to_crowds if line.answers(ask, because)][:1]
    for told in case.still_standing:
        for ask in by_person[told.who]:
            if ask.at <= told.at and found[ask.request].how is How.NOBODY:
                found[ask.request] = Wait(ask, How.REPEAT)
    for seen in case.record:
        request = f"discord:{seen['data'].get('interaction_id', '')}"
        failed = seen["kind"] == "interaction-failed" or _left_thinking(case, seen, request)
        if failed and request in found and found[request].how is How.NOBODY:
            found[request] = Wait(found[request].ask, How.FAILED)
    return tuple(found[ask.request] for ask in case.asks)


def _left_thinking(case: Case, seen: SeenLine, request: str) -> bool:
    """Whether this press was put off by a bot that went down before it could answer: Discord says that it thinks,
    and at last that it did not respond. Nobody else can tell anything; a winner is named on the board instead."""
    outcome = case.outcomes.get(request)
    won = outcome is not None and outcome.kind == "claim.granted"
    put_off = seen["kind"] == "deferred" and not won
    return put_off and case.restarted_between(seen["at"], seen["at"] + _THINKS_FOR)


def _because(case: Case, ask: Ask) -> str:
    """The reason of a refusal, the kind of any other decision; "" where nothing was decided."""
    outcome = case.outcomes.get(ask.request)
    return "" if outcome is None else str(outcome.decision.get("because") or outcome.kind)


def _wait(case: Case, ask: Ask, later: Ask | None, named: Sequence[int], covering: Sequence[Covering]) -> Wait:
    outcome, because = case.outcomes.get(ask.request), _because(case, ask)
    index = bisect_left(named, ask.at)
    by_name = named[index] if index < len(named) else math.inf
    not_taken = outcome is None and case.in_disk_trouble(ask)
    to_all = next((line.at for line in covering if line.answers(ask, because, not_taken=not_taken)), math.inf)
    first = min(by_name, to_all)
    before = named[index - 1] if index else -math.inf
    won = outcome is not None and outcome.kind == "claim.granted"
    was_answered = ask.who[0] == "twitch" and not won and ask.at - before <= case.answer_gap + _JITTER
    # The line stands in the chat already, and is not said again so soon.
    was_answered |= not_taken and any(
        line.asks_again and 0 <= ask.at - line.at <= case.answer_gap + _JITTER for line in covering
    )
    # A later line to all was not said for this one's sake, nor one that names them after they asked again.
    if was_answered and (to_all <= by_name or (later is not None and later.at <= first)):
        return Wait(ask, How.REPEAT)
    if first == math.inf:
        return Wait(ask, How.NOBODY)
    return Wait(ask, How.NAMED if by_name <= to_all else How.COVERED, _since(ask, int(first)))


def _since(ask: Ask, at: int) -> float:
    return max(0, at - ask.at) / SECOND


@dataclass(frozen=True, slots=True)
class Answers:
    """The waits of one platform in seconds, rising, of claims that reached the bot; `repeats` were spared an
    answer, `unanswered` got none, `unheard` reached nobody."""

    platform: str
    seconds: tuple[float, ...]
    repeats: int = 0
    unanswered: int = 0
    unheard: int = 0

    def share(self, part: float) -> float:
        """The wait that `part` of all claims did not exceed: 0.5 is the median. Nearest rank; needs a claim."""
        rank = max(1, math.ceil(part * len(self.seconds)))
        return self.seconds[rank - 1]

    @property
    def histogram(self) -> tuple[int, ...]:
        """How many waits end within each of BARS, and beyond the last."""
        edges = [bisect_left(self.seconds, bar) for bar in BARS]
        return tuple(end - begin for begin, end in zip([0, *edges], [*edges, len(self.seconds)], strict=True))

    def as_public(self) -> dict[str, object]:
        figures = {"median": 0.5, "p90": 0.9, "p99": 0.99, "worst": 1.0}
        histogram = [
            {"below": bar, "count": count} for bar, count in zip((*BARS, None), self.histogram, strict=True)
        ]
        return {
            "count": len(self.seconds),
            **{name: round(self.share(part), 3) for name, part in figures.items()},
            "repeats": self.repeats,
            "unanswered": self.unanswered,
            "unheard": self.unheard,
            "histogram": histogram,
        }


def answers_by_platform(all_waits: Sequence[Wait]) -> tuple[Answers, ...]:
    """Platforms on which somebody was answered."""
    return tuple(found for platform in ("twitch", "discord") for found in _answers(all_waits, platform))


def _answers(all_waits: Sequence[Wait], platform: str) -> Iterator[Answers]:
    here = [wait for wait in all_waits if wait.ask.who[0] == platform]
    unheard = [wait for wait in here if not wait.ask.heard or wait.how is How.FAILED]
    seconds = tuple(sorted(wait.seconds for wait in here if wait.seconds is not None and wait.ask.heard))
    if seconds:
        repeats = sum(wait.how is How.REPEAT and wait.ask.heard for wait in here)
        unanswered = sum(wait.how is How.NOBODY and wait.ask.heard for wait in here)
        yield Answers(platform, seconds, repeats, unanswered, len(unheard))
