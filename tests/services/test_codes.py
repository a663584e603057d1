"""Claim codes as people meet them: made, typed, mistyped, guessed, posted for all to read; and after a restart."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from itertools import count as counting
from pathlib import Path

import pytest

from bot.domain.answers import TryAgain
from bot.domain.claims import ClaimGranted, ClaimRefusal, ClaimRefused
from bot.domain.code_sets import CodesIssued, CodesRefused, IssueRefusal
from bot.domain.codes import TRIES_COUNT_FOR, WRONG_TRIES_MAX, CodeRefusal, Issue, make_code
from bot.domain.people import BOT, Actor
from bot.domain.planning import ApplyPlans
from bot.domain.stream import Wake
from bot.domain.time import HOUR, MINUTE, SECOND
from bot.services.claims import BURST_MAX, Claims, TooFast
from bot.services.codes import Codes
from bot.services.overhearing import Overhearing
from bot.services.spilled_codes import SpilledCodes
from bot.storage.code_key import CodeKey
from bot.storage.database import Reads
from bot.storage.lane import Lane
from bot.wording.catalogue import Wording
from tests.conftest import CHANNEL, MIA, NOON, FixedClock, plan, running_lane, viewer
from tests.services.fakes import until
from tests.storage.evenings import faults, rows

BEGINS = NOON - 10 * MINUTE
EARLY = {"early": "code:EARLY", "early_for": 10 * MINUTE, "early_units": 5}
ANN_THERE = viewer("ann", "discord")


@dataclass
class Chat:
    """What the bot says in chat."""

    said: list[str] = field(default_factory=list)

    def say_now(self, text: str) -> None:
        self.said.append(text)


@dataclass
class Evening:
    """A channel whose mug is open early to whoever has a code; chat and Discord in front of the real ledger."""

    lane: Lane
    clock: FixedClock
    codes: Codes
    claims: Claims
    heard: Overhearing
    chat: Chat = field(default_factory=Chat)
    requests: Iterator[int] = field(default_factory=counting)

    def request(self, platform: str) -> str:
        return f"{platform}:{self.clock.at}-{next(self.requests)}"

    async def make(self, *, count: int = 1, code_set: str = "EARLY", actor: Actor = MIA, **more) -> list[str]:
        made = await self.codes.make(actor, self.request("discord"), code_set, count, **more)
        assert isinstance(made.decision, CodesIssued), made.decision
        return [each.code or "" for each in made.codes]

    async def says(self, name: str, line: str) -> object:
        """A line in chat: heard by whoever overhears, then claimed with if it is a claim."""
        actor, claims = viewer(name), line.startswith("!claim")
        self.heard.hear(actor, line, "claim" if claims else "link" if line.startswith("!link") else "")
        await self.settled()
        return await self.claim(actor, line.removeprefix("!claim").strip()) if claims else None

    async def claim(self, actor: Actor, text: str) -> object:
        self.clock.at += 3 * SECOND
        return (await self.claims.claim(actor, self.request(actor.platform), text)).decision

    async def settled(self) -> None:
        """Wait until every code that was shown is void."""
        await until(self.codes.spilled.empty)
        # A command behind it in the queue is answered when it has been.
        await self.lane.submit(Wake(CHANNEL))
        for _ in range(3):
            await asyncio.sleep(0)


@asynccontextmanager
async def evening(url, clock: FixedClock, folder: Path) -> AsyncIterator[Evening]:
    reads = Reads(url)
    async with running_lane(url, clock) as lane:
        if clock.at < BEGINS:
            await lane.submit(ApplyPlans(CHANNEL, "config:1", BOT, (plan(**EARLY, supply=48),)))
            clock.at = BEGINS
            await lane.submit(Wake(CHANNEL))
        codes = Codes(lane, reads, CHANNEL, CodeKey(folder / "code-key.json"), clock, clock)
        await codes.load()
        heard, chat = Overhearing(), Chat()
        heard.listen(codes.hear)
        voiding = asyncio.create_task(SpilledCodes(codes, chat, Wording()).run())
        try:
            yield Evening(lane, clock, codes, Claims(lane, CHANNEL, clock, codes=codes), heard, chat)
        finally:
            voiding.cancel()
            with suppress(asyncio.CancelledError):
                await voiding
            await reads.close()


@pytest.fixture
async def night(new_ledger, clock, tmp_path) -> AsyncIterator[Evening]:
    async with evening(new_ledger, clock, tmp_path) as running:
        yield running


def why(decision: object) -> object:
    assert isinstance(decision, ClaimRefused), decision
    return decision.code_because or decision.because


async def test_a_code_in_hand_opens_the_early_window(night):
    first, second = await night.make(count=2)
    assert first != second
    assert isinstance(await night.says("ann", f"!claim {first}"), ClaimGranted)
    assert isinstance(await night.says("ben", f"!claim mug {second.lower()}"), ClaimGranted)
    assert why(await night.says("cy", "!claim mug")) is ClaimRefusal.NOT_ENTITLED
    assert night.chat.said == []


@pytest.mark.parametrize(
    "line",
    ["!claim mug {} please", "!claim {} mug", "!claim «{}»", "!claim x{}", "!claim mug {}!", "!claim {0} {0}"],
)
async def test_however_a_claim_is_typed_the_code_in_it_is_redeemed_by_its_sender(night, line):
    (code,) = await night.make()
    await night.says("ann", line.format(code))
    assert why(await night.says("ben", f"!claim {code}")) is CodeRefusal.USED
    assert isinstance(await night.claim(viewer("ann"), "mug"), ClaimGranted | ClaimRefused)
    assert night.chat.said == []


async def test_it_works_as_well_on_discord(night):
    (code,) = await night.make()
    assert isinstance(await night.claim(ANN_THERE, code), ClaimGranted)


async def test_a_members_own_code_is_shown_to_them_alone_and_works_for_them_alone(night):
    await night.make(audience="discord:id-ann")
    (shown,) = await night.codes.of_member(ANN_THERE)
    assert await night.codes.of_member(viewer("ben", "discord")) == ()
    assert why(await night.claim(viewer("ben", "discord"), shown.code)) is CodeRefusal.NOT_YOURS
    assert isinstance(await night.claim(ANN_THERE, shown.code), ClaimGranted)
    assert await night.codes.of_member(ANN_THERE) == ()


async def test_the_same_request_shows_the_same_codes_again(night):
    made = [await night.codes.make(MIA, "discord:1", "early", 3) for _ in range(2)]
    assert made[0] == made[1]
    assert len({each.code for each in made[0].codes}) == 3
    other = await night.codes.make(MIA, "discord:2", "EARLY", 1)
    assert other.codes[0].code not in {each.code for each in made[0].codes}


@pytest.mark.parametrize(
    ("changes", "because"),
    [
        ({"actor": viewer("ann"), "code_set": "no good"}, IssueRefusal.NOT_ALLOWED),
        ({"code_set": "no good"}, IssueRefusal.BAD_SET),
        ({"code_set": ""}, IssueRefusal.BAD_SET),
        ({"code_set": "a|b"}, IssueRefusal.BAD_SET),
        ({"code_set": "é"}, IssueRefusal.BAD_SET),
        ({"count": 0}, IssueRefusal.BAD_COUNT),
        ({"count": -5}, IssueRefusal.BAD_COUNT),
        ({"count": 10**9}, IssueRefusal.BAD_COUNT),
        ({"valid_for": "soon"}, IssueRefusal.BAD_EXPIRY),
        ({"valid_for": "0d"}, IssueRefusal.BAD_EXPIRY),
        ({"valid_for": "367d"}, IssueRefusal.BAD_EXPIRY),
    ],
)
async def test_a_wish_that_cannot_be_met_is_refused_and_changes_nothing(new_ledger, night, changes, because):
    wish = {"actor": MIA, "request_id": "discord:1", "code_set": "EARLY", "count": 1, **changes}
    assert (await night.codes.make(**wish)).decision == CodesRefused(because)
    assert rows(new_ledger, "SELECT * FROM claim_code") == []
    assert rows(new_ledger, "SELECT * FROM entry WHERE kind LIKE 'code.%'") == []


async def test_a_code_ends_when_it_was_said_to(night):
    first, second = await night.make(count=2, valid_for="2m")
    made_at = night.clock.at
    night.clock.at = made_at + 2 * MINUTE - 3 * SECOND - 1
    assert isinstance(await night.claim(viewer("ann"), first), ClaimGranted)
    night.clock.at = made_at + 2 * MINUTE - 3 * SECOND
    assert why(await night.claim(viewer("ben"), second)) is CodeRefusal.EXPIRED


# -- posted where all can read ---------------------------------------------------------------------------------

POSTED = [
    "{}",
    "my code is {} thanks",
    "!link {}",
    "{lower}",
    "{spaced}",
    "1{}1",
    "{cyrillic}",
    "{wide}",
    "{hidden}",
]


def written(line: str, code: str) -> str:
    symbols = code.replace("-", "")
    drawn = str.maketrans("ABCEHKMPTXY", "АВСЕНКМРТХУ")
    return line.format(
        code,
        lower=code.lower(),
        spaced=" ".join(symbols),
        cyrillic=code.translate(drawn),
        wide="".join(chr(ord(letter) + 0xFEE0) for letter in symbols),
        hidden="\u200b".join(symbols),
    )


@pytest.mark.parametrize("line", POSTED)
async def test_a_code_that_is_posted_is_void_for_everybody_and_another_takes_its_place(night, line):
    (code,) = await night.make()
    await night.says("ann", written(line, code))
    await until(lambda: night.chat.said)
    (said,) = night.chat.said
    assert said.startswith("@ann that code is void")
    assert code not in said
    for name in ("ann", "ben"):
        assert why(await night.says(name, f"!claim {code}")) is CodeRefusal.BURNED


async def test_a_members_posted_code_is_replaced_by_one_that_they_alone_see(night):
    await night.make(audience="discord:id-ann")
    (before,) = await night.codes.of_member(ANN_THERE)
    await night.says("ann", f"what is {before.code} for?")
    await until(lambda: night.chat.said)
    assert "/code" in night.chat.said[0]
    (after,) = await night.codes.of_member(ANN_THERE)
    assert after.code != before.code
    assert isinstance(await night.claim(ANN_THERE, after.code), ClaimGranted)
    # Posted again, the newer one is void as well: it was heard of without being read from the ledger.
    assert [issue.reissue for issue in (before.kept.issue, after.kept.issue)] == [0, 1]


async def test_what_is_posted_twice_is_burned_once_also_when_it_is_the_replacement(night, new_ledger):
    await night.make(audience="discord:id-ann")
    for _ in range(3):
        (shown,) = await night.codes.of_member(ANN_THERE)
        await night.says("ann", f"{shown.code} {shown.code}")
        await night.says("ben", f"{shown.code}")
    assert rows(new_ledger, "SELECT number, reissue, burned_at IS NULL FROM claim_code ORDER BY reissue") == [
        (1, 0, 0),
        (1, 1, 0),
        (1, 2, 0),
        (1, 3, 1),
    ]
    assert len(night.chat.said) == 3
    assert faults(new_ledger) == []


async def test_a_used_code_may_be_shown_to_anybody(night):
    (code,) = await night.make()
    await night.says("ann", f"!claim {code}")
    await night.says("ann", f"I claimed with {code}")
    assert night.chat.said == []


async def test_of_two_codes_in_one_claim_the_second_is_void(night):
    first, second = await night.make(count=2)
    assert isinstance(await night.says("ann", f"!claim {first} {second}"), ClaimGranted | ClaimRefused)
    await until(lambda: night.chat.said)
    assert why(await night.says("ben", f"!claim {second}")) is CodeRefusal.BURNED


@pytest.mark.parametrize("line", ["!claim x{} {}", "!claim {} {}", "!claim mug {} x{}"])
async def test_of_two_codes_in_one_claim_none_is_left_for_somebody_else(night, line):
    codes = await night.make(count=2)
    await night.says("ann", line.format(*codes))
    await until(lambda: night.chat.said)
    after = [why(await night.says("ben", f"!claim {code}")) for code in codes]
    assert sorted(after) == [CodeRefusal.BURNED, CodeRefusal.USED]


async def test_a_code_behind_what_is_read_of_a_claim_is_void(night):
    (code,) = await night.make()
    await night.says("ann", f"!claim mug {'please ' * 50}{code}")
    await until(lambda: night.chat.said)
    assert why(await night.says("ben", f"!claim {code}")) is CodeRefusal.BURNED


async def test_a_code_in_a_claim_that_nobody_decides_is_void(night):
    (code,) = await night.make()
    for _ in range(BURST_MAX):
        await night.claims.claim(viewer("ann"), f"twitch:rush-{_}", "mug")
    with pytest.raises(TooFast):
        await night.claims.claim(viewer("ann"), "twitch:rush", code)
    await until(lambda: night.chat.said)
    assert why(await night.claim(viewer("ben"), code)) is CodeRefusal.BURNED


async def test_a_code_is_void_also_when_the_ledger_is_busy_at_first(night):
    (code,) = await night.make()
    submit, refused = night.lane.submit, []

    async def busy(command):
        if not refused:
            refused.append(command)
            raise TryAgain
        return await submit(command)

    night.lane.submit = busy
    night.heard.hear(viewer("ann"), code, "")
    await until(lambda: night.chat.said)
    assert why(await night.claim(viewer("ben"), code)) is CodeRefusal.BURNED


# -- wrong ones ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("text", ["DSMW-X2R0-W3GY", "mug DSMW-X2R0-W3GY-YZK77"])
async def test_a_code_that_lost_a_piece_is_told_so(night, text):
    await night.make()
    assert why(await night.claim(viewer("ann"), text)) is CodeRefusal.MALFORMED


async def test_a_drop_whose_name_looks_like_a_code_is_claimed_by_its_name(night):
    await night.make()
    named = plan("red-cap", title="The Red Parrot Caps", announce_at=BEGINS, opens_at=NOON + HOUR)
    await night.lane.submit(ApplyPlans(CHANNEL, "config:2", BOT, (plan(**EARLY), named)))
    refused = await night.claim(viewer("ann"), "the red parrot caps")
    assert (refused.because, refused.drop) == (ClaimRefusal.NOT_OPEN_YET, "red-cap")


async def test_a_channel_without_codes_looks_for_none(night):
    assert why(await night.claim(viewer("ann"), "DSMW-X2R0-W3GY-YZK7")) is ClaimRefusal.UNKNOWN_DROP


async def test_whoever_guesses_is_not_heard_for_an_hour_and_is_told_once(night):
    (code,) = await night.make()
    wrong = [make_code(bytes([n]) * 32, Issue("EARLY", 1)) for n in range(WRONG_TRIES_MAX)]
    began = night.clock.at + 3 * SECOND
    for each in wrong:
        assert why(await night.says("ann", f"!claim {each}")) is CodeRefusal.UNKNOWN
    locked = await night.says("ann", f"!claim {wrong[0]}")
    assert (why(locked), locked.retry_at) == (CodeRefusal.LOCKED, began + TRIES_COUNT_FOR)
    with pytest.raises(TooFast):
        await night.says("ann", f"!claim {wrong[0]}")
    # On Discord every press is answered; and it is the account that is locked.
    assert why(await night.claim(ANN_THERE, wrong[0])) is CodeRefusal.UNKNOWN
    # Without a code they are heard as ever.
    assert why(await night.claim(viewer("ann"), "mug")) is ClaimRefusal.NOT_ENTITLED
    assert isinstance(await night.claim(viewer("ben"), code), ClaimGranted)
    night.clock.at = began + TRIES_COUNT_FOR
    assert why(await night.claim(viewer("ann"), wrong[0])) is CodeRefusal.UNKNOWN


async def test_a_good_code_that_somebody_locked_out_shows_in_chat_is_void(night):
    (code,) = await night.make()
    for n in range(WRONG_TRIES_MAX):
        await night.says("ann", f"!claim {make_code(bytes([n]) * 32, Issue('EARLY', 1))}")
    assert why(await night.says("ann", f"!claim {code}")) is CodeRefusal.LOCKED
    await until(lambda: night.chat.said)
    assert why(await night.claim(viewer("ben"), code)) is CodeRefusal.BURNED


# -- restarts --------------------------------------------------------------------------------------------------


async def test_everything_about_codes_survives_a_restart(new_ledger, clock, tmp_path):
    async with evening(new_ledger, clock, tmp_path) as night:
        first, second, third = await night.make(count=3)
        await night.make(audience="discord:id-ann")
        own = await night.codes.of_member(ANN_THERE)
        await night.says("ann", f"!claim {first}")
        await night.says("ann", f"oh {second}")
        await until(lambda: night.chat.said)
    async with evening(new_ledger, clock, tmp_path) as night:
        assert await night.codes.of_member(ANN_THERE) == own
        assert why(await night.says("ben", f"!claim {first}")) is CodeRefusal.USED
        assert why(await night.says("ben", f"!claim {second}")) is CodeRefusal.BURNED
        await night.says("ben", f"so is this one: {third}?")
        await until(lambda: night.chat.said)
        assert why(await night.says("ben", f"!claim {third}")) is CodeRefusal.BURNED
        assert len(await night.make()) == 1
    assert faults(new_ledger) == []


async def test_codes_that_are_out_work_without_the_key_but_cannot_be_shown(new_ledger, clock, tmp_path):
    async with evening(new_ledger, clock, tmp_path) as night:
        (code,) = await night.make()
        await night.make(audience="discord:id-ann")
    (tmp_path / "code-key.json").unlink()
    async with evening(new_ledger, clock, tmp_path) as night:
        assert [each.code for each in await night.codes.of_member(ANN_THERE)] == [None]
        assert isinstance(await night.claim(viewer("ann"), code), ClaimGranted)
        assert len(await night.make()) == 1
