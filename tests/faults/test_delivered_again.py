"""Twitch and Discord deliver at least once: whatever comes again makes one claim and one answer."""

from __future__ import annotations

import sys

import pytest

from tests.faults.rig import PRESS_SECONDS, Night, night
from tests.journeys.rig import drop

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(sys.platform == "win32", reason="Windows cannot fork"),
]

# Two each: a second grant would not be refused by the limit.
TWO_EACH = drop("mug", opening="cue", supply=6, per_person=2)


async def _one_claim_of_bob(tonight: Night, message_id: str) -> None:
    """Bob has #1 by this request alone, was told once, and the next one in gets #2."""
    await tonight.hears("@bob", "#1 of 6")
    tonight.say("cy", "!claim")
    await tonight.hears("@cy", "#2 of 6")
    await tonight.quiet()
    facts = tonight.facts()
    assert facts.numbers["mug"] == {("twitch", "bob"): (1,), ("twitch", "cy"): (2,)}
    of_bob = [outcome for outcome in facts.outcomes if outcome["name"] == "bob"]
    assert [outcome["request_id"] for outcome in of_bob] == [f"twitch:{message_id}"]
    assert len([line for line in tonight.chat if "@bob" in line]) == 1


async def test_an_event_that_is_delivered_three_times_makes_one_claim(tmp_path):
    async with night(tmp_path, TWO_EACH) as tonight:
        await tonight.open_on_cue()
        tonight.stage.twitch.faults.duplicate_next(3)
        asked = tonight.say("bob", "!claim")
        await _one_claim_of_bob(tonight, asked.id)
        assert len(tonight.deliveries(asked)) == 3


async def test_one_chat_message_under_two_event_ids_makes_one_claim(tmp_path):
    async with night(tmp_path, TWO_EACH) as tonight:
        await tonight.open_on_cue()
        tonight.stage.twitch.faults.redeliver_as_new(2)
        asked = tonight.say("bob", "!claim")
        await _one_claim_of_bob(tonight, asked.id)
        assert len({frame["metadata"]["message_id"] for frame in tonight.deliveries(asked)}) == 2


async def test_a_claim_delivered_again_to_the_next_life_of_the_bot_adds_nothing(tmp_path):
    async with night(tmp_path, TWO_EACH) as tonight:
        await tonight.open_on_cue()
        asked = tonight.say("bob", "!claim")
        await tonight.hears("@bob", "#1 of 6")
        await tonight.quiet()
        await tonight.restart()
        for _ in range(3):
            tonight.deliver_again(asked)
        await _one_claim_of_bob(tonight, asked.id)


async def test_a_press_that_is_delivered_three_times_makes_one_claim(tmp_path):
    async with night(tmp_path, TWO_EACH) as tonight:
        await tonight.open_on_cue()
        tonight.stage.discord.faults.duplicate_next(3)
        pressed = tonight.press("fan")
        assert "#1 of 6" in (await pressed.wait(PRESS_SECONDS)).text
        assert "#2 of 6" in (await tonight.press("gus").wait(PRESS_SECONDS)).text
        await tonight.quiet()
        facts = tonight.facts()
        assert facts.numbers["mug"] == {("discord", "fan"): (1,), ("discord", "gus"): (2,)}
        assert len([outcome for outcome in facts.outcomes if outcome["name"] == "fan"]) == 1
        (told,) = [seen.text for seen in tonight.seen("answer") if seen.visible_to == pressed.member.id]
        assert told.startswith("Teal Mug #1 of 6 is yours!\n")
