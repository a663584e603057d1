"""Moderators' deeds in the lane: the caller's last deed, the receiver's units, and the facts of the decision."""

from __future__ import annotations

from sqlalchemy import select, update

from bot.domain.control import (
    Deed,
    DropSteered,
    SteerDecision,
    SteerDrop,
    SteerStanding,
    Verb,
    decide_steer,
    meant_drop,
)
from bot.domain.drops import Drop
from bot.domain.time import Micros
from bot.storage import tables
from bot.storage.batch import Batch
from bot.storage.directory import Person
from bot.storage.moves import MOVED, move_of


def handle(batch: Batch, command: SteerDrop, moment: Micros) -> SteerDecision:
    """Decide one deed within the batch, and remember it so that its doer can take it back."""
    book = batch.book
    by = batch.person(command.actor, moment)
    receiver = None if command.receiver is None else batch.person(command.receiver, moment)
    giving = _drop_given(batch, command) if receiver is not None else ""
    last = _last_deed(batch, by.id) if command.verb is Verb.UNDO else None
    standing = SteerStanding(
        drops=tuple(book.drops.values()),
        stream=book.stream,
        pace=book.settings.pace,
        next_numbers={giving: batch.register(giving).next_number} if giving else {},
        last=last,
        receiver_id=receiver.id if receiver else None,
        receiver_holder=batch.holder(receiver, giving) if receiver and giving else "",
        receiver_numbers=_numbers(batch, receiver, giving) if receiver and giving else (),
        units_kept=_units_kept(batch, receiver, giving) if receiver and giving else 0,
    )
    decision, facts = decide_steer(standing, command, moment)
    entries = [batch.record(fact, moment) for fact in facts]
    if not isinstance(decision, DropSteered):
        return decision
    if command.verb is Verb.UNDO and last is not None:
        action = tables.action
        where = (action.c.channel_id == batch.channel_id) & (action.c.entry_number == last.entry_number)
        batch.connection.execute(update(action).where(where), {"undone": 1})
        return decision
    number, kind = entries[-1].number, facts[-1].kind
    what = (kind, decision.drop, decision.number, decision.minutes)
    batch.actions.add((batch.channel_id, number, by.id, *what, moment, 0))
    return decision


def _numbers(batch: Batch, receiver: Person, drop: str) -> tuple[int, ...]:
    """What the receiver holds of the drop, on all accounts that count as one there."""
    register = batch.register(drop)
    return tuple(number for each in batch.together(receiver.id, drop) for number in register.held(each))


def _units_kept(batch: Batch, receiver: Person, drop: str) -> int:
    """How many units of the drop are held for claims of anybody but the receiver."""
    holds = batch.book.holds.of(drop)
    people = batch.together(receiver.id, drop) if holds else ()
    return sum(hold.person_id not in people for hold in holds)


def _drop_given(batch: Batch, command: SteerDrop) -> str:
    """The key of the drop a unit is to be given of, "" when the decision will refuse for want of one."""
    meant = meant_drop(tuple(batch.book.drops.values()), command.verb, command.drop)
    return meant.key if isinstance(meant, Drop) else ""


def _last_deed(batch: Batch, person_id: int) -> Deed | None:
    batch.write_rows()  # the deed may be in this very batch
    action = tables.action.c
    row = batch.connection.execute(
        select(tables.action)
        .where(action.channel_id == batch.channel_id, action.person_id == person_id, action.undone == 0)
        .order_by(action.entry_number.desc())
        .limit(1)
    ).one_or_none()
    if row is None:
        return None
    move = move_of(batch.connection, batch.channel_id, row.entry_number) if row.kind == MOVED else None
    # A gift that was taken back for good since is no deed that could be undone once more.
    kind = (
        "unit.retired" if row.kind == "unit.granted" and _is_retired(batch, row.drop_key, row.number) else row.kind
    )
    return Deed(row.entry_number, kind, row.drop_key, row.at, row.number, row.minutes, move)


def _is_retired(batch: Batch, drop: str, number: int) -> bool:
    lost = tables.lost_unit.c
    query = select(lost.number).where(
        lost.channel_id == batch.channel_id, lost.drop_key == drop, lost.number == number
    )
    return batch.connection.scalar(query) is not None
