"""The transparency log as everybody reads it: its name, its own facts, when it is signed, and its tree in tiles."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from bot.domain.checkpoint import Checkpoint, NoteKey, NoteRefused, Verify, open_note, read_checkpoint, read_key
from bot.domain.drops import Drop
from bot.domain.ledger import Fact, Part
from bot.domain.merkle import Frontier
from bot.domain.text import slug

# Facts about no drop. From `log.key` on the log is signed by that key; `person.erased` lists the entries that have
# lost their private part; two `person.linked` in a row join two persons, two `person.unlinked` part them again. A
# claim code is issued, and then redeemed or burned.
LOG_KEY = "log.key"
PERSON_ERASED = "person.erased"
PERSON_LINKED, PERSON_UNLINKED = "person.linked", "person.unlinked"
CODE_ISSUED, CODE_REDEEMED, CODE_BURNED = "code.issued", "code.redeemed", "code.burned"
KINDS_OF_NO_DROP = frozenset(
    (LOG_KEY, PERSON_ERASED, PERSON_LINKED, PERSON_UNLINKED, CODE_ISSUED, CODE_REDEEMED, CODE_BURNED)
)

TILE_LEAVES = 256

_SIGNED_AT = frozenset(
    (LOG_KEY, "drop.announced", "drop.opened", "drop.reopened", "drop.closed", "poll.opened", "poll.closed")
)
_TAKES_UNITS = frozenset(("unit.granted", "unit.lost", "unit.retired"))


class KeyChange(StrEnum):
    """Why the log has a new key: it had none, the old one hands over and signs too, or the old one is gone."""

    FIRST = "first"
    ROTATED = "rotated"
    LOST = "lost"


def origin_of(channel_name: str) -> str:
    """The log's name in its checkpoints, and the name of its keys."""
    return f"microdrops/{slug(channel_name) or 'channel'}"


def log_key_fact(key: str, why: KeyChange) -> Fact:
    """From this entry on the log is signed by `key`, as verifiers take it: NAME+ID+KEY."""
    return Fact(LOG_KEY, "", {"key": key, "why": str(why)})


def person_erased_fact(person_id: int, entries: Sequence[int]) -> Fact:
    """Entries, by number, that have lost their private part and salt with the person; this one keeps its own."""
    return Fact(PERSON_ERASED, "", {}, {"person": person_id, "entries": list(entries)}, person_id)


def checkpoint_due(before: Drop | None, after: Drop | None, kind: str) -> bool:
    """Whether the log is signed right after an entry of this kind, which turned `before` into `after`: whenever
    viewers are told of a turn, and when the log's key changes. Both are None for a fact about no drop."""
    if kind in _SIGNED_AT:
        return True
    if before is None or after is None:
        return False
    if kind == "drop.cancelled":
        # Of a drop that nobody was told of, nobody may learn by a signature either.
        return before.public
    return kind in _TAKES_UNITS and after.open and before.units_left > 0 and after.sold_out


class TileFrontier:
    """The tree's right edge, from the roots of its finished tiles and the leaves after them.

    A tile is the perfect subtree over TILE_LEAVES leaves in a row: an evening's start reads one hash for each, and
    fewer leaves than one has."""

    __slots__ = ("_above", "_leaves")

    def __init__(self, tiles: Iterable[bytes] = (), leaves: Iterable[bytes] = ()) -> None:
        """`leaves` must not finish a tile. Raises ValueError."""
        self._above = Frontier()
        for tile in tiles:
            self._above.append(tile)
        self._leaves = list(leaves)
        if len(self._leaves) >= TILE_LEAVES:
            raise ValueError(f"{TILE_LEAVES} leaves make a tile, whose root is to be kept")

    @property
    def size(self) -> int:
        """How many leaves there are."""
        return self._above.size * TILE_LEAVES + len(self._leaves)

    @property
    def tiles(self) -> int:
        """How many tiles are finished."""
        return self._above.size

    @property
    def peaks(self) -> tuple[bytes, ...]:
        """The roots of the perfect subtrees that all leaves fall into, largest first."""
        within = Frontier()
        for leaf in self._leaves:
            within.append(leaf)
        return (*self._above.peaks, *within.peaks)

    def append(self, leaf: bytes) -> bytes | None:
        """Add a leaf; returns the root of the tile that it has finished, if it has."""
        # Nothing is hashed before somebody asks: all claims pass here, and few of them are signed.
        self._leaves.append(leaf)
        if len(self._leaves) < TILE_LEAVES:
            return None
        root = tile_root(self._leaves)
        self._above.append(root)
        self._leaves = []
        return root

    def root(self) -> bytes:
        """The root over all leaves."""
        return Frontier(self.size, self.peaks).root()


def tile_root(leaves: Sequence[bytes]) -> bytes:
    """The root of a perfect subtree, level by level: a third of the time that appending one by one takes."""
    sha256, level = hashlib.sha256, list(leaves)
    while len(level) > 1:
        # As in bot.domain.merkle.node_hash, without the call.
        level = [
            sha256(b"\x01" + left + right).digest() for left, right in zip(level[::2], level[1::2], strict=True)
        ]
    return level[0]


@dataclass(frozen=True, slots=True)
class KeyInForce:
    """What a `log.key` entry makes of the log: the key from here on, and who signs the checkpoint of that entry."""

    key: NoteKey
    why: KeyChange
    signers: tuple[NoteKey, ...]


def key_in_force(before: NoteKey | None, public: Part, origin: str) -> KeyInForce:
    """What the public part of a `log.key` entry says, after `before`. Raises ValueError for what cannot be."""
    if public.keys() != {"key", "why"}:
        raise ValueError("an entry about the log's key has the key and why it is new, and nothing else")
    try:
        key, why = read_key(str(public["key"])), KeyChange(str(public["why"]))
    except NoteRefused as refused:
        raise ValueError(str(refused)) from None
    if key.name != origin:
        raise ValueError(f"the log's key is of {key.name}, and the log is {origin}")
    if (why is KeyChange.FIRST) != (before is None) or key == before:
        raise ValueError(f"the log's key is said to be {why}, which it cannot be here")
    return KeyInForce(key, why, (before, key) if before is not None and why is KeyChange.ROTATED else (key,))


def note_fault(note: str, wanted: Checkpoint, signers: Sequence[NoteKey], verify: Verify) -> str | None:
    """Why this is not the note of that checkpoint, signed by exactly these keys in turn; None when it is."""
    try:
        text, signed = open_note(note, signers, verify)
        found = read_checkpoint(text)
    except NoteRefused as refused:
        return str(refused)
    if found.root != wanted.root:
        return "it was signed over other entries"
    if text != wanted.text:
        return f"it is not the checkpoint of {wanted.origin} with {wanted.size} entries"
    if signed != tuple(signers):
        return f"it is signed by {len(signed)} of the {len(signers)} keys that have to sign it, or out of turn"
    if note.count("\n") != text.count("\n") + 1 + len(signers):
        return "there are more lines under it than the signatures that belong there"
    return None
