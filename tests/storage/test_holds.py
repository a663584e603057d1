"""Claims that wait for evidence: whatever happens meanwhile, each keeps its place and is answered once."""

from __future__ import annotations

import asyncio

import pytest

from bot.domain.claims import ClaimChecking, ClaimGranted, ClaimRefusal, JudgeHolds
from bot.domain.control import DropSteered, SteerDrop, SteerRefusal, Verb
from bot.domain.drop_plan import WhileOffline
from bot.domain.entitlements import Entitlement, Question
from bot.domain.linking import LinkPeople, UnlinkAsked, UnlinkMe
from bot.domain.privacy import EraseMe, ErasureAsked, ErasureRefusal, PersonErased
from bot.domain.restore import FreezeDrops, ThawDrop
from bot.domain.stream import ReportStream, Wake
from bot.domain.time import DAY, HOUR, MINUTE
from bot.storage.book import ChannelSettings
from tests.conftest import ALL_PLACES, CHANNEL, MIA, NOON, running_lane, viewer
from tests.storage.early import BEGINS, SUBSCRIBER, Settled, begin, claim, claiming, found, judging
from tests.storage.evenings import faults, rows

ANN = viewer("ann")


async def steer(lane, verb: Verb, request: str, **more) -> object:
    command = SteerDrop(CHANNEL, request, MIA, verb, "mug", confirmed=True, **more)
    return (await lane.submit(command)).decision


def waiting(url) -> list[object]:
    return [request for (request,) in rows(url, "SELECT request_id FROM hold ORDER BY request_id")]


async def test_the_last_early_unit_is_held_for_one_person_alone(lane, clock, new_ledger):
    await begin(lane, clock)
    settled = Settled(lane)
    assert [type(await claim(lane, name)) for name in ("ann", "ben")] == [ClaimChecking, ClaimChecking]
    gone = await claim(lane, "cleo")
    assert (gone.because, gone.retry_at) == (ClaimRefusal.EARLY_GONE, NOON)
    # One of the two turns out not to be let in: their unit can be held for somebody else.
    await lane.submit(judging("ben", 0))
    assert isinstance(await claim(lane, "cleo", request="twitch:cleo-again"), ClaimChecking)
    await lane.submit(judging("cleo", 1))
    await lane.submit(judging("ann", 1))
    assert settled.numbers() == {"twitch:ben": "not-entitled", "twitch:cleo-again": 1, "twitch:ann": 2}
    assert waiting(new_ledger) == faults(new_ledger) == []


async def test_a_commit_tells_that_a_claim_waits_now(lane, clock):
    await begin(lane, clock)
    heard = []
    lane.listen(lambda committed: heard.append(committed.held))
    for name in ("ann", "ben"):
        assert isinstance(await claim(lane, name), ClaimChecking)
    # Who waits already has one place, not two.
    assert isinstance(await claim(lane, "ann", request="twitch:ann-again"), ClaimChecking)
    await lane.submit(judging("ann", 1))
    assert heard == [True, True, False, False]


async def test_places_outlast_a_restart_also_while_nobody_knows_more(new_ledger, clock):
    async with running_lane(new_ledger, clock) as lane:
        await begin(lane, clock)
        await claim(lane, "ben")
        clock.at += 1
        await claim(lane, "ann")
    async with running_lane(new_ledger, clock) as lane:
        settled = Settled(lane)
        assert waiting(new_ledger) == ["twitch:ann", "twitch:ben"]
        assert (await claim(lane, "cleo")).because is ClaimRefusal.EARLY_GONE
        clock.at = NOON
        crowd = await claim(lane, "dee")
        assert settled.numbers() == {"twitch:ben": 1, "twitch:ann": 2}
        assert crowd.number == 3
    assert waiting(new_ledger) == faults(new_ledger) == []


async def test_asked_again_a_request_hears_that_it_is_looked_up_and_then_the_answer(lane, clock):
    await begin(lane, clock)
    first = await lane.submit(claiming("ann"))
    again = await lane.submit(claiming("ann"))
    assert (again.decision, again.repeated) == (first.decision, True)
    clock.at += MINUTE
    await lane.submit(judging("ann", 1))
    last = await lane.submit(claiming("ann"))
    assert (last.decision.number, last.repeated, last.at) == (1, True, BEGINS + MINUTE)


async def test_the_same_holds_for_requests_of_the_very_batch_that_completes_it(lane, clock):
    await begin(lane, clock)
    commands = [claiming("ann"), claiming("ann"), judging("ann", 1), claiming("ann")]
    answers = await asyncio.gather(*(lane.submit(command) for command in commands))
    kinds = [type(answer.decision) for answer in (answers[0], answers[1], answers[3])]
    assert kinds == [ClaimChecking, ClaimChecking, ClaimGranted]
    assert [answers[0].repeated, answers[1].repeated, answers[3].repeated] == [False, True, True]


async def test_another_request_of_somebody_who_waits_holds_no_second_unit(lane, clock, new_ledger):
    await begin(lane, clock, per_person=2)
    for request in ("one", "two", "two"):
        answer = await lane.submit(claiming("ann", request=request))
        assert isinstance(answer.decision, ClaimChecking)
    assert waiting(new_ledger) == ["one"]
    # What the next claim brings along is what the first has waited for.
    settled = Settled(lane)
    assert (await claim(lane, "ann", (SUBSCRIBER, found(1)), request="three")).number == 2
    assert settled.numbers() == {"one": 1}


@pytest.mark.parametrize(
    ("ends", "expected"),
    [
        ([Verb.CLOSE], "closed"),
        ([Verb.CANCEL], "cancelled"),
        ([Verb.PAUSE, Verb.CLOSE], "closed"),
    ],
)
async def test_whoever_waits_when_a_moderator_ends_it_is_told_so(lane, clock, new_ledger, ends, expected):
    await begin(lane, clock)
    settled = Settled(lane)
    await claim(lane, "ann")
    for number, verb in enumerate(ends):
        await steer(lane, verb, f"twitch:d{number}")
    assert settled.numbers() == {"twitch:ann": expected}
    assert waiting(new_ledger) == faults(new_ledger) == []


async def test_an_opening_that_is_taken_back_ends_the_wait(lane, clock, new_ledger):
    await begin(lane, clock, opens_at=NOON + HOUR)
    await steer(lane, Verb.OPEN, "twitch:d1")
    settled = Settled(lane)
    await claim(lane, "ann")
    await steer(lane, Verb.UNDO, "twitch:d2")
    assert settled.numbers() == {"twitch:ann": "not-open-yet"}
    assert waiting(new_ledger) == []


async def test_a_stream_that_has_gone_for_good_ends_the_wait_at_once(new_ledger, clock):
    """Nobody asks anything after the report that closes the drop."""
    settings = ChannelSettings(CHANNEL, "teapot", ALL_PLACES, stream_watched=True)
    async with running_lane(new_ledger, clock, settings=settings) as lane:
        await lane.submit(ReportStream(CHANNEL, True))
        await begin(lane, clock, while_offline=WhileOffline.WAIT)
        await claim(lane, "ann")
        await lane.submit(ReportStream(CHANNEL, False))
    clock.at += HOUR
    async with running_lane(new_ledger, clock, settings=settings) as lane:
        settled = Settled(lane)
        await lane.submit(ReportStream(CHANNEL, False))
        assert settled.numbers() == {"twitch:ann": "closed"}


async def test_slept_over_the_whole_window_nobody_gets_a_unit_after_its_end(new_ledger, clock):
    async with running_lane(new_ledger, clock) as lane:
        await begin(lane, clock)
        await claim(lane, "ann")
    clock.at = NOON + 15 * MINUTE
    async with running_lane(new_ledger, clock) as lane:
        settled = Settled(lane)
        await lane.submit(Wake(CHANNEL))
        assert settled.numbers() == {"twitch:ann": "closed"}


async def test_a_pause_and_a_freeze_keep_everybody_waiting_and_lose_no_place(lane, clock, new_ledger):
    await begin(lane, clock)
    settled = Settled(lane)
    await claim(lane, "ann")
    await claim(lane, "ben")
    await steer(lane, Verb.PAUSE, "twitch:d1")
    clock.at = NOON + HOUR
    await lane.submit(judging("ann", 1))
    assert settled.numbers() == {}
    await steer(lane, Verb.RESUME, "twitch:d2")
    await lane.submit(FreezeDrops(CHANNEL))
    await lane.submit(judging("ann", 1, at=clock.at))
    assert settled.numbers() == {}
    await lane.submit(ThawDrop(CHANNEL, "mug", None))
    # The evidence of before has come to its end meanwhile.
    assert (await claim(lane, "cleo")).because is ClaimRefusal.EARLY_GONE
    await lane.submit(judging("ann", 1, at=clock.at))
    clock.at += 10 * MINUTE
    await lane.submit(Wake(CHANNEL))
    assert len(settled.numbers()) == 2
    assert waiting(new_ledger) == faults(new_ledger) == []


async def test_a_unit_that_is_kept_for_whoever_waits_is_not_given_away_by_hand(lane, clock):
    await begin(lane, clock, supply=2, early_units=2)
    settled = Settled(lane)
    await claim(lane, "ann")
    assert isinstance(await steer(lane, Verb.GIVE, "twitch:d1", receiver=viewer("gus")), DropSteered)
    kept = await steer(lane, Verb.GIVE, "twitch:d2", receiver=viewer("hal"))
    assert kept.because is SteerRefusal.NO_UNIT_LEFT
    await lane.submit(judging("ann", 1))
    assert settled.numbers() == {"twitch:ann": 2}


async def test_who_was_given_one_by_hand_waits_for_no_second(lane, clock):
    await begin(lane, clock)
    settled = Settled(lane)
    await claim(lane, "ann")
    await steer(lane, Verb.GIVE, "twitch:d1", receiver=ANN)
    await lane.submit(judging("ann", 1))
    assert settled.numbers() == {"twitch:ann": "already-yours"}


async def test_two_accounts_that_are_linked_while_both_wait_get_one_unit(lane, clock, new_ledger):
    await begin(lane, clock, early="subscriber or role:patron")
    settled = Settled(lane)
    there = viewer("ann", platform="discord")
    await claim(lane, ANN)
    await claim(lane, there, request="discord:ann")
    await lane.submit(LinkPeople(CHANNEL, "twitch:link", ANN, there, confirmed=True))
    await lane.submit(judging(ANN, 1))
    assert settled.numbers() == {"twitch:ann": 1, "discord:ann": "already-yours"}
    assert waiting(new_ledger) == []


BEFORE, AFTER = viewer("before", platform="discord"), viewer("after", platform="discord")
PATRON, MOD = Question(Entitlement.ROLE, "patron"), Question(Entitlement.ROLE, "mod")


async def link(lane, account) -> None:
    """Link Ann with an account of Discord, in the place of the one that she is linked with."""
    asked = (await lane.submit(UnlinkMe(CHANNEL, f"twitch:unlink-{account.name}", ANN))).decision
    if isinstance(asked, UnlinkAsked):
        await lane.submit(UnlinkMe(CHANNEL, f"twitch:unlink-from-{account.name}", ANN, asked.link))
    await lane.submit(LinkPeople(CHANNEL, f"twitch:link-{account.name}", ANN, account, confirmed=True))


async def test_evidence_of_an_account_that_is_theirs_no_more_lets_nobody_in(lane, clock):
    """It counts as one with theirs still, as far as the limit goes."""
    await begin(lane, clock, early="role:patron", early_units=3)
    settled = Settled(lane)
    await link(lane, BEFORE)
    await link(lane, AFTER)
    await claim(lane, AFTER, request="discord:after")
    await claim(lane, BEFORE, (PATRON, found(1)), request="discord:before")
    assert settled.numbers() == {}


async def test_what_was_found_out_while_two_were_one_is_forgotten_when_they_part(lane, clock):
    await begin(lane, clock, early="role:patron and role:mod", early_units=3)
    settled = Settled(lane)
    await link(lane, BEFORE)
    await claim(lane, ANN)
    await lane.submit(JudgeHolds(CHANNEL, ((BEFORE.key, PATRON, found(1)),)))
    await link(lane, AFTER)
    await lane.submit(JudgeHolds(CHANNEL, ((AFTER.key, MOD, found(1)),)))
    assert settled.numbers() == {}
    await lane.submit(JudgeHolds(CHANNEL, ((AFTER.key, PATRON, found(1)),)))
    assert settled.numbers() == {"twitch:ann": 1}


async def test_what_is_found_out_about_others_is_no_answer_to_anybody(lane, clock):
    await begin(lane, clock)
    settled = Settled(lane)
    await claim(lane, "ann")
    await lane.submit(judging("ben", 1))
    await lane.submit(judging(viewer("ann", platform="discord"), 1))
    assert settled.numbers() == {}


class Planted:
    """Fails the next batch at its end, as often as it is told to."""

    def __init__(self) -> None:
        self.times = 0

    def __call__(self, point: str) -> None:
        if point == "lane.before-commit" and self.times:
            self.times -= 1
            raise ValueError("planted")


async def test_a_batch_that_fails_loses_no_place_and_answers_nobody(new_ledger, clock):
    fail = Planted()
    async with running_lane(new_ledger, clock, probe=fail) as lane:
        await begin(lane, clock)
        settled = Settled(lane)
        await claim(lane, "ann")
        fail.times = 1
        with pytest.raises(ValueError, match="planted"):
            await lane.submit(judging("ann", 1))
        assert settled.numbers() == {}
        assert waiting(new_ledger) == ["twitch:ann"]
        await lane.submit(judging("ann", 1))
        assert settled.numbers() == {"twitch:ann": 1}
    assert faults(new_ledger) == []


async def test_who_was_answered_in_a_batch_that_had_to_be_replayed_hears_of_it(new_ledger, clock):
    fail = Planted()
    async with running_lane(new_ledger, clock, probe=fail) as lane:
        await begin(lane, clock)
        settled = Settled(lane)
        await claim(lane, "ann")
        await claim(lane, "ben")
        fail.times = 1
        await asyncio.gather(lane.submit(judging("ann", 1)), lane.submit(judging("ben", 0)))
        assert settled.numbers() == {"twitch:ann": 1, "twitch:ben": "not-entitled"}
    assert faults(new_ledger) == []


async def test_nobody_is_forgotten_while_they_wait_for_a_unit(lane, clock, new_ledger):
    """They would come back as somebody new, and ask once more."""
    await begin(lane, clock)
    await claim(lane, "ann")
    erasing = EraseMe(CHANNEL, "twitch:forget-1", ANN, confirmed=True)
    refused = (await lane.submit(erasing)).decision
    assert (refused.because, refused.drop) == (ErasureRefusal.STILL_RUNNING, "mug")
    assert waiting(new_ledger) == ["twitch:ann"]
    clock.at += MINUTE
    await lane.submit(judging("ann", 0))
    # They hold nothing now, and can be forgotten in the middle of the evening.
    asked = (await lane.submit(EraseMe(CHANNEL, "twitch:forget-2", ANN))).decision
    assert isinstance(asked, ErasureAsked)
    done = (await lane.submit(EraseMe(CHANNEL, "twitch:forget-3", ANN, confirmed=True))).decision
    assert isinstance(done, PersonErased)
    everything = rows(new_ledger, "SELECT user_id, name FROM outcome UNION SELECT user_id, name FROM hold")
    assert not any("ann" in str(value) for row in everything for value in row)
    clock.at += DAY
    await lane.submit(Wake(CHANNEL))
    assert faults(new_ledger) == []
