"""What the platforms themselves knew of each account, moment by moment: the stage's own truth."""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from bot.rehearsal.gate_text import Literal
from bot.rehearsal.moments import SECOND
from bot.stage.record import SeenLine

Who = tuple[str, str]

DAY = 86_400 * SECOND
_FROM_THE_START = "is known"
# Whoever steers was furnished with the stage, and what these have is not in the record.
_STAFF = ("moderator", "streamer")
_BADGES = ("vip", "moderator", "founder")
# What only Twitch or only Discord can say; an account on the other platform is none of it.
_TWITCH = frozenset({"subscriber", "gift", "follower", "follower_days", *_BADGES})
_DISCORD = frozenset({"role", "booster", "member_days", "role_subscriber"})


class Standings:
    """Of everybody in a record."""

    def __init__(self, record: Iterable[SeenLine]) -> None:
        self._since: defaultdict[Who, list[int]] = defaultdict(list)
        self._facts: defaultdict[Who, list[Mapping[str, Any]]] = defaultdict(list)
        self._crowd: set[Who] = set()
        for seen in record:
            if seen["kind"] == "standing":
                who = (str(seen["platform"]), str(seen["author"]))
                first = seen["text"] == _FROM_THE_START
                self._since[who].append(0 if first else int(seen["at"]))
                self._facts[who].append(seen["data"])
            elif seen["kind"] == "joined" and seen["data"].get("character") not in _STAFF:
                self._crowd.add((str(seen["data"].get("platform")), str(seen["author"])))

    def ever(self, people: Iterable[Who], literal: Literal, begin: int, end: int) -> bool:
        """Whether the condition, as it is written, can have been met by one human with these accounts at some
        moment from `begin` to `end` (microseconds UTC); also where the stage cannot tell."""
        return any(met in (literal.holds, None) for met in self._over(tuple(people), literal, begin, end))

    def always(self, people: Iterable[Who], literal: Literal, begin: int, end: int) -> bool:
        """Whether it was met for certain during all that time."""
        return all(met is literal.holds for met in self._over(tuple(people), literal, begin, end))

    def changed_within(self, people: Iterable[Who], begin: int, end: int) -> list[int]:
        """When anything about these accounts changed."""
        return [at for who in people for at in self._since[who] if begin < at <= end]

    def _over(self, people: tuple[Who, ...], literal: Literal, begin: int, end: int) -> Iterator[bool | None]:
        """Whether it is met without regard to "not", at each moment where that can change; None for unknown."""
        moments = {begin, end, *self.changed_within(people, begin, end)}
        for at in sorted(moments):
            answers = {self._met(who, literal, at) for who in people}
            yield True if True in answers else None if None in answers else False

    def _met(self, who: Who, literal: Literal, at: int) -> bool | None:
        word = literal.word
        if word not in _TWITCH | _DISCORD:
            return None
        if word == "moderator" and who[0] == "discord":
            # Whoever steers there is one where polls ask for moderators, and nobody of the crowd does.
            return False if who in self._crowd else None
        if (word in _TWITCH) != (who[0] == "twitch"):
            return False
        index = bisect_right(self._since[who], at) - 1
        if index < 0:
            return False if who in self._crowd else None
        facts = self._facts[who][index]
        since = {
            "follower": facts.get("follows_since"),
            "follower_days": facts.get("follows_since"),
            "booster": facts.get("boosts_since"),
            "member_days": facts.get("joined_at"),
        }
        if word in since:
            days, begun = literal.at_least if word.endswith("_days") else 0, since[word]
            return begun is not None and at >= int(begun) + days * DAY
        match word:
            case "subscriber":
                return int(facts.get("tier") or 0) // 1000 >= literal.at_least
            case "gift":
                return bool(facts.get("gift"))
            case "role":
                return literal.subject.casefold() in [str(role).casefold() for role in facts.get("roles", ())]
            case "role_subscriber":
                return None
        return word in facts.get("badges", ())
