"""Bots with a planted bug, for the judge to catch: `python broken_bots.py BUG run --config ...`."""

from __future__ import annotations

import dataclasses
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from bot.domain import drops
from bot.services.telling import Telling


def oversell() -> None:
    """One unit too many: the check is wrong by one, and the database's own check is gone."""
    from sqlalchemy import event
    from sqlalchemy.engine import Engine

    @event.listens_for(Engine, "connect")
    def stop_checking(connection: Any, _record: object) -> None:
        connection.cursor().execute("PRAGMA ignore_check_constraints = ON")

    def units_left(drop: drops.Drop) -> int:
        return max(0, drop.plan.supply + 1 - max(drop.given, drop.plan.held_back) - drop.claimed)

    drops.Drop.units_left = property(units_left)  # type: ignore[assignment,method-assign]  # planted


def answers_twice() -> None:
    """A winner is told their number, told it again, and told another one."""
    right = Telling._compose_grants

    def compose(self: Telling, ready: list[Any]) -> None:
        right(self, ready)
        for each in ready:
            right(self, [each])
        for each in ready[:1]:
            another = dataclasses.replace(each.decision, number=each.decision.number + 1)
            right(self, [dataclasses.replace(each, decision=another)])

    Telling._compose_grants = compose  # type: ignore[method-assign]  # planted


def forgets() -> None:
    """Number 2 is granted, noted as told, and never told; and when the bot stops, the first unit is gone."""
    import sqlite3

    from bot import wiring
    from bot.services import telling

    right = telling.winner_lines

    def lines(words: Any, title: str, supply: int, winners: Any) -> list[str]:
        others = [each for each in winners if each[1] != 2]
        return right(words, title, supply, others) if others else [""]

    run_rightly = wiring.run_bot

    def run(config: Any, **options: Any) -> int:
        code = run_rightly(config, **options)
        with sqlite3.connect(config.ledger.path) as connection:
            connection.execute("DELETE FROM unit WHERE number = 1")
        return code

    telling.winner_lines = lines  # type: ignore[attr-defined]  # planted
    wiring.run_bot = run


BUGS: dict[str, Callable[[], None]] = {bug.__name__: bug for bug in (oversell, answers_twice, forgets)}

if __name__ == "__main__":
    BUGS[sys.argv.pop(1)]()
    from bot.cli import main

    main()
