"""What somebody who watches a play wants to know at a glance: a chat's last lines, what is next, what is left."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, replace

from bot.rehearsal.claims import claims_on_discord, typed_claim
from bot.rehearsal.hearing import listen, same, visible
from bot.rehearsal.moments import SECOND
from bot.rehearsal.programme import Due, PlannedStock, Programme
from bot.rehearsal.spoken import clean, line_of, text_of
from bot.stage.record import SeenLine

# A chat of thousands is sampled: nobody reads more than this of the crowd, and of what only one person sees.
SAMPLE_WINDOW = SECOND // 4
SAMPLED_MAX = 4
_KEPT_LINES = 120
# A fault that is over at once stays in view long enough to be read.
_FAULT_SHOWN = 3 * SECOND


@dataclass(frozen=True, slots=True)
class Line:
    """Somebody did something. `left_out` lines, of which nothing else is said, have no name."""

    who: str = ""
    what: str = ""
    by_bot: bool = False
    left_out: int = 0


@dataclass(frozen=True, slots=True)
class Chat:
    """One platform's last lines; `said` counts all of them, `hidden` those that were left out."""

    title: str
    lines: tuple[Line, ...]
    said: int
    hidden: int


@dataclass(frozen=True, slots=True)
class Glance:
    """One moment of a play; `elapsed` and `Due.at` in microseconds, `claimed` by drop."""

    now: int
    elapsed: int
    remark: str
    dues: tuple[Due, ...]
    stocks: tuple[tuple[PlannedStock, int], ...]
    asked: int
    claims: int
    answered: int
    faults: tuple[str, ...]
    chats: tuple[Chat, ...]


class _Sampled:
    """One chat: everything the bot says to all, and as many of the other lines as somebody could follow."""

    def __init__(self, title: str) -> None:
        self._title = title
        self._lines: deque[Line] = deque(maxlen=_KEPT_LINES)
        self._said = self._hidden = 0
        self._window, self._shown = 0, 0

    def add(self, at: int, line: Line, *, always: bool) -> None:
        self._said += 1
        if at >= self._window + SAMPLE_WINDOW:
            self._window, self._shown = at, 0
        if always or self._shown < SAMPLED_MAX:
            self._shown += not always
            self._lines.append(line)
            return
        self._hidden += 1
        if self._lines and self._lines[-1].left_out:
            self._lines[-1] = Line(left_out=self._lines[-1].left_out + 1)
        else:
            self._lines.append(Line(left_out=1))

    def chat(self) -> Chat:
        return Chat(self._title, tuple(self._lines), self._said, self._hidden)


class Watched:
    """Takes every line of the record; `glance` says how things stand. `began_at` (microseconds UTC) None means the
    moment of the first line."""

    def __init__(self, began_at: int | None = None) -> None:
        self._began_at = began_at
        self._programme = Programme()
        self._titles: dict[str, str] = {}
        self._remark = ""
        self._chats = {"twitch": _Sampled("Twitch chat"), "discord": _Sampled("Discord")}
        self._names: dict[str, str] = {}
        self._people: dict[str, str] = {}
        self._asked: set[str] = set()
        self._claims = 0
        self._answered: set[str] = set()
        self._told: dict[str, set[int]] = {}
        self._faults: dict[str, tuple[str, int | None]] = {}

    def expect(self, programme: Programme) -> None:
        self._programme = programme
        self._titles = {visible(stock.title): stock.drop for stock in programme.stocks}
        self._remark = ""

    def remark(self, text: str) -> None:
        """Say what the rehearsal itself is doing."""
        self._remark = text

    def hear(self, seen: SeenLine) -> None:
        if self._began_at is None:
            self._began_at = seen["at"]
        if seen["kind"] == "joined":
            self._meet(seen)
        elif seen["kind"] == "fault":
            self._note_fault(seen)
        elif seen["platform"] in self._chats:
            self._count(seen)
            self._show(seen)

    def glance(self, now: int) -> Glance:
        """How things stand at `now`, microseconds UTC."""
        programme = self._programme
        on = {"twitch": programme.twitch, "discord": programme.discord}
        return Glance(
            now=now,
            elapsed=0 if self._began_at is None else max(0, now - self._began_at),
            remark=self._remark,
            dues=tuple(due for due in programme.dues if due.at > now),
            stocks=tuple((stock, len(self._told.get(stock.drop, ()))) for stock in programme.stocks),
            asked=len(self._asked),
            claims=self._claims,
            answered=len(self._answered & self._asked),
            faults=tuple(text for text, until in self._faults.values() if until is None or until > now),
            chats=tuple(chat.chat() for platform, chat in self._chats.items() if on[platform]),
        )

    def _meet(self, seen: SeenLine) -> None:
        who = str(seen["author"])
        self._names[who] = seen["name"]
        for name in (seen["name"], str(seen["data"].get("login", ""))):
            self._people[same(name)] = who

    def _note_fault(self, seen: SeenLine) -> None:
        name, state = str(seen["data"].get("name", "")), seen["data"].get("state")
        if state == "begins":
            lasts = float(seen["data"].get("seconds") or 0)
            self._faults[name] = (seen["text"], None if lasts else seen["at"] + _FAULT_SHOWN)
        elif name in self._faults and self._faults[name][1] is None:
            del self._faults[name]

    def _count(self, seen: SeenLine) -> None:
        kind, data = seen["kind"], seen["data"]
        if kind == "chat" and data.get("bot"):
            for heard in listen(seen["text"], self._titles):
                self._tell(self._people.get(heard.name, heard.name), heard.drop, heard.numbers)
        elif kind == "answer" and seen["visible_to"]:
            for heard in listen(seen["text"], self._titles, private=True):
                self._tell(str(seen["visible_to"]), heard.drop, heard.numbers)
        elif self._is_claim(seen):
            self._claims += 1
            self._asked.add(str(seen["author"]))

    def _tell(self, who: str, drop: str, numbers: tuple[int, ...]) -> None:
        self._answered.add(who)
        if numbers:
            self._told.setdefault(drop, set()).update(numbers)

    def _is_claim(self, seen: SeenLine) -> bool:
        if seen["kind"] == "chat":
            return typed_claim(seen["text"], self._programme.claim_words) is not None
        return claims_on_discord(seen)

    def _show(self, seen: SeenLine) -> None:
        spoken = line_of(seen)
        if spoken is None:
            return
        line = Line(spoken.who, spoken.what, spoken.by_bot)
        if seen["visible_to"]:
            to = self._names.get(str(seen["visible_to"]), "whoever asked")
            line = replace(line, who=f"{line.who} to {clean(to)} alone", what=text_of(seen))
        public = spoken.by_bot and not seen["visible_to"]
        self._chats[seen["platform"]].add(seen["at"], line, always=public)
