"""Proofs out of a real ledger, each checked as a stranger checks it, and what is said where there is none."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

import pytest

from bot.domain.claims import ClaimDrop, ClaimGranted
from bot.domain.control import DropSteered, SteerDrop, Verb
from bot.domain.people import BOT
from bot.domain.planning import ApplyPlans
from bot.domain.privacy import EraseMe, PersonErased
from bot.domain.proof import check_proof
from bot.domain.proofs import ProofAnswer, ProofFound, ProofPending, ProofPlaces, ProofRefusal, ProofUnknown, SeenAt
from bot.domain.stream import Wake
from bot.domain.time import DAY, HOUR, MINUTE, SECOND
from bot.domain.transparency import TILE_LEAVES
from bot.domain.voiding import VoidUnit
from bot.services.claims import BURST_MAX, TooFast
from bot.services.proofs import Proofs
from bot.storage.database import Reads, write_engine
from bot.storage.lane import Lane
from bot.storage.signing import verify_signature
from tests.conftest import CHANNEL, KEYS, MIA, NOON, FixedClock, plan, running_lane, viewer


@dataclass
class Evening:
    """A lane, and proofs read from the same ledger."""

    lane: Lane
    clock: FixedClock
    proofs: Proofs
    asked: int = 0

    async def apply(self, *plans) -> None:
        await self.lane.submit(ApplyPlans(CHANNEL, f"config:{self.clock.at}", BOT, plans))

    async def claim(self, *names: str, drop: str = "") -> list[int]:
        """Their numbers, in order."""
        commands = (ClaimDrop(CHANNEL, f"twitch:{name}:{drop}", viewer(name), drop) for name in names)
        answers = await asyncio.gather(*(self.lane.submit(command) for command in commands))
        assert all(isinstance(answer.decision, ClaimGranted) for answer in answers)
        return [answer.decision.number for answer in answers]

    async def steer(self, verb: Verb, **more) -> DropSteered:
        self.asked += 1
        answer = await self.lane.submit(SteerDrop(CHANNEL, f"twitch:s{self.asked}", MIA, verb, **more))
        assert isinstance(answer.decision, DropSteered)
        return answer.decision

    async def at(self, moment: int) -> None:
        self.clock.at = moment
        await self.lane.submit(Wake(CHANNEL))

    async def prove(self, number: int, drop: str = "") -> ProofAnswer:
        self.asked += 1
        return await self.proofs.prove(viewer(f"asker{self.asked}"), number, drop)

    async def proved(self, number: int, drop: str = "") -> ProofFound:
        """The proof, which must hold and be of this unit."""
        found = await self.prove(number, drop)
        assert isinstance(found, ProofFound), found
        report = check_proof(found.text, verify_signature)
        assert (report.entry.drop, report.number) == (found.drop, number)
        assert (report.entry.number, report.entry.leaf.hex(), report.entry.at) == (
            found.entry,
            found.leaf,
            found.at,
        )
        assert (report.checkpoint.size, report.checkpoint.fingerprint) == (found.size, found.fingerprint)
        return found

    async def refused(self, number: int, drop: str = "") -> ProofRefusal:
        answer = await self.prove(number, drop)
        assert isinstance(answer, ProofUnknown), answer
        return answer.because


@asynccontextmanager
async def evening(url, clock: FixedClock, **options) -> AsyncIterator[Evening]:
    reads = Reads(url)
    try:
        async with running_lane(url, clock, **options) as lane:
            yield Evening(lane, clock, Proofs(reads, CHANNEL, clock, ProofPlaces()))
    finally:
        await reads.close()


@pytest.fixture
async def tonight(new_ledger, clock) -> AsyncIterator[Evening]:
    """A Teal Mug of three that has just opened."""
    async with evening(new_ledger, clock) as begun:
        await begun.apply(plan(supply=3))
        await begun.at(NOON)
        yield begun


def spoil(url, statement: str) -> None:
    """Change the ledger behind everybody's back."""
    engine = write_engine(url)
    with engine.begin() as connection:
        assert connection.exec_driver_sql(statement).rowcount == 1
    engine.dispose()


async def test_before_a_checkpoint_covers_it_the_entry_and_its_leaf_are_known_already(tonight):
    await tonight.claim("ann")
    pending = await tonight.prove(1)
    assert isinstance(pending, ProofPending)
    assert (pending.drop, pending.title, pending.number, pending.over) == ("mug", "Teal Mug", 1, False)
    await tonight.at(NOON + 15 * MINUTE)
    found = await tonight.proved(1)
    assert (found.entry, found.leaf, found.at) == (pending.entry, pending.leaf, pending.at)
    assert (found.seen, found.signed_at) == (SeenAt.CLOSE, NOON + 15 * MINUTE)


async def test_a_drop_that_sold_out_is_proved_at_once_also_its_last_unit(tonight):
    await tonight.claim("ann", "bob", "cy")
    found = [await tonight.proved(number) for number in (1, 2, 3)]
    assert {each.seen for each in found} == {SeenAt.SOLD_OUT}
    assert found[2].size == found[2].entry
    await tonight.at(NOON + 15 * MINUTE)
    # What it was proved against first stays what it is proved against.
    assert await tonight.proved(3) == found[2]


async def test_a_unit_given_after_the_close_waits_for_the_next_drop(tonight):
    await tonight.at(NOON + 15 * MINUTE)
    await tonight.steer(Verb.GIVE, drop="mug", receiver=viewer("bob"), why="mistyped")
    pending = await tonight.prove(1)
    assert isinstance(pending, ProofPending)
    assert pending.over
    await tonight.apply(plan("cap", opens_at=NOON + HOUR, announce_at=NOON + 16 * MINUTE))
    await tonight.at(NOON + 16 * MINUTE)
    assert (await tonight.proved(1)).seen is SeenAt.OTHERWISE


async def test_a_unit_that_was_taken_back_is_nobodys_until_it_is_given_anew(tonight):
    await tonight.steer(Verb.GIVE, drop="mug", receiver=viewer("bob"), why="mistyped")
    first = await tonight.prove(1)
    await tonight.steer(Verb.UNDO)
    assert await tonight.refused(1) is ProofRefusal.TAKEN_BACK
    assert await tonight.claim("ann") == [1]
    await tonight.at(NOON + 15 * MINUTE)
    again = await tonight.proved(1)
    assert isinstance(first, ProofPending)
    assert again.entry > first.entry


async def test_a_unit_that_was_taken_back_for_good_is_nobodys_and_no_repairs_doing(tonight):
    assert await tonight.claim("ann") == [1]
    await tonight.lane.submit(VoidUnit(CHANNEL, "discord:void", MIA, "mug", 1, confirmed=True))
    assert await tonight.refused(1) is ProofRefusal.TAKEN_BACK


@pytest.mark.parametrize("number", [0, -1, 4, 49, 10**9])
async def test_a_number_that_the_drop_does_not_have_is_not_one(tonight, number):
    await tonight.claim("ann")
    answer = await tonight.prove(number)
    assert answer == ProofUnknown(ProofRefusal.NO_SUCH_NUMBER, "mug", "Teal Mug", number, 3)


async def test_a_unit_that_nobody_has_got_or_that_a_repair_has_written_off_is_said_so(tonight, new_ledger):
    await tonight.claim("ann")
    assert await tonight.refused(2) is ProofRefusal.NOT_GIVEN
    spoil(new_ledger, "INSERT INTO lost_unit VALUES (1, 'mug', 1, 2, 0, 1)")
    assert await tonight.refused(2) is ProofRefusal.LOST


async def test_a_drop_that_nobody_was_told_of_is_unknown_though_a_unit_of_it_is_out(tonight):
    await tonight.apply(plan(supply=3), plan("secret", announce_at=NOON + DAY, opens_at=NOON + 2 * DAY))
    await tonight.claim("ann")
    assert await tonight.refused(1, "secret") is ProofRefusal.UNKNOWN_DROP
    assert await tonight.prove(1, "secret") == await tonight.prove(1, "no such drop")


async def test_without_a_name_the_drop_that_closed_last_is_meant(tonight):
    await tonight.apply(plan(supply=3), plan("cap", supply=2, opens_at=NOON + HOUR))
    await tonight.claim("ann")
    await tonight.at(NOON + 15 * MINUTE)
    assert (await tonight.proved(1)).drop == "mug"
    await tonight.at(NOON + HOUR)
    await tonight.claim("bob")
    await tonight.at(NOON + 2 * HOUR)
    assert (await tonight.proved(1)).drop == "cap"
    assert (await tonight.proved(1, "teal mug")).drop == "mug"


async def test_every_unit_of_a_long_log_is_proved_across_the_tiles(new_ledger, clock):
    supply = 2 * TILE_LEAVES + 40
    async with evening(new_ledger, clock) as tonight:
        await tonight.apply(plan(supply=supply))
        await tonight.at(NOON)
        await tonight.claim(*(f"v{number}" for number in range(supply)))
        sizes = {(await tonight.proved(number)).size for number in range(1, supply + 1)}
        assert sizes == {(await tonight.proved(supply)).entry}
        # The same units under a log that has grown meanwhile, and one under a later checkpoint.
        await tonight.at(NOON + 15 * MINUTE)
        await tonight.apply(plan(supply=supply), plan("cap", supply=TILE_LEAVES, opens_at=NOON + HOUR))
        await tonight.at(NOON + HOUR)
        await tonight.claim(*(f"v{number}" for number in range(TILE_LEAVES)), drop="cap")
        for number in (1, TILE_LEAVES // 2, TILE_LEAVES):
            assert (await tonight.proved(number, "cap")).size > sum(sizes)
        assert {(await tonight.proved(number, "mug")).size for number in (1, supply)} == sizes


async def test_where_the_log_ends_with_a_whole_tile_there_is_no_other_to_read(new_ledger, clock):
    async with evening(new_ledger, clock) as tonight:
        await tonight.apply(plan(supply=400))
        await tonight.at(NOON)
        (entry,) = {(await tonight.prove(n)).entry for n in await tonight.claim("first")}
        await tonight.claim(*(f"v{number}" for number in range(TILE_LEAVES - entry - 1)))
        await tonight.at(NOON + 15 * MINUTE)
        assert (await tonight.proved(1)).size == TILE_LEAVES


async def test_a_unit_is_proved_by_the_key_of_its_checkpoint_before_at_and_after_a_new_key(new_ledger, clock):
    async with evening(new_ledger, clock) as before:
        await before.apply(plan(supply=4))
        await before.at(NOON)
        await before.claim("ann")
        await before.at(NOON + 15 * MINUTE)
        await before.steer(Verb.GIVE, drop="mug", receiver=viewer("bob"), why="mistyped")
    async with evening(new_ledger, clock, keys=KEYS.with_key(bytes(range(1, 33)))) as after:
        await after.apply(plan(supply=4), plan("cap", supply=1, opens_at=NOON + HOUR))
        await after.at(NOON + HOUR)
        await after.claim("cy")
        found = [await after.proved(*unit) for unit in ((1, "mug"), (2, "mug"), (1, "cap"))]
    keys = [check_proof(each.text, verify_signature).key for each in found]
    assert keys[0] != keys[1] == keys[2]
    assert all(each.text.count("\nnote \u2014") == 1 for each in found)


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE entry SET canonical ="
        " CAST(REPLACE(CAST(canonical AS TEXT), '\"number\":1}', '\"number\":2}') AS BLOB)"
        " WHERE number = (SELECT entry_number FROM unit WHERE number = 1)",
        "UPDATE unit SET entry_number = (SELECT entry_number FROM unit WHERE number = 2) WHERE number = 1",
        "UPDATE entry SET leaf_hash = x'" + "00" * 32 + "' WHERE kind = 'drop.announced'",
        "UPDATE checkpoint SET note = REPLACE(note, 'teapot', 'teacup') WHERE size ="
        " (SELECT max(size) FROM checkpoint)",
        "UPDATE entry SET kind = 'drop.soon' WHERE kind = 'log.key'",
        "DELETE FROM entry WHERE kind = 'drop.announced'",
    ],
)
async def test_a_ledger_that_was_tampered_with_proves_nothing(tonight, new_ledger, statement):
    await tonight.claim("ann", "bob", "cy")
    await tonight.proved(1)
    spoil(new_ledger, statement)
    assert await tonight.refused(1) is ProofRefusal.UNSOUND


async def test_nothing_in_an_answer_tells_whose_the_unit_is(tonight, new_ledger):
    await tonight.claim("ann_the_holder", "bob", "cy")
    found = await tonight.proved(1)
    shown = repr(found)
    for private in ("ann_the_holder", "id-ann", "twitch:"):
        assert private not in shown
    assert await tonight.proofs.prove(viewer("ann_the_holder"), 1) == found


async def test_the_unit_of_somebody_who_was_forgotten_is_proved_as_before(tonight):
    await tonight.claim("ann", "bob", "cy")
    for moment in (15 * MINUTE, HOUR):
        await tonight.at(NOON + moment)
    before = await tonight.proved(1)
    answer = await tonight.lane.submit(EraseMe(CHANNEL, "twitch:forget", viewer("ann"), confirmed=True))
    assert isinstance(answer.decision, PersonErased)
    assert await tonight.proved(1) == before


async def test_whoever_asks_too_fast_is_told_so_and_others_are_not(tonight):
    await tonight.claim("ann", "bob", "cy")
    eager = viewer("eager")
    for _ in range(BURST_MAX):
        await tonight.proofs.prove(eager, 1)
    with pytest.raises(TooFast):
        await tonight.proofs.prove(eager, 1)
    await tonight.proved(1)
    tonight.clock.at += 2 * SECOND
    await tonight.proofs.prove(eager, 1)
