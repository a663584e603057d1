"""What holds the bot together: a platform that is gone, a ledger that cannot be had, and where logins lie."""

from __future__ import annotations

import sqlite3
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, closing
from pathlib import Path
from typing import Any

import pytest
from filelock import FileLock
from sqlalchemy.exc import OperationalError
from structlog.testing import capture_logs

from bot import opening, wiring
from bot.config import Config, load_config
from bot.config.sections import data_folder
from bot.domain.answers import TryAgain
from bot.platforms.supervisor import Fatal
from bot.services.telling import Telling
from bot.storage.backup import BrokenBackup
from bot.storage.lane import nothing
from bot.storage.process_lock import LedgerInUse
from bot.storage.upgrade import LedgerTooNew
from tests.journeys.rig import drop, evening, until

OPEN_AT_ONCE = drop("mug", opening="cue")
REFUSED_FOR_GOOD = 4004

CONFIG = """
[channel]
name = "TeaPotTV"
time_zone = "UTC"
[ledger]
url = "{url}"
[[drops]]
name = "mug"
title = "Teal Mug"
kind = "badge"
supply = 48
lasts = "15m"
opening = "cue"
"""


def config_for(folder: Path, url: str = "data/ledger.sqlite") -> Config:
    file = folder / "config.toml"
    file.write_text(CONFIG.format(url=url), "utf-8")
    return load_config(file, {})


@asynccontextmanager
async def refusal_logged() -> AsyncIterator[dict[str, Any]]:
    """Ends when one platform has been logged as refusing us; holds that record then."""
    refusal: dict[str, Any] = {}
    with capture_logs() as logs:
        yield refusal
        await until(lambda: any(each["log_level"] == "critical" for each in logs), "a platform has refused us")
    (found,) = [each for each in logs if each["log_level"] == "critical"]
    refusal.update(found)


async def test_a_discord_that_refuses_us_for_good_does_not_silence_twitch(tmp_path):
    async with evening(tmp_path, OPEN_AT_ONCE) as tonight:
        async with refusal_logged() as refusal:
            tonight.stage.discord.faults.close_gateway(REFUSED_FOR_GOOD)
        assert refusal["platform"] == "discord"
        assert str(REFUSED_FOR_GOOD) in refusal["reason"]
        tonight.say("mia", "!drop open mug")
        await tonight.hears("Teal Mug", "open")
        tonight.say("ann", "!claim")
        await tonight.hears("@ann", "#1 of 48")
        await tonight.stop()


async def test_a_twitch_that_refuses_us_for_good_does_not_silence_discord(tmp_path):
    async with evening(tmp_path, OPEN_AT_ONCE) as tonight:
        discord = tonight.stage.discord
        async with refusal_logged() as refusal:
            tonight.stage.twitch.disconnect_app(tonight.stage.twitch.bot)
        assert refusal["platform"] == "twitch"
        said = await discord.slash(discord.add_member("ann"), "mine").wait()
        assert said.text
        await tonight.stop()


async def test_without_any_platform_left_the_bot_stops_and_says_why(tmp_path):
    async with evening(tmp_path, OPEN_AT_ONCE) as tonight:
        async with refusal_logged():
            tonight.stage.discord.faults.close_gateway(REFUSED_FOR_GOOD)
        running, tonight._running = tonight._running, None
        assert not running.done()
        tonight.stage.twitch.disconnect_app(tonight.stage.twitch.bot)
        with pytest.raises(ExceptionGroup) as ended:
            await running
        (fatal,) = ended.value.exceptions
        assert isinstance(fatal, Fatal)
        assert "bot_refresh_token" in str(fatal)
        assert str(REFUSED_FOR_GOOD) in str(fatal)


async def test_the_only_platform_that_refuses_us_ends_the_bot(tmp_path):
    async with evening(tmp_path, OPEN_AT_ONCE, platforms=("discord",)) as tonight:
        running, tonight._running = tonight._running, None
        tonight.stage.discord.faults.close_gateway(REFUSED_FOR_GOOD)
        with pytest.raises(ExceptionGroup) as ended:
            await running
        assert [type(error) for error in ended.value.exceptions] == [Fatal]


async def test_a_search_for_the_untold_that_fails_at_the_start_does_not_keep_the_bot_from_starting(
    tmp_path, monkeypatch
):
    failed = []
    sweep = Telling.sweep

    async def stumble(self, *, at_start=False):
        if at_start:
            failed.append(at_start)
            raise OperationalError("SELECT", {}, sqlite3.OperationalError("database is locked"))
        await sweep(self)

    monkeypatch.setattr(Telling, "sweep", stumble)
    async with evening(tmp_path, OPEN_AT_ONCE, platforms=("twitch",)) as tonight:
        tonight.say("mia", "!drop open mug")
        await tonight.hears("Teal Mug", "open")
        assert failed == [True]


@pytest.mark.parametrize(("line", "kept"), [("", True), ("calendar = true", True), ("calendar = false", False)])
async def test_the_servers_calendar_is_kept_unless_the_streamer_wants_none(tmp_path, line, kept):
    server = f'[discord]\ntoken = "env:TOKEN"\nserver = 1\nannouncements = 2\nmoderators = 3\n{line}\n'
    file = tmp_path / "config.toml"
    file.write_text(CONFIG.format(url="ledger.sqlite").replace("[ledger]", f"{server}[ledger]"), "utf-8")
    config = load_config(file, {"TOKEN": "t"})
    async with opening.open_ledger(config, opening.SystemClock(), nothing) as ledger:
        bot = wiring._Bot(config, opening.SystemClock(), ledger, nothing)
        assert ("keeping the calendar" in dict(bot.assembly.speaking())) is kept


@pytest.mark.parametrize(
    ("error", "code", "sentence"),
    [
        (ExceptionGroup("tasks", [Fatal("no token")]), 78, "Stopped for good: no token"),
        (LedgerInUse("another one runs"), 78, "Not started: another one runs."),
        (LedgerTooNew("it is newer"), 78, "Not started: it is newer."),
        (BrokenBackup("no room"), 1, "Not started: the ledger cannot be opened (no room)."),
        (
            OperationalError("SELECT secret", {}, sqlite3.OperationalError("disk I/O error")),
            1,
            "Not started: the ledger cannot be opened (disk I/O error).",
        ),
        (TryAgain("it could not be written"), 1, "Not started: it could not be written."),
    ],
)
def test_a_bot_that_cannot_start_says_so_in_one_sentence(tmp_path, monkeypatch, capsys, error, code, sentence):
    async def fail(_config, _stop, *, probe):
        raise error

    monkeypatch.setattr(wiring, "run_until", fail)
    assert wiring.run_bot(config_for(tmp_path)) == code
    assert capsys.readouterr().err == f"{sentence}\n"


def in_use(config: Config, _patch: pytest.MonkeyPatch) -> FileLock:
    lock = FileLock(f"{config.ledger.path}.lock", timeout=0)
    lock.acquire()
    return lock


def too_new(config: Config, _patch: pytest.MonkeyPatch) -> None:
    assert wiring.apply_plan(config) == 0
    with closing(sqlite3.connect(config.ledger.path)) as ledger:
        ledger.execute("UPDATE alembic_version SET version_num = '9999'")
        ledger.commit()


def no_room_for_a_backup(config: Config, _patch: pytest.MonkeyPatch) -> None:
    with closing(sqlite3.connect(config.ledger.path)) as ledger:
        ledger.execute("CREATE TABLE keepsake (word TEXT)")
        ledger.commit()
    config.ledger.backups_folder.write_text("a file where the folder should be")


def no_ledger_at_all(config: Config, _patch: pytest.MonkeyPatch) -> None:
    config.ledger.path.write_bytes(b"this is a shopping list, and no database" * 50)


def busy(_config: Config, patch: pytest.MonkeyPatch) -> None:
    async def refuse(_lane, _command):
        raise TryAgain("the ledger could not be written")

    patch.setattr(opening.Lane, "submit", refuse)


@pytest.mark.parametrize(
    ("trouble", "sentence"),
    [
        (in_use, "Not applied: another Microdrops is using ledger.sqlite; stop that one first."),
        (too_new, "Not applied: the ledger is at revision 9999, this program knows "),
        (no_room_for_a_backup, "Not applied: the ledger cannot be opened (ledger.sqlite cannot be copied to "),
        (no_ledger_at_all, "Not applied: the ledger cannot be opened (file is not a database)."),
        (busy, "Not applied: the ledger could not be written."),
    ],
)
def test_a_plan_that_cannot_be_applied_says_so_in_one_sentence(tmp_path, monkeypatch, capsys, trouble, sentence):
    config = config_for(tmp_path)
    config.ledger.path.parent.mkdir()
    held = trouble(config, monkeypatch)
    assert wiring.apply_plan(config) == 1
    said = capsys.readouterr().err
    assert said.startswith(sentence)
    assert said.count("\n") == 1
    if held is not None:
        held.release()


def test_a_plan_is_applied_without_a_platform(tmp_path):
    config = config_for(tmp_path)
    assert wiring.apply_plan(config) == 0
    with closing(sqlite3.connect(config.ledger.path)) as ledger:
        assert ledger.execute('SELECT key FROM "drop"').fetchall() == [("mug",)]


async def test_renewed_logins_lie_beside_the_ledger_wherever_the_backups_go(tmp_path):
    async with evening(tmp_path, OPEN_AT_ONCE, platforms=("twitch",), start=False) as tonight:
        file = tmp_path / "config.toml"
        backups = tmp_path / "copied" / "elsewhere"
        file.write_text(file.read_text("utf-8").replace("[ledger]", f'[ledger]\nbackups = "{backups}"'), "utf-8")
        tonight.config = load_config(file, tonight.environ)
        assert tonight.config.ledger.backups_folder == backups
        tonight.stage.twitch.tokens.expire(tonight.stage.cast.bot_token)
        await tonight.start()
        assert (tmp_path / "logins.json").exists()
        assert not (tmp_path / "copied").exists()


def test_without_a_ledger_file_logins_lie_in_the_users_data_folder(tmp_path):
    config = config_for(tmp_path, "postgresql://localhost/drops")
    assert wiring.logins_file(config) == data_folder() / "logins.json"
