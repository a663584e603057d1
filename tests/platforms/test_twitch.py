"""Twitch through the unmodified client: what is heard, who spoke, and what is said."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import pytest
import structlog

from bot.domain.people import Rank
from bot.platforms.twitch.platform import TwitchPlatform
from bot.services.ports import PlaceDown, SendRefused
from bot.stage.server import Stage
from tests.platforms.rig import Heard, library_pause, lines_of, on_twitch, running, twitch_settings, until

MESSAGES = "/helix/chat/messages"


@pytest.fixture
async def heard() -> Heard:
    return Heard()


async def test_a_line_comes_in_and_a_line_goes_out(stage: Stage, heard: Heard) -> None:
    ann = stage.twitch.add_user("ann", "Ann")
    async with on_twitch(stage, heard) as platform:
        stage.twitch.say(ann, "!claim mug")
        await until(lambda: heard.claims)
        message_id = await platform.chat.say("Teal Mug #1 of 48 is yours, Ann!")
    assert heard.claims == [("Ann", "mug")]
    assert list(lines_of(stage, stage.twitch.bot.id)) == ["Teal Mug #1 of 48 is yours, Ann!"]
    assert message_id in stage.twitch.chat.log


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ("!CLAIM mug", "mug"),
        ("！ｃｌａｉｍ　mug", "mug"),
        ("!claim\U000e0000", ""),
        ("!claim mug ͏", "mug"),
        ("!cl​aim mug", "mug"),
        ("!claim   Teal\tMug", "Teal Mug"),
        ("!c mug", "mug"),
    ],
)
async def test_a_command_is_understood_however_the_chat_client_writes_it(
    stage: Stage, heard: Heard, typed: str, words: str
) -> None:
    ann = stage.twitch.add_user("ann", "Ann")
    async with on_twitch(stage, heard):
        stage.twitch.say(ann, typed)
        await until(lambda: heard.claims)
    assert heard.claims == [("Ann", words)]


async def test_a_command_typed_as_a_reply_is_understood(stage: Stage, heard: Heard) -> None:
    ann = stage.twitch.add_user("ann", "Ann")
    async with on_twitch(stage, heard) as platform:
        news = await platform.chat.say("The drop is open.")
        stage.twitch.say(ann, f"@{stage.twitch.bot.name} !claim mug", reply_to=news)
        await until(lambda: heard.claims)
    assert heard.claims == [("Ann", "mug")]


@pytest.mark.parametrize(
    ("badges", "rank"),
    [
        ((), Rank.VIEWER),
        (("vip", "subscriber"), Rank.VIEWER),
        (("moderator",), Rank.MODERATOR),
        (("lead_moderator",), Rank.MODERATOR),
    ],
)
async def test_the_rank_comes_from_the_badges_of_the_message(
    stage: Stage, heard: Heard, badges: tuple[str, ...], rank: Rank
) -> None:
    # The name says streamer; only the badge counts.
    ann = stage.twitch.add_user("teapot_tv_", "TeaPotTV", badges=badges)
    async with on_twitch(stage, heard):
        stage.twitch.say(ann, "!claim")
        await until(lambda: heard.actors)
    (actor,) = heard.actors
    assert (actor.platform, actor.user_id, actor.name, actor.rank) == ("twitch", ann.id, "TeaPotTV", rank)


async def test_the_broadcaster_is_the_streamer(stage: Stage, heard: Heard) -> None:
    async with on_twitch(stage, heard):
        stage.twitch.say(stage.twitch.broadcaster, "!claim")
        await until(lambda: heard.actors)
    assert heard.actors[0].rank is Rank.STREAMER


async def test_the_same_event_three_times_runs_once(stage: Stage, heard: Heard) -> None:
    ann = stage.twitch.add_user("ann", "Ann")
    async with on_twitch(stage, heard):
        stage.twitch.faults.duplicate_next(3)
        stage.twitch.say(ann, "!claim mug")
        stage.twitch.say(ann, "the end")
        await until(lambda: "the end" in heard.lines and heard.claims)
    assert heard.claims == [("Ann", "mug")]
    assert heard.lines == ["!claim mug", "the end"]


async def test_lines_of_a_shared_chat_are_not_heard(stage: Stage, heard: Heard) -> None:
    ann = stage.twitch.add_user("ann", "Ann")
    other = stage.twitch.add_user("coffee_tv", "CoffeeTV")
    async with on_twitch(stage, heard):
        stage.twitch.say(ann, "!claim mug", shared_from=other)
        stage.twitch.say(ann, "the end")
        await until(lambda: heard.lines)
    assert (heard.claims, heard.lines) == ([], ["the end"])


async def test_an_unknown_command_is_silent_and_a_broken_one_is_logged(
    stage: Stage, heard: Heard, caplog: pytest.LogCaptureFixture, capsys: pytest.CaptureFixture[str]
) -> None:
    ann = stage.twitch.add_user("ann", "Ann")
    async with on_twitch(stage, heard):
        stage.twitch.say(ann, "!so nobody")
        stage.twitch.say(ann, "!broken")
        logged = ""

        def is_logged() -> bool:
            nonlocal logged
            logged += capsys.readouterr().out
            return "the cog is broken" in logged

        await until(is_logged)
    assert "twitch.command-failed" in logged
    assert "not found" not in logged + caplog.text
    assert list(lines_of(stage, stage.twitch.bot.id)) == []


async def test_another_program_is_not_heard_and_a_person_who_wears_other_badges_is(
    stage: Stage, heard: Heard
) -> None:
    other = stage.twitch.add_user("otherbot", "OtherBot", badges=("moderator", "bot-badge"))
    ann = stage.twitch.add_user("ann", "Ann", badges=("moderator", "vip"))
    async with on_twitch(stage, heard):
        stage.twitch.say(other, "!claim mug")
        stage.twitch.say(ann, "!claim cap")
        await until(lambda: heard.claims)
    assert (heard.claims, heard.lines) == ([("Ann", "cap")], ["!claim cap"])


class Alone:
    """One account is streamer and bot at once."""

    def __init__(self, stage: Stage) -> None:
        cast = stage.cast
        assert cast is not None
        account = stage.twitch.broadcaster
        stage.twitch.set_channel(account, account)
        scopes = cast.bot_token.scopes | cast.broadcaster_token.scopes
        token = stage.twitch.issue_token(account, scopes)
        assert token.refresh
        self.settings: dict[str, Any] = {
            "bot_id": account.id,
            "bot_token": token.access,
            "bot_refresh": token.refresh,
            "streamer_token": "",
        }


async def test_one_account_as_streamer_and_bot_commands_by_hand_and_does_not_hear_itself(
    stage: Stage, heard: Heard
) -> None:
    alone = Alone(stage)
    async with on_twitch(stage, heard, **alone.settings) as platform:
        await platform.chat.say("!claim by the bot")
        stage.twitch.say(stage.twitch.broadcaster, "!claim by hand")
        await until(lambda: heard.claims)
        await platform.chat.say("the end")
        ann = stage.twitch.add_user("ann", "Ann")
        stage.twitch.say(ann, "over")
        await until(lambda: "over" in heard.lines)
    assert heard.claims == [("TeaPotTV", "by hand")]
    assert heard.lines == ["!claim by hand", "over"]


async def test_the_account_that_is_streamer_and_bot_is_heard_whatever_badge_it_wears(
    stage: Stage, heard: Heard
) -> None:
    alone = Alone(stage)
    stage.twitch.broadcaster.badges.add("bot-badge")
    async with on_twitch(stage, heard, **alone.settings):
        stage.twitch.say(stage.twitch.broadcaster, "!claim by hand")
        await until(lambda: heard.claims)
    assert heard.claims == [("TeaPotTV", "by hand")]


async def test_an_echo_that_comes_before_the_answer_is_still_the_bots_own(stage: Stage, heard: Heard) -> None:
    alone = Alone(stage)
    echoed = asyncio.Event()

    async def hold_the_answer(phase: str, text: str) -> None:
        # The line stands in chat already when the answer is about to go out.
        if phase == "answering":
            stage.twitch.say(stage.twitch.broadcaster, "!claim by hand")
            echoed.set()
            await asyncio.sleep(0.2)

    async with on_twitch(stage, heard, **alone.settings) as platform:
        stage.twitch.faults.on_send = hold_the_answer
        await platform.chat.say("!claim by the bot")
        assert echoed.is_set()
        await until(lambda: heard.claims)
    assert heard.lines == ["!claim by hand"]


async def test_the_echo_of_a_line_whose_answer_was_lost_is_still_the_bots_own(stage: Stage, heard: Heard) -> None:
    alone = Alone(stage)
    async with on_twitch(stage, heard, **alone.settings) as platform:
        stage.twitch.faults.fail_next("POST", MESSAGES, 500, after_effect=True)
        with pytest.raises(PlaceDown):
            await platform.chat.say("!claim by the bot")
        stage.twitch.say(stage.twitch.broadcaster, "!claim by hand")
        await until(lambda: heard.claims)
    assert heard.lines == ["!claim by hand"]


async def test_the_stream_is_told_and_can_be_asked_for(stage: Stage, heard: Heard) -> None:
    async with on_twitch(stage, heard) as platform:
        assert await platform.fetch_live() is False
        stage.twitch.go_live()
        await until(lambda: heard.stream == [True])
        assert await platform.fetch_live() is True
        stage.twitch.go_offline()
        await until(lambda: heard.stream == [True, False])
        stage.twitch.faults.fail_next("GET", "/helix/streams", 500)
        with pytest.raises(PlaceDown):
            await platform.fetch_live()


async def test_a_name_is_looked_up_as_it_is_carried_now(stage: Stage, heard: Heard) -> None:
    ann = stage.twitch.add_user("ann", "Ann")
    async with on_twitch(stage, heard) as platform:
        found = await platform.lookup.find("@ANN")
        assert found is not None
        assert (found.user_id, found.name, found.rank) == (ann.id, "Ann", Rank.VIEWER)
        assert await platform.lookup.find("nobody_here") is None
        assert await platform.lookup.find("no name!") is None
        stage.twitch.rename(ann, "annie", "Annie")
        assert await platform.lookup.find("ann") is None
        stage.twitch.faults.fail_next("GET", "/helix/users", 500)
        with pytest.raises(PlaceDown):
            await platform.lookup.find("annie")


async def test_a_line_is_made_fit_to_send(stage: Stage, heard: Heard) -> None:
    async with on_twitch(stage, heard) as platform:
        await platform.chat.say("/me  is\nopen")
        await platform.chat.say("word " * 200)
        with pytest.raises(SendRefused):
            await platform.chat.say(" / ")
    first, second = lines_of(stage, stage.twitch.bot.id)
    assert first == "me is open"
    assert len(second) <= 500
    assert second.endswith("word…")


async def test_a_repeated_line_is_refused_for_half_a_minute(stage: Stage, heard: Heard) -> None:
    async with on_twitch(stage, heard) as platform:
        await platform.chat.say("The drop is open.")
        with pytest.raises(SendRefused) as refusal:
            await platform.chat.say("The drop is open.")
    assert refusal.value.retry_after_seconds == 30.0
    assert "duplicate" in refusal.value.reason


@pytest.mark.parametrize(
    ("status", "error", "retry"),
    [
        (401, PlaceDown, None),
        (500, PlaceDown, None),
        (502, PlaceDown, None),
        (429, SendRefused, 30.0),
        (403, PlaceDown, None),
        (409, PlaceDown, None),
        (400, SendRefused, None),
        (422, SendRefused, None),
    ],
)
async def test_a_failed_send_says_whether_trying_again_helps(
    stage: Stage, heard: Heard, status: int, error: type[Exception], retry: float | None
) -> None:
    async with on_twitch(stage, heard) as platform:
        stage.twitch.faults.fail_next("POST", MESSAGES, status)
        with pytest.raises(error) as caught:
            await platform.chat.say("The drop is open.")
    assert getattr(caught.value, "retry_after_seconds", None) == retry
    assert "http" not in str(caught.value)


async def test_a_bot_that_may_not_talk_says_so_once_in_the_log_and_talks_as_soon_as_it_may(
    stage: Stage, heard: Heard
) -> None:
    async with on_twitch(stage, heard) as platform:
        stage.twitch.faults.fail_next("POST", MESSAGES, 403, times=2)
        with structlog.testing.capture_logs() as logs:
            for _ in range(2):
                with pytest.raises(PlaceDown):
                    await platform.chat.say("The drop is open.")
            assert await platform.chat.say("The drop is open.")
    assert [line["log_level"] for line in logs if line["event"] == "twitch.may-not-talk"] == ["error"]


async def test_an_unknown_drop_reason_is_told_and_not_tried_again(stage: Stage, heard: Heard) -> None:
    dropped = {"message_id": "", "is_sent": False, "drop_reason": {"code": "msg_new_thing", "message": "No."}}
    async with on_twitch(stage, heard) as platform:
        stage.twitch.faults.fail_next("POST", MESSAGES, 200, body={"data": [dropped]})
        with pytest.raises(SendRefused) as refusal:
            await platform.chat.say("The drop is open.")
    assert (refusal.value.reason, refusal.value.retry_after_seconds) == ("msg_new_thing: No.", None)


async def test_a_send_that_is_never_answered_is_given_up(stage: Stage, heard: Heard) -> None:
    async with on_twitch(stage, heard, request_timeout=0.5) as platform:
        stage.twitch.faults.delay_next("POST", MESSAGES, 3.0)
        with pytest.raises(PlaceDown):
            await platform.chat.say("The drop is open.")


@pytest.mark.parametrize(
    ("method", "path", "deed"),
    [
        ("POST", MESSAGES, lambda platform: platform.chat.say("The drop is open.")),
        ("GET", "/helix/streams", lambda platform: platform.fetch_live()),
        ("GET", "/helix/users", lambda platform: platform.lookup.find("ann")),
    ],
)
async def test_a_client_that_closes_while_its_request_waits_to_be_repeated_is_a_place_that_is_down(
    stage: Stage,
    heard: Heard,
    monkeypatch: pytest.MonkeyPatch,
    method: str,
    path: str,
    deed: Callable[[TwitchPlatform], Awaitable[object]],
) -> None:
    async with on_twitch(stage, heard) as platform, library_pause(monkeypatch, seconds=3) as paused:
        stage.twitch.faults.fail_next(method, path, 503)
        asking = asyncio.ensure_future(deed(platform))
        await asyncio.wait_for(paused.wait(), 60.0)
        assert platform.bot is not None
        await platform.bot.close()
        paused.clear()
        with pytest.raises(PlaceDown, match="RuntimeError"):
            await asking


async def test_nothing_is_said_while_chat_is_not_heard(stage: Stage, heard: Heard) -> None:
    platform = TwitchPlatform(twitch_settings(stage), install=heard.install)
    with pytest.raises(PlaceDown):
        await platform.chat.say("Hello?")
    with pytest.raises(PlaceDown):
        await platform.lookup.find("ann")
    assert not platform.connected


async def test_the_probe_is_called_around_the_request(stage: Stage, heard: Heard) -> None:
    steps: list[str] = []
    platform = TwitchPlatform(
        twitch_settings(stage),
        install=heard.install,
        on_connected=heard.on_connected,
        probe=lambda step: steps.append(f"{step} {len(list(lines_of(stage, stage.twitch.bot.id)))}"),
    )
    async with running(platform.run):
        await until(lambda: heard.gaps)
        await platform.chat.say("Hello")
    assert steps == ["twitch.send.before 0", "twitch.send.after 1"]
