"""A press whose claim is being checked, and "Can I?": on Discord for one person alone, in chat for all to read."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable
from typing import Any

import pytest
from sqlalchemy import create_engine, text

from bot.domain.announcing import DISCORD_ANNOUNCEMENTS, NewsKind
from bot.domain.answers import TryAgain
from bot.domain.claims import ClaimChecking, ClaimRefusal, JudgeHolds
from bot.domain.eligibility import Eligible
from bot.domain.entitlements import Entitlement, Found, Question
from bot.domain.verdicts import Refused, RefusedUntil
from bot.services.claims import Claims, TooFast
from bot.services.telling import Telling
from bot.stage.server import Stage
from bot.storage.database import Reads
from bot.storage.telling import untold
from bot.wording.announcing import card
from bot.wording.cards import Card
from bot.wording.catalogue import Wording
from cogs.dialogues import looked_up
from cogs.dialogues.can import reads_can
from cogs.dialogues.claims import answer_claim
from cogs.dialogues.looked_up import ANSWERABLE_SECONDS, CHECK_SECONDS
from tests.cogs.fakes import Desk, in_chat, on_board
from tests.cogs.test_in_twitch_chat import say
from tests.conftest import CHANNEL, viewer
from tests.domain.gate_cases import gate
from tests.platforms.rig import until
from tests.storage.test_early_claims import begin
from tests.wording.saying import ANNOUNCED, EIGHT, NOW, VERDICTS, about, refused, replace

CHECKING = ClaimChecking("mug", "Teal Mug", ("subscriber",), (("discord", "7"),))
WITH_EARLY = replace(ANNOUNCED, plan=replace(ANNOUNCED.plan, early="subscriber", early_for=600_000_000))


class Ear:
    """What one person was told privately; the platform takes the first so many."""

    def __init__(self, takes: int = 9) -> None:
        self.heard: list[Any] = []
        self._takes = takes

    async def __call__(self, deciding: Awaitable[str | Card]) -> bool:
        self.heard.append(await deciding)
        return len(self.heard) <= self._takes


async def pressed(desk: Desk, ear: Ear) -> list[str]:
    desk.claims.decision = CHECKING
    await answer_claim(desk.services(), viewer("ann", "discord"), "discord:1", "mug", privately=ear)
    return [str(text) for text in ear.heard]


async def test_a_claim_that_is_checked_within_some_seconds_has_one_answer(desk: Desk) -> None:
    desk.claims.checked_at = 1
    assert await pressed(desk, Ear()) == ["Teal Mug #17 of 48 is yours!"]
    assert desk.telling.told_requests == ["discord:1"]
    assert desk.claims.waits == [CHECK_SECONDS]


async def test_one_that_is_checked_for_longer_is_said_to_be_and_answered_later_in_the_same_place(
    desk: Desk,
) -> None:
    desk.claims.checked_at = 2
    checking, answered = await pressed(desk, Ear())
    assert checking.startswith("I am checking whether Teal Mug is open to you yet; your place is kept")
    assert answered == "Teal Mug #17 of 48 is yours!"
    assert desk.telling.told_requests == ["discord:1"]
    assert desk.claims.waits == [CHECK_SECONDS, ANSWERABLE_SECONDS]


async def test_one_that_is_never_answered_there_is_not_noted_as_told(desk: Desk) -> None:
    assert len(await pressed(desk, Ear())) == 1
    assert desk.telling.told_requests == []


@pytest.mark.parametrize("takes", [0, 1])
async def test_an_answer_that_discord_did_not_take_is_not_noted_as_told(desk: Desk, takes: int) -> None:
    desk.claims.checked_at = 2
    assert len(await pressed(desk, Ear(takes))) == takes + 1
    assert desk.telling.told_requests == []


async def test_the_answer_to_a_checked_press_reaches_it_over_the_wire(stage: Stage, desk: Desk) -> None:
    desk.claims.decision, desk.claims.checked_at = CHECKING, 2
    ann = stage.discord.add_member("ann")
    async with on_board(stage, desk):
        act = stage.discord.slash(ann, "claim", {"drop": "mug"})
        assert "your place is kept" in (await act.wait()).text
        await until(lambda: desk.telling.told_requests)
    texts = [seen.text for seen in stage.record.seen if seen.kind in ("answer", "followup")]
    assert texts[-1] == "Teal Mug #17 of 48 is yours!"


async def test_over_a_real_ledger_only_the_final_answer_is_noted_as_told(
    lane, clock, new_ledger, monkeypatch
) -> None:
    monkeypatch.setattr(looked_up, "CHECK_SECONDS", 0.0)
    await begin(lane, clock, early="role:patron")
    ann, ear, reads = viewer("ann", "discord"), Ear(), Reads(new_ledger)
    desk: Any = Desk()
    desk.claims = Claims(lane, CHANNEL, clock)
    desk.telling = Telling(lane, reads, CHANNEL, None, None, Wording(), clock, answer_gap=0)
    lane.listen(desk.claims.committed)
    pressing = asyncio.create_task(answer_claim(desk.services(), ann, "discord:1", "", privately=ear))
    await until(lambda: ear.heard)
    assert await untold(reads, CHANNEL) == []
    patron = Question(Entitlement.ROLE, "patron")
    await lane.submit(JudgeHolds(CHANNEL, ((ann.key, patron, Found(1, clock.at, clock.at + 1)),)))
    await pressing
    checking, answered = map(str, ear.heard)
    assert checking.startswith("I am checking whether Teal Mug is open to you yet; your place is kept")
    assert answered.startswith("Teal Mug #1 of 48 is yours!")
    with create_engine(new_ledger).connect() as ledger:
        told = ledger.execute(text("SELECT kind, told_at FROM outcome WHERE request_id = 'discord:1'")).one()
    assert (told.kind, told.told_at) == ("claim.granted", clock.at)
    await reads.close()


# -- Can I? ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "drop"),
    [("can", ""), ("Can mug", "mug"), (" can  teal mug ", "teal mug"), ("", None), ("canned", None)],
)
def test_can_is_a_word_of_its_own(text: str, drop: str | None) -> None:
    assert reads_can(text) == drop


async def test_chat_hears_yes_or_from_when_and_never_why_not(stage: Stage, desk: Desk) -> None:
    way = (gate("subscriber"),)
    async with in_chat(stage, desk):
        say(stage, "ann", "!drop can mug")
        await until(lambda: len(desk.telling.said) == 1)
        desk.eligibility.answer = Eligible("mug", "Teal Mug", RefusedUntil(EIGHT, VERDICTS[0].findings, way))
        say(stage, "bob", "!md drop can")
        await until(lambda: len(desk.telling.said) == 2)
        desk.eligibility.on_discord = False
        say(stage, "cy", "!drop can")
        await until(lambda: len(desk.telling.said) == 3)
    assert desk.eligibility.asked == [("ann", "mug"), ("bob", ""), ("cy", "")]
    assert desk.telling.said == [
        ("ann", "@ann you can claim Teal Mug now."),
        ("bob", "@bob you can claim Teal Mug from 20:00 (in 12 min). /can on Discord shows you why, privately."),
        ("cy", "@cy you can claim Teal Mug from 20:00 (in 12 min)."),
    ]


async def test_on_discord_one_alone_is_told_why_and_the_way_in_whatever_it_costs(stage: Stage, desk: Desk) -> None:
    desk.eligibility.answer = Eligible("mug", "Teal Mug", Refused((), (gate("subscriber"),)), True, 600_000_000)
    ann = stage.discord.add_member("ann")
    async with on_board(stage, desk) as platform:
        said = await stage.discord.slash(ann, "can", {"drop": "mug"}).wait()
        posted = card(Wording(), NewsKind.ANNOUNCED, about(WITH_EARLY), NOW)
        message_id = await platform.board.post(DISCORD_ANNOUNCEMENTS, posted, nonce="n1")
        again = await stage.discord.press(ann, message_id, label="Can I?").wait()
    assert said.ephemeral
    assert again.ephemeral
    shown = [each.embeds[0]["description"].splitlines() for each in (said, again)]
    assert shown == [["You can claim Teal Mug 10 min after it opens.", "Cheapest way in: a subscription."]] * 2
    assert desk.eligibility.asked == [("ann", "mug")] * 2


@pytest.mark.parametrize(("trouble", "said"), [(TryAgain, "could not take that"), (TooFast, "too fast")])
async def test_trouble_with_the_question_is_said(
    stage: Stage, desk: Desk, trouble: type[TryAgain | TooFast], said: str
) -> None:
    desk.eligibility.trouble = trouble
    ann = stage.discord.add_member("ann")
    async with on_board(stage, desk):
        assert said in (await stage.discord.slash(ann, "can").wait()).text


async def test_what_has_nothing_to_do_with_them_is_said_as_to_a_claim(stage: Stage, desk: Desk) -> None:
    desk.eligibility.answer = refused(ClaimRefusal.SOLD_OUT)
    ann = stage.discord.add_member("ann")
    async with on_board(stage, desk):
        assert "sold out" in (await stage.discord.slash(ann, "can").wait()).text
