"""`microdrops verify FILE` and `export --public` as somebody types them: what they print, and the exit code."""

from __future__ import annotations

import asyncio
import io
import json
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

import bot.cli
from bot.domain.time import HOUR
from bot.domain.transparency import KeyChange
from bot.storage.database import ledger_url
from bot.views.seen import Receipt, Seen, read_receipt, read_seen
from tests.logging_restored import logging_restored
from tests.small_log import SmallLog, proof_of, small_evening, small_proof
from tests.storage.evenings import change, evening_ledger, rows
from tests.test_restore_view import TWITCH_ONLY


@dataclass(frozen=True)
class Told:
    code: int
    out: str
    err: str


Run = Callable[..., Told]

ROOT = "ObCI3d+3JZWlfcFkIKvLT47xgmEp7NWWDNiI7qFtbXA="


@pytest.fixture
def run(tmp_path, monkeypatch, capsys) -> Run:
    """Types one command in an empty folder."""
    monkeypatch.chdir(tmp_path)

    def command(*arguments: str) -> Told:
        capsys.readouterr()  # what the fixtures have logged
        with pytest.raises(SystemExit) as left, logging_restored():
            bot.cli.main(arguments)
        told = capsys.readouterr()
        return Told(int(left.value.code or 0), told.out, told.err)

    return command


@pytest.fixture
def bundle(tmp_path) -> Path:
    path = tmp_path / "mug.microdrops.txt"
    path.write_bytes(small_evening().bundle().encode())
    return path


SCREEN = """\
It holds.

Teal Mug: 4 in all, 1 of them held back, at most 1 each
  announced   2026-11-01 10:00:03 UTC
  opened      2026-11-01 10:00:07 UTC
  closed      2026-11-01 10:00:16 UTC
  out         3 of 4: #1 to #3
  taken back  #4 (entry 17)

Proved:
  Entries 3 to 18 of the log microdrops/teapot are as they were signed.
  Within them the supply stayed 4, no number is out twice, and every claim came while the drop was open.
Not proved:
  That others were shown the same. Compare with the chat's lines and the cards on Discord:
          4  546saa6jcy  2026-11-01 10:00:03 UTC  announced
          8  t2ldlzwavj  2026-11-01 10:00:07 UTC  opened
         12  sdwwn7heux  2026-11-01 10:00:10 UTC  a new key
         15  ievxusmfdl  2026-11-01 10:00:13 UTC  sold out
         18  tsxrklswpd  2026-11-01 10:00:16 UTC  closed
    and 1 more, at the turns of other drops (--json has them all)
  Who the holders are: the file has a pseudonym for each, and no name.
  What is hidden: 1 entry, as of drops that are not announced yet, given as a hash alone.
  What the log had before entry 3, and what it has after entry 18.
"""


def test_one_screen_says_what_was_proved_and_what_was_not(run, bundle):
    assert run("verify", str(bundle)) == Told(0, SCREEN, "")


def test_a_changed_file_is_refused_with_the_entry(run, bundle):
    bundle.write_bytes(bundle.read_bytes().replace(b'"number":9,', b'"number":8,'))
    told = run("verify", str(bundle))
    assert told == Told(1, "", "It does not hold. Entry 9: in its place stands one with the number 8.\n")
    answer = json.loads(run("verify", str(bundle), "--json").out)
    assert answer == {
        "holds": False,
        "refused": "entry 9: in its place stands one with the number 8",
        "line": 27,
        "entry": 9,
    }


def test_what_chat_said_is_compared(run, bundle):
    same = run("verify", str(bundle), "--seen", "Log microdrops/teapot 8 t2ldlzwavj", "--seen", "18 tsxrklswpd")
    assert (same.code, same.out.splitlines()[0]) == (0, "It holds.")
    assert same.out.endswith("Checkpoint 8 is the one that you saw.\nCheckpoint 18 is the one that you saw.\n")
    other = run("verify", str(bundle), "--seen", "8 t2ldlzwavk")
    assert (other.code, other.out.splitlines()[0]) == (1, "It holds in itself, but it is not what you saw.")
    assert other.out.endswith("Checkpoint 8 is t2ldlzwavj here, and you saw t2ldlzwavk: these are two histories.\n")
    missing = run("verify", str(bundle), "--seen", "9 t2ldlzwavj")
    assert (missing.code, missing.out.splitlines()[0]) == (1, "It holds in itself, but it is not what you saw.")
    assert missing.out.endswith("The file has no checkpoint 9; its last are 4, 7, 8, 12, 15, 18.\n")
    another = run("verify", str(bundle), "--seen", "Log microdrops/kettle 8 t2ldlzwavj")
    assert (another.code, another.out.splitlines()[0]) == (1, other.out.splitlines()[0])
    assert another.out.endswith(
        "What you saw is of the log microdrops/kettle, and the file is of microdrops/teapot.\n"
    )


@pytest.mark.parametrize(
    "what", [("--seen", "2 t2ldlzwavj"), ("--seen", "19 t2ldlzwavj"), ("--receipt", "19 6fe1c02b9d")]
)
def test_what_lies_outside_the_file_is_not_called_another_history(run, bundle, what):
    told = run("verify", str(bundle), *what)
    assert (told.code, told.out.splitlines()[0]) == (1, "It holds in itself, but what you saw lies outside it.")
    answer = json.loads(run("verify", str(bundle), "--json", *what).out)
    assert [each["same"] for each in answer["seen"] + answer["receipts"]] == [None]


def test_the_whole_root_can_be_compared_as_well(run, bundle):
    root = small_evening().notes[8].splitlines()[2]
    assert run("verify", str(bundle), "--seen", f"8 {root}").code == 0
    told = run("verify", str(bundle), "--seen", f"8 {root.replace(root[9], root[10])}")
    assert told.code == 1
    assert f"Checkpoint 8 is {root} here" in told.out


@pytest.mark.parametrize(
    ("text", "seen"),
    [
        ("57 k3j2l4m5n6", Seen(57, "k3j2l4m5n6")),
        ("57 K3J2L4M5N6.", Seen(57, "k3j2l4m5n6")),
        ("Teal Mug is open! Log microdrops/teapot 57 k3j2l4m5n6 ", Seen(57, "k3j2l4m5n6", "microdrops/teapot")),
        (f"microdrops/teapot\n57\n{ROOT}\n\n\u2014 microdrops/teapot AAAA\n", Seen(57, ROOT, "microdrops/teapot")),
        (f"57 {ROOT}", Seen(57, ROOT)),
        ("57", None),
        ("57 short", None),
        ("57 189018901890", None),
        ("", None),
        ("k3j2l4m5n6 57x", None),
        ("057 k3j2l4m5n6", None),
    ],
)
def test_what_was_seen_is_read_out_of_the_line_or_the_note_it_stood_in(text, seen):
    assert read_seen(text) == seen


@pytest.mark.parametrize(
    ("text", "receipt"),
    [
        ("57 6fe1c02b9d", Receipt(57, "6fe1c02b9d")),
        ("Entry 57 of the public ledger, leaf hash `6FE1C02B9D6fe1c02b9d`", Receipt(57, "6fe1c02b9d6fe1c02b9d")),
        ("-# Entry 57 of the public ledger, leaf hash `6fe1c02b9d`", Receipt(57, "6fe1c02b9d")),
        ("@ana Teal Mug #1 of 48 is yours! (entry 57 6fe1c02b9d)", Receipt(57, "6fe1c02b9d")),
        (
            "Teal Mug #1 of 48 is yours!\nEntry 57 of the public ledger, leaf hash 6fe1c02b9d",
            Receipt(57, "6fe1c02b9d"),
        ),
        ("57 6fe1c02b9", None),
        ("57 k3j2l4m5n6", None),
        ("6fe1c02b9d", None),
        ("", None),
    ],
)
def test_a_receipt_is_read_out_of_what_its_winner_was_told(text, receipt):
    assert read_receipt(text) == receipt


def test_a_receipt_is_held_against_its_entry(run, bundle):
    leaf = small_evening().entries[8].leaf_hash.hex()
    same = run("verify", str(bundle), "--receipt", f"9 {leaf}", "--receipt", f"(entry 9 {leaf[:10]})")
    assert (same.code, same.out.splitlines()[0]) == (0, "It holds.")
    assert same.out.endswith("Entry 9 is that of the receipt.\n" * 2)
    other = run("verify", str(bundle), "--receipt", f"10 {leaf}")
    assert (other.code, other.out.splitlines()[0]) == (1, "It holds in itself, but it is not what you saw.")
    here = small_evening().entries[9].leaf_hash.hex()
    words = f"Entry 10 has the leaf hash {here} here, the receipt says {leaf}: these are two histories.\n"
    assert other.out.endswith(words)
    outside = run("verify", str(bundle), "--receipt", f"2 {leaf}")
    assert (outside.code, outside.out.splitlines()[-1]) == (1, "The file has no entry 2: it has 3 to 18.")
    answer = json.loads(run("verify", str(bundle), "--json", "--receipt", f"9 {leaf}").out)
    assert answer["receipts"] == [
        {"entry": 9, "leaf": leaf, "same": True, "words": "Entry 9 is that of the receipt."}
    ]


def test_a_receipt_whose_entry_is_hidden_is_none_of_a_unit(run, bundle):
    # Entry 10 plans a drop that nobody was told of.
    hidden = small_evening().entries[9].leaf_hash.hex()
    told = run("verify", str(bundle), "--receipt", f"10 {hidden}")
    assert told.code == 1
    assert told.out.endswith("Entry 10 is that of the receipt, but what it says is hidden: no grant ever is.\n")


def test_a_receipt_is_held_against_a_proof(run, tmp_path):
    (tmp_path / "mug-2.proof.txt").write_bytes(small_proof().encode())
    leaf = small_evening().entries[10].leaf_hash.hex()
    assert run("verify", "mug-2.proof.txt", "--receipt", f"11 {leaf}").code == 0
    told = run("verify", "mug-2.proof.txt", "--receipt", f"12 {leaf}")
    assert (told.code, told.out.splitlines()[-1]) == (1, "The file has no entry 12: it has 11 to 11.")


def test_a_receipt_is_held_against_the_ledger(run, ledger):
    first = "SELECT number, hex(leaf_hash) FROM entry WHERE kind = 'unit.granted' LIMIT 1"
    ((number, leaf),) = rows(ledger_url(str(ledger)), first)
    same = run("verify", "--receipt", f"{number} {leaf}")
    assert (same.code, same.out.splitlines()[-1]) == (0, f"Entry {number} is that of the receipt.")
    other = run("verify", "--receipt", f"{number + 1} {leaf}")
    assert other.code == 1
    assert f"Entry {number + 1} has the leaf hash " in other.out
    missing = run("verify", "--json", "--receipt", f"99 {leaf}")
    assert missing.code == 1
    assert json.loads(missing.out)["receipts"][0]["words"] == "This ledger has no entry 99."


def test_a_receipt_that_cannot_be_read_is_a_wrong_call(run, bundle):
    told = run("verify", str(bundle), "--receipt", "57")
    assert (told.code, told.out) == (2, "")
    assert told.err.startswith("--receipt 57: write an entry and its leaf hash")


def test_a_comparison_that_cannot_be_read_is_a_wrong_call(run, bundle):
    told = run("verify", str(bundle), "--seen", "k3j2l4m5n6")
    assert (told.code, told.out) == (2, "")
    assert told.err.startswith("--seen k3j2l4m5n6: write a size and what stood behind it")


def test_machines_get_everything(run, bundle):
    answer = json.loads(run("verify", str(bundle), "--json", "--seen", "8 t2ldlzwavj").out)
    assert (answer["holds"], answer["kind"], answer["drop"], answer["plan"]["supply"]) == (True, "bundle", "mug", 4)
    assert [unit["number"] for unit in answer["units"]] == [1, 2, 3]
    assert [each["size"] for each in answer["checkpoints"]] == [4, 7, 8, 12, 15, 18]
    assert [each["why"] for each in answer["keys"]] == ["rotated"]
    assert (answer["hidden"], answer["seen"][0]["same"]) == (1, True)


def test_a_proof_is_told_in_words(run, tmp_path):
    (tmp_path / "proof.txt").write_bytes(small_proof().encode())
    told = run("verify", "proof.txt", "--seen", "18 tsxrklswpd")
    assert told.code == 0
    assert told.out.startswith("It holds.\n\n#2 of mug: claimed\n")
    assert "That entry is in the log microdrops/teapot of 18 entries" in told.out
    assert told.out.endswith("Checkpoint 18 is the one that you saw.\n")
    answer = json.loads(run("verify", "proof.txt", "--json").out)
    assert (answer["kind"], answer["entry"], answer["number"], answer["size"]) == ("proof", 11, 2, 18)
    (tmp_path / "proof.txt").write_bytes(small_proof().replace('"number":2', '"number":1').encode())
    told = run("verify", "proof.txt")
    assert (told.code, told.err[:28]) == (1, "It does not hold. Entry 11: ")


def test_a_file_may_come_through_a_pipe(run, bundle, monkeypatch):
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(bundle.read_bytes())))
    assert run("verify", "-").out == SCREEN


def test_what_is_no_text_or_not_there_is_told_in_a_sentence(run, tmp_path):
    (tmp_path / "picture.png").write_bytes(b"\x89PNG\r\n\x1a\n")
    told = run("verify", "picture.png")
    assert told == Told(1, "", "It does not hold. Line 1: it has bytes that are no UTF-8.\n")
    assert run("verify", "nothing.txt") == Told(2, "", "nothing.txt cannot be read: No such file or directory.\n")


def test_a_hostile_title_gives_the_terminal_no_orders(run, tmp_path):
    log = SmallLog()
    log.open(title="Teal\x1b[2J\u202e Mug\x07", zone="\x1b]0;owned\x07")
    log.tell("drop.closed", why="\x1b[31m", late=False)
    (tmp_path / "bundle.txt").write_bytes(log.bundle().encode())
    told = run("verify", "bundle.txt")
    assert told.code == 0
    assert "Teal[2J Mug: 3 in all" in told.out
    (tmp_path / "bent.txt").write_bytes(log.bundle().replace("\ndrop mug", "\ndrop \x1b[2Jmug").encode())
    refused = run("verify", "bent.txt")
    assert refused.code == 1
    log.tell("unit.granted", number=1, how="hand", holder="\x1b[2Jann\x07")
    log.sign(log.key)
    (tmp_path / "proof.txt").write_bytes(proof_of(log, 6, 6).encode())
    proof = run("verify", "proof.txt")
    assert "  holder      ?[2Jann? (a pseudonym)\n" in proof.out
    told_all = told.out + refused.err + proof.out
    assert [each for each in told_all if not each.isprintable() and each != "\n"] == []


def test_an_older_ledger_a_lost_key_and_gifts_are_said(run, tmp_path):
    log = SmallLog(signed=False)
    log.open(supply=12)
    log.claim(1)
    log.new_key(KeyChange.FIRST)
    log.claim(2, how="hand")
    log.tell("drop.frozen", why="restored", since=log.at)
    log.tell("unit.lost", number=3, why="restored")
    log.tell("drop.thawed", lost=[[3, 3]], last_public=3, added=0, closes_at=log.at + HOUR)
    log.new_key(KeyChange.LOST)
    log.claim(4)
    log.close()
    (tmp_path / "bundle.txt").write_bytes(log.bundle().encode())
    out = run("verify", "bundle.txt").out
    assert "  out         3 of 12 (1 of them given by a moderator): #1 to #2, #4\n" in out
    assert "  written off, so that nobody can get them: #3\n" in out
    assert "  What was shown before entry 7, where the ledger was put back from an older copy: " in out
    assert "  When entries 1 to 4 were written: they are older than the log's first key.\n" in out
    assert "  Whose key signs from entry 10 on: the old one was lost, and has not handed over.\n" in out


def test_verifying_loads_no_database_no_platform_and_no_configuration(bundle):
    code = (
        "import sys; sys.argv = ['microdrops', 'verify', sys.argv[1]]\n"
        "from bot.cli import main\n"
        "try:\n    main()\nexcept SystemExit as left:\n    assert not left.code, left.code\n"
        "heavy = {'sqlalchemy', 'aiosqlite', 'twitchio', 'discord', 'aiohttp', 'apscheduler', 'bot.config'}\n"
        "sys.exit(', '.join(heavy & set(sys.modules)) or 0)"
    )
    done = subprocess.run([sys.executable, "-c", code, str(bundle)], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr, done.stdout) == (0, "", SCREEN)


# -- export -------------------------------------------------------------------------------------------------


@pytest.fixture
def ledger(tmp_path) -> Path:
    """An open mug with ten owners, and the configuration of its channel."""
    asyncio.run(evening_ledger(tmp_path / "ledger.sqlite"))
    (tmp_path / "config.toml").write_text(TWITCH_ONLY)
    return tmp_path / "ledger.sqlite"


def test_an_exported_bundle_verifies(run, ledger):
    told = run("export", "--public", "mug")
    assert told == Told(
        0,
        "Written to mug.microdrops.txt: 0 units out, up to checkpoint 4.\n"
        "The drop is open: what came after is in the bundle once the next checkpoint is signed.\n"
        "Anybody can check it: microdrops verify mug.microdrops.txt\n",
        "",
    )
    assert run("verify", "mug.microdrops.txt").code == 0
    assert b"\r" not in (ledger.parent / "mug.microdrops.txt").read_bytes()
    answer = json.loads(run("export", "--public", "mug", "--out", "other.txt", "--json").out)
    assert (answer["path"], answer["first"], answer["size"]) == ("other.txt", 2, 4)
    assert (ledger.parent / "other.txt").read_bytes() == (ledger.parent / "mug.microdrops.txt").read_bytes()


def test_an_exported_bundle_can_be_printed(run, ledger):
    run("export", "--public", "mug")
    told = run("export", "--public", "mug", "--out", "-")
    assert (told.code, told.err) == (0, "")
    assert told.out == (ledger.parent / "mug.microdrops.txt").read_text(encoding="utf-8")


def test_a_drop_that_is_not_there_is_told_with_the_nearest(run, ledger):
    told = run("export", "--public", "mugg")
    assert told == Told(1, "", "Nothing was exported: there is no drop 'mugg'; did you mean mug?\n")
    assert json.loads(run("export", "--public", "mugg", "--json").out)["failed"].endswith("did you mean mug?")


def test_a_file_that_cannot_be_written_is_told_in_a_sentence(run, ledger):
    told = run("export", "--public", "mug", "--out", "no/such/folder.txt")
    assert (told.code, told.err) == (
        1,
        "Nothing was exported: no/such/folder.txt cannot be written (No such file or directory).\n",
    )


def test_a_ledger_that_does_not_hold_is_not_published(run, ledger):
    change(ledger_url(str(ledger)), "UPDATE entry SET at = at + 1, leaf_hash = zeroblob(32), canonical = canonical")
    change(ledger_url(str(ledger)), "UPDATE checkpoint SET note = replace(note, 'A', 'B')")
    told = run("export", "--public", "mug")
    assert told.code == 1
    assert told.err.startswith("Nothing was exported: the ledger does not hold (")
    assert told.err.endswith("); ask `microdrops verify`.\n")
    assert not (ledger.parent / "mug.microdrops.txt").exists()


def test_no_ledger_and_an_older_one_are_told_in_a_sentence(run, ledger):
    change(ledger_url(str(ledger)), "DROP TABLE checkpoint")
    told = run("export", "--public", "mug")
    assert told.code == 1
    assert "which `microdrops run` brings up to date" in told.err
    ledger.unlink()
    told = run("export", "--public", "mug")
    assert (told.code, told.err) == (1, f"Nothing was exported: there is no ledger at {ledger} yet.\n")
