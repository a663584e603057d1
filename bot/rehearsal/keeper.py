"""Starts a program and ends it when its own input ends: `python -m bot.rehearsal.keeper PROGRAM ARGUMENT...`.

A rehearsal that is killed cannot clean up, but its end of the pipe closes; so the bot it started does not go on
for ever. The program's exit code becomes this one's.
"""

from __future__ import annotations

import os
import subprocess
import sys
import threading

GRACE_SECONDS = 8.0


def keep(command: list[str]) -> int:
    """Run `command` until it ends or our input does."""
    with subprocess.Popen(command, stdin=subprocess.DEVNULL) as child:
        threading.Thread(target=_end_with_input, args=(child,), daemon=True).start()
        return child.wait()


def _end_with_input(child: subprocess.Popen[bytes]) -> None:
    # Read past Python's buffer: its lock, held by this thread, would break the end of the program.
    while os.read(sys.stdin.fileno(), 4096):
        continue
    child.terminate()
    try:
        child.wait(GRACE_SECONDS)
    except subprocess.TimeoutExpired:
        child.kill()


if __name__ == "__main__":
    sys.exit(keep(sys.argv[1:]))
