"""People with an account on each platform, and an evening in the lane on which they link them, for tests."""

from __future__ import annotations

from bot.domain.claims import ClaimDrop, ClaimGranted
from bot.domain.linking import LinkPeople, UnlinkAsked, UnlinkMe
from bot.domain.people import BOT, Actor
from bot.domain.planning import ApplyPlans
from bot.domain.privacy import EraseMe
from bot.domain.stream import Wake
from bot.domain.time import HOUR, MINUTE
from tests.conftest import CHANNEL, NOON, plan

ANN, ANN_THERE = Actor("twitch", "880017731", "quiet_ann_77"), Actor("discord", "990017731", "Ann_the_Fan_77")
BOB, BOB_THERE = Actor("twitch", "880017732", "loud_bob_88"), Actor("discord", "990017732", "Bob_the_Fan_88")


class Evening:
    """A lane with what people do, each under a message of its own."""

    def __init__(self, lane, clock) -> None:
        self.lane, self.clock = lane, clock
        self._message = 0

    def request(self, actor: Actor) -> str:
        self._message += 1
        return f"{actor.platform}:{self._message}"

    async def do(self, command):
        return (await self.lane.submit(command)).decision

    async def plan(self, *plans) -> None:
        await self.do(ApplyPlans(CHANNEL, self.request(BOT), BOT, plans))

    def claim(self, actor: Actor, drop: str = "mug"):
        return self.do(ClaimDrop(CHANNEL, self.request(actor), actor, drop))

    def link(self, actor: Actor, account: Actor, *, confirmed: bool = True):
        return self.do(LinkPeople(CHANNEL, self.request(actor), actor, account, confirmed))

    async def part(self, actor: Actor):
        asked = await self.do(UnlinkMe(CHANNEL, self.request(actor), actor))
        assert isinstance(asked, UnlinkAsked)
        return await self.do(UnlinkMe(CHANNEL, self.request(actor), actor, asked.link))

    def erase(self, actor: Actor, *, confirmed: bool = True):
        return self.do(EraseMe(CHANNEL, self.request(actor), actor, confirmed))

    async def wake(self, at: int) -> None:
        self.clock.at = at
        await self.do(Wake(CHANNEL))

    async def settle(self) -> None:
        for at in (NOON + 15 * MINUTE, NOON + HOUR):
            await self.wake(at)


async def an_evening(lane, clock) -> Evening:
    """The mug is announced since an hour, and opens at noon, which is now."""
    on = Evening(lane, clock)
    await on.plan(plan())
    await on.wake(NOON - HOUR)
    clock.at = NOON
    return on


def granted(*decisions) -> int:
    return sum(isinstance(each, ClaimGranted) for each in decisions)
