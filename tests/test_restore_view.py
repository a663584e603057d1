"""`microdrops backup` and `restore` as an operator types them: what they print, and the code they leave with."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest
from filelock import FileLock

import bot.cli
from bot.storage.database import ledger_url
from tests.conftest import NOON, FixedClock, running_lane
from tests.faults.test_killed_in_a_restore import CONFIG
from tests.logging_restored import logging_restored
from tests.storage.evenings import change, claim, evening_ledger, faults, rows


@dataclass(frozen=True)
class Told:
    code: int
    out: str
    err: str


Run = Callable[..., Told]

TWITCH_ONLY = CONFIG.replace(
    '[discord]\ntoken = "env:TOKEN"\nserver = 1\nannouncements = 2\nmoderators = 3\n',
    '[twitch]\nchannel = "teapot"\nchannel_id = "1"\nbot_id = "2"\nclient_id = "x"\nclient_secret = "env:S"\n'
    'bot_token = "env:T"\nbot_refresh_token = "env:R"\n',
)


@pytest.fixture
def run(tmp_path, monkeypatch, capsys) -> Run:
    """Types one command in the folder of the ledger."""
    monkeypatch.chdir(tmp_path)

    def command(*arguments: str) -> Told:
        with pytest.raises(SystemExit) as left, logging_restored():
            bot.cli.main(arguments)
        told = capsys.readouterr()
        return Told(int(left.value.code or 0), told.out, told.err)

    return command


@pytest.fixture
def ledger(tmp_path) -> Path:
    """An open mug with ten owners, and a config.toml of a channel that is on Twitch alone."""
    asyncio.run(evening_ledger(tmp_path / "ledger.sqlite"))
    (tmp_path / "config.toml").write_text(TWITCH_ONLY)
    return tmp_path / "ledger.sqlite"


@pytest.fixture
def copy(ledger, run) -> Path:
    """A copy with #1 to #10; the ledger has gone on to #12 since."""
    path = Path(json.loads(run("backup", "--json").out)["path"])

    async def go_on() -> None:
        async with running_lane(ledger_url(str(ledger)), FixedClock(NOON + 60_000_000)) as lane:
            await claim(lane, "ann", "bob")

    asyncio.run(go_on())
    return path


def test_a_backup_says_where_it_is_how_large_and_that_it_is_good(ledger, run: Run) -> None:
    told = run("backup")
    (path,) = (ledger.parent / "backups").iterdir()
    assert told.code == 0
    assert told.out.startswith(f"Copied to {path}: ")
    assert told.out.endswith(" kB, 14 entries, 10 units, checked.\n")


def test_a_backup_can_be_made_while_a_bot_has_the_ledger(ledger, run: Run) -> None:
    with FileLock(f"{ledger}.lock"):
        told = json.loads(run("backup", "--json").out)
    assert (told["entries"], told["units"], told["channels"]) == (14, 10, ["teapot"])


def test_the_copies_are_listed_newest_first(ledger, run: Run) -> None:
    assert "There is no copy of ledger.sqlite in" in run("backup", "--list").out
    run("backup")
    run("backup")
    told = run("backup", "--list")
    assert [line.split()[2] for line in told.out.splitlines()] == ["byhand", "byhand"]
    listed = json.loads(run("backup", "--list", "--json").out)
    assert [Path(each["path"]).name for each in listed] == [line.split()[-1] for line in told.out.splitlines()]
    assert all(each["bytes"] > 10_000 and each["why"] == "byhand" for each in listed)


def test_whether_a_copy_is_good_can_be_asked(copy, run: Run) -> None:
    assert run("backup", "--check", "latest").out.startswith(f"{copy.name} is good: ")
    copy.write_bytes(copy.read_bytes()[:20_000])
    told = run("backup", "--check", copy.name)
    assert (told.code, told.err.startswith(f"Not good: {copy.name} is ")) == (1, True)
    assert "failed" in json.loads(run("backup", "--check", copy.name, "--json").out)


def test_a_ledger_that_cannot_be_copied_says_why(ledger, run: Run) -> None:
    change(ledger_url(str(ledger)), "DELETE FROM unit WHERE number = 3")
    told = run("backup")
    assert told.code == 1
    assert told.err.startswith("No copy was made: ledger-")
    assert "unit 3 of mug: the entries know its owner, the table does not" in told.err


def test_a_restore_says_what_is_frozen_and_what_to_type(ledger, copy, run: Run) -> None:
    told = run("restore", "latest", "--yes")
    assert told.code == 0
    first, second, _, third, fourth, fifth = told.out.splitlines()
    assert first.startswith(f"{copy.name}, of ")
    assert second.startswith("Restored. Today's ledger is kept as ledger-")
    assert third == (
        '  mug  Teal Mug: the ledger knows #10; look in chat for the highest number after "Teal Mug #"'
    )
    assert fourth.startswith("A number in chat may be higher")
    assert fifth == "  microdrops restore --last-public mug=N"
    assert rows(ledger_url(str(ledger)), "SELECT count(*) FROM unit") == [(10,)]


def test_the_drop_stands_where_the_copy_knew_it_however_late_it_is_restored(ledger, copy, run: Run) -> None:
    """Its window was over long ago by the clock; the copy knows of nothing after the tenth claim."""
    run("restore", copy.name, "--yes")
    url = ledger_url(str(ledger))
    assert rows(url, 'SELECT state, closed_at, frozen_at FROM "drop"') == [("open", None, NOON)]
    assert rows(url, "SELECT kind, at FROM entry ORDER BY number DESC LIMIT 1") == [("drop.frozen", NOON)]


def test_without_a_yes_nothing_is_restored(ledger, copy, run: Run) -> None:
    told = run("restore", copy.name)
    assert (told.code, told.err) == (
        2,
        "Add --yes to put it in the place of today's ledger, which is kept aside.\n",
    )
    assert rows(ledger_url(str(ledger)), "SELECT count(*) FROM unit") == [(12,)]


def test_while_the_bot_runs_nothing_is_restored(ledger, copy, run: Run) -> None:
    with FileLock(f"{ledger}.lock"):
        told = run("restore", copy.name, "--yes")
    said = "Nothing was done: another Microdrops is using ledger.sqlite; stop that one first.\n"
    assert (told.code, told.err) == (1, said)
    assert rows(ledger_url(str(ledger)), "SELECT count(*) FROM unit") == [(12,)]


def test_the_last_number_can_be_said_at_once(ledger, copy, run: Run) -> None:
    told = run("restore", copy.name, "--yes", "--last-public", "mug=12")
    assert told.code == 0
    assert told.out.splitlines()[-1] == (
        "Teal Mug goes on, 36 of 48 left to claim. Written off: #11 to #12. Everybody is told when the bot starts."
    )
    assert faults(ledger_url(str(ledger))) == []


def test_or_afterwards_and_a_number_that_cannot_be_is_refused(copy, run: Run) -> None:
    run("restore", copy.name, "--yes")
    for typed, said in (
        ("mug=9", "mug: the ledger itself knows #10; it cannot be below that."),
        ("mug=49", "mug: there are only 48; it cannot be above that."),
        ("cup=1", "cup: there is no such drop; frozen are: mug."),
    ):
        told = run("restore", "--last-public", typed)
        assert (told.code, told.out.splitlines()[0]) == (1, said)
    told = run("restore", "--last-public", "mug=10")
    assert (told.code, told.out) == (0, "Teal Mug goes on, 38 of 48 left to claim. Nothing was lost.\n")
    told = run("restore", "--last-public", "mug=10")
    assert (told.code, told.out) == (1, "mug: it is not frozen; frozen are: none.\n")


@pytest.mark.parametrize(
    "typed", ["mug", "mug=", "=3", "mug=three", "mug=-1", "mug=1.5", "mug=٣", "mug=9999999999"]
)
def test_what_is_no_number_is_explained(ledger, run: Run, typed) -> None:
    told = run("restore", "--last-public", typed)
    assert (told.code, told.err) == (
        2,
        f'--last-public {typed}: write a drop\'s name and a number, like "mug=31".\n',
    )


def test_two_numbers_for_one_drop_are_refused(ledger, run: Run) -> None:
    told = run("restore", "--last-public", "mug=3", "--last-public", "mug=4")
    assert (told.code, "two numbers for mug" in told.err) == (2, True)


def test_a_copy_of_a_newer_program_says_what_to_do(ledger, copy, run: Run) -> None:
    change(ledger_url(str(copy)), "UPDATE alembic_version SET version_num = '9999'")
    for which in ("latest", copy.name):
        told = run("restore", which, "--yes")
        assert told.code == 1
        assert told.err == (
            f"Not restored: {copy.name} was written by a newer Microdrops: update this one, then restore it.\n"
        )
    assert rows(ledger_url(str(ledger)), "SELECT count(*) FROM unit") == [(12,)]


def test_others_that_handed_out_nothing_go_on_together(copy, run: Run) -> None:
    run("restore", copy.name, "--yes")
    told = run("restore", "--others-unchanged")
    assert (told.code, told.out) == (0, "Teal Mug goes on, 38 of 48 left to claim. Nothing was lost.\n")


def test_asked_for_nothing_it_says_what_is_frozen(ledger, copy, run: Run) -> None:
    told = run("restore")
    assert (told.code, told.out.startswith("Nothing is frozen.")) == (0, True)
    told = run("restore", "--freeze")
    assert (told.code, "the ledger knows #12" in told.out) == (0, True)
    assert run("restore").code == 1
    told = json.loads(run("restore", "--json").out)
    assert told["frozen"] == [
        {"drop": "mug", "supply": 48, "last_in_ledger": 12, "last_on_discord": None, "shown_at": None}
    ]


def test_a_machine_reads_what_was_restored_and_thawed(ledger, copy, run: Run) -> None:
    told = json.loads(run("restore", copy.name, "--yes", "--last-public", "mug=11", "--json").out)
    assert told["restored"] == str(copy)
    assert Path(told["kept_aside"]).exists()
    assert told["thawed"] == [{"drop": "mug", "lost": [11], "units_left": 37}]
    assert told["frozen"] == told["refused"] == []
    told = json.loads(run("restore", copy.name, "--json").out or "{}")
    assert told == {}


def test_the_plan_says_that_nothing_happens_by_itself(ledger, copy, run: Run) -> None:
    drops = '[[drops]]\nname = "mug"\ntitle = "Teal Mug"\nsupply = 48\nopens = "2026-11-01 12:00"\nlasts = "15m"\n'
    (ledger.parent / "config.toml").write_text(TWITCH_ONLY + drops)
    run("restore", copy.name, "--yes")
    told = run("plan")
    assert "until microdrops restore --last-public mug=N" in told.out


def test_a_ledger_that_waits_for_its_migration_is_no_riddle(ledger, run: Run) -> None:
    change(
        ledger_url(str(ledger)),
        "UPDATE alembic_version SET version_num = '0001'",
        'ALTER TABLE "drop" DROP COLUMN frozen_at',
    )
    told = run("plan")
    assert (told.code, "older version, and `microdrops run` brings it up to date" in told.err) == (1, True)


def test_a_config_of_another_name_is_in_what_is_to_be_typed(ledger, copy, run: Run) -> None:
    (ledger.parent / "my config.toml").write_text(TWITCH_ONLY)
    told = run("restore", copy.name, "--yes", "--config", "my config.toml")
    assert f"  microdrops restore --config '{ledger.parent / 'my config.toml'}' --last-public mug=N" in told.out


def test_discord_that_cannot_be_asked_is_no_hindrance(ledger, run: Run) -> None:
    (ledger.parent / "config.toml").write_text(CONFIG)
    told = run("restore", "--freeze")
    assert told.code == 0
    assert "Discord could not be asked what our cards show: the bot's token is not set." in told.out
    assert "the ledger knows #10; look in chat" in told.out


def test_where_there_is_no_ledger_nothing_can_be_listed_or_frozen(tmp_path, run: Run) -> None:
    (tmp_path / "config.toml").write_text(TWITCH_ONLY)
    assert run("backup").err.startswith("No copy was made: ledger.sqlite cannot be copied")
    assert "there is no good copy of ledger.sqlite" in run("restore", "latest", "--yes").err
    assert run("restore").code == 1


def test_on_postgresql_other_tools_do_it(tmp_path, run: Run) -> None:
    text = TWITCH_ONLY.replace('url = "ledger.sqlite"', 'url = "postgresql://localhost/ledger"')
    (tmp_path / "config.toml").write_text(text)
    for arguments in (("backup",), ("backup", "--list")):
        told = run(*arguments)
        assert (told.code, told.err) == (
            2,
            "The ledger is on PostgreSQL: copy it with pg_dump, which Microdrops leaves to you.\n",
        )
    told = run("restore", "latest", "--yes")
    assert "put it back with pg_restore, then type microdrops restore --freeze" in told.err
