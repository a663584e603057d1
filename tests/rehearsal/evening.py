"""An evening for tests: a small configuration played fast, and a made-up record with the ledger that fits it."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from bot.rehearsal.evidence import Case, JudgedDrop
from bot.rehearsal.ledger import BallotRow, EntryRow, LedgerFile, NewsRow, OutcomeRow, PassRow, UnitRow
from bot.rehearsal.moments import SECOND
from bot.rehearsal.options import Tempo

OPENS, CLOSES = 1_000 * SECOND, 1_020 * SECOND
MUG = JudgedDrop("mug", "Teal Mug", supply=3, held_back=0, per_person=1, opens_at=OPENS)
CARDS = "discord:#announcements"

TEMPO = Tempo(before_opening=1.5, window=4, stagger=1.0, answer_gap=2)
CONFIG = """
[channel]
name = "Teal Fox"
time_zone = "Europe/Berlin"
[twitch]
channel = "tealfox"
channel_id = "1001"
bot_id = "1002"
client_id = "an-id"
client_secret = "env:SECRET"
bot_token = "env:TOKEN"
bot_refresh_token = "env:REFRESH"
[discord]
token = "env:DISCORD"
server = "100000000000000001"
announcements = "100000000000000002"
moderators = "100000000000000003"
lounge = "100000000000000004"
[[drops]]
name = "mug"
title = "Teal Mug"
kind = "print"
supply = 5
opens = "2030-06-01 20:00"
lasts = "15m"
"""

Json = dict[str, Any]


@dataclass
class Evening:
    """Writes record and ledger side by side; a test changes one of them to see whether the judge notices."""

    record: list[Json] = field(default_factory=list)
    entries: list[EntryRow] = field(default_factory=list)
    units: list[UnitRow] = field(default_factory=list)
    outcomes: list[OutcomeRow] = field(default_factory=list)
    news: list[NewsRow] = field(default_factory=list)
    people: dict[tuple[str, str], int] = field(default_factory=dict)
    ballots: list[BallotRow] = field(default_factory=list)
    passes: list[PassRow] = field(default_factory=list)
    lines: int = 0

    def see(self, at: int, platform: str, kind: str, **more: Any) -> Json:
        seen = {"at": at, "platform": platform, "kind": kind, "place": "", "author": "", "name": "", "text": ""}
        seen |= {"visible_to": None, "data": {}, **more}
        self.record.append(seen)
        return seen

    def says(self, name: str, text: str, at: int) -> str:
        """A viewer types; returns the request's name."""
        key = self._next()
        data = {"message_id": key, "login": name.casefold()}
        self.see(at, "twitch", "chat", author=f"id-{name}", name=name, text=text, data=data)
        return f"twitch:{key}"

    def bot(self, text: str, at: int) -> str:
        """The bot types; returns the message's id."""
        key = self._next()
        data = {"message_id": key, "bot": True}
        self.see(at, "twitch", "chat", author="bot", name="microdrops_bot", text=text, data=data)
        return key

    def presses(self, name: str, at: int, answer: str = "") -> str:
        """A fan presses Claim and, with `answer`, is answered a moment later; returns the request's name."""
        key = self._next()
        who: Json = {"author": f"id-{name}", "name": name}
        data: Json = {"interaction_id": key, "custom_id": "md:claim:mug"}
        self.see(at, "discord", "press", text="Claim", data=data, **who)
        if answer:
            seen = {"text": answer, "visible_to": f"id-{name}", "author": "app", "data": {"interaction_id": key}}
            self.see(at + 50_000, "discord", "answer", **seen)
        return f"discord:{key}"

    def enter(
        self,
        kind: str,
        at: int,
        public: Mapping[str, object],
        private: Mapping[str, object],
        drop: str = "mug",
    ) -> EntryRow:
        number = len(self.entries) + 1
        sealed = json.dumps(private).encode()
        salt = bytes(16)
        document = {"v": 1, "number": number, "at": at, "kind": kind, "drop": drop, "public": public}
        document["private"] = hashlib.sha256(salt + sealed).hexdigest()
        canonical = json.dumps(document).encode()
        leaf = hashlib.sha256(b"\x00" + canonical).digest()
        self.entries.append(EntryRow(number, at, kind, drop, canonical, leaf, sealed, salt))
        return self.entries[-1]

    def grant(self, name: str, request: str, number: int, at: int) -> None:
        platform = request.partition(":")[0]
        who = (platform, f"id-{name}")
        person = self.people.setdefault(who, len(self.people) + 1)
        private = {"platform": platform, "user": who[1], "name": name, "request": request}
        entry = self.enter("unit.granted", at, {"number": number, "how": "claim"}, private)
        self.units.append(UnitRow("mug", number, person, "claim", at, entry.number))
        decision = {"drop": "mug", "number": number}
        self.outcomes.append(OutcomeRow(request, "claim.granted", "mug", *who, decision, at, at))

    def refuse(self, name: str, request: str, because: str, at: int) -> None:
        who = (request.partition(":")[0], f"id-{name}")
        decision = {"drop": "mug", "because": because}
        self.outcomes.append(OutcomeRow(request, "claim.refused", "mug", *who, decision, at, at))

    def announce(self, kind: str, text: str, at: int, drop: str = "mug") -> None:
        """News in both places, with the rows that say so."""
        line = self.bot(text, at)
        card = self._next()
        self.see(at, "discord", "message", place=CARDS, text=text, data={"message_id": card, "buttons": []})
        self.news.append(NewsRow("twitch:chat", kind, drop, "sent", line, at))
        self.news.append(NewsRow("discord:announcements", kind, drop, "sent", card, at))

    def case(self, drops: Sequence[JudgedDrop] = (MUG,), **changes: Any) -> Case:
        ledger = LedgerFile(
            entries=tuple(self.entries),
            units=tuple(self.units),
            outcomes=tuple(self.outcomes),
            news=tuple(self.news),
            identities=dict(self.people),
            supplies={drop.key: drop.supply for drop in drops},
            ballots=tuple(self.ballots),
            passes=tuple(self.passes),
        )
        record = tuple(sorted(self.record, key=lambda seen: seen["at"]))
        values: Json = {"answer_gap": 6 * SECOND, "reminder_role": "7", **changes}
        return Case(drops=tuple(drops), record=record, ledger=ledger, **values)

    def _next(self) -> str:
        self.lines += 1
        return f"m{self.lines}"


def good_evening() -> Evening:
    """Three mugs: ann and bob win in chat, cat on Discord; dan comes too late for a unit and is covered."""
    evening = Evening()
    evening.announce("announced", "New drop: Teal Mug, 3 numbered.", OPENS - 60 * SECOND)
    evening.announce("opened", "Teal Mug is open: 3 to claim. Type !claim mug", OPENS)
    evening.enter("drop.opened", OPENS, {"closes_at": CLOSES}, {})
    ann = evening.says("ann", "!claim mug", OPENS + SECOND)
    bob = evening.says("Bob", "!claim", OPENS + SECOND + 1)
    evening.grant("ann", ann, 1, OPENS + SECOND + 2)
    evening.grant("Bob", bob, 2, OPENS + SECOND + 3)
    evening.bot("Teal Mug is yours: @ann #1, @Bob #2 (of 3)", OPENS + 2 * SECOND)
    cat = evening.presses("cat", OPENS + 3 * SECOND, "Teal Mug #3 of 3 is yours!")
    evening.grant("cat", cat, 3, OPENS + 3 * SECOND + 1)
    dan = evening.says("dan", "!claim mug", OPENS + 5 * SECOND)
    evening.refuse("dan", dan, "sold-out", OPENS + 5 * SECOND + 1)
    evening.announce("sold-out", "Teal Mug is sold out: 3 claimed.", OPENS + 6 * SECOND)
    evening.enter("drop.closed", CLOSES, {"why": "time"}, {})
    evening.announce("closed", "Teal Mug is closed: 3 of 3 found an owner.", CLOSES)
    return evening
