"""What went wrong on purpose: the faults of a record, each from its beginning to its end."""

from __future__ import annotations

from collections.abc import Container, Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from bot.rehearsal.faults import FAULTS
from bot.rehearsal.moments import SECOND

UNDER_WAY = 2 * SECOND
"""Between being delivered and being decided a claim may be under way this long, in microseconds."""
# So long the bot may need to be back after a fault.
_RECOVERY = 10 * SECOND
# So far behind, in microseconds, may be what a bot reads on a machine that has no time for it.
_READS_LATE = 10 * SECOND
_RESTARTS = ("bot-killed", "bot-stopped")
# These take the platform away from the bot, or the bot from the platform.
_OUTAGES = frozenset(
    {
        "twitch-close",
        "twitch-reset",
        "twitch-no-welcome",
        "twitch-silence",
        "twitch-errors",
        "twitch-html",
        "twitch-revoked",
        "discord-gone",
        "discord-close",
        "discord-reset",
        "discord-silence",
        "discord-errors",
        "discord-limited",
    }
)


@dataclass(frozen=True, slots=True)
class Trouble:
    """One fault; instants in microseconds UTC. `ends_at` is `begins_at` for one that is over at once, `skipped`
    says why it could not strike. `by` is how many seconds a clock was moved, 0 for everything else."""

    name: str
    text: str
    begins_at: int
    ends_at: int
    skipped: str = ""
    by: float = 0.0

    @property
    def where(self) -> str:
        """ "twitch", "discord", "bot", "disk" or "clock"; "" for a fault that the catalogue does not have."""
        fault = FAULTS.get(self.name)
        return fault.where if fault is not None else ""

    @property
    def is_restart(self) -> bool:
        return self.name in _RESTARTS

    @property
    def is_outage(self) -> bool:
        return self.name in _OUTAGES

    def disturbs(self, at: int) -> bool:
        """Whether what was asked at this instant may have met the fault, on its way or while the bot came back."""
        return self.begins_at - UNDER_WAY <= at <= self.is_over_at

    @property
    def is_over_at(self) -> int:
        """From when on all should be well again (microseconds UTC)."""
        return self.ends_at + _RECOVERY

    def strikes(self, platform: str) -> bool:
        """Whether people on this platform may notice it."""
        return self.where not in ("twitch", "discord") or self.where == platform


def never_calm(troubles: Iterable[Trouble], platform: str, begin: int, end: int) -> bool:
    """Whether one trouble after the other struck this platform, or the bot, all the time from `begin` to `end`."""
    at = begin
    for trouble in sorted(troubles, key=lambda each: each.begins_at):
        if (trouble.is_outage or trouble.is_restart) and trouble.strikes(platform) and trouble.disturbs(at):
            at = max(at, trouble.is_over_at)
    return at >= end


def unread_spans(
    struck: Iterable[Trouble], record: Iterable[Mapping[str, Any]], decided: Container[str]
) -> tuple[tuple[int, int], ...]:
    """When what was typed may never have been read: before an end of the bot, or of its connection without a
    goodbye, until it is back. A bot that gets no time reads late, but in order: what comes before something that it
    has `decided`, by the request's name, it has read."""
    read = [seen["at"] for seen in record if f"twitch:{seen['data'].get('message_id')}" in decided]
    found = []
    for cut in struck:
        if cut.is_restart or cut.name == "twitch-reset":
            read_until = max((at for at in read if at <= cut.begins_at), default=0)
            begin = max(read_until, cut.begins_at - _READS_LATE)
            found.append((min(begin, cut.begins_at - UNDER_WAY), cut.ends_at))
    return tuple(found)


def troubles_of(record: Iterable[Mapping[str, Any]]) -> tuple[Trouble, ...]:
    """Read the faults of a record. One without an end lasts as long as was planned, or was over at once."""
    found: list[Trouble] = []
    open_by_name: dict[str, int] = {}
    for seen in record:
        if seen["kind"] != "fault":
            continue
        data = seen["data"]
        name, at = str(data.get("name", "")), int(seen["at"])
        match data.get("state"):
            case "begins":
                planned = at + round(float(data.get("seconds") or 0) * SECOND)
                open_by_name[name] = len(found)
                found.append(Trouble(name, seen["text"], at, planned, by=_moved(name, data)))
            case "ends" if name in open_by_name:
                index = open_by_name.pop(name)
                found[index] = replace(found[index], ends_at=at)
            case "skipped":
                found.append(Trouble(name, seen["text"], at, at, skipped=str(data.get("why") or seen["text"])))
    return tuple(found)


def _moved(name: str, data: Mapping[str, Any]) -> float:
    if name != "clock-moved":
        return 0.0
    options = data.get("options")
    by = data.get("by", options.get("by") if isinstance(options, Mapping) else None)
    return float(by if by is not None else FAULTS[name].options["by"])
