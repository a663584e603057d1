"""Starts a program and ends it when its own input ends: `python -m bot.rehearsal.keeper PROGRAM ARGUMENT...`.

A rehearsal that is killed cannot clean up, but its end of the pipe closes; so the bot it started does not go on
for ever. The program's exit code becomes this one's. Lines of one word on the input are done to the program: "kill"
ends it at once, "full" lets it write into no file any more, as on a full disk, and "free" ends that.
"""

from __future__ import annotations

import os
import subprocess
import sys
import threading

GRACE_SECONDS = 8.0
CAN_FILL_THE_DISK = sys.platform == "linux"


def keep(command: list[str]) -> int:
    """Run `command` until it ends or our input does. What it prints is passed on: a program whose disk is full can
    still say so, as it can to a terminal."""
    pipe = subprocess.PIPE
    with subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=pipe, stderr=subprocess.STDOUT) as child:
        threading.Thread(target=_obey, args=(child,), daemon=True).start()
        assert child.stdout is not None
        while said := os.read(child.stdout.fileno(), 65_536):
            os.write(sys.stdout.fileno(), said)
        return child.wait()


def _obey(child: subprocess.Popen[bytes]) -> None:
    # Read past Python's buffer: its lock, held by this thread, would break the end of the program.
    begun = b""
    while received := os.read(sys.stdin.fileno(), 4096):
        *words, begun = (begun + received).split(b"\n")
        for word in words:
            if word == b"kill":
                child.kill()
            elif word in (b"full", b"free"):
                _limit_files(child.pid, full=word == b"full")
    child.terminate()
    try:
        child.wait(GRACE_SECONDS)
    except subprocess.TimeoutExpired:
        child.kill()


def _limit_files(pid: int, *, full: bool) -> None:
    """The largest file a process may write; Python's own answer to the limit is an OSError, not the end."""
    if sys.platform == "linux":
        import resource

        try:
            _, hard = resource.prlimit(pid, resource.RLIMIT_FSIZE)
            resource.prlimit(pid, resource.RLIMIT_FSIZE, (0 if full else hard, hard))
        except ProcessLookupError:
            return  # it has ended meanwhile


if __name__ == "__main__":
    sys.exit(keep(sys.argv[1:]))
