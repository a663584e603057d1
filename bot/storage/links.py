"""Which persons of a channel count as one: as the lane knows it between batches, and as everybody else reads it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from sqlalchemy import Connection, select

from bot.domain.linking import DISCORD, TWITCH, Linked
from bot.domain.people import Account, Actor
from bot.domain.time import Micros
from bot.storage import tables
from bot.storage.database import Reads

_LINK = tables.link.c
_QUERY = select(_LINK.number, _LINK.twitch_person, _LINK.discord_person, _LINK.linked_at, _LINK.unlinked_at)


@dataclass(frozen=True, slots=True)
class Link:
    """Two persons who are one human; `number` is the entry with which it began. `unlinked_at` is None while it
    stands."""

    number: int
    twitch_person: int
    discord_person: int
    linked_at: Micros
    unlinked_at: Micros | None = None

    def other(self, person_id: int) -> int:
        """The one of the two that this is not."""
        return self.discord_person if person_id == self.twitch_person else self.twitch_person


class Links:
    """All links there ever were. Nobody but the lane writes them, so what is kept here stays true.

    A person has at most one that stands; those that ended still make two persons one for some drops."""

    def __init__(self, connection: Connection, channel_id: int) -> None:
        self._links: dict[int, Link] = {}
        self._numbers: dict[int, list[int]] = {}
        for row in connection.execute(_QUERY.where(_LINK.channel_id == channel_id).order_by(_LINK.number)):
            self._put(Link(*row))

    def _put(self, link: Link) -> None:
        self._links[link.number] = link
        for person_id in (link.twitch_person, link.discord_person):
            self._numbers.setdefault(person_id, []).append(link.number)

    def standing(self, person_id: int) -> Link | None:
        """The person's link that has not ended."""
        links = (self._links[number] for number in self._numbers.get(person_id, ()))
        return next((link for link in links if link.unlinked_at is None), None)

    def of(self, person_id: int) -> int | None:
        """The person whom this one is linked with now."""
        link = self.standing(person_id)
        return None if link is None else link.other(person_id)

    def together(self, person_id: int, since: Micros | None, before: int | None = None) -> tuple[int, ...]:
        """Everybody who counts as one with this person, who comes first: joined by links that stand or, where
        `since` is an instant, that had not ended before it, however many there are in between. With `before`, the
        number of an entry, those that were made after it do not count."""
        if person_id not in self._numbers:
            return (person_id,)
        joined = [person_id]
        for each in joined:  # it grows meanwhile
            links = (self._links[number] for number in self._numbers[each])
            known = (link for link in links if before is None or link.number < before)
            others = (link.other(each) for link in known if _counts(link, since))
            joined += (other for other in others if other not in joined)
        return tuple(joined)

    def add(self, number: int, twitch_person: int, discord_person: int, linked_at: Micros) -> None:
        """Note a new link. Raises ValueError where one of the two is linked already."""
        if self.standing(twitch_person) or self.standing(discord_person):
            raise ValueError("one of these persons is linked already")
        self._put(Link(number, twitch_person, discord_person, linked_at))

    def end(self, number: int, unlinked_at: Micros) -> None:
        """Note that a link has ended. Raises ValueError for one that does not stand."""
        link = self._links.get(number)
        if link is None or link.unlinked_at is not None:
            raise ValueError(f"there is no link {number} that could end")
        self._links[number] = replace(link, unlinked_at=unlinked_at)


def _counts(link: Link, since: Micros | None) -> bool:
    # Ended at the very instant of the announcement: nobody can tell which came first, and nobody may claim twice.
    return link.unlinked_at is None or (since is not None and link.unlinked_at >= since)


# -- for everybody else -----------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class LinkSeen:
    """A link as it is shown: the accounts by platform, but for those of people who were forgotten."""

    link: Link
    accounts: Mapping[str, Actor]


def links_of(connection: Connection, channel_id: int, person_id: int | None) -> list[Link]:
    """All links that a person ever had, oldest first."""
    theirs = (_LINK.twitch_person == person_id) | (_LINK.discord_person == person_id)
    rows = connection.execute(_QUERY.where(_LINK.channel_id == channel_id, theirs).order_by(_LINK.number))
    return [Link(*row) for row in rows]


def standing_link(connection: Connection, channel_id: int, person_id: int | None) -> Link | None:
    """The person's link that has not ended."""
    links = links_of(connection, channel_id, person_id)
    return next((link for link in links if link.unlinked_at is None), None)


def find_link(connection: Connection, channel_id: int, account: Account) -> LinkSeen | None:
    """The link that joins an account with another one now."""
    identity = tables.identity.c
    person_id = connection.scalar(
        select(identity.person_id).where(
            identity.channel_id == channel_id, identity.platform == account[0], identity.user_id == account[1]
        )
    )
    link = standing_link(connection, channel_id, person_id)
    return None if link is None else _seen(connection, channel_id, link)


def read_link(connection: Connection, channel_id: int, number: int) -> LinkSeen | None:
    """A link by the number of its entry, whether or not it stands."""
    row = connection.execute(_QUERY.where(_LINK.channel_id == channel_id, _LINK.number == number)).one_or_none()
    return None if row is None else _seen(connection, channel_id, Link(*row))


async def linked_accounts(reads: Reads, channel_id: int) -> list[tuple[Account, Account]]:
    """The two accounts of each link that stands, the one on Twitch first."""
    link, on_twitch, on_discord = tables.link.c, tables.identity.alias(), tables.identity.alias()
    query = (
        select(on_twitch.c.user_id.label("on_twitch"), on_discord.c.user_id.label("on_discord"))
        .join_from(
            tables.link,
            on_twitch,
            (on_twitch.c.channel_id == link.channel_id) & (on_twitch.c.person_id == link.twitch_person),
        )
        .join(
            on_discord,
            (on_discord.c.channel_id == link.channel_id) & (on_discord.c.person_id == link.discord_person),
        )
        .where(link.channel_id == channel_id, link.unlinked_at.is_(None))
    )
    return [(("twitch", row.on_twitch), ("discord", row.on_discord)) for row in await reads.rows(query)]


def sides_of(connection: Connection, channel_id: int, link: Link) -> tuple[Linked, ...]:
    """Both sides with their accounts, Twitch's first; none of somebody who was forgotten."""
    identity = tables.identity.c
    query = select(identity.platform, identity.user_id, identity.name, identity.person_id).where(
        identity.channel_id == channel_id, identity.person_id.in_((link.twitch_person, link.discord_person))
    )
    found = {row.platform: row for row in connection.execute(query)}
    sides = (found[platform] for platform in (TWITCH, DISCORD) if platform in found)
    return tuple(Linked(row.person_id, Actor(row.platform, row.user_id, row.name)) for row in sides)


def _seen(connection: Connection, channel_id: int, link: Link) -> LinkSeen:
    sides = sides_of(connection, channel_id, link)
    return LinkSeen(link, {side.account.platform: side.account for side in sides})
