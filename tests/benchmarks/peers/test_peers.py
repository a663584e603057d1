"""What of the comparison with others can be tried without any of them installed."""

from __future__ import annotations

import asyncio
import io
import json
import os
import sys
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path

import psutil
import pytest
from rich.console import Console

from tests.benchmarks import page
from tests.benchmarks.peers import contenders, environments, program
from tests.benchmarks.peers.audit import faults
from tests.benchmarks.peers.match import Match
from tests.benchmarks.peers.missing import Missing
from tests.benchmarks.peers.program import Round, running
from tests.benchmarks.peers.programs.clients import CLOSED_DROP, all_at_once, check_rules

# A peer of a few lines: it says what it is, and gives everybody the next number, as a right one does.
RIGHT = """
import json, sys
print(json.dumps({"introduction": "Teapot 1.0"}), flush=True)
for line in sys.stdin:
    held = [[f"v{n}", n + 1] for n in range(json.loads(line)["claims"])]
    print(json.dumps({"seconds": 0.5, "answered": held, "stored": held}), flush=True)
"""
# The classic mistake: everybody who comes at the same moment is told the same number.
RACING = RIGHT.replace("n + 1]", "n // 2 + 1]")
DYING = """
import json, sys
print(json.dumps({"introduction": "Teapot 1.0"}), flush=True)
sys.stdin.readline()
sys.exit("the teapot is empty")
"""


def peer(opened) -> contenders.Contender:
    return contenders.Contender("teapot", "Teapot", 2, 10, "Pours one cup per claim.", opened)


def written_in_python(text: str):
    @asynccontextmanager
    async def opened(folder: Path):
        async with running([sys.executable, "-c", text], folder) as child:
            yield child

    return opened


async def played(opened, folder: Path, turns: int = 2) -> tuple[Match, str]:
    """A match over some rounds in which ours makes 100 claims a second, and what was said meanwhile."""
    said = io.StringIO()
    match = Match(peer(opened), Console(file=said))

    async def ours() -> float:
        return 100.0

    async with AsyncExitStack() as stack:
        await match.open(stack, folder)
        for turn in range(turns):
            await match.play(turn, ours)
    return match, said.getvalue()


async def test_a_peer_that_is_there_is_measured_beside_ours_in_every_round(tmp_path):
    match, _ = await played(written_in_python(RIGHT), tmp_path)
    assert match.figure.beside == "Teapot 1.0"
    assert match.figure.ratios == [5.0, 5.0]  # 100 claims a second beside 10 in half a second
    assert match.figure.verdict == "met"


async def test_a_peer_that_is_missing_is_a_line_in_the_table_that_says_why(tmp_path):
    @asynccontextmanager
    async def opened(folder: Path):
        raise Missing("no kettle on this machine", "kettle: command not found")
        yield

    match, said = await played(opened, tmp_path)
    assert match.figure.verdict == "not measured: no kettle on this machine"
    section = {"date": "today", "rounds": 2, "machine": {}, "remarks": [], "figures": [match.figure.to_json()]}
    text = page.text({"peers": json.loads(json.dumps(section))})
    row = next(line for line in text.splitlines() if line.startswith("| Teapot"))
    assert "at least 2 x" in row
    assert "no kettle on this machine" in row
    # What the installer said is for the person at the terminal; it may name their folders and servers.
    assert "command not found" in said
    assert "command not found" not in text


async def test_a_peer_whose_numbers_are_wrong_has_no_rate(tmp_path):
    match, _ = await played(written_in_python(RACING), tmp_path)
    assert match.figure.ratios == []
    assert "its result was wrong: 5 numbers were handed out more than once" in match.figure.verdict


async def test_a_peer_that_breaks_down_in_a_round_ends_its_own_line_only(tmp_path):
    match, said = await played(written_in_python(DYING), tmp_path)
    assert match.figure.verdict == "not measured: broke down"
    assert "the teapot is empty" in said


@pytest.mark.parametrize("ending", ["sys.stdin.read()", "time.sleep(600)"])
async def test_a_child_is_gone_when_the_measuring_fails_whether_it_listens_or_not(tmp_path, monkeypatch, ending):
    monkeypatch.setattr(program, "END_SECONDS_MAX", 0.5)
    own_id = 'print(json.dumps({"introduction": str(os.getpid())}), flush=True)'
    command = [sys.executable, "-c", f"import json, os, sys, time; {own_id}; {ending}"]
    pids: list[int] = []

    async def fail() -> None:
        async with running(command, tmp_path) as child:
            pids.append(int(child.introduction))
            assert psutil.pid_exists(pids[0])
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await fail()
    assert not psutil.pid_exists(pids[0])


@pytest.mark.parametrize(
    ("answered", "stored", "expected"),
    [
        ([("ann", 1), ("bob", 2)], [("ann", 1), ("bob", 2)], []),
        ([("ann", 2), ("bob", 1)], [("ann", 2), ("bob", 1)], []),  # numbers may go out in any order
        ([("ann", 1), ("bob", 0)], [("ann", 1)], ["1 were refused though there was a unit for each"]),
        (
            [("ann", 1), ("bob", 3)],
            [("ann", 1), ("bob", 3)],
            ["1 numbers were left out"],
        ),
        (
            [("ann", 1), ("bob", 2)],
            [("ann", 1)],
            ["1 answers are not in the store, such as ('bob', 2)"],
        ),
        (
            [("ann", 1), ("ann", 2)],
            [("ann", 1), ("ann", 2)],
            [
                "1 of 2 requests were not answered",
                "1 persons hold more than one unit",
                "1 units were handed out without an answer, such as ('ann', 1)",
            ],
        ),
    ],
)
def test_a_round_is_right_only_if_everybody_holds_a_number_of_their_own(answered, stored, expected):
    assert faults(Round(1.0, answered, stored), 2) == expected


async def test_fifty_clients_ask_at_the_same_time_and_each_person_once():
    asking: set[int] = set()
    most = 0
    numbers = iter(range(1, 1_001))

    async def claim(client: int, person: str) -> int:
        nonlocal most
        assert client not in asking  # a client waits for its answer before it asks again
        asking.add(client)
        most = max(most, len(asking))
        await asyncio.sleep(0)
        asking.remove(client)
        return next(numbers)

    people = [f"v{n}" for n in range(1_000)]
    _, answered = await all_at_once(range(50), people, claim)
    assert most == 50
    assert sorted(person for person, _ in answered) == sorted(people)


@pytest.mark.parametrize(
    ("supply", "per_person", "looks_at_the_window", "right"),
    [(2, 1, True, True), (3, 1, True, False), (2, 2, True, False), (2, 1, False, False)],
)
async def test_a_peer_that_oversells_gives_twice_or_sells_late_is_not_even_timed(
    supply, per_person, looks_at_the_window, right
):
    held: list[str] = []

    async def claim(drop: int, person: str) -> int:
        if drop == CLOSED_DROP:
            return 0 if looks_at_the_window else 1
        if len(held) >= supply or held.count(person) >= per_person:
            return 0
        held.append(person)
        return len(held)

    if right:
        await check_rules(claim)
        assert held == ["ann", "bob"]
    else:
        with pytest.raises(RuntimeError, match="not by the rules"):
            await check_rules(claim)


@pytest.mark.skipif(os.name == "nt", reason="the pretended installers are shell scripts")
async def test_an_installer_that_fails_leaves_nothing_behind_that_passes_for_installed(tmp_path, monkeypatch):
    def pretend(npm: str) -> None:
        for name in ("node", "npm"):
            (tmp_path / name).write_text(f"#!/bin/sh\n{npm}\n", "utf-8")
            (tmp_path / name).chmod(0o755)

    monkeypatch.setattr(environments, "HOME", tmp_path / "peers")
    monkeypatch.setenv("PATH", str(tmp_path))
    pretend("echo no such package; exit 1")
    for _ in range(2):
        with pytest.raises(Missing, match="npm install nedb failed") as failed:
            await environments.node_with("nedb", "teapot@1")
        assert failed.value.details == "no such package"
    pretend("exit 0")
    assert await environments.node_with("nedb", "teapot@1") == tmp_path / "peers" / "nedb"
    pretend("exit 1")
    await environments.node_with("nedb", "teapot@1")  # there already
    with pytest.raises(Missing):
        await environments.node_with("nedb", "teapot@2")


async def test_a_machine_without_node_or_debian_is_told_so_in_a_sentence(tmp_path, monkeypatch):
    monkeypatch.setattr(environments, "HOME", tmp_path)
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(Missing, match=r"Node\.js with npm is not on this machine"):
        await environments.node_with("nedb", "@seald-io/nedb")
    with pytest.raises(Missing, match="redis-server is neither on this machine nor to be had"):
        await environments.redis_server()
    monkeypatch.setattr(environments.sys, "version_info", (3, 13, 0))
    with pytest.raises(Missing, match=r"needs Python 3\.11 or a little older"):
        await environments.python_with("red-config", "Red-DiscordBot", newest=(3, 11))
