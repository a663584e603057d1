"""Polls in virtual time: in the middle of other scripts, on one platform alone, and whatever goes wrong."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from random import Random

import pytest

from bot.rehearsal.faults import FAULTS
from bot.rehearsal.options import RehearseOptions
from bot.rehearsal.script import Anchor, Moment, PlannedFault, PlannedPoll, Script
from tests.rehearsal.fast.quick import broken, options_for, played
from tests.tiers import sampled

MUG_VOTE = PlannedPoll("mug-vote", "Which mug next?", ("red", "blue"), Moment(Anchor.OPENS, 2.0), 8)
HARDER = PlannedPoll("harder", "Harder?", ("yes", "no"), Moment(Anchor.CLOSES, 1.0, "mug-vote"), 8, True)


def with_script(options: RehearseOptions, **changes: object) -> RehearseOptions:
    script = options.script or Script("", "", "")
    return replace(options, script=replace(script, **changes))  # type: ignore[arg-type]  # whatever a script has


def test_an_ordinary_crowd_votes_while_it_claims_and_no_promise_suffers(tmp_path: Path) -> None:
    options = with_script(options_for("first-drop", 1), polls=(MUG_VOTE, HARDER))
    performance, report = played(options, tmp_path)
    assert (performance.complete, broken(report)) == (True, {})
    first, second = report.figures.polls
    assert first.people > 5
    assert second.people == 1, "Mia alone is a moderator, and nobody holds a pass"
    assert report.figures.drops[0].units == 48


@pytest.mark.parametrize(("viewers", "fans"), [(30, 0), (0, 30)])
def test_each_platform_decides_without_the_other(viewers: int, fans: int, tmp_path: Path) -> None:
    options = options_for("mod-vote", 3, viewers=viewers, discord_viewers=fans)
    performance, report = played(with_script(options, expects=()), tmp_path)
    assert (performance.complete, broken(report)) == (True, {})
    assert [each.ending for each in report.figures.polls] == ["closed", "cancelled", "closed"]
    assert report.figures.passes["spent"] > report.figures.passes["returned"] > 0


@pytest.mark.parametrize("seed", range(31, 31 + sampled(2, 40)))
def test_every_vote_and_pass_survives_what_goes_wrong_in_the_middle_of_a_poll(seed: int, tmp_path: Path) -> None:
    dice = Random(f"{seed}:polls")
    faults = tuple(
        PlannedFault(name, Moment(Anchor.OPENED, round(dice.uniform(0.5, 8.0), 1), dice.choice(("colour", "game"))))
        for name in dice.sample(sorted(FAULTS), 4)
    )
    options = options_for("mod-vote", seed, viewers=40, discord_viewers=16)
    performance, report = played(with_script(options, faults=faults, expects=()), tmp_path)
    assert (performance.complete, broken(report)) == (True, {}), faults


@pytest.mark.parametrize("by", [3 * 3600.0, -60.0])
def test_a_clock_that_is_set_in_the_middle_of_a_poll_changes_nothing_of_it(by: float, tmp_path: Path) -> None:
    options = options_for("mod-vote", 3, viewers=40, discord_viewers=16)
    for folder in (tmp_path / "calm", tmp_path / "moved"):
        folder.mkdir()
    calm, before = played(with_script(options, faults=(), expects=()), tmp_path / "calm")
    moved = PlannedFault("clock-moved", Moment(Anchor.OPENED, 3.0, "colour"), options={"by": by})
    shaken, after = played(with_script(options, faults=(moved,), expects=()), tmp_path / "moved")
    assert (calm.complete, shaken.complete, broken(before), broken(after)) == (True, True, {}, {})
    results = [
        [(each.counts, each.people, each.ending) for each in report.figures.polls] for report in (before, after)
    ]
    assert results[0] == results[1]
    assert before.figures.polls[0].people > 10
