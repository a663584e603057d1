"""Codes that link accounts: who gets one, how it is used up, and who is not heard any more."""

from __future__ import annotations

import pytest

from bot.domain.answers import TryAgain
from bot.domain.linking import (
    CODE_VALID_FOR,
    WRONG_CODES_COUNT_FOR,
    WRONG_CODES_MAX,
    YES_WITHIN,
    LinkAsked,
    LinkMade,
    LinkRefusal,
    LinkRefused,
    UnlinkAsked,
    Unlinked,
    UnlinkMe,
    UnlinkRefused,
    read_link_code,
)
from bot.domain.people import Actor
from bot.domain.time import MINUTE, SECOND
from bot.services.claims import TooFast
from bot.services.confirming import Confirmations
from bot.services.link_codes import LinkCodes
from bot.services.linking import Linking, Redeemed
from bot.services.overhearing import Overhearing
from bot.storage.database import Reads
from bot.storage.links import LinkSeen
from tests.conftest import CHANNEL, FixedClock, viewer

ANN, ANN_THERE = viewer("ann"), Actor("discord", "1001", "Ann B.")
BOB, BOB_THERE = viewer("bob"), Actor("discord", "1002", "Bob")


class BrokenLane:
    """A ledger that takes nothing while it is down."""

    def __init__(self, lane) -> None:
        self._lane = lane
        self.down = False

    async def submit(self, command):
        if self.down:
            raise TryAgain("planned")
        return await self._lane.submit(command)


class Desk:
    """The service as the cogs use it, with a number for each message."""

    def __init__(self, lane, reads: Reads, steady: FixedClock) -> None:
        self.lane, self.steady = BrokenLane(lane), steady
        self.confirming = Confirmations(self.lane, steady)
        codes = LinkCodes(steady)
        self.linking = Linking(self.lane, reads, CHANNEL, self.confirming, codes, steady, possible=True)
        self.overhearing = Overhearing()
        self.overhearing.listen(self.linking.overhear)
        self._message = 0

    def request(self) -> str:
        self._message += 1
        return f"request:{self._message}"

    async def code(self, actor: Actor = ANN_THERE) -> str:
        self.steady.at += MINUTE  # nobody is too fast
        shown = await self.linking.show(actor)
        assert isinstance(shown, str)
        return shown

    def type(self, text: str, actor: Actor = ANN):
        return self.linking.redeem(actor, self.request(), text)

    async def why_not(self, text: str, actor: Actor = ANN) -> LinkRefusal:
        redeemed = await self.type(text, actor)
        assert redeemed is not None
        assert isinstance(redeemed.decision, LinkRefused)
        return redeemed.decision.because

    async def yes(self, actor: Actor = ANN):
        answer = await self.confirming.confirm(actor, self.request())
        return None if answer is None else answer.decision


@pytest.fixture
async def desk(lane, new_ledger):
    reads = Reads(new_ledger)
    yield Desk(lane, reads, FixedClock())
    await reads.close()


async def test_a_code_and_a_yes_make_two_accounts_one_person(desk):
    code = await desk.code()
    assert await desk.type(code.lower()) == Redeemed(LinkAsked(), ANN_THERE)
    assert isinstance(await desk.yes(), LinkMade)
    desk.steady.at += MINUTE
    shown = await desk.linking.show(ANN_THERE)
    assert isinstance(shown, LinkSeen)
    assert shown.accounts == {"twitch": ANN, "discord": ANN_THERE}


async def test_the_first_who_types_a_code_uses_it_up_whatever_comes_after(desk):
    code = await desk.code()
    assert (await desk.type(code, BOB)).decision == LinkAsked()
    assert await desk.why_not(code) is LinkRefusal.UNKNOWN_CODE
    # Without a yes nothing has happened, and the code does not come back.
    desk.steady.at += YES_WITHIN
    assert await desk.yes(BOB) is None
    assert await desk.why_not(code, BOB) is LinkRefusal.UNKNOWN_CODE


async def test_a_yes_is_that_of_whoever_was_asked(desk):
    await desk.type(await desk.code(), ANN)
    assert await desk.yes(BOB) is None
    assert isinstance(await desk.yes(ANN), LinkMade)


async def test_a_code_is_good_for_ten_minutes_to_the_microsecond(desk):
    code = await desk.code()
    desk.steady.at += CODE_VALID_FOR - 1
    assert (await desk.type(code)).decision == LinkAsked()
    code = await desk.code()
    desk.steady.at += CODE_VALID_FOR
    assert await desk.why_not(code) is LinkRefusal.UNKNOWN_CODE


async def test_only_the_newest_code_of_an_account_is_good(desk):
    older, others, newest = await desk.code(), await desk.code(BOB_THERE), await desk.code()
    assert await desk.why_not(older) is LinkRefusal.UNKNOWN_CODE
    assert (await desk.type(newest)).account == ANN_THERE
    assert (await desk.type(others, BOB)).account == BOB_THERE


@pytest.mark.parametrize(
    ("text", "command"),
    [
        ("{code}", ""),
        ("hey all, my code is {code}, cool", ""),
        ("{code}", "claim"),
        ("!md drop {code}", "drop"),
        ("x" * 400 + " {code}", ""),
    ],
)
async def test_a_code_that_was_said_in_any_other_way_is_void(desk, text, command):
    code, others = await desk.code(), await desk.code(BOB_THERE)
    spelled = " ".join(code.lower())
    desk.overhearing.hear(ANN, text.format(code=spelled), command)
    # A stranger who has read it gets nothing, and neither does its owner.
    for actor in (BOB, ANN):
        assert await desk.why_not(code, actor) is LinkRefusal.UNKNOWN_CODE
    assert (await desk.type(others, BOB)).decision == LinkAsked()


async def test_behind_its_command_a_code_is_heard_and_stays_good(desk):
    code = await desk.code()
    desk.overhearing.hear(ANN, f"!link {code}", "link")
    assert (await desk.type(code)).decision == LinkAsked()


@pytest.mark.parametrize(
    ("text", "because"),
    [
        ("", LinkRefusal.NEEDS_CODE),
        ("  ", LinkRefusal.NEEDS_CODE),
        ("hello there", LinkRefusal.MALFORMED_CODE),
        ("@ann", LinkRefusal.MALFORMED_CODE),
        ("K7M2Q", LinkRefusal.MALFORMED_CODE),
        ("K7M2QX7", LinkRefusal.MALFORMED_CODE),
        ("my code is {code}", LinkRefusal.MALFORMED_CODE),
        ("x" * 5_000, LinkRefusal.MALFORMED_CODE),
        ("AAAAAA", LinkRefusal.UNKNOWN_CODE),
    ],
)
async def test_every_bad_code_has_its_reason_and_changes_nothing(desk, text, because):
    code = await desk.code()
    assert await desk.why_not(text.format(code=code)) is because
    assert await desk.yes() is None
    # Said in a sentence it is no secret any more.
    shown = code in text.format(code=code)
    again = await desk.type(code, BOB)
    assert (again.decision == LinkAsked()) is not shown


async def test_after_five_wrong_codes_in_an_hour_nobody_is_heard_and_that_is_said_once(desk):
    for _ in range(WRONG_CODES_MAX):
        assert await desk.why_not("AAAAAA") is LinkRefusal.UNKNOWN_CODE
        desk.steady.at += MINUTE
    code = await desk.code()
    redeemed = await desk.type(code)
    waits = WRONG_CODES_COUNT_FOR - (WRONG_CODES_MAX + 1) * MINUTE
    assert redeemed.decision == LinkRefused(LinkRefusal.TOO_MANY_TRIES, waits)
    assert await desk.type(code) is None
    # What they have typed stood in chat.
    assert await desk.why_not(code, BOB) is LinkRefusal.UNKNOWN_CODE
    desk.steady.at += waits
    assert (await desk.type(await desk.code())).decision == LinkAsked()


async def test_who_goes_on_guessing_is_told_anew_each_time(desk):
    for _ in range(WRONG_CODES_MAX):
        await desk.type("AAAAAA")
        desk.steady.at += 10 * MINUTE
    assert await desk.why_not("AAAAAA") is LinkRefusal.TOO_MANY_TRIES
    assert await desk.type("AAAAAA") is None
    # The first of the five is an hour ago, the others are not.
    desk.steady.at += 10 * MINUTE
    assert await desk.why_not("AAAAAA") is LinkRefusal.UNKNOWN_CODE
    redeemed = await desk.type("AAAAAA")
    assert redeemed.decision == LinkRefused(LinkRefusal.TOO_MANY_TRIES, 10 * MINUTE)
    assert await desk.type("AAAAAA") is None


async def test_whoever_asks_for_codes_all_the_time_is_too_fast(desk):
    desk.steady.at += MINUTE
    for _ in range(3):
        await desk.linking.show(ANN_THERE)
    with pytest.raises(TooFast):
        await desk.linking.show(ANN_THERE)
    await desk.linking.show(BOB_THERE)
    desk.steady.at += 20 * SECOND
    await desk.linking.show(ANN_THERE)


async def test_a_ledger_that_is_busy_uses_the_code_up_and_says_so(desk):
    code = await desk.code()
    desk.lane.down = True
    assert await desk.why_not(code) is LinkRefusal.LEDGER_BUSY
    desk.lane.down = False
    assert await desk.why_not(code) is LinkRefusal.UNKNOWN_CODE


async def test_whoever_is_linked_already_is_told_before_a_yes(desk):
    # Each code was shown before its account was linked.
    mine, bobs = await desk.code(), await desk.code(BOB_THERE)
    await desk.type(mine)
    await desk.yes()
    assert await desk.why_not(bobs, ANN) is LinkRefusal.ALREADY_LINKED_TO_OTHER
    assert await desk.yes() is None


async def test_a_link_ends_after_a_yes_on_either_platform(desk):
    for actor in (ANN, ANN_THERE):
        await desk.type(await desk.code())
        await desk.yes()
        asked = await desk.linking.ask_to_part(actor, desk.request())
        assert isinstance(asked.decision, UnlinkAsked)
        assert isinstance(await desk.yes(actor), Unlinked)
        asked = await desk.linking.ask_to_part(actor, desk.request())
        assert isinstance(asked.decision, UnlinkRefused)
        assert await desk.yes(actor) is None


async def test_the_button_ends_a_link_and_says_yes_to_nothing_else(desk):
    await desk.type(await desk.code())
    assert await desk.confirming.confirm(ANN, desk.request(), only=UnlinkMe) is None
    assert isinstance(await desk.yes(), LinkMade)


def test_two_accounts_never_get_the_same_code():
    chances = iter([b"\x00" * 4, b"\x00" * 4, b"\x01" * 4])
    codes = LinkCodes(FixedClock(), lambda count: next(chances))
    first, second = codes.issue(ANN_THERE), codes.issue(BOB_THERE)
    assert first != second
    assert [read_link_code(code) for code in (first, second)] == [first, second]
    assert (codes.take(first), codes.take(second)) == (ANN_THERE, BOB_THERE)
