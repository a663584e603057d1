"""The quick tier: some evenings in which every promise holds, each seed with one history."""

from __future__ import annotations

import gc
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.simulation import coverage, shrinking
from tests.simulation.evening import Evening
from tests.simulation.runs import clear_away, new_bench
from tests.simulation.story import COMMANDS_MIN, FAULTS_MIN
from tests.simulation.watcher import Watcher
from tests.tiers import sampled

SEEDS = sampled(18, 200)
ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def bench():
    bench = new_bench()
    yield bench
    clear_away(bench)
    gc.collect()


def simulate(*arguments: str, hash_seed: str = "random") -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "PYTHONHASHSEED": hash_seed, "COLUMNS": "200"}
    command = [sys.executable, "-m", "tests.simulation", *arguments]
    return subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)


@pytest.mark.slow
@pytest.mark.timeout(sampled(120, 600))
def test_in_every_evening_every_promise_holds():
    """Replay a seed that fails with the command that is printed."""
    done = simulate("--seeds", str(SEEDS), "--jobs", "1", "--quick")
    assert done.returncode == 0, done.stdout + done.stderr


def test_one_seed_has_one_history(bench):
    """The first has polls, the other none."""
    first, again, other = (Evening(bench, seed).play() for seed in (18, 18, 8))
    assert first.counts["vote: counted"] > 0
    assert other.counts["vote: counted"] == 0
    assert first.lines == again.lines
    assert first.digest == again.digest != other.digest


def test_a_seed_has_the_same_history_in_another_process_with_another_hash_seed():
    told = [simulate("--seed", "18", hash_seed=hash_seed).stdout.splitlines()[-1] for hash_seed in ("1", "2")]
    assert told[0].startswith("history ")
    assert told[0] == told[1]


def test_an_evening_is_long_enough(bench):
    played = Evening(bench, 11).play()
    assert played.violation is None
    assert played.commands >= COMMANDS_MIN
    assert played.faults >= FAULTS_MIN


def test_what_breaks_is_replayed_and_shortened(bench, monkeypatch):
    look = Watcher.look

    def suspicious(watcher):
        said = look(watcher)
        watcher.hashes[:] = [b"" for _ in watcher.hashes] if len(watcher.drops) > 4 else watcher.hashes
        return said

    # Breaks at the first restart after a drop was planned live.
    monkeypatch.setattr(Watcher, "look", suspicious)
    monkeypatch.setattr(shrinking, "PLAYS_MAX", 30)
    broken = next(played for seed in range(20) if (played := Evening(bench, seed).play()).violation is not None)
    shorter = shrinking.shorten(bench, broken)
    assert shorter is not None
    assert len(shorter.kept) < broken.acts / 2
    assert shorter.played.violation.invariant == broken.violation.invariant


def test_what_was_never_reached_is_named():
    counts = coverage.Counter(dict.fromkeys(coverage.EXPECTED, 1))
    assert coverage.never_reached(counts) == []
    del counts["claim refused: sold-out"]
    assert coverage.never_reached(counts) == ["claim refused: sold-out"]
    assert "claim refused: sold-out" in coverage.QUICK
