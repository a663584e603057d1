"""Game nights over real sockets with the unmodified clients: hosts, guests, and the buttons of a night's card."""

from __future__ import annotations

import pytest

from bot.domain.announcing import DISCORD_ANNOUNCEMENTS, NewsKind
from bot.domain.answers import TryAgain
from bot.domain.night_deeds import CancelNight, NightHosted, NightRefusal, NightRefused, NightVerb
from bot.domain.people import Rank
from bot.domain.poll_news import night_snapshot
from bot.services.claims import TooFast
from bot.stage.server import Stage
from bot.wording.catalogue import Wording
from bot.wording.nights import night_card
from cogs.dialogues.nights import NightForm, read_night
from cogs.names import CommandNames
from tests.cogs.fakes import Desk, in_chat, on_board
from tests.cogs.test_in_twitch_chat import say
from tests.platforms.rig import until
from tests.wording.nights import NIGHTS
from tests.wording.saying import NOW

JOINED = "You have a seat at Co-op Friday."


async def test_a_host_announces_a_night(stage: Stage, desk: Desk) -> None:
    mia = stage.discord.member("mod_mia")
    form = {"title": "Co-op Friday", "starts": "20:00", "seats": 4}
    async with on_board(stage, desk):
        said = await stage.discord.slash(mia, "night create", form).wait()
    assert said.ephemeral
    assert said.text == "Co\\-op Friday is announced. In commands it is called friday."
    ((actor, asked),) = desk.nights.asked
    assert actor.rank is Rank.MODERATOR
    assert asked == {"title": "Co-op Friday", "seats": 4, "starts": "20:00", "lasts": "", "needs_pass": True}


async def test_who_is_no_moderator_hears_that_only_they_host(stage: Stage, desk: Desk) -> None:
    desk.nights.hosted = NightRefused(NightRefusal.NOT_ALLOWED, NightVerb.CREATE)
    ann = stage.discord.add_member("ann")
    form = {"title": "Mine", "starts": "20:00", "seats": 4, "needs_pass": False}
    async with on_board(stage, desk):
        said = await stage.discord.slash(ann, "night create", form).wait()
    assert said.text == "Only moderators and the streamer host game nights."
    assert desk.nights.asked[0][0].rank is Rank.VIEWER


async def test_the_cards_buttons_work_after_a_restart(stage: Stage, desk: Desk) -> None:
    ann = stage.discord.add_member("ann")
    async with on_board(stage, desk) as platform:
        card = night_card(Wording(), NewsKind.NIGHT_CREATED, {**night_snapshot(NIGHTS[0]), "at": NOW}, NOW)
        message_id = await platform.board.post(DISCORD_ANNOUNCEMENTS, card, nonce="n1")
    async with on_board(stage, desk):
        for label in ("Join", "I am here", "Leave"):
            said = await stage.discord.press(ann, message_id, label=label).wait()
            assert said.ephemeral
    verbs = [(verb, night) for _, (verb, night) in desk.nights.asked]
    assert verbs == [(NightVerb.JOIN, "friday"), (NightVerb.CHECK_IN, "friday"), (NightVerb.LEAVE, "friday")]


async def test_commands_do_what_the_buttons_do(stage: Stage, desk: Desk) -> None:
    ann = stage.discord.add_member("ann")
    async with on_board(stage, desk):
        said = await stage.discord.slash(ann, "night join", {"night": "friday"}).wait()
        await stage.discord.slash(ann, "night checkin").wait()
        await stage.discord.slash(ann, "night leave").wait()
    assert said.text.startswith("You have a seat at Co\\-op Friday.")
    assert [asked for _, asked in desk.nights.asked] == [
        (NightVerb.JOIN, "friday"),
        (NightVerb.CHECK_IN, ""),
        (NightVerb.LEAVE, ""),
    ]


async def test_only_moderators_see_who_is_in(stage: Stage, desk: Desk) -> None:
    ann, mia = stage.discord.add_member("ann"), stage.discord.member("mod_mia")
    async with on_board(stage, desk):
        seen = await stage.discord.slash(ann, "night list").wait()
        seen_by_mia = await stage.discord.slash(mia, "night list").wait()
    assert "4 of 4 seats free" in seen.text
    assert "ben" not in seen.text
    assert seen_by_mia.text.endswith("ann (has a seat), ben (waiting)")


async def test_cancelling_asks_and_the_press_does_it(stage: Stage, desk: Desk) -> None:
    mia = stage.discord.member("mod_mia")
    desk.confirming.waiting = NightHosted(NightVerb.CANCEL, "friday", "Co-op Friday", 2)
    desk.confirming.about = CancelNight
    async with on_board(stage, desk):
        asked = await stage.discord.slash(mia, "night cancel").wait()
        assert asked.message_id is not None
        done = await stage.discord.press(mia, asked.message_id, label="Yes, do it").wait()
    assert "cannot be taken back (guests so far: 2)" in asked.text
    assert done.text.startswith("Co\\-op Friday is cancelled")


@pytest.mark.parametrize(("trouble", "words"), [(TooFast, "too fast"), (TryAgain, "could not take that")])
async def test_trouble_is_one_sentence(
    stage: Stage, desk: Desk, trouble: type[TooFast | TryAgain], words: str
) -> None:
    desk.nights.trouble = trouble
    ann = stage.discord.add_member("ann")
    async with on_board(stage, desk):
        said = await stage.discord.slash(ann, "night join").wait()
    assert words in said.text


async def test_chat_has_no_word_for_it_until_it_gets_one(stage: Stage, desk: Desk) -> None:
    async with in_chat(stage, desk):
        for line in ("!night join", "!md night join", "!pass"):
            say(stage, "ann", line)
        await until(lambda: desk.telling.said)
    assert desk.nights.asked == []


@pytest.mark.parametrize(
    ("typed", "form"),
    [
        ("Hades night 20:00 4", NightForm("Hades night", "20:00", 4)),
        ('"Night 2:30" 2030-06-01 20:00 12', NightForm("Night 2:30", "2030-06-01 20:00", 12)),
        ("Co-op Friday in 2h 30m 8", NightForm("Co-op Friday", "in 2h 30m", 8)),
        ("Hades night 20:00", None),
        ("Hades night 4", None),
        ("20:00 4", None),
        ("", None),
    ],
)
def test_a_night_is_read_as_it_was_typed(typed: str, form: NightForm | None) -> None:
    assert read_night(typed) == form


async def test_a_moderator_announces_a_night_in_chat_and_a_viewer_sees_what_is_planned(
    stage: Stage, desk: Desk
) -> None:
    desk.names = CommandNames({"night": ("night",)})
    async with in_chat(stage, desk):
        say(stage, "mod_mia", "!night create Hades night 20:00 4")
        await until(lambda: desk.nights.asked)
        say(stage, "mod_mia", "!night create Hades night")
        await until(lambda: len(desk.telling.said) == 1)
        say(stage, "ann", "!night create Hades night 20:00 4")
        await until(lambda: len(desk.telling.said) == 2)
        desk.nights.hosted = NightRefused(NightRefusal.BAD_TIME, NightVerb.CREATE)
        say(stage, "mod_mia", "!night create Hades night 99:00 4")
        await until(lambda: len(desk.telling.said) == 3)
    asked = [form for _, form in desk.nights.asked]
    assert asked[0] == {"title": "Hades night", "starts": "20:00", "seats": 4}
    assert len(asked) == 2
    how, planned, refused = (text for _, text in desk.telling.said)
    assert how.endswith("like !night create Hades night 20:00 4.")
    assert planned.startswith("Co-op Friday (friday):")
    assert refused.startswith("Say when it starts, still to come")


async def test_with_a_name_chat_joins_checks_in_and_cancels(stage: Stage, desk: Desk) -> None:
    desk.names = CommandNames({"night": ("night",)})
    async with in_chat(stage, desk):
        say(stage, "ann", "!night join")
        await until(lambda: len(desk.telling.said) == 1)
        say(stage, "ann", "!night cancel")
        await until(lambda: len(desk.telling.said) == 2)
        say(stage, "mod_mia", "!md night cancel friday")
        await until(lambda: len(desk.telling.said) == 3)
    said = [text for _, text in desk.telling.said]
    assert said[0].startswith(f"@ann {JOINED}")
    assert said[1].startswith("Co-op Friday (friday):")
    assert said[2].startswith("Cancelling Co-op Friday cannot be taken back")
    assert [asked for _, asked in desk.nights.asked] == [(NightVerb.JOIN, ""), ("cancel", "friday")]
