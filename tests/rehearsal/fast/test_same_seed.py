"""A quick play depends on nothing but its seed."""

from __future__ import annotations

import base64
import json
import subprocess
import sys
from pathlib import Path

import pytest

from bot.rehearsal.fast.digest import digest
from tests.rehearsal.fast.quick import options_for, played

pytestmark = [pytest.mark.slow, pytest.mark.timeout(300)]

PROGRAM = """
import json, sys
from pathlib import Path
from bot.rehearsal.fast.digest import digest
from tests.rehearsal.fast.quick import options_for, played

performance, _ = played(options_for("bad-night", 7), Path(sys.argv[1]))
print(json.dumps([digest(performance.record), [name for name in ("discord", "twitchio") if name in sys.modules]]))
"""


def test_one_seed_plays_the_same_twice_in_any_process_and_without_any_client(tmp_path: Path) -> None:
    folders = [tmp_path / name for name in ("here", "there")]
    for folder in folders:
        folder.mkdir()
    here = digest(played(options_for("bad-night", 7), folders[0])[0].record)
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM, str(folders[1])],
        cwd=Path(__file__).parents[3],
        capture_output=True,
        text=True,
        timeout=280,
        check=True,
    )
    assert json.loads(done.stdout) == [here, []]


def test_another_seed_plays_otherwise(tmp_path: Path) -> None:
    digests = set()
    for seed in (1, 2):
        folder = tmp_path / str(seed)
        folder.mkdir()
        digests.add(digest(played(options_for("first-drop", seed), folder)[0].record))
    assert len(digests) == 2


def test_a_thrown_id_counts_by_when_it_came() -> None:
    def record(one: str, other: str, text: str = "hello") -> list[dict[str, str]]:
        return [{"id": one, "text": text}, {"id": other, "text": ""}, {"id": one, "text": ""}]

    first = digest(record("3a1f9d52-0000-4000-8000-000000000001", "3a1f9d52-0000-4000-8000-000000000002"))
    assert digest(record("AgoQ" + "0" * 32, "1" * 32)) == first
    assert digest(record("1" * 32, "1" * 32)) != first
    assert digest(record("0" * 32, "1" * 32, "hullo")) != first


def test_what_is_computed_from_thrown_ids_counts_by_when_it_came_and_its_size_as_it_is() -> None:
    def record(size: int, root: bytes, fingerprint: str) -> list[dict[str, str]]:
        signature = base64.b64encode(root * 2 + b"abcd").decode()
        note = f"fox\n{size}\n{base64.b64encode(root).decode()}\n\n\u2014 fox {signature}"
        return [{"text": f"open \u00b7 Log fox {size} {fingerprint}"}, {"text": note}]

    first = digest(record(57, bytes(32), "k3j2l4m5n6"))
    assert digest(record(57, b"\xff" * 32, "aaaaaaaaaa")) == first
    assert digest(record(58, bytes(32), "k3j2l4m5n6")) != first
    assert digest(record(57, bytes(32), "")) != first
