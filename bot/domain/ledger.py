"""What the ledger holds: numbered entries with canonical bytes, a public part and a sealed private part."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import NamedTuple

import orjson

from bot.domain.time import Micros

ENTRY_VERSION = 1
SALT_BYTES = 16
Part = Mapping[str, object]


_NOTHING: Part = {}


class Fact(NamedTuple):
    """Something that a decision found to have happened; the lane numbers it and seals it into an entry.

    `public` may be read by anybody and holds no personal data; `private` is erased with the person. `drop` is what
    the fact is about: a drop's key, "poll:KEY" or "night:KEY", or "" for none of these (see `names_drop`).
    """

    kind: str
    drop: str
    public: Part = _NOTHING
    private: Part = _NOTHING
    person_id: int | None = None


class Entry(NamedTuple):
    """A sealed fact. `number` counts from 1 without a gap within a channel; `at` is the lane's moment."""

    number: int
    at: Micros
    kind: str
    drop: str
    canonical: bytes
    leaf_hash: bytes
    private: bytes
    salt: bytes
    person_id: int | None


def names_drop(scope: str) -> bool:
    """Whether what a fact is about is a drop: whatever else there is has a colon in its name, which no key has."""
    return bool(scope) and ":" not in scope


def canonical_bytes(value: object) -> bytes:
    """Sorted, compact JSON of ASCII keys, strings, whole numbers, booleans, null, lists and objects.

    On that subset it equals RFC 8785 (JSON Canonicalization Scheme)."""
    return json_bytes(value, orjson.OPT_SORT_KEYS)


def json_bytes(value: object, option: int | None = None) -> bytes:
    """Compact JSON, for bytes that are kept a while."""
    # orjson's result keeps the page that it was written into; a copy of the right size costs a third of that page.
    return b"%b" % orjson.dumps(value, option=option)


def private_hash(salt: bytes, private: bytes) -> str:
    """What the public part says about the private one: SHA-256 of salt and bytes, as hex."""
    return hashlib.sha256(salt + private).hexdigest()


def leaf_hash(canonical: bytes) -> bytes:
    """The leaf of RFC 6962, section 2.1: SHA-256 of a zero byte and the entry."""
    return hashlib.sha256(b"\x00" + canonical).digest()


def seal(fact: Fact, *, channel: str, number: int, at: Micros, salt: bytes) -> Entry:
    """Turn a fact into entry `number` of `channel`; `salt` is SALT_BYTES of chance, used once."""
    private = canonical_bytes(fact.private)
    canonical = canonical_bytes(
        {
            "v": ENTRY_VERSION,
            "channel": channel,
            "number": number,
            "at": at,
            "kind": fact.kind,
            "drop": fact.drop,
            "public": fact.public,
            "private": private_hash(salt, private),
        }
    )
    return Entry(
        number=number,
        at=at,
        kind=fact.kind,
        drop=fact.drop,
        canonical=canonical,
        leaf_hash=leaf_hash(canonical),
        private=private,
        salt=salt,
        person_id=fact.person_id,
    )
