"""strace on a life: a fault at the n-th system call on the ledger's files, or a record of all that was written."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Sequence
from functools import cache
from pathlib import Path


class Tracer:
    """strace, attached to a process and to every thread it makes. `output` is its log."""

    def __init__(self, pid: int, output: Path, options: Sequence[str]) -> None:
        self.output = output
        self._process = subprocess.Popen(
            ["strace", "-f", "-p", str(pid), "-o", str(output), *options],
            stdin=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
        )
        assert self._process.stderr is not None
        said = self._process.stderr.readline()
        if "attached" not in said:
            self.detach()
            raise PermissionError(said.strip())

    def detach(self) -> None:
        """Let the process go on undisturbed; it may have ended by itself."""
        if self._process.stderr is not None:
            self._process.terminate()
            self._process.stderr.close()
            self._process.wait()

    def ended(self) -> None:
        """Wait until the traced process has ended, so that the log is whole."""
        assert self._process.stderr is not None
        self._process.wait(120)
        self._process.stderr.close()


@cache
def why_not() -> str | None:
    """Why no process can be traced here, in a sentence; None when it can."""
    if sys.platform != "linux":
        return "strace is Linux's own"
    if shutil.which("strace") is None:
        return "strace is not installed (apt-get install strace)"
    sleeper = subprocess.Popen(["sleep", "60"])
    try:
        Tracer(sleeper.pid, Path(os.devnull), ["-e", "trace=none"]).detach()
    except PermissionError as error:
        return f"no process may be traced here: {error}"
    finally:
        sleeper.kill()
        sleeper.wait()
    return None
