"""`kill -9` at any moment of a rush: a thinner round of `make kills`."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(sys.platform == "win32", reason="Windows knows neither SIGKILL nor fork"),
]

ROOT = Path(__file__).parents[2]


def test_whatever_was_answered_before_a_kill_is_there_after_it_and_answered_the_same():
    done = subprocess.run(
        [sys.executable, "-m", "tests.faults.kills", "--kills", "40"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=110,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    figures = {name.strip(): value for name, value in re.findall(r"^  (\S.*?)  +([\d.,]+)$", done.stdout, re.M)}
    assert figures["kills"] == "40"
    assert figures["violations"] == "0"
    # The kills met a crowd that was being answered, and some came between a commit and its answers.
    assert int(figures["claims answered"].replace(",", "")) > 200
    assert int(figures["answered as before"].replace(",", "")) > 20
