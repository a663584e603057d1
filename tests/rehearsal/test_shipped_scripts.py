"""Each shipped script once over the wire, as whoever types its name sees it: every promise is kept."""

from __future__ import annotations

import json
import math
import tomllib
from collections import Counter
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from bot.rehearsal.call import Call, options_for
from bot.rehearsal.faults import FAULTS
from bot.rehearsal.keeper import CAN_FILL_THE_DISK
from bot.rehearsal.main import rehearse
from bot.rehearsal.moments import SECOND
from bot.rehearsal.script_file import SKELETON
from bot.stage.strikes import ON_DISCORD, ON_TWITCH
from tests.tiers import THOROUGH

# Seconds that each may take, twice and more of what it takes here with both cores busy.
SECONDS_MAX = {"first-drop": 120, "hot-drop": 120, "early-access": 120, "mod-vote": 200, "bad-night": 180}
# A play in which the bot had no time to come, or to come back, is played again: what is to be seen was not there.
RESTART_SECONDS_MAX, PAUSES_AFTER_SECONDS_MAX, TRIES = 8, 6, 3
FIRST_HEARD = ("created channel.chat.message", "identify")
RESTARTS = ("bot-killed", "bot-stopped")
# What a bad night begins with, as soon as the first drop is announced.
FIRST_FAULT = "discord-errors"
# How long early-access lets in early.
EARLY_SECONDS = 5
Json = Mapping[str, Any]


def play(script: str, kept: Path, capsys: pytest.CaptureFixture[str]) -> Json:
    """The report, after the exit code has said that all is well; `kept` has what the play left."""
    for again in range(TRIES):
        folder = kept.with_name(f"{kept.name}-{again}")
        code = rehearse(options_for(Call(script, json=True, keep=folder), SKELETON))
        said = capsys.readouterr().out
        if came_in_time(folder):
            break
    folder.rename(kept)
    report: Json = json.loads(said)
    broken = [each for each in report["promises"] if each["verdict"] == "broken"]
    # In whole: what pytest shortens is just what one would have to know.
    assert not broken, json.dumps(broken, indent=1, ensure_ascii=False)
    assert (code, report["complete"]) == (0, True)
    assert report["seconds"] <= SECONDS_MAX[script]
    return report


def came_in_time(kept: Path) -> bool:
    """Whether the bot heard both platforms before anybody could claim, and was soon back whenever it had been
    ended."""
    record = record_of(kept)
    drops = tomllib.loads((kept / "config.toml").read_text("utf-8"))["drops"]
    timed = [drop["opens"] for drop in drops if "opens" in drop]
    opens_at = min(datetime.fromisoformat(f"{opens}+00:00").timestamp() for opens in timed)
    early = EARLY_SECONDS if any("early" in drop for drop in drops) else 0
    away = max(seconds_away(record).values(), default=0.0)
    return there_at(record) < (opens_at - early) * SECOND and away <= RESTART_SECONDS_MAX


def seconds_away(record: list[Json]) -> dict[str, float]:
    """How long the bot was not there, by the fault that ended it."""
    faults = [seen for seen in record if seen["kind"] == "fault" and seen["data"]["name"] in RESTARTS]
    ends = {seen["data"]["name"]: seen["at"] for seen in faults if seen["data"]["state"] == "ends"}
    begun = {seen["data"]["name"]: seen["at"] for seen in faults if seen["data"]["state"] == "begins"}
    return {name: (ends.get(name, math.inf) - at) / SECOND for name, at in begun.items()}


def there_at(record: list[Json]) -> float:
    """When the bot was there for the first time, on both platforms (microseconds UTC)."""
    return max(next((seen["at"] for seen in record if seen["text"] == first), math.inf) for first in FIRST_HEARD)


def record_of(kept: Path) -> list[Json]:
    return [json.loads(line) for line in (kept / "record.jsonl").read_text("utf-8").splitlines()]


def claims_during(record: list[Json]) -> dict[str, int]:
    """How many people asked while each fault was on or just over, where it strikes."""
    asked = [seen for seen in record if is_claim(seen)]
    ends = {s["data"]["name"]: s["at"] for s in record if s["kind"] == "fault" and s["data"]["state"] == "ends"}
    found = {}
    for seen in record:
        if seen["kind"] == "fault" and seen["data"]["state"] == "begins":
            name = seen["data"]["name"]
            places = {FAULTS[name].where} & {"twitch", "discord"} or {"twitch", "discord"}
            meanwhile = range(seen["at"], ends[name] + 3 * SECOND)
            found[name] = sum(ask["at"] in meanwhile and ask["platform"] in places for ask in asked)
    return found


def is_claim(seen: Json) -> bool:
    if seen["kind"] == "chat":
        return "claim" in seen["text"].casefold() and not seen["data"].get("bot")
    words = str(seen["data"].get("command") or seen["data"].get("custom_id") or "").split(":")
    return seen["kind"] in ("press", "slash") and "claim" in words


def verdict(report: Json, key: str) -> str:
    return str(next(each["verdict"] for each in report["promises"] if each["key"] == key))


@pytest.mark.slow
@pytest.mark.timeout(600)
@pytest.mark.skipif(not THOROUGH, reason="`make test` plays it for the README's recording, to the same end")
def test_the_first_drop_sells_out_and_nothing_goes_wrong(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    report = play("first-drop", tmp_path / "kept", capsys)
    assert report["drops"][0]["units"] == 48
    assert verdict(report, "expected-mug-units") == "kept"


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_of_five_thousand_who_storm_a_hot_drop_a_hundred_get_one_and_all_are_answered(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    report = play("hot-drop", tmp_path / "kept", capsys)
    (drop,) = report["drops"]
    assert (drop["units"], drop["owners"]) == (100, 100)
    assert drop["wanted_by"] > 4_000


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_early_access_goes_to_whom_it_was_promised_though_twitch_stops_answering(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    report = play("early-access", tmp_path / "kept", capsys)
    early = {drop["drop"]: drop["early"] for drop in report["drops"]}
    assert 4 <= early["mug"] <= 24
    assert 1 <= early["zine"] <= 6
    assert report["linked"] >= 1
    for key in ("entitled", "evidence", "share", "settled", "identity", "outage", "healed"):
        assert verdict(report, key) == "kept"
    # Somebody was early and not entitled, and got theirs when everybody was let in.
    assert report["refusals"]["not-entitled"] > 0


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_everybody_decides_once_through_a_kill_and_passes_come_back_from_a_cancelled_question(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    kept = tmp_path / "kept"
    report = play("mod-vote", kept, capsys)
    colour, slip, game = report["polls"]
    assert [each["ending"] for each in (colour, slip, game)] == ["closed", "cancelled", "closed"]
    assert "extended" in [each["what"] for each in report["timeline"]["poll:next-game"]]
    assert (report["passes"]["granted"], slip["passes"]) == (30, 0)
    assert report["passes"]["spent"] - report["passes"]["returned"] == game["passes"] > 0
    # Somebody without a right, without a pass, with nonsense, and too late.
    assert {"not-entitled", "no-fitting-pass"} <= {*slip["refused"], *game["refused"]}
    assert colour["refused"]["bad-choice"] > 0
    for key in ("votes", "poll-results", "rights", "passes", "quiet", "polls-told", "crash", "identity"):
        assert verdict(report, key) == "kept"
    assert pressed_after_the_restart(kept) > 0


def pressed_after_the_restart(kept: Path) -> int:
    """How many votes counted that were pressed on a card from before the bot was killed."""
    record = record_of(kept)
    (back,) = [seen["at"] for seen in record if seen["kind"] == "fault" and is_end_of(seen, "bot-killed")]
    cards = {seen["data"]["message_id"] for seen in record if seen["kind"] == "message" and seen["at"] < back}
    pressed = {
        seen["data"]["interaction_id"]
        for seen in record
        if seen["kind"] == "press" and seen["at"] > back and seen["data"]["message_id"] in cards
    }
    return sum(
        seen["kind"] == "answer" and seen["data"]["interaction_id"] in pressed and "Your vote" in seen["text"]
        for seen in record
    )


def is_end_of(seen: Json, fault: str) -> bool:
    return seen["kind"] == "fault" and (seen["data"]["name"], seen["data"]["state"]) == (fault, "ends")


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_on_a_bad_night_every_fault_strikes_once_and_everything_heals(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    kept = tmp_path / "kept"
    report = play("bad-night", kept, capsys)
    record = record_of(kept)
    faults = [seen["data"] for seen in record if seen["kind"] == "fault"]
    possible = set(FAULTS) if CAN_FILL_THE_DISK else set(FAULTS) - {"disk-full"}
    assert Counter(f["name"] for f in faults if f["state"] == "begins") == Counter(possible)
    assert Counter(f["name"] for f in faults if f["state"] == "ends") == Counter(possible)
    # Nothing is called a fault that struck nobody, but for what was over before the bot had said a word.
    over = {seen["data"]["name"]: seen["at"] for seen in record if is_end_of(seen, FIRST_FAULT)}
    too_early = {name for name, at in over.items() if at < there_at(record) + 2 * SECOND}
    struck = {fault["name"]: fault["struck"] for fault in faults if "struck" in fault}
    assert set(struck) == {*ON_TWITCH, *ON_DISCORD}
    assert {name for name, count in struck.items() if not count} <= too_early
    assert {name for name, count in claims_during(record).items() if not count} <= too_early
    # The streamer came late and left early, and the bot was there three times.
    happened = {drop: [each["what"] for each in life] for drop, life in report["timeline"].items()}
    assert "postponed" in happened["mug"]
    # A bot that is back later finds a stream that is off, and a drop that closes before it has been off for long.
    assert "paused" in happened["scarf"] or seconds_away(record)["bot-stopped"] > PAUSES_AFTER_SECONDS_MAX
    assert sum(log.read_text("utf-8").count("bot started") for log in kept.glob("bot.log*")) == 3
    for key in ("crash", "outage", "healed", "answered", "secrecy"):
        assert verdict(report, key) == "kept"
