"""The rules of the house that a machine can check: floors, sizes, and files that say what they are for."""

from __future__ import annotations

import ast
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
PACKAGES = ("bot", "cogs", "migrations")
LINES_MAX = 400
MODULES = sorted(
    path.relative_to(ROOT)
    for package in (*PACKAGES, "tests")
    for path in (ROOT / package).rglob("*.py")
    if "__pycache__" not in path.parts
)


def lint_imports(folder: Path) -> subprocess.CompletedProcess[str]:
    """import-linter over the packages in `folder`, in a process of its own: it keeps what it has imported."""
    program = "from importlinter.cli import lint_imports; raise SystemExit(lint_imports(no_cache=True))"
    return subprocess.run(
        [sys.executable, "-c", program],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(folder), "COLUMNS": "200"},
        capture_output=True,
        text=True,
        timeout=100,
        check=False,
    )


@pytest.fixture(scope="module")
def house(tmp_path_factory):
    """A copy of the packages and their contracts, to plant violations in."""
    folder = tmp_path_factory.mktemp("house")
    shutil.copy(ROOT / "pyproject.toml", folder)
    for package in PACKAGES:
        shutil.copytree(ROOT / package, folder / package, ignore=shutil.ignore_patterns("__pycache__"))
    return folder


def test_imports_point_down_only(house):
    checked = lint_imports(house)
    assert checked.returncode == 0, checked.stdout + checked.stderr
    assert "0 broken" in checked.stdout


def test_every_contract_is_broken_by_a_planted_violation(house):
    plants = {
        "bot/domain/claims.py": "import asyncio",
        "bot/wording/text.py": "import bot.storage.tables",
        "bot/services/claims.py": "import discord",
        "bot/storage/tables.py": "import bot.services.claims",
        "bot/stage/record.py": "import bot.domain.time",
        "bot/scheduler.py": "import bot.stage.record",
        "bot/platforms/twitch/lines.py": "import bot.platforms.discord.cards",
        "bot/rehearsal/__init__.py": "import bot.domain.time",
    }
    originals = {name: (house / name).read_text("utf-8") for name in plants}
    for name, line in plants.items():
        (house / name).write_text(f"{originals[name]}\n{line}\n", "utf-8")
    try:
        checked = lint_imports(house)
    finally:
        for name, text in originals.items():
            (house / name).write_text(text, "utf-8")
    assert checked.returncode == 1, checked.stdout + checked.stderr
    kept = [line for line in checked.stdout.splitlines() if line.rstrip().endswith("KEPT")]
    assert kept == []
    for name, line in plants.items():
        importer = name.removesuffix(".py").removesuffix("/__init__").replace("/", ".")
        assert f"{importer} -> {line.split()[1]}" in checked.stdout


def test_each_module_opens_with_a_line_that_says_what_it_is_for():
    texts = {module: (ROOT / module).read_text("utf-8") for module in MODULES}
    silent = [
        str(module) for module, text in texts.items() if text.strip() and not ast.get_docstring(ast.parse(text))
    ]
    hollow = [str(module) for module, text in texts.items() if not text.strip() and module.name != "__init__.py"]
    assert len(texts) > 100
    assert (silent, hollow) == ([], [])


def test_no_file_holds_two_ideas():
    """Past so many lines a file is split by noun."""
    lines = {
        str(m): len((ROOT / m).read_text("utf-8").splitlines()) for m in MODULES if m.parts[0] in ("bot", "cogs")
    }
    assert {name: count for name, count in lines.items() if count > LINES_MAX} == {}


def test_no_test_is_quietly_left_out():
    """A test file that pytest would not collect tests nothing."""
    for module in MODULES:
        if module.parts[0] != "tests" or module.name.startswith("test_"):
            continue
        names = [
            node.name
            for node in ast.parse((ROOT / module).read_text("utf-8")).body
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        ]
        assert not [name for name in names if name.startswith("test_")], module


def test_the_page_on_the_architecture_names_every_room_and_no_room_that_is_not_there():
    page = (ROOT / "docs" / "architecture.md").read_text("utf-8")
    rooms = {module.parent for module in MODULES if module.parts[0] in ("bot", "cogs") and len(module.parts) > 2}
    named = set(re.findall(r"`([\w/.*]+)`", page))
    # A room is named whole, or as it is called in the house that it is a part of.
    silent = {
        room
        for room in rooms
        if named.isdisjoint(f"{'/'.join(room.parts[at:])}/" for at, _ in enumerate(room.parts))
    }
    house, gone = ROOT, []
    for line in page.splitlines():
        if heading := re.match(r"\| room of `([\w/]+)` ", line):
            house = ROOT / heading[1]
        elif line.startswith("| `") and house != ROOT:
            cell = re.findall(r"`([\w/.*]+)`", line.split("|")[1])
            gone += [name for name in cell if not any(house.glob(name.rstrip("/")))]
        elif not line.startswith("|"):
            house = ROOT
    assert (silent, gone) == (set(), [])
