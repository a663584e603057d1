"""`kill -9` at every step of a claim: the same count, the same answer, nobody forgotten, nothing twice."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from typing import Any

import pytest

from tests.faults.crowd import told_so_far
from tests.faults.killed_bot import Trap
from tests.faults.rig import KILLED, PRESS_SECONDS, Night, night
from tests.journeys.rig import drop, until

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(sys.platform == "win32", reason="Windows knows neither SIGKILL nor fork"),
]

ON_CUE = drop("mug", opening="cue", supply=3)


async def _one_has_claimed(tonight: Night) -> None:
    """The drop is open, ann holds #1, and the bot has nothing left to do."""
    await tonight.open_on_cue()
    tonight.say("ann", "!claim")
    await tonight.hears("@ann", "#1 of 3")
    await tonight.quiet()


async def _still_right(tonight: Night, *, lines_max: int) -> None:
    """Bob has #2, was told so in at most that many lines, and the next one in gets #3."""
    line = await tonight.hears("@bob", "#2")
    tonight.say("cy", "!claim")
    await tonight.hears("@cy", "#3 of 3")
    await tonight.quiet()
    facts = tonight.facts()
    assert facts.numbers["mug"] == {("twitch", "ann"): (1,), ("twitch", "bob"): (2,), ("twitch", "cy"): (3,)}
    assert facts.drops["mug"]["claimed"] == 3
    told = [each for each in tonight.chat if "@bob" in each]
    assert 1 <= len(told) <= lines_max, told
    assert all("#2" in each for each in told), told
    assert line in told
    assert tonight.openings() == (1, 1)
    await until(lambda: any("is sold out" in each for each in tonight.chat), "chat hears that it is sold out")
    assert sum("is sold out" in each for each in tonight.chat) == 1


@pytest.mark.parametrize("point", ["lane.before-begin", "lane.before-commit"])
async def test_a_claim_that_was_not_stored_is_decided_when_it_comes_again(tmp_path, point):
    async with night(tmp_path, ON_CUE, start=False) as tonight:
        await tonight.start(Trap(point, armed=tonight.armed))
        await _one_has_claimed(tonight)
        tonight.armed.touch()
        asked = tonight.say("bob", "!claim")
        assert await tonight.died() == KILLED
        assert tonight.facts().units() == [1]
        await tonight.start()
        assert not [each for each in tonight.chat if "@bob" in each]
        tonight.deliver_again(asked)
        await _still_right(tonight, lines_max=1)


@pytest.mark.parametrize(
    ("point", "nth", "lines_max"),
    [
        ("lane.after-commit", 1, 1),
        ("twitch.send.before", 1, 1),
        ("twitch.send.after", 1, 2),
        # The first batch is the claim, the second the note that it was told.
        ("lane.before-begin", 2, 2),
    ],
)
async def test_a_claim_that_was_stored_is_told_at_the_next_start(tmp_path, point, nth, lines_max):
    async with night(tmp_path, ON_CUE, start=False) as tonight:
        await tonight.start(Trap(point, nth, armed=tonight.armed))
        await _one_has_claimed(tonight)
        tonight.armed.touch()
        asked = tonight.say("bob", "!claim")
        assert await tonight.died() == KILLED
        assert tonight.facts().units() == [1, 2]
        assert len([each for each in tonight.chat if "@bob" in each]) == lines_max - 1
        await tonight.start()
        tonight.deliver_again(asked)
        await _still_right(tonight, lines_max=lines_max)


async def test_a_kill_while_twitch_takes_the_answer_loses_nothing(tmp_path):
    async with night(tmp_path, ON_CUE) as tonight:
        await _one_has_claimed(tonight)
        tonight.kill_in_chat_send("@bob")
        asked = tonight.say("bob", "!claim")
        assert await tonight.died() == KILLED
        assert len([each for each in tonight.chat if "@bob" in each]) == 1
        await tonight.start()
        tonight.deliver_again(asked)
        await _still_right(tonight, lines_max=2)


@pytest.mark.parametrize("point", ["lane.before-begin", "lane.before-commit"])
async def test_a_press_that_was_not_stored_is_decided_when_it_is_pressed_again(tmp_path, point):
    async with night(tmp_path, ON_CUE, start=False) as tonight:
        await tonight.start(Trap(point, armed=tonight.armed))
        await _one_has_claimed(tonight)
        tonight.armed.touch()
        tonight.press("fan")
        assert await tonight.died() == KILLED
        assert tonight.facts().units() == [1]
        await tonight.start()
        assert "#2 of 3" in (await tonight.press("fan").wait(PRESS_SECONDS)).text
        await tonight.quiet()
        assert tonight.facts().numbers["mug"][("discord", "fan")] == (2,)


@pytest.mark.parametrize(("point", "nth"), [("lane.after-commit", 1), ("lane.before-begin", 2), ("callback", 1)])
async def test_a_press_that_was_stored_is_told_on_the_board_at_the_next_start(tmp_path, point, nth):
    async with night(tmp_path, ON_CUE, start=False) as tonight:
        await tonight.start(Trap(point, nth, armed=tonight.armed))
        await _one_has_claimed(tonight)
        tonight.armed.touch()
        if point == "callback":
            tonight.kill_in_callback()
        tonight.press("fan")
        assert await tonight.died() == KILLED
        assert tonight.facts().units() == [1, 2]
        await tonight.start()
        await until(lambda: [text for text in tonight.board() if "fan #2" in text], "the board names the winner")
        again = await tonight.press("fan").wait(PRESS_SECONDS)
        assert "#2 is already yours" in again.text
        await tonight.quiet()
        assert len([text for text in tonight.board() if "fan" in text]) == 1
        assert tonight.facts().units() == [1, 2]
        assert tonight.openings() == (1, 1)


async def test_a_winner_who_joins_the_untold_while_the_board_names_them_is_named_as_well(tmp_path):
    async with night(tmp_path, ON_CUE, start=False) as tonight:
        await tonight.start(Trap("lane.after-commit", armed=tonight.armed))
        await _one_has_claimed(tonight)
        tonight.armed.touch()
        tonight.press("fan")
        assert await tonight.died() == KILLED
        discord = tonight.stage.discord

        async def lost(_phase: str, _told: Mapping[str, Any]) -> None:
            raise ConnectionResetError("gus hears nothing")

        async def on_message(phase: str, told: Mapping[str, Any]) -> None:
            if "fan #2" not in str(told["body"]):
                return
            if phase == "received":
                discord.faults.on_callback = lost
                tonight.press("gus")
                await until(lambda: tonight.facts().units() == [1, 2, 3], "gus has a unit")
            else:
                discord.faults.on_message = discord.faults.on_callback = None
                tonight.kill()
                await tonight.died()

        discord.faults.on_message = on_message
        tonight.be_born()
        assert await tonight.died() == KILLED
        assert any("fan #2" in text for text in tonight.board())
        await tonight.start()
        await until(lambda: [text for text in tonight.board() if "gus #3" in text], "the board names gus as well")
        await tonight.quiet()


async def test_winners_who_ask_again_after_a_kill_are_each_told_their_own_number(tmp_path):
    async with night(tmp_path, ON_CUE) as tonight:
        await _one_has_claimed(tonight)
        tonight.say("bob", "!claim")
        await tonight.hears("@bob", "#2 of 3")
        await tonight.quiet()
        tonight.kill()
        await tonight.died()
        await tonight.start()
        heard = len(tonight.chat)
        tonight.say("ann", "!claim mug")
        tonight.say("bob", "!claim mug")
        await tonight.hears("@ann", "#1", since=heard)
        await tonight.hears("@bob", "#2", since=heard)
        told = told_so_far(tonight).numbers
        assert (told["twitch", "ann"], told["twitch", "bob"]) == ({1}, {2})
        assert tonight.facts().units() == [1, 2]


async def test_a_winner_whose_late_answer_was_taken_unanswered_does_not_hold_up_the_next_life(tmp_path):
    async with night(tmp_path, ON_CUE, start=False) as tonight:
        await tonight.start(Trap("lane.after-commit", armed=tonight.armed))
        await _one_has_claimed(tonight)
        tonight.armed.touch()
        tonight.say("bob", "!claim")
        assert await tonight.died() == KILLED
        tonight.kill_in_chat_send("@bob")
        tonight.be_born()
        assert await tonight.died() == KILLED
        assert len([each for each in tonight.chat if "@bob" in each]) == 1
        # Twitch refuses the same line for 30 seconds, which must not become 30 seconds of silence.
        await tonight.start()
        await _still_right(tonight, lines_max=1)


async def test_after_a_kill_in_an_open_drop_chat_is_asked_to_claim_again(tmp_path):
    async with night(tmp_path, ON_CUE) as tonight:
        await _one_has_claimed(tonight)
        assert not [line for line in tonight.chat if "I was away" in line]
        tonight.kill()
        await tonight.died()
        tonight.say("bob", "!claim")
        await tonight.start()
        await tonight.hears("I was away", "if you claimed Teal Mug", "!md claim")
        tonight.say("bob", "!md claim mug")
        await _still_right(tonight, lines_max=1)
        assert len([line for line in tonight.chat if "I was away" in line]) == 1
