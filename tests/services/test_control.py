"""Deeds that need a yes, and who is meant by a name."""

from __future__ import annotations

import pytest

from bot.domain.answers import Answer, TryAgain
from bot.domain.claims import ClaimDrop
from bot.domain.control import DropSteered, SteerNeedsYes, SteerRefusal, Verb
from bot.domain.people import BOT, Actor, Rank
from bot.domain.planning import ApplyPlans
from bot.domain.time import SECOND
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
    yield Control(lane, CHANNEL, clock, KnownNames(reads, CHANNEL), {"twitch": names})
    await reads.close()


async def test_what_cannot_be_undone_waits_for_a_yes_by_the_same_person(control):
    asked = await control.steer(MIA, "twitch:1", Verb.CANCEL)
    assert asked.decision == SteerNeedsYes(Verb.CANCEL, "mug", "Teal Mug", 0)
    assert await control.confirm(NOA, "twitch:2") is None
    done = await control.confirm(MIA, "twitch:3")
    assert isinstance(done.decision, DropSteered)
    assert done.decision.verb is Verb.CANCEL
    assert await control.confirm(MIA, "twitch:4") is None


@pytest.mark.parametrize(("after", "counts"), [(30 * SECOND - 1, True), (30 * SECOND, False)])
async def test_a_yes_counts_within_thirty_seconds(control, clock, after, counts):
    await control.steer(MIA, "twitch:1", Verb.CANCEL)
    clock.at += after
    assert (await control.confirm(MIA, "twitch:2") is not None) == counts


async def test_a_yes_is_about_the_drop_that_was_asked_about_whatever_is_open_by_then(control, lane):
    await control.steer(MIA, "twitch:1", Verb.CANCEL, drop="mug")
    await lane.submit(ApplyPlans(CHANNEL, "config:2", BOT, (plan(), plan("print"))))
    done = await control.confirm(MIA, "twitch:2")
    assert done.decision.drop == "mug"


async def test_a_yes_by_one_who_is_no_moderator_any_more_does_nothing(control):
    await control.steer(MIA, "twitch:1", Verb.CANCEL)
    demoted = Actor(MIA.platform, MIA.user_id, MIA.name, Rank.VIEWER)
    answer = await control.confirm(demoted, "twitch:2")
    assert answer.decision.because is SteerRefusal.NOT_ALLOWED


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


async def test_a_yes_that_the_ledger_could_not_take_may_be_said_once_more(clock):
    class Stumbling:
        def __init__(self):
            self.tries = 0

        async def submit(self, command):
            self.tries += 1
            if self.tries == 1:
                return Answer(command.request_id, SteerNeedsYes(Verb.CANCEL, "mug", "Teal Mug", 0), NOON)
            if self.tries == 2:
                raise TryAgain("planted")
            return Answer(command.request_id, command, NOON)

    control = Control(Stumbling(), CHANNEL, clock, None, {})
    await control.steer(MIA, "twitch:1", Verb.CANCEL, drop="mug")
    with pytest.raises(TryAgain):
        await control.confirm(MIA, "twitch:2")
    answer = await control.confirm(MIA, "twitch:3")
    assert answer.decision.confirmed
