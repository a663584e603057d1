"""`microdrops restore`: what is put back, what is frozen, and what to type next."""

from __future__ import annotations

import shlex
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import typer

from bot.config import Config
from bot.domain.backup import read_name
from bot.domain.drops import Drop
from bot.domain.restore import DropThawed, ThawDecision, ThawRefusal, ThawRefused, ranges_of
from bot.domain.time import SECOND, span_text
from bot.exits import FINE, FOUND_WRONG, USED_WRONG
from bot.opening import NOT_OPENED, SystemClock, why_not
from bot.restoring import (
    Found,
    NotRestored,
    Sighting,
    find_backup,
    freeze,
    frozen,
    look_on_discord,
    restore,
    thaw,
)
from bot.views.backup import failed, moment_text, print_json, say_wrong, tell_skipped, told


@dataclass(frozen=True, slots=True)
class RestoreOptions:
    """What was typed. `last_public` are the texts of --last-public, like "mug=31"."""

    which: str | None
    last_public: tuple[str, ...]
    others_unchanged: bool
    freeze: bool
    channel: str | None
    yes: bool
    as_json: bool


def run_restore(config: Config, options: RestoreOptions) -> int:
    """Restore, thaw, or say what is frozen, whichever was asked for; returns the exit code."""
    last_public = _read_last_public(options.last_public)
    if isinstance(last_public, str):
        return failed(last_public, as_json=options.as_json, code=USED_WRONG)
    report: dict[str, Any] = {}
    try:
        if options.which is not None:
            found = find_backup(config, options.which)
            if not _agreed(config, found, options):
                return USED_WRONG
            aside = restore(config, found, channel=options.channel, clock=SystemClock())
            report |= {"restored": str(found.path), "kept_aside": None if aside is None else str(aside)}
            if not options.as_json:
                kept = "" if aside is None else f" Today's ledger is kept as {aside.name}."
                typer.echo(f"Restored.{kept}")
        elif options.freeze:
            freeze(config)
        waiting = frozen(config)
        sighting = look_on_discord(config, tuple(waiting))
        too_low = _below_what_is_shown(waiting, sighting, last_public, options)
        decisions: Sequence[ThawDecision] = ()
        if (last_public or options.others_unchanged) and not too_low:
            decisions = thaw(config, last_public, others_unchanged=options.others_unchanged)
            waiting = frozen(config)
    except NotRestored as reason:
        return failed(f"Not restored: {reason}.", as_json=options.as_json)
    except NOT_OPENED as error:
        return failed(f"Nothing was done: {why_not(error)}.", as_json=options.as_json)
    refused = [*too_low, *(_refusal(each) for each in decisions if isinstance(each, ThawRefused))]
    asked_only = options.which is None and not (options.freeze or decisions or too_low)
    code = FOUND_WRONG if refused or (asked_only and waiting) else FINE
    if options.as_json:
        thawed = [_thawed_as_public(each) for each in decisions if isinstance(each, DropThawed)]
        report |= {"thawed": thawed, "refused": refused}
        print_json(report | {"frozen": [_frozen_as_public(drop, sighting) for drop in waiting.values()]})
        return code
    for sentence in (*refused, *(_thawed(each) for each in decisions if isinstance(each, DropThawed))):
        typer.echo(sentence)
    _tell_waiting(config, waiting, sighting)
    if not waiting and asked_only:
        typer.echo(
            "Nothing is frozen. The copies: microdrops backup --list; the newest: microdrops restore latest."
        )
    return code


def _read_last_public(texts: Sequence[str]) -> dict[str, int] | str:
    """Numbers by drop, or what is wrong with a text."""
    numbers: dict[str, int] = {}
    for text in texts:
        drop, equals, number = (part.strip() for part in text.partition("="))
        if not (drop and equals and number.isascii() and number.isdigit() and len(number) < 10):
            return f'--last-public {text}: write a drop\'s name and a number, like "mug=31".'
        if drop in numbers:
            return f"--last-public {text}: there are two numbers for {drop}."
        numbers[drop] = int(number)
    return numbers


def _below_what_is_shown(
    waiting: Mapping[str, Drop], sighting: Sighting, last_public: Mapping[str, int], options: RestoreOptions
) -> list[str]:
    """Numbers that our own cards contradict: what they show was made public, whoever has forgotten it."""
    wrong = []
    for key, (shown, _) in sighting.numbers.items():
        unchanged = waiting[key].last_number if options.others_unchanged else None
        said = last_public.get(key, unchanged)
        if said is not None and said < shown:
            wrong.append(f"{key}: Discord shows #{shown}, so the last one cannot be #{said}; nothing was thawed.")
    return wrong


def _agreed(config: Config, found: Found, options: RestoreOptions) -> bool:
    """Whether the operator wants this copy in the place of today's ledger."""
    if not options.as_json:
        tell_skipped(found)
        typer.echo(f"{found.path.name}{_age(config, found.path)}: {told(found.checked)}.")
    if options.yes:
        return True
    if options.as_json or not sys.stdin.isatty():
        say_wrong("Add --yes to put it in the place of today's ledger, which is kept aside.")
        return False
    return typer.confirm("Put it in the place of today's ledger, which is kept aside?")


def _tell_waiting(config: Config, waiting: Mapping[str, Drop], sighting: Sighting) -> None:
    if not waiting:
        return
    if sighting.why_not:
        typer.echo(f"Discord could not be asked what our cards show: {sighting.why_not}.")
    typer.echo("Frozen until you say which number of it was the last that anybody was told:")
    for key, drop in waiting.items():
        typer.echo(f"  {key}  {drop.title}: {_what_is_known(config, drop, sighting)}")
    typer.echo("A number in chat may be higher: chat is faster than a card. Then type, with the bot stopped:")
    typer.echo(f"  {thaw_command(config, waiting, sighting)}")
    if len(waiting) > 1:
        typer.echo("--others-unchanged stands for all the drops that have handed out nothing since the copy.")


def _what_is_known(config: Config, drop: Drop, sighting: Sighting) -> str:
    ledger = f"the ledger knows #{drop.last_number}" if drop.last_number else "the ledger knows of none"
    seen = sighting.numbers.get(drop.key)
    if seen is None:
        return f'{ledger}; look in chat for the highest number after "{drop.title} #"'
    number, shown_at = seen
    at = moment_text(int(shown_at.timestamp()) * SECOND, config.zone)
    return f"{ledger}, Discord shows {number} of {drop.plan.supply} ({at})"


def thaw_command(config: Config, waiting: Mapping[str, Drop], sighting: Sighting) -> str:
    """What to type next: with the numbers that our cards show, and N where nobody has looked yet."""
    words = ["microdrops", "restore"]
    if config.file != Path("config.toml").absolute():
        words += ["--config", shlex.quote(str(config.file))]
    for key, drop in waiting.items():
        seen = sighting.numbers.get(key)
        words += ["--last-public", f"{key}={'N' if seen is None else max(seen[0], drop.last_number)}"]
    return " ".join(words)


def _thawed(thawed: DropThawed) -> str:
    left = f"{thawed.title} goes on, {thawed.units_left} of {thawed.supply} left to claim."
    if not thawed.lost:
        return f"{left} Nothing was lost."
    lost = ", ".join(f"#{a}" if a == b else f"#{a} to #{b}" for a, b in ranges_of(thawed.lost))
    return f"{left} Written off: {lost}. Everybody is told when the bot starts."


def _refusal(refused: ThawRefused) -> str:
    match refused.because:
        case ThawRefusal.UNKNOWN_DROP:
            return f"{refused.drop}: there is no such drop; frozen are: {', '.join(refused.choices) or 'none'}."
        case ThawRefusal.NOT_FROZEN:
            return f"{refused.drop}: it is not frozen; frozen are: {', '.join(refused.choices) or 'none'}."
        case ThawRefusal.BELOW_LEDGER:
            return f"{refused.drop}: the ledger itself knows #{refused.last_number}; it cannot be below that."
        case ThawRefusal.ABOVE_SUPPLY:
            return f"{refused.drop}: there are only {refused.supply}; it cannot be above that."


def _thawed_as_public(thawed: DropThawed) -> dict[str, Any]:
    return {"drop": thawed.drop, "lost": list(thawed.lost), "units_left": thawed.units_left}


def _frozen_as_public(drop: Drop, sighting: Sighting) -> dict[str, Any]:
    number, shown_at = sighting.numbers.get(drop.key, (None, None))
    at = None if shown_at is None else shown_at.isoformat()
    known = {"drop": drop.key, "supply": drop.plan.supply, "last_in_ledger": drop.last_number}
    return {**known, "last_on_discord": number, "shown_at": at}


def _age(config: Config, path: Path) -> str:
    named = read_name(path.name, config.ledger.path.stem) if config.ledger.path else None
    if named is None:
        return ""
    ago = span_text(max(0, time.time_ns() // 1000 - named.taken_at))
    return f", of {moment_text(named.taken_at, config.zone)} ({ago} ago)"
