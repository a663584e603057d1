"""A yes means the newest question of the same person alone, for as long as it stands."""

from __future__ import annotations

import pytest

from bot.domain.answers import Answer, TryAgain
from bot.domain.control import DropSteered, SteerDrop, SteerNeedsYes, SteerRefusal, Verb
from bot.domain.people import BOT, Actor, Rank
from bot.domain.planning import ApplyPlans
from bot.domain.privacy import EraseMe, ErasureAsked, PersonErased
from bot.domain.time import SECOND
from bot.services.confirming import Confirmations
from bot.services.control import Control
from bot.services.privacy import Privacy
from bot.storage.database import Reads
from bot.storage.people import KnownNames
from tests.conftest import CHANNEL, MIA, NOON, plan, viewer

NOA = viewer("noa", rank=Rank.MODERATOR)


@pytest.fixture
async def confirmations(lane, clock):
    await lane.submit(ApplyPlans(CHANNEL, "config:1", BOT, (plan(),)))
    clock.at = NOON
    return Confirmations(lane, clock)


@pytest.fixture
async def reads(new_ledger):
    opened = Reads(new_ledger)
    yield opened
    await opened.close()


@pytest.fixture
def control(lane, reads, confirmations):
    return Control(lane, CHANNEL, confirmations, KnownNames(reads, CHANNEL), {})


@pytest.fixture
def privacy(lane, reads, confirmations, clock):
    return Privacy(lane, reads, CHANNEL, confirmations, clock, clock, copies_days=14)


async def test_what_cannot_be_undone_waits_for_a_yes_by_the_same_person(control, confirmations):
    asked = await control.steer(MIA, "twitch:1", Verb.CANCEL)
    assert asked.decision == SteerNeedsYes(Verb.CANCEL, "mug", "Teal Mug", 0)
    assert await confirmations.confirm(NOA, "twitch:2") is None
    done = await confirmations.confirm(MIA, "twitch:3")
    assert isinstance(done.decision, DropSteered)
    assert done.decision.verb is Verb.CANCEL
    assert await confirmations.confirm(MIA, "twitch:4") is None


@pytest.mark.parametrize(("after", "counts"), [(30 * SECOND - 1, True), (30 * SECOND, False)])
async def test_a_yes_to_a_deed_counts_within_thirty_seconds(control, confirmations, clock, after, counts):
    await control.steer(MIA, "twitch:1", Verb.CANCEL)
    clock.at += after
    assert (await confirmations.confirm(MIA, "twitch:2") is not None) == counts


@pytest.mark.parametrize(("after", "counts"), [(60 * SECOND - 1, True), (60 * SECOND, False)])
async def test_a_yes_to_being_forgotten_counts_within_a_minute(
    control, privacy, confirmations, clock, after, counts
):
    await control.steer(MIA, "twitch:1", Verb.PAUSE)
    assert isinstance((await privacy.ask(MIA, "twitch:2")).decision, ErasureAsked)
    clock.at += after
    assert (await confirmations.confirm(MIA, "twitch:3") is not None) == counts


async def test_a_yes_to_an_older_question_does_nothing_of_the_newer_one(control, confirmations):
    await control.steer(MIA, "discord:1", Verb.CANCEL)
    await control.steer(MIA, "discord:2", Verb.CANCEL)
    assert await confirmations.confirm(MIA, "discord:3", asked="discord:1") is None
    assert (await confirmations.confirm(MIA, "discord:4", asked="discord:2")).decision.verb is Verb.CANCEL


async def test_the_newest_question_wins_whatever_it_is_about(control, privacy, confirmations):
    await control.steer(MIA, "twitch:1", Verb.CANCEL)
    await privacy.ask(MIA, "twitch:2")
    assert isinstance((await confirmations.confirm(MIA, "twitch:3")).decision, PersonErased)
    # The older question went with the newer one: a second yes cancels no drop.
    assert await confirmations.confirm(MIA, "twitch:4") is None

    await control.steer(NOA, "twitch:5", Verb.PAUSE)
    await privacy.ask(NOA, "twitch:6")
    await control.steer(NOA, "twitch:7", Verb.CANCEL)
    assert isinstance((await confirmations.confirm(NOA, "twitch:8")).decision, DropSteered)
    assert await confirmations.confirm(NOA, "twitch:9") is None


async def test_a_button_confirms_only_what_stands_on_it(control, privacy, confirmations):
    await control.steer(MIA, "twitch:1", Verb.PAUSE)
    await privacy.ask(MIA, "twitch:2")
    assert await confirmations.confirm(MIA, "twitch:3", only=SteerDrop) is None
    done = await confirmations.confirm(MIA, "twitch:4", only=EraseMe)
    assert isinstance(done.decision, PersonErased)


async def test_a_question_that_was_withdrawn_waits_no_more(control, privacy, confirmations):
    await control.steer(MIA, "twitch:1", Verb.PAUSE)
    await privacy.ask(MIA, "twitch:2")
    confirmations.withdraw(MIA)
    confirmations.withdraw(MIA)
    assert await confirmations.confirm(MIA, "twitch:3") is None


async def test_a_yes_is_about_the_drop_that_was_asked_about_whatever_is_open_by_then(control, confirmations, lane):
    await control.steer(MIA, "twitch:1", Verb.CANCEL, drop="mug")
    await lane.submit(ApplyPlans(CHANNEL, "config:2", BOT, (plan(), plan("print"))))
    done = await confirmations.confirm(MIA, "twitch:2")
    assert done.decision.drop == "mug"


async def test_a_yes_by_one_who_is_no_moderator_any_more_does_nothing(control, confirmations):
    await control.steer(MIA, "twitch:1", Verb.CANCEL)
    demoted = Actor(MIA.platform, MIA.user_id, MIA.name, Rank.VIEWER)
    answer = await confirmations.confirm(demoted, "twitch:2")
    assert answer.decision.because is SteerRefusal.NOT_ALLOWED


async def test_a_yes_that_the_ledger_could_not_take_may_be_said_once_more(clock):
    class Stumbling:
        def __init__(self):
            self.tries = 0

        async def submit(self, command):
            self.tries += 1
            if self.tries == 1:
                raise TryAgain("planted")
            return Answer(command.request_id, command, NOON)

    confirmations = Confirmations(Stumbling(), clock)
    confirmations.ask(EraseMe(CHANNEL, "twitch:1", MIA, confirmed=True), within=SECOND)
    with pytest.raises(TryAgain):
        await confirmations.confirm(MIA, "twitch:2")
    answer = await confirmations.confirm(MIA, "twitch:3")
    assert (answer.decision.request_id, answer.decision.confirmed) == ("twitch:3", True)
