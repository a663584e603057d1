"""`microdrops verify` without a file, as an operator types it: what it prints, and the code it leaves with."""

from __future__ import annotations

import asyncio
import json

import pytest

import bot.cli
from bot.storage.database import ledger_url
from tests.conftest import FixedClock, running_lane
from tests.faults.test_killed_in_a_restore import CONFIG
from tests.logging_restored import logging_restored
from tests.storage.evenings import change, claim, evening_ledger, rows


@pytest.fixture
def verify(tmp_path, monkeypatch, capsys):
    """Types the command in the folder of the ledger; returns code, output and errors."""
    (tmp_path / "config.toml").write_text(CONFIG)
    monkeypatch.chdir(tmp_path)

    def command(*arguments):
        capsys.readouterr()  # what the ledger's own making has said
        with pytest.raises(SystemExit) as left, logging_restored():
            bot.cli.main(["verify", *arguments])
        told = capsys.readouterr()
        return int(left.value.code or 0), told.out, told.err

    return command


@pytest.fixture
def ledger(tmp_path):
    return asyncio.run(evening_ledger(tmp_path / "ledger.sqlite"))


def fingerprint(verify, size):
    channel = json.loads(verify("--json")[1])["channels"][0]
    return next(each["fingerprint"] for each in channel["checkpoints"] if each["size"] == size)


def test_a_ledger_that_holds_is_told_in_figures(verify, ledger):
    code, out, err = verify()
    assert (code, err) == (0, "")
    first, signed, *checkpoints, took = out.splitlines()
    assert first.startswith("Fine: teapot, 14 entries, 10 units, 0 tiles, 3 checkpoints, the last entry of 2026-")
    assert signed.startswith("Signed by microdrops/teapot+")
    assert [line.split(":")[0] for line in checkpoints] == ["Checkpoint 1", "Checkpoint 3", "Checkpoint 4"]
    assert took.startswith("Verified in ")


def test_what_disagrees_first_is_told_in_words_and_the_rest_is_counted(verify, ledger):
    change(ledger, "UPDATE entry SET at = at + 1 WHERE number = 6", "UPDATE unit SET how = 'hand' WHERE number = 7")
    code, out, err = verify()
    assert (code, out) == (1, "")
    first, more, cure = err.splitlines()
    assert first.startswith("The ledger does not hold: entry 6: at is ")
    assert more == "4 more things do not hold either; --json lists them."
    assert "docs/ledger.md" in cure
    code, out, err = verify("--json")
    told = json.loads(out)
    assert (code, err, told["holds"], told["fault_count"]) == (1, "", False, 5)
    assert {"entry": None, "words": "unit 7 of mug: how is 'hand', the entries say 'claim'"} in told["faults"]


def test_what_somebody_saw_in_chat_is_compared(verify, ledger):
    seen = fingerprint(verify, 4)
    code, out, _ = verify("--seen", f"4 {seen}")
    assert (code, out.splitlines()[-1]) == (0, "Checkpoint 4 is the one that was seen.")
    code, out, _ = verify("--seen", "4 aaaaaaaaaa")
    assert code == 1
    assert out.splitlines()[-1] == f"Checkpoint 4 is {seen} here, and aaaaaaaaaa was seen: these are two histories."
    code, out, _ = verify("--seen", "9 aaaaaaaaaa", "--json")
    assert (code, json.loads(out)["seen"][0]["words"]) == (
        1,
        "This ledger has no checkpoint 9; the nearest are 3 and 4.",
    )
    code, out, _ = verify("--seen", f"Log microdrops/kettle 4 {seen}")
    words = "What was seen is of the log microdrops/kettle, and this is microdrops/teapot."
    assert (code, out.splitlines()[-1]) == (1, words)
    assert verify("--seen", "nonsense")[0] == 2


async def test_it_works_beside_a_running_bot(verify, ledger):
    async with running_lane(ledger, FixedClock()) as lane:
        await claim(lane, "v11")
        code, out, _ = await asyncio.to_thread(verify)
        assert (code, out.split(", ")[1]) == (0, "15 entries")
        await claim(lane, "v12")
    assert rows(ledger, "SELECT count(*) FROM unit") == [(12,)]


def test_without_a_ledger_it_says_so(verify):
    code, out, err = verify()
    assert (code, out) == (1, "")
    assert err.startswith("There is no ledger at ")


@pytest.mark.parametrize(
    ("content", "expected"),
    [(b"", "this is no ledger of Microdrops"), (b"not a database" * 100, "this is no ledger of Microdrops")],
)
def test_a_file_that_is_no_ledger_is_named_in_one_sentence(verify, tmp_path, content, expected):
    (tmp_path / "ledger.sqlite").write_bytes(content)
    code, out, err = verify()
    assert (code, out, len(err.splitlines())) == (1, "", 1)
    assert expected in err


def test_a_ledger_of_an_older_version_is_not_judged(verify, ledger):
    change(ledger, "UPDATE alembic_version SET version_num = '0002'")
    assert verify()[2].endswith("the ledger is of an older version: `microdrops run` brings it up to date.\n")


def test_a_ledger_without_entries_is_fine(verify, tmp_path):
    from bot.storage.upgrade import upgrade

    upgrade(ledger_url(str(tmp_path / "ledger.sqlite")), now=lambda: 0)
    assert verify()[:2] == (0, "Fine: the ledger has no entries yet.\n")
