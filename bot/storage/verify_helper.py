"""The second process of a check that is in a hurry: it takes the half that stands for itself."""

from __future__ import annotations

import subprocess
import sys
import threading
from collections.abc import Callable
from typing import Any, Self

import orjson
from sqlalchemy import URL

from bot.storage.checking import Faults

PROGRAM = (sys.executable, "-m", "bot.storage.verify_bytes")


class Helper:
    """Has the entries of one channel checked in themselves, while this process checks what they amount to. Leaving
    the block ends it."""

    def __init__(self, url: URL, channel_id: int, upto: int, done: Callable[[int], object]) -> None:
        """`upto` is the last entry to check; `done` is told how many more are, in a thread of its own."""
        self._order = orjson.dumps(
            {"url": url.render_as_string(hide_password=False), "channel": channel_id, "upto": upto}
        )
        self._done = done
        self._answer: dict[str, Any] = {}
        self._child: subprocess.Popen[bytes] | None = None
        self._listener = threading.Thread(target=self._listen, name="verifying", daemon=True)

    def __enter__(self) -> Self:
        pipe, nothing = subprocess.PIPE, subprocess.DEVNULL
        try:
            self._child = subprocess.Popen(PROGRAM, stdin=pipe, stdout=pipe, stderr=nothing)
        except OSError:
            return self  # then there is none, and its half is done here
        self._listener.start()
        return self

    def __exit__(self, *_: object) -> None:
        if self._child is not None:
            self._child.kill()
            self._child.wait()
            self._listener.join()

    def result(self, faults: Faults) -> tuple[bool, bytes | None]:
        """Wait for it; what it has found wrong goes to `faults`. Returns whether it has done its work (whatever
        ended it early, somebody else can do it), and the root over the entries, None where there is no tree."""
        if self._child is not None:
            self._listener.join()
        if not self._answer:
            return False, None
        for entry, words in self._answer["faults"]:
            faults.say(entry, words)
        faults.count += self._answer["more"]
        root: str | None = self._answer["root"]
        return True, None if root is None else bytes.fromhex(root)

    def _listen(self) -> None:
        child = self._child
        if child is None or child.stdin is None or child.stdout is None:
            return
        with child.stdin as ear, child.stdout as told:
            try:
                ear.write(self._order)
                ear.close()
                for line in told:
                    answer = orjson.loads(line)
                    if "done" in answer:
                        self._done(answer["done"])
                    else:
                        self._answer = answer
            except (OSError, orjson.JSONDecodeError):
                return  # it is gone
