"""The log in the lane: every entry in the tree, signed at each turn, and never a trace of what did not happen."""

from __future__ import annotations

import asyncio
import sqlite3

import orjson
import pytest
from sqlalchemy.exc import OperationalError

from bot.domain.answers import TryAgain
from bot.domain.checkpoint import Checkpoint, open_note, read_checkpoint
from bot.domain.claims import ClaimDrop
from bot.domain.control import SteerDrop, Verb
from bot.domain.merkle import Tree
from bot.domain.people import BOT
from bot.domain.planning import ApplyPlans
from bot.domain.restore import FreezeDrops, ThawDrop
from bot.domain.stream import Wake
from bot.domain.time import MINUTE
from bot.domain.transparency import TILE_LEAVES
from bot.storage import claims
from bot.storage.handlers import HANDLERS
from bot.storage.signing import KeyRing, verify_signature
from tests.conftest import CHANNEL, KEYS, MIA, NOON, plan, running_lane, viewer
from tests.storage.evenings import change, claim, faults, open_mug, rows

ORIGIN = "microdrops/teapot"
SIGNER = KEYS.signer(ORIGIN)
OTHER = bytes([7]) * 32


def tree_of(url) -> Tree:
    return Tree(leaf for (leaf,) in rows(url, "SELECT leaf_hash FROM entry ORDER BY number"))


def kinds_signed(url) -> list[str]:
    """The kinds of the entries that a checkpoint was signed at, each note checked against its entries."""
    tree = tree_of(url)
    kinds = dict(rows(url, "SELECT number, kind FROM entry"))
    signed = []
    for size, note in rows(url, "SELECT size, note FROM checkpoint ORDER BY size"):
        text, keys = open_note(note, SIGNER.keys, verify_signature)
        assert read_checkpoint(text) == Checkpoint(ORIGIN, size, tree.root(size))
        assert keys == SIGNER.keys
        signed.append(kinds[size])
    return signed


async def test_the_first_entry_of_all_says_who_signs_and_is_signed(lane, new_ledger):
    ((number, drop, canonical),) = rows(new_ledger, "SELECT number, drop_key, canonical FROM entry")
    assert (number, drop) == (1, "")
    assert orjson.loads(canonical)["public"] == {"key": str(SIGNER.newest), "why": "first"}
    assert rows(new_ledger, "SELECT log_key FROM channel") == [(str(SIGNER.newest),)]
    assert kinds_signed(new_ledger) == ["log.key"]
    assert rows(new_ledger, "SELECT count(*) FROM outbox") == [(0,)]


async def test_a_start_with_the_same_key_writes_nothing(new_ledger, clock):
    for _ in range(3):
        async with running_lane(new_ledger, clock):
            pass
    assert rows(new_ledger, "SELECT number, kind FROM entry") == [(1, "log.key")]


async def test_the_log_is_signed_at_each_turn_of_a_drop_and_at_nothing_else(lane, clock, new_ledger):
    await open_mug(lane, clock, claims=2, supply=2)
    for request, verb, minutes in (("c", Verb.CLOSE, 0), ("u", Verb.UNDO, 0), ("e", Verb.EXTEND, 5)):
        await lane.submit(SteerDrop(CHANNEL, f"twitch:{request}", MIA, verb, "mug", minutes))
    clock.at = NOON + 40 * MINUTE
    await lane.submit(Wake(CHANNEL))
    assert kinds_signed(new_ledger) == [
        "log.key",
        "drop.announced",
        "drop.opened",
        "unit.granted",
        "drop.closed",
        "drop.reopened",
        "drop.closed",
    ]
    assert faults(new_ledger) == []


async def test_a_write_off_that_takes_the_last_unit_is_signed_too(lane, clock, new_ledger):
    await open_mug(lane, clock, claims=1, supply=3)
    await lane.submit(FreezeDrops(CHANNEL))
    await lane.submit(ThawDrop(CHANNEL, "mug", 3))
    assert kinds_signed(new_ledger)[-1] == "unit.lost"
    assert rows(new_ledger, "SELECT count(*) FROM checkpoint WHERE size > 6") == [(1,)]


async def test_a_secret_that_is_called_off_is_signed_by_nothing_that_could_give_it_away(lane, new_ledger):
    await lane.submit(ApplyPlans(CHANNEL, "config:1", BOT, (plan(),)))
    await lane.submit(ApplyPlans(CHANNEL, "config:2", BOT, ()))
    assert rows(new_ledger, "SELECT kind FROM entry WHERE number = 3") == [("drop.cancelled",)]
    assert kinds_signed(new_ledger) == ["log.key"]


async def test_the_news_of_each_turn_carries_the_note_of_its_own_entry(lane, clock, new_ledger):
    await open_mug(lane, clock, claims=2, supply=2)
    notes = dict(rows(new_ledger, "SELECT note, size FROM checkpoint"))
    kinds = dict(rows(new_ledger, "SELECT number, kind FROM entry"))
    told = {
        (kind, kinds[notes[about["note"]]] if "note" in about else None)
        for kind, about in (
            (kind, orjson.loads(raw)) for kind, raw in rows(new_ledger, "SELECT kind, about FROM outbox")
        )
    }
    assert told == {
        ("announced", "drop.announced"),
        ("control", "drop.announced"),
        ("opened", "drop.opened"),
        ("sold-out", "unit.granted"),
    }


async def test_news_of_what_is_not_signed_carry_no_note(lane, clock, new_ledger):
    await open_mug(lane, clock, claims=0)
    await lane.submit(SteerDrop(CHANNEL, "twitch:p", MIA, Verb.PAUSE, "mug"))
    abouts = [orjson.loads(raw) for (raw,) in rows(new_ledger, "SELECT about FROM outbox WHERE kind = 'paused'")]
    assert abouts
    assert all("note" not in about for about in abouts)


async def test_a_winner_is_answered_with_the_entry_and_its_leaf(lane, clock, new_ledger):
    await open_mug(lane, clock, claims=0)
    (won,) = await claim(lane, "ann")
    ((number, leaf),) = rows(new_ledger, "SELECT number, leaf_hash FROM entry WHERE kind = 'unit.granted'")
    assert (won.entry, won.leaf) == (number, leaf.hex())
    assert tree_of(new_ledger).subtree(0, won.entry - 1).hex() == won.leaf


async def test_a_tile_is_written_with_the_entry_that_finishes_it_and_read_by_the_next_start(new_ledger, clock):
    async with running_lane(new_ledger, clock) as lane:
        await open_mug(lane, clock, claims=0, supply=1_000)
        await asyncio.gather(*(claim(lane, f"v{n}") for n in range(TILE_LEAVES - 5)))
        assert rows(new_ledger, "SELECT number FROM tile") == []
        await claim(lane, "the-last-of-the-tile")
        assert rows(new_ledger, "SELECT number FROM tile") == [(0,)]
        await asyncio.gather(*(claim(lane, f"w{n}") for n in range(TILE_LEAVES + 30)))
    async with running_lane(new_ledger, clock) as lane:
        await claim(lane, "ann")
        await lane.submit(SteerDrop(CHANNEL, "twitch:c", MIA, Verb.CLOSE, "mug"))
    tree = tree_of(new_ledger)
    assert len(tree) == 2 * TILE_LEAVES + 32
    assert rows(new_ledger, "SELECT number, root FROM tile") == [(n, tree.subtree(8, n)) for n in (0, 1)]
    assert kinds_signed(new_ledger)[-1] == "drop.closed"
    assert faults(new_ledger) == []


async def test_a_ledger_from_before_there_were_tiles_gets_them_at_its_first_start(new_ledger, clock):
    async with running_lane(new_ledger, clock) as lane:
        await open_mug(lane, clock, claims=0, supply=1_000)
        await asyncio.gather(*(claim(lane, f"v{n}") for n in range(2 * TILE_LEAVES)))
    tiles = rows(new_ledger, "SELECT number, root FROM tile")
    assert len(tiles) == 2
    change(new_ledger, "DELETE FROM tile")
    async with running_lane(new_ledger, clock):
        assert rows(new_ledger, "SELECT number, root FROM tile") == tiles
    change(new_ledger, "DELETE FROM tile WHERE number = 0")
    async with running_lane(new_ledger, clock):
        assert rows(new_ledger, "SELECT number, root FROM tile ORDER BY number") == tiles


async def test_a_command_that_is_poisoned_after_its_entry_leaves_nothing_in_the_tree(
    lane, clock, new_ledger, monkeypatch
):
    await open_mug(lane, clock, claims=0, supply=3)
    handle = claims.handle

    def poisoned(batch, command, moment):
        decision = handle(batch, command, moment)
        if command.actor.name == "bad":
            raise RuntimeError("planted")
        return decision

    monkeypatch.setitem(HANDLERS, ClaimDrop, poisoned)
    asking = (
        lane.submit(ClaimDrop(CHANNEL, f"twitch:{name}", viewer(name), "mug")) for name in ("ann", "bad", "cy", "d")
    )
    await asyncio.gather(*asking, return_exceptions=True)
    assert kinds_signed(new_ledger) == ["log.key", "drop.announced", "drop.opened", "unit.granted"]
    assert faults(new_ledger) == []


async def test_a_batch_that_the_disk_refuses_leaves_nothing_in_the_tree(new_ledger, clock):
    refusing = []

    def refuse(point):
        if refusing and point == "lane.before-commit":
            raise OperationalError("COMMIT", None, sqlite3.OperationalError("database or disk is full"))

    async with running_lane(new_ledger, clock, probe=refuse) as lane:
        await open_mug(lane, clock, claims=1, supply=2)
        refusing.append(True)
        with pytest.raises(TryAgain):
            await claim(lane, "ann")
        refusing.clear()
        await claim(lane, "bob")
    assert kinds_signed(new_ledger)[-1] == "unit.granted"
    assert faults(new_ledger) == []


async def test_a_newer_key_is_signed_in_by_the_old_one_and_signs_alone_from_then_on(new_ledger, clock):
    async with running_lane(new_ledger, clock) as lane:
        await lane.submit(ApplyPlans(CHANNEL, "config:1", BOT, (plan(),)))
    newer = KEYS.with_key(OTHER)
    signer = newer.signer(ORIGIN)
    async with running_lane(new_ledger, clock, keys=newer) as lane:
        clock.at = NOON
        await lane.submit(Wake(CHANNEL))
    key, over, *later = rows(new_ledger, "SELECT size, note FROM checkpoint ORDER BY size")
    assert open_note(key[1], signer.keys, verify_signature)[1] == (signer.keys[0],)
    assert open_note(over[1], signer.keys, verify_signature)[1] == signer.keys
    assert len(later) == 2
    for _, note in later:
        assert open_note(note, signer.keys, verify_signature)[1] == (signer.newest,)
    ((raw,),) = rows(new_ledger, f"SELECT canonical FROM entry WHERE number = {over[0]}")
    assert orjson.loads(raw)["public"] == {"key": str(signer.newest), "why": "rotated"}
    assert rows(new_ledger, "SELECT log_key FROM channel") == [(str(signer.newest),)]
    assert faults(new_ledger) == []


async def test_a_lost_key_is_owned_up_to_and_signs_nothing(new_ledger, clock):
    async with running_lane(new_ledger, clock):
        pass
    stranger = KeyRing([OTHER])
    async with running_lane(new_ledger, clock, keys=stranger):
        pass
    (_, (size, note)) = rows(new_ledger, "SELECT size, note FROM checkpoint ORDER BY size")
    assert open_note(note, stranger.signer(ORIGIN).keys, verify_signature)[1] == stranger.signer(ORIGIN).keys
    ((raw,),) = rows(new_ledger, f"SELECT canonical FROM entry WHERE number = {size}")
    assert orjson.loads(raw)["public"]["why"] == "lost"
    assert faults(new_ledger) == []


async def test_the_logs_key_is_no_earlier_than_what_was_before_it(new_ledger, clock):
    async with running_lane(new_ledger, clock) as lane:
        await open_mug(lane, clock, claims=1)
    clock.at = NOON - MINUTE  # somebody has set the machine's clock back
    async with running_lane(new_ledger, clock, keys=KEYS.with_key(OTHER)) as lane:
        (won,) = await claim(lane, "ann")
    assert won.number == 2
    assert faults(new_ledger) == []


async def test_where_an_entry_is_missing_drops_go_on_and_nothing_is_signed(new_ledger, clock):
    async with running_lane(new_ledger, clock) as lane:
        await open_mug(lane, clock, claims=2)
    change(new_ledger, "DELETE FROM entry WHERE number = 3")
    before = rows(new_ledger, "SELECT size FROM checkpoint")
    async with running_lane(new_ledger, clock) as lane:
        assert (await claim(lane, "ann"))[0].number == 3
        await lane.submit(SteerDrop(CHANNEL, "twitch:c", MIA, Verb.CLOSE, "mug"))
    assert rows(new_ledger, "SELECT size FROM checkpoint") == before
    abouts = [orjson.loads(raw) for (raw,) in rows(new_ledger, "SELECT about FROM outbox WHERE kind = 'closed'")]
    assert abouts
    assert all("note" not in about for about in abouts)


async def test_where_the_key_in_force_was_overwritten_drops_go_on_and_nothing_is_signed(new_ledger, clock):
    async with running_lane(new_ledger, clock) as lane:
        await open_mug(lane, clock, claims=2)
    change(new_ledger, "UPDATE channel SET log_key = 'garbage'")
    before = rows(new_ledger, "SELECT size FROM checkpoint")
    async with running_lane(new_ledger, clock, keys=KEYS.with_key(OTHER)) as lane:
        assert (await claim(lane, "ann"))[0].number == 3
        await lane.submit(SteerDrop(CHANNEL, "twitch:c", MIA, Verb.CLOSE, "mug"))
    assert rows(new_ledger, "SELECT size FROM checkpoint") == before
    assert rows(new_ledger, "SELECT count(*) FROM entry WHERE kind = 'log.key'") == [(1,)]
