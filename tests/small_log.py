"""A small transparency log in memory, written as the lane writes it, for tests of what strangers read."""

from __future__ import annotations

import hashlib
from itertools import count

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from bot.domain.ballots import Ballot, Method
from bot.domain.bundle import Hidden, bundle_end, write_bundle
from bot.domain.checkpoint import Checkpoint, NoteKey, sign_note
from bot.domain.draws import tie_order
from bot.domain.drops import Drop, evolve
from bot.domain.ledger import Entry, Fact, leaf_hash, seal
from bot.domain.merkle import Frontier, Tree
from bot.domain.pass_terms import PassKind, PassOffer, PassTerms
from bot.domain.people import pseudonym
from bot.domain.poll_box import ties_committed
from bot.domain.polls import PollPlan
from bot.domain.proof import write_proof
from bot.domain.tally import Cast, plain_result, tally
from bot.domain.time import HOUR, MINUTE, SECOND
from bot.domain.transparency import KeyChange, checkpoint_due, log_key_fact, origin_of
from tests.conftest import NOON, plan


def verify(public: bytes, message: bytes, signature: bytes) -> bool:
    try:
        Ed25519PublicKey.from_public_bytes(public).verify(signature, message)
    except InvalidSignature:
        return False
    return True


class TestKey:
    """A signing key that is the same in every run."""

    __test__ = False

    def __init__(self, seed: int = 1, name: str = origin_of("teapot")) -> None:
        self._private = Ed25519PrivateKey.from_private_bytes(bytes([seed]) * 32)
        self.key = NoteKey(name, self._private.public_key().public_bytes_raw())
        self.pair = self.key, self._private.sign


class SmallLog:
    """Facts go in; entries, checkpoints and bundles come out. A liar's log is one whose `tell` is told lies."""

    def __init__(self, channel: str = "teapot", *, signed: bool = True) -> None:
        self.channel = channel
        self.at = NOON - 2 * HOUR
        self.entries: list[Entry] = []
        self.notes: dict[int, str] = {}
        self.keys: dict[int, TestKey] = {}
        self.key: TestKey | None = None
        self.tree = Tree()
        self.drops: dict[str, Drop] = {}
        self._seeds = count(1)
        if signed:
            self.new_key(KeyChange.FIRST)

    def new_key(self, why: KeyChange) -> None:
        old, self.key = self.key, TestKey(next(self._seeds), origin_of(self.channel))
        self.append(log_key_fact(str(self.key.key), why))
        self.sign(*([old] if why is KeyChange.ROTATED and old else []), self.key)

    def tell(
        self, kind: str, drop: str = "mug", /, *, after: int = SECOND, sign: bool | None = None, **public
    ) -> Entry:
        """One more fact, `after` microseconds after the last; signed where it is due, or as `sign` says."""
        self.at += after
        before = self.drops.get(drop)
        entry = self.append(Fact(kind, drop, public))
        self.drops[drop] = evolve(before, kind, public, self.at)
        due = checkpoint_due(before, self.drops[drop], kind) if sign is None else sign
        if due and self.key is not None:
            self.sign(self.key)
        return entry

    def sign(self, *keys: TestKey) -> None:
        size = len(self.entries)
        checkpoint = Checkpoint(origin_of(self.channel), size, self.tree.root())
        self.notes[size] = sign_note(checkpoint.text, [each.pair for each in keys])
        self.keys[size] = keys[0]

    def append(self, fact: Fact) -> Entry:
        number = len(self.entries) + 1
        salt = hashlib.sha256(b"%d" % number).digest()[:16]
        entry = seal(fact, channel=self.channel, number=number, at=self.at, salt=salt)
        self.entries.append(entry)
        self.tree.append(entry.leaf_hash)
        return entry

    def put(self, canonical: bytes) -> None:
        """An entry of the mug with whatever bytes, under a good checkpoint."""
        number = len(self.entries) + 1
        leaf = leaf_hash(canonical)
        self.entries.append(Entry(number, self.at, "", "mug", canonical, leaf, b"", b"", None))
        self.tree.append(leaf)
        if self.key is not None:
            self.sign(self.key)

    # -- the evening of a mug -------------------------------------------------------------------------------

    def plan(self, key: str = "mug", **changes) -> None:
        changes = {"supply": 3, **changes}
        self.tell("drop.planned", key, key=key, origin="config", **plan(key, **changes).as_public())

    def announce(self, key: str = "mug", **changes) -> None:
        self.plan(key, **changes)
        self.tell("drop.announced", key)

    def open(self, key: str = "mug", **changes) -> None:
        """Plan, announce and open it for a quarter of an hour."""
        self.announce(key, **changes)
        closes_at = self.at + 15 * MINUTE
        self.tell("drop.opened", key, closes_at=closes_at, late=False)

    def open_early(self, key: str = "mug", **changes) -> None:
        """The same for a drop of six of which two go early, within ten minutes before everybody comes."""
        self.announce(
            key, **{"supply": 6, "early": "subscriber", "early_for": 10 * MINUTE, "early_units": 2, **changes}
        )
        plan = self.drops[key].plan
        public_at = self.at + SECOND + plan.early_for
        self.tell("drop.opened", key, public_at=public_at, closes_at=public_at + plan.window, late=False)

    def let_all_in(self, key: str = "mug", *, after: int = 0) -> None:
        """The end of the early window, at its time or so long after it."""
        self.at = self.drops[key].public_at
        self.tell("drop.public", key, after=after, late=False)

    def give_back(self, kind: str, span: int, key: str = "mug", /, **public) -> None:
        """What ends a pause or a freeze that has lasted so long: both windows go on for as much longer."""
        drop = self.drops[key]
        public_at, closes_at = drop.public_at + span, drop.closes_at + span
        self.tell(kind, key, public_at=public_at, closes_at=closes_at, added=span, **public)

    def claim(self, number: int, who: str = "", key: str = "mug", *, how: str = "claim", **options) -> Entry:
        holder = pseudonym((who or f"v{number}").encode(), f"{self.channel}/{key}")
        return self.tell("unit.granted", key, number=number, how=how, holder=holder, **options)

    def bring(self, number: int, unit: int, key: str = "mug") -> Entry:
        """The pass that comes with the unit which has just gone out."""
        (offer,) = self.drops[key].plan.passes
        public = {"pass": number, **offer.terms(self.at).as_public(), "drop": key, "unit": unit}
        return self.append(Fact("pass.granted", "", public))

    def decide(self) -> None:
        """A poll in which two people vote, from its opening to its close."""
        seed, scope = bytes(range(32)), "poll:next"
        plan = PollPlan("next", "Next?", ("teal", "plum"), Method.PLURALITY, window=MINUTE)
        ties, closes_at = ties_committed(seed, plan.key, 2), self.at + MINUTE
        opened = {"key": plan.key, **plan.as_public(), "ties": ties, "closes_at": closes_at}
        self.append(Fact("poll.opened", scope, opened))
        self.sign(self.key)
        self.append(Fact("poll.seeded", scope, {"ties": ties}, {"seed": seed.hex()}))
        for voter in ("ann", "ben"):
            self.append(Fact("vote.cast", scope, {"voter": voter}))
        self.at = closes_at
        votes = [Cast(Ballot(Method.PLURALITY, (option,))) for option in (1, 2)]
        result = plain_result(tally(Method.PLURALITY, votes, tie_order(seed, plan.key, 2)))
        self.append(
            Fact("poll.closed", scope, {"why": "time", "late": False, "result": result, "seed": seed.hex()})
        )
        self.sign(self.key)

    def close(self, key: str = "mug") -> None:
        self.tell("drop.closed", key, why="time", late=False)

    # -- what strangers get ---------------------------------------------------------------------------------

    def bundle(self, drop: str = "mug") -> str:
        """The drop's bundle, by the rules of docs/verifying.md read anew."""
        its = [entry.number for entry in self.entries if entry.drop == drop]
        end = bundle_end(its[-1], sorted(self.notes))
        told = {entry.drop for entry in self.entries[:end] if entry.kind == "drop.announced"} | {"", drop}
        before = its[0] - 1
        frontier = Frontier()
        for entry in self.entries[:before]:
            frontier.append(entry.leaf_hash)
        given = self.entries[before:end]
        notes = {size: note for size, note in self.notes.items() if before < size}
        return write_bundle(
            drop,
            key=self.keys[min(notes)].key,
            before=before,
            peaks=frontier.peaks,
            entries=[e.canonical if e.drop in told or ":" in e.drop else Hidden(e.leaf_hash) for e in given],
            notes=notes,
        )


def small_evening() -> SmallLog:
    """A mug of three that sells out, beside a hidden drop, another one, and a key that is handed over."""
    log = SmallLog()
    log.plan("secret")
    log.announce("mug", held_back=1, supply=4)
    log.tell("drop.soon")
    log.announce("print")
    log.tell("drop.opened", closes_at=log.at + 15 * MINUTE, late=False)
    log.claim(1)
    log.plan("other-secret")
    log.claim(2)
    log.new_key(KeyChange.ROTATED)
    log.tell("drop.paused", why="moderator")
    log.tell("drop.resumed", closes_at=log.at + 16 * MINUTE, added=MINUTE)
    log.claim(3)
    log.claim(4, how="hand")
    log.tell("unit.voided", number=4, how="hand", why="undone", undoes=len(log.entries))
    log.tell("drop.closed", why="moderator", late=False)
    return log


def early_evening() -> SmallLog:
    """A mug that opens early for some, is paused and restored meanwhile, and then open to everybody."""
    log = SmallLog()
    log.open_early(series="mug")
    log.claim(1, window="early")
    log.tell("drop.paused", why="moderator")
    log.give_back("drop.resumed", MINUTE, after=MINUTE)
    log.claim(2, how="hand")
    log.tell("drop.frozen", why="restored", since=log.at)
    log.tell("unit.lost", number=3, why="restored")
    log.give_back("drop.thawed", 3 * SECOND, lost=[[3, 3]], last_public=3)
    log.claim(4, window="early")
    log.let_all_in()
    log.claim(5)
    log.claim(6)
    log.close()
    return log


def short_early_drop() -> SmallLog:
    """Few bytes that have every kind of line that an early window makes."""
    log = SmallLog()
    log.open_early(supply=2, early_units=1)
    log.claim(1, window="early")
    log.let_all_in()
    log.claim(2)
    return log


def short_drop() -> SmallLog:
    """Few bytes that have every kind of line: a peak, entries, a hidden one, a hand-over, notes."""
    log = SmallLog()
    log.announce(supply=2, title="Thé")
    log.plan("secret")
    log.new_key(KeyChange.ROTATED)
    log.tell("drop.opened", closes_at=log.at + 10**9, late=False)
    log.claim(1)
    log.claim(2)
    return log


def proof_of(log: SmallLog, grant: int, size: int) -> str:
    """That the grant of entry `grant` stands in the log of `size` entries."""
    hashes, entry = log.tree.inclusion(grant - 1, size), log.entries[grant - 1].canonical
    return write_proof(key=log.keys[size].key, entry=entry, hashes=hashes, note=log.notes[size], verify=verify)


def small_proof() -> str:
    """That #2 of the small evening stands in its log."""
    return proof_of(small_evening(), 11, 18)


def tiny_evening() -> SmallLog:
    """The example of docs/verifying.md: a mug of one, the plan of a secret, and one claim."""
    log = SmallLog()
    log.plan("mug", supply=1)
    log.plan("secret", supply=5)
    log.tell("drop.announced")
    log.tell("drop.opened", closes_at=log.at + 15 * MINUTE, late=False)
    log.claim(1)
    return log


def tiny_proof() -> str:
    """The example's other file: that #1 of its mug is in the log."""
    return proof_of(tiny_evening(), 6, 6)


def badge_evening() -> SmallLog:
    """A badge that brings a pass: one is taken back for good and its pass with it, one is given and taken back, and
    a poll is closed before the badge is."""
    log = SmallLog()
    log.open("mug", held_back=1, supply=4, passes=(PassOffer(PassKind.MOD_VOTE),))
    for number in (1, 2):
        log.claim(number)
        log.bring(number, number)
    log.tell("unit.retired", number=2, how="claim")
    log.append(Fact("pass.voided", "", {"pass": 2, "why": "unit-voided"}))
    log.append(Fact("pass.granted", "", {"pass": 3, **PassTerms(PassKind.CUSTOM, title="Song").as_public()}))
    log.claim(3, how="hand")
    log.bring(4, 3)
    log.tell("unit.voided", number=3, how="hand", why="undone")
    log.append(Fact("pass.voided", "", {"pass": 4, "why": "unit-voided"}))
    log.decide()
    log.claim(3)
    log.bring(5, 3)
    log.close()
    return log
