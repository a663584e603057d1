"""A viewer claims, asks to be forgotten, and comes back as somebody new; over real sockets, on both platforms."""

from __future__ import annotations

import json
import sqlite3

from bot.storage.database import ledger_url
from tests.journeys.rig import QUICK, Evening, drop, evening, local, until
from tests.storage.evenings import faults
from tests.storage.test_privacy import files_with, places_of

# A drop is settled a moment after its close, so that nobody has to wait for it.
SOON = {**QUICK, "settle_after": "1s", "undo_within": "1s"}


def drops() -> str:
    """A mug that opens in three seconds, and a print on cue."""
    mug = drop("mug", supply=5, opens=local(3))
    return "\n\n".join([mug, drop("print", supply=5, opening="cue")])


def settled(tonight: Evening, key: str) -> bool:
    with sqlite3.connect(tonight.ledger) as ledger:
        return ledger.execute('SELECT state FROM "drop" WHERE key = ?', (key,)).fetchone() == ("settled",)


async def test_a_viewer_is_forgotten_in_chat_and_claims_the_next_drop_as_somebody_new(tmp_path):
    async with evening(tmp_path, drops(), pace=SOON) as tonight:
        url = ledger_url(str(tonight.ledger))
        await tonight.hears("Teal Mug is open")
        tonight.say("wanda_77", "!claim mug")
        await tonight.hears("@wanda_77", "#1")
        tonight.say("olaf_88", "!claim mug")
        await tonight.hears("@olaf_88", "#2")
        # While it runs they could come back and claim once more.
        tonight.say("mia", "!drop close mug")
        await until(lambda: settled(tonight, "mug"), "the mug is settled")
        heard = len(tonight.chat)
        tonight.say("wanda_77", "!forgetme")
        await tonight.hears("@wanda_77", "(1)", "Type !yes", since=heard)
        user_id = tonight.viewer("wanda_77").id
        assert places_of(url, "wanda_77", user_id) != []
        tonight.say("wanda_77", "!yes")
        await tonight.hears("@wanda_77 done", since=heard)
        assert places_of(url, "wanda_77", user_id) == []
        await until(lambda: files_with(url, "wanda_77") == [], "the files forget her as well")
        assert places_of(url, "olaf_88") != []
        assert faults(url) == []

        tonight.say("mia", "!drop open print")
        await tonight.hears("Teal Print is open")
        tonight.say("wanda_77", "!claim print")
        await tonight.hears("@wanda_77", "#1", "of 5", since=heard + 2)
        with sqlite3.connect(tonight.ledger) as ledger:
            people = ledger.execute("SELECT drop_key, person_id FROM unit WHERE number = 1 ORDER BY 1").fetchall()
        assert len({person for _, person in people}) == 2
        assert faults(url) == []


async def test_a_fan_on_discord_gets_their_data_and_is_forgotten_by_a_button(tmp_path):
    async with evening(tmp_path, drops(), pace=SOON) as tonight:
        url = ledger_url(str(tonight.ledger))
        world = tonight.stage.discord
        fan = world.add_member("frida_99")
        await tonight.hears("Teal Mug is open")
        assert "#1 of 5" in (await world.slash(fan, "claim", {"drop": "mug"}).wait()).text
        kept = await world.slash(fan, "privacy").wait()
        early = await world.press(fan, kept.message_id, label="Forget me").wait()
        assert "You hold a unit of Teal Mug, which is not over yet." in early.text
        sent = await world.press(fan, kept.message_id, label="Send me my data").wait()
        (file,) = world.board.find(sent.message_id).attachments
        data = json.loads(file.data)
        assert data["accounts"] == [{"platform": "discord", "id": fan.id, "name": "frida_99"}]
        assert [(unit["title"], unit["number"]) for unit in data["units"]] == [("Teal Mug", 1)]

        tonight.say("mia", "!drop close mug")
        await until(lambda: settled(tonight, "mug"), "the mug is settled")
        asked = await world.press(fan, kept.message_id, label="Forget me").wait()
        done = await world.press(fan, asked.message_id, label="Yes, forget me").wait()
        assert done.text.startswith("Done: you are forgotten here.")
        assert places_of(url, "frida_99", fan.id) == []
        # The button of before means nothing any more, and there is nothing left to see.
        late = await world.press(fan, asked.message_id, label="Yes, forget me").wait()
        assert late.text.startswith("That question is too old by now")
        again = await world.slash(fan, "privacy").wait()
        assert "Nothing is kept about you here." in str(world.board.find(again.message_id).embeds)
        assert places_of(url, "frida_99", fan.id) == []
        assert faults(url) == []
