"""How near the bot came to what each platform lets it say."""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from bot.rehearsal.evidence import Case
from bot.rehearsal.moments import SECOND

TWITCH_SECONDS, TWITCH_LINES, TWITCH_LINES_AS_MODERATOR = 30, 20, 100
DISCORD_SECONDS, DISCORD_MESSAGES = 5, 5


@dataclass(frozen=True, slots=True)
class Budget:
    """At its `peak`, `at` (microseconds UTC), the bot had said so much in the `seconds` before; `limit` is what the
    platform takes. `place` is where; Discord counts each channel."""

    platform: str
    place: str
    peak: int
    at: int
    limit: int
    seconds: int
    total: int
    refused: int

    def as_public(self, begins_at: int) -> dict[str, object]:
        """Seconds count from `begins_at`."""
        return {
            "platform": self.platform,
            "where": self.place,
            "most": self.peak,
            "at": round((self.at - begins_at) / SECOND, 3),
            "limit": self.limit,
            "in_seconds": self.seconds,
            "sent": self.total,
            "refused": self.refused,
        }


def budgets(case: Case) -> tuple[Budget, ...]:
    """Twitch chat, and the Discord channel that came nearest to its limit; only where the bot said something."""
    return (*_twitch(case), *_discord(case))


def _twitch(case: Case) -> Iterator[Budget]:
    lines = list(case.bot_lines())
    if not lines:
        return
    bots = {seen["author"] for seen in lines}
    refused = sum(
        seen["platform"] == "twitch" and seen["kind"] == "refused" and seen["author"] in bots
        for seen in case.record
    )
    limit = TWITCH_LINES_AS_MODERATOR if case.bot_moderates else TWITCH_LINES
    most, at = peak((seen["at"] for seen in lines), TWITCH_SECONDS)
    yield Budget("twitch", "twitch:chat", most, at, limit, TWITCH_SECONDS, len(lines), refused)


def _discord(case: Case) -> Iterator[Budget]:
    by_channel: defaultdict[str, list[int]] = defaultdict(list)
    for seen in case.record:
        if seen["platform"] == "discord" and seen["kind"] == "message" and seen["data"].get("bot", True):
            by_channel[seen["place"]].append(seen["at"])
    found = []
    for place, instants in by_channel.items():
        most, at = peak(instants, DISCORD_SECONDS)
        found.append(Budget("discord", place, most, at, DISCORD_MESSAGES, DISCORD_SECONDS, len(instants), 0))
    if found:
        yield max(found, key=lambda each: each.peak)


def peak(instants: Iterable[int], seconds: int) -> tuple[int, int]:
    """The most instants (microseconds) within any span [t, t + seconds), and the last one of that span."""
    recent: deque[int] = deque()
    most, when = 0, 0
    for at in sorted(instants):
        recent.append(at)
        while recent[0] <= at - seconds * SECOND:
            recent.popleft()
        if len(recent) > most:
            most, when = len(recent), at
    return most, when
