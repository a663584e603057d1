"""What people type when they do not type what they should: one clear sentence, or silence where silence is due."""

from __future__ import annotations

import sqlite3

import pytest

from tests.journeys.rig import drop, evening, until

CLAIMS_ALL_THE_SAME = {
    "suffix": "!claim \U000e0000",
    "joiner": "!claim͏",
    "wide": "！ｃｌａｉｍ",
    "shout": "!CLAIM",
    "title": "!claim Teal Mug",
    "quoted": "!claim “mug”",
    "spaced": "!claim    mug   ",
    "word": "!md claim",
}
SAYS_NOTHING = {
    "empty": "!",
    "unknown": "!dance",
    "cyrillic": "!сlaim",
    "talk": "claim",
    "slash": "/claim",
}


async def test_dirty_text_is_understood_and_noise_is_left_alone(tmp_path):
    async with evening(tmp_path, drop(opening="cue")) as tonight:
        tonight.say("mia", "!drop open mug")
        await tonight.hears("is open")
        said = len(tonight.chat)
        for name, text in SAYS_NOTHING.items():
            tonight.say(name, text)
        for name, text in CLAIMS_ALL_THE_SAME.items():
            tonight.say(name, text)
        for name in CLAIMS_ALL_THE_SAME:
            await tonight.hears(f"@{name}", "#", since=said)
        new = " ".join(tonight.chat[said:])
        assert not [name for name in SAYS_NOTHING if f"@{name}" in new]


@pytest.mark.parametrize(
    "text",
    [
        "!claim nothing-like-it",
        "!claim " + "x" * 400,
        "!claim -1",
        "!claim 99999999999999999999",
        "!claim @everyone",
        "!claim {0.__class__} %s",
        "!claim <script>alert(1)</script>",
    ],
)
async def test_an_unknown_drop_gets_one_sentence_without_an_echo_and_changes_nothing(tmp_path, text):
    async with evening(tmp_path, drop(opening="cue"), platforms=("twitch",)) as tonight:
        tonight.say("mia", "!drop open mug")
        await tonight.hears("is open")
        tonight.say("ann", text)
        line = await tonight.hears("@ann")
        assert text.split(" ", 1)[1] not in line
        assert len(line) <= 500
        tonight.say("ann", "!mine")
        with sqlite3.connect(tonight.ledger) as ledger:
            assert ledger.execute("SELECT count(*) FROM unit").fetchone() == (0,)


async def test_with_several_open_a_bare_claim_lists_them_and_grants_nothing(tmp_path):
    drops = drop("mug", opening="cue") + "\n\n" + drop("print", opening="cue")
    async with evening(tmp_path, drops, platforms=("twitch",)) as tonight:
        tonight.say("mia", "!drop open")
        await tonight.hears("Which", "mug", "print")
        tonight.say("mia", "!drop open mug")
        await tonight.hears("Teal Mug is open")
        tonight.say("streamer", "!drop open print")
        await tonight.hears("Teal Print is open")
        tonight.say("ann", "!claim")
        line = await tonight.hears("@ann")
        assert "mug" in line
        assert "print" in line
        assert "#" not in line
        tonight.say("ann", "!claim print")
        await tonight.hears("@ann", "#1 of 48")


async def test_messages_from_a_shared_chat_neither_claim_nor_steer(tmp_path):
    async with evening(tmp_path, drop(opening="cue"), platforms=("twitch",)) as tonight:
        elsewhere = tonight.stage.twitch.add_user("other_channel")
        tonight.say("mia", "!drop open mug")
        await tonight.hears("is open")
        tonight.say("guest", "!claim", shared_from=elsewhere)
        tonight.say("ann", "!claim")
        await tonight.hears("@ann", "#1")
        assert not any("@guest" in line for line in tonight.chat)


async def test_a_huge_slash_option_and_a_stale_button_get_a_sentence(tmp_path):
    async with evening(tmp_path, drop(opening="cue")) as tonight:
        discord = tonight.stage.discord
        fan = discord.add_member("**bold** @everyone")
        answer = await discord.slash(fan, "claim", {"drop": "y" * 90}).wait()
        assert answer.ephemeral
        assert len(answer.text) < 500
        await until(lambda: any(m.buttons for m in discord.messages("announcements")), "a card with buttons")
        mine = await discord.slash(fan, "mine").wait()
        assert mine.ephemeral
        assert tonight.seen("ping") == []
