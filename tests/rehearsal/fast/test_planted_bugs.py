"""Bots with a planted bug are caught in virtual time, each by its own promise, and the sound one is not."""

from __future__ import annotations

import dataclasses
import itertools
import sqlite3
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, ExitStack, closing, contextmanager, nullcontext
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from sqlalchemy import event
from sqlalchemy.engine import Engine

from bot.domain.announcing import NewsKind
from bot.domain.drop_plan import DropPlan
from bot.domain.drops import Drop
from bot.domain.people import Actor
from bot.rehearsal.fast.life import Life
from bot.rehearsal.options import RehearseOptions
from bot.rehearsal.script import Anchor, Moment, PlannedFault, Script
from bot.rehearsal.script_file import SKELETON
from bot.services import exporting, kept_cards
from bot.services.telling import Telling
from bot.storage.export import read_bundle
from bot.storage.telling import PostedCard, last_card
from bot.wording import announcing
from bot.wording.catalogue import Wording
from bot.wording.checkpoints import checkpoint_of
from bot.wording.drops import Units, mine_text
from tests.rehearsal.fast.quick import SHORT, broken, played

DROP = {"name": "mug", "title": "Teal Mug", "kind": "print", "supply": 12}
CRASH = PlannedFault("bot-killed", Moment(Anchor.OPENED, 4.0), options={"down": 0.5})
SCRIPT = Script("planted", "A crash", "", drops=(DROP,), faults=(CRASH,), tempo=SHORT)


@contextmanager
def replaced(owner: type[Any] | ModuleType, name: str, value: object) -> Iterator[None]:
    """An attribute of a class or a module is another one for a while."""
    before = owner.__dict__[name]
    setattr(owner, name, value)
    try:
        yield
    finally:
        setattr(owner, name, before)


@contextmanager
def unchecked() -> Iterator[None]:
    """The ledger takes whatever it is given."""

    def stop_checking(connection: Any, _record: object) -> None:
        connection.cursor().execute("PRAGMA ignore_check_constraints = ON")

    event.listen(Engine, "connect", stop_checking)
    try:
        yield
    finally:
        event.remove(Engine, "connect", stop_checking)


@contextmanager
def oversells() -> Iterator[None]:
    """One unit too many: the rule is wrong by one, and both checks behind it are gone."""

    def units_left(drop: Drop) -> int:
        return max(0, drop.plan.supply + 1 - max(drop.given, drop.plan.held_back) - drop.claimed)

    with ExitStack() as stack:
        stack.enter_context(unchecked())
        stack.enter_context(replaced(Drop, "units_left", property(units_left)))
        stack.enter_context(replaced(DropPlan, "has_unit", lambda plan, number: True))
        yield


def forgets_after_a_restart() -> AbstractContextManager[None]:
    """The last unit is gone when the bot comes back."""
    start, starts = Life.start, itertools.count()

    async def forget_and_start(life: Life) -> None:
        if next(starts):
            with closing(sqlite3.connect(life._config.ledger.path)) as ledger, ledger:
                ledger.execute("DELETE FROM unit WHERE number = (SELECT max(number) FROM unit)")
        await start(life)

    return replaced(Life, "start", forget_and_start)


def answers_twice() -> AbstractContextManager[None]:
    """Winners are told their number, and once more."""
    send = Telling._send

    async def send_again(telling: Telling, line: Any) -> bool:
        sent = await send(telling, line)
        if " is yours" in line.text:
            await send(telling, dataclasses.replace(line, text=f"Once more: {line.text}"))
        return sent

    return replaced(Telling, "_send", send_again)


def answers_each_alone() -> AbstractContextManager[None]:
    """Whoever asks what they hold gets a line of their own at once."""

    def say_alone(telling: Telling, actor: Actor, units: Units, besides: str = "") -> None:
        telling.say_to(actor, mine_text(Wording(), actor.name, units, discord=False), topic="mine")

    return replaced(Telling, "say_holding", say_alone)


def says_an_old_fingerprint() -> AbstractContextManager[None]:
    """Whatever chat hears ends with the fingerprint that the opening had."""
    ends: list[str] = []

    def with_the_first(words: Wording, kind: NewsKind, line: str, about: Mapping[str, object]) -> str:
        checkpoint = checkpoint_of(about)
        if checkpoint is None or kind is NewsKind.ANNOUNCED:
            return line
        ends.append(f" Log {checkpoint.origin} {checkpoint.size} {checkpoint.fingerprint}")
        return line + ends[0]

    return replaced(announcing, "with_fingerprint", with_the_first)


def loses_the_note_in_an_edit() -> AbstractContextManager[None]:
    """The live card shows what the drop is like, and nothing of what was signed."""

    async def forgetful(*asked: Any) -> PostedCard | None:
        card = await last_card(*asked)
        return card and PostedCard(card.reference, {})

    return replaced(kept_cards, "last_card", forgetful)


def leaves_a_winner_out_of_the_bundle() -> AbstractContextManager[None]:
    """The export skips somebody's entry."""

    def skipping(*asked: Any) -> str:
        lines = read_bundle(*asked).splitlines(keepends=True)
        grant = next(number for number, line in enumerate(lines) if '"kind":"unit.granted"' in line)
        return "".join(lines[:grant] + lines[grant + 1 :])

    return replaced(exporting, "read_bundle", skipping)


def cannot_export() -> AbstractContextManager[None]:
    """The final card goes out without its files."""

    def failing(*asked: Any) -> str:
        raise OSError("no such disk")

    return replaced(exporting, "read_bundle", failing)


def promises_broken(folder: Path, sabotage: AbstractContextManager[object], viewers: int = 30) -> set[str]:
    options = RehearseOptions(SKELETON, SCRIPT, seed=3, viewers=viewers, discord_viewers=10, tempo=SHORT)
    _, report = played(options, folder, sabotage)
    return set(broken(report))


def test_the_sound_bot_keeps_every_promise_of_the_same_play(tmp_path: Path) -> None:
    assert promises_broken(tmp_path, nullcontext()) == set()


@pytest.mark.parametrize(
    ("bug", "promises"),
    [
        (oversells, {"supply"}),
        (forgets_after_a_restart, {"numbers", "true-numbers"}),
        (answers_twice, {"once"}),
        (says_an_old_fingerprint, {"fingerprints"}),
        (loses_the_note_in_an_edit, {"fingerprints"}),
        (leaves_a_winner_out_of_the_bundle, {"results"}),
        (cannot_export, {"results"}),
    ],
)
def test_a_planted_bug_breaks_its_own_promise(
    bug: Callable[[], AbstractContextManager[object]], promises: set[str], tmp_path: Path
) -> None:
    assert promises_broken(tmp_path, bug()) >= promises


def test_a_crowd_that_asks_what_it_holds_is_not_answered_one_by_one(tmp_path: Path) -> None:
    for name, bug, promises in (("sound", nullcontext(), set()), ("planted", answers_each_alone(), {"shared"})):
        (tmp_path / name).mkdir()
        assert promises_broken(tmp_path / name, bug, viewers=1_000) == promises
