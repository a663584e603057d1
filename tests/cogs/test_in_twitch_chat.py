"""Dialogues in Twitch chat, over real sockets with the unmodified client."""

from __future__ import annotations

import pytest

from bot.domain.answers import TryAgain
from bot.domain.control import DropSteered, SteerNeedsYes, Verb
from bot.domain.people import Rank
from bot.services.claims import TooFast
from bot.services.ports import HeldUnit
from bot.stage.server import Stage
from bot.stage.twitch.model import ChatMessage
from cogs.names import CommandNames
from tests.cogs.fakes import MUG, Desk, in_chat
from tests.platforms.rig import until
from tests.wording.saying import CUE, EIGHT, NOW, OPEN


def say(stage: Stage, name: str, text: str) -> ChatMessage:
    user = stage.twitch.find_user(login=name) or stage.twitch.add_user(name)
    said = stage.twitch.say(user, text)
    assert isinstance(said, ChatMessage)
    return said


def moderator(stage: Stage) -> str:
    assert stage.cast is not None
    return stage.cast.moderator.login


async def hush(stage: Stage, desk: Desk) -> None:
    """Wait until everything said so far has been heard: a last asker is answered after it."""
    before = len(desk.telling.said)
    say(stage, f"last_asker{before}", "!help")
    await until(lambda: any(name.startswith("last_asker") for name, _ in desk.telling.said[before:]))
    desk.telling.said = [each for each in desk.telling.said if not each[0].startswith("last_asker")]


async def test_a_claim_is_handed_on_with_its_person_and_its_message(stage: Stage, desk: Desk) -> None:
    async with in_chat(stage, desk):
        said = say(stage, "ann", "!claim mug")
        await until(lambda: desk.telling.decided)
    ((actor, request_id, drop),) = desk.claims.asked
    assert (actor.platform, actor.name, actor.rank, drop) == ("twitch", "ann", Rank.VIEWER, "mug")
    assert request_id == f"twitch:{said.id}"
    ((name, answer),) = desk.telling.decided
    assert (name, answer.decision) == ("ann", MUG)


@pytest.mark.parametrize(
    ("line", "drop"),
    [
        ("!CLAIM", ""),
        ("!claim  Teal   Mug ", "Teal Mug"),
        ("！ｃｌａｉｍ ｍｕｇ", "mug"),
        ("!claim\U000e0000", ""),
        ("!cl\u200baim mug\u034f", "mug"),
        ("!md claim mug", "mug"),
        ("! claim mug", "mug"),
        ('!claim "mug', '"mug'),
    ],
)
async def test_a_claim_is_heard_however_it_is_spelled(stage: Stage, desk: Desk, line: str, drop: str) -> None:
    async with in_chat(stage, desk):
        say(stage, "ann", line)
        await until(lambda: desk.claims.asked)
    assert [asked[2] for asked in desk.claims.asked] == [drop]


async def test_what_is_no_command_of_ours_gets_silence(stage: Stage, desk: Desk) -> None:
    async with in_chat(stage, desk):
        for place, line in enumerate(("!clam", "claim", "!сlaim", "!md", "!md what", "!", "!yes", "/claim")):
            say(stage, f"viewer{place}", line)
        await hush(stage, desk)
    assert desk.claims.asked == []
    # "!md" alone is a question about commands.
    assert [name for name, _ in desk.telling.said] == ["viewer3"]


async def test_a_claim_the_ledger_cannot_take_asks_for_another_text(stage: Stage, desk: Desk) -> None:
    desk.claims.trouble = TryAgain
    async with in_chat(stage, desk):
        say(stage, "ann", "!claim")
        await until(lambda: desk.telling.said)
    ((name, text),) = desk.telling.said
    assert name == "ann"
    assert "!md claim" in text
    assert desk.telling.decided == []


async def test_who_claims_too_fast_gets_silence(stage: Stage, desk: Desk) -> None:
    desk.claims.trouble = TooFast
    async with in_chat(stage, desk):
        say(stage, "ann", "!claim")
        await until(lambda: desk.claims.asked)
        await hush(stage, desk)
    assert desk.telling.said == []


async def test_a_viewer_who_steers_sees_the_board_and_changes_nothing(stage: Stage, desk: Desk) -> None:
    async with in_chat(stage, desk):
        say(stage, "ann", "!drop open mug")
        await until(lambda: desk.telling.said)
    assert desk.control.orders == []
    ((name, text),) = desk.telling.said
    assert name == "ann"
    assert text.startswith("Teal Mug is open: 31 of 48 left")


@pytest.mark.parametrize("line", ["!drop next", "!drop  NEXT ", "!md drop next"])
async def test_whoever_asks_what_is_next_is_told_and_nothing_is_steered(
    stage: Stage, desk: Desk, line: str
) -> None:
    desk.drops.drops = [OPEN, CUE]
    async with in_chat(stage, desk):
        say(stage, moderator(stage), line)
        await until(lambda: desk.telling.said)
    assert desk.control.orders == []
    assert [text for _, text in desk.telling.said] == ["Next: Red Cap opens on the streamer's cue."]


async def test_a_moderator_gives_a_unit_and_chat_hears_it(stage: Stage, desk: Desk) -> None:
    desk.control.decision = DropSteered(Verb.GIVE, "mug", "Teal Mug", number=18, supply=48, receiver="ann")
    async with in_chat(stage, desk):
        say(stage, moderator(stage), "!drop give mug @ann answer got lost")
        await until(lambda: desk.telling.said)
    ((actor, _, verb, order),) = desk.control.orders
    assert (actor.rank, verb) == (Rank.MODERATOR, Verb.GIVE)
    assert order == {"drop": "mug", "minutes": 0, "receiver": "@ann", "why": "answer got lost"}
    assert desk.telling.said == [("all", "Teal Mug #18 of 48 now belongs to @ann.")]


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("!drop give teal ann she won", "I cannot tell who is to get it: put an @ before the name, like"),
        ("!drop give mug", "I cannot tell who is to get it: put an @ before the name, like"),
        ("!drop give mug @ann", "Say why as well, it is kept in the ledger, like !drop give mug @viewer why"),
        ("!drop give mug ann", "Say why as well, it is kept in the ledger, like !drop give mug @viewer why"),
    ],
)
async def test_a_gift_that_lacks_something_is_asked_for_again(
    stage: Stage, desk: Desk, line: str, said: str
) -> None:
    async with in_chat(stage, desk):
        say(stage, moderator(stage), line)
        await until(lambda: desk.telling.said)
    assert desk.control.orders == []
    ((name, text),) = desk.telling.said
    assert name == "all"
    assert text.startswith(said)


async def test_a_gift_needs_no_mark_where_one_drop_alone_can_be_meant(stage: Stage, desk: Desk) -> None:
    async with in_chat(stage, desk):
        say(stage, moderator(stage), "!drop give teal mug ann answer got lost")
        await until(lambda: desk.control.orders)
    order = desk.control.orders[0][3]
    assert (order["drop"], order["receiver"], order["why"]) == ("teal mug", "ann", "answer got lost")


async def test_a_deed_that_everybody_hears_of_is_not_said_twice(stage: Stage, desk: Desk) -> None:
    desk.control.decision = DropSteered(Verb.EXTEND, "mug", "Teal Mug", minutes=5)
    async with in_chat(stage, desk):
        say(stage, moderator(stage), "!drop +5")
        await until(lambda: desk.control.orders)
        await hush(stage, desk)
    assert desk.control.orders[0][3]["minutes"] == 5
    assert desk.telling.said == []


async def test_an_answer_that_was_given_before_is_not_given_again(stage: Stage, desk: Desk) -> None:
    desk.control.repeated = True
    async with in_chat(stage, desk):
        say(stage, moderator(stage), "!drop cancel mug")
        await until(lambda: desk.control.orders)
        await hush(stage, desk)
    assert desk.telling.said == []


async def test_cancelling_waits_for_a_yes(stage: Stage, desk: Desk) -> None:
    desk.control.decision = SteerNeedsYes(Verb.CANCEL, "mug", "Teal Mug", 0)
    desk.confirming.waiting = DropSteered(Verb.CANCEL, "mug", "Teal Mug")
    async with in_chat(stage, desk):
        say(stage, moderator(stage), "!drop cancel mug")
        await until(lambda: len(desk.telling.said) == 1)
        say(stage, moderator(stage), "!yes")
        await until(lambda: len(desk.telling.said) == 2)
    assert "type !yes within 30 s" in desk.telling.said[0][1]
    assert desk.telling.said[1] == ("all", "Teal Mug is cancelled.")


async def test_a_person_sees_what_they_hold(stage: Stage, desk: Desk) -> None:
    desk.drops.units = [HeldUnit("mug", "Teal Mug", 17, 48, 57)]
    async with in_chat(stage, desk):
        say(stage, "ann", "!mine")
        await until(lambda: desk.telling.said)
    assert desk.telling.said == [("ann", "@ann holds Teal Mug #17 of 48.")]


async def test_a_token_is_shown_with_the_end_of_its_time(stage: Stage, desk: Desk) -> None:
    desk.drops.units = [
        HeldUnit("token", "Fan Token", 1, 9, 58, runs_until=EIGHT),
        HeldUnit("token", "Fan Token", 2, 9, 57, runs_until=NOW),
    ]
    async with in_chat(stage, desk):
        say(stage, "ann", "!mine")
        await until(lambda: desk.telling.said)
    held = "Fan Token, until 20:00 (in 12 min), #1 of 9, Fan Token, run out, #2 of 9"
    assert desk.telling.said == [("ann", f"@ann holds {held}.")]


async def test_a_renamed_command_and_one_switched_off(stage: Stage, desk: Desk) -> None:
    desk.names = CommandNames({"claim": ("grab", "g"), "mine": ()}, word="bot")
    async with in_chat(stage, desk):
        for name, line in (
            ("ann", "!grab mug"),
            ("bob", "!g cap"),
            ("cem", "!bot claim pin"),
            ("dan", "!claim no"),
        ):
            say(stage, name, line)
        say(stage, "eve", "!mine")
        say(stage, "fay", "!bot mine")
        await until(lambda: desk.telling.said)
        await hush(stage, desk)
    assert sorted(asked[2] for asked in desk.claims.asked) == ["cap", "mug", "pin"]
    assert [name for name, _ in desk.telling.said] == ["fay"]


async def test_two_clients_of_one_process_keep_their_commands_apart(stage: Stage, desk: Desk) -> None:
    other = Desk()
    async with in_chat(stage, desk):
        say(stage, "ann", "!claim mug")
        await until(lambda: desk.claims.asked)
    async with in_chat(stage, other):
        say(stage, "bob", "!claim cap")
        await until(lambda: other.claims.asked)
    assert [asked[2] for asked in desk.claims.asked] == ["mug"]
    assert [asked[2] for asked in other.claims.asked] == ["cap"]
