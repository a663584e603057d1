"""Bots that let people in early who should wait are caught in virtual time, each by its own promise."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import update

from bot.domain import claims
from bot.domain.drops import Drop
from bot.domain.verdicts import Accepted, Unknown, Verdict
from bot.rehearsal.promises import Verdict as Judged
from bot.rehearsal.report import Report
from bot.services.telling import Telling
from bot.storage import judging, tables
from bot.storage.batch import Batch
from tests.rehearsal.fast.quick import broken, options_for, played
from tests.rehearsal.fast.test_planted_bugs import replaced, unchecked

# Whether anybody has to be told to wait depends on what is tried again first when Twitch is back: chat or look-ups.
SEEDS = (2, 5, 7)
_evaluate, _complete = claims.evaluate, judging.complete


def ignores_the_gate() -> AbstractContextManager[None]:
    """Whoever asks in the early window is let in, as long as there are early units."""
    return replaced(claims, "evaluate", lambda *asked: Accepted())


def takes_unknown_for_a_yes() -> AbstractContextManager[None]:
    """Whom nobody can say anything about yet is let in."""

    def sure_of_itself(*asked: Any) -> Verdict:
        verdict = _evaluate(*asked)
        return Accepted() if isinstance(verdict, Unknown) else verdict

    return replaced(claims, "evaluate", sure_of_itself)


def takes_unknown_for_a_no() -> AbstractContextManager[None]:
    """Whom nobody can say anything about yet is turned away."""

    def unkind(*asked: Any) -> Verdict:
        verdict = _evaluate(*asked)
        return claims.Refused() if isinstance(verdict, Unknown) else verdict

    return replaced(claims, "evaluate", unkind)


@contextmanager
def sells_everything_early() -> Iterator[None]:
    """The early share is the whole supply, and the check behind it is gone."""
    with unchecked(), replaced(Drop, "early_units_left", Drop.units_left):
        yield


def counts_by_account() -> AbstractContextManager[None]:
    """Whoever is linked has the limit twice."""
    return replaced(Batch, "together", lambda batch, person_id, drop: (person_id,))


@contextmanager
def keeps_the_end_to_itself() -> Iterator[None]:
    """A claim that waited is decided, noted as told, and told to nobody."""

    def complete_and_note(batch: Batch, request_id: str, decision: Any, moment: int) -> None:
        _complete(batch, request_id, decision, moment)
        outcome = tables.outcome
        batch.connection.execute(update(outcome).where(outcome.c.request_id == request_id), {"told_at": moment})

    with ExitStack() as stack:
        stack.enter_context(replaced(Telling, "committed", lambda telling, committed: None))
        stack.enter_context(replaced(judging, "complete", complete_and_note))
        yield


def play(folder: Path, seed: int, bug: AbstractContextManager[object] | None = None) -> Report:
    stage = folder / str(seed)
    stage.mkdir()
    return played(options_for("early-access", seed), stage, bug)[1]


@pytest.mark.parametrize(
    ("bug", "promises"),
    [
        (ignores_the_gate, {"entitled", "evidence"}),
        (takes_unknown_for_a_yes, {"entitled", "evidence"}),
        (takes_unknown_for_a_no, {"evidence"}),
        (sells_everything_early, {"share"}),
        (counts_by_account, {"identity"}),
        (keeps_the_end_to_itself, {"settled"}),
    ],
)
def test_a_bug_in_early_access_breaks_its_own_promise(
    bug: Callable[[], AbstractContextManager[object]], promises: set[str], tmp_path: Path
) -> None:
    found: set[str] = set()
    for seed in SEEDS:
        found |= broken(play(tmp_path, seed, bug())).keys()
        if found >= promises:
            return
    assert found >= promises


def test_the_sound_bot_lets_people_wait_in_the_same_play_and_tells_them_how_it_ended(tmp_path: Path) -> None:
    """Else the promise about that would be kept by nothing at all."""
    waited = 0
    for seed in SEEDS:
        report = play(tmp_path, seed)
        assert broken(report) == {}
        kept = {each.key: each.details for each in report.promises if each.verdict is Judged.KEPT}
        assert {"entitled", "evidence", "share", "settled", "identity"} <= kept.keys()
        waited += kept["settled"] != ("0 people who were told to wait",)
    assert waited
