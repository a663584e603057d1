"""The call itself: what is wrong with it is told at once and with 2, a bot that fails ends it with 1."""

from __future__ import annotations

import json
import sys
from io import StringIO
from pathlib import Path

import pytest
from rich.console import Console

from bot.rehearsal.judge import judge
from bot.rehearsal.main import RehearseOptions, rehearse
from bot.rehearsal.report import Report, make_report, show
from tests.rehearsal.evening import CONFIG, OPENS, SECOND, TEMPO, Evening, good_evening


@pytest.fixture
def config(tmp_path: Path) -> Path:
    file = tmp_path / "config.toml"
    file.write_text(CONFIG)
    return file


def test_a_mistake_in_the_configuration_is_told_with_its_line(
    config: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    config.write_text(CONFIG.replace("supply = 5", "suply = 5"))
    assert rehearse(RehearseOptions(config, json=True)) == 2
    mistakes = json.loads(capsys.readouterr().out)["mistakes"]
    assert any("suply" in str(mistake) for mistake in mistakes)
    assert rehearse(RehearseOptions(config)) == 2
    assert "suply" in capsys.readouterr().err


def test_without_a_drop_there_is_nothing_to_rehearse(config: Path, capsys: pytest.CaptureFixture[str]) -> None:
    config.write_text(CONFIG.partition("[[drops]]")[0])
    assert rehearse(RehearseOptions(config)) == 2
    assert "no [[drops]]" in capsys.readouterr().err


def test_an_earlier_rehearsal_is_never_written_over(config: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert rehearse(RehearseOptions(config, keep=config.parent)) == 2
    assert "is not empty" in capsys.readouterr().err
    assert config.read_text() == CONFIG


def test_a_bot_that_ends_early_ends_the_rehearsal_with_its_last_words(
    config: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    dying = (sys.executable, "-c", "raise SystemExit('no tea, no bot')")
    assert rehearse(RehearseOptions(config, bot_command=dying, tempo=TEMPO, quiet=True)) == 1
    said = capsys.readouterr().err
    assert "ended with code 1" in said
    assert "no tea, no bot" in said
    assert rehearse(RehearseOptions(config, bot_command=dying, tempo=TEMPO, json=True)) == 1
    assert "no tea, no bot" in json.loads(capsys.readouterr().out)["error"]


def report_of(evening: Evening, *, complete: bool = True) -> Report:
    case = evening.case()
    return make_report(
        case, judge(case), complete=complete, seconds=40.0, seed=7, repeat=("microdrops", "rehearse"), kept_in=None
    )


def shown(report: Report) -> str:
    paper = StringIO()
    show(report, Console(file=paper, width=160, no_color=True))
    return paper.getvalue()


def test_the_report_counts_units_refusals_times_and_announcements() -> None:
    public = report_of(good_evening()).as_public()
    assert public["drops"] == [
        {
            "drop": "mug",
            "title": "Teal Mug",
            "supply": 3,
            "units": 3,
            "numbers": [1, 3],
            "owners": 3,
            "wanted_by": 4,
        }
    ]
    assert public["refusals"] == {"sold-out": 1}
    assert public["answer_seconds"]["discord"] == {"count": 1, "median": 0.05, "worst": 0.05}
    assert public["announcements"]["twitch:chat"] == {"announced": 1, "opened": 1, "sold-out": 1, "closed": 1}
    assert public["kept"] is True
    assert report_of(good_evening()).exit_code == 0


def test_a_broken_promise_is_shown_with_where_to_look_and_ends_with_1() -> None:
    evening = good_evening()
    evening.says("eve", "!claim mug", OPENS + 19 * SECOND)
    report = report_of(evening)
    said = shown(report)
    assert report.exit_code == 1
    assert "BROKEN: Everybody who asks is answered" in said
    assert "eve (twitch) got no answer to “!claim mug”" in said
    assert "--keep FOLDER" in said
    assert "The same again: microdrops rehearse" in said


def test_a_play_that_did_not_come_to_its_end_is_not_fine() -> None:
    report = report_of(good_evening(), complete=False)
    assert report.exit_code == 1
    assert "somebody still waits" in shown(report)


def test_an_evening_without_a_claim_still_has_a_report() -> None:
    assert "Teal Mug: 0 of 3 units, none" in shown(report_of(Evening()))
