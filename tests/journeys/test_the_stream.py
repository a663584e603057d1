"""A streamer who is late, one who leaves early, and a connection that drops: told as stories over the stage.

The stories are the real ones with the minutes turned into tenths of seconds and seconds by [pace]."""

from __future__ import annotations

from tests.journeys.rig import QUICK, drop, evening, local, until

PACE = {**QUICK, "offline_pause": "1s", "offline_close": "4s", "resume_warning": "1s"}


async def test_a_late_streamer_is_waited_for_aloud_and_the_drop_opens_when_they_come(tmp_path):
    async with evening(tmp_path, drop(opens=local(2), lasts="1m"), live=False, pace=PACE) as tonight:
        await tonight.hears("New drop: Teal Mug")
        await tonight.hears("waits", "Teal Mug")
        tonight.say("ann", "!claim mug")
        await tonight.hears("@ann")
        assert not any("#1" in line for line in tonight.chat)
        tonight.stage.twitch.go_live()
        await tonight.hears("is open", "Teal Mug")
        tonight.say("ann", "!claim")
        await tonight.hears("@ann", "#1 of 48")


async def test_a_stream_that_drops_for_four_minutes_pauses_the_drop_and_the_return_gives_the_time_back(tmp_path):
    async with evening(tmp_path, drop(opens=local(2), lasts="1m"), pace=PACE) as tonight:
        await tonight.hears("is open")
        tonight.say("ann", "!claim")
        await tonight.hears("@ann", "#1")
        tonight.stage.twitch.go_offline()
        await tonight.hears("paused")
        tonight.say("bob", "!claim mug")
        await tonight.hears("@bob")
        assert not any("#2" in line for line in tonight.chat)
        tonight.stage.twitch.go_live()
        await tonight.hears("goes on", "Teal Mug")
        await until(lambda: _resumed(tonight), "the drop goes on")
        tonight.say("bob", "!claim")
        await tonight.hears("@bob", "#2 of 48")
        (_, closes_at) = _entries(tonight, "drop.opened")[0]
        (added, closes_later) = _entries(tonight, "drop.resumed")[0]
        assert added > 1_000_000
        assert closes_later == closes_at + added


async def test_a_streamer_who_ends_early_and_stays_away_closes_the_drop(tmp_path):
    async with evening(tmp_path, drop(opens=local(2), lasts="1m"), pace=PACE) as tonight:
        await tonight.hears("is open")
        tonight.say("ann", "!claim")
        await tonight.hears("@ann", "#1")
        tonight.stage.twitch.go_offline()
        await tonight.hears("paused")
        await tonight.hears("closed", "1 of 48")
        tonight.say("bob", "!claim mug")
        await tonight.hears("@bob", "closed")


async def test_a_restart_in_the_open_window_goes_on_where_it_was(tmp_path):
    async with evening(tmp_path, drop(opens=local(2), lasts="1m")) as tonight:
        await tonight.hears("is open")
        tonight.say("ann", "!claim", message_id="message-of-ann")
        await tonight.hears("@ann", "#1")
        await tonight.restart()
        tonight.say("bob", "!claim")
        await tonight.hears("@bob", "#2")
        said = [line for line in tonight.chat if "is open" in line]
        assert len(said) == 1
        posted = [text for text in tonight.board() if "is open" in text]
        assert len(posted) <= 1


async def test_a_bot_that_slept_through_the_opening_opens_late_and_says_so(tmp_path):
    async with evening(tmp_path, drop(opens=local(8), lasts="1m"), pace=PACE) as tonight:
        await tonight.hears("New drop: Teal Mug")
        await tonight.stop()
        await until(lambda: local(0) > _opens(tonight), "the opening has passed by six seconds", 25)
        await tonight.start()
        await tonight.hears("Later than announced", "is open")


def _opens(tonight) -> str:
    """Six seconds after the planned opening: later than what counts as on time."""
    import time

    plan = tonight.config.plans(0)[0]
    return time.strftime("%Y-%m-%d %H:%M:%S", time.gmtime(plan.opens_at // 1_000_000 + 6))


def _resumed(tonight) -> bool:
    return bool(_entries(tonight, "drop.resumed"))


def _entries(tonight, kind: str) -> list[tuple[int, int]]:
    """`added` and `closes_at` of the entries of a kind, in microseconds."""
    import json
    import sqlite3

    with sqlite3.connect(f"file:{tonight.ledger}?mode=ro", uri=True) as ledger:
        rows = ledger.execute("SELECT canonical FROM entry WHERE kind = ? ORDER BY number", (kind,)).fetchall()
    publics = [json.loads(row[0])["public"] for row in rows]
    return [(public.get("added", 0), public["closes_at"]) for public in publics]
