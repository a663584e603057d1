"""`kill -9` in a poll: what was voted counts, buttons drawn before still work, and the result is told once."""

from __future__ import annotations

import sqlite3
import sys

import pytest

from bot.storage.database import ledger_url
from tests.faults.killed_bot import Trap
from tests.faults.rig import KILLED, PRESS_SECONDS, Night, night
from tests.journeys.rig import until
from tests.storage.evenings import faults

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(sys.platform == "win32", reason="Windows knows neither SIGKILL nor fork"),
]

KEY = "next-mug"
BUTTON = f"md:vote:{KEY}:3"


def asked(tonight: Night, query: str) -> list[tuple]:
    with sqlite3.connect(tonight.ledger) as ledger:
        return ledger.execute(query).fetchall()


def choices(tonight: Night) -> list[str]:
    return [choice for (choice,) in asked(tonight, "SELECT choice FROM ballot ORDER BY choice")]


async def poll_is_on(tonight: Night) -> str:
    """A poll with a vote from chat and one from Discord; returns the card that has its buttons."""
    tonight.say("mia", '!poll "Next mug?" teal, plum, sand 1h')
    await tonight.hears("1 teal, 2 plum, 3 sand")
    board = tonight.stage.discord
    await until(lambda: any(m.buttons for m in board.messages("announcements")), "the card to vote with")
    card = next(m for m in board.messages("announcements") if m.buttons)
    tonight.say("ann", "2")
    await board.press(tonight.member("dan"), card.id, BUTTON).wait(PRESS_SECONDS)
    await until(lambda: choices(tonight) == ["[2]", "[3]"], "two people have voted")
    return card.id


async def test_a_vote_that_killed_the_bot_can_be_asked_again_and_old_buttons_still_count(tmp_path):
    async with night(tmp_path, "", start=False) as tonight:
        await tonight.start(Trap("lane.before-commit", armed=tonight.armed))
        card = await poll_is_on(tonight)
        tonight.armed.touch()
        said = tonight.say("ben", "2")
        assert await tonight.died() == KILLED
        assert choices(tonight) == ["[2]", "[3]"]
        await tonight.start()
        tonight.deliver_again(said)
        await until(lambda: choices(tonight) == ["[2]", "[2]", "[3]"], "the vote that comes again counts")
        pressed = await tonight.stage.discord.press(tonight.member("eve"), card, BUTTON).wait(PRESS_SECONDS)
        assert "**sand**" in pressed.text
        tonight.say("mia", "!poll close")
        await tonight.hears("Poll closed: Next mug?", "4 people voted")
    assert faults(ledger_url(str(tonight.ledger))) == []


@pytest.mark.parametrize("point", ["lane.after-commit", "twitch.send.before"])
async def test_a_poll_that_was_closed_and_not_announced_is_announced_at_the_next_start(tmp_path, point):
    async with night(tmp_path, "", start=False) as tonight:
        await tonight.start(Trap(point, armed=tonight.armed))
        card = await poll_is_on(tonight)
        await tonight.quiet()
        tonight.armed.touch()
        tonight.say("mia", "!poll close")
        assert await tonight.died() == KILLED
        assert asked(tonight, "SELECT state, people FROM poll") == [("closed", 2)]
        assert not any("Poll closed" in line for line in tonight.chat)
        tonight.armed.unlink()
        await tonight.start()
        await tonight.hears("Poll closed: Next mug?", "2 people voted")
        await tonight.quiet()
        board = tonight.stage.discord
        await until(lambda: not any(m.buttons for m in board.messages("announcements")), "the buttons are gone")
        assert sum("Poll closed" in line for line in tonight.chat) == 1
        assert sum("Result: Next mug?" in str(m.embeds) for m in board.messages("announcements")) == 1
        assert card in {message.id for message in board.messages("announcements")}
        assert choices(tonight) == ["[2]", "[3]"]
    assert faults(ledger_url(str(tonight.ledger))) == []
