"""Discord's calendar through the unmodified client: events made, seen, changed, ended, and refused."""

from __future__ import annotations

import time
from dataclasses import replace
from typing import Any

import pytest

from bot.domain.calendar_step import CalendarEvent, Change, EventStatus, marked
from bot.domain.drop_plan import DropPlan
from bot.domain.people import BOT
from bot.domain.planning import ApplyPlans
from bot.domain.stream import Wake
from bot.domain.time import HOUR, MINUTE, SECOND, Micros
from bot.platforms.discord.events import DiscordEvents
from bot.platforms.discord.platform import DiscordPlatform
from bot.services.calendar import Calendar
from bot.services.ports import NotAllowed, PlaceDown, SendRefused
from bot.stage.server import Stage
from bot.storage.database import Reads
from tests.conftest import CHANNEL, FixedClock, plan, running_lane
from tests.platforms.discord_rig import Booth, discord_settings, on_discord
from tests.services.fakes import WORDS

CREATE_EVENTS = 1 << 44


def soon() -> Micros:
    """An hour from now, to the second."""
    return (int(time.time()) * SECOND) + HOUR


def event(**changes: Any) -> CalendarEvent:
    at = soon()
    usual = CalendarEvent("mug", "Teal Mug", marked("48.", "mug"), "https://twitch.tv/teapot", at, at + 15 * MINUTE)
    return replace(usual, **changes)


@pytest.fixture
async def booth() -> Booth:
    return Booth()


async def test_an_event_is_made_moved_started_and_ended(stage: Stage, booth: Booth) -> None:
    wanted = event()
    async with on_discord(stage, booth) as platform:
        events = platform.events
        made = await events.create(wanted)
        seen = await events.look(made)
        assert seen is not None
        assert (seen.drop, seen.status) == ("mug", EventStatus.SCHEDULED)
        assert (seen.starts_at, seen.ends_at) == (wanted.starts_at, wanted.ends_at)
        assert await events.marked() == {"mug": seen}
        later = event(name="Teal Mug, later", starts_at=soon() + HOUR, ends_at=soon() + 2 * HOUR)
        await events.change(Change(made, later, later.starts_at, later.ends_at))
        await events.change(Change(made, status=EventStatus.ACTIVE))
        await events.change(Change(made, ends_at=later.ends_at + MINUTE))
        seen = await events.look(made)
        assert seen is not None
        assert (seen.status, seen.ends_at) == (EventStatus.ACTIVE, later.ends_at + MINUTE)
        await events.change(Change(made, status=EventStatus.COMPLETED))
        assert await events.marked() == {}
    told = stage.discord.events.get(made)
    assert (told.name, told.location) == ("Teal Mug, later", "https://twitch.tv/teapot")


async def test_what_others_wrote_into_the_calendar_is_not_ours(stage: Stage, booth: Booth) -> None:
    async with on_discord(stage, booth) as platform:
        made = await platform.events.create(event())
        stage.discord.events.get(made).creator = stage.discord.member("mod_mia")
        assert await platform.events.marked() == {}


async def test_an_event_that_somebody_deleted_is_seen_to_be_gone(stage: Stage, booth: Booth) -> None:
    async with on_discord(stage, booth) as platform:
        made = await platform.events.create(event())
        world = stage.discord
        world.events.delete(world.bot, world.events.get(made))
        assert await platform.events.look(made) is None


async def test_what_discord_refuses_comes_back_as_what_it_is(stage: Stage, booth: Booth) -> None:
    async with on_discord(stage, booth) as platform:
        with pytest.raises(SendRefused, match="50035"):
            await platform.events.create(event(name="x" * 101))
        stage.discord.role("Microdrops").permissions &= ~CREATE_EVENTS
        with pytest.raises(NotAllowed, match="50013"):
            await platform.events.create(event())
    with pytest.raises(PlaceDown):
        await platform.events.marked()


async def test_a_kill_right_after_an_event_was_made_makes_no_second_one(
    stage: Stage, booth: Booth, new_ledger: Any
) -> None:
    """The first process ends between Discord's answer and our note; the second finds the event by its mark."""

    def killed(point: str) -> None:
        if point == "discord.event.after":
            raise KeyboardInterrupt

    opens_at = soon()
    mug = plan(opens_at=opens_at, announce_at=opens_at - 2 * HOUR)
    async with on_discord(stage, booth) as platform:
        with pytest.raises(KeyboardInterrupt):
            await _look(new_ledger, mug, DiscordEvents(discord_settings(stage), lambda: platform.bot, probe=killed))
        await _look(new_ledger, mug, platform.events)
        await _look(new_ledger, mug, platform.events)
    (made,) = stage.discord.events.all()
    assert (made.name, made.starts_at, made.description.splitlines()[-1]) == ("Teal Mug", opens_at, "drop: mug")


async def _look(url: Any, mug: DropPlan, events: Any) -> None:
    """One process that keeps the calendar for a moment."""
    clock, reads = FixedClock(int(time.time() * SECOND)), Reads(url)
    try:
        async with running_lane(url, clock) as lane:
            await lane.submit(ApplyPlans(CHANNEL, f"config:{clock.at}", BOT, (mug,)))
            await lane.submit(Wake(CHANNEL))
            place = "https://twitch.tv/teapot"
            await Calendar(
                lane, reads, CHANNEL, WORDS, clock, events=events, board=None, place=place, in_chat=True
            ).look()
    finally:
        await reads.close()


async def test_between_two_clients_the_calendar_is_out_of_reach(stage: Stage, booth: Booth) -> None:
    platform = DiscordPlatform(discord_settings(stage), install=booth.install)
    with pytest.raises(PlaceDown):
        await platform.events.look("7")
