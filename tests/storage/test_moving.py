"""Moves in the lane: kept, taken back, verified, and not undone by an older file."""

from __future__ import annotations

from itertools import count

from bot.domain.control import DropSteered, SteerDrop, SteerRefusal, Verb
from bot.domain.moved import MoveReason
from bot.domain.moving import DropMoved, MoveDrop
from bot.domain.people import BOT
from bot.domain.planning import ApplyPlans
from bot.domain.stream import Wake
from bot.domain.time import DAY, HOUR, MINUTE
from bot.storage.moves import read_overtaken
from bot.storage.verify import verify_ledger
from tests.conftest import CHANNEL, MIA, NOON, plan, running_lane, viewer

REQUESTS = count()
ZOE = viewer("zoe", rank=MIA.rank)


async def announced(lane, clock, **changes):
    clock.at = NOON - HOUR
    await applied(lane, plan(**changes))


async def applied(lane, *plans, **more):
    request = f"config:{next(REQUESTS)}"
    return (await lane.submit(ApplyPlans(CHANNEL, request, BOT, plans, **more))).decision


async def moved(lane, opens, why="ill", actor=MIA, request="twitch:move"):
    return await lane.submit(MoveDrop(CHANNEL, request, actor, "mug", opens, why))


async def undone(lane, request="twitch:undo"):
    return (await lane.submit(SteerDrop(CHANNEL, request, MIA, Verb.UNDO))).decision


def standing(lane):
    """The drop as the lane knows it; whoever has been answered finds it so."""
    return lane._books[CHANNEL].drops["mug"]


async def test_a_move_is_kept_and_the_same_request_is_answered_the_same(new_ledger, clock):
    async with running_lane(new_ledger, clock) as lane:
        await announced(lane, clock)
        first = await moved(lane, "13:00")
    async with running_lane(new_ledger, clock) as lane:
        again = await moved(lane, "13:00")
        await lane.submit(Wake(CHANNEL))
        assert standing(lane).opens_at == NOON + HOUR
    assert isinstance(first.decision, DropMoved)
    assert (again.decision, again.repeated) == (first.decision, True)
    assert verify_ledger(new_ledger, share=False).faults == ()


async def test_a_move_is_taken_back_once_and_only_the_newest(new_ledger, clock):
    async with running_lane(new_ledger, clock) as lane:
        await announced(lane, clock)
        await moved(lane, "13:00")
        assert isinstance(await undone(lane), DropSteered)
        assert standing(lane).opens_at == NOON
        assert (await undone(lane, "twitch:undo-2")).because is SteerRefusal.NOTHING_TO_UNDO
        await moved(lane, "14:00", request="twitch:move-2")
        await moved(lane, "15:00", actor=ZOE, request="twitch:move-3")
        assert (await undone(lane, "twitch:undo-3")).because is SteerRefusal.OVERTAKEN
        assert standing(lane).opens_at == NOON + 3 * HOUR
    assert verify_ledger(new_ledger, share=False).faults == ()


async def test_the_file_moves_a_drop_with_a_reason_and_follows_nothing_it_said_before(new_ledger, clock):
    later = plan(opens_at=NOON + HOUR)
    reasons = {"mug": MoveReason.TECHNICAL}
    async with running_lane(new_ledger, clock) as lane:
        await announced(lane, clock)
        assert (await applied(lane, later)).refused != ()
        assert (await applied(lane, later, moved=reasons)).moved == ("mug",)
        assert (await applied(lane, later, moved=reasons)).moved == ()
        await moved(lane, "+1h")
        nothing = await applied(lane, later, moved=reasons)
        assert (nothing.moved, nothing.refused) == ((), ())
        assert standing(lane).opens_at == NOON + 2 * HOUR
        # A time that the drop never had is newer than the move.
        assert (await applied(lane, plan(opens_at=NOON + 5 * HOUR), moved=reasons)).moved == ("mug",)
    assert read_overtaken(str(new_ledger)) == {"mug": {(NOON + HOUR, 15 * MINUTE)}}
    assert verify_ledger(new_ledger, share=False).faults == ()


async def test_once_the_move_is_taken_back_the_file_may_move_it_there(new_ledger, clock):
    async with running_lane(new_ledger, clock) as lane:
        await announced(lane, clock)
        await moved(lane, "13:00")
        await undone(lane)
        moving = await applied(lane, plan(opens_at=NOON + HOUR), moved={"mug": MoveReason.ILL})
        assert moving.moved == ("mug",)
    assert read_overtaken(str(new_ledger)) == {}


async def test_a_moved_drop_opens_at_its_new_time_alone(new_ledger, clock):
    async with running_lane(new_ledger, clock) as lane:
        await announced(lane, clock)
        await moved(lane, "2026-11-02 12:00")
        for at in (NOON, NOON + DAY - 1):
            clock.at = at
            await lane.submit(Wake(CHANNEL))
            assert not standing(lane).open
        clock.at = NOON + DAY
        await lane.submit(Wake(CHANNEL))
        assert standing(lane).opened_at == NOON + DAY
