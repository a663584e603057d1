"""Scheduled events: made, changed, begun, ended and called off, and who is interested."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import discord
import pytest

from bot.stage.discord.errors import StageError
from bot.stage.discord.world import DiscordWorld
from tests.stage.discord.client import TeaBot
from tests.stage.discord.conftest import Rest

Json = dict[str, Any]
WANTS = discord.Intents(guilds=True, guild_scheduled_events=True)


def _body(**changes: object) -> Json:
    starts = datetime.now(UTC) + timedelta(hours=1)
    body: Json = {
        "name": "Teal Mug",
        "privacy_level": 2,
        "entity_type": 3,
        "entity_metadata": {"location": "https://twitch.tv/teapot"},
        "scheduled_start_time": starts.isoformat(),
        "scheduled_end_time": (starts + timedelta(hours=1)).isoformat(),
    }
    return body | changes


async def test_an_event_is_planned_begun_and_ended(world: DiscordWorld, port: int) -> None:
    async with TeaBot.running(world.bot_token, WANTS) as bot:
        guild, starts = bot.guilds[0], datetime.now(UTC) + timedelta(hours=1)
        event = await guild.create_scheduled_event(
            name="Teal Mug",
            start_time=starts,
            end_time=starts + timedelta(hours=1),
            entity_type=discord.EntityType.external,
            privacy_level=discord.PrivacyLevel.guild_only,
            location="https://twitch.tv/teapot",
        )
        ann = world.add_member("ann")
        world.subscribe(ann, str(event.id))
        await event.edit(name="Teal Mug, early")
        event = await event.start()
        _, after = await bot.hears("scheduled_event_update", 2)
        assert (after.name, after.status) == ("Teal Mug, early", discord.EventStatus.active)
        fetched = await guild.fetch_scheduled_event(event.id)
        assert fetched.user_count == 2
        assert [user.name async for user in fetched.users()] == ["Microdrops", "ann"]
        await event.end()
    texts = [seen.text for seen in world.record.seen if seen.kind == "event"]
    assert texts == [
        "Teal Mug: scheduled",
        "Teal Mug: interested",
        "Teal Mug, early: changed",
        "Teal Mug, early: started",
        "Teal Mug, early: ended",
    ]


async def test_an_event_begins_and_ends_by_the_clock(world: DiscordWorld, port: int) -> None:
    async with TeaBot.running(world.bot_token, WANTS) as bot:
        event = world.events.create(world.bot, _body())
        event.starts_at, event.ends_at = world.clock() + 20_000, world.clock() + 40_000
        world.events.change(world.bot, event, {"description": "soon"})
        (_, ended) = await bot.hears("scheduled_event_update", 3)
    assert ended.status is discord.EventStatus.completed
    texts = [seen.text.partition(": ")[2] for seen in world.record.seen if seen.kind == "event"]
    assert texts == ["scheduled", "changed", "started", "ended"]


async def test_a_client_that_logs_in_is_told_of_coming_events(world: DiscordWorld, port: int) -> None:
    coming = world.events.create(world.bot, _body())
    over = world.events.create(world.bot, _body(name="Red Cap"))
    world.events.change(world.bot, over, {"status": 4})
    async with TeaBot.running(world.bot_token, WANTS) as bot:
        assert [str(event.id) for event in bot.guilds[0].scheduled_events] == [coming.id]
    async with TeaBot.running(world.bot_token, discord.Intents(guilds=True)) as bot:
        assert list(bot.guilds[0].scheduled_events) == []


@pytest.mark.parametrize(
    ("changes", "where"),
    [
        ({"name": ""}, ["name"]),
        ({"name": "x" * 101}, ["name"]),
        ({"description": "x" * 1001}, ["description"]),
        ({"privacy_level": 1}, ["privacy_level"]),
        ({"entity_type": 2}, ["entity_type"]),
        ({"entity_metadata": None}, ["entity_metadata", "location"]),
        ({"entity_metadata": {"location": "x" * 101}}, ["entity_metadata", "location"]),
        ({"scheduled_start_time": "tomorrow"}, ["scheduled_start_time"]),
        ({"scheduled_start_time": "2020-01-01T00:00:00Z"}, ["scheduled_start_time"]),
        ({"scheduled_end_time": "2020-01-01T00:00:00Z"}, ["scheduled_end_time"]),
        ({"scheduled_end_time": None}, ["scheduled_end_time"]),
    ],
)
async def test_an_event_the_platform_would_refuse_is_refused_by_field(
    world: DiscordWorld, rest: Rest, changes: Json, where: list[str]
) -> None:
    answer = await rest("POST", f"/guilds/{world.guild_id}/scheduled-events", _body(**changes))
    assert (answer.status, answer.body["code"]) == (400, 50035)
    errors = answer.body["errors"]
    for step in where:
        errors = errors[step]
    assert errors["_errors"]
    assert world.events.all() == []


async def test_an_event_moves_one_way_only(world: DiscordWorld, rest: Rest) -> None:
    path = f"/guilds/{world.guild_id}/scheduled-events"
    made = (await rest("POST", path, _body())).body["id"]
    assert (await rest("PATCH", f"{path}/{made}", {"status": 3})).body["errors"]["status"]["_errors"]
    assert (await rest("PATCH", f"{path}/{made}", {"status": 4})).body["status"] == 4
    assert (await rest("PATCH", f"{path}/{made}", {"status": 2})).status == 400
    with pytest.raises(StageError, match="no coming event"):
        world.subscribe(world.add_member("ann"), made)
    assert (await rest("DELETE", f"{path}/{made}")).status == 204
    assert (await rest("GET", f"{path}/{made}")).body["code"] == 10070


async def test_a_bot_without_the_permission_makes_no_event(world: DiscordWorld, rest: Rest) -> None:
    world.role("Microdrops").permissions &= ~(1 << 44)
    refused = await rest("POST", f"/guilds/{world.guild_id}/scheduled-events", _body())
    assert (refused.status, refused.body["code"]) == (403, 50013)


async def test_interest_is_marked_once_and_taken_back(world: DiscordWorld, rest: Rest) -> None:
    event, ann = world.events.create(world.bot, _body()), world.add_member("ann")
    world.subscribe(ann, event.id)
    with pytest.raises(StageError, match="already"):
        world.subscribe(ann, event.id)
    world.subscribe(ann, event.id, interested=False)
    path = f"/guilds/{world.guild_id}/scheduled-events/{event.id}/users?with_member=true"
    assert [each["member"]["user"]["username"] for each in (await rest("GET", path)).body] == ["Microdrops"]
