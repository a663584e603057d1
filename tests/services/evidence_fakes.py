"""Platforms that are asked about people, in virtual time: what they know, how long they take and how they fail."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Collection, Coroutine, Mapping, Sequence
from contextlib import asynccontextmanager, suppress
from typing import Any

from bot.domain.answers import Answer
from bot.domain.claims import JudgeHolds
from bot.domain.drops import Drop
from bot.domain.entitlements import Entitlement, Found, Question, Source, read_question
from bot.domain.people import Account
from bot.platforms.twitch.helix import Helix, Params
from bot.rehearsal.fast.virtual_time import VirtualLoop, WallClock, in_virtual_time
from bot.services.entitlements import Entitlements
from bot.services.evidence import answered
from bot.services.ports import Clock, EvidenceSource
from bot.storage.holds import OpenHold
from tests.conftest import CHANNEL, NOON

SUBSCRIBER, VIP = Question(Entitlement.SUBSCRIBER), Question(Entitlement.VIP)
MODERATOR = Question(Entitlement.MODERATOR)
FOLLOWER, ROLE = Question(Entitlement.FOLLOWER), read_question("role:patron")


class Platform:
    """A source that answers from `values` (0 for everybody else) after `seconds`; `faults` are raised first, one a
    call, and `allowed` holds every call up while it is not set."""

    def __init__(
        self,
        clock: Clock,
        source: Source,
        values: Mapping[str, int] | None = None,
        *,
        users_max: int = 100,
        seconds: float = 0.1,
    ) -> None:
        self._clock = clock
        self.source = source
        self.platform = "discord" if source is Source.DISCORD_MEMBERS else "twitch"
        self.users_max = users_max
        self.values = dict(values or {})
        self.seconds = seconds
        self.faults: list[Exception] = []
        self.silent_about: set[str] = set()
        self.calls: list[tuple[float, tuple[str, ...]]] = []

    async def find(
        self, users: Sequence[str], questions: Collection[Question]
    ) -> Mapping[tuple[str, Question], Found]:
        at = self._clock.now()
        self.calls.append((asyncio.get_running_loop().time(), tuple(users)))
        await asyncio.sleep(self.seconds)
        if self.faults:
            raise self.faults.pop(0)
        asked = [user for user in users if user not in self.silent_about]
        return {(u, q): answered(q, self.values.get(u, 0), at) for u in asked for q in questions}


class CountingHelix(Helix):
    """Helix where some subscribe and some are VIPs or moderators; notes the path of every call."""

    def __init__(self, subscribers: Collection[str], vips: Collection[str], moderators: Collection[str]) -> None:
        super().__init__(lambda: None)
        self._members = {"channels/vips": vips, "moderation/moderators": moderators}
        self._subscribers = subscribers
        self.calls: list[str] = []

    async def ask(self, path: str, params: Params, *, token_for: str, needs: str) -> Mapping[str, Any]:
        self.calls.append(path)
        await asyncio.sleep(0.1)
        if path in self._members:
            return {"data": [{"user_id": user} for user in self._members[path]], "pagination": {}}
        asked = params["user_id"]
        assert isinstance(asked, list)
        rows = [{"user_id": user, "tier": "1000", "is_gift": False} for user in asked if user in self._subscribers]
        return {"data": rows, "pagination": {}}


class Ledger:
    """Takes what was found to the holds it was given, and lets a hold go when all it waits for is known; while
    `paused` none goes."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self.holds: dict[str, OpenHold] = {}
        self.judged: list[JudgeHolds] = []
        self.answers: dict[str, dict[Question, int]] = {}
        self.answered_at: dict[str, int] = {}
        self.needs: tuple[Question, ...] = (SUBSCRIBER,)
        self.paused = False
        self.faults: list[Exception] = []
        self.drops: dict[str, Drop] = {}
        self.polls: Sequence[str] = ()
        self.holders: list[Account] = []
        self.looks = 0

    async def open_holds(self) -> list[OpenHold]:
        self.looks += 1
        return list(self.holds.values())

    async def electorates(self) -> Sequence[str]:
        return self.polls

    async def every_drop(self) -> dict[str, Drop]:
        return self.drops

    async def regulars(self) -> list[Account]:
        return self.holders

    async def submit(self, command: Any) -> Answer[Any]:
        if self.faults:
            raise self.faults.pop(0)
        self.judged.append(command)
        told: dict[Account, dict[Question, Found]] = {}
        for account, question, found in command.evidence:
            told.setdefault(account, {})[question] = found
        for hold in [] if self.paused else list(self.holds.values()):
            known = {q: f for each in hold.accounts for q, f in told.get(each, {}).items()}
            if all(q in known and known[q].covers(self._clock.now()) for q in self.needs):
                del self.holds[hold.request_id]
                self.answers[hold.request_id] = {q: known[q].value for q in self.needs}
                self.answered_at[hold.request_id] = self._clock.now()
        return Answer("", 0, self._clock.now())


class House:
    """The service between platforms and a ledger."""

    def __init__(self, loop: VirtualLoop, *sources: Source, clock: WallClock | None = None) -> None:
        self.loop = loop
        self.clock = clock or WallClock(loop, NOON)
        self.ledger = Ledger(self.clock)
        single = (Source.TWITCH_FOLLOWERS, Source.DISCORD_MEMBERS)
        self.platforms = {
            each: Platform(self.clock, each, users_max=1 if each in single else 100) for each in sources
        }
        self.refusals: list[tuple[Source, str, str]] = []
        self.listening: list[frozenset[Source]] = []
        self.service = self.serving(list(self.platforms.values()))

    def serving(self, sources: Sequence[EvidenceSource]) -> Entitlements:
        """A service over other sources."""
        return Entitlements(
            self.ledger,
            CHANNEL,
            sources,
            self.clock,
            open_holds=self.ledger.open_holds,
            drops=self.ledger.every_drop,
            electorates=self.ledger.electorates,
            regulars=self.ledger.regulars,
            on_refused=self.refused,
            listen=self.listening.append,
            probes={"twitch": "streamer"},
        )

    async def refused(self, source: Source, platform: str, reason: str) -> None:
        self.refusals.append((source, platform, reason))

    def claim(self, user: str, gate: str = "subscriber", *others: Account) -> None:
        """Somebody's claim waits for what the service does not know yet."""
        accounts = (("twitch", user), *others)
        self.ledger.holds[user] = OpenHold(user, "mug", gate, accounts)
        asked = [str(each) for each in self.ledger.needs]
        self.service.want(accounts, asked)


@asynccontextmanager
async def working(service: Entitlements) -> AsyncIterator[None]:
    """The service at work until the block ends."""
    task = asyncio.create_task(service.run())
    try:
        yield
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task


def play(scene: Callable[[House], Coroutine[Any, Any, None]], *sources: Source) -> None:
    """A scene in virtual time, with the service at work."""

    async def whole(loop: VirtualLoop) -> None:
        house = House(loop, *(sources or (Source.TWITCH_SUBSCRIPTIONS,)))
        async with working(house.service):
            await asyncio.sleep(0.1)
            await scene(house)

    in_virtual_time(whole)
