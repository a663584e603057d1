"""Who is meant by a name."""

from __future__ import annotations

import pytest

from bot.domain.claims import ClaimDrop
from bot.domain.control import SteerRefusal, Verb
from bot.domain.people import BOT, Actor, Rank
from bot.domain.planning import ApplyPlans
from bot.services.confirming import Confirmations
from bot.services.control import Control
from bot.services.ports import PlaceDown
from bot.storage.database import Reads
from bot.storage.people import KnownNames
from tests.conftest import CHANNEL, MIA, NOON, plan, viewer

NOA = viewer("noa", rank=Rank.MODERATOR)


class Names:
    """The platform's own look-up of names."""

    def __init__(self, *known: Actor) -> None:
        self.known = {actor.name: actor for actor in known}
        self.down = False
        self.asked: list[str] = []

    async def find(self, name):
        self.asked.append(name)
        if self.down:
            raise PlaceDown("twitch")
        return self.known.get(name)


@pytest.fixture
def names():
    return Names(viewer("bob"))


@pytest.fixture
async def control(lane, new_ledger, clock, names):
    await lane.submit(ApplyPlans(CHANNEL, "config:1", BOT, (plan(),)))
    clock.at = NOON
    reads = Reads(new_ledger)
    yield Control(lane, CHANNEL, Confirmations(lane, clock), KnownNames(reads, CHANNEL), {"twitch": names})
    await reads.close()


async def test_the_platform_is_asked_first_who_carries_a_name(control, names):
    done = await control.steer(MIA, "twitch:1", Verb.GIVE, receiver="@Bob", why="mistyped")
    assert (done.decision.receiver, done.decision.number) == ("bob", 1)
    assert names.asked == ["bob"]


@pytest.mark.parametrize("down", [True, False])
async def test_who_the_platform_cannot_tell_is_looked_up_among_those_the_ledger_has_met(control, lane, names, down):
    await lane.submit(ClaimDrop(CHANNEL, "twitch:m1", viewer("Cy")))
    names.down = down
    done = await control.steer(MIA, "twitch:1", Verb.GIVE, receiver="@cy")
    assert done.decision.because is SteerRefusal.RECEIVER_HAS_ENOUGH
    assert done.decision.numbers == (1,)


@pytest.mark.parametrize("name", ["@nobody", "", "@", " "])
async def test_a_name_that_is_nobodys_gives_nothing(control, names, name):
    names.down = True
    done = await control.steer(MIA, "twitch:1", Verb.GIVE, receiver=name)
    assert done.decision.because is SteerRefusal.RECEIVER_UNKNOWN
