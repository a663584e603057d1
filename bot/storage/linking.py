"""Linking and unlinking in the lane: who is linked already, what two people hold; and links as they are read."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from sqlalchemy import Connection, insert, select, update

from bot.domain.linking import (
    DISCORD,
    TWITCH,
    LinkDecision,
    Linked,
    LinkMade,
    LinkPeople,
    LinkStanding,
    Merged,
    UnlinkDecision,
    Unlinked,
    UnlinkMe,
    UnlinkStanding,
    decide_link,
    decide_unlink,
    merge_news,
)
from bot.domain.people import Actor
from bot.domain.time import Micros
from bot.storage import tables
from bot.storage.batch import Batch
from bot.storage.directory import Key
from bot.storage.links import Link


def handle_link(batch: Batch, command: LinkPeople, moment: Micros) -> LinkDecision:
    """Ask, refuse or link within the batch."""
    links = batch.book.links
    asker, account = (_person(batch, actor, command, moment) for actor in (command.actor, command.account))
    standing = LinkStanding(
        entry=batch.book.next_entry,
        asker=asker,
        account=account,
        asker_link=_number(None if asker is None else links.standing(asker)),
        account_link=_number(None if account is None else links.standing(account)),
        merged=tuple(_merged(batch, asker, account)) if asker is not None and account is not None else (),
    )
    decision, facts = decide_link(standing, command)
    for fact in facts:
        batch.record(fact, moment)
    if facts and isinstance(decision, LinkMade) and asker is not None and account is not None:
        links.add(decision.link, asker, account, moment)
        batch.write_rows()  # the row points at both persons
        row = (batch.channel_id, decision.link, asker, account, moment, None)
        batch.connection.execute(insert(tables.link).values(row))
        if standing.merged:
            batch.tell(merge_news(decision.link, standing.merged), "", moment)
    return decision


def handle_unlink(batch: Batch, command: UnlinkMe, moment: Micros) -> UnlinkDecision:
    """Ask, refuse or end the asker's link within the batch."""
    links = batch.book.links
    person_id = batch.known(command.actor.key)
    link = None if person_id is None else links.standing(person_id)
    standing = UnlinkStanding() if link is None else UnlinkStanding(link.number, _sides(batch, link))
    decision, facts = decide_unlink(standing, command)
    for fact in facts:
        batch.record(fact, moment)
    if isinstance(decision, Unlinked):
        links.end(decision.link, moment)
        row = tables.link
        where = (row.c.channel_id == batch.channel_id) & (row.c.number == decision.link)
        batch.connection.execute(update(row).where(where), {"unlinked_at": moment})
    return decision


def _person(batch: Batch, actor: Actor, command: LinkPeople, moment: Micros) -> int | None:
    """Whom the ledger knows by the account; only a yes makes somebody of a stranger."""
    return batch.person(actor, moment).id if command.confirmed else batch.known(actor.key)


def _number(link: Link | None) -> int:
    return 0 if link is None else link.number


def _merged(batch: Batch, on_twitch: int, on_discord: int) -> Iterator[Merged]:
    batch.write_rows()  # a unit may be in this very batch
    unit = tables.unit.c
    query = select(unit.drop_key, unit.person_id, unit.number).where(
        unit.channel_id == batch.channel_id, unit.person_id.in_((on_twitch, on_discord))
    )
    held: dict[str, dict[int, list[int]]] = {}
    for drop, person_id, number in batch.connection.execute(query.order_by(unit.entry_number)):
        held.setdefault(drop, {}).setdefault(person_id, []).append(number)
    for key, numbers in held.items():
        plan = batch.book.drops[key].plan
        if len(numbers) == 2 and sum(map(len, numbers.values())) > plan.per_person:
            yield Merged(plan.title, tuple(numbers[on_twitch]), tuple(numbers[on_discord]))


def _sides(batch: Batch, link: Link) -> tuple[Linked, ...]:
    batch.write_rows()  # a new name may be in this very batch
    return _accounts(batch.connection, batch.channel_id, link)


# -- for everybody else -----------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class LinkSeen:
    """A link as it is shown: the accounts by platform, but for those of people who were forgotten."""

    link: Link
    accounts: Mapping[str, Actor]


def find_link(connection: Connection, channel_id: int, key: Key) -> LinkSeen | None:
    """The link of an account that stands."""
    identity = tables.identity.c
    person_id = connection.scalar(
        select(identity.person_id).where(
            identity.channel_id == channel_id, identity.platform == key[0], identity.user_id == key[1]
        )
    )
    standing = [link for link in links_of(connection, channel_id, person_id) if link.unlinked_at is None]
    return _seen(connection, channel_id, standing[0]) if standing else None


def read_link(connection: Connection, channel_id: int, number: int) -> LinkSeen | None:
    """A link by the number of its entry."""
    row = connection.execute(_QUERY.where(_LINK.channel_id == channel_id, _LINK.number == number)).one_or_none()
    return None if row is None else _seen(connection, channel_id, Link(*row))


def links_of(connection: Connection, channel_id: int, person_id: int | None) -> list[Link]:
    """All links that a person ever had, oldest first."""
    of_them = (_LINK.twitch_person == person_id) | (_LINK.discord_person == person_id)
    rows = connection.execute(_QUERY.where(_LINK.channel_id == channel_id, of_them).order_by(_LINK.number))
    return [Link(*row) for row in rows]


_LINK = tables.link.c
_QUERY = select(_LINK.number, _LINK.twitch_person, _LINK.discord_person, _LINK.linked_at, _LINK.unlinked_at)


def _seen(connection: Connection, channel_id: int, link: Link) -> LinkSeen:
    sides = _accounts(connection, channel_id, link)
    return LinkSeen(link, {side.account.platform: side.account for side in sides})


def _accounts(connection: Connection, channel_id: int, link: Link) -> tuple[Linked, ...]:
    identity = tables.identity.c
    query = select(identity.platform, identity.user_id, identity.name, identity.person_id).where(
        identity.channel_id == channel_id, identity.person_id.in_((link.twitch_person, link.discord_person))
    )
    found = {row.platform: row for row in connection.execute(query)}
    sides = (found[platform] for platform in (TWITCH, DISCORD) if platform in found)
    return tuple(Linked(row.person_id, Actor(row.platform, row.user_id, row.name)) for row in sides)
