"""An evening with an early window over real sockets: a slow platform, one that fails, and everybody answered."""

from __future__ import annotations

import sqlite3

from tests.journeys.rig import drop, evening, local, until

EARLY = {"early": "subscribers", "early_for": "9s", "early_share": 2}


async def test_who_is_checked_keeps_their_place_while_twitch_is_slow_or_down(tmp_path):
    mug = drop("mug", supply=4, opens=local(13), lasts="20s", announce=local(-60), **EARLY)
    async with evening(tmp_path, mug, start=False) as tonight:
        twitch, discord = tonight.stage.twitch, tonight.stage.discord
        # Before the bot is there to be told: it has to ask.
        for name in ("ann", "bob"):
            twitch.subscribe(tonight.viewer(name))
        await tonight.start()
        announced = await tonight.hears("New drop", "for subscribers, at most 2 of 4", "for everybody")
        assert "!claim mug" in announced
        await tonight.hears("is open early for subscribers: 2 to claim now")

        twitch.faults.delay_next("GET", "/helix/subscriptions", 3.5)
        tonight.say("ann", "!claim")
        fan = discord.slash(discord.add_member("fan"), "claim")
        refusal = (await fan.wait()).text
        assert "opens to you at" in refusal
        assert "what you have on Twitch counts once your accounts are linked" in refusal
        await tonight.hears("@ann", "I am checking", "your place is kept")
        await tonight.hears("@ann", "#1 of 4 is yours")

        down = twitch.faults.fail_next("GET", "/helix/subscriptions", 503, times=1_000)
        tonight.say("bob", "!claim")
        await tonight.hears("@bob", "I am checking", "your place is kept")
        asked = discord.slash(discord.add_member("cleo"), "can")
        shown = await asked.wait()
        assert shown.ephemeral

        await tonight.hears("is open to everybody now")
        await tonight.hears("@bob", "#2 of 4")
        twitch.faults.forget(down)
        tonight.say("cy", "!claim")
        await tonight.hears("@cy", "#3 of 4")
        told = "SELECT count(*) FROM outcome WHERE told_at IS NULL"
        with sqlite3.connect(tonight.ledger) as ledger:
            await until(lambda: ledger.execute(told).fetchone() == (0,), "everybody is told")
            granted = "SELECT canonical FROM entry WHERE kind = 'unit.granted' ORDER BY number"
            windows = [b'"window":"early"' in row[0] for row in ledger.execute(granted)]
    assert windows == [True, False, False]
    assert not any("subscription" in line for line in tonight.chat)
