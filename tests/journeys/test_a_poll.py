"""A poll from its first line to its result, over real sockets: in chat, on Discord, and through a restart."""

from __future__ import annotations

import sqlite3

from bot.stage.discord.model import Message
from bot.storage.database import ledger_url
from tests.journeys.rig import QUICK, Evening, evening, until
from tests.storage.evenings import faults

SHORT = '[polls]\nlasts = "8s"\nlast_call = "2s"\n'
KEY = "next-mug"


def people(tonight: Evening, key: str = KEY) -> int:
    with sqlite3.connect(tonight.ledger) as ledger:
        row = ledger.execute("SELECT people FROM poll WHERE key = ?", (key,)).fetchone()
    return 0 if row is None else int(row[0])


def choices(tonight: Evening, key: str = KEY) -> list[str]:
    with sqlite3.connect(tonight.ledger) as ledger:
        rows = ledger.execute("SELECT choice FROM ballot WHERE poll_key = ? ORDER BY choice", (key,))
        return [choice for (choice,) in rows]


def cards(tonight: Evening) -> list[Message]:
    return list(tonight.stage.discord.messages("announcements"))


async def card_of_poll(tonight: Evening) -> Message:
    await until(lambda: any(message.buttons for message in cards(tonight)), "the card to vote with")
    return next(message for message in cards(tonight) if message.buttons)


async def shown(tonight: Evening, member, command: str, **options: object) -> str:
    said = await tonight.stage.discord.slash(member, command, options).wait()
    assert said.ephemeral
    return str(said.text)


async def test_a_poll_is_put_in_chat_and_voted_in_everywhere(tmp_path):
    async with evening(tmp_path, SHORT) as tonight:
        discord = tonight.stage.discord
        cleo, dan = discord.add_member("cleo"), discord.add_member("dan")
        tonight.say("mia", '!poll "Next mug?" teal, plum, sand')
        await tonight.hears("Next mug? 1 teal, 2 plum, 3 sand")
        tonight.say("ann", "2")
        tonight.say("ben", "!vote teal")
        tonight.say("zoe", "I have 3 mugs already")
        assert "**sand**" in await shown(tonight, cleo, "vote", choice="sand")
        card = await card_of_poll(tonight)
        pressed = await discord.press(dan, card.id, f"md:vote:{KEY}:1").wait()
        assert "**teal**" in pressed.text
        changed = await discord.press(dan, card.id, f"md:vote:{KEY}:3").wait()
        assert "**sand**" in changed.text
        await until(lambda: people(tonight) == 4, "four people have voted")
        tonight.say("ann", "3")
        await until(lambda: choices(tonight) == ["[1]", "[3]", "[3]", "[3]"], "ann has changed her mind")
        tonight.say("ann", "!mine")
        line = await tonight.hears("@ann", "Your vote on “Next mug?” counts.")
        assert "sand" not in line
        assert "**sand**" in await shown(tonight, dan, "mine")
        await tonight.hears("s left: Next mug?")
        tonight.say("mia", "!poll +60")
        await tonight.hears("stays open 1 min longer")

        await tonight.restart()
        pressed = await discord.press(cleo, card.id, f"md:vote:{KEY}:3").wait()
        assert "That is your vote already" in pressed.text
        tonight.say("eve", "2")
        await until(lambda: people(tonight) == 5, "eve has voted after the restart")
        tonight.say("mia", "!poll close")
        await tonight.hears("Poll closed: Next mug?", "sand won.", "3 for sand", "5 people voted")
        await until(lambda: not any(message.buttons for message in cards(tonight)), "the buttons are gone")
        await until(lambda: any("Result: Next mug?" in str(m.embeds) for m in cards(tonight)), "the result's card")
        tonight.say("late_lou", "1")
        tonight.say("fay", "!poll")
        await tonight.hears("No poll is on.")
        assert people(tonight) == 5
        counted = [line for line in tonight.chat if "@ann" in line or "@ben" in line or "@eve" in line]
        assert all("Your vote on" in line for line in counted), "a vote that counts is silent"
        ledger = ledger_url(str(tonight.ledger))
    assert faults(ledger) == []


async def test_a_poll_is_cancelled_by_the_yes_of_whoever_was_asked(tmp_path):
    async with evening(tmp_path, SHORT) as tonight:
        tonight.say("ann", '!poll "May I?" yes, no')
        tonight.say("mia", "!poll Next mug? teal")
        await tonight.hears("No poll yet.", "one option")
        tonight.say("mia", '!poll "Next mug?" teal, plum 1h')
        await tonight.hears("1 teal, 2 plum")
        tonight.say("streamer", '!poll "And another?" yes, no')
        await tonight.hears("one poll at a time")
        tonight.say("mia", "!poll cancel")
        await tonight.hears("Cancelling “Next mug?”", "!yes")
        tonight.say("ann", "!yes")
        tonight.say("mia", "!yes")
        await tonight.hears("is cancelled, and nothing is decided")
        with sqlite3.connect(tonight.ledger) as ledger:
            assert ledger.execute("SELECT key, state FROM poll").fetchall() == [(KEY, "cancelled")]


async def test_a_channel_without_discord_has_the_whole_poll(tmp_path):
    async with evening(tmp_path, '[polls]\nlasts = "8s"\n', platforms=("twitch",)) as tonight:
        tonight.say("mia", '!poll ranked "Next mug?" teal, plum, sand')
        await tonight.hears("Rank them")
        tonight.say("ann", "!vote plum > teal")
        tonight.say("ben", "2")
        tonight.say("cleo", "9")
        await tonight.hears("@cleo", "the numbers go from 1 to 3")
        await tonight.hears("Poll closed", "plum won", "2 people voted")
    assert choices(tonight) == ["[2,1]", "[2]"]


async def test_a_channel_without_twitch_has_the_whole_poll(tmp_path):
    async with evening(tmp_path, "", platforms=("discord",)) as tonight:
        discord = tonight.stage.discord
        mia, ann, ben = discord.member("mod_mia"), discord.add_member("ann"), discord.add_member("ben")
        options = {"question": "Next mug?", "options": "teal, plum, sand", "lasts": "1h", "method": "approval"}
        put = await discord.slash(mia, "poll open", options, channel="moderators").wait()
        assert "is open until" in put.text
        card = await card_of_poll(tonight)
        asked = discord.press(ann, card.id, f"md:ballot:{KEY}")
        await until(lambda: asked.answers, "the form")
        counted = await discord.submit(ann, asked, {"ballot-1": ["1 teal", "3 sand"]}).wait()
        assert "**teal**, **sand**" in counted.text
        assert "**teal**" in await shown(tonight, ben, "vote", choice="1")
        closed = await discord.slash(mia, "poll close", channel="moderators").wait()
        assert "is closed" in closed.text
        await until(lambda: any("teal** won" in str(m.embeds) for m in cards(tonight)), "the result")


async def test_a_mod_vote_that_outlives_the_stream_goes_on_on_discord_and_says_so(tmp_path):
    pace = {**QUICK, "offline_pause": "1s", "offline_close": "2s"}
    async with evening(tmp_path, "", pace=pace) as tonight:
        discord = tonight.stage.discord
        ann, mia = discord.add_member("ann"), discord.member("mod_mia")
        tonight.say("mia", "!modvote Next game? Hades, Celeste 1h")
        await tonight.hears("Mod vote: Next game?", "Only moderators can vote")
        tonight.say("mia", "1")
        await until(lambda: people(tonight, "next-game") == 1, "a moderator's number counts")
        tonight.say("ben", "2")
        await tonight.hears("@ben", "not among those who can vote")
        tonight.stage.twitch.go_offline()
        await tonight.hears("The stream is over", "still open: vote on Discord")
        card = await card_of_poll(tonight)
        await until(lambda: not any(button.disabled for button in card.buttons), "the card takes votes again")
        refused = await discord.press(ann, card.id, "md:vote:next-game:2").wait()
        assert "not among those who can vote" in refused.text
        counted = await discord.press(mia, card.id, "md:vote:next-game:2").wait()
        assert "**Celeste**" in counted.text
        await discord.slash(mia, "poll close", {"poll": "next-game"}, channel="moderators").wait()
        await until(lambda: any("Result: Next game?" in str(m.embeds) for m in cards(tonight)), "the result's card")
