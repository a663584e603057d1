"""What a life has written and synced, and what it told meanwhile, in one order: read from a log of strace."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

# With -y every descriptor comes with its path, with -xx every byte as \x00; no string may be cut off.
OPTIONS = (
    *("-y", "-xx", "-s", "1000000"),
    *("-e", "trace=openat,lseek,pwrite64,write,fdatasync,fsync,ftruncate,rename,unlink"),
)


@dataclass(frozen=True)
class Write:
    """Bytes into a file; they may be lost until the file is synced."""

    path: Path
    offset: int
    data: bytes


@dataclass(frozen=True)
class Resize:
    path: Path
    size: int


@dataclass(frozen=True)
class Make:
    """A file was opened that may not have been there; its name may be lost until its folder is synced."""

    path: Path


@dataclass(frozen=True)
class Remove:
    path: Path


@dataclass(frozen=True)
class Sync:
    """A file's content, or a folder's names, have reached the disk."""

    path: Path


@dataclass(frozen=True)
class FailedSync:
    """The disk could not sync a file. The system takes what was written before for clean from now on, and syncs of
    later writes say nothing about it: Linux tells of a lost write once."""

    path: Path


@dataclass(frozen=True)
class Heard:
    """A line that the life told: from here on its answer is a promise."""

    word: Mapping[str, Any]


Event = Write | Resize | Make | Remove | Sync | FailedSync | Heard

_LINE = re.compile(r"(\d+) +(.*)")
_BYTES = r'"((?:\\x[0-9a-f]{2})*)"'
_FILE = r"\d+<([^>]*)>"
_PIPE = "".join(f"\\x{byte:02x}" for byte in b"pipe:")
_SOUGHT = re.compile(rf"lseek\({_FILE}, -?\d+, SEEK_SET\) += (\d+)")
_CALLS = {
    "openat": re.compile(rf"openat\([^,]*, {_BYTES}, (\S+?)(?:, \d+)?\) += \d"),
    "pwrite64": re.compile(rf"pwrite64\({_FILE}, {_BYTES}, \d+, (\d+)\) += (\d+)"),
    "write": re.compile(rf"write\({_FILE}, {_BYTES}, \d+(?:\) += (\d+))?"),
    "sync": re.compile(rf"f(?:data)?sync\({_FILE}\) += (0|-1)"),
    "ftruncate": re.compile(rf"ftruncate\({_FILE}, (\d+)\) += 0"),
    "unlink": re.compile(rf"unlink\({_BYTES}\) += 0"),
}


def read_log(log: Path) -> Iterator[Event]:
    """The events in the order in which the calls were over; a told line counts from its beginning."""
    begun: dict[str, str] = {}
    positions: dict[str, int] = {}
    for line in log.read_text().splitlines():
        thread, text = _LINE.fullmatch(line).groups()  # type: ignore[union-attr]  # else the log is not strace's
        if text.endswith("<unfinished ...>"):
            begun[thread] = text.removesuffix("<unfinished ...>").rstrip()
            if text.startswith("write(") and _PIPE in text:
                yield from _heard(text)
            continue
        if sought := _SOUGHT.match(text):
            positions[sought[1]] = int(sought[2])
        resumed = re.match(r"<\.\.\. (\w+) resumed>", text)
        if resumed is None:
            yield from _event(text, positions)
        elif not begun[thread].startswith("write(") or _PIPE not in begun[thread]:
            rest = text[resumed.end() :]
            yield from _event(begun.pop(thread) + ("" if rest.startswith((")", ",")) else " ") + rest, positions)


def _event(text: str, positions: dict[str, int]) -> Iterator[Event]:
    call = text.split("(", 1)[0]
    if call == "rename":
        raise ValueError(f"the ledger renames nothing: {text[:200]}")
    if call == "write" and _PIPE in text:
        yield from _heard(text)
        return
    found = _CALLS["sync" if call in ("fsync", "fdatasync") else call].match(text) if call in _KNOWN else None
    if found is None:
        return  # a call that failed, or the end of a thread
    match call:
        case "write":
            # Nothing is said of where: at the place that was sought last.
            data = _plain(found[2])[: int(found[3])]
            yield Write(_path(found[1]), positions.get(found[1], 0), data)
            positions[found[1]] = positions.get(found[1], 0) + len(data)
        case "openat":
            if "O_CREAT" in found[2]:
                yield Make(_path(found[1]))
        case "pwrite64":
            data = _plain(found[2])
            assert len(data) == int(found[4]), f"{len(data)} bytes were recorded of {found[4]}"
            yield Write(_path(found[1]), int(found[3]), data)
        case "fsync" | "fdatasync":
            yield Sync(_path(found[1])) if found[2] == "0" else FailedSync(_path(found[1]))
        case "ftruncate":
            yield Resize(_path(found[1]), int(found[2]))
        case "unlink":
            yield Remove(_path(found[1]))


_KNOWN = ("openat", "write", "pwrite64", "fsync", "fdatasync", "ftruncate", "unlink")


def _heard(text: str) -> Iterator[Event]:
    found = _CALLS["write"].match(text)
    if found is not None:
        for line in _plain(found[2]).splitlines():
            if line.startswith(b"{"):
                yield Heard(json.loads(line))


def _plain(text: str) -> bytes:
    return bytes.fromhex(text.replace("\\x", ""))


def _path(text: str) -> Path:
    return Path(_plain(text).decode())
