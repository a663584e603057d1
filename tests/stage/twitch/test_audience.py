"""Lists of people come in pages, and a viewer's own token asks about that viewer alone."""

from __future__ import annotations

from collections.abc import AsyncIterator
from itertools import chain

import aiohttp
import pytest

from bot.stage.server import Stage
from tests.stage.twitch.helpers import Caller


@pytest.fixture
async def caller() -> AsyncIterator[Caller]:
    async with Stage() as stage, aiohttp.ClientSession() as http:
        yield Caller(stage, http)


def here(caller: Caller, **more: str) -> dict[str, str]:
    return {"broadcaster_id": caller.stage.twitch.broadcaster.id, **more}


async def pages(caller: Caller, path: str, query: dict[str, str], token: str) -> list[list[str]]:
    """The logins on each page, following the cursor to the end."""
    found: list[list[str]] = []
    while True:
        status, body = await caller.get(path, query, token=token)
        assert status == 200, body
        found.append([each["user_login"] for each in body["data"]])
        if "cursor" not in body["pagination"]:
            return found
        query = {**query, "after": body["pagination"]["cursor"]}


async def test_a_long_list_is_read_page_by_page(caller: Caller) -> None:
    world = caller.stage.twitch
    viewers = [world.add_user(f"viewer_{number}") for number in range(45)]
    for viewer in viewers:
        world.follow(viewer)
        world.subscribe(viewer)
    oldest_first = [viewer.login for viewer in viewers]
    followers = await pages(caller, "channels/followers", here(caller), caller.bot_token)
    subscribers = await pages(caller, "subscriptions", here(caller, first="44"), caller.broadcaster_token)
    assert [len(page) for page in followers] == [20, 20, 5]
    assert [*chain(*followers)] == oldest_first[::-1]
    assert [len(page) for page in subscribers] == [44, 1]
    assert [*chain(*subscribers)] == oldest_first


async def test_a_list_that_fills_its_last_page_has_no_next_one(caller: Caller) -> None:
    for number in range(4):
        caller.stage.twitch.follow(caller.stage.twitch.add_user(f"viewer_{number}"))
    found = await pages(caller, "channels/followers", here(caller, first="2"), caller.bot_token)
    assert [len(page) for page in found] == [2, 2]


@pytest.mark.parametrize("wrong", [{"first": "0"}, {"first": "101"}, {"first": "ten"}, {"after": "guess"}])
async def test_a_wrong_page_is_refused(caller: Caller, wrong: dict[str, str]) -> None:
    assert (await caller.get("channels/followers", here(caller, **wrong)))[0] == 400


async def test_those_who_came_or_spoke_and_have_not_left_are_in_chat(caller: Caller) -> None:
    world = caller.stage.twitch
    ann, bob, eve = (world.add_user(name) for name in ("ann", "bob", "eve"))
    world.join(ann)
    world.say(bob, "hello")
    world.join(eve)
    world.leave(eve)
    query = here(caller, moderator_id=world.bot.id)
    status, body = await caller.get("chat/chatters", query)
    assert (status, body["total"], [each["user_login"] for each in body["data"]]) == (200, 2, ["ann", "bob"])
    world.bot.badges.clear()
    assert (await caller.get("chat/chatters", query))[0] == 403
    assert (await caller.get("chat/chatters", here(caller)))[0] == 400


async def test_the_stream_has_as_many_viewers_as_are_in_chat(caller: Caller) -> None:
    world = caller.stage.twitch
    world.go_live()
    for name in ("ann", "bob"):
        world.join(world.add_user(name))
    _, body = await caller.get("streams", {})
    assert body["data"][0]["viewer_count"] == 2


async def test_who_may_not_see_followers_learns_their_number_and_gets_no_list(caller: Caller) -> None:
    world = caller.stage.twitch
    for name in ("ann", "bob"):
        world.follow(world.add_user(name))
    poor = world.issue_token(world.bot, ["user:bot"]).access
    status, body = await caller.get("channels/followers", here(caller), token=poor)
    assert (status, body["data"], body["total"]) == (200, [], 2)
    assert (await caller.get("channels/followers", here(caller, user_id="1"), token=poor))[0] == 401
    world.bot.badges.clear()
    assert (await caller.get("channels/followers", here(caller)))[1]["data"] == []
    app = world.issue_token(None, ()).access
    assert (await caller.get("channels/followers", here(caller), token=app))[0] == 401


async def test_who_unfollowed_is_no_follower_any_more(caller: Caller) -> None:
    world = caller.stage.twitch
    ann = world.add_user("ann")
    world.follow(ann)
    world.unfollow(ann)
    _, body = await caller.get("channels/followers", here(caller, user_id=ann.id))
    assert (body["data"], body["total"]) == ([], 0)


async def test_a_thousand_chatters_fit_one_page(caller: Caller) -> None:
    world = caller.stage.twitch
    for number in range(1001):
        world.join(world.add_user(f"viewer_{number}"))
    query = here(caller, moderator_id=world.bot.id, first="1000")
    assert [len(page) for page in await pages(caller, "chat/chatters", query, caller.bot_token)] == [1000, 1]


async def test_a_viewer_asks_about_the_own_subscription_only(caller: Caller) -> None:
    world = caller.stage.twitch
    ann, bob = world.add_user("ann"), world.add_user("bob")
    token = world.issue_token(ann, ["user:read:subscriptions"]).access
    status, body = await caller.get("subscriptions/user", here(caller, user_id=ann.id), token=token)
    assert (status, body["message"]) == (404, "ann has no subscription to teapot_tv")
    assert (await caller.get("subscriptions/user", here(caller, user_id=bob.id), token=token))[0] == 401
    world.subscribe(ann, "2000")
    _, body = await caller.get("subscriptions/user", here(caller, user_id=ann.id), token=token)
    assert body["data"][0]["tier"] == "2000"


async def test_only_the_channel_is_an_affiliate(caller: Caller) -> None:
    world = caller.stage.twitch
    _, body = await caller.get("users", {"login": world.broadcaster.login})
    _, bots = await caller.get("users", {"login": world.bot.login})
    assert [each["data"][0]["broadcaster_type"] for each in (body, bots)] == ["affiliate", ""]
