"""The call itself: what is wrong with it is told at once and with 2, a bot that fails ends it with 1."""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from bot.rehearsal.main import RehearseOptions, rehearse
from bot.rehearsal.script_file import load_script
from tests.rehearsal.evening import CONFIG, TEMPO


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


def test_a_script_that_speaks_of_a_drop_that_is_not_planned_is_refused(
    config: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "late.toml"
    file.write_text('title = "Late"\n[[cues]]\nat = "mgu opens +3s"\ndoes = "goes live"\n')
    assert rehearse(RehearseOptions(config, load_script(file))) == 2
    assert "speaks of a drop 'mgu'" in capsys.readouterr().err


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


def test_what_is_to_be_a_folder_or_a_file_and_is_not_is_refused_before_the_play(
    config: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert rehearse(RehearseOptions(config, keep=config)) == 2
    assert "cannot be a folder: File exists. Name another one." in capsys.readouterr().err
    assert rehearse(RehearseOptions(config, report=config.parent)) == 2
    assert "is a folder. Name the file" in capsys.readouterr().err


def test_a_report_needs_a_folder_that_is_there(config: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert rehearse(RehearseOptions(config, report=config.parent / "nowhere" / "report.html")) == 2
    assert "There is no folder" in capsys.readouterr().err


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="there is no device that is always full")
def test_a_page_that_cannot_be_written_costs_nobody_the_report(
    config: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    options = RehearseOptions(config, viewers=9, tempo=TEMPO, fast=True, quiet=True, report=Path("/dev/full"))
    assert rehearse(options) == 2
    said, wrong = capsys.readouterr()
    assert "0 broken" in said
    assert wrong == "/dev/full cannot be written: No space left on device.\n"
    assert rehearse(replace(options, json=True)) == 2
    public = json.loads(capsys.readouterr().out)
    assert public["kept"] is True
    assert public["error"] == "/dev/full cannot be written: No space left on device."


def test_whoever_has_seen_enough_of_the_report_is_told_no_more(config: Path) -> None:
    command = [sys.executable, "-m", "bot", "rehearse", "--config", str(config), "--fast", "--quiet"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as rehearsal:
        assert rehearsal.stdout is not None
        rehearsal.stdout.close()
        assert rehearsal.stderr is not None
        assert rehearsal.stderr.read() == ""
    assert rehearsal.returncode == 130
