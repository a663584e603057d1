"""What `microdrops plan` says of drops that recur, and what `microdrops calendar` writes of them."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest
from sqlalchemy import create_engine, insert

import bot.cli
from bot.config import Config, load_config
from bot.domain.people import BOT
from bot.domain.planning import ApplyPlans
from bot.domain.stream import Wake
from bot.domain.time import DAY, HOUR, MINUTE
from bot.opening import channel_settings
from bot.storage.database import ledger_url
from bot.storage.tables import claim_code
from bot.storage.upgrade import upgrade
from tests.conftest import CHANNEL, FixedClock, running_lane
from tests.domain.cadences import utc
from tests.domain.test_calendar_file import events_of

NOW = utc("2026-11-04 12:00")
WEEKLY = """[channel]
name = "Teal Fox"
time_zone = "Europe/Berlin"
[ledger]
url = "ledger.db"
[public]
url = "https://tealfox.example/drops"
[pacing]
per_week = 1
[[drops]]
name = "mug"
title = "Teal Mug"
supply = 48
every = "friday 20:00"
lasts = "15m"
early = "subscribers, vips"
skip = ["2026-11-20", "2026-11-21"]
while_offline = "run"
"""
CAP = """[[drops]]
name = "cap"
title = "Cap"
supply = 5
every = "first sunday 02:30"
lasts = "15m"
"""


@dataclass(frozen=True)
class Answer:
    code: int
    out: str
    err: str


Run = Callable[..., Answer]


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    """Runs one command in the folder of the configuration, on Wednesday."""
    monkeypatch.chdir(tmp_path)
    for module in ("running", "calendar"):
        monkeypatch.setattr(f"bot.cli.{module}.time_now", lambda: NOW)

    def command(*arguments: str) -> Answer:
        capsys.readouterr()  # what the ledger's own process has logged
        with pytest.raises(SystemExit) as left:
            bot.cli.main(arguments)
        told = capsys.readouterr()
        assert "Traceback" not in told.err
        return Answer(int(left.value.code or 0), told.out, told.err)

    return command


def configure(folder: Path, text: str = WEEKLY) -> Config:
    path = folder / "config.toml"
    path.write_text(text, encoding="utf-8")
    return load_config(path, {}, secrets="optional")


def calendars_in(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir() if ".ics" in path.name)


async def lived(folder: Path, *moments: int, text: str = WEEKLY) -> None:
    """A ledger of a bot that followed the file and woke at these moments."""
    config = configure(folder, text)
    url = ledger_url(config.ledger.url)
    clock = FixedClock(moments[0])
    upgrade(url, now=clock.now)
    async with running_lane(url, clock, settings=channel_settings(config)) as lane:
        for clock.at in moments:
            plans = config.plans(clock.at)
            await lane.submit(ApplyPlans(CHANNEL, f"config:{clock.at}", BOT, plans, series=config.series))
            await lane.submit(Wake(CHANNEL))


def test_the_plan_shows_the_next_five_in_both_clocks_and_what_the_clocks_and_rules_do_to_them(
    run: Run, tmp_path: Path
) -> None:
    configure(tmp_path, WEEKLY + CAP)
    answer = run("plan")
    assert answer.code == 0
    assert answer.out.count("open early") == 5
    for said in (
        "open early Fri 2026-11-06 19:50 CET 2026-11-06T18:50Z for subscriber or vip, at most 24",
        "Note: mug comes every Fri at 20:00 (Europe/Berlin). Next: Fri 2026-11-06 20:00 CET = 2026-11-06T19:00Z; ",
        "Note: mug: 2026-11-21 is skipped, but nothing is due on that date.",
        "Note: cap comes every month on the first Sun at 02:30 (Europe/Berlin).",
        "breaks the rule per-week: with it 2 drops open within seven days, and 1 are the most.",
    ):
        assert said in " ".join(answer.out.split())
    # The same before anything is saved: there is no ledger yet, and none was made.
    assert not (tmp_path / "ledger.db").exists()
    assert "Note: mug comes every Fri" in run("config", "check").out


@pytest.mark.parametrize(
    ("every", "note"),
    [
        ("last sunday 02:30", "cap: 2027-03-28 02:30 does not exist, the clocks skip it; it opens at"),
        ("last sunday 02:30", "cap: 2027-10-31 02:30 comes twice, the clocks go back; it opens the first time"),
    ],
)
def test_hours_that_the_clocks_skip_or_repeat_are_told_a_year_ahead(
    run: Run, tmp_path: Path, every: str, note: str
) -> None:
    configure(tmp_path, WEEKLY + CAP.replace("first sunday 02:30", every))
    assert note in run("plan").out


async def test_a_set_of_codes_that_nobody_has_made_is_noted(run: Run, tmp_path: Path) -> None:
    text = WEEKLY.replace("subscribers, vips", "code:early")
    note = "Note: mug: early asks for code:EARLY, and no code of that set was made yet: microdrops codes make EARLY"
    configure(tmp_path, text)
    assert note in run("plan").out
    await lived(tmp_path, NOW, text=text)
    assert note in run("plan").out
    code = {"channel_id": CHANNEL, "digest": b"d", "code_set": "EARLY", "number": 1, "reissue": 0, "audience": ""}
    engine = create_engine(ledger_url(str(tmp_path / "ledger.db")))
    with engine.begin() as connection:
        connection.execute(insert(claim_code), code)
    engine.dispose()
    assert "code:EARLY, and" not in run("plan").out


async def test_the_plan_leaves_alone_what_has_begun_and_tells_what_will_follow_it(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    friday = utc("2026-11-06 19:00")
    await lived(tmp_path, NOW, friday - DAY, friday)
    monkeypatch.setattr("bot.cli.running.time_now", lambda: friday + HOUR)
    answer = run("plan")
    assert answer.code == 0
    assert "New: mug-2026-12-18." in answer.out
    assert "Removed" not in answer.out
    assert "Refused" not in answer.out


def test_a_slip_is_pointed_at_below_its_sentence(run: Run, tmp_path: Path) -> None:
    (tmp_path / "config.toml").write_text(WEEKLY.replace("subscribers, vips", "subscribers, vipz"))
    answer = run("config", "check")
    assert answer.code == 2
    sentence, text, caret = answer.err.splitlines()
    assert 'early: character 14: found "vipz"' in sentence
    assert (text, caret) == ("    subscribers, vipz", "                 ^")
    (mistake,) = json.loads(run("config", "check", "--json").out)["mistakes"]
    assert mistake["pointed"] == "subscribers, vipz\n             ^"


async def test_the_calendar_has_what_viewers_know_of_the_past_week_included(run: Run, tmp_path: Path) -> None:
    fridays = [utc("2026-10-16 18:00"), utc("2026-10-30 19:00"), utc("2026-11-06 19:00")]
    await lived(tmp_path, *(friday - DAY - 10 * MINUTE for friday in fridays))
    answer = run("calendar")
    assert (answer.code, answer.out) == (0, "Written to microdrops.ics: 2 windows.\n")
    events = events_of((tmp_path / "microdrops.ics").read_bytes())
    assert [(each["DTSTART"], each["DTEND"], each["SUMMARY"]) for each in events] == [
        ("20261030T190000Z", "20261030T191500Z", "Teal Mug"),
        ("20261106T190000Z", "20261106T191500Z", "Teal Mug"),
    ]
    assert events[1]["DESCRIPTION"] == "48 numbered\\, one each. For subscribers and VIPs it opens 10 min before."
    assert events[1]["URL"] == "https://tealfox.example/drops"
    assert events[1]["UID"].startswith("mug-2026-11-06@")
    assert len({each["UID"].partition("@")[2] for each in events}) == 1


async def test_what_nobody_was_told_of_is_in_it_on_demand_alone(run: Run, tmp_path: Path) -> None:
    await lived(tmp_path, NOW)
    assert json.loads(run("calendar", "--json").out)["windows"] == 0
    assert json.loads(run("calendar", "mine.ics", "--planned", "--json").out)["windows"] == 5
    assert calendars_in(tmp_path) == ["microdrops.ics", "mine.ics"]


async def test_a_rule_that_moves_makes_a_newer_version_of_the_same_events(run: Run, tmp_path: Path) -> None:
    await lived(tmp_path, NOW)
    before = run("calendar", "-", "--planned").out
    await lived(tmp_path, NOW + HOUR, text=WEEKLY.replace("20:00", "21:00"))
    after = run("calendar", "-", "--planned").out
    old, new = (events_of(file.replace("\n", "\r\n").replace("\r\r", "\r").encode()) for file in (before, after))
    assert [each["UID"] for each in old] == [each["UID"] for each in new]
    assert {(each["SEQUENCE"], each["LAST-MODIFIED"]) for each in new} == {("1", "20261104T130000Z")}
    assert new[0]["DTSTART"] == "20261106T200000Z"


def test_without_a_ledger_or_a_place_to_write_it_says_so_in_a_sentence(run: Run, tmp_path: Path) -> None:
    configure(tmp_path)
    answer = run("calendar")
    assert (answer.code, answer.out) == (1, "")
    assert answer.err == f"No calendar was written: there is no ledger at {tmp_path / 'ledger.db'} yet.\n"
    (tmp_path / "ledger.db").write_bytes(b"this is a shopping list, and no database" * 50)
    assert "the ledger cannot be read" in json.loads(run("calendar", "--json").out)["failed"]


async def test_a_folder_that_is_not_there_is_told_in_a_sentence(run: Run, tmp_path: Path) -> None:
    await lived(tmp_path, NOW)
    answer = run("calendar", "nowhere/drops.ics")
    assert answer.code == 1
    assert answer.err.startswith("No calendar was written: nowhere/drops.ics cannot be written (No such file")


async def test_what_cannot_be_put_into_its_place_leaves_nothing_beside_it(run: Run, tmp_path: Path) -> None:
    await lived(tmp_path, NOW)
    (tmp_path / "drops.ics").mkdir()
    assert run("calendar", "drops.ics").code == 1
    assert calendars_in(tmp_path) == ["drops.ics"]


def test_a_plan_that_is_piped_somewhere_shows_all_of_a_long_gate(run: Run, tmp_path: Path) -> None:
    gate = "subscriber >= 2 or vip or founder or follower_days >= 90 or badge:teal-mug-of-last-year"
    configure(tmp_path, WEEKLY.replace('"subscribers, vips"', f'"{gate}"').replace('"run"', '"wait"'))
    remark = f"for {gate}, at most 24; if the stream is live, else when it is"
    assert run("plan").out.count(remark) == 5
