"""What Twitch knows of people, asked for in the simulation: it answers, late or not at all, or refuses."""

from __future__ import annotations

import asyncio
from collections.abc import Collection, Mapping, Sequence

from bot.domain.entitlements import Found, Question, Source
from bot.domain.people import Account
from bot.domain.time import MILLISECOND, SECOND
from bot.rehearsal.fast.virtual_time import VirtualLoop
from bot.services.evidence import answered
from bot.services.ports import Clock, PlaceDown, SendRefused
from tests.simulation.chance import Chance
from tests.simulation.platforms import World

TWITCH = "twitch"
PLACE = "evidence"
# Longer than anybody waits for an answer.
_NEVER = 60 * SECOND


class Knowing:
    """Who really is what on Twitch, and what any process was ever told of it."""

    def __init__(self, subscribers: Collection[str], moderators: Collection[str]) -> None:
        self._of = {
            Source.TWITCH_SUBSCRIPTIONS: frozenset(subscribers),
            Source.TWITCH_MODERATORS: frozenset(moderators),
        }
        # Account and source, with every answer that was given.
        self._told: dict[tuple[Account, Source], set[bool]] = {}

    def holds(self, source: Source, user: str) -> bool:
        return user in self._of[source]

    def note(self, source: Source, user: str) -> None:
        """It was answered, whether or not anybody still listened."""
        self._told.setdefault(((TWITCH, user), source), set()).add(self.holds(source, user))

    def was_told(self, source: Source, account: Account, value: bool) -> bool:
        """Whether a process has been given this answer about an account."""
        return value in self._told.get((account, source), ())


class SimEvidence:
    """One source behind ports.EvidenceSource, as one process reaches it."""

    platform = TWITCH
    users_max = 100

    def __init__(
        self, source: Source, loop: VirtualLoop, chance: Chance, world: World, clock: Clock, knowing: Knowing
    ) -> None:
        self.source = source
        self._loop = loop
        self._chance = chance
        self._world = world
        self._clock = clock
        self._knowing = knowing

    async def find(
        self, users: Sequence[str], questions: Collection[Question]
    ) -> Mapping[tuple[str, Question], Found]:
        """See ports.EvidenceSource."""
        at = self._clock.now()
        if self._chance.happens("evidence: hangs"):
            await asyncio.sleep(_NEVER / SECOND)
        await asyncio.sleep(self._chance.delay("evidence: takes its time", 150 * MILLISECOND) / SECOND)
        if self._loop.now < self._world.down_until.get(PLACE, 0) or self._chance.happens("evidence: cannot be had"):
            raise PlaceDown("nobody can say")
        if self._chance.happens("evidence: refused"):
            raise SendRefused("it is not allowed to us")
        heard = [user for user in users if not self._chance.happens("evidence: silent about somebody")]
        for user in heard:
            self._knowing.note(self.source, user)
        return {
            (user, question): answered(question, int(self._knowing.holds(self.source, user)), at)
            for user in heard
            for question in questions
        }
