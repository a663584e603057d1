"""Who was linked with whom, against the entries."""

from __future__ import annotations

from collections.abc import Container, Iterator

from sqlalchemy import Connection, select

from bot.storage import tables
from bot.storage.rebuilt import Rebuilt, RebuiltLink


def link_differences(
    connection: Connection, channel_id: int, rebuilt: Rebuilt, persons: Container[int | None]
) -> Iterator[str]:
    """Each link joins the persons that its entries name, for as long as they say; `persons` are all there are."""
    link = tables.link
    rows = connection.execute(select(link).where(link.c.channel_id == channel_id).order_by(link.c.number))
    stored = {row.number: row for row in rows}
    for number in sorted(rebuilt.links.keys() - stored.keys()):
        yield f"link {number}: the entries know it, the table does not"
    for number, row in stored.items():
        told = rebuilt.links.get(number)
        if told is None:
            yield f"link {number}: no entry has made it"
            continue
        if len(told.began) != 2 or len(told.ended) == 1:
            yield f"link {number}: the entries tell of one side of it alone"
            continue
        twitch, discord = (_person(told, side, rebuilt) for side in (0, 1))
        wanted = {"twitch_person": twitch, "discord_person": discord}
        wanted |= {"linked_at": told.linked_at, "unlinked_at": told.unlinked_at}
        for name, value in wanted.items():
            found = getattr(row, name)
            if found != value:
                yield f"link {number}: {name} is {found!r}, the entries say {value!r}"
        for person_id in (row.twitch_person, row.discord_person):
            if person_id not in persons:
                yield f"link {number}: it joins person {person_id}, whom the table does not know"


def _person(told: RebuiltLink, side: int, rebuilt: Rebuilt) -> int | None:
    """Who was on this side; where the private part has gone, whoever's erasure lists the entry."""
    person_id = told.persons[side]
    return rebuilt.erased.get(told.began[side]) if person_id is None else person_id
