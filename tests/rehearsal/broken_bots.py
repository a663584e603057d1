"""Bots with planted bugs, for the judge to catch: `python broken_bots.py BUG,BUG run --config ...`."""

from __future__ import annotations

import base64
import dataclasses
import itertools
import os
import re
import sqlite3
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

import structlog
from sqlalchemy import event
from sqlalchemy.engine import Engine

from bot import wiring
from bot.domain import claims
from bot.domain.drop_plan import DropPlan
from bot.domain.drops import Drop
from bot.domain.verdicts import Accepted
from bot.redaction import Redactor
from bot.services.stream import Streams
from bot.services.telling import Telling


def oversell() -> None:
    """One unit too many: the rule is wrong by one, and both checks behind it are gone."""

    @event.listens_for(Engine, "connect")
    def stop_checking(connection: Any, _record: object) -> None:
        connection.cursor().execute("PRAGMA ignore_check_constraints = ON")

    def units_left(drop: Drop) -> int:
        return max(0, drop.plan.supply + 1 - max(drop.given, drop.plan.held_back) - drop.claimed)

    Drop.units_left = property(units_left)  # type: ignore[assignment,method-assign]  # planted
    DropPlan.has_unit = lambda plan, number: True  # type: ignore[method-assign]  # planted


def answers_twice() -> None:
    """Winners are told their number, told it again, and told another one."""
    send = Telling._send

    async def send_again(self: Telling, line: Any) -> bool:
        sent = await send(self, line)
        if " is yours" in line.text:
            another = re.sub(r"#(\d+)", lambda number: f"#{int(number[1]) + 1}", line.text)
            for text in (f"Once more: {line.text}", another):
                await send(self, dataclasses.replace(line, text=text))
        return sent

    Telling._send = send_again  # type: ignore[method-assign]  # planted


def forgets() -> None:
    """The number that chat would hear first is never told, and when the bot stops, the last unit is gone."""
    send, run_bot = Telling._send, wiring.run_bot
    forgotten: list[str] = []

    async def send_most(self: Telling, line: Any) -> bool:
        # Which number that is depends on how soon Discord's people are.
        if " is yours" in line.text and not forgotten:
            forgotten.extend(re.findall(r"#\d+", line.text)[:1])
        text = re.sub(rf"{forgotten[0]}\b", "#", line.text) if forgotten else line.text
        return await send(self, dataclasses.replace(line, text=text))

    def run_and_forget(config: Any, **options: Any) -> int:
        code = run_bot(config, **options)
        with sqlite3.connect(config.ledger.path) as connection:
            connection.execute("DELETE FROM unit WHERE number = (SELECT max(number) FROM unit)")
        return code

    Telling._send = send_most  # type: ignore[method-assign]  # planted
    wiring.run_bot = run_and_forget  # planted


def floods_chat() -> None:
    """With every line it has to say come two that nobody asked for."""
    send = Telling._send
    said = itertools.count(1)

    async def send_and_chatter(self: Telling, line: Any) -> bool:
        sent = await send(self, line)
        for _ in range(2 if line.text else 0):
            chatter = f"Reminder {next(said)}: type !claim, as long as there are some!"
            await send(self, dataclasses.replace(line, text=chatter, requests=()))
        return sent

    Telling._send = send_and_chatter  # type: ignore[method-assign]  # planted


def nags_refused_people() -> None:
    """Whoever was refused is told so once more, a moment later."""
    send = Telling._send

    async def send_again(self: Telling, line: Any) -> bool:
        sent = await send(self, line)
        if "@" in line.text and " is yours" not in line.text:
            await send(self, dataclasses.replace(line, text=f"Really: {line.text}", requests=()))
        return sent

    Telling._send = send_again  # type: ignore[method-assign]  # planted


def answers_winners_only() -> None:
    """A refusal is noted as told, and is not."""
    send = Telling._send

    async def send_wins(self: Telling, line: Any) -> bool:
        return ("@" in line.text and " is yours" not in line.text) or await send(self, line)

    Telling._send = send_wins  # type: ignore[method-assign]  # planted


def leaks_into_the_log() -> None:
    """Nothing is blackened, and a token is logged in base64, as an Authorization header has it."""
    run_bot = wiring.run_bot
    Redactor.redact = lambda self, text: text  # type: ignore[method-assign]  # planted

    def run_and_log(config: Any, **options: Any) -> int:
        token = base64.b64encode(f"bot:{_secret()}".encode()).decode()
        structlog.get_logger("bot").debug("joining", authorization=f"Basic {token}")
        return run_bot(config, **options)

    wiring.run_bot = run_and_log  # planted


def leaks_into_the_chat() -> None:
    """An answer carries the token that it was sent with."""
    send = Telling._send

    async def send_with_token(self: Telling, line: Any) -> bool:
        return await send(self, dataclasses.replace(line, text=f"{line.text} {_secret()}"))

    Telling._send = send_with_token  # type: ignore[method-assign]  # planted


def forgets_in_a_crash() -> None:
    """What was answered was never on the disk: after a restart every unit is free again."""
    run_bot = wiring.run_bot

    def run_without_units(config: Any, **options: Any) -> int:
        if config.ledger.path.exists():
            with sqlite3.connect(config.ledger.path) as connection:
                _lose_units(connection)
        return run_bot(config, **options)

    wiring.run_bot = run_without_units  # planted


def _lose_units(connection: sqlite3.Connection) -> None:
    # All of them: how many were told when the bot was killed, and which, is up to the machine.
    (lost,) = connection.execute("SELECT min(entry_number) FROM unit").fetchone()
    if lost is None:
        return
    (since,) = connection.execute("SELECT at FROM entry WHERE number = ?", (lost,)).fetchone()
    connection.execute("DELETE FROM unit WHERE entry_number >= ?", (lost,))
    connection.execute("DELETE FROM entry WHERE number >= ?", (lost,))
    connection.execute("DELETE FROM outcome WHERE at >= ?", (since,))
    kept = "(SELECT count(*) FROM unit WHERE drop_key = key)"
    connection.execute(f'UPDATE "drop" SET claimed = {kept}, last_number = {kept}')


def silent_after_a_gap() -> None:
    """Nobody is told that the bot was away, and that who got no answer should ask again."""
    Streams.connected = lambda self, gap_seconds: self.look()  # type: ignore[method-assign]  # planted


def lets_everybody_in_early() -> None:
    """An early window is open to whoever asks."""
    claims.evaluate = lambda *asked: Accepted()  # type: ignore[assignment]  # planted


def _secret() -> str:
    return os.environ["MICRODROPS_REHEARSAL_BOT_TOKEN"]


_PLANTED = (
    oversell,
    answers_twice,
    forgets,
    floods_chat,
    nags_refused_people,
    answers_winners_only,
    leaks_into_the_log,
    leaks_into_the_chat,
    forgets_in_a_crash,
    silent_after_a_gap,
    lets_everybody_in_early,
)
BUGS: dict[str, Callable[[], None]] = {bug.__name__: bug for bug in _PLANTED}

if __name__ == "__main__":
    for each in sys.argv.pop(1).split(","):
        BUGS[each]()
    from bot.cli import main

    main()
