"""A moderator puts a poll, and Twitch's own is voted in beside it: what everybody reads of both."""

from __future__ import annotations

import sqlite3

from tests.journeys.rig import Evening, drop, evening, until

ASKED = '!poll "Colour of the next mug?" teal, plum, sand 90s'
AGAIN = ASKED.replace("90s", "80s")  # Twitch swallows what is typed twice
OPEN = "Casual: anonymous votes in Twitch's own poll are added."


def script(native: str) -> str:
    return f'[polls]\nnative = "{native}"\n\n{drop(opening="cue")}'


async def put(tonight: Evening, text: str = ASKED) -> str:
    """A poll is put and shown on Twitch; its id there."""
    before = len(tonight.chat)
    tonight.say("mia", text)
    await tonight.hears("Colour of the next mug?", "1 teal", since=before)
    await until(lambda: tonight.stage.twitch.polls.running, "a poll on Twitch")
    return tonight.stage.twitch.polls.running.id


def vote_on_twitch(tonight: Evening, **choices: int) -> None:
    for name, choice in choices.items():
        assert tonight.stage.twitch.vote(tonight.viewer(name), choice)


async def vote_in_chat(tonight: Evening, **choices: int) -> None:
    for name, choice in choices.items():
        tonight.say(name, f"!vote {choice}")
    await until(lambda: ballots(tonight) == len(choices), "every ballot is cast")


def asked(tonight: Evening, query: str) -> list[tuple[object, ...]]:
    with sqlite3.connect(f"file:{tonight.ledger}?mode=ro", uri=True) as ledger:
        return ledger.execute(query).fetchall()


def ballots(tonight: Evening) -> int:
    (people,) = asked(tonight, "SELECT people FROM poll WHERE state = 'open'")
    return int(str(people[0]))


async def test_votes_that_are_known_at_the_close_are_told_with_the_result(tmp_path):
    async with evening(tmp_path, script("added")) as tonight:
        on = await put(tonight)
        assert OPEN in tonight.chat[-1]
        await vote_in_chat(tonight, ann=1, bob=1, cleo=2)
        vote_on_twitch(tonight, dan=2, eve=2, ann=3)
        tonight.stage.twitch.polls.end(on, "TERMINATED")
        await until(lambda: asked(tonight, "SELECT native FROM poll")[0][0], "the end is noted")
        tonight.say("mia", "!poll close")
        said = await tonight.hears("Poll closed")
        assert "teal won. 2 for teal, 1 for plum, 0 for sand; 3 people voted." in said
        assert said.endswith(
            "Together with the 3 anonymous votes of Twitch's own poll: plum 3, teal 2, sand 1. plum is ahead."
        )
        await until(lambda: any("plum is ahead" in text for text in tonight.board()), "Discord reads the same")
        assert not any("Now the votes on Twitch" in line for line in tonight.chat)


async def test_votes_that_come_after_the_close_are_told_once_and_never_added_to_more_than_a_casual_poll(tmp_path):
    async with evening(tmp_path, script("beside")) as tonight:
        tonight.stage.twitch.polls.archive_seconds = 0.1
        await put(tonight)
        assert OPEN not in tonight.chat[-1]
        await vote_in_chat(tonight, ann=1)
        vote_on_twitch(tonight, dan=2)
        tonight.say("mia", "!poll close")
        await tonight.hears("Poll closed", "teal won. 1 for teal")
        tail = "Twitch's own poll, not added: plum 1, teal 0, sand 0 (1 anonymous vote)."
        await tonight.hears("Now the votes on Twitch are in for Colour of the next mug?", tail)
        await until(lambda: tonight.stage.twitch.polls.newest_first[0].status == "ARCHIVED", "the second end")
        await put(tonight, AGAIN)
        assert sum("Now the votes on Twitch" in line for line in tonight.chat) == 1
        assert len(tonight.stage.twitch.polls.newest_first) == 2


async def test_a_channel_that_is_no_affiliate_loses_nothing(tmp_path):
    async with evening(tmp_path, script("added"), platforms=("twitch",)) as tonight:
        tonight.stage.twitch.broadcaster_type = ""
        tonight.say("mia", ASKED)
        await tonight.hears("Colour of the next mug?", "1 teal")
        await tonight.hears("Twitch's own poll is not there this time: vote here in chat.")
        await vote_in_chat(tonight, ann=1)
        tonight.say("mia", "!poll close")
        said = await tonight.hears("Poll closed", "teal won. 1 for teal")
        assert "Twitch" not in said
