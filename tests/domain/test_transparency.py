"""The log's name, the entries it is signed after, and its tree in tiles: the same roots as a plain one."""

from __future__ import annotations

from dataclasses import replace
from hashlib import sha256

import pytest

from bot.domain.checkpoint import Checkpoint, NoteKey
from bot.domain.drops import Drop, DropState
from bot.domain.merkle import EMPTY_ROOT, Frontier, Tree
from bot.domain.transparency import (
    LOG_KEY,
    PERSON_ERASED,
    TILE_LEAVES,
    KeyChange,
    KeyInForce,
    TileFrontier,
    checkpoint_due,
    key_in_force,
    log_key_fact,
    note_fault,
    origin_of,
    person_erased_fact,
)
from bot.storage.signing import KeyRing, verify_signature
from tests.conftest import NOON, plan

PLANNED = Drop(plan(supply=2))
ANNOUNCED = replace(PLANNED, state=DropState.ANNOUNCED, announced_at=NOON)
OPEN = replace(ANNOUNCED, state=DropState.OPEN, opened_at=NOON, closes_at=NOON + 1)
ONE_LEFT, NONE_LEFT = replace(OPEN, claimed=1), replace(OPEN, claimed=2)
CLOSED = replace(NONE_LEFT, state=DropState.CLOSED, closed_at=NOON + 1)
CANCELLED = replace(ANNOUNCED, state=DropState.CANCELLED)


@pytest.mark.parametrize(
    ("name", "origin"),
    [
        ("teapot", "microdrops/teapot"),
        ("Tea & Pots", "microdrops/tea-pots"),
        ("Café +1", "microdrops/cafe-1"),
        ("茶壶", "microdrops/channel"),
        ("", "microdrops/channel"),
    ],
)
def test_a_log_is_named_after_its_channel_in_letters_that_a_key_can_have(name, origin):
    assert origin_of(name) == origin


@pytest.mark.parametrize(
    ("before", "after", "kind", "due"),
    [
        (None, None, LOG_KEY, True),
        (None, None, PERSON_ERASED, False),
        (None, PLANNED, "drop.planned", False),
        (PLANNED, ANNOUNCED, "drop.announced", True),
        (ANNOUNCED, ANNOUNCED, "drop.soon", False),
        (ANNOUNCED, OPEN, "drop.opened", True),
        (OPEN, ONE_LEFT, "unit.granted", False),
        (ONE_LEFT, NONE_LEFT, "unit.granted", True),
        (ONE_LEFT, replace(ONE_LEFT, lost=1), "unit.lost", True),
        (NONE_LEFT, ONE_LEFT, "unit.voided", False),
        # Out of what was held back: nothing was left to claim before, so nothing turns.
        (replace(NONE_LEFT, plan=plan(supply=3, held_back=1)),) * 2 + ("unit.granted", False),
        (replace(CLOSED, claimed=1), CLOSED, "unit.granted", False),
        (OPEN, OPEN, "drop.paused", False),
        (NONE_LEFT, CLOSED, "drop.closed", True),
        (CLOSED, NONE_LEFT, "drop.reopened", True),
        (CLOSED, replace(CLOSED, state=DropState.SETTLED), "drop.settled", False),
        (ANNOUNCED, CANCELLED, "drop.cancelled", True),
        (PLANNED, replace(PLANNED, state=DropState.CANCELLED), "drop.cancelled", False),
    ],
)
def test_the_log_is_signed_whenever_viewers_are_told_of_a_turn(before, after, kind, due):
    assert checkpoint_due(before, after, kind) is due


def test_the_logs_own_facts_are_about_no_drop():
    key, erased = log_key_fact("teapot+ab+cd", KeyChange.ROTATED), person_erased_fact(7, (3, 9))
    assert (key.drop, key.public, key.private) == ("", {"key": "teapot+ab+cd", "why": "rotated"}, {})
    assert (erased.drop, erased.public, erased.person_id) == ("", {}, 7)
    assert erased.private == {"person": 7, "entries": [3, 9]}


def leaves(count: int) -> list[bytes]:
    return [sha256(b"\x00%d" % number).digest() for number in range(count)]


def test_every_root_and_every_peak_is_that_of_a_tree_without_tiles():
    frontier, plain, tree = TileFrontier(), Frontier(), Tree()
    assert frontier.root() == EMPTY_ROOT
    for number, leaf in enumerate(leaves(3 * TILE_LEAVES + 5), start=1):
        finished = frontier.append(leaf)
        plain.append(leaf)
        tree.append(leaf)
        assert (frontier.size, frontier.root(), frontier.peaks) == (number, plain.root(), plain.peaks)
        assert frontier.tiles == number // TILE_LEAVES
        if number % TILE_LEAVES:
            assert finished is None
        else:
            assert finished == tree.subtree(8, number // TILE_LEAVES - 1)


@pytest.mark.parametrize("count", [0, 1, 255, 256, 257, 511, 512, 1_000])
def test_a_frontier_read_from_tiles_and_leaves_goes_on_where_the_other_stood(count):
    written, tiles = TileFrontier(), list[bytes]()
    for leaf in leaves(count):
        if (root := written.append(leaf)) is not None:
            tiles.append(root)
    read = TileFrontier(tiles, leaves(count)[len(tiles) * TILE_LEAVES :])
    assert (read.size, read.tiles, read.root()) == (count, written.tiles, written.root())
    for leaf in leaves(300):
        assert read.append(leaf) == written.append(leaf)
    assert read.root() == written.root()


def test_leaves_that_finish_a_tile_are_refused_where_its_root_would_be_lost():
    with pytest.raises(ValueError, match="whose root is to be kept"):
        TileFrontier((), leaves(TILE_LEAVES))


ORIGIN = "microdrops/teapot"
SIGNER = KeyRing([bytes(32), bytes([7]) * 32]).signer(ORIGIN)
OLD, NEW = SIGNER.keys
CHECKPOINT = Checkpoint(ORIGIN, 57, sha256(b"57").digest())


def said(key: NoteKey, why: str) -> dict[str, object]:
    return {"key": str(key), "why": why}


def test_a_first_a_newer_and_a_lost_key_are_signed_in_by_whoever_can():
    assert key_in_force(None, said(OLD, "first"), ORIGIN) == KeyInForce(OLD, KeyChange.FIRST, (OLD,))
    assert key_in_force(OLD, said(NEW, "rotated"), ORIGIN) == KeyInForce(NEW, KeyChange.ROTATED, (OLD, NEW))
    assert key_in_force(OLD, said(NEW, "lost"), ORIGIN) == KeyInForce(NEW, KeyChange.LOST, (NEW,))


@pytest.mark.parametrize(
    ("before", "public", "why_not"),
    [
        (None, said(OLD, "rotated"), "cannot be here"),
        (None, said(OLD, "lost"), "cannot be here"),
        (OLD, said(NEW, "first"), "cannot be here"),
        (OLD, said(OLD, "rotated"), "cannot be here"),
        (OLD, said(NEW, "tired"), "tired"),
        (None, {"key": str(OLD)}, "and nothing else"),
        (None, {**said(OLD, "first"), "by": "mia"}, "and nothing else"),
        (None, {"key": "no key", "why": "first"}, "not one for Ed25519"),
        (None, {"key": None, "why": "first"}, "not one for Ed25519"),
        (None, said(NoteKey("microdrops/other", bytes(32)), "first"), "is of microdrops/other"),
    ],
)
def test_a_key_that_cannot_be_the_logs_is_refused_in_words(before, public, why_not):
    with pytest.raises(ValueError, match=why_not):
        key_in_force(before, public, ORIGIN)


@pytest.mark.parametrize(
    ("note", "signers", "fault"),
    [
        (SIGNER.sign(CHECKPOINT.text, (OLD,)), (OLD,), None),
        (SIGNER.sign(CHECKPOINT.text, (OLD, NEW)), (OLD, NEW), None),
        (SIGNER.sign(CHECKPOINT.text, (OLD,)), (OLD, NEW), "signed by 1 of the 2 keys"),
        (SIGNER.sign(CHECKPOINT.text, (NEW, OLD)), (OLD, NEW), "out of turn"),
        (SIGNER.sign(CHECKPOINT.text, (OLD, NEW)), (OLD,), "more lines"),
        (SIGNER.sign(CHECKPOINT.text, (NEW,)), (OLD,), "nobody who is known"),
        (SIGNER.sign(CHECKPOINT.text, (OLD,)).replace("57", "58", 1), (OLD,), "does not fit"),
        (SIGNER.sign(replace(CHECKPOINT, size=58).text, (OLD,)), (OLD,), "with 57 entries"),
        (SIGNER.sign(replace(CHECKPOINT, about=("more",)).text, (OLD,)), (OLD,), "with 57 entries"),
        (SIGNER.sign(replace(CHECKPOINT, origin="microdrops/other").text, (OLD,)), (OLD,), "of microdrops/teapot"),
        (SIGNER.sign(replace(CHECKPOINT, root=bytes(32)).text, (OLD,)), (OLD,), "over other entries"),
        ("", (OLD,), "no signed note"),
    ],
)
def test_a_note_is_that_of_its_checkpoint_and_keys_or_it_is_said_why_not(note, signers, fault):
    found = note_fault(note, CHECKPOINT, signers, verify_signature)
    assert (found is None) if fault is None else (found is not None and fault in found)
