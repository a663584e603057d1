"""Ctrl-C: the children end in order, and the report tells of what there was until then."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from queue import Empty, Queue
from threading import Thread

import pytest

from bot.rehearsal import main
from bot.rehearsal.compress import Play
from bot.rehearsal.main import excused
from bot.rehearsal.options import RehearseOptions
from bot.rehearsal.performance import Performance
from bot.rehearsal.promises import Promise, Verdict
from bot.rehearsal.script_file import SKELETON, load_script
from tests.rehearsal.fast.quick import dated_config

NOTHING_TO_TELL = "Ended before there was anything to report."
pytestmark = [
    pytest.mark.skipif(os.name == "nt", reason="Windows sends Ctrl-C to a console, not to a process"),
    pytest.mark.timeout(400),
]


# A bot that does not come to itself.
NEVER_UP = """
import sys, time
if "bot.rehearsal.clockwork" in sys.orig_argv:
    time.sleep(3600)
"""
# Seconds, for what ends as soon as it is there: a slow machine under load takes forty for the slowest.
PATIENCE = 150


def start(kept: Path, *more: str, **surroundings: str) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "bot", "rehearse", "first-drop", "--viewers", "20", "--keep", str(kept), *more]
    env = {**os.environ, **surroundings}
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=env)


def wait_for(fact: Callable[[], bool]) -> None:
    until = time.monotonic() + PATIENCE
    while not fact():
        assert time.monotonic() < until, "it did not come to that"
        time.sleep(0.05)


def has(file: Path, text: str) -> bool:
    return file.exists() and text in file.read_text("utf-8", "replace")


@pytest.mark.slow
def test_ctrl_c_ends_a_play_cleanly_with_the_report_so_far(tmp_path: Path) -> None:
    kept = tmp_path / "kept"
    with start(kept, "--json") as rehearsal:
        wait_for(lambda: has(kept / "record.jsonl", " is yours"))
        rehearsal.send_signal(signal.SIGINT)
        said, wrong = rehearsal.communicate(timeout=PATIENCE)
    assert rehearsal.returncode == 130, wrong
    report = json.loads(said)
    assert report["cut_short"]
    assert not report["complete"]
    assert report["drops"][0]["units"] > 0
    assert "broken" not in {each["verdict"] for each in report["promises"]}, said
    log = (kept / "bot.log").read_text("utf-8")
    assert "bot stopped" in log.splitlines()[-1] or "bot stopped" in log[-4000:]


@pytest.mark.parametrize(("more", "begun"), [("--quiet", "stage.log"), ("--json", "stage.log")])
def test_ctrl_c_before_there_is_anything_to_report_says_so_in_a_sentence(
    tmp_path: Path, more: str, begun: str
) -> None:
    kept = tmp_path / "kept"
    # However long it takes until Ctrl-C comes, the bot has made no ledger yet.
    (tmp_path / "sitecustomize.py").write_text(NEVER_UP)
    with start(kept, more, PYTHONPATH=str(tmp_path)) as rehearsal:
        wait_for((kept / begun).exists)
        rehearsal.send_signal(signal.SIGINT)
        said, wrong = rehearsal.communicate(timeout=PATIENCE)
    assert rehearsal.returncode == 130
    if more == "--json":
        assert (json.loads(said)["error"], wrong) == (NOTHING_TO_TELL, "")
    else:
        assert (said, wrong) == ("", NOTHING_TO_TELL + "\n")


@pytest.mark.parametrize("how", [["--fast"], ["--dated"]])
def test_ctrl_c_ends_a_play_in_virtual_time_with_the_report_so_far(tmp_path: Path, how: list[str]) -> None:
    kept = tmp_path / "kept"
    config = dated_config(tmp_path, weeks=30)
    what = ["hot-drop"] if how == ["--fast"] else ["--config", str(config), "--viewers", "400"]
    command = [sys.executable, "-m", "bot", "rehearse", *what, *how, "--json", "--keep", str(kept)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as rehearsal:
        wait_for(lambda: has(kept / "record.jsonl", " yours"))
        rehearsal.send_signal(signal.SIGINT)
        said, wrong = rehearsal.communicate(timeout=PATIENCE)
    assert (rehearsal.returncode, wrong) == (130, "")
    report = json.loads(said)
    assert report["cut_short"]
    assert not report["complete"]
    assert "broken" not in {each["verdict"] for each in report["promises"]}, said
    assert "far-too-many" not in {each["key"] for each in report["advice"]}


@pytest.mark.parametrize("how", [[], ["--fast"]])
def test_whoever_presses_ctrl_c_again_and_again_leaves_no_folder_behind(tmp_path: Path, how: list[str]) -> None:
    command = [sys.executable, "-m", "bot", "rehearse", "hot-drop", "--quiet", *how]
    surroundings = {**os.environ, "TMPDIR": str(tmp_path)}
    with (
        full_pipe() as (reading, full),
        subprocess.Popen(command, stdout=full, stderr=subprocess.PIPE, text=True, env=surroundings) as rehearsal,
    ):
        wait_for(lambda: any(has(each, "joined") for each in tmp_path.glob("microdrops-rehearsal-*/record.jsonl")))
        assert rehearsal.stderr is not None
        said = Queue[str]()
        Thread(target=lambda: said.put(rehearsal.stderr.readline()), daemon=True).start()  # type: ignore[union-attr]  # see above
        # As fast as a hand is. Two that came while the machine gave no turn are one, so a third may follow: nobody
        # takes the report, and the play does not end without them.
        for pause in (0.1, 20, 20, 20):
            rehearsal.send_signal(signal.SIGINT)
            with suppress(Empty):
                assert said.get(timeout=pause) == "Ended at once, without a report.\n"
                break
        drain(reading)
        assert rehearsal.wait(PATIENCE) == 130
        assert rehearsal.stderr.read() == ""
    assert list(tmp_path.iterdir()) == []


@contextmanager
def full_pipe() -> Iterator[tuple[int, int]]:
    """Both ends of a pipe into which nobody can write anything more."""
    reading, full = os.pipe()
    try:
        os.set_blocking(full, False)
        with suppress(BlockingIOError):
            while True:
                os.write(full, b"." * 4096)
        os.set_blocking(full, True)
        yield reading, full
    finally:
        os.close(reading)
        os.close(full)


def drain(reading: int) -> None:
    """Take what is in a pipe, so that whoever still holds the other end can end."""
    os.set_blocking(reading, False)
    with suppress(BlockingIOError):
        while os.read(reading, 65536):
            pass


def test_ctrl_c_before_the_bot_has_a_ledger_ends_without_a_report(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    async def perform(_: RehearseOptions, folder: Path, *_hears: object, **_more: object) -> Performance:
        return Performance(Play("", {}, (), {}, True, True, ""), folder, (), (), False, 1.0, cut_short=True)

    monkeypatch.setattr(main, "perform", perform)
    assert main.rehearse(RehearseOptions(SKELETON, load_script("first-drop"), quiet=True)) == 130
    assert capsys.readouterr() == ("", NOTHING_TO_TELL + "\n")


@pytest.mark.parametrize(
    ("key", "excuse"), [("answered", True), ("winners-told", True), ("expected-mug-units", True), ("supply", False)]
)
def test_only_what_is_due_at_the_end_is_excused(key: str, excuse: bool) -> None:
    broken = Promise(key, "...", Verdict.BROKEN, ("it was not",))
    found = excused(broken)
    assert (found.verdict is Verdict.UNCHECKED) == excuse
    kept = Promise(key, "...", Verdict.KEPT, ("it was",))
    assert excused(kept) is kept


def test_a_log_that_was_put_aside_in_parts_is_looked_through_whole(tmp_path: Path) -> None:
    for name in ("bot.log.1", "bot.log", "bot.out", "ledger.db", "stage.log"):
        (tmp_path / name).touch()
    performance = Performance(Play("", {}, (), {}, True, True, ""), tmp_path, (), (), True, 1.0)
    assert [path.name for path in performance.written] == ["bot.log", "bot.log.1", "bot.out", "ledger.db"]


def test_whoever_reads_along_may_leave_in_the_middle(tmp_path: Path) -> None:
    """As in `microdrops rehearse | head`."""
    with start(tmp_path / "kept") as rehearsal:
        assert rehearsal.stdout is not None
        assert rehearsal.stdout.readline()
        rehearsal.stdout.close()
        assert rehearsal.wait(PATIENCE) == 130
        assert rehearsal.stderr is not None
        assert rehearsal.stderr.read() == ""
