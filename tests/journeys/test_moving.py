"""An announced drop moves: everybody hears when and why, the calendar follows, and it can be taken back."""

from __future__ import annotations

from tests.journeys.rig import drop, evening, local, until


async def test_a_moderator_moves_a_drop_and_everything_follows(tmp_path):
    opens = local(2 * 3600)
    async with evening(tmp_path, drop(opens=opens)) as tonight:
        discord = tonight.stage.discord
        await tonight.hears("New drop: Teal Mug")
        await until(lambda: discord.events.all(), "the event in the server's calendar")
        (event,) = discord.events.all()
        announced = event.starts_at
        tonight.say("ann", "!drop move mug +30m ill")
        tonight.say("mia", "!drop move mug +30m")
        await tonight.hears("Say why as well", "technical, ill, schedule, other")
        assert event.starts_at == announced
        tonight.say("mia", "!drop move mug +30m ill")
        line = await tonight.hears("Teal Mug has a new time, because the streamer is ill: it opens at")
        assert f"instead of {opens[11:16]}" in line
        await until(lambda: any("because the streamer is ill" in text for text in tonight.board()), "the card")
        await until(lambda: event.starts_at == announced + 30 * 60_000_000, "the event moves")
        mia = discord.member("mod_mia")
        answer = await discord.slash(
            mia, "drop move", {"opens": "+1h", "reason": "schedule", "lasts": "20m"}, channel="moderators"
        ).wait()
        assert answer.text.startswith("Moved: Teal Mug opens at")
        await tonight.hears("because plans have changed", "for 20 min")
        await discord.slash(mia, "drop undo", {}, channel="moderators").wait()
        await tonight.hears("Teal Mug has a new time after all")
        tonight.say("mia", "!drop cancel mug")
        await tonight.hears("!yes")
        tonight.say("mia", "!yes")
        await tonight.hears("cancelled")
        await until(lambda: event.status == 4, "the event is called off")
