"""What the judge has to go by: who was there, what they asked for, and what each of them was told."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

from bot.rehearsal.hearing import Heard, listen, same, typed, visible
from bot.rehearsal.ledger import LedgerFile, OutcomeRow

Json = Mapping[str, Any]
Who = tuple[str, str]
"""A platform and a user id."""


@dataclass(frozen=True, slots=True)
class JudgedDrop:
    """What a drop promised. Instants in microseconds UTC; `opens_at` is None for a drop on cue."""

    key: str
    title: str
    supply: int
    held_back: int
    per_person: int
    opens_at: int | None


@dataclass(frozen=True, slots=True)
class Ask:
    """Somebody asked for a unit. `request` is the request's name in the ledger; `drop` is what was meant, ""
    where that is not certain; `plain` is False for letters that a bot need not understand."""

    request: str
    who: Who
    drop: str
    at: int
    text: str
    plain: bool = True


@dataclass(frozen=True, slots=True)
class Told:
    """Somebody was told something; `request` is known only where the answer was private."""

    who: Who
    drop: str
    numbers: tuple[int, ...]
    at: int
    text: str
    request: str = ""


@dataclass(frozen=True)
class Case:
    """Everything that is laid before the judge. `secrets` may stand in none of the `written` files."""

    drops: tuple[JudgedDrop, ...]
    record: tuple[Json, ...]
    ledger: LedgerFile
    claim_words: tuple[str, ...] = ("!claim", "!md claim")
    answer_gap: int = 30_000_000
    twitch: bool = True
    discord: bool = True
    reminder_role: str = ""
    secrets: tuple[str, ...] = field(default=(), repr=False)
    written: tuple[Path, ...] = ()
    log_level: str = "debug"

    @cached_property
    def titles(self) -> dict[str, str]:
        return {visible(drop.title): drop.key for drop in self.drops}

    @cached_property
    def names(self) -> dict[Who, str]:
        """Shown names of everybody who did anything."""
        acted = ("joined", "chat", "refused", "slash", "press")
        found: dict[Who, str] = {}
        for seen in self.record:
            if seen["kind"] in acted and not seen["data"].get("bot"):
                found[_platform(seen), seen["author"]] = seen["name"]
        return found

    @cached_property
    def asks(self) -> tuple[Ask, ...]:
        """In the order in which the stage delivered them."""
        return tuple(ask for seen in self.record if (ask := self._ask(seen)) is not None)

    @cached_property
    def told(self) -> tuple[Told, ...]:
        """In the order in which it was seen."""
        return tuple(told for seen in self.record for told in self._told(seen))

    @cached_property
    def outcomes(self) -> dict[str, OutcomeRow]:
        return {outcome.request: outcome for outcome in self.ledger.outcomes}

    @cached_property
    def granted(self) -> dict[str, list[tuple[int, Who]]]:
        """By drop: every number the entries give away and do not take back, and to whom."""
        found: defaultdict[str, list[tuple[int, Who]]] = defaultdict(list)
        for entry in self.ledger.entries:
            if entry.kind == "unit.granted":
                secret = entry.secret
                who = (str(secret.get("platform", "")), str(secret.get("user", "")))
                found[entry.drop].append((int(entry.public.get("number", 0)), who))
            elif entry.kind == "unit.voided":
                left = [(number, who) for number, who in found[entry.drop] if number != entry.public.get("number")]
                found[entry.drop] = left
        return dict(found)

    def bot_lines(self) -> Iterable[Json]:
        return (seen for seen in self.record if seen["kind"] == "chat" and seen["data"].get("bot"))

    def name(self, who: Who) -> str:
        return f"{self.names.get(who, who[1])} ({who[0]})"

    def drop(self, key: str) -> JudgedDrop | None:
        return next((drop for drop in self.drops if drop.key == key), None)

    @cached_property
    def _twitch_people(self) -> dict[str, Who]:
        people: dict[str, Who] = {}
        for seen in self.record:
            if _platform(seen) == "twitch" and seen["kind"] in ("joined", "chat") and not seen["data"].get("bot"):
                who = ("twitch", seen["author"])
                people[same(seen["name"])] = people[same(seen["data"].get("login", seen["name"]))] = who
        return people

    def _ask(self, seen: Json) -> Ask | None:
        kind, data, text = seen["kind"], seen["data"], seen["text"]
        if kind == "chat" and not data.get("bot"):
            meant = typed(text)
            for word in self.claim_words:
                if meant == word or meant.startswith(word + " "):
                    plain = visible(text).strip().isascii() or visible(text).startswith("!")
                    drop = self._meant(meant[len(word) :].strip())
                    return Ask(f"twitch:{data['message_id']}", _who(seen), drop, seen["at"], text, plain)
        if kind == "slash" and data.get("command") == "claim":
            drop = self._meant(typed(str(data.get("options", {}).get("drop", ""))))
            return Ask(f"discord:{data['interaction_id']}", _who(seen), drop, seen["at"], text)
        if kind == "press" and "claim" in str(data.get("custom_id", "")).split(":"):
            drop = str(data["custom_id"]).rpartition(":")[2]
            return Ask(f"discord:{data['interaction_id']}", _who(seen), drop, seen["at"], text)
        return None

    def _meant(self, words: str) -> str:
        """The drop that was named without a doubt; without a name, the only one there is."""
        if not words:
            return self.drops[0].key if len(self.drops) == 1 else ""
        exact = [drop.key for drop in self.drops if words in (drop.key, typed(drop.title))]
        return exact[0] if len(exact) == 1 else ""

    def _told(self, seen: Json) -> Iterable[Told]:
        if seen["kind"] == "chat" and seen["data"].get("bot"):
            for heard in _together(listen(seen["text"], self.titles)):
                who = self._twitch_people.get(heard.name, ("twitch", f"@{heard.name}"))
                yield Told(who, heard.drop, heard.numbers, seen["at"], seen["text"])
        elif seen["kind"] == "answer" and seen["visible_to"]:
            request = f"discord:{seen['data'].get('interaction_id', '')}"
            for heard in _together(listen(seen["text"], self.titles, private=True)):
                who = ("discord", seen["visible_to"])
                yield Told(who, heard.drop, heard.numbers, seen["at"], seen["text"], request)


def _together(heard: list[Heard]) -> list[Heard]:
    """One per name: with its numbers where there are any."""
    with_numbers = [each for each in heard if each.numbers]
    named = {each.name for each in with_numbers}
    rest = dict.fromkeys(each for each in heard if not each.numbers and each.name not in named)
    return [*with_numbers, *rest]


def _platform(seen: Json) -> str:
    return str(seen["data"].get("platform", seen["platform"]))


def _who(seen: Json) -> Who:
    return _platform(seen), str(seen["author"])
