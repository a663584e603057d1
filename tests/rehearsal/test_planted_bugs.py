"""A bot with a planted bug is caught by the judge, and the rehearsal ends with 1."""

from __future__ import annotations

import json
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from bot.rehearsal.main import RehearseOptions, rehearse
from bot.rehearsal.options import OWN_BOT
from bot.rehearsal.script import Anchor, Moment, PlannedFault, Script
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

# What takes a bad moment to show: the bot is killed while people claim, later it hears nothing from Twitch.
BAD_MOMENTS = Script(
    "bad-moments",
    "Bad moments",
    "The bot is killed, and later hears nothing from Twitch for a while.",
    faults=(
        PlannedFault("bot-killed", Moment(Anchor.OPENED, 1.5), options={"down": 0.5}),
        PlannedFault("twitch-no-welcome", Moment(Anchor.OPENED, 6.0), seconds=6.5),
    ),
)
LONGER = replace(TEMPO, window=18)
CAUGHT_BY_BAD_MOMENTS = {
    "forgets_in_a_crash": {"crash", "true-numbers"},
    "silent_after_a_gap": {"answered"},
}


def play(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], *bot: str, **options: Any
) -> tuple[int, dict[str, str], str]:
    """The exit code, the verdict on each promise, and everything that was printed."""
    config = tmp_path / "config.toml"
    config.write_text(CONFIG if "script" not in options else CONFIG.replace("supply = 5", "supply = 40"))
    given = {"seed": 5, "viewers": 12, "discord_viewers": 3, "tempo": TEMPO, **options}
    code = rehearse(RehearseOptions(config, json=True, bot_command=tuple(bot) or OWN_BOT, **given))
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
@pytest.mark.parametrize(("bug", "promises"), [("", set()), *CAUGHT_BY_BAD_MOMENTS.items()])
def test_a_bug_that_shows_in_bad_moments_is_caught_and_the_bot_as_it_is_has_none(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], bug: str, promises: set[str]
) -> None:
    bot = (sys.executable, _BOTS, bug) if bug else ()
    code, verdicts, said = play(tmp_path, capsys, *bot, script=BAD_MOMENTS, viewers=40, tempo=LONGER)
    broken = {key for key, verdict in verdicts.items() if verdict == "broken"}
    assert promises <= broken, said
    assert code == (1 if bug else 0), said
    assert bug or not broken, said


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
