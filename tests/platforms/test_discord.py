"""Discord through the unmodified client: commands and presses in, cards and answers out."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import Any

import pytest
from discord import app_commands

from bot.domain.announcing import DISCORD_ANNOUNCEMENTS, DISCORD_MODERATORS
from bot.domain.people import Rank
from bot.platforms.discord.board import DiscordBoard
from bot.platforms.discord.platform import DiscordPlatform
from bot.services.ports import PlaceDown, SendRefused
from bot.stage.server import Stage
from bot.wording.cards import Button, Card, Style
from tests.platforms.discord_rig import Booth, discord_settings, on_discord
from tests.platforms.rig import library_pause, running, until

MUG = Card(
    "Teal Mug",
    "48 numbered mugs",
    fields=(("Left", "48"),),
    buttons=(Button("Claim", "claim:teal-mug", Style.SUCCESS), Button("Sold out", "claim:none", enabled=False)),
    footer="Microdrops",
)


@pytest.fixture
async def booth() -> Booth:
    return Booth()


async def test_a_card_goes_out_and_a_press_comes_in(stage: Stage, booth: Booth) -> None:
    ann = stage.discord.add_member("ann")
    async with on_discord(stage, booth) as platform:
        message_id = await platform.board.post(DISCORD_ANNOUNCEMENTS, MUG, nonce="n1")
        said = await stage.discord.press(ann, message_id, label="Claim").wait()
    assert said.text == "teal-mug #1 is yours!"
    assert said.ephemeral
    assert booth.presses == ["teal-mug"]
    (message,) = stage.discord.messages("announcements")
    assert message.text == "Teal Mug\n48 numbered mugs\nLeft\n48\nMicrodrops"
    assert message.buttons == [("Claim", "md:claim:teal-mug", False), ("Sold out", "md:claim:none", True)]


async def test_a_slash_command_is_answered(stage: Stage, booth: Booth) -> None:
    ann = stage.discord.add_member("ann")
    async with on_discord(stage, booth):
        said = await stage.discord.slash(ann, "drop").wait()
    assert (said.text, said.ephemeral) == ("Teal Mug is next.", True)
    assert booth.told == [True]


async def test_a_card_is_edited_in_place(stage: Stage, booth: Booth) -> None:
    async with on_discord(stage, booth) as platform:
        message_id = await platform.board.post(DISCORD_MODERATORS, MUG, nonce="n1")
        await platform.board.edit(DISCORD_MODERATORS, message_id, Card("Teal Mug", "Closed."))
    (message,) = stage.discord.messages("moderators")
    assert (message.id, message.text, message.buttons) == (message_id, "Teal Mug\nClosed.", [])


async def test_the_same_nonce_posts_one_message(stage: Stage, booth: Booth) -> None:
    async with on_discord(stage, booth) as platform:
        first = await platform.board.post(DISCORD_ANNOUNCEMENTS, MUG, nonce="outbox-17")
        again = await platform.board.post(DISCORD_ANNOUNCEMENTS, MUG, nonce="outbox-17")
    assert first == again
    assert len(stage.discord.messages("announcements")) == 1


@pytest.mark.parametrize("ping", [True, False])
async def test_only_the_reminder_role_is_pinged_and_only_by_a_card_that_asks(
    stage: Stage, booth: Booth, ping: bool
) -> None:
    loud = replace(MUG, text="@everyone <@&1> come", ping=ping)
    async with on_discord(stage, booth) as platform:
        await platform.board.post(DISCORD_ANNOUNCEMENTS, loud, nonce="n1")
    (message,) = stage.discord.messages("announcements")
    role = stage.discord.role("drop-reminders").id
    assert message.mention_roles == ([role] if ping else [])
    assert not message.mention_everyone


async def test_a_card_that_is_too_long_is_cut_to_what_discord_takes(stage: Stage, booth: Booth) -> None:
    long = Card(
        "T" * 300,
        "x" * 5000,
        fields=(*[("n" * 300, "v" * 1100)] * 4, ("", "")),
        buttons=(Button("L" * 100, "claim:mug"),),
        footer="f" * 100,
    )
    async with on_discord(stage, booth) as platform:
        await platform.board.post(DISCORD_ANNOUNCEMENTS, long, nonce="n1")
    (message,) = stage.discord.messages("announcements")
    assert message.embeds[0]["title"] == "T" * 255 + "…"
    assert len(message.embeds[0]["fields"]) == 5


async def test_sent_buttons_are_not_kept_in_memory_for_ever(stage: Stage, booth: Booth) -> None:
    async with on_discord(stage, booth) as platform:
        for number in range(3):
            await platform.board.post(DISCORD_ANNOUNCEMENTS, MUG, nonce=f"n{number}")
        assert platform.bot is not None
        assert platform.bot.persistent_views == []
        assert not platform.bot._connection._view_store._synced_message_views


@pytest.mark.parametrize(
    ("status", "body", "error"),
    [
        (403, {"code": 50013, "message": "Missing Permissions"}, SendRefused),
        (404, {"code": 10003, "message": "Unknown Channel"}, SendRefused),
        (400, {"code": 50035, "message": "Invalid Form Body"}, SendRefused),
        (503, None, PlaceDown),
    ],
)
async def test_a_failed_post_says_whether_trying_again_helps(
    stage: Stage, booth: Booth, status: int, body: object, error: type[Exception]
) -> None:
    async with on_discord(stage, booth) as platform:
        stage.discord.faults.fail_next("POST", "/channels/", status, body=body)
        with pytest.raises(error) as caught:
            await platform.board.post(DISCORD_ANNOUNCEMENTS, MUG, nonce="n1")
    assert getattr(caught.value, "retry_after_seconds", None) is None
    if status == 403:
        assert DISCORD_ANNOUNCEMENTS in str(caught.value)


async def test_an_edit_of_a_message_that_is_gone_is_refused(stage: Stage, booth: Booth) -> None:
    async with on_discord(stage, booth) as platform:
        with pytest.raises(SendRefused):
            await platform.board.edit(DISCORD_ANNOUNCEMENTS, "1", MUG)


async def test_a_post_that_is_never_answered_is_given_up(stage: Stage, booth: Booth) -> None:
    async with on_discord(stage, booth, request_timeout=0.3) as platform:
        stage.discord.faults.delay_next("POST", "/channels/", 2.0)
        with pytest.raises(PlaceDown):
            await platform.board.post(DISCORD_ANNOUNCEMENTS, MUG, nonce="n1")


@pytest.mark.parametrize(
    ("method", "deed"),
    [
        ("POST", lambda board: board.post(DISCORD_ANNOUNCEMENTS, MUG, nonce="n1")),
        ("PATCH", lambda board: board.edit(DISCORD_ANNOUNCEMENTS, "1", MUG)),
        ("GET", lambda board: board.find(DISCORD_ANNOUNCEMENTS, MUG, since=0)),
    ],
)
async def test_a_client_that_closes_while_its_request_waits_to_be_repeated_is_a_place_that_is_down(
    stage: Stage,
    booth: Booth,
    monkeypatch: pytest.MonkeyPatch,
    method: str,
    deed: Callable[[DiscordBoard], Awaitable[object]],
) -> None:
    async with on_discord(stage, booth) as platform, library_pause(monkeypatch, seconds=1) as paused:
        stage.discord.faults.fail_next(method, "/channels/", 502)
        asking = asyncio.ensure_future(deed(platform.board))
        await asyncio.wait_for(paused.wait(), 60.0)
        assert platform.bot is not None
        await platform.bot.close()
        paused.clear()
        with pytest.raises(PlaceDown, match="RuntimeError"):
            await asking


async def test_a_post_waits_out_a_short_rate_limit(stage: Stage, booth: Booth) -> None:
    async with on_discord(stage, booth) as platform:
        stage.discord.faults.rate_limit_next("POST", "/channels/", 0.2)
        await platform.board.post(DISCORD_ANNOUNCEMENTS, MUG, nonce="n1")
    assert len(stage.discord.messages("announcements")) == 1


async def test_nothing_is_posted_without_a_connection_or_a_channel(stage: Stage, booth: Booth) -> None:
    platform = DiscordPlatform(discord_settings(stage), install=booth.install)
    with pytest.raises(PlaceDown):
        await platform.board.post(DISCORD_ANNOUNCEMENTS, MUG, nonce="n1")
    with pytest.raises(SendRefused):
        await platform.board.post("discord:lounge", MUG, nonce="n1")


async def test_the_rank_comes_from_the_permissions_of_the_interaction(stage: Stage, booth: Booth) -> None:
    world = stage.discord
    async with on_discord(stage, booth):
        for member in (world.add_member("ann", global_name="Ann"), world.member("mod_mia"), world.owner):
            await world.slash(member, "drop").wait()
    assert [(actor.platform, actor.name, actor.rank) for actor in booth.actors] == [
        ("discord", "Ann", Rank.VIEWER),
        ("discord", "Mia", Rank.MODERATOR),
        ("discord", "TeaPot", Rank.STREAMER),
    ]
    assert booth.actors[1].user_id == world.member("mod_mia").id


async def test_a_quick_decision_is_answered_at_once_and_a_slow_one_is_deferred(stage: Stage, booth: Booth) -> None:
    ann = stage.discord.add_member("ann")
    async with on_discord(stage, booth):
        quick = stage.discord.slash(ann, "think")
        assert (await quick.wait()).text == "Decided."
        booth.thinking.clear()
        slow = stage.discord.slash(ann, "think")
        await until(lambda: slow.state == "deferred", within=60.0)
        booth.thinking.set()
        said = await slow.wait()
    assert (said.text, said.ephemeral) == ("Decided.", True)
    assert (quick.response_type, slow.response_type) == (4, 5)
    assert booth.told == [True, True]


async def test_an_answer_that_discord_no_longer_takes_is_not_told(stage: Stage, booth: Booth) -> None:
    ann = stage.discord.add_member("ann")
    async with on_discord(stage, booth):
        late = {"code": 10062, "message": "Unknown interaction"}
        stage.discord.faults.fail_next("POST", "/interactions/", 404, body=late)
        stage.discord.slash(ann, "drop")
        await until(lambda: booth.told)
    assert booth.told == [False]


@pytest.mark.parametrize("deed", ["slash", "press"])
async def test_a_failure_on_our_side_is_told_to_the_person(stage: Stage, booth: Booth, deed: str) -> None:
    ann = stage.discord.add_member("ann")
    async with on_discord(stage, booth) as platform:
        if deed == "slash":
            said = await stage.discord.slash(ann, "broken").wait()
        else:
            card = Card("Broken", "", buttons=(Button("Claim", "claim:broken"),))
            message_id = await platform.board.post(DISCORD_ANNOUNCEMENTS, card, nonce="n1")
            said = await stage.discord.press(ann, message_id).wait()
    assert "try again" in said.text
    assert said.ephemeral


async def test_commands_are_registered_only_when_they_changed(
    stage: Stage, booth: Booth, monkeypatch: pytest.MonkeyPatch
) -> None:
    sent: list[int] = []
    sync = app_commands.CommandTree.sync

    async def counted(tree: Any, **words: Any) -> Any:
        sent.append(len(tree.get_commands(guild=words["guild"])))
        return await sync(tree, **words)

    monkeypatch.setattr(app_commands.CommandTree, "sync", counted)
    ann = stage.discord.add_member("ann")
    async with on_discord(stage, booth):
        first = booth.digest
    async with on_discord(stage, booth):
        await stage.discord.slash(ann, "drop").wait()
    assert (sent, booth.digest) == ([4], first)
    booth.extra_command = "mine"
    async with on_discord(stage, booth):
        await stage.discord.slash(ann, "mine").wait()
    assert sent == [4, 5]
    assert booth.digest not in (first, None)


async def test_commands_that_cannot_be_registered_do_not_stop_the_bot(stage: Stage, booth: Booth) -> None:
    body = {"code": 50001, "message": "Missing Access"}
    stage.discord.faults.fail_next("PUT", "/applications/", 403, body=body)
    async with on_discord(stage, booth) as platform:
        assert platform.connected
        assert booth.digest is None


async def test_the_probe_is_called_around_the_request(stage: Stage, booth: Booth) -> None:
    steps: list[str] = []
    platform = DiscordPlatform(
        discord_settings(stage),
        install=booth.install,
        on_connected=booth.on_connected,
        probe=lambda step: steps.append(f"{step} {len(stage.discord.messages('announcements'))}"),
    )
    async with running(platform.run):
        await until(lambda: booth.gaps)
        await platform.board.post(DISCORD_ANNOUNCEMENTS, MUG, nonce="n1")
    assert steps == ["discord.send.before 0", "discord.send.after 1"]


async def test_a_stop_closes_within_five_seconds(stage: Stage, booth: Booth) -> None:
    async with asyncio.timeout(60.0):
        async with on_discord(stage, booth) as platform:
            pass
    assert not platform.connected
