"""The page of rehearsals: what a report's answer becomes in the table."""

from __future__ import annotations

import subprocess
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import pytest

from tests.rehearsal import all_scripts
from tests.rehearsal.all_scripts import HEADINGS, Played, cells, evidence, page, play
from tests.rehearsal.evening import OPENS, SECOND, good_evening
from tests.rehearsal.test_report import report_of


def answered(**changes: Any) -> Mapping[str, Any]:
    return {**report_of(good_evening()).as_public(), **changes}


def row(public: Mapping[str, Any]) -> dict[str, str]:
    return dict(zip(HEADINGS, cells(Played("first-drop", 7, public)), strict=True))


def test_a_play_becomes_a_row_of_figures() -> None:
    found = row(answered())
    assert found["script"] == "first-drop"
    assert (found["seed"], found["people"], found["claims"], found["units"]) == ("7", "4", "4", "3 of 3")
    assert found["Discord, s"] == "0.05 / 0.05"
    assert found["faults"] == "0"
    assert found["healing, s"] == ""
    assert found["promises"].endswith(" kept")
    assert found["took, s"] == "40"


def test_a_broken_promise_and_the_slowest_healing_are_named() -> None:
    evening = good_evening()
    evening.says("eve", "!claim mug", OPENS + 19 * SECOND)
    faults = [{"healed_after": 1.25}, {"healed_after": 3.04}, {"healed_after": None}]
    found = row({**report_of(evening).as_public(), "faults": faults})
    assert "broken: answered**" in found["promises"]
    told = list(evidence(Played("first-drop", 7, report_of(evening).as_public())))
    assert told[0].startswith("BROKEN: Everybody who asks is answered")
    assert "eve (twitch) got no answer" in told[1]
    assert (found["faults"], found["healing, s"]) == ("3", "3.0")
    assert "did not come to its end" in row(answered(complete=False))["promises"]


def test_a_play_without_a_report_says_why() -> None:
    assert row({"error": "The bot ended\nwith code 1"})["promises"] == "**The bot ended with code 1**"


def test_the_page_has_a_row_for_each_play_and_the_machine() -> None:
    plays = [Played("first-drop", 1, answered()), Played("first-drop", 2, answered(kept=False))]
    drawn = page(plays, "make rehearse-all", datetime(2026, 1, 2, tzinfo=UTC), {"processor": "two cores"})
    assert "`make rehearse-all` on 2026-01-02 00:00 UTC: 2 plays, in 1 of them something was broken." in drawn
    assert drawn.count("| first-drop |") == 2
    assert "- **first-drop**: " in drawn
    assert drawn.endswith("processor: two cores.\n")
    assert "1 plays" not in page(plays[:1], "x", datetime(2026, 1, 2, tzinfo=UTC), {})


def test_what_is_no_answer_is_told_as_the_reason(monkeypatch: pytest.MonkeyPatch) -> None:
    def died(command: list[str], **_: Any) -> subprocess.CompletedProcess[str]:
        assert command[2:] == ["bot", "rehearse", "hot-drop", "--seed", "3", "--json"]
        return subprocess.CompletedProcess(command, -9, "", "")

    monkeypatch.setattr(all_scripts.subprocess, "run", died)
    assert play("hot-drop", 3).public == {"error": "It ended with code -9."}
