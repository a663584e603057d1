"""Everything that the ledger holds about one person, in plain keys."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any
from zoneinfo import ZoneInfo

import orjson
from sqlalchemy import Connection, func, or_, select, tuple_

from bot.domain.code_sets import audience_of
from bot.domain.linking import DISCORD, TWITCH
from bot.domain.people import pseudonym
from bot.domain.privacy import Kept
from bot.domain.time import Micros, in_zone
from bot.storage import tables
from bot.storage.directory import Key
from bot.storage.links import links_of
from bot.storage.people import Found, find_account, find_linked
from bot.storage.personal_participation import own_nights, own_passes, own_votes

# In a deed by hand two people are named: each is shown their own part of it.
SOMEBODY_ELSE = "somebody else"
# Whoever did this is named beside whoever it was done to.
_GIVEN_AND_TAKEN = ("pass.granted", "pass.voided", "unit.retired")


def personal_data(connection: Connection, channel_id: int, found: Found, now: Micros) -> dict[str, Any]:
    """Everything about the person: instants in UTC, hashes and salts in hex. What names others too is left out.

    Of an account that they are linked with now, all of it stands under `linked`: it is theirs as well."""
    linked = find_linked(connection, channel_id, found)
    return {
        **_data(connection, channel_id, found, now),
        "links": list(_links(connection, channel_id, found.person_id)),
        "linked": None if linked is None else _data(connection, channel_id, linked, now),
    }


def _data(connection: Connection, channel_id: int, found: Found, now: Micros) -> dict[str, Any]:
    channel, person = tables.channel, tables.person
    name = connection.scalar(select(channel.c.name).where(channel.c.id == channel_id))
    row = connection.execute(
        select(person).where(person.c.channel_id == channel_id, person.c.id == found.person_id)
    ).one_or_none()
    secret = None if row is None else row.secret
    return {
        "channel": name,
        "exported_at": _utc(now),
        "person": found.person_id,
        "known_since": None if row is None else _utc(row.created_at),
        "secret": None if secret is None else secret.hex(),
        "accounts": [
            {"platform": platform, "id": user_id, "name": shown} for platform, user_id, shown in found.accounts
        ],
        "units": list(_units(connection, channel_id, found.person_id, f"{name}", secret)),
        "votes": list(own_votes(connection, channel_id, found.person_id)),
        "passes": list(own_passes(connection, channel_id, found.person_id)),
        "nights": list(own_nights(connection, channel_id, found.person_id)),
        "codes": list(_codes(connection, channel_id, found)),
        "entries": list(_entries(connection, channel_id, found)),
        "moderator_steps": list(_steps(connection, channel_id, found.person_id)),
        "answers": list(_answers(connection, channel_id, found.keys)),
    }


def summary(connection: Connection, channel_id: int, key: Key) -> Kept:
    """The same in a few figures, for the person behind an account."""
    found = find_account(connection, channel_id, key)
    if found is None:
        return Kept()
    linked = find_linked(connection, channel_id, found)
    both = [found] if linked is None else [found, linked]
    person = tables.person.c
    since = select(func.min(person.created_at)).where(
        person.channel_id == channel_id, person.id.in_([each.person_id for each in both])
    )
    units = [unit for each in both for unit in _units(connection, channel_id, each.person_id, "", None)]
    units.sort(key=lambda unit: int(unit["entry"]), reverse=True)
    return Kept(
        accounts=tuple(f"{platform}: {name}" for each in both for platform, _, name in each.accounts),
        units=tuple((unit["title"], unit["number"], unit["supply"]) for unit in units),
        answers=sum(1 for each in both for _ in _answers(connection, channel_id, each.keys)),
        steps=sum(1 for each in both for _ in _steps(connection, channel_id, each.person_id)),
        since=connection.scalar(since),
        votes=sum(1 for each in both for _ in own_votes(connection, channel_id, each.person_id)),
        passes=sum(
            own["used"] < own["uses"] and not own["voided"] and not own["expired"]
            for each in both
            for own in own_passes(connection, channel_id, each.person_id)
        ),
    )


def _links(connection: Connection, channel_id: int, person_id: int | None) -> Iterator[dict[str, Any]]:
    """When somebody was one person with an account on the other platform; whose it was is not theirs to have."""
    for link in links_of(connection, channel_id, person_id):
        yield {
            "entry": link.number,
            "with": TWITCH if person_id == link.discord_person else DISCORD,
            "linked_at": _utc(link.linked_at),
            "unlinked_at": None if link.unlinked_at is None else _utc(link.unlinked_at),
        }


def _codes(connection: Connection, channel_id: int, found: Found) -> Iterator[dict[str, Any]]:
    """The claim codes that were made for somebody alone, and those that they have redeemed."""
    code = tables.claim_code
    own: Any = code.c.audience.in_([audience_of(*key) for key in found.keys])
    if found.person_id is not None:  # what nobody has used is not used by nobody in particular
        own = or_(own, code.c.used_by == found.person_id)
    query = select(code).where(code.c.channel_id == channel_id, own)
    for row in connection.execute(query.order_by(code.c.code_set, code.c.number, code.c.reissue)):
        yield {
            "set": row.code_set,
            "number": row.number,
            "reissue": row.reissue,
            "for": row.audience,
            "expires_at": None if row.expires_at is None else _utc(row.expires_at),
            "burned_at": None if row.burned_at is None else _utc(row.burned_at),
            "used_at": None if row.used_at is None else _utc(row.used_at),
        }


def _units(
    connection: Connection, channel_id: int, person_id: int | None, channel: str, secret: bytes | None
) -> Iterator[dict[str, Any]]:
    unit, drop = tables.unit, tables.drop
    query = (
        select(unit, drop.c.title, drop.c.supply)
        .join(drop, (drop.c.channel_id == unit.c.channel_id) & (drop.c.key == unit.c.drop_key))
        .where(unit.c.channel_id == channel_id, unit.c.person_id == person_id)
        .order_by(unit.c.entry_number)
    )
    for row in connection.execute(query):
        yield {
            "drop": row.drop_key,
            "title": row.title,
            "number": row.number,
            "supply": row.supply,
            "how": row.how,
            "granted_at": _utc(row.granted_at),
            "entry": row.entry_number,
            "holder": None if secret is None else pseudonym(secret, f"{channel}/{row.drop_key}"),
        }


def _entries(connection: Connection, channel_id: int, found: Found) -> Iterator[dict[str, Any]]:
    entry = tables.entry
    query = (
        select(entry)
        .where(
            entry.c.channel_id == channel_id,
            entry.c.private.is_not(None),
            or_(
                entry.c.person_id == found.person_id,
                entry.c.person_id.is_(None),
                entry.c.kind.in_(_GIVEN_AND_TAKEN),
                entry.c.number.in_(_gifts(channel_id, found)),
            ),
        )
        .order_by(entry.c.number)
    )
    for row in connection.execute(query):
        private = orjson.loads(row.private)
        own = _own_part(private, found)
        if own is None:
            continue
        yield {
            "number": row.number,
            "at": _utc(row.at),
            "kind": row.kind,
            "drop": row.drop_key,
            "public": orjson.loads(row.canonical)["public"],
            "private": own,
            # Without the whole private part the salt opens nothing.
            "salt": row.salt.hex() if own == private else None,
            "leaf_hash": row.leaf_hash.hex(),
        }


def _gifts(channel_id: int, found: Found) -> Any:
    """The entries of what the person gave to others."""
    action = tables.action.c
    return select(action.entry_number).where(
        action.channel_id == channel_id, action.person_id == found.person_id, action.kind == "unit.granted"
    )


def _own_part(private: Mapping[str, Any], found: Found) -> dict[str, Any] | None:
    """What an entry says of this person alone; None when it says nothing of them."""
    by = private.get("by")
    is_doer = by is not None and (by["platform"], by["user"]) in found.keys
    is_holder = found.person_id is not None and private.get("person") == found.person_id
    if not (is_doer or is_holder):
        return None
    if by is None or (is_doer and (is_holder or "person" not in private)):
        return dict(private)
    if is_holder:
        return {**private, "by": SOMEBODY_ELSE}
    return {"by": by, "why": private.get("why", ""), "person": SOMEBODY_ELSE}


def _steps(connection: Connection, channel_id: int, person_id: int | None) -> Iterator[dict[str, Any]]:
    action = tables.action
    query = select(action).where(action.c.channel_id == channel_id, action.c.person_id == person_id)
    for row in connection.execute(query.order_by(action.c.entry_number)):
        yield {
            "entry": row.entry_number,
            "at": _utc(row.at),
            "what": row.kind,
            "drop": row.drop_key,
            "number": row.number,
            "minutes": row.minutes,
            "taken_back": bool(row.undone),
        }


def _answers(connection: Connection, channel_id: int, keys: Sequence[Key]) -> Iterator[dict[str, Any]]:
    outcome = tables.outcome
    belongs = tuple_(outcome.c.platform, outcome.c.user_id).in_(keys)
    query = select(outcome).where(outcome.c.channel_id == channel_id, belongs)
    for row in connection.execute(query.order_by(outcome.c.at, outcome.c.request_id)):
        answer = orjson.loads(row.decision)
        yield {
            "request": row.request_id,
            "at": _utc(row.at),
            "kind": row.kind,
            "drop": row.drop_key,
            "platform": row.platform,
            "id": row.user_id,
            "name": row.name,
            "answer": {**answer, "receiver": SOMEBODY_ELSE} if answer.get("receiver") else answer,
            "told_at": None if row.told_at is None else _utc(row.told_at),
        }


def _utc(at: Micros) -> str:
    return in_zone(at, ZoneInfo("UTC")).isoformat()
