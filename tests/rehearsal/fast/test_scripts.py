"""Every shipped script in virtual time, seed after seed: whatever goes wrong, every promise is kept."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.rehearsal.faults import FAULTS
from bot.rehearsal.performance import Performance
from bot.rehearsal.script_file import shipped_scripts
from bot.rehearsal.trouble import troubles_of
from tests.rehearsal.fast.quick import broken, options_for, played
from tests.tiers import THOROUGH, sampled

pytestmark = [pytest.mark.slow, pytest.mark.timeout(300)]

SEEDS_OF_ONE = {"bad-night": sampled(6, 20)}
SEEDS = {name: range(1, SEEDS_OF_ONE.get(name, sampled(2, 3)) + 1) for name in shipped_scripts()}
# A part of a stampede is enough: the whole one is played over the wire, and here where there is time.
FEWER = 600


@pytest.mark.parametrize(("name", "seed"), [(name, seed) for name, seeds in SEEDS.items() for seed in seeds])
def test_a_script_keeps_every_promise(name: str, seed: int, tmp_path: Path) -> None:
    options = options_for(name, seed)
    if options.viewers > FEWER and not (THOROUGH and seed == 1):
        options = options_for(name, seed, viewers=FEWER)
    performance, report = played(options, tmp_path)
    assert (performance.complete, broken(report)) == (True, {})
    assert report.exit_code == 0


@pytest.fixture(scope="module")
def bad_night(tmp_path_factory: pytest.TempPathFactory) -> Performance:
    """One more seed, whose record is looked into."""
    performance, _ = played(options_for("bad-night", 21), tmp_path_factory.mktemp("bad-night"))
    return performance


def test_on_a_bad_night_every_fault_strikes(bad_night: Performance) -> None:
    troubles = troubles_of(bad_night.record)
    assert {trouble.name for trouble in troubles} == set(FAULTS)
    assert [trouble.name for trouble in troubles if trouble.skipped] == []
    ends = [seen["data"] for seen in bad_night.record if seen["kind"] == "fault" and "struck" in seen["data"]]
    assert [data["name"] for data in ends if data["struck"] == 0] == []


def test_what_is_pressed_while_the_gateway_is_silent_fails_for_whoever_pressed(bad_night: Performance) -> None:
    (silence,) = (each for each in troubles_of(bad_night.record) if each.name == "discord-silence")
    pressed, failed, answered = (
        {seen["data"]["interaction_id"]: seen["at"] for seen in bad_night.record if seen["kind"] in kinds}
        for kinds in (("press", "slash"), ("interaction-failed",), ("answer", "deferred"))
    )
    meanwhile = {key for key, at in pressed.items() if silence.begins_at < at < silence.ends_at}
    assert meanwhile
    assert (meanwhile - failed.keys(), meanwhile & answered.keys()) == (set(), set())
