"""Twitch through the unmodified client: what is heard, who spoke, and what is said."""

from __future__ import annotations

import pytest

from bot.stage.server import Stage
from tests.platforms.rig import Heard, lines_of, on_twitch, until


@pytest.fixture
def heard() -> Heard:
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
