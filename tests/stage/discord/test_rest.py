"""REST at its edges: tokens, limits, faults on purpose, and the endpoints nobody built."""

from __future__ import annotations

from typing import Any

import aiohttp
import discord
import pytest

from bot.stage.discord.world import DiscordWorld
from tests.stage.discord.client import TeaBot
from tests.stage.discord.conftest import Rest
from tests.stage.discord.openapi import ABSENT, FILE, Checker

Json = dict[str, Any]


def _option(name: str, **more: object) -> Json:
    return {"type": 3, "name": name, "description": "x", **more}


async def test_a_wrong_token_is_refused(rest: Rest) -> None:
    rest.token = "wrong"
    answer = await rest("GET", "/users/@me")
    assert (answer.status, answer.body) == (401, {"message": "401: Unauthorized", "code": 0})


async def test_an_endpoint_nobody_built_says_so_and_is_noted(world: DiscordWorld, rest: Rest) -> None:
    answer = await rest("GET", "/guilds/1/emojis")
    assert (answer.status, answer.body["code"]) == (501, 0)
    assert [(seen.kind, seen.text) for seen in world.record.seen] == [("not-imitated", "GET /guilds/1/emojis")]


async def test_a_body_of_the_wrong_kind_is_refused(world: DiscordWorld, rest: Rest) -> None:
    message = await rest("POST", f"/channels/{world.channel('lounge').id}/messages", ["hello"])
    commands = await rest("PUT", f"/applications/{world.application_id}/commands", {"name": "drop"})
    assert [answer.body["code"] for answer in (message, commands)] == [50035, 50035]


async def test_answers_are_json_without_a_charset(rest: Rest) -> None:
    assert (await rest("GET", "/users/@me")).headers["Content-Type"] == "application/json"


async def test_the_sixth_message_in_five_seconds_is_limited(world: DiscordWorld, rest: Rest) -> None:
    world.rate_limits.enforced = True
    path = f"/channels/{world.channel('lounge').id}/messages"
    answers = [await rest("POST", path, {"content": str(number)}) for number in range(6)]
    assert [answer.status for answer in answers] == [200] * 5 + [429]
    assert [answer.headers["X-RateLimit-Remaining"] for answer in answers] == ["4", "3", "2", "1", "0", "0"]
    last = answers[-1]
    assert last.headers["Via"]
    assert 0 < last.body["retry_after"] <= 5
    # Another channel has a bucket of its own.
    other = f"/channels/{world.channel('announcements').id}/messages"
    assert (await rest("POST", other, {"content": "x"})).status == 200


async def test_a_planned_429_is_waited_for_by_the_client(world: DiscordWorld, bot: TeaBot) -> None:
    world.faults.rate_limit_next("POST", "/channels/", 0.05)
    await bot.channel("lounge").send("patience")
    assert [message.content for message in world.messages("lounge")] == ["patience"]


async def test_a_planned_failure_takes_no_effect(world: DiscordWorld, bot: TeaBot) -> None:
    world.faults.fail_next("POST", "/channels/", 403, body={"message": "Missing Access", "code": 50001})
    with pytest.raises(discord.Forbidden):
        await bot.channel("lounge").send("lost")
    assert world.messages("lounge") == []
    await bot.channel("lounge").send("found")
    assert [message.content for message in world.messages("lounge")] == ["found"]


async def test_a_proxy_may_answer_with_a_page(world: DiscordWorld, rest: Rest) -> None:
    world.faults.fail_next("GET", "/users/@me", 502, body="<html>Bad Gateway</html>")
    answer = await rest("GET", "/users/@me")
    assert (answer.status, answer.body) == (502, "<html>Bad Gateway</html>")
    assert answer.headers["Content-Type"].startswith("text/html")


async def test_an_answer_can_be_lost_after_the_deed(world: DiscordWorld, bot: TeaBot) -> None:
    world.faults.lose_answer_next("POST", "/channels/")
    with pytest.raises(aiohttp.ClientError):
        await bot.channel("lounge").send("heard", nonce="n-1")
    await bot.channel("lounge").send("heard", nonce="n-1")
    assert [message.content for message in world.messages("lounge")] == ["heard"]


async def test_a_hook_sees_a_message_arrive_and_its_answer_leave(world: DiscordWorld, bot: TeaBot) -> None:
    phases: list[tuple[str, int]] = []

    async def hook(phase: str, payload: Json) -> None:
        assert payload["body"]["content"] == "hello"
        phases.append((phase, len(world.messages("lounge"))))

    world.faults.on_message = hook
    await bot.channel("lounge").send("hello")
    assert phases == [("received", 0), ("answering", 1)]


@pytest.mark.parametrize(("cut_when", "posted"), [("received", []), ("answering", ["hello"])])
async def test_a_hook_can_cut_the_line(world: DiscordWorld, bot: TeaBot, cut_when: str, posted: list[str]) -> None:
    async def hook(phase: str, payload: Json) -> None:
        if phase == cut_when:
            raise ConnectionResetError

    world.faults.on_message = hook
    with pytest.raises(aiohttp.ClientError):
        await bot.channel("lounge").send("hello")
    assert [message.content for message in world.messages("lounge")] == posted


async def test_a_hook_sees_a_callback_arrive_and_its_answer_leave(world: DiscordWorld, bot: TeaBot) -> None:
    phases: list[tuple[str, int]] = []
    ann = world.add_member("ann")

    async def hook(phase: str, payload: Json) -> None:
        phases.append((phase, len(act.answers)))

    world.faults.on_callback = hook
    act = world.slash(ann, "drop")
    await act.wait()
    await bot.channel("lounge").send("and on")
    assert phases == [("received", 0), ("answering", 1)]


async def test_a_delay_holds_a_request_back(world: DiscordWorld, rest: Rest) -> None:
    world.faults.delay_next("GET", "/users/@me", 0.05)
    before = world.clock()
    assert (await rest("GET", "/users/@me")).status == 200
    assert world.clock() - before >= 50_000


async def test_a_role_is_given_and_taken(world: DiscordWorld, bot: TeaBot) -> None:
    ann = world.add_member("ann")
    member = await bot.guilds[0].fetch_member(int(ann.id))
    reminders = discord.Object(int(world.role("drop-reminders").id))
    await member.add_roles(reminders)
    assert ann.roles == [world.role("drop-reminders")]
    await member.remove_roles(reminders)
    assert ann.roles == []
    changes = [(seen.name, seen.text) for seen in world.record.seen if seen.kind == "role"]
    assert changes == [("ann", "+drop-reminders"), ("ann", "-drop-reminders")]


async def test_a_role_above_the_bot_cannot_be_given(world: DiscordWorld, bot: TeaBot) -> None:
    world.role("moderator").position = 99
    ann = await bot.guilds[0].fetch_member(int(world.add_member("ann").id))
    with pytest.raises(discord.Forbidden) as refused:
        await ann.add_roles(discord.Object(int(world.role("moderator").id)))
    assert refused.value.code == 50013


@pytest.mark.parametrize(
    ("path", "code"),
    [
        ("/guilds/1", 10004),
        ("/channels/1/messages", 10003),
        ("/guilds/GUILD/members/1", 10007),
        ("/channels/LOUNGE/messages/1", 10008),
        ("/applications/APP/commands/1", 10063),
    ],
)
async def test_what_is_not_there_has_its_own_code(world: DiscordWorld, rest: Rest, path: str, code: int) -> None:
    ids = {"GUILD": world.guild_id, "LOUNGE": world.channel("lounge").id, "APP": world.application_id}
    for word, value in ids.items():
        path = path.replace(word, value)
    answer = await rest("GET", path)
    assert (answer.status, answer.body["code"]) == (404, code)


@pytest.mark.parametrize(
    "body",
    [
        {"name": "Drop", "description": "x"},
        {"name": "two words", "description": "x"},
        {"name": "x" * 33, "description": "x"},
        {"name": "drop", "description": ""},
        {"name": "drop", "description": "x" * 101},
        {"name": "drop", "description": "x", "options": [_option(f"o{number}") for number in range(26)]},
        {"name": "drop", "description": "x", "options": [_option("o")] * 2},
        {"name": "drop", "description": "x", "options": [_option("a"), _option("b", required=True)]},
    ],
)
async def test_a_command_the_platform_would_refuse_is_refused(world: DiscordWorld, rest: Rest, body: Json) -> None:
    answer = await rest("PUT", f"/applications/{world.application_id}/commands", [body])
    assert (answer.status, answer.body["code"]) == (400, 50035)
    assert world.commands.all(None) == []


async def test_a_command_keeps_its_id_when_the_list_is_put_again(world: DiscordWorld, rest: Rest) -> None:
    path = f"/applications/{world.application_id}/guilds/{world.guild_id}/commands"
    first = await rest("PUT", path, [{"name": "drop", "description": "x"}])
    again = await rest("PUT", path, [{"name": "drop", "description": "y"}, {"name": "mine", "description": "z"}])
    assert [each["name"] for each in again.body] == ["drop", "mine"]
    assert again.body[0]["id"] == first.body[0]["id"]
    assert (await rest("DELETE", f"{path}/{first.body[0]['id']}")).status == 204
    assert [each["name"] for each in (await rest("GET", path)).body] == ["mine"]


@pytest.mark.skipif(not FILE.exists(), reason=ABSENT)
async def test_what_is_read_has_the_platforms_shape(world: DiscordWorld, rest: Rest) -> None:
    """The fixture `port` judges every exchange; here are those no other test makes."""
    guild = f"/guilds/{world.guild_id}"
    reads = ["/applications/@me", "/oauth2/applications/@me", "/gateway", "/gateway/bot"]
    reads += [guild, f"{guild}?with_counts=true", f"{guild}/channels", f"{guild}/roles"]
    reads.append(f"/channels/{world.channel('moderators').id}")
    assert [(await rest("GET", path)).status for path in reads] == [200] * len(reads)


@pytest.mark.skipif(not FILE.exists(), reason=ABSENT)
def test_the_check_against_the_platforms_file_can_fail() -> None:
    checker = Checker()
    checker.check("GET", "/api/v10/users/@me", b"", 200, b'{"id": "1"}')
    checker.check("PUT", "/api/v10/channels/1/pins/1", b"", 200, b"")
    checker.check("POST", "/api/v10/channels/1/messages", b'{"content": 5}', 403, b'{"code": 1, "message": "x"}')
    checker.check("POST", "/api/v10/teapots", b"", 200, b"")
    assert [violation.split(":")[0] for violation in checker.violations] == [
        "GET /users/@me answer 200",
        "PUT /channels/{channel_id}/pins/{message_id} answer",
        "POST /api/v10/teapots path",
    ]
