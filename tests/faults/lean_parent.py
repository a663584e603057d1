"""The other side of a lean life: brings it forth, hears it, kills it, and makes ledgers for it to live on."""

from __future__ import annotations

import dataclasses
import gc
import json
import os
import select
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import traceback
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any

from bot.storage.database import ledger_url
from bot.storage.upgrade import upgrade
from tests.compiled_once import compile_once
from tests.faults.lean_child import EPOCH, Orders, live

SUFFIXES = ("", "-wal", "-shm")


class Child:
    """A process that lives by its orders. `exit_code` is negative for a signal, None while it lives."""

    def __init__(self, pid: int, words: int, cues: int, log: Path) -> None:
        self.pid = pid
        self.log = log
        self.exit_code: int | None = None
        self._words = words
        self._cues = cues
        self._rest = b""
        self._told_all = False

    @classmethod
    def forked(cls, orders: Orders, log: Path) -> Child:
        """A copy of this process, which has everything imported and compiled. For programs without threads."""
        _live_here()
        (words, words_end), (cues_end, cues) = os.pipe(), os.pipe()
        pid = os.fork()
        if pid:
            os.close(words_end)
            os.close(cues_end)
            return cls(pid, words, cues, log)
        code = 1
        try:
            os.close(words)
            os.close(cues)
            output = os.open(log, os.O_CREAT | os.O_TRUNC | os.O_WRONLY, 0o600)
            os.dup2(output, 1)
            os.dup2(output, 2)
            live(orders, words_end, cues_end)
            code = 0
        except BaseException:  # noqa: BLE001 whatever it was, it may not run on into the parent's program
            traceback.print_exc()
        finally:
            sys.stdout.flush()
            sys.stderr.flush()
            os._exit(code)

    @classmethod
    def spawned(cls, orders: Orders, log: Path) -> Child:
        """A fresh interpreter, for tests that run beside threads."""
        (words, words_end), (cues_end, cues) = os.pipe(), os.pipe()
        with log.open("wb") as output:
            process = subprocess.Popen(
                [sys.executable, "-m", "tests.faults.lean_child", json.dumps(dataclasses.asdict(orders))],
                stdin=cues_end,
                stdout=words_end,
                stderr=output,
                cwd=Path(__file__).parents[2],
            )
        # Waited for by id below, as a forked one is.
        process.returncode = 0
        os.close(words_end)
        os.close(cues_end)
        return cls(process.pid, words, cues, log)

    def hear(self, seconds: float) -> list[dict[str, Any]]:
        """What it has told within this time, as soon as it is anything; [] after silence or at the end."""
        if self._told_all or not select.select([self._words], [], [], max(0.0, seconds))[0]:
            return []
        piece = os.read(self._words, 65_536)
        self._told_all = not piece
        *lines, self._rest = (self._rest + piece).split(b"\n")
        return [json.loads(line) for line in lines]

    def words(self, seconds: float = 120.0) -> Iterator[dict[str, Any]]:
        """Everything it tells until its end. Raises TimeoutError when it does not end in time."""
        deadline = time.monotonic() + seconds
        while not self._told_all:
            if time.monotonic() > deadline:
                raise TimeoutError(f"the life lasts too long; it printed:\n{self.log.read_text()}")
            yield from self.hear(deadline - time.monotonic())

    def cue(self, **values: Any) -> None:
        """Tell it something, see `Life._hear`."""
        os.write(self._cues, json.dumps(values).encode() + b"\n")

    def kill(self) -> None:
        """SIGKILL, at once."""
        if self.exit_code is None:
            os.kill(self.pid, signal.SIGKILL)

    def buried(self) -> int:
        """Wait for its end and give back what it held; returns the exit code."""
        if self.exit_code is None:
            _, status = os.waitpid(self.pid, 0)
            self.exit_code = os.waitstatus_to_exitcode(status)
            os.close(self._words)
            os.close(self._cues)
        return self.exit_code


@cache
def _live_here() -> None:
    """One short life in this very process. What it imports and compiles, no forked one has to."""
    compile_once()
    (cues, cues_end), words = os.pipe(), os.open(os.devnull, os.O_WRONLY)
    with tempfile.TemporaryDirectory(prefix="lean-", dir=memory()) as folder:
        live(Orders(str(new_ledger(Path(folder, "first"))), groups=3, askers=2), words, cues)
    for descriptor in (cues, cues_end, words):
        os.close(descriptor)
    # Pages that the collector does not touch are shared for good.
    gc.freeze()


def memory() -> Path | None:
    """Where there is a disk in memory: enough for tests that make their own disk faults."""
    place = Path("/dev/shm")
    return place if os.access(place, os.W_OK) else None


def memory_folder(prefix: str) -> Path:
    """A new folder there, or else wherever temporary files go."""
    return Path(tempfile.mkdtemp(prefix=prefix, dir=memory()))


def new_ledger(folder: Path) -> Path:
    """A ledger of the newest schema in a new folder; the first of this process is made, the others are copies."""
    folder.mkdir(parents=True)
    path = folder / "ledger.sqlite"
    pattern = _PATTERNS.get("ledger")
    if pattern is None:
        upgrade(ledger_url(str(path)), now=lambda: EPOCH)
        _PATTERNS["ledger"] = path.read_bytes()
    else:
        path.write_bytes(pattern)
    return path


_PATTERNS: dict[str, bytes] = {}


def copy_ledger(source: Path, folder: Path) -> Path:
    """The ledger with its log as they lie on the disk, in a new folder; nobody may be writing."""
    folder.mkdir(parents=True)
    for suffix in SUFFIXES:
        part = source.with_name(source.name + suffix)
        if part.exists():
            shutil.copyfile(part, folder / part.name)
    return folder / source.name


def tell_figures(figures: Mapping[str, Any]) -> None:
    """Print figures as a short table."""
    width = max(len(name) for name in figures)
    for name, value in figures.items():
        text = f"{value:,.1f}" if isinstance(value, float) else f"{value:,}"
        print(f"  {name.ljust(width)}  {text}")
