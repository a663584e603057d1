"""Asking for a unit's proof, over real sockets with the unmodified clients: a file on Discord, a line in chat."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.domain.drop_plan import SUPPLY_MAX
from bot.domain.drops import DropState
from bot.domain.proofs import ProofPlaces, ProofRefusal, ProofUnknown
from bot.services.claims import TooFast
from bot.stage.discord.errors import StageError
from bot.stage.server import Stage
from cogs.names import CommandNames
from tests.cogs.fakes import Desk, in_chat, on_board
from tests.cogs.test_in_twitch_chat import hush, say
from tests.platforms.rig import until
from tests.wording.saying import CLOSED, CUE, FOUND, OPEN, PLAN

PLACES = ProofPlaces("https://tealfox.example/drops")


async def test_on_discord_the_proof_comes_as_a_file_that_only_the_asker_sees(stage: Stage, desk: Desk) -> None:
    desk.proofs.places = PLACES
    ann = stage.discord.add_member("ann")
    async with on_board(stage, desk):
        said = await stage.discord.slash(ann, "proof", {"number": 17, "drop": "mug"}).wait()
    assert said.ephemeral
    assert said.message_id is not None
    message = stage.discord.board.find(said.message_id)
    assert message is not None
    assert [(each.filename, each.data) for each in message.attachments] == [
        ("mug-17.proof.txt", FOUND.text.encode())
    ]
    assert "entry 57 of the public ledger" in said.text
    assert PLACES.url in said.text
    assert desk.proofs.asked == [("ann", 17, "mug")]


async def test_on_discord_the_drop_may_be_left_out_and_what_cannot_be_proved_is_a_sentence(
    stage: Stage, desk: Desk
) -> None:
    desk.proofs.answer = ProofUnknown(ProofRefusal.NOT_GIVEN, "mug", "Teal Mug", 17, 48)
    ann = stage.discord.add_member("ann")
    async with on_board(stage, desk):
        said = await stage.discord.slash(ann, "proof", {"number": 17}).wait()
    assert (said.text, said.ephemeral) == ("Teal Mug #17 has not been given to anybody.", True)
    assert desk.proofs.asked == [("ann", 17, "")]


@pytest.mark.parametrize("number", [0, -1, SUPPLY_MAX + 1, "abc"])
async def test_discord_itself_takes_no_number_that_no_drop_can_have(
    stage: Stage, desk: Desk, number: object
) -> None:
    ann = stage.discord.add_member("ann")
    async with on_board(stage, desk):
        with pytest.raises(StageError):
            stage.discord.slash(ann, "proof", {"number": number})
    assert desk.proofs.asked == []


async def test_drops_that_have_handed_out_something_are_offered_newest_first_and_no_secret(
    stage: Stage, desk: Desk
) -> None:
    secret = replace(OPEN, plan=replace(PLAN, key="secret", title="Secret"), announced_at=None, last_number=3)
    planned = replace(secret, state=DropState.PLANNED)
    old = replace(CLOSED, plan=replace(PLAN, key="zine", title="Old Zine"), closed_at=1, last_number=9)
    desk.drops.drops = [old, planned, CUE, replace(OPEN, last_number=15)]
    ann = stage.discord.add_member("ann")
    async with on_board(stage, desk):
        offered = await stage.discord.complete(ann, "proof", "drop", "", {"number": 1}).wait()
        narrowed = await stage.discord.complete(ann, "proof", "drop", "zi", {"number": 1}).wait()
    assert list(offered.choices.values()) == ["mug", "zine"]
    assert list(narrowed.choices.values()) == ["zine"]


@pytest.mark.parametrize(
    ("typed", "asked"),
    [
        ("!proof 17", (17, "")),
        ("!proof #17 Teal Mug", (17, "teal mug")),
        ("!md proof 17 mug", (17, "mug")),
        ("!proof 0", (0, "")),
        ("!proof " + "9" * 200, (10**9, "")),
    ],
)
async def test_once_it_has_a_name_chat_answers_with_entry_leaf_and_checkpoint(
    stage: Stage, desk: Desk, typed: str, asked: tuple[int, str]
) -> None:
    desk.names = CommandNames({"proof": ("proof",)})
    async with in_chat(stage, desk):
        say(stage, "ann", typed)
        await until(lambda: desk.telling.said)
    assert desk.telling.said == [
        (
            "ann",
            f"Teal Mug #17 is entry 57 of the public ledger, leaf {FOUND.leaf[:16]}, under checkpoint 60 "
            f"{FOUND.fingerprint}. /proof 17 on Discord has the file that proves it.",
        )
    ]
    assert desk.proofs.asked == [("ann", *asked)]


@pytest.mark.parametrize("typed", ["!beweis", "!beweis abc", "!beweis -1", "!beweis 1.5"])
async def test_what_is_no_number_is_asked_for_again_without_a_look_at_the_ledger(
    stage: Stage, desk: Desk, typed: str
) -> None:
    desk.names = CommandNames({"proof": ("beweis",)})
    async with in_chat(stage, desk):
        say(stage, "ann", typed)
        await until(lambda: desk.telling.said)
    assert desk.telling.said == [("ann", "Write the number of a unit, like !beweis 17.")]
    assert desk.proofs.asked == []


async def test_until_it_has_a_name_chat_stays_quiet_behind_the_word_too(stage: Stage, desk: Desk) -> None:
    async with in_chat(stage, desk):
        say(stage, "ann", "!proof 17")
        say(stage, "bob", "!md proof 17")
        await hush(stage, desk)
    assert desk.telling.said == []
    assert desk.proofs.asked == []


async def test_whoever_asks_too_fast_hears_it_on_discord_and_nothing_in_chat(stage: Stage, desk: Desk) -> None:
    desk.proofs.trouble = TooFast
    desk.names = CommandNames({"proof": ("proof",)})
    ann = stage.discord.add_member("ann")
    async with on_board(stage, desk):
        said = await stage.discord.slash(ann, "proof", {"number": 17}).wait()
    assert "too fast" in said.text
    async with in_chat(stage, desk):
        say(stage, "ann", "!proof 17")
        await until(lambda: len(desk.proofs.asked) == 2)
        await hush(stage, desk)
    assert desk.telling.said == []
