"""A disk as it may look after the power was cut: what was synced is there, of the rest any part may be missing."""

from __future__ import annotations

import copy
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from random import Random

from tests.faults.power_log import Event, FailedSync, Make, Remove, Resize, Sync, Write

SECTOR, PAGE = 512, 4_096


@dataclass
class _Content:
    """One file apart from its name: what is certain, what a failed sync has left to luck, each piece within a page,
    and what was done since the last sync of any kind."""

    certain: bytearray = field(default_factory=bytearray)
    doubtful: list[Write] = field(default_factory=list)
    unsynced: list[Write | Resize] = field(default_factory=list)

    def now(self) -> bytearray:
        """What a running system reads."""
        data = copy.copy(self.certain)
        for change in (*self.doubtful, *self.unsynced):
            _apply(data, change)
        return data

    def sync(self) -> None:
        """Pages that were written since the last sync reach the disk, with all that they hold by now."""
        now = self.now()
        pages = {piece.offset // PAGE for piece in self._written()}
        for change in self.unsynced:
            if isinstance(change, Resize):
                _apply(self.certain, change)
        for page in sorted(pages):
            start = page * PAGE
            _apply(self.certain, Write(Path(), start, bytes(now[start : start + PAGE])))
        self.doubtful = [piece for piece in self.doubtful if piece.offset // PAGE not in pages]
        self.unsynced = []

    def fail_to_sync(self) -> None:
        """Whether the pages that were written have reached the disk is left to luck, and no later sync cares."""
        for change in self.unsynced:
            if isinstance(change, Resize):
                _apply(self.certain, change)
        self.doubtful += self._written()
        self.unsynced = []

    def _written(self) -> list[Write]:
        writes = [change for change in self.unsynced if isinstance(change, Write)]
        return [piece for write in writes for piece in _pieces(write, PAGE)]


@dataclass(frozen=True)
class Survival:
    """What of the unsynced survives: a write with the chance `kept`, torn into sectors with the chance `torn`."""

    kept: float
    torn: float = 0.0


class Disk:
    """Follows the events of a life in `folder`, which began with the files in `found`. Names and contents are kept
    apart, as a file system does."""

    def __init__(self, folder: Path, found: Path) -> None:
        self._folder = folder
        self._contents = {name: _Content(bytearray(data)) for name, data in files_in(found).items()}
        self._certain_names = dict(self._contents)
        self._unsynced_names: list[dict[str, _Content]] = []
        self.lost: Counter[str] = Counter()

    @property
    def unsynced(self) -> int:
        """How many changes a power cut could take away now."""
        return len(self._unsynced_names) + sum(
            len(each.doubtful) + len(each.unsynced) for each in self._contents.values()
        )

    def follow(self, event: Event) -> None:
        """Take in the next event of the log."""
        if isinstance(event, Sync) and event.path == self._folder:
            self._certain_names, self._unsynced_names = dict(self._contents), []
            return
        path = getattr(event, "path", None)
        if path is None or path.parent != self._folder or not _matters(path):
            return
        match event:
            case Make() if path.name not in self._contents:
                self._contents[path.name] = _Content()
                self._unsynced_names.append(dict(self._contents))
            case Remove():
                del self._contents[path.name]
                self._unsynced_names.append(dict(self._contents))
            case Write() | Resize():
                self._contents[path.name].unsynced.append(event)
            case Sync():
                self._contents[path.name].sync()
            case FailedSync():
                self._contents[path.name].fail_to_sync()

    def image(self, chance: Random, survival: Survival) -> dict[str, bytes]:
        """The files after a cut at this instant, by name; counts in `lost` what did not survive."""
        # Names come and go in order on every file system there is: some first part of the changes is kept.
        kept_names = sum(chance.random() < survival.kept for _ in self._unsynced_names)
        self.lost["names"] += len(self._unsynced_names) - kept_names
        names = [self._certain_names, *self._unsynced_names][kept_names]
        return {name: bytes(self._cut(content, chance, survival)) for name, content in names.items()}

    def everything(self) -> dict[str, bytes]:
        """The files as a running system sees them."""
        return {name: bytes(content.now()) for name, content in self._contents.items()}

    def _cut(self, content: _Content, chance: Random, survival: Survival) -> bytearray:
        data = copy.copy(content.certain)
        for change in (*content.doubtful, *content.unsynced):
            if isinstance(change, Write) and chance.random() < survival.torn:
                self.lost["torn writes"] += 1
                for piece in _pieces(change, SECTOR):
                    if chance.random() < 0.5:
                        _apply(data, piece)
            elif chance.random() < survival.kept:
                _apply(data, change)
            else:
                self.lost["writes"] += 1
        return data


def files_in(folder: Path) -> dict[str, bytes]:
    """The files of a ledger that outlive a running system, by name."""
    return {path.name: path.read_bytes() for path in folder.iterdir() if _matters(path)}


def _matters(path: Path) -> bool:
    # The index of the log lives in memory: SQLite makes it anew from the log after every crash.
    return path.name.endswith((".sqlite", "-wal", "-journal"))


def _apply(data: bytearray, change: Write | Resize) -> None:
    if isinstance(change, Resize):
        del data[change.size :]
        data.extend(bytes(change.size - len(data)))
        return
    data.extend(bytes(max(0, change.offset - len(data))))
    data[change.offset : change.offset + len(change.data)] = change.data


def _pieces(write: Write, size: int) -> list[Write]:
    """The write cut where the disk's sectors or the system's pages end: each is written whole or not at all."""
    pieces, start = [], write.offset
    end = write.offset + len(write.data)
    while start < end:
        stop = min(end, (start // size + 1) * size)
        pieces.append(Write(write.path, start, write.data[start - write.offset : stop - write.offset]))
        start = stop
    return pieces
