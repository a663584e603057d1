"""What stands in each chat room, bounded: the newest lines of the room, and each person's own private ones."""

from __future__ import annotations

import zlib
from collections import OrderedDict
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from bot.rehearsal.page.markup import Span, aloud, is_mention
from bot.rehearsal.page.people import Eyes, People

LINES_MAX = 150
PRIVATE_MAX = 20
OWNERS_MAX = 1_000
TONES = 8
_BADGES = {"bot": "BOT", "moderator": "MOD", "streamer": "HOST"}
STAFF_ROOM = "discord:#moderators"


@dataclass(slots=True)
class Line:
    """One line or card. `only` is the one account (platform, id) that sees it; `note` what became of it.

    `born` and `changed` count the news of the page; `number` counts the public lines of a room, so that a reader
    notices which are missing. `at` is microseconds since the epoch (UTC)."""

    key: str
    room: str
    at: int
    name: str
    rank: str = ""
    tone: int = 0
    spans: list[Span] = field(default_factory=list)
    card: dict[str, Any] | None = None
    buttons: list[tuple[str, str, bool]] = field(default_factory=list)
    message: str = ""
    form: dict[str, Any] | None = None
    mentions: frozenset[str] = frozenset()
    only: tuple[str, str] | None = None
    note: str = ""
    born: int = 0
    changed: int = 0
    number: int | None = None

    def as_public(self, *, mine: bool = False, own: frozenset[str] = frozenset()) -> dict[str, Any]:
        """For the page: `kinds` say how it is drawn, `badge` and `note` stand beside the name and the words. `mine`
        when it speaks to the reader, whose mentions look like those of `own`."""
        private = self.only is not None
        kinds = {"mine": mine, "only": private, "posted": bool(self.card or self.buttons), self.rank: True}
        notes = ("Only you can see this." if private else "", self.note)
        told: dict[str, Any] = {"key": self.key, "room": self.room, "at": self.at // 1000, "name": self.name}
        told |= {"kinds": [f"t{self.tone}", *(kind for kind, holds in kinds.items() if kind and holds)]}
        rest = {
            "number": self.number,
            "spans": [("me", span[1]) if is_mention(span, own) else span for span in self.spans],
            "badge": _BADGES.get(self.rank),
            "card": self.card,
            "buttons": self.buttons,
            "message": self.message,
            "form": self.form,
            "note": " ".join(note for note in notes if note),
            "loud": self._aloud() if mine or private else "",
        }
        return told | {key: value for key, value in rest.items() if value}

    def _aloud(self) -> str:
        """What a screen reader says of it: of a card its title and its text."""
        parts = [self.spans] if self.card is None else [self.spans, self.card["title"], self.card["text"]]
        return " ".join(said for part in parts if (said := aloud(part, self.at)))


def tone_of(name: str) -> int:
    """One of the colours that names have: the same name, the same colour."""
    return zlib.crc32(name.casefold().encode()) % TONES


class _Shelf:
    """The newest lines by key, the oldest forgotten."""

    def __init__(self, most: int) -> None:
        self._most = most
        self.lines: OrderedDict[str, Line] = OrderedDict()
        self.changed = 0

    def put(self, line: Line) -> None:
        self.lines[line.key] = line
        self.changed = line.changed
        if len(self.lines) > self._most:
            self.lines.popitem(last=False)

    def since(self, moment: int) -> Iterator[Line]:
        if self.changed > moment:
            yield from (line for line in self.lines.values() if line.changed > moment)


class Rooms:
    """Lines come in by `put`, which also changes one that is there; `since` gives what some eyes have not seen."""

    def __init__(self) -> None:
        self.changed = 0
        self._rooms: dict[str, _Shelf] = {}
        self._numbers: dict[str, int] = {}
        self._private: OrderedDict[tuple[str, str], _Shelf] = OrderedDict()

    def find(self, key: str, only: tuple[str, str] | None, room: str) -> Line | None:
        shelf = self._rooms.get(room) if only is None else self._private.get(only)
        return None if shelf is None else shelf.lines.get(key)

    def put(self, line: Line) -> None:
        """A new line, or what stands now where a line of the same key was."""
        self.changed += 1
        line.changed = self.changed
        before = self.find(line.key, line.only, line.room)
        line.born = self.changed if before is None else before.born
        if line.only is not None:
            shelf = self._private.setdefault(line.only, _Shelf(PRIVATE_MAX))
            self._private.move_to_end(line.only)
            if len(self._private) > OWNERS_MAX:
                self._private.popitem(last=False)
        else:
            shelf = self._rooms.setdefault(line.room, _Shelf(LINES_MAX))
            self._numbers.setdefault(line.room, 0)
            self._numbers[line.room] += before is None
            line.number = self._numbers[line.room] if before is None else before.number
        shelf.put(line)

    def names(self, eyes: Eyes, people: People) -> list[str]:
        """The rooms these eyes may look into and in which there is something to see."""
        private = (line.room for shelf in self._own(eyes, people) for line in shelf.lines.values())
        return [room for room in dict.fromkeys((*self._rooms, *private)) if room != STAFF_ROOM or eyes.staff]

    def since(self, moment: int, eyes: Eyes, people: People) -> list[Line]:
        """What came or changed after `moment` (of `changed`) and these eyes may see, in the order it came."""
        shelves = (*self._rooms.values(), *self._own(eyes, people))
        found = (line for shelf in shelves for line in shelf.since(moment))
        return sorted((line for line in found if line.room != STAFF_ROOM or eyes.staff), key=lambda line: line.born)

    def _own(self, eyes: Eyes, people: People) -> Iterator[_Shelf]:
        """What only the owner of these eyes sees."""
        for platform in ("twitch", "discord"):
            account = people.named(platform, eyes.login)
            if account is not None and (platform, account.id) in self._private:
                yield self._private[platform, account.id]
