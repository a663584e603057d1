"""The main job as a story over real sockets: announced, opened, claimed on both platforms, sold out, closed."""

from __future__ import annotations

import sqlite3

from tests.journeys.rig import drop, evening, local, until


async def test_a_drop_is_claimed_in_chat_and_by_button_and_everybody_is_answered(tmp_path):
    async with evening(tmp_path, drop("mug", supply=3, opens=local(3))) as tonight:
        await tonight.hears("Teal Mug")
        tonight.say("early", "!claim mug")
        await tonight.hears("@early")
        await tonight.hears("is open")
        await until(
            lambda: any(m.buttons for m in tonight.stage.discord.messages("announcements")), "a claim button"
        )
        tonight.say("ann", "!claim")
        await tonight.hears("@ann", "#1")
        fan = tonight.stage.discord.add_member("fan")
        card = next(m for m in reversed(tonight.stage.discord.messages("announcements")) if m.buttons)
        pressed = tonight.stage.discord.press(fan, card.id, label=None, custom_id="md:claim:mug")
        answer = await pressed.wait()
        assert "#2 of 3" in answer.text
        assert answer.ephemeral
        slash = tonight.stage.discord.slash(tonight.stage.discord.add_member("cy"), "claim")
        assert "#3 of 3" in (await slash.wait()).text
        tonight.say("late", "!claim")
        await tonight.hears("@late", "sold out")
        tonight.say("mia", "!drop close mug")
        await tonight.hears("is closed")
        await until(lambda: any("closed" in text.lower() for text in tonight.board()), "the final card")
    with sqlite3.connect(tmp_path / "ledger.sqlite") as ledger:
        assert ledger.execute("SELECT number FROM unit ORDER BY number").fetchall() == [(1,), (2,), (3,)]
        assert ledger.execute("SELECT count(*) FROM outcome WHERE told_at IS NULL").fetchone() == (0,)
