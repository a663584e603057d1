"""Canonical bytes, the leaf's hash and the sealed private part, against vectors made elsewhere."""

from __future__ import annotations

import hashlib
import json

import pytest
import rfc8785
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.ledger import Fact, canonical_bytes, leaf_hash, private_hash, seal

PUBLIC = {"number": 17, "how": "claim", "holder": "ab"}
FACT = Fact("unit.granted", "mug", PUBLIC, {"user": "42", "name": "Añn"}, person_id=7)
SALT = bytes(range(16))

ascii_text = st.text(st.characters(min_codepoint=0x20, max_codepoint=0x7E))
values = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53) + 1, 2**53 - 1) | ascii_text,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(ascii_text, inner, max_size=4),
)


def test_an_entry_has_exactly_these_bytes():
    """A stranger's verifier needs no more than this line and SHA-256."""
    entry = seal(FACT, channel="teapot", number=3, at=1_793_534_400_000_000, salt=SALT)
    sealed = hashlib.sha256(SALT + '{"name":"Añn","user":"42"}'.encode()).hexdigest()
    assert (
        entry.canonical
        == (
            '{"at":1793534400000000,"channel":"teapot","drop":"mug","kind":"unit.granted","number":3,'
            f'"private":"{sealed}","public":{{"holder":"ab","how":"claim","number":17}},"v":1}}'
        ).encode()
    )
    assert entry.leaf_hash == hashlib.sha256(b"\x00" + entry.canonical).digest()
    assert (entry.private, entry.salt) == ('{"name":"Añn","user":"42"}'.encode(), SALT)
    assert (entry.number, entry.kind, entry.drop, entry.person_id) == (3, "unit.granted", "mug", 7)


def test_nothing_private_is_in_the_public_bytes():
    assert b"42" not in seal(FACT, channel="teapot", number=3, at=5, salt=b"\xff" * 16).canonical.replace(
        private_hash(b"\xff" * 16, canonical_bytes(FACT.private)).encode(), b""
    )


@given(values)
def test_canonical_bytes_are_sorted_and_compact(value):
    expected = json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    assert canonical_bytes(value) == expected.encode() == rfc8785.dumps(value)


@given(st.dictionaries(ascii_text, st.integers(0, 9), max_size=6))
def test_the_order_in_which_keys_were_written_does_not_matter(value):
    assert canonical_bytes(dict(reversed(value.items()))) == canonical_bytes(value)


@pytest.mark.parametrize(
    ("entry", "digest"),
    [
        # RFC 6962: the leaf hash of the empty entry, as Certificate Transparency's own tests have it.
        (b"", "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d"),
        (b"\x00", "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7"),
        (b"L123456", "395aa064aa4c29f7010acfe3f25db9485bbd4b91897b6ad7ad547639252b4d56"),
    ],
)
def test_a_leaf_is_hashed_as_rfc_6962_says(entry, digest):
    assert leaf_hash(entry).hex() == digest


def test_the_same_private_part_under_another_salt_cannot_be_recognised():
    private = canonical_bytes({"user": "42"})
    assert private_hash(b"a" * 16, private) != private_hash(b"b" * 16, private)
    assert private_hash(b"a" * 16, private) == hashlib.sha256(b"a" * 16 + private).hexdigest()
