"""Twitch's own polls in the ledger: an end is kept once, told once, and is the same after a restart."""

from __future__ import annotations

import pytest
from sqlalchemy import create_engine, text

from bot.domain.ledger import canonical_bytes
from bot.domain.native_polls import Native, NativeEnd
from bot.domain.native_rules import NoteNative
from bot.domain.poll_control import OpenPoll, PollVerb, SteerPoll
from bot.domain.stream import Wake
from bot.domain.time import HOUR, SECOND
from bot.storage.database import Reads
from bot.storage.native_polls import recent_polls
from bot.storage.rebuild import differences
from tests.conftest import CHANNEL, MIA, NOON
from tests.domain.poll_world import poll_plan
from tests.storage.desk import Desk, desk_engine

KEY = "colour-of-the-next-mug"
END = NativeEnd("a1", (5, 30, 2), "completed", NOON + 89 * SECOND)


@pytest.fixture
def desk(new_ledger):
    desk = Desk(desk_engine(new_ledger), NOON)
    desk.send(OpenPoll(CHANNEL, "twitch:open", MIA, poll_plan(native=Native.ADDED)))
    yield desk
    desk.close()


def kinds(desk) -> list[str]:
    return [kind for (kind,) in desk.ask("SELECT kind FROM entry ORDER BY number")]


def news(desk) -> list[str]:
    return [kind for (kind,) in desk.ask("SELECT kind FROM outbox WHERE place = 'twitch:chat' ORDER BY id")]


def test_an_end_is_kept_once_whatever_twitch_tells_afterwards(desk):
    later = NativeEnd("a1", (9, 9, 9), "archived", NOON + 89 * SECOND)
    desk.send(NoteNative(CHANNEL, KEY, END), NoteNative(CHANNEL, KEY, later))
    desk.restart()
    desk.send(NoteNative(CHANNEL, KEY, later))
    assert kinds(desk).count("poll.native") == 1
    (row,) = desk.ask("SELECT native FROM poll")
    assert row[0] == canonical_bytes(END.as_public()).decode()


@pytest.mark.parametrize(("first", "told"), [("twitch", ["poll-closed"]), ("ours", ["poll-closed", "poll-native"])])
def test_the_close_waits_for_nothing_and_what_comes_later_is_told_once(desk, first, told):
    if first == "twitch":
        desk.send(NoteNative(CHANNEL, KEY, END))
    desk.clock.at += 90 * SECOND
    desk.send(Wake(CHANNEL))
    desk.send(NoteNative(CHANNEL, KEY, END), NoteNative(CHANNEL, KEY, END))
    assert [kind for kind in news(desk) if kind != "poll-opened" and kind != "poll-ending"] == told


def test_an_end_of_no_poll_or_of_a_cancelled_one_is_not_kept(desk):
    desk.send(NoteNative(CHANNEL, "another", END))
    desk.send(SteerPoll(CHANNEL, "twitch:cancel", MIA, PollVerb.CANCEL, confirmed=True))
    desk.send(NoteNative(CHANNEL, KEY, END))
    assert "poll.native" not in kinds(desk)


async def test_polls_that_may_have_one_are_the_open_ones_and_those_just_closed(desk, new_ledger):
    desk.send(NoteNative(CHANNEL, KEY, END))
    reads = Reads(new_ledger)
    (poll,) = await recent_polls(reads, CHANNEL, NOON + HOUR)
    assert (poll.key, poll.native) == (KEY, END)
    desk.clock.at += 90 * SECOND
    desk.send(Wake(CHANNEL))
    closed = [[each.key for each in await recent_polls(reads, CHANNEL, since)] for since in (NOON, NOON + HOUR)]
    await reads.close()
    assert closed == [[KEY], []]


def test_the_votes_in_the_row_are_those_of_the_entry(desk, new_ledger):
    desk.send(NoteNative(CHANNEL, KEY, END))
    engine = create_engine(new_ledger)
    with engine.connect() as connection:
        before = differences(connection, CHANNEL)
        connection.execute(text("UPDATE poll SET native = replace(native, '30', '31')"))
        after = differences(connection, CHANNEL)
    engine.dispose()
    assert before == []
    (found,) = after
    assert KEY in str(found)
