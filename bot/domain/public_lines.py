"""The lines that bundles and proofs are made of: read strictly, so that each has one form only."""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple, TypeGuard

import orjson

from bot.domain.checkpoint import Checkpoint, NoteKey, NoteRefused, Verify, open_note, read_checkpoint, read_key
from bot.domain.ledger import ENTRY_VERSION, canonical_bytes, leaf_hash
from bot.domain.merkle import HASH_BYTES
from bot.domain.time import Micros
from bot.domain.transparency import LOG_KEY, KeyChange, origin_of

BUNDLE, PROOF = "microdrops bundle 1", "microdrops proof 1"
# What every reader of JSON takes for the same whole number.
WHOLE_MAX = 2**53 - 1
# Log, size, root, and the empty line before the signatures.
_NOTE_LINES = 4
_KEYS = {"at", "channel", "drop", "kind", "number", "private", "public", "v"}
_SEALED = re.compile(r"[0-9a-f]{64}")
_DECIMAL = re.compile(r"0|[1-9][0-9]{0,15}")


class BundleRefused(Exception):
    """A bundle or a proof does not hold. `line` counts from 1; `entry` is the entry that is wrong, None where no
    single one can be named; `words` say what is wrong, and the text names the place as well."""

    def __init__(self, words: str, *, line: int, entry: int | None = None) -> None:
        self.words, self.line, self.entry = words, line, entry
        super().__init__(f"line {line}: {words}" if entry is None else f"entry {entry}: {words}")


class EntryRefused(Exception):
    """The words for what is wrong with an entry."""


class PublicEntry(NamedTuple):
    """What an entry tells everybody. `line` is where it stands in the file."""

    number: int
    at: Micros
    channel: str
    kind: str
    drop: str
    public: Mapping[str, Any]
    leaf: bytes
    line: int


def text_of(raw: bytes) -> str:
    """The text of a file. Raises BundleRefused for bytes that are no UTF-8."""
    try:
        return raw.decode()
    except UnicodeDecodeError as error:
        at = raw.count(b"\n", 0, error.start) + 1
        raise BundleRefused("it has bytes that are no UTF-8", line=at) from None


class TakenNote(NamedTuple):
    """A signed checkpoint as it stood in the file: `lines` of them, from `line` on."""

    checkpoint: Checkpoint
    signed: tuple[NoteKey, ...]
    lines: int
    line: int

    def check_form(self, signers: Sequence[NoteKey]) -> None:
        """Raise BundleRefused unless it is of their log and signed by exactly these keys, in this order."""
        if self.signed != tuple(signers) or self.lines != _NOTE_LINES + len(signers) or self.checkpoint.about:
            who = " and ".join(f"{key.name}+{key.id.hex()}" for key in signers)
            raise BundleRefused(f"a checkpoint has three lines here, and is signed by {who} alone", line=self.line)
        if self.checkpoint.origin != signers[0].name:
            words = f"this checkpoint is of another log, {self.checkpoint.origin[:80]!r}"
            raise BundleRefused(words, line=self.line)


class Lines:
    """The lines of a file, one after the other. Raises BundleRefused for what does not stand where it should."""

    def __init__(self, text: str) -> None:
        if "\r" in text:
            at = text.count("\n", 0, text.index("\r")) + 1
            raise BundleRefused("a line ends with one LF and nothing else; here is a CR", line=at)
        *self._lines, rest = text.split("\n")
        self.number = 0
        if rest or not self._lines:
            raise BundleRefused("the last line does not end with its LF", line=len(self._lines) + 1)

    @property
    def over(self) -> bool:
        return self.number == len(self._lines)

    def next_is(self, word: str) -> bool:
        """Whether the next line is one of these."""
        return not self.over and self._lines[self.number].startswith(f"{word} ")

    def take_title(self, title: str, what: str) -> None:
        if self._lines[0] != title:
            raise self.refused_next(f'this is no {what}: its first line is not "{title}"')
        self.number = 1

    def take(self, word: str) -> str:
        """What stands behind `word` in the next line."""
        if not self.next_is(word):
            found = "the file ends" if self.over else f"there is {self._lines[self.number][:40]!r}"
            raise self.refused_next(f'here belongs a line that begins with "{word} ", but {found}')
        self.number += 1
        return self._lines[self.number - 1].removeprefix(f"{word} ")

    def take_number(self, word: str) -> int:
        text = self.take(word)
        if not _DECIMAL.fullmatch(text):
            raise self.refused(f"{text[:40]!r} is no number of entries")
        return int(text)

    def take_hash(self, word: str) -> bytes:
        """32 bytes in base64."""
        text = self.take(word)
        try:
            raw = base64.b64decode(text, validate=True)
        except (binascii.Error, ValueError):
            raw = b""
        if len(raw) != HASH_BYTES or base64.b64encode(raw).decode() != text:
            raise self.refused(f"behind {word} stands no hash of {HASH_BYTES} bytes in base64")
        return raw

    def take_key(self) -> NoteKey:
        try:
            return read_key(self.take("key"))
        except NoteRefused as error:
            raise self.refused(str(error)) from None

    def take_entry(self, origin: str, number: int | None = None) -> PublicEntry:
        """An entry in its canonical form; of the log `origin`, and with `number` where that is known."""
        canonical = self.take("entry")
        try:
            return read_entry(canonical, origin, number, self.number)
        except EntryRefused as error:
            raise self.refused(str(error), number) from None

    def take_note(self, signers: Sequence[NoteKey], verify: Verify) -> TakenNote:
        """A checkpoint that at least one of these keys has signed, and none of them wrongly."""
        lines = [self.take("note")]
        begins = self.number
        while self.next_is("note"):
            lines.append(self.take("note"))
        try:
            text, signed = open_note("".join(f"{line}\n" for line in lines), signers, verify)
            checkpoint = read_checkpoint(text)
        except NoteRefused as error:
            raise BundleRefused(f"this checkpoint does not hold: {error}", line=begins) from None
        return TakenNote(checkpoint, signed, lines=len(lines), line=begins)

    def refused_next(self, words: str) -> BundleRefused:
        """That something is wrong with the line that is to be taken next."""
        return BundleRefused(words, line=self.number + 1)

    def refused(self, words: str, entry: int | None = None) -> BundleRefused:
        """That something is wrong with the line that was taken last."""
        return BundleRefused(words, line=self.number, entry=entry)


def note_lines(note: str) -> list[str]:
    """A signed note as it stands in a bundle or a proof."""
    return [f"note {line}" for line in note.removesuffix("\n").split("\n")]


def read_entry(canonical: str, origin: str, number: int | None, line: int) -> PublicEntry:
    """An entry from its canonical bytes, in itself as it has to be. Raises EntryRefused."""
    raw = canonical.encode()
    try:
        content = orjson.loads(raw)
    except orjson.JSONDecodeError as error:
        raise EntryRefused(f"it is no JSON ({error})") from None
    if not isinstance(content, dict) or set(content) != _KEYS:
        raise EntryRefused(f"it must have the keys {', '.join(sorted(_KEYS))}, and no other")
    check_plain(content)
    if canonical_bytes(content) != raw:
        raise EntryRefused("it is not in canonical form")
    strings = ("channel", "drop", "kind", "private")
    if any(not isinstance(content[name], str) for name in strings) or not isinstance(content["public"], dict):
        raise EntryRefused("one of its parts is not of the kind that it must be")
    if not (is_whole(content["v"]) and content["v"] == ENTRY_VERSION):
        raise EntryRefused(f"its version is not {ENTRY_VERSION}")
    if not is_whole(content["number"]) or content["number"] < 1:
        raise EntryRefused("its number is none")
    if number is not None and content["number"] != number:
        raise EntryRefused(f"in its place stands one with the number {content['number']}")
    if not is_whole(content["at"]) or content["at"] < 0:
        raise EntryRefused("its moment is none")
    if not _SEALED.fullmatch(content["private"]):
        raise EntryRefused("the seal of its private part is no SHA-256 in hex")
    if origin_of(content["channel"]) != origin:
        raise EntryRefused(f"it is of the channel {content['channel'][:40]!r}, the log is {origin}")
    entry = PublicEntry(
        content["number"],
        content["at"],
        content["channel"],
        content["kind"],
        content["drop"],
        content["public"],
        leaf_hash(raw),
        line,
    )
    if entry.kind == LOG_KEY:
        read_key_change(entry, origin)
    return entry


def read_key_change(entry: PublicEntry, origin: str) -> tuple[NoteKey, KeyChange]:
    """The key that a `log.key` entry names, and why. Raises EntryRefused."""
    text, why = entry.public.get("key"), entry.public.get("why")
    if not isinstance(text, str) or why not in list(KeyChange):
        raise EntryRefused("it names no key of the log, or not why there is a new one")
    try:
        key = read_key(text)
    except NoteRefused as error:
        raise EntryRefused(str(error)) from None
    if key.name != origin:
        raise EntryRefused(f"its key is not one of the log {origin}")
    return key, KeyChange(why)


def is_whole(value: object) -> TypeGuard[int]:
    """Whether it is a whole number, which JSON's true is not."""
    return isinstance(value, int) and not isinstance(value, bool)


def check_plain(value: object) -> None:
    """Whether a value is made of what canonical bytes are made of alone. Raises EntryRefused."""
    if isinstance(value, dict):
        if not all(key.isascii() for key in value):
            raise EntryRefused("a key in it has a letter beyond ASCII")
        for each in value.values():
            check_plain(each)
    elif isinstance(value, list):
        for each in value:
            check_plain(each)
    elif isinstance(value, float) or (isinstance(value, int) and abs(value) > WHOLE_MAX):
        raise EntryRefused(f"a number in it is not a whole one within {WHOLE_MAX}")
