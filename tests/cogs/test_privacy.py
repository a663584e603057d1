"""Seeing what is kept, getting it and being forgotten, over real sockets with the unmodified clients."""

from __future__ import annotations

import pytest

from bot.domain.answers import TryAgain
from bot.domain.control import DropSteered, SteerDrop, Verb
from bot.domain.privacy import EraseMe, ErasureAsked, ErasureRefusal, ErasureRefused, Kept, PersonErased
from bot.services.claims import TooFast
from bot.stage.server import Stage
from cogs.dialogues import privacy
from cogs.names import CommandNames
from tests.cogs.fakes import Desk, in_chat, on_board
from tests.cogs.test_in_twitch_chat import hush, say
from tests.platforms.rig import until

ERASED = PersonErased(units=2, deeds=0, entries=3)


async def test_on_discord_a_person_sees_what_is_kept_and_nobody_else_does(stage: Stage, desk: Desk) -> None:
    ann = stage.discord.add_member("ann")
    async with on_board(stage, desk):
        said = await stage.discord.slash(ann, "privacy").wait()
    assert said.ephemeral
    assert said.message_id is not None
    message = stage.discord.board.find(said.message_id)
    assert message is not None
    assert "Teal Mug #17 of 48" in str(message.embeds)
    assert [button.label for button in message.buttons] == ["Send me my data", "Forget me"]


async def test_of_whom_nothing_is_kept_there_is_nothing_to_press(stage: Stage, desk: Desk) -> None:
    desk.privacy.about = Kept()
    ann = stage.discord.add_member("ann")
    async with on_board(stage, desk):
        said = await stage.discord.slash(ann, "privacy").wait()
    assert said.message_id is not None
    message = stage.discord.board.find(said.message_id)
    assert message is not None
    assert "Nothing is kept about you here." in str(message.embeds)
    assert message.buttons == []


async def test_the_data_comes_as_a_file_that_only_the_asker_sees(stage: Stage, desk: Desk) -> None:
    ann = stage.discord.add_member("ann")
    async with on_board(stage, desk):
        shown = await stage.discord.slash(ann, "privacy").wait()
        assert shown.message_id is not None
        said = await stage.discord.press(ann, shown.message_id, label="Send me my data").wait()
    assert said.ephemeral
    assert said.message_id is not None
    message = stage.discord.board.find(said.message_id)
    assert message is not None
    assert [(each.filename, each.data) for each in message.attachments] == [
        ("your-data.json", desk.privacy.content)
    ]


async def test_data_that_discord_would_not_take_is_had_from_whoever_runs_the_bot(
    stage: Stage, desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(privacy, "FILE_BYTES_MAX", 3)
    ann = stage.discord.add_member("ann")
    async with on_board(stage, desk):
        shown = await stage.discord.slash(ann, "privacy").wait()
        assert shown.message_id is not None
        said = await stage.discord.press(ann, shown.message_id, label="Send me my data").wait()
    assert f"microdrops person export discord:{ann.id}" in said.text


async def test_on_discord_being_forgotten_is_explained_and_then_confirmed_by_a_button(
    stage: Stage, desk: Desk
) -> None:
    desk.confirming.waiting, desk.confirming.about = ERASED, EraseMe
    ann = stage.discord.add_member("ann")
    async with on_board(stage, desk):
        shown = await stage.discord.slash(ann, "privacy").wait()
        assert shown.message_id is not None
        asked = await stage.discord.press(ann, shown.message_id, label="Forget me").wait()
        assert desk.telling.forgotten == []
        assert asked.message_id is not None
        done = await stage.discord.press(ann, asked.message_id, label="Yes, forget me").wait()
    assert asked.ephemeral
    assert "it cannot be taken back" in asked.text
    assert "in about 14 days" in asked.text
    assert done.text == "Done: you are forgotten here. If you claim again, you come as somebody new."
    assert [actor.user_id for actor in desk.telling.forgotten] == [ann.id]


async def test_a_button_that_was_pressed_too_late_or_stands_for_something_else_forgets_nobody(
    stage: Stage, desk: Desk
) -> None:
    # What waits is a moderator's deed: this button does not mean it.
    desk.confirming.waiting, desk.confirming.about = DropSteered(Verb.CANCEL, "mug", "Teal Mug"), SteerDrop
    ann = stage.discord.add_member("ann")
    async with on_board(stage, desk):
        shown = await stage.discord.slash(ann, "privacy").wait()
        assert shown.message_id is not None
        asked = await stage.discord.press(ann, shown.message_id, label="Forget me").wait()
        assert asked.message_id is not None
        late = await stage.discord.press(ann, asked.message_id, label="Yes, forget me").wait()
    assert late.text == "That question is too old by now; ask again with /privacy."
    assert desk.telling.forgotten == []


async def test_on_discord_what_stands_in_the_way_is_said(stage: Stage, desk: Desk) -> None:
    desk.privacy.decision = ErasureRefused(ErasureRefusal.STILL_RUNNING, "mug", "Teal Mug")
    ann = stage.discord.add_member("ann")
    async with on_board(stage, desk):
        shown = await stage.discord.slash(ann, "privacy").wait()
        assert shown.message_id is not None
        said = await stage.discord.press(ann, shown.message_id, label="Forget me").wait()
    assert said.text == "You hold a unit of Teal Mug, which is not over yet. Ask again when it is."


@pytest.mark.parametrize(("trouble", "said"), [(TryAgain, "could not take that"), (TooFast, "too fast")])
async def test_on_discord_trouble_is_told(
    stage: Stage, desk: Desk, trouble: type[TryAgain | TooFast], said: str
) -> None:
    ann = stage.discord.add_member("ann")
    async with on_board(stage, desk):
        shown = await stage.discord.slash(ann, "privacy").wait()
        desk.privacy.trouble = trouble
        assert shown.message_id is not None
        answer = await stage.discord.press(ann, shown.message_id, label="Forget me").wait()
    assert said in answer.text


async def test_in_chat_one_line_explains_and_a_yes_does_it(stage: Stage, desk: Desk) -> None:
    desk.confirming.waiting = ERASED
    async with in_chat(stage, desk):
        say(stage, "ann", "!forgetme")
        await until(lambda: len(desk.telling.said) == 1)
        say(stage, "ann", "!yes")
        await until(lambda: len(desk.telling.said) == 2)
    assert desk.telling.said[0][0] == "ann"
    assert "Type !yes within 1 min" in desk.telling.said[0][1]
    assert desk.telling.said[1] == (
        "all",
        "@ann done: you are forgotten here. If you claim again, you come as somebody new.",
    )
    assert [actor.name for actor in desk.telling.forgotten] == ["ann"]


async def test_who_cannot_be_told_what_a_yes_means_has_not_been_asked(stage: Stage, desk: Desk) -> None:
    desk.telling.quiet = True
    async with in_chat(stage, desk):
        say(stage, "ann", "!forgetme")
        await until(lambda: desk.confirming.withdrawn)
    assert [actor.name for actor in desk.confirming.withdrawn] == ["ann"]


async def test_a_refusal_in_chat_withdraws_nothing(stage: Stage, desk: Desk) -> None:
    desk.privacy.decision = ErasureRefused(ErasureRefusal.FROZEN, "mug", "Teal Mug")
    async with in_chat(stage, desk):
        say(stage, "ann", "!md forgetme")
        await until(lambda: desk.telling.said)
    assert "waits for a repair" in desk.telling.said[0][1]
    assert desk.confirming.withdrawn == []


async def test_a_yes_that_comes_to_a_refusal_forgets_nobody(stage: Stage, desk: Desk) -> None:
    desk.confirming.waiting = ErasureRefused(ErasureRefusal.STILL_RUNNING, "mug", "Teal Mug")
    async with in_chat(stage, desk):
        say(stage, "ann", "!yes")
        await until(lambda: desk.telling.said)
    assert desk.telling.forgotten == []


@pytest.mark.parametrize(("trouble", "lines"), [(TryAgain, 1), (TooFast, 0)])
async def test_in_chat_trouble_is_told_and_haste_is_not_answered(
    stage: Stage, desk: Desk, trouble: type[TryAgain | TooFast], lines: int
) -> None:
    desk.privacy.trouble = trouble
    async with in_chat(stage, desk):
        say(stage, "ann", "!forgetme")
        await until(lambda: desk.privacy.asked)
        await hush(stage, desk)
    assert len(desk.telling.said) == lines


async def test_the_command_goes_by_any_name(stage: Stage, desk: Desk) -> None:
    desk.names = CommandNames({"forgetme": ("vergissmich",), "yes": ("ja",)})
    desk.privacy.decision = ErasureAsked(units=0, deeds=0)
    async with in_chat(stage, desk):
        say(stage, "ann", "!vergissmich")
        await until(lambda: desk.telling.said)
    assert "Type !ja within" in desk.telling.said[0][1]
