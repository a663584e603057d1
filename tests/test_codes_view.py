"""`microdrops codes` as an operator types it: made, kept in a file, and shown again with what became of each."""

from __future__ import annotations

import asyncio
import json
import stat
import sys
from pathlib import Path

import pytest
from filelock import FileLock

from bot.domain.claims import ClaimDrop
from bot.domain.code_sets import BurnCodes, Spilled
from bot.domain.codes import digest_of, read_code
from bot.storage.database import ledger_url
from bot.storage.signing import KEY_FILE, keys_at
from tests.conftest import CHANNEL, FixedClock, running_lane, viewer
from tests.storage.evenings import faults, rows
from tests.test_restore_view import TWITCH_ONLY, run

__all__ = ["run"]  # the fixture, used by its name


@pytest.fixture
def folder(tmp_path) -> Path:
    (tmp_path / "config.toml").write_text(TWITCH_ONLY)
    return tmp_path


@pytest.fixture
def url(folder):
    return ledger_url(str(folder / "ledger.sqlite"))


def submit(folder: Path, url, *commands) -> None:
    async def doing() -> None:
        async with running_lane(url, FixedClock(), keys=keys_at(folder / KEY_FILE)) as lane:
            for command in commands:
                await lane.submit(command)

    asyncio.run(doing())


def digest(code: str) -> bytes:
    return digest_of(read_code(code) or "")


def test_codes_are_printed_one_a_line_and_shown_again(folder, url, run):
    made = run("codes", "make", "early", "--count", "3")
    codes = made.out.split()
    assert (made.code, len(set(codes))) == (0, 3)
    more = run("codes", "make", "EARLY").out.split()
    listed = run("codes", "list", "early")
    assert listed.code == 0
    assert [line.split() for line in listed.out.splitlines()] == [
        [f"{number}", code, "unused"] for number, code in enumerate(codes + more, 1)
    ]
    assert run("codes", "list").out == "EARLY: 4 unused\n"
    assert faults(url) == []


def test_each_code_says_what_became_of_it_and_a_void_one_shows_its_replacement(folder, url, run):
    used, shown, _ = run("codes", "make", "EARLY", "--count", "3").out.split()
    claim = ClaimDrop(CHANNEL, "twitch:1", viewer("ann"), code=digest(used))
    submit(folder, url, claim, BurnCodes(CHANNEL, (Spilled(digest(shown), b"x" * 32),)))
    lines = run("codes", "list", "EARLY").out.splitlines()
    assert lines[0].split() == ["1", used, "used"]
    # Made with another key than this one, so it cannot be shown.
    assert lines[1].split(maxsplit=1) == ["2", "(its key was lost)   unused, made again 1 time"]
    told = json.loads(run("codes", "list", "EARLY", "--json").out)
    assert [(each["number"], each["reissue"], each["state"]) for each in told] == [
        (1, 0, "used"),
        (2, 1, "unused"),
        (3, 0, "unused"),
    ]
    assert run("codes", "list").out == "EARLY: 2 unused, 1 used\n"


def test_a_file_is_for_its_owner_alone_and_no_other_is_overwritten(folder, run):
    file = folder / "codes.txt"
    made = run("codes", "make", "EARLY", "-n", "2", "--expires", "7d", "--file", str(file))
    assert made.code == 0
    assert made.out.startswith("2 codes of EARLY, good until ")
    written = file.read_text().split()
    assert len(written) == 2
    assert all(code not in made.out for code in written)
    if sys.platform != "win32":
        assert stat.S_IMODE(file.stat().st_mode) == 0o600
    again = run("codes", "make", "EARLY", "--file", str(file))
    assert (again.code, again.out) == (2, "")
    assert "codes.txt is there already" in again.err
    assert file.read_text().split() == written
    assert len(run("codes", "list", "EARLY").out.splitlines()) == 2


@pytest.mark.parametrize(
    ("options", "cure"),
    [
        (["no good"], "name the set with letters"),
        ([""], "name the set with letters"),
        (["EARLY", "--count", "0"], "say --count, from 1 to 200"),
        (["EARLY", "--count", "-3"], "say --count, from 1 to 200"),
        (["EARLY", "--count", "201"], "say --count, from 1 to 200"),
        (["EARLY", "--expires", "soon"], "say --expires like 7d"),
        (["EARLY", "--expires", "0d"], "say --expires like 7d"),
        (["EARLY", "--expires", "400d"], "say --expires like 7d"),
    ],
)
def test_a_wish_that_cannot_be_met_is_one_sentence_and_makes_nothing(url, run, options, cure):
    told = run("codes", "make", *options)
    assert (told.code, told.out) == (2, "")
    assert told.err.count("\n") == 1
    assert told.err.startswith("Nothing was made: ")
    assert cure in told.err
    assert rows(url, "SELECT * FROM claim_code") == []


def test_while_the_bot_runs_codes_are_made_on_discord_and_shown_here(folder, run):
    code = run("codes", "make", "EARLY").out.strip()
    with FileLock(folder / "ledger.sqlite.lock"):
        made = run("codes", "make", "EARLY")
        assert (made.code, made.out) == (1, "")
        assert "or use /drop codes on Discord." in made.err
        assert code in run("codes", "list", "EARLY").out


def test_what_is_not_there_is_said_with_the_way_to_make_it(folder, run):
    none_yet = run("codes", "list", "EARLY")
    assert (none_yet.code, none_yet.err) == (1, "There is no ledger yet, and so there are no codes.\n")
    run("codes", "make", "EARLY")
    other = run("codes", "list", "LATE")
    assert (other.code, other.err) == (1, "There are no codes of LATE: microdrops codes make LATE\n")
    assert run("codes", "list", "no good").code == 2


def test_a_damaged_key_is_named_and_nothing_is_made(folder, url, run):
    run("codes", "make", "EARLY")
    (folder / "code-key.json").write_text("{}")
    for told in (run("codes", "make", "EARLY"), run("codes", "list", "EARLY")):
        assert (told.code, told.out) == (1, "")
        assert "code-key.json is damaged" in told.err
    assert len(rows(url, "SELECT * FROM claim_code")) == 1


def test_no_copy_of_the_ledger_has_the_key_or_a_code(folder, run):
    code = run("codes", "make", "EARLY").out.strip()
    assert run("backup").code == 0
    key = json.loads((folder / "code-key.json").read_text())["key"]
    for path in folder.rglob("*"):
        if path.is_file() and path.name != "code-key.json":
            content = path.read_bytes()
            found = [each for each in (code, code.replace("-", ""), key) if each.encode() in content]
            assert not found, path


def test_a_bot_does_not_start_while_it_could_not_replace_a_code_that_is_shown(folder, run, monkeypatch):
    for name in ("S", "T", "R"):
        monkeypatch.setenv(name, "secret")
    run("codes", "make", "EARLY")
    (folder / "code-key.json").write_text("{}")
    told = run("run")
    assert (told.code, told.out) == (78, "")
    assert "code-key.json is damaged" in told.err
