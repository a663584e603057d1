"""Twenty kills at random points and moments of a busy drop: everybody is answered, with one true number."""

from __future__ import annotations

import asyncio
import os
import random
import sys
from collections import Counter
from contextlib import suppress

import pytest

from tests.faults.crowd import ask_in_chat, ask_on_discord, told_so_far
from tests.faults.killed_bot import POINTS, Trap
from tests.faults.rig import KILLED, Night, night
from tests.journeys.rig import drop, until

pytestmark = [
    pytest.mark.slow,
    pytest.mark.timeout(600),
    pytest.mark.skipif(sys.platform == "win32", reason="Windows knows neither SIGKILL nor fork"),
]

KILLS = 20
SUPPLY = 40
# Another seed makes another night: FAULT_SEED=7 python -m pytest tests/faults/test_killed_at_random.py -s
SEED = int(os.environ.get("FAULT_SEED", "2"))


async def _killed_once(tonight: Night, chance: random.Random) -> str:
    """One life that ends at a random passing of a random point, or at the latest at a random moment."""
    point = chance.choice(POINTS)
    # A life passes the lane's points with every batch, and the senders' with every line or card.
    trap = Trap(point, chance.randint(1, 8 if point.startswith("lane") else 2))
    moment = chance.uniform(0.3, 2.0)
    before = len(tonight.stage.record.seen)
    process = tonight.be_born(trap)
    await until(lambda: process.exitcode is not None or tonight.listens_since(before), "the bot listens")
    with suppress(AssertionError):
        await until(lambda: process.exitcode is not None, "the trap", moment)
    where = f"{trap.point} {trap.nth}" if process.exitcode is not None else f"{moment:.2f} s"
    tonight.kill()
    assert await tonight.died() == KILLED, tonight.log.read_text()
    return where


async def test_twenty_random_kills_lose_nothing_and_double_nothing(tmp_path):
    print(f"seed {SEED}")
    chance = random.Random(SEED)
    async with night(tmp_path, drop("mug", opening="cue", supply=SUPPLY)) as tonight:
        await tonight.open_on_cue()
        tonight.kill()
        await tonight.died()
        people: list[tuple[str, str]] = []
        async with asyncio.TaskGroup() as crowd:
            for life in range(KILLS):
                for number in (2 * life, 2 * life + 1):
                    people.append(("twitch", f"viewer{number}"))
                    crowd.create_task(ask_in_chat(tonight, f"viewer{number}", doubts=number % 3 == 0))
                people.append(("discord", f"fan{life}"))
                crowd.create_task(ask_on_discord(tonight, f"fan{life}"))
                print(f"kill {life + 1}: {await _killed_once(tonight, chance)}")
                tonight.facts()
            await tonight.start()
        # An answer that this life could not give is looked for when it is twenty seconds old.
        await tonight.quiet()
        _nothing_is_wrong(tonight, people)


def _nothing_is_wrong(tonight: Night, people: list[tuple[str, str]]) -> None:
    facts, told = tonight.facts(), told_so_far(tonight)
    held = facts.numbers["mug"]
    assert facts.units() == list(range(1, SUPPLY + 1))
    assert [who for who in people if not told.has_answered(who)] == []
    assert {who: tuple(sorted(numbers)) for who, numbers in told.numbers.items() if numbers} == held
    assert told.refused.isdisjoint(held)
    assert set(people) == told.refused | set(held)
    assert tonight.openings() == (1, 1)
    posted = Counter(seen.data["nonce"] for seen in tonight.seen("message") if seen.data.get("nonce"))
    assert [nonce for nonce, times in posted.items() if times > 1] == []
    by_result = Counter((news["place"], news["result"]) for news in facts.news)
    assert {result for _, result in by_result} <= {"sent", "skipped"}, by_result
