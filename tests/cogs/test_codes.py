"""Claim codes over real sockets with the unmodified client: for moderators, and for whom one was made."""

from __future__ import annotations

import pytest

from bot.domain.answers import TryAgain
from bot.domain.code_sets import CodesIssued, CodesRefused, IssueRefusal
from bot.services.codes import Made
from bot.stage.server import Stage
from bot.storage.signing import KeyFileBroken
from tests.cogs.fakes import Desk, on_board


async def test_a_moderator_alone_sees_the_codes_that_they_have_made(stage: Stage, desk: Desk) -> None:
    mia = stage.discord.member("mod_mia")
    async with on_board(stage, desk):
        said = await stage.discord.slash(mia, "drop codes", {"set": "early", "count": 2, "expires": "7d"}).wait()
    assert said.ephemeral
    assert "DSMW-X2R0-W3GY-YZK7\nQQQQ-X2R0-W3GY-YZK7" in said.text
    ((actor, *wish),) = desk.codes.wishes
    assert (actor.name, *wish) == ("Mia", "early", 2, "7d", "")


async def test_a_code_for_a_member_is_theirs_and_is_not_shown_to_whoever_made_it(stage: Stage, desk: Desk) -> None:
    mia, ann = stage.discord.member("mod_mia"), stage.discord.add_member("ann")
    desk.codes.made = Made(CodesIssued("EARLY", 1, 1), desk.codes.own)
    async with on_board(stage, desk):
        made = await stage.discord.slash(mia, "drop code", {"member": ann, "set": "EARLY"}).wait()
        shown = await stage.discord.slash(ann, "code").wait()
    assert (made.ephemeral, shown.ephemeral) == (True, True)
    assert made.text == "A code of EARLY waits for ann, who sees it with /code."
    assert "`DSMW-X2R0-W3GY-YZK7` (EARLY)" in shown.text
    ((_, *wish),) = desk.codes.wishes
    assert wish == ["EARLY", 1, "", f"discord:{ann.id}"]


@pytest.mark.parametrize(
    ("trouble", "words"),
    [(TryAgain(), "nothing changed; please try again"), (KeyFileBroken("damaged"), "Nothing changed: the key")],
)
async def test_what_goes_wrong_is_one_sentence(stage: Stage, desk: Desk, trouble: Exception, words: str) -> None:
    mia = stage.discord.member("mod_mia")
    desk.codes.trouble = trouble
    async with on_board(stage, desk):
        said = await stage.discord.slash(mia, "drop codes", {"set": "EARLY"}).wait()
    assert said.ephemeral
    assert words in said.text


async def test_a_refusal_says_what_to_type(stage: Stage, desk: Desk) -> None:
    mia = stage.discord.member("mod_mia")
    desk.codes.made = Made(CodesRefused(IssueRefusal.BAD_SET))
    async with on_board(stage, desk):
        said = await stage.discord.slash(mia, "drop codes", {"set": "no good"}).wait()
    assert said.text == "Name the set with letters, digits, - and _, at most 40 of them, like EARLY."
