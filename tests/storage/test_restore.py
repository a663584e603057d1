"""Freezing and thawing on a real ledger: what was lost is written off, counted, and never handed out again."""

from __future__ import annotations

import pytest
from sqlalchemy.exc import IntegrityError

from bot.domain.answers import Answer
from bot.domain.claims import ClaimGranted, ClaimRefusal
from bot.domain.control import SteerDrop, SteerRefusal, Verb
from bot.domain.people import BOT
from bot.domain.planning import ApplyPlans
from bot.domain.restore import DropsFrozen, FreezeDrops, ThawDrop, ThawRefused
from bot.domain.stream import Wake
from bot.domain.time import HOUR, MINUTE
from bot.domain.voting import VoteChecking, VoteRefusal
from bot.storage.restore import card_references, frozen_drops
from tests.conftest import CHANNEL, MIA, NOON, plan, running_lane, viewer
from tests.storage.deciding import MOD_VOTE, Evening
from tests.storage.evenings import change, claim, faults, open_mug, rows

AT_FIVE = NOON + 5 * MINUTE
AT_TWENTY_FIVE = NOON + 25 * MINUTE


def address(url) -> str:
    return url.render_as_string(hide_password=False)


async def freeze(lane) -> tuple[str, ...]:
    answer: Answer[DropsFrozen] = await lane.submit(FreezeDrops(CHANNEL))
    return answer.decision.drops


async def thaw(lane, last: int | None, drop: str = "mug"):
    return (await lane.submit(ThawDrop(CHANNEL, drop, last))).decision


async def steer(lane, verb: Verb, request: str, **more):
    return (await lane.submit(SteerDrop(CHANNEL, request, MIA, verb, "mug", **more))).decision


async def test_lost_numbers_are_out_and_the_next_claim_gets_the_one_after_them(new_ledger, clock):
    """#1 to #10 in the copy, #20 was the last in chat: #21 is next, and 28 are left of 48."""
    async with running_lane(new_ledger, clock) as lane:
        await open_mug(lane, clock, claims=10)
        clock.at = AT_FIVE
        assert await freeze(lane) == ("mug",)
        clock.at = AT_TWENTY_FIVE
        refused, again = await claim(lane, "ann", "v3")
        assert refused.because is ClaimRefusal.FROZEN
        assert again.number == 3  # the same request is answered the same
        thawed = await thaw(lane, 20)
        assert (thawed.lost, thawed.units_left) == (tuple(range(11, 21)), 28)
        (granted,) = await claim(lane, "bob")
        assert (granted.number, granted.units_left) == (21, 27)
    assert rows(new_ledger, 'SELECT claimed, given, lost, last_number, frozen_at FROM "drop"') == [
        (11, 0, 10, 21, None)
    ]
    assert rows(new_ledger, "SELECT number FROM lost_unit ORDER BY number") == [(n,) for n in range(11, 21)]
    assert rows(new_ledger, "SELECT count(*) FROM entry WHERE kind = 'unit.lost'") == [(10,)]
    assert faults(new_ledger) == []


async def test_a_frozen_drop_outlives_a_restart_and_its_clock_stands_still(new_ledger, clock):
    async with running_lane(new_ledger, clock) as lane:
        await open_mug(lane, clock, claims=1)
        clock.at = AT_FIVE
        await freeze(lane)
    clock.at = NOON + 3 * HOUR
    async with running_lane(new_ledger, clock) as lane:
        await lane.submit(Wake(CHANNEL))
        assert (await steer(lane, Verb.GIVE, "twitch:g", receiver=viewer("ann"), why="x")).because == "frozen"
        assert await freeze(lane) == ("mug",)
        thawed = await thaw(lane, 1)
        # Ten minutes were left of the window at the freeze.
        assert thawed.closes_at == clock.at + 10 * MINUTE
        clock.at = thawed.closes_at - 1
        assert isinstance((await claim(lane, "ann"))[0], ClaimGranted)
        clock.at += 1
        assert (await claim(lane, "bob"))[0].because is ClaimRefusal.CLOSED
    assert faults(new_ledger) == []


async def test_lost_numbers_stay_lost_after_a_restart_also_below_a_number_taken_back(new_ledger, clock):
    async with running_lane(new_ledger, clock) as lane:
        await open_mug(lane, clock, claims=3)
        given = await steer(lane, Verb.GIVE, "twitch:g", receiver=viewer("eve"), why="late")
        await steer(lane, Verb.UNDO, "twitch:u")
        await freeze(lane)
        assert given.number == 4
        assert (await thaw(lane, 3)).because == "below-ledger"  # #4 was once told to somebody
        assert (await thaw(lane, 6)).lost == (4, 5, 6)
    async with running_lane(new_ledger, clock) as lane:
        assert [d.number for d in await claim(lane, "ann", "bob")] == [7, 8]
    assert faults(new_ledger) == []


async def test_every_drop_with_units_left_is_frozen_and_those_without_go_on(new_ledger, clock):
    plans = (
        plan(),
        plan("cap", opening="cue", opens_at=None),
        plan("pin", supply=1),
        plan("hat", announce_at=NOON + HOUR, opens_at=NOON + 2 * HOUR),
    )
    async with running_lane(new_ledger, clock) as lane:
        await lane.submit(ApplyPlans(CHANNEL, "config:1", BOT, plans))
        clock.at = NOON
        await claim(lane, "ann", drop="pin")
        assert sorted(await freeze(lane)) == ["cap", "hat", "mug"]
        assert sorted(frozen_drops(address(new_ledger), CHANNEL)) == ["cap", "hat", "mug"]
        clock.at = NOON + 3 * HOUR
        await lane.submit(Wake(CHANNEL))
        assert rows(new_ledger, 'SELECT "key", state FROM "drop" ORDER BY "key"') == [
            ("cap", "announced"),
            ("hat", "planned"),
            ("mug", "open"),
            ("pin", "closed"),
        ]
        for key in ("cap", "hat", "mug"):
            await thaw(lane, None, key)
        assert frozen_drops(address(new_ledger), CHANNEL) == {}
    assert faults(new_ledger) == []


async def test_a_thaw_that_is_asked_for_twice_changes_nothing_the_second_time(new_ledger, clock):
    async with running_lane(new_ledger, clock) as lane:
        await open_mug(lane, clock, claims=2)
        await freeze(lane)
        await thaw(lane, 5)
        before = rows(new_ledger, "SELECT count(*) FROM entry")
        again = await thaw(lane, 5)
        assert isinstance(again, ThawRefused)
        assert again.because == "not-frozen"
        assert rows(new_ledger, "SELECT count(*) FROM entry") == before


async def test_when_everything_was_made_public_nothing_is_left_to_hand_out(new_ledger, clock):
    async with running_lane(new_ledger, clock) as lane:
        await open_mug(lane, clock, claims=2, supply=5)
        await freeze(lane)
        assert (await thaw(lane, 6)).because == "above-supply"
        assert (await thaw(lane, 5)).units_to_give == 0
        assert (await claim(lane, "ann"))[0].because is ClaimRefusal.SOLD_OUT
        given = await steer(lane, Verb.GIVE, "twitch:g", receiver=viewer("ann"), why="told #4")
        assert given.because is SteerRefusal.NO_UNIT_LEFT
    assert faults(new_ledger) == []


async def test_the_database_itself_counts_lost_units_against_the_supply(new_ledger, clock):
    async with running_lane(new_ledger, clock) as lane:
        await open_mug(lane, clock, claims=2, supply=5)
    for lost in (4, -1):
        with pytest.raises(IntegrityError):
            change(new_ledger, f'UPDATE "drop" SET lost = {lost}')
    change(new_ledger, 'UPDATE "drop" SET lost = 3')


async def test_everybody_is_told_what_stands_still_and_what_was_lost(new_ledger, clock):
    async with running_lane(new_ledger, clock) as lane:
        await open_mug(lane, clock, claims=2)
        await freeze(lane)
        await thaw(lane, 4)
    news = rows(new_ledger, "SELECT place, kind FROM outbox WHERE kind IN ('frozen', 'thawed') ORDER BY id")
    places = ("twitch:chat", "discord:announcements", "discord:moderators")
    assert news == [(place, kind) for kind in ("frozen", "thawed") for place in places]


async def test_the_cards_that_were_posted_can_be_found_again(new_ledger, clock):
    async with running_lane(new_ledger, clock) as lane:
        await open_mug(lane, clock, claims=1)
    change(
        new_ledger,
        "UPDATE outbox SET reference = '77' WHERE kind = 'opened' AND place = 'discord:announcements'",
    )
    assert card_references(address(new_ledger), CHANNEL, ["mug", "cap"]) == {"discord:announcements": ["77"]}
    assert card_references(address(new_ledger), CHANNEL, ["cap"]) == {}


async def test_an_open_poll_is_cancelled_its_passes_come_back_and_who_waits_is_answered(new_ledger, clock):
    """What was voted after the copy is lost, so its result would be worth nothing."""
    async with running_lane(new_ledger, clock) as lane:
        evening = Evening(lane, clock)
        await evening.give("ann")
        await evening.open("Next game?", **MOD_VOTE)
        assert (await evening.vote("ann", 1, with_pass=True)).pass_spent == 1
        await freeze(lane)
        assert rows(new_ledger, "SELECT state, closed_why, result FROM poll") == [("cancelled", "restored", None)]
        assert rows(new_ledger, "SELECT used, spent_on FROM pass") == [(0, "[]")]
        late = await evening.vote("ann", 2, with_pass=True)
        assert late.because is VoteRefusal.CANCELLED
        await evening.open("Next game?", electorate="subscriber")
        assert isinstance(await evening.vote("ben", 1), VoteChecking)
        await freeze(lane)
        assert rows(new_ledger, "SELECT count(*) FROM held_vote") == [(0,)]
        await freeze(lane)
    kinds = [kind for (kind,) in rows(new_ledger, "SELECT kind FROM entry ORDER BY number")]
    assert kinds.count("poll.cancelled") == 2
    assert faults(new_ledger) == []
