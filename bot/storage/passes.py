"""Giving passes, handing them on and taking them away, in the lane; and passes as everybody else reads them."""

from __future__ import annotations

from sqlalchemy import Connection, select

from bot.domain.pass_deeds import (
    GiveDecision,
    GivePass,
    PassStanding,
    RevokeDecision,
    RevokePass,
    TransferDecision,
    TransferPass,
    decide_give,
    decide_revoke,
    decide_transfer,
)
from bot.domain.passes import Pass
from bot.domain.people import Account, Actor
from bot.domain.time import Micros
from bot.storage import tables
from bot.storage.batch import Batch
from bot.storage.database import Reads
from bot.storage.links import Links
from bot.storage.pass_rows import pass_of_row
from bot.storage.people import person_of


def handle_give(batch: Batch, command: GivePass, moment: Micros) -> GiveDecision:
    """Give a pass within the batch, or refuse."""
    decision, facts = decide_give(_standing(batch, command.actor, command.receiver, 0, moment), command, moment)
    for fact in facts:
        batch.record(fact, moment)
    return decision


def handle_transfer(batch: Batch, command: TransferPass, moment: Micros) -> TransferDecision:
    """Hand a pass on within the batch, or refuse."""
    standing = _standing(batch, command.actor, command.receiver, command.number, moment)
    decision, facts = decide_transfer(standing, command, moment)
    for fact in facts:
        batch.record(fact, moment)
    return decision


def handle_revoke(batch: Batch, command: RevokePass, moment: Micros) -> RevokeDecision:
    """Take a pass away within the batch, ask first, or refuse."""
    standing = _standing(batch, command.actor, None, command.number, moment)
    decision, facts = decide_revoke(standing, command, moment)
    for fact in facts:
        batch.record(fact, moment)
    return decision


def _standing(batch: Batch, asker: Actor, receiver: Actor | None, number: int, moment: Micros) -> PassStanding:
    passes = batch.book.participation.passes
    return PassStanding(
        held=passes.get(number),
        asker=batch.counted_as(batch.person(asker, moment).id),
        receiver=() if receiver is None else batch.counted_as(batch.person(receiver, moment).id),
        number=passes.next_number,
    )


# -- for everybody else -----------------------------------------------------------------------------------------


async def passes_of(reads: Reads, channel_id: int, account: Account) -> list[Pass]:
    """Every pass of whoever has this account, oldest first: also those that are spent, over or voided."""

    def look(connection: Connection) -> list[Pass]:
        person_id = person_of(connection, channel_id, account)
        if person_id is None:
            return []
        persons = Links(connection, channel_id).together(person_id, None)
        held = tables.pass_
        query = select(held).where(held.c.channel_id == channel_id, held.c.owner.in_(persons))
        return [pass_of_row(row) for row in connection.execute(query.order_by(held.c.number))]

    return await reads.consult(look)


async def read_pass(reads: Reads, channel_id: int, number: int) -> Pass | None:
    """One pass by its number."""
    held = tables.pass_
    rows = await reads.rows(select(held).where(held.c.channel_id == channel_id, held.c.number == number))
    return pass_of_row(rows[0]) if rows else None
