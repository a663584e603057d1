"""Moves in the lane: an announced drop gets another window."""

from __future__ import annotations

from bot.domain.moving import DropMoved, MoveDecision, MoveDrop, decide_move
from bot.domain.time import Micros
from bot.storage.batch import Batch
from bot.storage.moves import MOVED


def handle(batch: Batch, command: MoveDrop, moment: Micros) -> MoveDecision:
    """Decide one move within the batch, and remember it so that its doer can take it back."""
    by = batch.person(command.actor, moment)
    decision, facts = decide_move(tuple(batch.book.drops.values()), command, moment)
    entries = [batch.record(fact, moment) for fact in facts]
    if isinstance(decision, DropMoved):
        batch.actions.add((batch.channel_id, entries[-1].number, by.id, MOVED, decision.drop, 0, 0, moment, 0))
    return decision
