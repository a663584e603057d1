"""Linking and unlinking in the lane: who is linked already, what two people hold, and the rows that are made."""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import insert, select, update

from bot.domain.linking import (
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
from bot.storage.links import Link, sides_of


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
        batch.linked.append((command.actor.key, command.account.key))
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
        batch.linked.append((command.actor.key, None))
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
    return sides_of(batch.connection, batch.channel_id, link)
