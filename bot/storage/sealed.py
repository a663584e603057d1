"""What an entry's own bytes prove: its columns, its hashes, its private part and whose pseudonym it names."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import orjson
from sqlalchemy import Connection, select

from bot.domain.ledger import ENTRY_VERSION, private_hash
from bot.domain.people import pseudonym
from bot.storage import tables
from bot.storage.entries import UNREADABLE, EntryRow, Report, read_pieces

_NO_PERSON = b"{}"


class Seals:
    """Checks the entries of one channel, each for itself.

    An entry is checked by writing it anew from its columns: equal bytes prove all columns, the canonical form and
    the private part at once. Only for those that differ is it found out where."""

    def __init__(self, connection: Connection, channel_id: int, *, holders: bool = True) -> None:
        """Without `holders` no pseudonym is made anew, which takes the secrets of all persons."""
        self._channel = name_of(connection, channel_id)
        self._holders = holders
        self._secrets = secrets_of(connection, channel_id) if holders else {}
        self._scopes: dict[str, str] = {}

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
                    if kind == "unit.granted":
                        self._check_holder(number, person_id, drop, public["holder"], report)
            except UNREADABLE as error:
                report(number, f"cannot be read ({type(error).__name__}: {error})")

    def _check_holder(self, number: int, person_id: int | None, drop: str, holder: str, report: Report) -> None:
        secret = self._secrets.get(person_id)
        if self._holders and person_id not in self._secrets:
            report(number, f"it names person {person_id}, whom the table does not know")
        # Without the secret the pseudonym leads nowhere, as it should after an erasure.
        if secret is None:
            return
        scope = self._scopes.get(drop)
        if scope is None:
            scope = self._scopes[drop] = f"{self._channel}/{drop}"
        if pseudonym(secret, scope) != holder:
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
