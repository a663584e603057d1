"""The Merkle tree of RFC 6962, section 2.1: the root of a growing list of leaves, and proofs about it.

Leaves are given as their hashes (`ledger.leaf_hash`). A proof is a list of hashes, lowest first, and is checked by
the algorithms of RFC 9162, sections 2.1.3.2 and 2.1.4.2, which say the same of the same tree."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Sequence

EMPTY_ROOT = hashlib.sha256(b"").digest()
HASH_BYTES = 32

# The hash of the perfect subtree of 2**level leaves that begins at leaf `index * 2**level`.
Subtrees = Callable[[int, int], bytes]


def node_hash(left: bytes, right: bytes) -> bytes:
    """An inner node: SHA-256 of a one byte and both children."""
    return hashlib.sha256(b"\x01" + left + right).digest()


class Frontier:
    """The roots of the perfect subtrees that a list of leaves falls into, largest first: all that appending needs.

    Appending costs about one hash a leaf, and a tree of a million leaves keeps twenty hashes."""

    __slots__ = ("_peaks", "size")

    def __init__(self, size: int = 0, peaks: Iterable[bytes] = ()) -> None:
        self.size = size
        self._peaks = list(peaks)
        if len(self._peaks) != size.bit_count():
            raise ValueError(f"a tree of {size} leaves has {size.bit_count()} peaks, not {len(self._peaks)}")

    @property
    def peaks(self) -> tuple[bytes, ...]:
        return tuple(self._peaks)

    def append(self, leaf: bytes) -> None:
        size, peaks = self.size, self._peaks
        while size & 1:
            leaf = node_hash(peaks.pop(), leaf)
            size >>= 1
        peaks.append(leaf)
        self.size += 1

    def root(self) -> bytes:
        """The tree's root; of no leaves at all, the hash of nothing."""
        if not self._peaks:
            return EMPTY_ROOT
        root = self._peaks[-1]
        for peak in reversed(self._peaks[:-1]):
            root = node_hash(peak, root)
        return root


class Tree:
    """All hashes of a list of leaves, level by level, for proofs of any place and any earlier size."""

    def __init__(self, leaves: Iterable[bytes] = ()) -> None:
        self._levels: list[list[bytes]] = [[]]
        for leaf in leaves:
            self.append(leaf)

    def __len__(self) -> int:
        return len(self._levels[0])

    def append(self, leaf: bytes) -> None:
        self._levels[0].append(leaf)
        level = 0
        while len(self._levels[level]) % 2 == 0:
            below = self._levels[level]
            if level + 1 == len(self._levels):
                self._levels.append([])
            self._levels[level + 1].append(node_hash(below[-2], below[-1]))
            level += 1

    def subtree(self, level: int, index: int) -> bytes:
        return self._levels[level][index]

    def root(self, size: int | None = None) -> bytes:
        """The root when the tree had `size` leaves. Raises ValueError for more than there are."""
        return root_of(self.subtree, self._size(size))

    def inclusion(self, index: int, size: int | None = None) -> list[bytes]:
        """The proof that leaf `index` (from 0) is in the tree of `size` leaves. Raises ValueError."""
        return inclusion_proof(self.subtree, index, self._size(size))

    def consistency(self, before: int, size: int | None = None) -> list[bytes]:
        """The proof that the tree of `size` leaves begins with that of `before` leaves. Raises ValueError."""
        return consistency_proof(self.subtree, before, self._size(size))

    def _size(self, size: int | None) -> int:
        wanted = len(self) if size is None else size
        if not 0 <= wanted <= len(self):
            raise ValueError(f"there are {len(self)} leaves, not {wanted}")
        return wanted


def root_of(subtrees: Subtrees, size: int) -> bytes:
    """The root of the first `size` leaves."""
    return _range_hash(subtrees, 0, size) if size else EMPTY_ROOT


def inclusion_proof(subtrees: Subtrees, index: int, size: int) -> list[bytes]:
    """PATH(index, D[size]) of RFC 6962, section 2.1.1. Raises ValueError for a leaf that is not there."""
    if not 0 <= index < size:
        raise ValueError(f"leaf {index} is not among {size}")
    begin, end, path = 0, size, list[bytes]()
    while end - begin > 1:
        middle = begin + _split(end - begin)
        if index < middle:
            path.append(_range_hash(subtrees, middle, end))
            end = middle
        else:
            path.append(_range_hash(subtrees, begin, middle))
            begin = middle
    return path[::-1]


def consistency_proof(subtrees: Subtrees, before: int, size: int) -> list[bytes]:
    """PROOF(before, D[size]) of RFC 6962, section 2.1.2; empty where nothing needs one. Raises ValueError."""
    if not 0 <= before <= size:
        raise ValueError(f"a tree of {size} leaves was never one of {before}")
    if before in (0, size):
        return []
    begin, end, whole, path = 0, size, True, list[bytes]()
    while before != end:
        middle = begin + _split(end - begin)
        if before <= middle:
            path.append(_range_hash(subtrees, middle, end))
            end = middle
        else:
            path.append(_range_hash(subtrees, begin, middle))
            begin, whole = middle, False
    if not whole:
        path.append(_range_hash(subtrees, begin, end))
    return path[::-1]


def included(leaf: bytes, index: int, size: int, proof: Sequence[bytes], root: bytes) -> bool:
    """Whether the proof shows that `leaf` is leaf `index` (from 0) of the tree with this size and root."""
    if not 0 <= index < size:
        return False
    place, last, value = index, size - 1, leaf
    for each in proof:
        if last == 0:
            return False
        if place & 1 or place == last:
            value = node_hash(each, value)
            while not place & 1 and place:
                place >>= 1
                last >>= 1
        else:
            value = node_hash(value, each)
        place >>= 1
        last >>= 1
    return last == 0 and value == root


def consistent(before: int, root_before: bytes, size: int, root: bytes, proof: Sequence[bytes]) -> bool:
    """Whether the proof shows that the tree of `size` leaves begins with that of `before` leaves."""
    if not 0 <= before <= size:
        return False
    if before == size:
        return not proof and root_before == root
    if before == 0:
        return not proof and root_before == EMPTY_ROOT
    hashes = [root_before, *proof] if before & (before - 1) == 0 else list(proof)
    if not hashes:
        return False
    place, last = before - 1, size - 1
    while place & 1:
        place >>= 1
        last >>= 1
    older = newer = hashes[0]
    for each in hashes[1:]:
        if last == 0:
            return False
        if place & 1 or place == last:
            older, newer = node_hash(each, older), node_hash(each, newer)
            while not place & 1 and place:
                place >>= 1
                last >>= 1
        else:
            newer = node_hash(newer, each)
        place >>= 1
        last >>= 1
    return last == 0 and older == root_before and newer == root


def _split(count: int) -> int:
    """The largest power of two below `count`, which is at least 2."""
    return 1 << ((count - 1).bit_length() - 1)


def _range_hash(subtrees: Subtrees, begin: int, end: int) -> bytes:
    """The hash of leaves [begin, end), where `begin` is a multiple of the smallest power of two that holds them."""
    peaks = []
    while begin < end:
        count = end - begin
        level = count.bit_length() - 1
        peaks.append(subtrees(level, begin >> level))
        begin += 1 << level
    value = peaks[-1]
    for peak in reversed(peaks[:-1]):
        value = node_hash(peak, value)
    return value
