"""A crowd votes at once over real sockets: each counts once, chat stays quiet, every press is answered in time."""

from __future__ import annotations

import asyncio
import sqlite3

from bot.storage.database import ledger_url
from tests.journeys.rig import evening, until
from tests.storage.evenings import faults

KEY = "next-mug"
# `make bench` has a thousand in ten seconds, and two hundred presses.
VOTES, PRESSES = 150, 30
# What an account that is no moderator's may say in 30 seconds.
LINES_MAX = 20


async def test_a_crowd_that_votes_at_once_is_counted_once_while_chat_stays_quiet(tmp_path):
    async with evening(tmp_path, "") as tonight:
        discord = tonight.stage.discord
        tonight.say("mia", '!poll "Next mug?" teal, plum, sand 1h')
        await tonight.hears("1 teal, 2 plum, 3 sand")
        await until(lambda: any(m.buttons for m in discord.messages("announcements")), "the card to vote with")
        card = next(m for m in discord.messages("announcements") if m.buttons)
        before = len(tonight.chat)
        presses = []
        for number in range(VOTES):
            # Some cannot be read, and some type a command.
            said = ("1", "2", "!vote sand", "9")[number % 4]
            tonight.say(f"v{number}", said)
            if number % (VOTES // PRESSES) == 0:
                presses.append(discord.press(discord.add_member(f"d{number}"), card.id, f"md:vote:{KEY}:2"))
        # Whoever waits for an answer longer than Discord does, waits for nothing: this raises then.
        answers = await asyncio.gather(*(press.wait() for press in presses))
        assert all("**plum**" in answer.text and answer.ephemeral for answer in answers)
        counted = VOTES * 3 // 4 + PRESSES

        def people() -> int:
            with sqlite3.connect(tonight.ledger) as ledger:
                return int(ledger.execute("SELECT people FROM poll").fetchone()[0])

        await until(lambda: people() >= counted, "everybody is counted")
        tonight.say("mia", "!poll close")
        await tonight.hears("Poll closed: Next mug?", f"{people()} people voted")
        assert len(tonight.chat) - before <= LINES_MAX
        with sqlite3.connect(tonight.ledger) as ledger:
            told = dict(ledger.execute("SELECT choice, count(*) FROM ballot GROUP BY choice").fetchall())
        each = [sum(number % 4 == nth for number in range(VOTES)) for nth in range(3)]
        assert told == {"[1]": each[0], "[2]": each[1] + PRESSES, "[3]": each[2]}
        ledger = ledger_url(str(tonight.ledger))
    assert faults(ledger) == []
