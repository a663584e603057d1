"""Commands that no rule foresaw: each fails alone, whatever it breaks and wherever it stands in its batch."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from bot.domain.answers import Answer
from bot.domain.claims import ClaimDrop, ClaimGranted
from bot.domain.people import BOT, Actor
from bot.domain.planning import ApplyPlans
from tests.conftest import CHANNEL, NOON, plan, viewer
from tests.faults.ledger import read_ledger
from tests.faults.witness import table_faults

BATCH = 50


def _claim(actor: Actor, drop: str = "") -> ClaimDrop:
    return ClaimDrop(CHANNEL, f"twitch:{actor.user_id}", actor, drop)


POISONS = {
    "the rule stumbles": _claim(viewer("bad"), drop=7),  # type: ignore[arg-type]  # that is the poison
    "no bytes can say it": _claim(Actor("twitch", "id-bad", "half a \ud83d character")),
    "the database takes no such row": _claim(Actor("twitch", "id-bad", None)),  # type: ignore[arg-type]  # as above
    "it has no channel of ours": ClaimDrop(99, "twitch:bad", viewer("bad")),
}


@pytest.mark.parametrize("poison", POISONS.values(), ids=POISONS)
@pytest.mark.parametrize("place", [0, BATCH // 2, BATCH - 1])
async def test_a_poisoned_command_in_a_batch_of_fifty_fails_alone(lane, clock, tmp_path, poison, place):
    await lane.submit(ApplyPlans(CHANNEL, "config:1", BOT, (plan(supply=60),)))
    clock.at = NOON
    crowd = [_claim(viewer(f"v{number}")) for number in range(BATCH - 1)]
    commands = [*crowd[:place], poison, *crowd[place:]]
    answers = await asyncio.gather(*(lane.submit(each) for each in commands), return_exceptions=True)
    failed = answers.pop(place)
    assert isinstance(failed, Exception)
    assert [_number(answer) for answer in answers] == list(range(1, BATCH))
    assert read_ledger(tmp_path / "ledger.sqlite").units() == list(range(1, BATCH))
    _nothing_is_wrong(tmp_path)


@pytest.mark.parametrize("poison", POISONS.values(), ids=POISONS)
async def test_a_poisoned_command_alone_leaves_no_trace_and_the_next_is_granted(lane, clock, tmp_path, poison):
    await lane.submit(ApplyPlans(CHANNEL, "config:1", BOT, (plan(),)))
    clock.at = NOON
    entries = len(read_ledger(tmp_path / "ledger.sqlite").entries)
    for _ in range(2):
        (failed,) = await asyncio.gather(lane.submit(poison), return_exceptions=True)
        assert isinstance(failed, Exception)
    assert len(read_ledger(tmp_path / "ledger.sqlite").entries) == entries
    assert _number(await lane.submit(_claim(viewer("ann")))) == 1
    _nothing_is_wrong(tmp_path)


def _number(answer: object) -> int:
    assert isinstance(answer, Answer)
    assert isinstance(answer.decision, ClaimGranted)
    return answer.decision.number


def _nothing_is_wrong(folder: Path) -> None:
    assert table_faults(folder / "ledger.sqlite") == []
