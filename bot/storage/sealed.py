"""What an entry's own bytes prove: its columns, its hashes, its private part and whose pseudonym it names."""

from __future__ import annotations

import hashlib
from binascii import hexlify
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import orjson
from sqlalchemy import Connection, select

from bot.domain.ledger import ENTRY_VERSION, private_hash
from bot.domain.people import pseudonym
from bot.storage import tables
from bot.storage.claimed import CLAIM_BEGINS, CLAIM_ENDS, GRANTED, claim_middle, is_number
from bot.storage.entries import UNREADABLE, EntryRow, Report, read_pieces

_NO_PERSON = b"{}"
# Entries that name the person of their private part by a pseudonym, and as what.
_NAMES_BY = {GRANTED: "holder", "vote.cast": "voter", "night.joined": "guest"}

# HMAC, RFC 2104: the key, filled up to a block, is hashed before the text and again before that hash, each time
# combined with another byte.
_HMAC_BLOCK = 64
_INNER, _OUTER = (bytes(byte ^ pad for byte in range(256)) for pad in (0x36, 0x5C))


class Seals:
    """Checks the entries of one channel, each for itself.

    An entry is checked by writing it anew from its columns: equal bytes prove all columns, the canonical form and
    the private part at once. Only for those that differ is it found out where."""

    def __init__(self, connection: Connection, channel_id: int, *, holders: bool = True) -> None:
        """Without `holders` no pseudonym is made anew, which takes the secrets of all persons."""
        self._channel = name_of(connection, channel_id)
        self._holders = holders
        self._secrets = secrets_of(connection, channel_id) if holders else {}
        # By drop: what all its claims have in common, and the scope of its pseudonyms.
        self._drops: dict[str, tuple[bytes, bytes]] = {}
        self._keys: dict[int, tuple[bytes, bytes]] = {}

    def check(self, rows: Sequence[EntryRow], report: Report) -> None:
        """Report what is wrong with these entries."""
        # Looked up once: this loop runs as often as units were ever handed out.
        channel, sha256 = self._channel, hashlib.sha256
        loads, dumps, in_order = orjson.loads, orjson.dumps, orjson.OPT_SORT_KEYS
        for row in rows:
            number, at, kind, drop, canonical, leaf, private, salt, person_id = row
            # As in bot.domain.ledger.leaf_hash, without the call.
            if sha256(b"\x00" + canonical).digest() != leaf:
                report(number, "the leaf hash is not that of its bytes")
            if kind == GRANTED and self._is_usual(row):
                continue
            try:
                content = loads(canonical)
                public = content["public"]
                if private is None or salt is None:
                    sealed = content["private"]
                else:
                    sealed = sha256(salt + private).hexdigest()
                again = {
                    "at": at,
                    "channel": channel,
                    "drop": drop,
                    "kind": kind,
                    "number": number,
                    "private": sealed,
                    "public": public,
                    "v": ENTRY_VERSION,
                }
                if dumps(again, option=in_order) != canonical:
                    for fault in _where_it_differs(row, content, channel):
                        report(number, fault)
                if (private is None) is not (salt is None):
                    report(number, "only half of the private part is there")
                elif private is None and person_id is not None:
                    report(number, f"person_id is {person_id!r}, and the private part is gone")
                elif private is not None and (private != _NO_PERSON or person_id is not None):
                    named = loads(private).get("person")
                    if named != person_id:
                        report(number, f"person_id is {person_id!r}, the private part says {named!r}")
                    if kind in _NAMES_BY:
                        self._check_holder(number, person_id, drop, public[_NAMES_BY[kind]], report)
            except UNREADABLE as error:
                report(number, f"cannot be read ({type(error).__name__}: {error})")

    def _is_usual(self, row: EntryRow) -> bool:
        """Whether this is a claim in the very bytes that the lane writes. That it is not proves nothing."""
        number, at, _, drop, canonical, _, private, salt, person_id = row
        if private is None or salt is None or person_id is None:
            return False
        keys = self._keys.get(person_id) or self._keys_of(person_id)
        if keys is None:
            return False
        middle, scope = self._drops.get(drop) or self._drop(drop)
        # As bot.domain.people.pseudonym, in half of its time.
        sha256, (inner, outer) = hashlib.sha256, keys
        holder = hexlify(sha256(outer + sha256(inner + scope).digest()).digest()[:16])
        begins = CLAIM_BEGINS % (at, middle, number, hexlify(sha256(salt + private).digest()), holder)
        if not (canonical.startswith(begins) and canonical.endswith(CLAIM_ENDS)):
            return False
        try:
            named = orjson.loads(private)["person"]
        except UNREADABLE:
            return False
        return named == person_id and is_number(canonical[len(begins) : -len(CLAIM_ENDS)])

    def _keys_of(self, person_id: int) -> tuple[bytes, bytes] | None:
        """A person's secret as HMAC uses it, for the hash within and the one around it."""
        secret = self._secrets.get(person_id)
        if secret is None or len(secret) > _HMAC_BLOCK:
            return None
        block = secret.ljust(_HMAC_BLOCK, b"\x00")
        keys = self._keys[person_id] = (block.translate(_INNER), block.translate(_OUTER))
        return keys

    def _drop(self, key: str) -> tuple[bytes, bytes]:
        drop = self._drops[key] = (claim_middle(self._channel, key), f"{self._channel}/{key}".encode())
        return drop

    def _check_holder(self, number: int, person_id: int | None, drop: str, holder: str, report: Report) -> None:
        secret = self._secrets.get(person_id)
        if self._holders and person_id not in self._secrets:
            report(number, f"it names person {person_id}, whom the table does not know")
        # Without the secret the pseudonym leads nowhere, as it should after an erasure.
        if secret is None:
            return
        if pseudonym(secret, f"{self._channel}/{drop}") != holder:
            report(number, f"person {person_id} is not the holder that it names")


def name_of(connection: Connection, channel_id: int) -> str:
    """The channel's name as the ledger has it: entries, pseudonyms and the log's own name are bound to it."""
    return connection.scalar(select(tables.channel.c.name).where(tables.channel.c.id == channel_id)) or ""


def secrets_of(connection: Connection, channel_id: int) -> dict[int | None, bytes | None]:
    """Each person's secret by their number; None once they were erased."""
    person = tables.person.c
    query = select(person.channel_id, person.id, person.secret)
    pieces = read_pieces(connection, query)
    return {number: secret for rows in pieces for channel, number, secret in rows if channel == channel_id}


def _where_it_differs(row: EntryRow, content: Mapping[str, Any], channel: str) -> Iterator[str]:
    number, at, kind, drop, canonical, _, private, salt, _ = row
    if orjson.dumps(content, option=orjson.OPT_SORT_KEYS) != canonical:
        yield "the bytes are not in canonical form"
    extracts = {"v": ENTRY_VERSION, "channel": channel, "number": number, "at": at, "kind": kind, "drop": drop}
    for name, value in extracts.items():
        if content[name] != value:
            yield f"{name} is {value!r}, its bytes say {content[name]!r}"
    if surplus := content.keys() - {*extracts, "public", "private"}:
        yield f"its bytes say what no entry says: {', '.join(sorted(surplus))}"
    if private is not None and salt is not None and private_hash(salt, private) != content["private"]:
        yield "the private part is not the one that was sealed"
