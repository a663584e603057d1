"""Helix: sending and announcing under the platform's conditions, look-ups, and faults on the way."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import aiohttp
import pytest

from bot.stage.server import Stage
from tests.stage.twitch.helpers import Caller, seen


@pytest.fixture
async def caller() -> AsyncIterator[Caller]:
    async with Stage() as stage, aiohttp.ClientSession() as http:
        yield Caller(stage, http)


def chat(caller: Caller) -> list[str]:
    return [each.text for each in seen(caller.stage.twitch, "chat")]


async def test_a_sent_line_is_answered_with_its_id_and_seen_as_the_bots(caller: Caller) -> None:
    status, body = await caller.send("hello")
    [line] = seen(caller.stage.twitch, "chat")
    assert (status, body) == (200, {"data": [{"message_id": line.data["message_id"], "is_sent": True}]})
    assert (line.author, line.place, line.data["bot"]) == (caller.stage.twitch.bot.id, "twitch:chat", True)


async def test_a_dropped_line_is_answered_with_the_reason(caller: Caller) -> None:
    await caller.send("Sold out!")
    status, body = await caller.send("Sold out!")
    [outcome] = body["data"]
    assert (status, outcome["is_sent"], outcome["drop_reason"]["code"]) == (200, False, "msg_duplicate")
    assert chat(caller) == ["Sold out!"]


@pytest.mark.parametrize(
    ("change", "status"),
    [
        ({"message": "x" * 501}, 422),
        ({"message": "x" * 400 + " " * 200 + "x"}, 200),
        ({"message": ""}, 400),
        ({"message": 5}, 400),
        ({"broadcaster_id": "1"}, 400),
        ({"sender_id": "1"}, 400),
        ({"reply_parent_message_id": "nowhere"}, 400),
        ({"for_source_only": True}, 400),
    ],
)
async def test_a_line_has_to_be_whole_and_short(caller: Caller, change: dict[str, Any], status: int) -> None:
    change = dict(change)
    answered, _ = await caller.send(change.pop("message", "hello"), **change)
    assert answered == status
    assert len(chat(caller)) == (status == 200)


async def test_nobody_sends_in_anothers_name_or_without_the_scope(caller: Caller) -> None:
    world = caller.stage.twitch
    reader = world.issue_token(world.bot, ["user:read:chat"]).access
    another = world.issue_token(world.broadcaster, ["user:write:chat"]).access
    answers = [
        await caller.send("hello", token=another),
        await caller.send("hello", token=reader),
        await caller.send("hello", token="guess"),
    ]
    assert [status for status, _ in answers] == [401, 401, 401]
    assert answers[1][1]["message"] == "Missing scope: user:write:chat"
    assert chat(caller) == []


async def test_an_app_token_sends_for_a_bot_that_granted_it_in_a_channel_that_lets_it(caller: Caller) -> None:
    world = caller.stage.twitch
    app = world.issue_token(None, ()).access
    stranger = world.add_user("stranger")
    badges: list[str] = []
    world.frame_listeners.append(
        lambda frame: badges.extend(each["set_id"] for each in frame["payload"]["event"]["badges"])
    )
    await caller.subscribe_to_chat(await caller.open_session())
    granted, _ = await caller.send("hello", token=app)
    not_granted, _ = await caller.send("hello", token=app, sender_id=stranger.id)
    world.issue_token(stranger, ["user:bot", "user:write:chat"])
    for token in world.tokens:
        if token.user is world.broadcaster:
            token.revoked = True
    not_let, _ = await caller.send("hello", token=app, sender_id=stranger.id)
    moderator, _ = await caller.send("hello again", token=app)

    assert (granted, not_granted, not_let, moderator) == (200, 401, 403, 200)
    assert badges[:2] == ["moderator", "bot-badge"]


async def test_an_announcement_is_seen_and_cut_at_five_hundred_characters(caller: Caller) -> None:
    world = caller.stage.twitch
    query = {"broadcaster_id": world.broadcaster.id, "moderator_id": world.bot.id}
    status, _ = await caller.post("chat/announcements", {"message": "x" * 501, "color": "blue"}, query)
    assert (status, chat(caller)) == (204, ["x" * 500])
    status, _ = await caller.post("chat/announcements", {"message": "hi", "color": "beige"}, query)
    assert status == 400
    world.bot.badges.clear()
    status, _ = await caller.post("chat/announcements", {"message": "hi"}, query)
    assert (status, len(chat(caller))) == (403, 1)


async def test_lists_are_narrowed_to_the_users_asked_for_and_need_their_scope(caller: Caller) -> None:
    world = caller.stage.twitch
    ann, bob = world.add_user("ann", badges={"vip"}), world.add_user("bob", badges={"vip"})
    for viewer in (ann, bob):
        world.follow(viewer)
        world.subscribe(viewer)
    here = {"broadcaster_id": world.broadcaster.id, "user_id": ann.id}
    owner, bot = caller.broadcaster_token, caller.bot_token
    for path, right, wrong in [
        ("subscriptions", owner, bot),
        ("channels/vips", owner, bot),
        ("moderation/moderators", owner, bot),
        ("channels/followers", bot, owner),
    ]:
        status, body = await caller.get(path, here, token=right)
        expected = [] if path == "moderation/moderators" else [ann.id]
        assert (status, [each["user_id"] for each in body["data"]], body["pagination"]) == (200, expected, {})
        assert (await caller.get(path, here, token=wrong))[0] == 401, path
        assert (await caller.get(path, {}, token=right))[0] == 400


async def test_users_are_found_by_id_and_login_once_each_and_unknown_ones_are_left_out(caller: Caller) -> None:
    ann = caller.stage.twitch.add_user("ann", "Ann")
    _, body = await caller.get("users", {"id": ann.id, "login": "ANN"})
    assert [(each["id"], each["display_name"]) for each in body["data"]] == [(ann.id, "Ann")]
    assert (await caller.get("users", {"login": "nobody"}))[1]["data"] == []


async def test_the_stream_is_listed_while_it_is_live(caller: Caller) -> None:
    world, asked = caller.stage.twitch, {"user_id": caller.stage.twitch.broadcaster.id}
    world.go_live("Teatime")
    during = (await caller.get("streams", asked))[1]["data"]
    another = (await caller.get("streams", {"user_id": "1"}))[1]["data"]
    world.go_offline()
    after = (await caller.get("streams", asked))[1]["data"]
    assert ([each["title"] for each in during], another, after) == (["Teatime"], [], [])


async def test_a_planned_failure_answers_as_often_as_it_was_planned_and_changes_nothing(caller: Caller) -> None:
    caller.stage.twitch.faults.fail_next("POST", "/helix/chat/messages", 503, times=2)
    answers = [await caller.send("hello") for _ in range(3)]
    assert [status for status, _ in answers] == [503, 503, 200]
    assert answers[0][1]["error"] == "Service Unavailable"
    assert chat(caller) == ["hello"]


async def test_a_failure_after_the_effect_loses_only_the_answer(caller: Caller) -> None:
    caller.stage.twitch.faults.fail_next("POST", "/helix/chat", 500, after_effect=True)
    assert (await caller.send("hello"))[0] == 500
    assert chat(caller) == ["hello"]


async def test_a_planned_failure_can_have_a_body_of_its_own_and_leaves_other_requests_alone(
    caller: Caller,
) -> None:
    faults = caller.stage.twitch.faults
    faults.fail_next("GET", "/helix/users", 502, body="<html>bad gateway</html>", content_type="text/html")
    assert (await caller.get("streams", {}))[0] == 200
    with pytest.raises(aiohttp.ContentTypeError) as unreadable:
        await caller.get("users", {})
    assert unreadable.value.status == 502


async def test_a_planned_delay_holds_one_matching_request_back(caller: Caller) -> None:
    clock = asyncio.get_running_loop().time
    caller.stage.twitch.faults.delay_next("POST", "/helix/chat/messages", 0.2)
    begun = clock()
    await caller.get("streams", {})
    others, begun = clock() - begun, clock()
    await caller.send("slow")
    first, begun = clock() - begun, clock()
    await caller.send("quick")
    assert (others < 0.2, first >= 0.2, clock() - begun < 0.2) == (True, True, True)


async def test_a_test_can_act_when_a_line_arrives_and_before_it_is_answered(caller: Caller) -> None:
    acts: list[tuple[str, str, int]] = []

    async def watch(phase: str, text: str) -> None:
        acts.append((phase, text, len(chat(caller))))

    caller.stage.twitch.faults.on_send = watch
    await caller.send("hello")
    assert acts == [("received", "hello", 0), ("answering", "hello", 1)]


@pytest.mark.parametrize("data", [b"{", b"[]", b"", b"5", b'"text"'])
async def test_a_body_that_is_no_object_is_refused(caller: Caller, data: bytes) -> None:
    headers = {
        "Authorization": f"Bearer {caller.bot_token}",
        "Client-Id": caller.stage.twitch.client_id,
        "Content-Type": "application/json",
    }
    for path in ("chat/messages", "eventsub/subscriptions"):
        url = f"{caller.stage.endpoints()['helix']}/{path}"
        async with aiohttp.ClientSession() as http, http.post(url, data=data, headers=headers) as answer:
            assert (answer.status, (await answer.json())["status"]) == (400, 400)
