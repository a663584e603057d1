"""A bot with a planted bug is caught by the judge, and the rehearsal ends with 1."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest

from bot.rehearsal.main import RehearseOptions, rehearse
from bot.rehearsal.options import OWN_BOT
from tests.rehearsal.evening import CONFIG, TEMPO

_BOTS = str(Path(__file__).with_name("broken_bots.py"))

CAUGHT_BY = {
    "oversell": {"supply"},
    "answers_twice": {"once", "consistent", "true-numbers"},
    "forgets": {"winners-told", "numbers", "true-numbers"},
    "floods_chat": {"unasked"},
    "nags_refused_people": {"once", "seldom"},
    "answers_winners_only": {"answered"},
    "leaks_into_the_log": {"secrecy"},
    "leaks_into_the_chat": {"secrecy"},
}


def play(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], *bot: str, keep: Path | None = None
) -> tuple[int, dict[str, str], str]:
    """The exit code, the verdict on each promise, and everything that was printed."""
    config = tmp_path / "config.toml"
    config.write_text(CONFIG)
    command = tuple(bot) or OWN_BOT
    code = rehearse(
        RehearseOptions(
            config, seed=5, viewers=12, discord_viewers=3, json=True, keep=keep, bot_command=command, tempo=TEMPO
        )
    )
    said = capsys.readouterr().out
    return code, {each["key"]: each["verdict"] for each in json.loads(said)["promises"]}, said


@pytest.mark.slow
@pytest.mark.parametrize(("bug", "promises"), CAUGHT_BY.items())
def test_a_planted_bug_is_caught(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], bug: str, promises: set[str]
) -> None:
    code, verdicts, said = play(tmp_path, capsys, sys.executable, _BOTS, bug)
    assert code == 1
    assert promises <= {key for key, verdict in verdicts.items() if verdict == "broken"}, said


@pytest.mark.slow
def test_the_bot_as_it_is_keeps_every_promise_and_every_secret(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Every secret of the run is a canary: random, used by the bot, and to be found in no line at DEBUG."""
    kept = tmp_path / "kept"
    code, verdicts, said = play(tmp_path, capsys, keep=kept)
    assert "broken" not in verdicts.values(), said
    assert code == 0
    secrecy = next(each for each in json.loads(said)["promises"] if each["key"] == "secrecy")
    assert secrecy["verdict"] == "kept"
    assert secrecy["details"][0].startswith("7 secrets looked for in bot.log, bot.out, record.jsonl, ledger.db")
    log = (kept / "bot.log").read_text("utf-8")
    assert "[debug]" in log
    assert "discord.gateway" in log
    assert "twitchio" in log
