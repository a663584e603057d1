"""Asks one source about many people: together where it can, not too often, and again when it did not answer."""

from __future__ import annotations

import asyncio
import math
from collections import deque
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field

import structlog

from bot.domain.entitlements import Found, Question
from bot.services.ports import EvidenceSource, PlaceDown, SendRefused
from bot.services.waiting import woken

log = structlog.get_logger(__name__)

# A call waits this long for others to come along, unless none was made lately; the more calls there were lately,
# the longer: a thousand people in ten seconds cost hardly more calls than they fill.
GATHER_SECONDS = 1.0
GATHER_SECONDS_A_CALL = 0.4
LATELY_SECONDS = 10.0
# Where each person costs a call of their own: so many at once, then so many a second. Helix gives 800 a minute for
# everything.
SINGLE_BURST = 16
SINGLE_A_SECOND = 8.0
CALLS_AT_ONCE = 4
CALL_SECONDS = 20.0
PAUSE_SECONDS_MAX = 30.0
REFUSED_SECONDS, REFUSED_SECONDS_MAX = 30.0, 600.0

Answers = Mapping[tuple[str, Question], Found]


@dataclass(slots=True)
class _Asked:
    """What is to be found out about somebody; `at` is when it was asked for, by the loop's clock, and `early` that
    nobody waits for it yet."""

    at: float
    early: bool
    questions: set[Question] = field(default_factory=set)


class Lookup:
    """`on_answers` is handed what was found, `on_refused` why we may not ask: once, until the source answers."""

    def __init__(
        self, source: EvidenceSource, on_answers: Callable[[Answers], None], on_refused: Callable[[str], None]
    ) -> None:
        self.source = source
        self._on_answers = on_answers
        self._on_refused = on_refused
        self._urgent: dict[str, _Asked] = {}
        self._early: dict[str, _Asked] = {}
        self._on_their_way: dict[str, set[Question]] = {}
        self._calls: deque[float] = deque()
        self._calls_running = 0
        self._budget_until = 0.0
        self._resting_until = 0.0
        self._failures = 0
        self._failed_at = -math.inf
        self._refused = False
        self._wake = asyncio.Event()

    def want(self, user: str, questions: Iterable[Question], *, early: bool = False) -> None:
        """Find these out. `early` are those for whom nobody waits yet: they are asked after all others."""
        missing = set(questions) - self._on_their_way.get(user, set())
        if missing:
            queue = self._early if early and user not in self._urgent else self._urgent
            waiting = queue.setdefault(user, _Asked(asyncio.get_running_loop().time(), early))
            waiting.questions |= missing
            self._wake.set()

    def keep_only(self, users: Collection[str], *, asked_before: float) -> None:
        """Let go of all others for whom somebody waited and does no more, unless they were asked for since."""
        kept = {user: each for user, each in self._urgent.items() if user in users or each.at > asked_before}
        self._urgent = kept

    def try_now(self) -> None:
        """The platform is connected anew: what rested because it was down need not rest any more."""
        if not self._refused:
            self._resting_until = 0.0
            self._wake.set()

    async def run(self) -> None:
        """Ask for what is wanted, for ever; cancel to stop."""
        async with asyncio.TaskGroup() as group:
            while True:
                seconds = self._seconds_to_wait()
                if seconds is None or seconds > 0:
                    await woken(self._wake, seconds)
                    continue
                asked = self._take()
                self._calls_running += 1
                group.create_task(self._call(asked), name=f"asking {self.source.source}")

    def _seconds_to_wait(self) -> float | None:
        """Until the next call may go out; None when there is nothing to ask, or enough is being asked."""
        # Whether an outage is over is tried by one call.
        calls_max = 1 if self._failures else CALLS_AT_ONCE
        if not (self._urgent or self._early) or self._calls_running >= calls_max:
            return None
        now = asyncio.get_running_loop().time()
        # In whole microseconds: a timer that a sum of floats sets a hair's breadth ahead may never ring.
        return round(max(self._resting_until, self._due_at(now)) - now, 6)

    def _due_at(self, now: float) -> float:
        if self.source.users_max == 1:
            return self._budget_until - (SINGLE_BURST - 1) / SINGLE_A_SECOND
        while self._calls and self._calls[0] <= now - LATELY_SECONDS:
            self._calls.popleft()
        if not self._calls or len(self._urgent) + len(self._early) >= self.source.users_max:
            return now
        return self._calls[-1] + max(GATHER_SECONDS, GATHER_SECONDS_A_CALL * len(self._calls))

    def _take(self) -> dict[str, _Asked]:
        """Whom the next call asks about: those for whom somebody waits, and with room left the others."""
        now = asyncio.get_running_loop().time()
        asked: dict[str, _Asked] = {}
        for queue in (self._urgent, self._early):
            for user in list(queue)[: self.source.users_max - len(asked)]:
                waiting = queue.pop(user)
                asked.setdefault(user, waiting).questions |= waiting.questions
        self._calls.append(now)
        self._budget_until = max(self._budget_until, now) + 1 / SINGLE_A_SECOND
        self._on_their_way.update({user: set(each.questions) for user, each in asked.items()})
        return asked

    async def _call(self, asked: dict[str, _Asked]) -> None:
        started = asyncio.get_running_loop().time()
        questions = frozenset[Question]().union(*(each.questions for each in asked.values()))
        try:
            async with asyncio.timeout(CALL_SECONDS):
                answers = await self.source.find(tuple(asked), questions)
        except SendRefused as refused:
            self._rest(started, self._refused_seconds(refused), asked)
            if not self._refused:
                self._refused = True
                log.critical("a source of evidence refuses us", source=self.source.source, reason=refused.reason)
                self._on_refused(refused.reason)
        except PlaceDown as down:
            log.info("evidence cannot be had now", source=self.source.source, reason=str(down))
            self._rest(started, down.retry_after_seconds or self._down_seconds, asked)
        except TimeoutError:
            log.info("evidence cannot be had now", source=self.source.source, reason="no answer")
            self._rest(started, self._down_seconds, asked)
        except Exception:
            # The people who wait for it must not be lost with the error.
            log.exception("evidence could not be read", source=self.source.source)
            self._rest(started, self._down_seconds, asked)
        else:
            if self._refused:
                log.info("a source of evidence answers again", source=self.source.source)
            self._failures, self._refused, self._resting_until = 0, False, 0.0
            self._arrived(asked)
            self._on_answers(answers)
        finally:
            self._arrived(asked)
            self._calls_running -= 1
            self._wake.set()

    def _arrived(self, asked: Iterable[str]) -> None:
        for user in asked:
            self._on_their_way.pop(user, None)

    @property
    def _down_seconds(self) -> float:
        return float(min(PAUSE_SECONDS_MAX, 2.0 ** min(self._failures, 8)))

    def _refused_seconds(self, refused: SendRefused) -> float:
        if refused.retry_after_seconds is not None:
            return refused.retry_after_seconds
        return float(min(REFUSED_SECONDS_MAX, REFUSED_SECONDS * 4.0 ** min(self._failures, 8)))

    def _rest(self, started: float, seconds: float, asked: dict[str, _Asked]) -> None:
        """Everybody goes on waiting, in the old order. Calls that ran side by side have failed of one cause."""
        for queue, early in ((self._urgent, False), (self._early, True)):
            later = dict(queue)
            queue.clear()
            queue.update({user: each for user, each in asked.items() if each.early is early})
            for user, each in later.items():
                queue.setdefault(user, each).questions |= each.questions
        if started > self._failed_at:
            now = asyncio.get_running_loop().time()
            self._failures, self._failed_at, self._resting_until = self._failures + 1, now, now + seconds
