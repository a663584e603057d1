"""An operator who rewrites history as well as he can: he has the program, the database and the signing key.

His entries are numbered, sealed and signed anew, and every table is rebuilt from them. What he leaves alone keeps
its salt, and so its bytes."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Sequence
from pathlib import Path

import orjson
from sqlalchemy import URL, Connection, create_engine, insert, select

from bot.domain.checkpoint import Checkpoint, NoteKey
from bot.domain.claims import ClaimGranted
from bot.domain.control import DropSteered, Verb
from bot.domain.drops import Drop, evolve
from bot.domain.ledger import Entry, seal
from bot.domain.transparency import LOG_KEY, TileFrontier, checkpoint_due, key_in_force, origin_of
from bot.storage import tables
from bot.storage.database import ledger_url
from bot.storage.drops import save_drop
from bot.storage.fold import fold_entries
from bot.storage.outcomes import kind_of, to_bytes
from bot.storage.rebuilt import Grant, Rebuilt
from bot.storage.signing import KeyRing, Signer
from tests.attacks.history import TEAPOT, History
from tests.conftest import CHANNEL

ORIGIN = origin_of(TEAPOT)
# What is made of the entries, in an order in which it can be taken away.
_PROJECTED = (
    "unit",
    "lost_unit",
    "action",
    "occurrence",
    "edition",
    "drop",
    "checkpoint",
    "tile",
    "verified",
    "entry",
)

Notes = Callable[[Signer, str, Sequence[NoteKey]], str]
"""Makes the note of a checkpoint's text, which these keys have to sign."""


def forge(url: URL, history: History, folder: Path, keys: KeyRing, *, notes: Notes | None = None) -> URL:
    """A ledger in which this happened, and that was signed by these keys (or by `notes`, who is asked for each
    checkpoint). Accounts, secrets and answers other than grants stay as they were."""
    folder.mkdir()
    path = folder / "ledger.sqlite"
    shutil.copy(str(url.database), path)
    forged = ledger_url(str(path))
    engine = create_engine(forged)
    with engine.begin() as connection:
        for name in _PROJECTED:
            connection.execute(tables.metadata.tables[name].delete())
        _forget_grants(connection)
        _write_log(connection, _sealed(history), history, keys.signer(ORIGIN), notes or _sign)
        rebuilt = fold_entries(connection, CHANNEL, lambda _number, _fault: None)
        _write_tables(connection, rebuilt)
        _retell(connection)
    engine.dispose()
    return forged


def _sign(signer: Signer, text: str, keys: Sequence[NoteKey]) -> str:
    return signer.sign(text, keys)


def _sealed(history: History) -> list[Entry]:
    """The entries, where what takes something back names the new number of that."""
    now = {told.was: number for number, told in enumerate(history, 1) if told.was}
    entries = []
    for number, told in enumerate(history, 1):
        fact = told.fact
        if "undoes" in fact.public:
            fact = fact._replace(public={**fact.public, "undoes": now[fact.public["undoes"]]})
        entries.append(seal(fact, channel=TEAPOT, number=number, at=told.at, salt=told.salt))
    return entries


def _write_log(
    connection: Connection, entries: Sequence[Entry], history: History, signer: Signer, notes: Notes
) -> None:
    """Entries, tiles, checkpoints and the key, as the lane writes them."""
    tree, drops, key = TileFrontier(), dict[str, Drop](), None
    for entry, told in zip(entries, history, strict=True):
        fact, signers = told.fact, (key,) if key else ()
        connection.execute(insert(tables.entry).values((CHANNEL, *entry)))
        finished = tree.append(entry.leaf_hash)
        if finished is not None:
            connection.execute(insert(tables.tile).values((CHANNEL, tree.tiles - 1, finished)))
        before = after = None
        if fact.kind == LOG_KEY:
            change = key_in_force(key, fact.public, ORIGIN)
            key, signers = change.key, change.signers
        if fact.drop:
            before = drops.get(fact.drop)
            after = drops[fact.drop] = evolve(before, fact.kind, fact.public, told.at)
        if checkpoint_due(before, after, fact.kind):
            note = notes(signer, Checkpoint(ORIGIN, tree.size, tree.root()).text, signers)
            connection.execute(insert(tables.checkpoint).values((CHANNEL, tree.size, note)))
    connection.execute(tables.channel.update().values(log_key=str(key)))


def _forget_grants(connection: Connection) -> None:
    """Take away what people were answered with a unit."""
    outcome = tables.outcome
    for row in connection.execute(select(outcome)).all():
        if row.kind == "claim.granted" or orjson.loads(row.decision).get("verb") == Verb.GIVE:
            connection.execute(outcome.delete().where(outcome.c.request_id == row.request_id))


def _write_tables(connection: Connection, rebuilt: Rebuilt) -> None:
    """Every table that tells what the entries tell."""
    for drop in rebuilt.drops.values():
        save_drop(connection, CHANNEL, drop, new=True)
    for unit in rebuilt.units.values():
        row = (
            CHANNEL,
            unit.drop,
            1,
            unit.number,
            unit.person,
            unit.nth,
            unit.how,
            unit.granted_at,
            unit.entry_number,
        )
        connection.execute(insert(tables.unit).values(row))
    who = {(row.platform, row.user_id): row.person_id for row in connection.execute(select(tables.identity))}
    undone = {deed.undoes for deed in rebuilt.deeds.values()}
    for number, deed in rebuilt.deeds.items():
        if deed.by in who and deed.undoes is None:
            what = (deed.kind, deed.drop, deed.public.get("number", 0), deed.public.get("minutes", 0), deed.at)
            connection.execute(
                insert(tables.action).values((CHANNEL, number, who[deed.by], *what, int(number in undone)))
            )
    for request, grant in rebuilt.requests.items():
        assert grant.by is not None
        decision, unit = _answer(grant), grant.unit
        row = (CHANNEL, request, kind_of(decision), unit.drop, *grant.by, to_bytes(decision), unit.granted_at, None)
        connection.execute(insert(tables.outcome).values(row))


def _retell(connection: Connection) -> None:
    """Put the new notes into the news, as another audience is to hear them."""
    outbox, checkpoint = tables.outbox, tables.checkpoint.c
    notes = dict(map(tuple, connection.execute(select(checkpoint.size, checkpoint.note))))
    for row in connection.execute(select(outbox.c.id, outbox.c.about)).all():
        about = orjson.loads(row.about)
        old = about.pop("note", None)
        if old is not None:
            about |= {"note": note} if (note := notes.get(int(old.split("\n")[1]))) else {}
            told = outbox.update().where(outbox.c.id == row.id)
            connection.execute(told.values(about=orjson.dumps(about)))


def _answer(grant: Grant) -> ClaimGranted | DropSteered:
    """What the holder, or the moderator who gave it, was answered then."""
    unit, plan, left = grant.unit, grant.plan, grant.units_left
    if unit.how == "claim":
        receipt = unit.entry_number, grant.leaf.hex()
        return ClaimGranted(unit.drop, plan.title, unit.number, plan.supply, left, *receipt)
    return DropSteered(
        Verb.GIVE,
        unit.drop,
        plan.title,
        closes_at=grant.closes_at,
        number=unit.number,
        supply=plan.supply,
        units_left=left,
        receiver=grant.private["name"],
        receiver_platform=grant.private["platform"],
    )
