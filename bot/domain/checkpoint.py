"""Checkpoints of the transparency log in the C2SP forms: tlog-checkpoint inside signed-note, by Ed25519 keys.

Everything here is text and bytes; who signs and who verifies is handed in. Forms: c2sp.org/signed-note and
c2sp.org/tlog-checkpoint."""

from __future__ import annotations

import base64
import binascii
import hashlib
import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from bot.domain.merkle import HASH_BYTES

ED25519 = 0x01
KEY_BYTES, SIGNATURE_BYTES, KEY_ID_BYTES = 32, 64, 4
SIGNATURES_MAX = 16
_DASH = "\u2014 "
_SIZE = re.compile(r"0|[1-9][0-9]{0,18}")
_FORBIDDEN = re.compile(r"[\x00-\x09\x0b-\x1f\x7f]")
FINGERPRINT_CHARACTERS = 10

Sign = Callable[[bytes], bytes]
Verify = Callable[[bytes, bytes, bytes], bool]
"""Whether a signature (third) of a message (second) was made with the key (first)."""


class NoteRefused(Exception):
    """Something is no note, no checkpoint or no key; the text says what is wrong with it."""


@dataclass(frozen=True, slots=True)
class NoteKey:
    """A public key with the name that its signatures carry: `name` has no space and no plus sign."""

    name: str
    public: bytes

    def __post_init__(self) -> None:
        if not self.name or "+" in self.name or any(each.isspace() for each in self.name):
            raise NoteRefused(f"{self.name!r} is no name of a key: it has a space or a plus sign, or is empty")
        if len(self.public) != KEY_BYTES:
            raise NoteRefused(f"an Ed25519 key has {KEY_BYTES} bytes, not {len(self.public)}")

    @property
    def id(self) -> bytes:
        """Four bytes that tell two keys of a name apart."""
        return hashlib.sha256(self.name.encode() + b"\n" + bytes([ED25519]) + self.public).digest()[:KEY_ID_BYTES]

    def __str__(self) -> str:
        """The key as verifiers take it: NAME+ID+KEY."""
        return f"{self.name}+{self.id.hex()}+{_base64(bytes([ED25519]) + self.public)}"


def read_key(text: str) -> NoteKey:
    """The key that `str` wrote. Raises NoteRefused."""
    name, _, rest = text.partition("+")
    key_id, _, encoded = rest.partition("+")
    raw = _from_base64(encoded, "the key")
    if raw[:1] != bytes([ED25519]):
        raise NoteRefused(f"the key {name} is not one for Ed25519")
    key = NoteKey(name, raw[1:])
    if key_id != key.id.hex():
        raise NoteRefused(f"the key {name} does not belong to the number {key_id}")
    return key


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """The state of a log: its name, how many entries it had, and the root over them. `about` are further lines."""

    origin: str
    size: int
    root: bytes
    about: tuple[str, ...] = ()

    @property
    def text(self) -> str:
        """What is signed."""
        return "".join(f"{line}\n" for line in (self.origin, str(self.size), _base64(self.root), *self.about))

    @property
    def fingerprint(self) -> str:
        """The root's first characters, short enough for a line of chat: 50 bits in letters and digits of base32.

        It tells one history from another that exists by itself; it does not keep whoever makes both from trying
        until two look alike, which takes some 2**25 tries. The full root does."""
        return base64.b32encode(self.root).decode().lower()[:FINGERPRINT_CHARACTERS]


def read_checkpoint(text: str) -> Checkpoint:
    """A checkpoint from the text of a note. Raises NoteRefused."""
    if not text.endswith("\n"):
        raise NoteRefused("the checkpoint does not end with its line")
    lines = text[:-1].split("\n")
    if len(lines) < 3 or not all(lines):
        raise NoteRefused("a checkpoint has a line each for its log, its size and its root, and no empty one")
    origin, size, root, *about = lines
    if not _SIZE.fullmatch(size):
        raise NoteRefused(f"{size!r} is no number of entries")
    decoded = _from_base64(root, "the root")
    if len(decoded) != HASH_BYTES:
        raise NoteRefused(f"a root has {HASH_BYTES} bytes, not {len(decoded)}")
    return Checkpoint(origin, int(size), decoded, tuple(about))


def sign_note(text: str, signers: Iterable[tuple[NoteKey, Sign]]) -> str:
    """The text with a signature of each key under it. Raises NoteRefused for a text that no note can have."""
    _check_text(text)
    message = text.encode()
    lines = (f"{_DASH}{key.name} {_base64(key.id + sign(message))}\n" for key, sign in signers)
    return f"{text}\n{''.join(lines)}"


def open_note(note: str, keys: Sequence[NoteKey], verify: Verify) -> tuple[str, tuple[NoteKey, ...]]:
    """The text of a note and those of `keys` that have signed it, at least one. Signatures of others are passed
    over, as the standard has it. Raises NoteRefused when none is known, or one that is known does not fit."""
    text, separator, signatures = note.rpartition("\n\n")
    text += "\n"
    if not separator or not signatures.endswith("\n"):
        raise NoteRefused("this is no signed note: under its text there is an empty line, then the signatures")
    _check_text(text)
    lines = signatures[:-1].split("\n")
    if len(lines) > SIGNATURES_MAX:
        raise NoteRefused(f"the note has more than {SIGNATURES_MAX} signatures")
    signed: list[NoteKey] = []
    for line in lines:
        name, key_id, signature = _read_signature(line)
        key = next((key for key in keys if key.name == name and key.id == key_id), None)
        if key is None or key in signed:
            continue
        if len(signature) != SIGNATURE_BYTES or not verify(key.public, text.encode(), signature):
            raise NoteRefused(f"the signature of {name} does not fit the text")
        signed.append(key)
    if not signed:
        raise NoteRefused("nobody who is known has signed this note")
    return text, tuple(signed)


def _read_signature(line: str) -> tuple[str, bytes, bytes]:
    name, _, encoded = line.removeprefix(_DASH).partition(" ")
    if not line.startswith(_DASH) or not name or not encoded:
        raise NoteRefused("a line under the text is no signature")
    raw = _from_base64(encoded, f"the signature of {name}")
    if len(raw) <= KEY_ID_BYTES:
        raise NoteRefused(f"the signature of {name} is cut short")
    return name, raw[:KEY_ID_BYTES], raw[KEY_ID_BYTES:]


def _check_text(text: str) -> None:
    if not text.endswith("\n") or _FORBIDDEN.search(text):
        raise NoteRefused("a note's text ends with its line and has no control characters")


def _base64(raw: bytes) -> str:
    return base64.b64encode(raw).decode()


def _from_base64(text: str, what: str) -> bytes:
    try:
        raw = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        raise NoteRefused(f"{what} is not in base64") from None
    # More than one text must not stand for the same bytes: a changed character has to be noticed.
    if _base64(raw) != text:
        raise NoteRefused(f"{what} is not in the one form that base64 has for it")
    return raw
