"""`microdrops key` as an operator types it: who signs, a hand-over, and a key that is gone."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path

import pytest
from filelock import FileLock

from bot.domain.checkpoint import open_note, read_key
from bot.storage.database import ledger_url
from bot.storage.signing import KEY_FILE, add_key, keys_at, read_keys, verify_signature
from tests.conftest import NOON, FixedClock, running_lane
from tests.new_ledgers import new_ledger_at
from tests.storage.evenings import change, claim, faults, open_mug, rows
from tests.test_restore_view import TWITCH_ONLY, run

__all__ = ["run"]  # the fixture, used by its name

ORIGIN = "microdrops/teapot"


@pytest.fixture
def folder(tmp_path) -> Path:
    (tmp_path / "config.toml").write_text(TWITCH_ONLY)
    return tmp_path


@pytest.fixture
def ledger(folder):
    """A ledger as the bot leaves it: an open mug with two owners, its log signed by the key in the file."""
    url = ledger_url(str(folder / "ledger.sqlite"))
    new_ledger_at(url)

    async def evening() -> None:
        clock = FixedClock(NOON - 60_000_000)
        async with running_lane(url, clock, keys=keys_at(folder / KEY_FILE)) as lane:
            await open_mug(lane, clock, claims=2)

    asyncio.run(evening())
    return url


def public_keys(folder: Path) -> list[str]:
    return [str(key) for key in read_keys(folder / KEY_FILE).signer(ORIGIN).keys]


def test_the_key_in_force_is_shown_with_where_its_private_half_is_and_that_is_not_shown(ledger, folder, run):
    told = run("key")
    (key,) = public_keys(folder)
    assert told.code == 0
    assert f"The log {ORIGIN} is signed by this key (since entry 1, 2026-11-01 11:59:00):\n  {key}\n" in told.out
    assert str(folder / KEY_FILE) in told.out
    for each in json.loads((folder / KEY_FILE).read_text())["keys"]:
        assert each["private"] not in told.out
    answer = json.loads(run("key", "--json").out)
    expected = {"entry": 1, "at": NOON - 60_000_000, "key": key, "why": "first", "in_force": True, "at_hand": True}
    assert answer == {"log": ORIGIN, "file": str(folder / KEY_FILE), "keys": [expected], "next": None}


def test_a_new_key_is_signed_in_by_the_old_one_and_then_shown(ledger, folder, run):
    told = run("key", "rotate")
    old, new = public_keys(folder)
    assert told.code == 0
    assert told.out.startswith("The log has a new key, which the old one has signed in.\n")
    assert told.out.index(new) < told.out.index("which handed over:") < told.out.index(old)
    ((note,),) = rows(ledger, "SELECT note FROM checkpoint ORDER BY size DESC LIMIT 1")
    keys = [read_key(old), read_key(new)]
    assert open_note(note, keys, verify_signature)[1] == tuple(keys)
    answer = json.loads(run("key", "--json").out)
    assert [(each["why"], each["in_force"]) for each in answer["keys"]] == [("first", False), ("rotated", True)]
    assert faults(ledger) == []


def test_the_log_goes_on_under_the_new_key(ledger, folder, run):
    assert run("key", "rotate", "--json").code == 0

    async def go_on() -> None:
        async with running_lane(ledger, FixedClock(2 * NOON), keys=keys_at(folder / KEY_FILE)) as lane:
            await claim(lane, "ann")

    asyncio.run(go_on())
    ((note,),) = rows(ledger, "SELECT note FROM checkpoint ORDER BY size DESC LIMIT 1")
    assert open_note(note, [read_key(public_keys(folder)[-1])], verify_signature)
    assert faults(ledger) == []


def test_a_lost_key_is_named_with_the_cure_and_nothing_takes_its_place(ledger, folder, run):
    (folder / KEY_FILE).unlink()
    shown, refused = run("key"), run("key", "rotate")
    assert (shown.code, refused.code) == (1, 1)
    for told in (shown, refused):
        assert f"is not in {folder / KEY_FILE}. Put back a copy of that file" in told.err
    assert not (folder / KEY_FILE).exists()
    assert rows(ledger, "SELECT count(*) FROM entry WHERE kind = 'log.key'") == [(1,)]
    answer = json.loads(run("key", "--json").out)
    assert [each["at_hand"] for each in answer["keys"]] == [False]


def test_a_key_that_was_lost_and_replaced_is_shown_as_such(ledger, folder, run):
    (old,) = public_keys(folder)
    (folder / KEY_FILE).unlink()

    async def start() -> None:
        async with running_lane(ledger, FixedClock(NOON), keys=keys_at(folder / KEY_FILE)):
            pass

    asyncio.run(start())
    told = run("key")
    assert told.code == 0
    assert f"which was lost:\n  {old}\n" in told.out


@pytest.mark.parametrize("damage", ["DELETE FROM entry WHERE number = 3", "UPDATE channel SET log_key = 'garbage'"])
def test_a_log_that_cannot_be_signed_is_not_said_to_have_a_new_key(ledger, run, damage):
    change(ledger, damage)
    told = run("key", "rotate")
    assert told.code == 1
    assert "No new key is in force: something in the ledger is not as it was written" in told.err
    assert "handed over" not in told.out
    assert rows(ledger, "SELECT count(*) FROM entry WHERE kind = 'log.key'") == [(1,)]


def test_a_damaged_file_is_named_by_every_command_and_stays_as_it_is(ledger, folder, run, monkeypatch):
    for secret in "STR":
        monkeypatch.setenv(secret, "not-a-real-one")
    (folder / KEY_FILE).write_text('{"keys": [')
    # To be started again would not help the bot: whoever looks after it must put the file right.
    for arguments, code in ((("key",), 1), (("key", "rotate"), 1), (("run",), 78)):
        told = run(*arguments)
        assert told.code == code
        assert f"{folder / KEY_FILE} is damaged" in told.err
    assert (folder / KEY_FILE).read_text() == '{"keys": ['


def test_while_the_bot_runs_the_key_is_shown_and_not_replaced(ledger, folder, run):
    with FileLock(f"{folder / 'ledger.sqlite'}.lock"):
        assert run("key").code == 0
        refused = run("key", "rotate")
    assert refused.code == 1
    assert "stop that one first" in refused.err
    assert len(public_keys(folder)) == 1


def test_a_crash_between_the_new_key_and_its_entry_is_made_good_by_the_next_start(ledger, folder, run):
    add_key(folder / KEY_FILE)
    told = run("key")
    assert f"The next start hands over to this one:\n  {public_keys(folder)[1]}\n" in told.out

    async def start() -> None:
        async with running_lane(ledger, FixedClock(NOON), keys=keys_at(folder / KEY_FILE)):
            pass

    asyncio.run(start())
    assert [each["why"] for each in json.loads(run("key", "--json").out)["keys"]] == ["first", "rotated"]


def test_without_a_ledger_there_is_no_key_yet_and_none_is_made(folder, run):
    shown, refused = run("key"), run("key", "rotate")
    assert (shown.code, refused.code) == (1, 1)
    assert "There is no ledger yet" in shown.err
    assert "has no key yet" in refused.err
    assert not (folder / KEY_FILE).exists()
    assert not (folder / "ledger.sqlite").exists()


def test_a_ledger_from_before_has_no_key_until_its_first_start(ledger, folder, run):
    change(ledger, "DELETE FROM entry WHERE kind = 'log.key'", "UPDATE channel SET log_key = ''")
    told = run("key")
    assert told.out == f"The log {ORIGIN} has no key yet: the next start makes it.\n"
    assert run("key", "rotate").code == 1
