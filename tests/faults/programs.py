"""Runs one of the long programs of this folder in a thinner round, as a test."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests.faults.tracing import why_not

ROOT = Path(__file__).parents[2]

needs_fork = pytest.mark.skipif(sys.platform == "win32", reason="Windows knows neither SIGKILL nor fork")
needs_strace = pytest.mark.skipif(why_not() is not None, reason=f"{why_not()}")


def run_program(name: str, *arguments: str) -> str:
    """What it printed; fails with that when it has found a violation."""
    command = [sys.executable, "-m", f"tests.faults.{name}", *arguments]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=570, check=False)
    assert done.returncode == 0, f"{' '.join(command)}\n{done.stdout}{done.stderr}"
    return done.stdout


def figure(printed: str, name: str) -> int:
    """The whole number that the program has printed behind `name`."""
    line = next(line for line in printed.splitlines() if line.strip().startswith(f"{name} "))
    return int(line.split()[-1].replace(",", ""))
