"""Checking a drop's bundle: the lines, the tree and its signatures, then the drop's story. docs/verifying.md."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

from bot.domain.checkpoint import Checkpoint, NoteKey, Verify
from bot.domain.drops import Drop
from bot.domain.merkle import Frontier
from bot.domain.pass_story import PassStory
from bot.domain.poll_story import PollStory
from bot.domain.polls import poll_of_scope
from bot.domain.public_lines import BUNDLE, BundleRefused, EntryRefused, Lines, PublicEntry, read_key_change
from bot.domain.story import Story, UnitOut
from bot.domain.time import Micros
from bot.domain.transparency import LOG_KEY, KeyChange, checkpoint_due, origin_of

_DROP_LINE = 2

Change = tuple[NoteKey, KeyChange]


class Signed(NamedTuple):
    """A checkpoint that was found to hold. `kind`, `drop` and `at` are of its last entry; "" and None if hidden."""

    size: int
    root: bytes
    fingerprint: str
    kind: str
    drop: str
    at: Micros | None


class Leaf(NamedTuple):
    """The leaf hash of an entry; `shown` tells that the entry itself is in the bundle too."""

    hash: bytes
    shown: bool


class NewKey(NamedTuple):
    """From entry `entry` on the log is signed by `key`."""

    entry: int
    key: NoteKey
    why: KeyChange


@dataclass(frozen=True, slots=True)
class BundleReport:
    """What a bundle that holds has proved. Entries `first` to `size` are in it, `hidden` of them as hashes alone.

    Those up to `signed_late` are older than the log itself: nobody signed them when they happened; 0 for none.
    `told` is the drop's last entry, `lost` and `taken_back` are numbers with the entry that did it, `leaves` are of
    all entries in it. Before each of the entries `restored` the ledger was put back from an older copy."""

    channel: str
    key: NoteKey
    drop: Drop
    first: int
    size: int
    told: int
    hidden: int
    signed_late: int
    units: tuple[UnitOut, ...]
    lost: tuple[tuple[int, int], ...]
    taken_back: tuple[tuple[int, int], ...]
    restored: tuple[int, ...]
    checkpoints: tuple[Signed, ...]
    keys: tuple[NewKey, ...]
    leaves: tuple[Leaf, ...]


def check_bundle(text: str, verify: Verify) -> BundleReport:
    """What the bundle proves; `verify` checks a signature. Raises BundleRefused for the first thing that is wrong.

    A stretch of entries is judged only when its checkpoint has been found to fit: a changed byte must not make an
    innocent entry after it look wrong."""
    lines = Lines(text)
    lines.take_title(BUNDLE, "bundle")
    check = _Check(lines, verify)
    while not lines.over:
        check.take_stretch()
    return check.report()


class _Check:
    """The checking of one bundle, stretch by stretch: some entries, then the checkpoint over them."""

    def __init__(self, lines: Lines, verify: Verify) -> None:
        self._lines, self._verify = lines, verify
        self._drop = lines.take("drop")
        self._first_key = self._key = lines.take_key()
        self._before = lines.take_number("before")
        peaks = [lines.take_hash("peak") for _ in range(self._before.bit_count())]
        self._tree = Frontier(self._before, peaks)
        self._story = Story(self._drop)
        self._passes = PassStory(only=self._drop)
        self._polls: dict[str, PollStory] = {}
        self._hidden = self._told = self._signed_late = 0
        self._channel, self._at = "", 0
        self._checkpoints: list[Signed] = []
        self._keys: list[NewKey] = []
        self._leaves: list[Leaf] = []

    def take_stretch(self) -> None:
        """The entries up to the next checkpoint, and that. Raises BundleRefused."""
        lines, begins = self._lines, self._tree.size + 1
        entries: list[PublicEntry | None] = []
        while not lines.next_is("note") or not entries:
            if lines.next_is("hidden"):
                if self._tree.size == self._before:
                    raise lines.refused_next("a bundle begins with the entry that plans its drop, not a hidden one")
                self._append(Leaf(lines.take_hash("hidden"), shown=False))
                entries.append(None)
                continue
            if lines.over:
                raise lines.refused_next("the last entries are under no checkpoint")
            if not lines.next_is("entry"):
                raise lines.refused_next('here belongs an entry, and no line but "entry " or "hidden " is one')
            entry = lines.take_entry(self._key.name, self._tree.size + 1)
            self._append(Leaf(entry.leaf, shown=True))
            entries.append(entry)
        last = entries[-1]
        change = _change_of(last)
        signers = self._signers(change, last)
        note = lines.take_note(signers, self._verify)
        # The tree first: what does not fit the entries is no matter of its form.
        self._check_tree(note.checkpoint, begins, note.line)
        note.check_form(signers)
        if last is None:
            # Signed are turns of the key, and of drops that people were told of: none of them is a secret.
            words = "it is hidden, though the log was signed at it, and so people were told of it"
            raise BundleRefused(words, line=note.line, entry=note.checkpoint.size)
        # A ledger may be older than its log: what nobody had signed then owes no checkpoint.
        late = not self._checkpoints and change is not None and change[1] is KeyChange.FIRST
        if late:
            self._signed_late = note.checkpoint.size - 1
        # Only now is each of them known to be what was signed.
        for each in entries:
            if each is None:
                self._hide()
            else:
                self._tell(each, followed=each is last, late=late)
        self._note(note.checkpoint, last, change)

    def _append(self, leaf: Leaf) -> None:
        self._tree.append(leaf.hash)
        self._leaves.append(leaf)

    def _signers(self, change: Change | None, last: PublicEntry | None) -> tuple[NoteKey, ...]:
        """Whose signatures the checkpoint after `last` must carry."""
        if change is None or last is None:
            return (self._key,)
        key, why = change
        if why is KeyChange.ROTATED:
            return (self._key, key)
        if not self._checkpoints and key != self._key:
            raise self._lines.refused("it brings a key that is not the one of the bundle", last.number)
        if self._checkpoints and why is KeyChange.FIRST:
            raise self._lines.refused("it calls its key the first, but the log was signed before", last.number)
        return (key,)

    def _check_tree(self, checkpoint: Checkpoint, begins: int, line: int) -> None:
        size = self._tree.size
        if checkpoint.size != size:
            raise BundleRefused(f"the checkpoint of {checkpoint.size} entries stands after entry {size}", line=line)
        if checkpoint.root == self._tree.root():
            return
        over = f"checkpoint {size} was signed over"
        peaks = self._before if not self._checkpoints else 0
        if begins == size and not peaks:
            raise BundleRefused(f"it was changed: {over} another", line=line, entry=size)
        among = f"among entries {begins} to {size}" if begins < size else f"in entry {size}"
        also = f", or among the peaks for the {peaks} before," if peaks else ""
        raise BundleRefused(f"something {among}{also} was changed: {over} other entries", line=line)

    def _hide(self) -> None:
        self._hidden += 1
        if self._passes.owed:
            raise self._lines.refused(f"a {self._passes.owed[0].kind} that belongs to a unit is hidden, or missing")

    def _tell(self, entry: PublicEntry, *, followed: bool, late: bool) -> None:
        """An entry in its place within the log, and in its drop's story. Raises BundleRefused."""
        try:
            if entry.number == self._before + 1 and entry.drop != self._drop:
                words = f"the first entry is about the drop {entry.drop[:40]!r}, not {self._drop[:40]!r}"
                raise BundleRefused(words, line=_DROP_LINE)
            if self._channel and entry.channel != self._channel:
                raise EntryRefused(f"it is of the channel {entry.channel[:40]!r}, those before are not")
            if entry.at < self._at:
                raise EntryRefused("it is earlier than the entry before it")
            self._channel, self._at = entry.channel, entry.at
            before = self._story.drop
            if self._passes.owed or entry.kind.startswith("pass."):
                self._passes.tell(entry.kind, entry.public)
            if entry.drop == self._drop:
                self._story.tell(entry)
                self._told = entry.number
                due = checkpoint_due(before, self._story.drop, entry.kind)
                self._with_unit(entry)
            else:
                self._tell_poll(entry)
                due = checkpoint_due(None, None, entry.kind)
            if due and not followed and (entry.kind == LOG_KEY or not late):
                raise EntryRefused("a checkpoint belongs after it, and there is none")
        except KeyError as error:
            raise BundleRefused(f"{entry.kind} does not say {error}", line=entry.line, entry=entry.number) from None
        except EntryRefused as error:
            raise BundleRefused(str(error), line=entry.line, entry=entry.number) from None

    def _with_unit(self, entry: PublicEntry) -> None:
        """What comes with a unit stands right behind it; what comes with other drops may be hidden."""
        drop = self._story.drop
        if drop is not None and entry.kind == "unit.granted":
            self._passes.unit_granted(drop.plan, entry.public["number"], entry.at)
        elif entry.kind in ("unit.voided", "unit.retired"):
            self._passes.unit_taken(self._drop, entry.public["number"])

    def _tell_poll(self, entry: PublicEntry) -> None:
        """A poll that was opened in between is judged as well; of one from before not all is here."""
        key = poll_of_scope(entry.drop)
        if key is not None and (key in self._polls or entry.kind == "poll.opened"):
            self._polls.setdefault(key, PollStory(key)).tell(entry)

    def _note(self, checkpoint: Checkpoint, last: PublicEntry | None, change: Change | None) -> None:
        if change is not None:
            self._keys.append(NewKey(checkpoint.size, *change))
            self._key = change[0]
        kind, drop, at = ("", "", None) if last is None else (last.kind, last.drop, last.at)
        self._checkpoints.append(Signed(checkpoint.size, checkpoint.root, checkpoint.fingerprint, kind, drop, at))

    def report(self) -> BundleReport:
        """What was found. Raises BundleRefused for a bundle that tells no story."""
        story = self._story
        if story.drop is None:
            raise self._lines.refused_next("the bundle has no entry")
        if story.drop.announced_at is None:
            raise self._lines.refused("the drop was never announced, so nothing was promised", None)
        return BundleReport(
            channel=self._channel,
            key=self._first_key,
            drop=story.drop,
            first=self._before + 1,
            size=self._tree.size,
            told=self._told,
            hidden=self._hidden,
            signed_late=self._signed_late,
            units=tuple(story.units[number] for number in sorted(story.units)),
            lost=tuple(sorted(story.lost.items())),
            taken_back=tuple(story.taken_back),
            restored=tuple(story.restored),
            checkpoints=tuple(self._checkpoints),
            keys=tuple(self._keys),
            leaves=tuple(self._leaves),
        )


def _change_of(entry: PublicEntry | None) -> Change | None:
    if entry is None or entry.kind != LOG_KEY:
        return None
    return read_key_change(entry, origin_of(entry.channel))
