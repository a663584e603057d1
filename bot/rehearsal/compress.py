"""Tonight in forty seconds: the streamer's own configuration, pointed at the stage and with short windows."""

from __future__ import annotations

import secrets
import tomllib
import unicodedata
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import tomlkit

from bot.rehearsal.hearing import visible
from bot.rehearsal.moments import SECOND
from bot.rehearsal.options import Tempo
from bot.rehearsal.played import Played, PlayedDrop, PlayedPoll
from bot.rehearsal.script import PlannedPoll
from bot.rehearsal.timing import stage_polls

# More than this is no title, or not shown.
_MARKS_MAX = 2
_TITLE_CHARACTERS_MAX = 60
TIMES = ("announce", "opens", "closes", "lasts", "every", "season", "starts", "skip", "announce_before")
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_USUAL_SHARE = "50%"

_SECRETS = {
    ("twitch", "client_secret"): "MICRODROPS_REHEARSAL_CLIENT_SECRET",
    ("twitch", "bot_token"): "MICRODROPS_REHEARSAL_BOT_TOKEN",
    ("twitch", "bot_refresh_token"): "MICRODROPS_REHEARSAL_BOT_REFRESH_TOKEN",
    ("twitch", "streamer_token"): "MICRODROPS_REHEARSAL_STREAMER_TOKEN",
    ("twitch", "streamer_refresh_token"): "MICRODROPS_REHEARSAL_STREAMER_REFRESH_TOKEN",
    ("discord", "token"): "MICRODROPS_REHEARSAL_DISCORD_TOKEN",
}
DEFAULT_TEMPO = Tempo()
# A secret that no program was told to read: it may appear nowhere at all.
_CANARY = "MICRODROPS_REHEARSAL_CANARY"


@dataclass(frozen=True, slots=True)
class Play:
    """A compressed evening: the file for the bot, its secrets, and what the crowd and the judge go by.

    `lasts_until` is when the last window ends if all goes as planned."""

    text: str
    environment: dict[str, str] = field(repr=False)
    drops: tuple[PlayedDrop, ...]
    words: Mapping[str, str]
    twitch: bool
    discord: bool
    reminder_role: str
    fingerprints: bool = True
    attaches: bool = True
    polls: tuple[PlayedPoll, ...] = ()
    bare_votes: bool = True

    @property
    def everything(self) -> tuple[Played, ...]:
        """All that a moment of a script can name, the drops first."""
        return (*self.drops, *self.polls)

    @property
    def lasts_until(self) -> int:
        return max(each.closes_at for each in self.everything)

    @property
    def secrets(self) -> tuple[str, ...]:
        return tuple(self.environment.values())

    @property
    def claim_words(self) -> tuple[str, ...]:
        """What viewers type to claim, in small letters."""
        return self.words["claim"].casefold(), self.words["claim_again"].casefold()

    @property
    def vote_words(self) -> tuple[str, ...]:
        """What viewers type to vote, in small letters."""
        return self.words["vote"].casefold(), self.words["vote_again"].casefold()

    @property
    def spend_words(self) -> tuple[str, ...]:
        """What viewers type to vote and spend a pass on it, in small letters."""
        return self.words["spend"].casefold(), self.words["spend_again"].casefold()

    @property
    def link_words(self) -> tuple[str, ...]:
        """What viewers type to link two accounts, and to confirm it."""
        return self.words["link"].casefold(), self.words["yes"].casefold()


def compress(
    text: str,
    stage: Mapping[str, Any],
    ledger: Path,
    begins_at: int,
    tempo: Tempo = DEFAULT_TEMPO,
    drops: Sequence[Mapping[str, Any]] = (),
    polls: Sequence[PlannedPoll] = (),
) -> Play:
    """Rewrite a configuration that has been checked; `stage` is what the stage says of itself, `drops` are a
    script's own, which are played instead of those of the file, and `polls` what its moderator asks.

    Drops are announced from `begins_at` (microseconds UTC) on. What a drop promises (supply, held back, per
    person) stays as it stands; where it happens and how long it takes does not."""
    document = tomllib.loads(text)
    document["channel"] = {**document["channel"], "time_zone": "UTC"}
    document["ledger"] = {"url": str(ledger), "backups": str(ledger.parent / "backups")}
    document["endpoints"] = dict(stage["endpoints"])
    document["pace"] = {**document.get("pace", {}), **_pace(tempo)}
    environment = {_CANARY: f"canary-{secrets.token_hex(16)}"}
    environment |= _join_twitch(document, stage["twitch"])
    environment |= _join_discord(document, stage["discord"])
    if drops:
        document["drops"] = [dict(drop) for drop in drops]
    played = _rewrite_drops(document, begins_at, tempo)
    return Play(
        text=tomlkit.dumps(document),
        environment=environment,
        drops=played,
        words=_words(document.get("commands", {})),
        twitch="twitch" in document,
        discord="discord" in document,
        reminder_role=str(document.get("discord", {}).get("reminder_role", "")),
        fingerprints=bool(document.get("public", {}).get("fingerprints", True)),
        attaches=bool(document.get("public", {}).get("attach", True)),
        polls=stage_polls(polls, played),
        bare_votes=bool(document.get("polls", {}).get("bare", True)),
    )


def _pace(tempo: Tempo) -> dict[str, str]:
    soon = f"{max(1, round(tempo.before_opening / 2))}s"
    gap = f"{tempo.answer_gap}s"
    away = {"offline_pause": f"{tempo.offline_pause}s", "offline_close": f"{tempo.offline_close}s"}
    return {"soon_lead": soon, "resume_warning": soon, "milestone_gap": gap, "answer_gap": gap, **away}


def _join_twitch(document: dict[str, Any], cast: Mapping[str, Any]) -> dict[str, str]:
    if "twitch" not in document:
        return {}
    values = {
        "client_secret": cast["client_secret"],
        "bot_token": cast["bot"]["token"],
        "bot_refresh_token": cast["bot"]["refresh"],
        "streamer_token": cast["broadcaster"]["token"],
        "streamer_refresh_token": cast["broadcaster"]["refresh"],
    }
    document["twitch"] = {
        "channel": cast["broadcaster"]["login"],
        "channel_id": cast["broadcaster"]["id"],
        "bot_id": cast["bot"]["id"],
        "client_id": cast["client_id"],
        **{key: f"env:{_SECRETS['twitch', key]}" for key in values},
    }
    return {_SECRETS["twitch", key]: value for key, value in values.items()}


def _join_discord(document: dict[str, Any], server: Mapping[str, Any]) -> dict[str, str]:
    if "discord" not in document:
        return {}
    name = _SECRETS["discord", "token"]
    channels = server["channels"]
    document["discord"] = {
        "token": f"env:{name}",
        "server": server["guild_id"],
        "announcements": channels["announcements"],
        "moderators": channels["moderators"],
        "lounge": channels["lounge"],
        **({"reminder_role": server["roles"]["drop-reminders"]} if "reminder_role" in document["discord"] else {}),
    }
    return {name: server["token"]}


def _rewrite_drops(document: dict[str, Any], begins_at: int, tempo: Tempo) -> tuple[PlayedDrop, ...]:
    tables = document["drops"]
    tell_apart(tables)
    stagger = min(tempo.stagger, tempo.stagger_max / max(1, len(tables) - 1))
    played = []
    for number, table in enumerate(tables):
        announces_at = begins_at + round(number * stagger * SECOND)
        early_at = opens_at = announces_at + round(tempo.before_opening * SECOND)
        # One that recurs is played once.
        for key in TIMES:
            table.pop(key, None)
        table["announce"] = _local(announces_at)
        table["lasts"] = f"{tempo.window}s"
        gate = str(table.get("early", ""))
        if gate:
            table["early_for"] = f"{tempo.early}s"
            opens_at += tempo.early * SECOND
        on_cue = table.get("opening") == "cue"
        if not on_cue:
            table["opens"] = _local(opens_at)
        played.append(
            PlayedDrop(
                key=table["name"],
                title=table["title"],
                supply=table["supply"],
                held_back=table.get("held_back", 0),
                per_person=table.get("per_person", 1),
                on_cue=on_cue,
                announces_at=announces_at,
                opens_at=opens_at,
                closes_at=opens_at + tempo.window * SECOND,
                early=gate,
                early_at=early_at if gate else None,
                early_units=_early_units(table) if gate else 0,
            )
        )
    return tuple(played)


def _early_units(table: Mapping[str, Any]) -> int:
    """How many may go early: a number of units, or so many per cent of those that viewers can claim, rounded down,
    but one at least."""
    share = str(table.get("early_share", _USUAL_SHARE)).strip()
    if not share.endswith("%"):
        return int(share)
    claimable = int(table["supply"]) - int(table.get("held_back", 0))
    return max(1, claimable * int(share.removesuffix("%")) // 100)


def tell_apart(tables: Sequence[dict[str, Any]]) -> None:
    """Write each title as the bot shows it. Drops of the same one get their short names as well: weeks apart on
    the calendar and seconds apart here, nobody could say which of them a line means."""
    for table in tables:
        table["title"] = _as_shown(table["title"])
    shown = Counter(table["title"].casefold() for table in tables)
    for table in tables:
        if shown[table["title"].casefold()] > 1:
            name = f" · {table['name']}"
            table["title"] = table["title"][: _TITLE_CHARACTERS_MAX - len(name)].rstrip() + name


def _as_shown(title: str) -> str:
    """On one line, with single spaces, with nothing that the eye does not see, and without towers of accents."""
    words = " ".join(visible(title).split())
    seen = "".join(each for each in words if unicodedata.category(each) != "Cc")
    shown, marks = "", 0
    for each in unicodedata.normalize("NFC", seen):
        marks = marks + 1 if unicodedata.combining(each) else 0
        shown += each if marks <= _MARKS_MAX else ""
    return " ".join(shown.split())


def _local(at: int) -> str:
    """An instant as the file has it: UTC, which the rehearsal's channel lives in."""
    return (_EPOCH + timedelta(microseconds=at)).strftime("%Y-%m-%d %H:%M:%S.%f")


def _words(commands: Mapping[str, Any]) -> dict[str, str]:
    """What is typed for each command; one that is switched off still answers behind the prefix command."""
    prefix = str(commands.get("prefix", "md")).removeprefix("!")

    def typed(command: str) -> str:
        names = commands.get(command, command)
        first = names[0] if isinstance(names, list) else names
        return f"!{first.removeprefix('!')}" if isinstance(first, str) else f"!{prefix} {command}"

    return {
        "claim": typed("claim"),
        "claim_again": f"!{prefix} claim",
        "board": typed("drop"),
        "mine": typed("mine"),
        "link": typed("link"),
        "yes": typed("yes"),
        "poll": typed("poll"),
        "mod_vote": typed("modvote"),
        "vote": typed("vote"),
        "vote_again": f"!{prefix} vote",
        "spend": typed("pass"),
        "spend_again": f"!{prefix} pass",
    }
