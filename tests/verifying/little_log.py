"""A signed log in memory, with fixed keys and salts: bundles and proofs that hold, and such as nobody should sign."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import replace

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from bot.domain.bundle import Hidden, write_bundle
from bot.domain.checkpoint import Checkpoint, NoteKey, Sign, sign_note
from bot.domain.drops import Drop, DropPlan, evolve
from bot.domain.ledger import SALT_BYTES, Entry, Fact, seal
from bot.domain.merkle import Tree
from bot.domain.proof import write_proof
from bot.domain.time import HOUR, MINUTE, SECOND, Micros
from bot.domain.transparency import KeyChange, checkpoint_due, log_key_fact, origin_of
from tests.conftest import NOON, plan

CHANNEL = "teapot"
ORIGIN = origin_of(CHANNEL)


def verify(key: bytes, message: bytes, signature: bytes) -> bool:
    """Whether the signature is the key's, as checkpoints want it asked."""
    try:
        Ed25519PublicKey.from_public_bytes(key).verify(signature, message)
    except InvalidSignature:
        return False
    return True


def key_pair(name: str, origin: str = ORIGIN) -> tuple[NoteKey, Sign]:
    """A key that is the same in every run."""
    private = Ed25519PrivateKey.from_private_bytes(hashlib.sha256(name.encode()).digest())
    return NoteKey(origin, private.public_key().public_bytes_raw()), private.sign


class LittleLog:
    """Entries with their tree and checkpoints. `signs` are the keys in force, the newest last."""

    def __init__(self, *, channel: str = CHANNEL) -> None:
        self.channel, self.origin = channel, origin_of(channel)
        self.entries: list[Entry] = []
        self.notes: dict[int, str] = {}
        self.tree = Tree()
        self.drops: dict[str, Drop] = {}
        self.at: Micros = NOON - HOUR
        self.hand = key_pair("first", self.origin)
        self.change_key("first", KeyChange.FIRST)

    def change_key(self, name: str, why: KeyChange) -> None:
        """A new key for the log, handed over as `why` says."""
        old, self.hand = self.hand, key_pair(name, self.origin)
        signers = (old, self.hand) if why is KeyChange.ROTATED else (self.hand,)
        self.add(log_key_fact(str(self.hand[0]), why), signers=signers)

    def add(
        self,
        fact: Fact,
        *,
        after: Micros = SECOND,
        due: bool | None = None,
        signers: Sequence[tuple[NoteKey, Sign]] = (),
    ) -> Entry:
        """One more entry, `after` microseconds later, and its checkpoint where one is due."""
        self.at += after
        number = len(self.entries) + 1
        entry = seal(fact, channel=self.channel, number=number, at=self.at, salt=bytes(SALT_BYTES))
        self.entries.append(entry)
        self.tree.append(entry.leaf_hash)
        before = self.drops.get(fact.drop)
        if fact.drop:
            self.drops[fact.drop] = evolve(before, fact.kind, fact.public, self.at)
        asked = checkpoint_due(before, self.drops.get(fact.drop), fact.kind)
        if asked if due is None else due:
            self.sign(*(signers or (self.hand,)))
        return entry

    def sign(self, *signers: tuple[NoteKey, Sign]) -> None:
        """A checkpoint over what there is."""
        checkpoint = Checkpoint(self.origin, len(self.tree), self.tree.root())
        self.notes[checkpoint.size] = sign_note(checkpoint.text, signers or (self.hand,))

    def plan(self, key: str = "mug", **changes: object) -> DropPlan:
        planned = replace(plan(key, **changes), opens_at=NOON)
        self.add(Fact("drop.planned", key, {"key": key, "origin": "config", **planned.as_public()}))
        return planned

    def open(self, key: str = "mug", **changes: object) -> None:
        """Planned, announced and opened, for fifteen minutes."""
        self.plan(key, **changes)
        self.add(Fact("drop.announced", key))
        self.at = max(self.at, NOON)
        self.add(Fact("drop.opened", key, {"closes_at": self.at + 15 * MINUTE, "late": False}))

    def claim(self, number: int, key: str = "mug", *, holder: str = "", how: str = "claim", **more: int) -> Entry:
        after = more.get("after", SECOND // 10)
        public = {"number": number, "how": how, "holder": holder or f"holder-{key}-{number}"}
        return self.add(Fact("unit.granted", key, public), after=after)

    def close(self, key: str = "mug") -> None:
        self.add(Fact("drop.closed", key, {"why": "moderator", "late": False}))

    def bundle(self, key: str = "mug", *, last: int | None = None) -> str:
        """The drop's bundle up to checkpoint `last`; entries of drops that nobody knows of are hidden."""
        first = next(entry.number for entry in self.entries if entry.drop == key)
        last = max(self.notes) if last is None else last
        shown = [self._shown(entry) for entry in self.entries[first - 1 : last]]
        notes = {size: note for size, note in self.notes.items() if first <= size <= last}
        return write_bundle(
            key,
            key=self._key_at(min(notes)),
            before=first - 1,
            peaks=self._peaks(first - 1),
            entries=shown,
            notes=notes,
        )

    def proof(self, number: int, size: int | None = None) -> str:
        """The proof of the grant with this entry number, against the checkpoint of `size`, or else the last one."""
        size = max(self.notes) if size is None else size
        hashes = self.tree.inclusion(number - 1, size)
        entry, note = self.entries[number - 1].canonical, self.notes[size]
        return write_proof(key=self.hand[0], entry=entry, hashes=hashes, note=note, verify=verify)

    def seen(self, size: int) -> str:
        """The end of the line that chat had at a checkpoint."""
        return f"{size} {Checkpoint(self.origin, size, self.tree.root(size)).fingerprint}"

    def _shown(self, entry: Entry) -> bytes | Hidden:
        known = not entry.drop or self.drops[entry.drop].announced_at is not None
        return entry.canonical if known else Hidden(entry.leaf_hash)

    def _key_at(self, size: int) -> str:
        changes = [entry for entry in self.entries[:size] if entry.kind == "log.key"]
        at_once = changes[-1].number == size and b'"why":"rotated"' in changes[-1].canonical
        text = changes[-2 if at_once else -1].canonical.decode()
        return text.partition('"key":"')[2].partition('"')[0]

    def _peaks(self, size: int) -> list[bytes]:
        peaks, begin = [], 0
        for level in reversed(range(size.bit_length())):
            if size >> level & 1:
                peaks.append(self.tree.subtree(level, begin >> level))
                begin += 1 << level
        return peaks


def evening(claims: int = 6, *, supply: int = 6, **changes: object) -> LittleLog:
    """A mug whose units go out one after the other; then it closes."""
    log = LittleLog()
    log.open(supply=supply, **changes)
    for number in range(1, claims + 1):
        log.claim(number)
    log.close()
    return log


def long_evening() -> LittleLog:
    """Much of what can happen: hidden plans, another drop, a pause, gifts, a repair, a new key."""
    log = LittleLog()
    log.plan("secret", title="Not told yet")
    log.open(supply=8, held_back=2)
    log.claim(1)
    log.plan("other-secret", title="Not told either")
    log.open("cap", supply=3)
    log.claim(1, "cap")
    log.claim(2)
    log.add(Fact("drop.paused", "mug", {"why": "moderator"}))
    log.change_key("second", KeyChange.ROTATED)
    closes_at = NOON + 20 * MINUTE
    log.add(Fact("drop.resumed", "mug", {"closes_at": closes_at, "added": 5 * MINUTE}))
    log.claim(3, how="hand")
    log.add(Fact("unit.voided", "mug", {"number": 3, "how": "hand", "why": "undone"}))
    log.claim(3)
    log.add(Fact("drop.frozen", "mug", {"why": "restored", "since": log.at}))
    log.add(Fact("unit.lost", "mug", {"number": 4, "why": "restored"}))
    thawed = {"lost": [[4, 4]], "last_public": 4, "added": 0, "closes_at": closes_at}
    log.add(Fact("drop.thawed", "mug", thawed))
    log.claim(5)
    log.claim(6)
    log.add(Fact("drop.extended", "mug", {"closes_at": closes_at + MINUTE, "minutes": 1}))
    log.change_key("third", KeyChange.LOST)
    log.close()
    log.add(Fact("drop.reopened", "mug", {"closes_at": closes_at + MINUTE}))
    log.close()
    return log
