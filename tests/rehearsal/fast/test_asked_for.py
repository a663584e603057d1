"""`microdrops rehearse --fast` and `--dated`, from the call to the report."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from bot.config import ConfigError
from bot.rehearsal.call import Call, options_for
from bot.rehearsal.main import rehearse
from bot.rehearsal.script_file import SKELETON
from tests.rehearsal.fast.quick import dated_config


def test_a_quick_rehearsal_reports_like_any_other(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    kept = tmp_path / "kept"
    assert rehearse(options_for(Call("first-drop", json=True, keep=kept, fast=True), SKELETON)) == 0
    told = json.loads(capsys.readouterr().out)
    assert told["kept"] is True
    assert told["repeat"].endswith(" --fast")
    assert {path.name for path in kept.iterdir()} >= {"ledger.db", "record.jsonl", "bot.log", "config.toml"}


def test_a_dated_rehearsal_plays_the_drops_on_their_own_dates(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    config, kept = dated_config(tmp_path, weeks=2), tmp_path / "kept"
    call = Call(config=config, viewers=20, discord_viewers=5, json=True, keep=kept, dated=True)
    assert rehearse(options_for(call, SKELETON)) == 0
    told = json.loads(capsys.readouterr().out)
    assert told["kept"] is True
    assert told["repeat"].endswith(" --dated")
    record = [json.loads(line) for line in (kept / "record.jsonl").read_text("utf-8").splitlines()]
    days = {seen["at"] // 86_400_000_000 for seen in record if seen["kind"] == "chat"}
    assert max(days) - min(days) == 7


def test_a_script_with_drops_of_its_own_has_no_dates() -> None:
    with pytest.raises(ConfigError, match="no dates"):
        options_for(Call("first-drop", dated=True), SKELETON)
