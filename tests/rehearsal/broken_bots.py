"""Bots with a planted bug, for the judge to catch: `python broken_bots.py BUG run --config ...`."""

from __future__ import annotations

import dataclasses
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from bot.domain import claims, drops
from bot.services.telling import Telling
from bot.wording import claims as sentences


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


def two_numbers() -> None:
    """A person is told their number, and then another one."""
    right = Telling._compose_grants

    def compose(self: Telling, ready: list[Any]) -> None:
        right(self, ready)
        for each in ready[:1]:
            wrong = dataclasses.replace(each.decision, number=each.decision.number + 1)
            right(self, [dataclasses.replace(each, decision=wrong)])

    Telling._compose_grants = compose  # type: ignore[method-assign]  # planted


def answers_twice() -> None:
    """Every winner is told twice, with the right number."""
    right = Telling._compose_grants

    def compose(self: Telling, ready: list[Any]) -> None:
        right(self, ready)
        right(self, ready)

    Telling._compose_grants = compose  # type: ignore[method-assign]  # planted


def forgets_to_say() -> None:
    """Number 3 is granted, noted as told, and never told in chat."""
    right = sentences.winner_lines

    def lines(words: Any, title: str, supply: int, winners: Any) -> list[str]:
        return right(words, title, supply, [each for each in winners if each[1] != 3]) or [""]

    sys.modules["bot.services.telling"].winner_lines = lines  # type: ignore[attr-defined]  # planted


def forgets_a_unit() -> None:
    """When the bot stops, the last unit is gone from the ledger."""
    import sqlite3

    from bot import wiring

    right = wiring.run_bot

    def run(config: Any, **options: Any) -> int:
        code = right(config, **options)
        with sqlite3.connect(config.ledger.path) as connection:
            connection.execute("DELETE FROM unit WHERE number = (SELECT max(number) FROM unit)")
        return code

    wiring.run_bot = run  # type: ignore[assignment]  # planted


def grants_outside() -> None:
    """The window is not looked at before the opening."""
    right = claims.decide_claim

    def decide(standing: Any, command: Any, moment: int) -> Any:
        drop = standing.drop
        if drop is not None and drop.state is drops.DropState.ANNOUNCED:
            standing = dataclasses.replace(standing, drop=dataclasses.replace(drop, state=drops.DropState.OPEN))
        return right(standing, command, moment)

    from bot.storage import claims as storing

    storing.decide_claim = decide  # type: ignore[attr-defined]  # planted


BUGS: dict[str, Callable[[], None]] = {
    bug.__name__: bug
    for bug in (oversell, two_numbers, answers_twice, forgets_to_say, forgets_a_unit, grants_outside)
}

if __name__ == "__main__":
    BUGS[sys.argv.pop(1)]()
    from bot.cli import main

    main()
