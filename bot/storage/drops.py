"""Drops as rows: the fold of a drop's facts, written and read back field by field."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

import orjson
from sqlalchemy import Connection, Row, delete, insert, select

from bot.domain.drop_plan import DropPlan, Opening, WhileOffline
from bot.domain.drops import Drop, DropState
from bot.domain.pass_terms import offers_of
from bot.storage import tables
from bot.storage.database import Reads, ledger_url, snapshot_engine
from bot.storage.rows import rewrite, upsert


def drop_values(channel_id: int, drop: Drop) -> dict[str, Any]:
    """The row of a drop."""
    plan = drop.plan
    return {
        "channel_id": channel_id,
        "key": plan.key,
        "title": plan.title,
        "kind": plan.kind,
        "supply": plan.supply,
        "held_back": plan.held_back,
        "per_person": plan.per_person,
        "opening": str(plan.opening),
        "while_offline": str(plan.while_offline),
        "zone": plan.zone,
        "announce_at": plan.announce_at,
        "planned_opens_at": plan.opens_at,
        "window": plan.window,
        "series": plan.series,
        "early": plan.early,
        "early_for": plan.early_for,
        "early_units": plan.early_units,
        "passes": orjson.dumps([offer.as_public() for offer in plan.passes], option=orjson.OPT_SORT_KEYS).decode(),
        "origin": drop.origin,
        "state": str(drop.state),
        "opens_at": drop.opens_at,
        "closes_at": drop.closes_at,
        "announced_at": drop.announced_at,
        "opened_at": drop.opened_at,
        "closed_at": drop.closed_at,
        "closed_why": drop.closed_why,
        "paused_at": drop.paused_at,
        "paused_why": drop.paused_why,
        "resume_at": drop.resume_at,
        "postponed_why": drop.postponed_why,
        "soon_said": int(drop.soon_said),
        "on_cue": int(drop.on_cue),
        "claimed": drop.claimed,
        "given": drop.given,
        "lost": drop.lost,
        "last_number": drop.last_number,
        "frozen_at": drop.frozen_at,
        "public_at": drop.public_at,
        "early_open": int(drop.early_open),
        "early_claimed": drop.early_claimed,
    }


def drop_of(row: Row[Any]) -> Drop:
    """The drop of a row."""
    plan = DropPlan(
        key=row.key,
        title=row.title,
        kind=row.kind,
        supply=row.supply,
        held_back=row.held_back,
        per_person=row.per_person,
        opening=Opening(row.opening),
        while_offline=WhileOffline(row.while_offline),
        zone=row.zone,
        announce_at=row.announce_at,
        opens_at=row.planned_opens_at,
        window=row.window,
        series=row.series,
        early=row.early,
        early_for=row.early_for,
        early_units=row.early_units,
        passes=offers_of(orjson.loads(row.passes)),
    )
    return Drop(
        plan=plan,
        origin=row.origin,
        state=DropState(row.state),
        opens_at=row.opens_at,
        closes_at=row.closes_at,
        announced_at=row.announced_at,
        opened_at=row.opened_at,
        closed_at=row.closed_at,
        closed_why=row.closed_why,
        paused_at=row.paused_at,
        paused_why=row.paused_why,
        resume_at=row.resume_at,
        postponed_why=row.postponed_why,
        soon_said=bool(row.soon_said),
        on_cue=bool(row.on_cue),
        claimed=row.claimed,
        given=row.given,
        lost=row.lost,
        last_number=row.last_number,
        frozen_at=row.frozen_at,
        public_at=row.public_at,
        early_open=bool(row.early_open),
        early_claimed=row.early_claimed,
    )


def load_drops(connection: Connection, channel_id: int) -> dict[str, Drop]:
    """Every drop of the channel, by key."""
    rows = connection.execute(select(tables.drop).where(tables.drop.c.channel_id == channel_id))
    return {row.key: drop_of(row) for row in rows}


def save_drop(connection: Connection, channel_id: int, drop: Drop, *, new: bool) -> None:
    """Write a drop's row and, while its plan may still change, its edition and occurrence."""
    values = drop_values(channel_id, drop)
    if not new and drop.state is not DropState.PLANNED:
        rewrite(connection, tables.drop, values)
        return
    upsert(connection, tables.drop, values)
    upsert(
        connection,
        tables.edition,
        {
            "channel_id": channel_id,
            "drop_key": drop.key,
            "number": 1,
            "label": "",
            "supply": drop.plan.supply,
        },
    )
    # The day is part of an occurrence's key, and a planned drop may still move to another day.
    occurrence = tables.occurrence
    of_drop = (occurrence.c.channel_id == channel_id) & (occurrence.c.drop_key == drop.key)
    connection.execute(delete(occurrence).where(of_drop))
    connection.execute(insert(occurrence), occurrence_values(channel_id, drop.plan))


def occurrence_values(channel_id: int, plan: DropPlan) -> dict[str, Any]:
    """The row of the one time that a plan names."""
    opens_at = plan.opens_at
    return {
        "channel_id": channel_id,
        "drop_key": plan.key,
        "local_date": _local_date(opens_at, plan.zone),
        "zone": plan.zone,
        "announce_at": plan.announce_at,
        "opens_at": opens_at,
        "closes_at": None if opens_at is None else opens_at + plan.window,
    }


def read_plans(url: str) -> dict[str, Drop]:
    """Every drop of the ledger at `url` by key, read beside a running bot.

    Raises OperationalError where there is no ledger yet."""
    engine = snapshot_engine(ledger_url(url))
    try:
        with engine.connect() as connection:
            rows = connection.execute(select(tables.drop).order_by(tables.drop.c.announce_at))
            return {row.key: drop_of(row) for row in rows}
    finally:
        engine.dispose()


def _local_date(opens_at: int | None, zone: str) -> str:
    if opens_at is None:
        return ""
    return datetime.fromtimestamp(opens_at / 1_000_000, UTC).astimezone(ZoneInfo(zone)).date().isoformat()


async def read_drops(reads: Reads, channel_id: int) -> dict[str, Drop]:
    """Every drop of the channel as last committed, by key, in the order of their announcement."""
    query = select(tables.drop).where(tables.drop.c.channel_id == channel_id).order_by(tables.drop.c.announce_at)
    return {row.key: drop_of(row) for row in await reads.rows(query)}
