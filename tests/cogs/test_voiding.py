"""Taking a unit back for good: what is typed, and what is asked first."""

from __future__ import annotations

import pytest

from bot.domain.voiding import UnitVoided, VoidUnit
from bot.stage.discord.errors import StageError
from bot.stage.server import Stage
from cogs.dialogues.voiding import VoidOrder, read_void
from tests.cogs.fakes import Desk, in_chat, on_board
from tests.cogs.test_in_twitch_chat import say
from tests.platforms.rig import until


@pytest.mark.parametrize(
    ("typed", "order"),
    [
        ("void mug 17", VoidOrder("mug", 17)),
        ("void mug #17 a stolen  card", VoidOrder("mug", 17, "a stolen card")),
        ("VOID Teal Mug 17", VoidOrder("Teal Mug", 17)),
        ("void 2030 5", VoidOrder("2030", 5)),
        ("void mug", VoidOrder("mug")),
        ("void", VoidOrder()),
        ("void mug seventeen", VoidOrder("mug seventeen")),
        ("voids mug 17", None),
        ("open mug", None),
    ],
)
def test_a_drop_comes_first_then_the_number_then_the_reason(typed: str, order: VoidOrder | None) -> None:
    assert read_void(typed) == order


async def test_in_chat_a_moderator_is_asked_and_a_viewer_sees_what_is_on(stage: Stage, desk: Desk) -> None:
    async with in_chat(stage, desk):
        say(stage, "ann", "!drop void mug 17")
        await until(lambda: len(desk.telling.said) == 1)
        say(stage, "mod_mia", "!drop void mug 17 a stolen card")
        await until(lambda: len(desk.telling.said) == 2)
        say(stage, "mod_mia", "!drop void mug")
        await until(lambda: len(desk.telling.said) == 3)
    assert [asked[1:] for asked in desk.voiding.asked] == [("mug", 17, "a stolen card")]
    board, question, lacking = (text for _, text in desk.telling.said)
    assert "31 of 48 left" in board
    assert question.startswith("Taking Teal Mug #17 with the pass that came with it from @ann cannot be undone")
    assert "void mug 17" in lacking


async def test_a_yes_in_chat_says_what_was_taken_back(stage: Stage, desk: Desk) -> None:
    desk.confirming.waiting, desk.confirming.about = UnitVoided("mug", "Teal Mug", 17), VoidUnit
    async with in_chat(stage, desk):
        say(stage, "mod_mia", "!yes")
        await until(lambda: desk.telling.said)
    assert desk.telling.said == [
        ("all", "Teal Mug #17 is taken back: nobody holds it, and its number never goes out again.")
    ]


async def test_on_discord_the_press_does_it(stage: Stage, desk: Desk) -> None:
    ann, mia = stage.discord.add_member("ann"), stage.discord.member("mod_mia")
    desk.confirming.waiting, desk.confirming.about = UnitVoided("mug", "Teal Mug", 17, 1), VoidUnit
    async with on_board(stage, desk):
        with pytest.raises(StageError):
            stage.discord.slash(ann, "drop void", {"drop": "mug", "unit": 17})
        asked = await stage.discord.slash(mia, "drop void", {"drop": "mug", "unit": 17, "why": "stolen"}).wait()
        assert asked.message_id is not None
        done = await stage.discord.press(mia, asked.message_id, label="Yes, do it").wait()
    assert desk.voiding.asked == [("Mia", "mug", 17, "stolen")]
    assert asked.ephemeral
    assert "with the pass that came with it is taken back" in done.text
