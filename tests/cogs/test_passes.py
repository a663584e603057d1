"""Passes over real sockets with the unmodified clients: their owners', and what moderators do with them."""

from __future__ import annotations

import pytest

from bot.domain.answers import Answer, TryAgain
from bot.domain.pass_deeds import PassRefused, PassRevoked, RevokePass
from bot.domain.pass_terms import PassKind
from bot.domain.passes import PassRefusal
from bot.stage.discord.errors import StageError
from bot.stage.server import Stage
from cogs.passing import GivingOrder, RevokingOrder, read_pass_order
from tests.cogs.fakes import Desk, in_chat, on_board
from tests.cogs.pass_fakes import HELD, MOD_VOTE
from tests.cogs.test_in_twitch_chat import say
from tests.platforms.rig import until
from tests.wording.saying import NOW


async def test_in_chat_everybody_hears_only_what_the_asker_can_spend(stage: Stage, desk: Desk) -> None:
    desk.passes.held = (HELD,)
    async with in_chat(stage, desk):
        say(stage, "ann", "!pass")
        await until(lambda: desk.telling.said)
    assert desk.telling.said == [("ann", "Passes to spend: @ann mod-vote pass")]


async def test_a_choice_behind_the_command_is_a_vote_with_a_pass(stage: Stage, desk: Desk) -> None:
    async with in_chat(stage, desk):
        say(stage, "ann", "!pass 2")
        await until(lambda: desk.voting.votes)
    assert desk.passes.asked == []
    assert desk.voting.votes[-1][1:] == ("2", "", True)


async def test_on_discord_a_member_sees_their_passes_and_where_they_came_from(stage: Stage, desk: Desk) -> None:
    desk.passes.held = (HELD,)
    ann = stage.discord.add_member("ann")
    async with on_board(stage, desk):
        said = await stage.discord.slash(ann, "pass list").wait()
    assert said.ephemeral
    assert "mod-vote pass #3 (from Teal Mug #17)" in said.text


async def test_spending_on_discord_is_a_vote_with_a_pass(stage: Stage, desk: Desk) -> None:
    ann = stage.discord.add_member("ann")
    async with on_board(stage, desk):
        said = await stage.discord.slash(ann, "pass spend", {"choice": "2"}).wait()
    assert said.ephemeral
    assert desk.voting.votes[-1][1:] == ("2", "", True)


async def test_handing_on_asks_first_and_says_to_whom(stage: Stage, desk: Desk) -> None:
    ann, ben = stage.discord.add_member("ann"), stage.discord.add_member("ben")
    async with on_board(stage, desk):
        said = await stage.discord.slash(ann, "pass hand-on", {"number": 3, "member": ben}).wait()
    assert desk.passes.asked == [("ann", (3, "ben"))]
    assert said.ephemeral
    assert "to ben cannot be taken back" in said.text
    assert [button["label"] for row in said.components for button in row["components"]] == ["Yes, do it"]


async def test_a_pass_that_cannot_be_handed_on_is_refused_in_a_sentence(stage: Stage, desk: Desk) -> None:
    desk.passes.handed_on = Answer("discord:1", PassRefused(PassRefusal.NOT_TRANSFERABLE, 3), NOW)
    ann = stage.discord.add_member("ann")
    async with on_board(stage, desk):
        said = await stage.discord.slash(ann, "pass hand-on", {"number": 3, "member": ann}).wait()
    assert said.text == "Pass #3 cannot be handed on: it stays with whoever got it."


async def test_a_moderator_gives_a_pass_with_all_that_it_promises(stage: Stage, desk: Desk) -> None:
    ann, mia = stage.discord.add_member("ann"), stage.discord.member("mod_mia")
    given = {"member": ann, "kind": "mod_vote", "why": "won the quiz", "uses": 2, "expires": "30d"}
    async with on_board(stage, desk):
        with pytest.raises(StageError):
            stage.discord.slash(ann, "passes give", given)
        said = await stage.discord.slash(mia, "passes give", {**given, "transferable": True}).wait()
    assert said.text == "ann now has mod-vote pass #4."
    more = {"why": "won the quiz", "uses": 2, "expires": "30d", "transferable": True, "title": ""}
    assert desk.passes.asked == [("Mia", (PassKind.MOD_VOTE, "ann", more))]


async def test_taking_a_pass_away_asks_and_the_press_does_it(stage: Stage, desk: Desk) -> None:
    mia = stage.discord.member("mod_mia")
    desk.confirming.waiting, desk.confirming.about = PassRevoked(3, MOD_VOTE, 1), RevokePass
    async with on_board(stage, desk):
        asked = await stage.discord.slash(mia, "passes revoke", {"number": 3, "why": "sold on"}).wait()
        assert asked.message_id is not None
        done = await stage.discord.press(mia, asked.message_id, label="Yes, do it").wait()
    assert desk.passes.asked == [("Mia", (3, "sold on"))]
    assert done.text == "Mod-vote pass #3 is taken away; what it was spent on stays as it is."


async def test_mine_tells_what_can_be_spent_in_both_places(stage: Stage, desk: Desk) -> None:
    desk.passes.held = (HELD,)
    async with in_chat(stage, desk):
        say(stage, "ann", "!mine")
        await until(lambda: desk.telling.said)
    ann = stage.discord.add_member("ann")
    async with on_board(stage, desk):
        said = await stage.discord.slash(ann, "mine").wait()
    assert desk.telling.said[0][1].endswith("Passes to spend: mod-vote pass.")
    assert said.text.endswith("\nPasses to spend: mod-vote pass.")


async def test_a_moderator_looks_at_somebody_elses_passes(stage: Stage, desk: Desk) -> None:
    desk.passes.held = (HELD,)
    ann, mia = stage.discord.add_member("ann"), stage.discord.member("mod_mia")
    async with on_board(stage, desk):
        said = await stage.discord.slash(mia, "passes list", {"member": ann}).wait()
    assert said.ephemeral
    assert said.text.startswith("Passes of ann:\nmod-vote pass #3")
    assert desk.passes.asked == [("ann", "of")]


@pytest.mark.parametrize(
    ("typed", "order"),
    [
        ("give @ann mod-vote won the quiz", GivingOrder("@ann", PassKind.MOD_VOTE, "won the quiz")),
        ("GIVE mod vote @ann  won it", GivingOrder("@ann", PassKind.MOD_VOTE, "won it")),
        ("give @ann game_night x", GivingOrder("@ann", PassKind.GAME_NIGHT, "x")),
        ("give @ann won the quiz", GivingOrder("@ann", None, "won the quiz")),
        ("give ann mod-vote why", GivingOrder("", None, "ann mod-vote why")),
        ("give @", GivingOrder("", None, "@")),
        ("give", GivingOrder()),
        ("revoke 3 sold on", RevokingOrder(3, "sold on")),
        ("revoke #3", RevokingOrder(3)),
        ("revoke three", RevokingOrder()),
        ("gives 3", None),
        ("2", None),
        ("", None),
    ],
)
def test_a_moderators_order_is_read_as_it_was_typed(typed: str, order: GivingOrder | RevokingOrder | None) -> None:
    assert read_pass_order(typed) == order


async def test_moderators_give_and_take_away_in_chat_and_viewers_vote(stage: Stage, desk: Desk) -> None:
    async with in_chat(stage, desk):
        say(stage, "mod_mia", "!pass give @ann mod-vote won the quiz")
        await until(lambda: len(desk.telling.said) == 1)
        say(stage, "mod_mia", "!pass revoke 3 sold on")
        await until(lambda: len(desk.telling.said) == 2)
        say(stage, "mod_mia", "!pass give @ann")
        await until(lambda: len(desk.telling.said) == 3)
        say(stage, "ann", "!pass give @ann mod-vote why")
        await until(lambda: desk.voting.votes)
    assert [what for _, what in desk.passes.asked] == [
        (PassKind.MOD_VOTE, "@ann", {"why": "won the quiz"}),
        (3, "sold on"),
    ]
    given, question, lacking = (text for _, text in desk.telling.said)
    assert given == "@ann now has mod-vote pass #4."
    assert question.startswith("Taking away mod-vote pass #3 cannot be undone: type !yes")
    assert lacking.startswith("Say who gets it, which kind (mod-vote, game-night, custom) and why, like !pass give")


async def test_what_could_not_be_taken_is_said_so(stage: Stage, desk: Desk) -> None:
    desk.passes.trouble = TryAgain
    mia = stage.discord.member("mod_mia")
    async with on_board(stage, desk):
        said = await stage.discord.slash(mia, "passes revoke", {"number": 3, "why": "sold on"}).wait()
    assert "nothing changed; please try again" in said.text
