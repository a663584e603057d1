"""People as the ledger has met them, and what they hold."""

from __future__ import annotations

from sqlalchemy import func, select

from bot.domain.people import Actor
from bot.storage import tables
from bot.storage.database import Reads


class KnownNames:
    def __init__(self, reads: Reads, channel_id: int) -> None:
        self._reads = reads
        self._channel_id = channel_id

    async def find(self, platform: str, name: str) -> Actor | None:
        """The one person last seen under this name (any case); None when there is none, or more than one."""
        identity = tables.identity.c
        query = (
            select(identity.user_id, identity.name)
            .where(
                identity.channel_id == self._channel_id,
                identity.platform == platform,
                func.lower(identity.name) == name.lower(),
            )
            .limit(2)
        )
        found = await self._reads.rows(query)
        return Actor(platform, found[0].user_id, found[0].name) if len(found) == 1 else None


async def units_held(reads: Reads, channel_id: int, actor: Actor) -> list[tuple[str, str, int, int]]:
    """Key, title, number and supply of every unit of a person, newest first."""
    identity, unit, drop = tables.identity.c, tables.unit.c, tables.drop.c
    query = (
        select(unit.drop_key, drop.title, unit.number, drop.supply)
        .join_from(
            tables.identity,
            tables.unit,
            (unit.channel_id == identity.channel_id) & (unit.person_id == identity.person_id),
        )
        .join(tables.drop, (drop.channel_id == unit.channel_id) & (drop.key == unit.drop_key))
        .where(
            identity.channel_id == channel_id,
            identity.platform == actor.platform,
            identity.user_id == actor.user_id,
        )
        .order_by(unit.entry_number.desc())
    )
    return [(row.drop_key, row.title, row.number, row.supply) for row in await reads.rows(query)]
