"""Who has been here before, as accounts: the people to look up before an early window opens."""

from __future__ import annotations

from sqlalchemy import func, select

from bot.domain.people import Account
from bot.storage import tables
from bot.storage.database import Reads

REGULARS_MAX = 2_000


async def regulars(reads: Reads, channel_id: int, *, most: int = REGULARS_MAX) -> list[Account]:
    """The accounts of those who hold units, whoever got one last first."""
    identity, unit = tables.identity.c, tables.unit.c
    query = (
        select(identity.platform, identity.user_id)
        .join_from(
            tables.identity,
            tables.unit,
            (unit.channel_id == identity.channel_id) & (unit.person_id == identity.person_id),
        )
        .where(identity.channel_id == channel_id)
        .group_by(identity.platform, identity.user_id)
        .order_by(func.max(unit.entry_number).desc())
        .limit(most)
    )
    return [(row.platform, row.user_id) for row in await reads.rows(query)]
