"""What the ledger knows of somebody, for an explained score: since when, linked or not, and what they claimed."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Connection, func, select

from bot.domain.people import Account
from bot.domain.standing_score import Acquaintance
from bot.storage import tables
from bot.storage.people import find_account, find_linked


@dataclass(frozen=True, slots=True)
class Met:
    """Somebody by all accounts of theirs, and what the ledger knows; when an account was made is not in it."""

    accounts: tuple[Account, ...]
    acquaintance: Acquaintance


def met(connection: Connection, channel_id: int, account: Account) -> Met:
    """What is known of whoever has this account, also when that is nothing."""
    found = find_account(connection, channel_id, account)
    if found is None or found.person_id is None:
        return Met((account,), Acquaintance())
    linked = find_linked(connection, channel_id, found)
    both = [found] if linked is None else [found, linked]
    people = [each.person_id for each in both if each.person_id is not None]
    person = tables.person.c
    since = select(func.min(person.created_at)).where(person.channel_id == channel_id, person.id.in_(people))
    accounts = tuple(key for each in both for key in each.keys)
    delays = _delays(connection, channel_id, people)
    return Met(accounts, Acquaintance(None, connection.scalar(since), linked is not None, delays))


def _delays(connection: Connection, channel_id: int, people: list[int]) -> tuple[int, ...]:
    """For each drop how long after its opening they first claimed a unit. What was given to them says nothing."""
    unit, drop = tables.unit.c, tables.drop.c
    query = (
        select(unit.drop_key, func.min(unit.granted_at), drop.opened_at)
        .join_from(tables.unit, tables.drop, (drop.channel_id == unit.channel_id) & (drop.key == unit.drop_key))
        .where(unit.channel_id == channel_id, unit.person_id.in_(people), unit.how == "claim")
        .group_by(unit.drop_key, drop.opened_at)
    )
    return tuple(
        max(0, claimed_at - (claimed_at if opened_at is None else opened_at))
        for _, claimed_at, opened_at in connection.execute(query)
    )
