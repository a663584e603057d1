"""Brings each peer into an environment of its own below `build/peers/`, by its ecosystem's ordinary client."""

from __future__ import annotations

import asyncio
import os
import shutil
import sys
from asyncio.subprocess import PIPE, STDOUT
from pathlib import Path

from tests.benchmarks.peers.missing import Missing

HOME = Path(__file__).parents[3] / "build" / "peers"
INSTALL_SECONDS_MAX = 600
REDIS_PACKAGES = (
    "redis-server", "redis-tools", "libatomic1", "libjemalloc2", "liblua5.1-0", "liblzf1", "lua-bitop", "lua-cjson",
)  # fmt: skip


async def python_with(name: str, *packages: str, newest: tuple[int, int] | None = None) -> Path:
    """The interpreter of a venv that holds these packages. Raises Missing."""
    folder = HOME / name
    python = folder / ("Scripts" if os.name == "nt" else "bin") / "python"
    if not _made(folder, packages):
        interpreter = _interpreter(name, newest)
        await _run(f"a venv for {name}", interpreter, "-m", "venv", "--clear", str(folder))
        await _run(f"pip install {name}", str(python), "-m", "pip", "install", "--quiet", *packages)
        _note_made(folder, packages)
    return python


async def node_with(name: str, *packages: str) -> Path:
    """A folder whose `node_modules` holds these packages. Raises Missing."""
    folder = HOME / name
    if shutil.which("node") is None or shutil.which("npm") is None:
        raise Missing("Node.js with npm is not on this machine")
    if not _made(folder, packages):
        folder.mkdir(parents=True, exist_ok=True)
        await _run(
            f"npm install {name}",
            "npm", "install", "--no-audit", "--no-fund", "--prefix", str(folder), *packages,
        )  # fmt: skip
        _note_made(folder, packages)
    return folder


async def redis_server() -> tuple[str, dict[str, str]]:
    """The server's program, this machine's or Debian's unpacked, and the variables it needs. Raises Missing."""
    if found := shutil.which("redis-server"):
        return found, {}
    if shutil.which("apt-get") is None or shutil.which("dpkg") is None:
        raise Missing("redis-server is neither on this machine nor to be had from Debian's packages")
    folder = HOME / "redis-server"
    root = folder / "root"
    if not _made(folder, REDIS_PACKAGES):
        folder.mkdir(parents=True, exist_ok=True)
        # Unpacked, not installed: that needs no rights and starts no service on this machine.
        await _run("apt-get download redis-server", "apt-get", "download", *REDIS_PACKAGES, cwd=folder)
        for package in sorted(folder.glob("*.deb")):
            await _run("unpacking Redis", "dpkg", "-x", str(package), str(root))
        _note_made(folder, REDIS_PACKAGES)
    libraries = sorted({str(each.parent) for each in root.glob("usr/lib/*/lib*.so*")})
    return str(root / "usr" / "bin" / "redis-server"), {"LD_LIBRARY_PATH": ":".join(libraries)}


def _interpreter(name: str, newest: tuple[int, int] | None) -> str:
    if newest is None or sys.version_info[:2] <= newest:
        return sys.executable
    for minor in range(newest[1], newest[1] - 3, -1):
        if found := shutil.which(f"python{newest[0]}.{minor}"):
            return found
    raise Missing(f"{name} needs Python {newest[0]}.{newest[1]} or a little older, and none is on this machine")


def _made(folder: Path, packages: tuple[str, ...]) -> bool:
    try:
        return (folder / "made-of.txt").read_text("utf-8") == "\n".join(packages)
    except FileNotFoundError:
        return False


def _note_made(folder: Path, packages: tuple[str, ...]) -> None:
    (folder / "made-of.txt").write_text("\n".join(packages), "utf-8")


async def _run(what: str, *command: str, cwd: Path | None = None) -> None:
    """Run an installer to its end. Raises Missing with what it said."""
    try:
        child = await asyncio.create_subprocess_exec(*command, cwd=cwd, stdout=PIPE, stderr=STDOUT)
    except OSError as error:
        raise Missing(f"{what} could not be started", str(error)) from error
    try:
        said, _ = await asyncio.wait_for(child.communicate(), INSTALL_SECONDS_MAX)
    except TimeoutError as error:
        raise Missing(f"{what} did not come to an end") from error
    finally:
        if child.returncode is None:
            child.kill()
            await child.wait()
    if child.returncode != 0:
        raise Missing(f"{what} failed; is there a network?", said.decode(errors="replace").strip())
