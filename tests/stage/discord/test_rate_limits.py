"""Rate limits: the bot's fifty a second, a channel's five in five seconds, and edits of what is old."""

from __future__ import annotations

import asyncio

import discord
import pytest

from bot.stage.discord.ratelimits import GLOBAL, OLD_EDITS, RateLimits
from bot.stage.discord.world import DiscordWorld
from tests.stage.discord.client import TeaBot
from tests.stage.discord.conftest import Rest

HOUR_US = 3_600_000_000


@pytest.fixture(autouse=True)
def frozen(world: DiscordWorld) -> list[int]:
    """The limits' own clock, so that a slow machine does not open a window; add to it to move on."""
    now = [world.clock()]
    world.rate_limits = RateLimits(lambda: now[0])
    return now


async def test_the_bot_may_ask_fifty_times_a_second_in_all(
    world: DiscordWorld, rest: Rest, frozen: list[int]
) -> None:
    paths = ["/users/@me", f"/guilds/{world.guild_id}", f"/channels/{world.channel('lounge').id}"]
    answers = [await rest("GET", paths[number % 3]) for number in range(GLOBAL.requests + 1)]
    assert [answer.status for answer in answers] == [200] * GLOBAL.requests + [429]
    refused = answers[-1]
    assert (refused.body["global"], refused.body["code"]) == (True, 0)
    assert (refused.headers["X-RateLimit-Global"], refused.headers["X-RateLimit-Scope"]) == ("true", "global")
    assert refused.headers["Via"]
    assert 0 < refused.body["retry_after"] <= 1
    frozen[0] += 1_000_000
    assert (await rest("GET", paths[0])).status == 200


async def test_answers_to_members_do_not_count_towards_the_fifty(world: DiscordWorld, rest: Rest) -> None:
    world.commands.upsert(None, {"name": "drop", "description": "x"})
    ann = world.add_member("ann")
    for _ in range(GLOBAL.requests + 5):
        act = world.slash(ann, "drop")
        path = f"/interactions/{act.id}/{act.token}/callback"
        assert (await rest("POST", path, {"type": 4, "data": {"content": "x"}})).status == 204
    assert (await rest("GET", "/users/@me")).status == 200


async def test_every_answer_tells_its_bucket(world: DiscordWorld, rest: Rest, frozen: list[int]) -> None:
    lounge, other = (f"/channels/{world.channel(name).id}/messages" for name in ("lounge", "announcements"))
    first, second = await rest("POST", lounge, {"content": "1"}), await rest("POST", other, {"content": "1"})
    assert first.headers["X-RateLimit-Bucket"] == second.headers["X-RateLimit-Bucket"]
    assert [each.headers["X-RateLimit-Remaining"] for each in (first, second)] == ["4", "4"]
    assert first.headers["X-RateLimit-Limit"] == "5"
    assert float(first.headers["X-RateLimit-Reset-After"]) == 5.0
    assert float(first.headers["X-RateLimit-Reset"]) == pytest.approx(frozen[0] / 1e6 + 5, abs=0.001)
    read = await rest("GET", lounge)
    assert read.headers["X-RateLimit-Bucket"] != first.headers["X-RateLimit-Bucket"]


@pytest.mark.slow  # the client waits for the window to end
async def test_a_client_that_reads_the_headers_is_never_refused(world: DiscordWorld, bot: TeaBot) -> None:
    world.rate_limits = RateLimits(world.clock)
    refused = []
    take = world.rate_limits.take

    def watched(*args: object) -> object:
        taken = take(*args)  # type: ignore[arg-type]  # handed through as it came
        refused.append(taken.retry_after is not None)
        return taken

    world.rate_limits.take = watched  # type: ignore[method-assign, assignment]  # a spy, not another limit
    channel = bot.channel("lounge")
    async with asyncio.timeout(60):
        for number in range(6):
            await channel.send(str(number))
    assert len(world.messages("lounge")) == 6
    assert not any(refused)


async def test_old_messages_are_not_edited_for_ever(world: DiscordWorld, rest: Rest, frozen: list[int]) -> None:
    path = f"/channels/{world.channel('lounge').id}/messages"
    posted = (await rest("POST", path, {"content": "48 left"})).body["id"]
    (message,) = world.messages("lounge")
    message.created_at -= HOUR_US + 1
    for number in range(OLD_EDITS.requests):
        frozen[0] += 5_000_000
        assert (await rest("PATCH", f"{path}/{posted}", {"content": f"{number} left"})).status == 200
    frozen[0] += 5_000_000
    refused = await rest("PATCH", f"{path}/{posted}", {"content": "one too many"})
    assert (refused.status, refused.body["code"]) == (429, 30046)
    assert refused.body["message"].startswith("Maximum number of edits to messages older than 1 hour")
    assert message.content == f"{OLD_EDITS.requests - 1} left"
    fresh = (await rest("POST", path, {"content": "new"})).body["id"]
    assert (await rest("PATCH", f"{path}/{fresh}", {"content": "newer"})).status == 200


async def test_a_429_of_hours_is_an_error_of_its_own(world: DiscordWorld, bot: TeaBot) -> None:
    world.rate_limits.enforced = False
    bot.http.max_ratelimit_timeout = 30
    world.faults.rate_limit_next("POST", "/channels/", 3600)
    with pytest.raises(discord.RateLimited) as limited:
        await bot.channel("lounge").send("patience")
    assert limited.value.retry_after == 3600
