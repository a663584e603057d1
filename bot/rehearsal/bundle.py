"""Reads a drop's bundle as a stranger would, who has nothing but docs/verifying.md: lines, tree and signatures."""

from __future__ import annotations

import base64
import binascii
import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, field

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

_TITLE = "microdrops bundle 1"
_DASH = "\u2014 "
_KIND, _ID_BYTES = b"\x01", 4


class BundleBroken(Exception):
    """A bundle does not hold; the text says where and why."""


@dataclass(frozen=True, slots=True)
class Bundle:
    """`entries` are those that are shown, by number, as they stand; `roots` the signed ones, by size; `size` is the
    last of these."""

    drop: str
    entries: dict[int, str]
    hidden: dict[int, bytes]
    roots: dict[int, bytes]

    @property
    def size(self) -> int:
        return max(self.roots)


def read_bundle(text: str) -> Bundle:
    """The bundle in this text, its signatures checked: by one key, as one evening has. Raises BundleBroken."""
    if not text.endswith("\n"):
        raise BundleBroken("its last line does not end")
    lines = iter(text.removesuffix("\n").split("\n"))
    if next(lines) != _TITLE:
        raise BundleBroken("its first line is another")
    try:
        return _read(lines)
    except (StopIteration, ValueError, binascii.Error, InvalidSignature) as error:
        raise BundleBroken(f"it cannot be read ({type(error).__name__} {error})") from error


def _read(lines: Iterator[str]) -> Bundle:
    drop, key = _behind("drop", next(lines)), _behind("key", next(lines))
    before = _behind("before", next(lines))
    tree = Tree(int(before))
    if before != str(tree.size):
        raise ValueError(f"{before[:40]!r} is no number of entries")
    tree.peaks += [_raw(_behind("peak", next(lines))) for _ in range(tree.size.bit_count())]
    bundle = Bundle(drop, {}, {}, {})
    note: list[str] = []
    for line in (*lines, ""):
        word, space, rest = line.partition(" ")
        if line and not space:
            raise ValueError(f"no such line: {line[:40]!r}")
        if word == "note":
            note.append(rest)
            continue
        if note:
            bundle.roots[tree.size] = _signed(note, key, tree)
            note = []
        if word == "entry":
            tree.append(hashlib.sha256(b"\x00" + rest.encode()).digest())
            bundle.entries[tree.size] = rest
        elif word == "hidden":
            tree.append(_raw(rest))
            bundle.hidden[tree.size] = tree.leaf
        elif line:
            raise ValueError(f"no such line: {line[:40]!r}")
    if not bundle.roots or bundle.size != tree.size:
        raise ValueError("its last entries are under no checkpoint")
    return bundle


def _signed(note: list[str], key: str, tree: Tree) -> bytes:
    """The root of a note that the key has signed over the tree as it stands."""
    name, _, encoded = key.partition("+")
    key_id, _, public = encoded.partition("+")
    origin, size, root, empty, *signatures = note
    if (origin, size, empty) != (name, str(tree.size), "") or _raw(root) != tree.root():
        raise ValueError(f"checkpoint {size} is over other entries")
    message = f"{origin}\n{size}\n{root}\n".encode()
    (signature,) = (_raw(line.removeprefix(f"{_DASH}{name} ")) for line in signatures)
    raw = _raw(public)
    if raw[:1] != _KIND or signature[:_ID_BYTES].hex() != key_id:
        raise ValueError(f"checkpoint {size} is signed by another key")
    Ed25519PublicKey.from_public_bytes(raw[1:]).verify(signature[_ID_BYTES:], message)
    return tree.root()


def _behind(word: str, line: str) -> str:
    found, _, rest = line.partition(" ")
    if found != word:
        raise ValueError(f"{word} should stand where {line[:40]!r} does")
    return rest


def _raw(text: str) -> bytes:
    raw = base64.b64decode(text, validate=True)
    if base64.b64encode(raw).decode() != text:
        raise ValueError(f"{text[:40]!r} is not the one form of its bytes")
    return raw


@dataclass(slots=True)
class Tree:
    """The tree of RFC 6962, as far as it has grown: `peaks` are its perfect parts, the largest first."""

    size: int = 0
    peaks: list[bytes] = field(default_factory=list)
    leaf: bytes = b""

    def append(self, leaf: bytes) -> None:
        self.leaf = node = leaf
        # Each one at the end of the size in binary closes a perfect part.
        for _ in range((~self.size & (self.size + 1)).bit_length() - 1):
            node = _joined(self.peaks.pop(), node)
        self.peaks.append(node)
        self.size += 1

    def root(self) -> bytes:
        """Raises IndexError for a tree without leaves."""
        *others, node = self.peaks
        for peak in reversed(others):
            node = _joined(peak, node)
        return node


def _joined(left: bytes, right: bytes) -> bytes:
    return hashlib.sha256(b"\x01" + left + right).digest()
