"""The Merkle tree: the known roots, proofs of every place and size, and that none of them can be bent."""

from __future__ import annotations

from hashlib import sha256
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pymerkle import InmemoryTree

from bot.domain.merkle import (
    EMPTY_ROOT,
    Frontier,
    Tree,
    consistent,
    included,
    node_hash,
)

# The leaves and roots that the first implementations of RFC 6962 were tested with.
LEAVES = [
    bytes.fromhex(text)
    for text in ("", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f")
]
ROOTS = [
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]


def leaf(data: bytes) -> bytes:
    return sha256(b"\x00" + data).digest()


def leaves(count: int) -> list[bytes]:
    return [leaf(b"%d" % number) for number in range(count)]


def root_as_written(hashes: list[bytes]) -> bytes:
    """MTH of RFC 6962, section 2.1, word for word."""
    if not hashes:
        return EMPTY_ROOT
    if len(hashes) == 1:
        return hashes[0]
    split = 1
    while split * 2 < len(hashes):
        split *= 2
    return node_hash(root_as_written(hashes[:split]), root_as_written(hashes[split:]))


@pytest.fixture(scope="module")
def tree() -> Tree:
    return Tree(leaves(300))


def test_the_known_leaves_have_the_known_roots():
    tree, frontier = Tree(), Frontier()
    for data, root in zip(LEAVES, ROOTS, strict=True):
        tree.append(leaf(data))
        frontier.append(leaf(data))
        assert tree.root().hex() == frontier.root().hex() == root


def test_no_leaves_have_the_hash_of_nothing():
    assert Tree().root() == Frontier().root() == sha256(b"").digest()


def test_root_and_frontier_of_every_size_are_as_the_standard_writes_them(tree):
    hashes, frontier = leaves(300), Frontier()
    for size, each in enumerate(hashes, 1):
        frontier.append(each)
        assert frontier.root() == tree.root(size) == root_as_written(hashes[:size])
        assert Frontier(size, frontier.peaks).root() == frontier.root()


def test_another_implementation_has_the_same_roots_and_takes_nothing_else():
    theirs, ours = InmemoryTree(algorithm="sha256"), Tree()
    for number in range(130):
        theirs.append_entry(b"%d" % number)
        ours.append(leaf(b"%d" % number))
        assert theirs.get_root(number + 1) == ours.root()
    for size in range(1, 131):
        for index in range(1, size + 1):
            # Its path holds the leaf or what stands on it as well, in the order of the places.
            path = set(theirs.prove_inclusion(index, size).path)
            assert set(ours.inclusion(index - 1, size)) <= path


def test_a_frontier_that_lacks_a_peak_is_refused():
    with pytest.raises(ValueError, match="3 leaves has 2 peaks"):
        Frontier(3, [bytes(32)])


def test_every_place_of_every_size_is_proved_and_no_other_place_by_that_proof(tree):
    hashes = leaves(300)
    for size in (*range(1, 65), 127, 128, 129, 255, 256, 257, 300):
        root = tree.root(size)
        for index in range(size):
            proof = tree.inclusion(index, size)
            assert included(hashes[index], index, size, proof, root)
            if size > 1:
                assert not included(hashes[index], (index + 1) % size, size, proof, root)
                assert not included(hashes[(index + 1) % size], index, size, proof, root)


def test_every_size_up_to_300_is_consistent_with_every_earlier_one(tree):
    roots = [tree.root(size) for size in range(301)]
    for size in range(301):
        for before in range(size + 1):
            proof = tree.consistency(before, size)
            assert consistent(before, roots[before], size, roots[size], proof)


def test_a_history_that_was_rewritten_is_consistent_with_nothing_that_was_seen_before():
    honest = leaves(120)
    for changed in (0, 17, 63, 64, 99):
        other = Tree([*honest[:changed], leaf(b"another"), *honest[changed + 1 :]])
        for before in range(changed + 1, 120):
            seen = Tree(honest[:before]).root()
            assert not consistent(before, seen, 120, other.root(), other.consistency(before))


@given(st.integers(1, 300), st.data())
def test_a_proof_with_anything_changed_added_or_left_out_proves_nothing(tree, size, data):
    index = data.draw(st.integers(0, size - 1))
    proof, root, own = tree.inclusion(index, size), tree.root(size), leaves(300)[index]
    extra = data.draw(st.binary(min_size=32, max_size=32))
    assert not included(own, index, size, [*proof, extra], root)
    for at in range(len(proof)):
        assert not included(own, index, size, proof[:at] + proof[at + 1 :], root)
        bent = bytes([proof[at][0] ^ 1]) + proof[at][1:]
        assert not included(own, index, size, [*proof[:at], bent, *proof[at + 1 :]], root)
        assert not consistent(index, tree.root(index), size, root, [bent]) or index in (0, size)


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 2**32))
def test_places_and_sizes_of_a_large_tree_are_proved(large, chance):
    tree, hashes = large
    dice = Random(chance)
    size = dice.randint(1, len(hashes))
    index, before = dice.randrange(size), dice.randint(1, size)
    assert included(hashes[index], index, size, tree.inclusion(index, size), tree.root(size))
    assert consistent(before, tree.root(before), size, tree.root(size), tree.consistency(before, size))
    assert len(tree.inclusion(index, size)) <= 17


@pytest.fixture(scope="module")
def large() -> tuple[Tree, list[bytes]]:
    hashes = leaves(100_000)
    return Tree(hashes), hashes


@pytest.mark.parametrize(
    "ask",
    [
        lambda tree: tree.root(301),
        lambda tree: tree.inclusion(300),
        lambda tree: tree.inclusion(-1),
        lambda tree: tree.consistency(5, 4),
    ],
)
def test_what_is_not_there_is_not_proved(tree, ask):
    with pytest.raises(ValueError):
        ask(tree)
