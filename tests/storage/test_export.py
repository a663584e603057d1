"""Bundles of real ledgers: they hold, tell what the ledger tells, and nothing about anybody."""

from __future__ import annotations

import re

import pytest

from bot.domain.bundle import BundleRefused, check_bundle
from bot.domain.control import SteerDrop, Verb
from bot.domain.drops import DropState
from bot.domain.people import BOT
from bot.domain.planning import ApplyPlans
from bot.domain.time import HOUR, MINUTE
from bot.domain.transparency import TILE_LEAVES, KeyChange
from bot.storage.database import Reads, snapshot_engine
from bot.storage.export import NotExported, read_bundle
from bot.storage.signing import KeyRing, verify_signature
from tests.conftest import CHANNEL, KEYS, MIA, NOON, plan, running_lane, viewer
from tests.damage import changed_bytes, changed_lengths, changed_lines
from tests.storage.deciding import deciding_ledger
from tests.storage.evenings import change, claim, open_mug, rows


def bundle_of(url, drop: str = "mug") -> str:
    engine = snapshot_engine(url)
    try:
        with engine.connect() as connection:
            return read_bundle(connection, CHANNEL, drop)
    finally:
        engine.dispose()


def steer(verb: Verb, drop: str = "mug", **options) -> SteerDrop:
    return SteerDrop(CHANNEL, f"twitch:{verb}-{drop}", MIA, verb, drop, **options)


async def whole_evening(lane, clock) -> None:
    """A mug that sells out and closes, while a print is announced and a secret is planned."""
    plans = (
        plan(supply=4, held_back=1),
        plan("print", opens_at=NOON + HOUR),
        plan("secret", announce_at=NOON + HOUR),
    )
    await lane.submit(ApplyPlans(CHANNEL, "config:1", BOT, plans))
    clock.at = NOON
    await claim(lane, "violetta", "wilhelmina")
    await lane.submit(steer(Verb.PAUSE))
    await lane.submit(steer(Verb.RESUME))
    await claim(lane, "xanthippe")
    await lane.submit(steer(Verb.GIVE, receiver=viewer("zoe", "discord"), why="she had asked first"))
    await lane.submit(steer(Verb.CLOSE))


async def test_a_drop_that_has_closed_is_told_to_its_end_beside_the_running_bot(new_ledger, clock):
    async with running_lane(new_ledger, clock) as lane:
        await whole_evening(lane, clock)
        report = check_bundle(bundle_of(new_ledger), verify_signature)
        reads = Reads(new_ledger)
        consulted = await reads.consult(lambda ledger: read_bundle(ledger, CHANNEL, "mug"))
        await reads.close()
    assert consulted == bundle_of(new_ledger)
    units = rows(new_ledger, "SELECT number, how, granted_at, entry_number FROM unit ORDER BY number")
    assert [(unit.number, unit.how, unit.at, unit.entry) for unit in report.units] == units
    assert len(units) == 4
    assert report.drop.state is DropState.CLOSED
    stored = rows(new_ledger, f"SELECT size FROM checkpoint WHERE size >= {report.first} ORDER BY size")
    assert [(each.size,) for each in report.checkpoints] == stored
    assert [each.kind for each in report.checkpoints if each.drop == "mug"] == [
        "drop.announced",
        "drop.opened",
        "unit.granted",
        "drop.closed",
    ]
    assert report.hidden == 1


async def test_nothing_about_people_and_no_secret_is_in_the_file(new_ledger, clock):
    async with running_lane(new_ledger, clock) as lane:
        await whole_evening(lane, clock)
    bundle = bundle_of(new_ledger)
    told = rows(new_ledger, "SELECT name FROM identity")
    told += rows(new_ledger, "SELECT user_id FROM identity")
    told += rows(new_ledger, "SELECT request_id FROM outcome")
    told += rows(new_ledger, "SELECT name FROM outcome WHERE name != ''")
    told += [("secret",), ("she had asked first",), ("twitch:",), ("discord",)]
    raw = rows(new_ledger, "SELECT secret FROM person")
    raw += rows(new_ledger, "SELECT salt FROM entry")
    raw += rows(new_ledger, "SELECT private FROM entry WHERE private != CAST('{}' AS BLOB)")
    assert len(told) > 15
    assert len(raw) > 20
    # Hashes and signatures are chance, which spells a short name now and then.
    words = re.sub(r"[A-Za-z0-9+/]{43,}=*", "", bundle)
    assert len(words) > len(bundle) / 2
    assert [word for (word,) in told if word in words] == []
    assert [value for (value,) in raw if value.hex() in bundle or value in bundle.encode()] == []


async def test_a_drop_deep_in_the_log_needs_only_tiles_and_some_leaves_before_it(new_ledger, clock):
    async with running_lane(new_ledger, clock) as lane:
        await lane.submit(ApplyPlans(CHANNEL, "config:1", BOT, (plan("print", supply=600),)))
        clock.at = NOON
        await claim(lane, *(f"v{n}" for n in range(2 * TILE_LEAVES + 9)), drop="print")
        await lane.submit(ApplyPlans(CHANNEL, "config:2", BOT, (plan("print", supply=600), plan(supply=2))))
        await claim(lane, "ann", "ben")
    report = check_bundle(bundle_of(new_ledger), verify_signature)
    assert report.first > 2 * TILE_LEAVES
    assert report.drop.sold_out
    # Leaves that stand in finished tiles are not needed any more, the tiles are.
    change(new_ledger, "UPDATE entry SET leaf_hash = zeroblob(32) WHERE number <= 512")
    assert check_bundle(bundle_of(new_ledger), verify_signature) == report
    change(new_ledger, "DELETE FROM tile WHERE number = 1")
    with pytest.raises(NotExported, match="tree is not whole"):
        bundle_of(new_ledger)


async def test_a_change_in_the_ledger_makes_a_bundle_that_is_refused(new_ledger, clock):
    async with running_lane(new_ledger, clock) as lane:
        await whole_evening(lane, clock)
    grant = '"kind":"unit.granted","number":9'
    assert grant in bundle_of(new_ledger)
    bent = """CAST(replace(CAST(canonical AS TEXT), '"how":"claim"', '"how":"hand"') AS BLOB)"""
    change(new_ledger, f"UPDATE entry SET canonical = {bent} WHERE number = 9")
    with pytest.raises(BundleRefused, match=r"something among entries .* was changed"):
        check_bundle(bundle_of(new_ledger), verify_signature)


@pytest.mark.parametrize("hand_over", [True, False])
async def test_a_new_key_within_a_drop_is_followed(new_ledger, clock, hand_over):
    newer = KEYS.with_key(b"\x07" * 32) if hand_over else KeyRing([b"\x07" * 32])
    async with running_lane(new_ledger, clock) as lane:
        await lane.submit(ApplyPlans(CHANNEL, "config:1", BOT, (plan(announce_at=NOON - MINUTE, supply=9),)))
    # The plan is followed by the new key: the bundle's first checkpoint is the one at which it came.
    async with running_lane(new_ledger, clock, keys=newer) as lane:
        clock.at = NOON
        await claim(lane, "ann")
    report = check_bundle(bundle_of(new_ledger), verify_signature)
    assert [each.kind for each in report.checkpoints] == ["log.key", "drop.announced", "drop.opened"]
    assert [new.why for new in report.keys] == [KeyChange.ROTATED if hand_over else KeyChange.LOST]
    origin = "microdrops/teapot"
    assert report.key == (KEYS if hand_over else newer).signer(origin).newest
    assert report.keys[0].key == newer.signer(origin).newest


async def test_every_damage_to_a_real_bundle_is_refused(new_ledger, clock):
    async with running_lane(new_ledger, clock, random_bytes=lambda count: b"\x05" * count) as lane:
        await open_mug(lane, clock, claims=1, supply=1)
    raw = bundle_of(new_ledger).encode()
    damaged = [each for place, (_, each) in enumerate(changed_bytes(raw)) if place % 5 == 0]
    damaged += [each for place, (_, each) in enumerate(changed_lengths(raw)) if place % 5 == 0]
    taken = []
    for each in (*damaged, *changed_lines(raw)):
        try:
            check_bundle(each.decode(), verify_signature)
        except (BundleRefused, UnicodeDecodeError):
            continue
        taken.append(each)
    assert taken == []


async def test_a_drop_that_nobody_knows_is_refused_with_the_nearest_names(new_ledger, clock):
    async with running_lane(new_ledger, clock) as lane:
        await whole_evening(lane, clock)
    for drop, words in (
        ("mugs", "there is no drop 'mugs'; did you mean mug?"),
        ("castle", "there is no drop 'castle'; announced so far: mug, print"),
        ("", "there is no drop ''; announced so far: mug, print"),
        ("secret", "secret was not announced yet, and a bundle would tell of it"),
    ):
        with pytest.raises(NotExported) as refused:
            bundle_of(new_ledger, drop)
        assert str(refused.value) == words


async def test_a_ledger_without_a_checkpoint_gives_none(new_ledger, clock):
    async with running_lane(new_ledger, clock) as lane:
        await open_mug(lane, clock, claims=1)
    change(new_ledger, "DELETE FROM checkpoint")
    with pytest.raises(NotExported, match="nothing of mug is under a checkpoint yet"):
        bundle_of(new_ledger)


async def test_polls_passes_and_nights_in_between_are_shown_without_names_or_choices(tmp_path):
    url = await deciding_ledger(tmp_path / "ledger.sqlite")
    bundle = bundle_of(url, "badge")
    report = check_bundle(bundle, verify_signature)
    assert (report.hidden, [number for number, _ in report.lost]) == (0, [2])
    signed = [each.kind for each in report.checkpoints]
    assert (signed.count("poll.opened"), signed.count("poll.closed")) == (4, 2)
    assert '"kind":"night.checked-in"' in bundle
    for word in ("hal", "ivy", "bob", "gus", "kim", "mia", "lea"):
        assert f'"{word}"' not in bundle
        assert f"id-{word}" not in bundle
    (seed,) = rows(url, "SELECT seed FROM poll WHERE state = 'open'")
    assert bytes(seed[0]).hex() not in bundle
    assert '"ballot"' not in bundle
