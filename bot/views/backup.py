"""`microdrops backup`: copies made, listed and checked, told in sentences or in JSON."""

from __future__ import annotations

import json
from typing import Any
from zoneinfo import ZoneInfo

import typer

from bot.config import Config
from bot.domain.backup import Occasion
from bot.domain.time import in_zone
from bot.exits import FINE, FOUND_WRONG, USED_WRONG
from bot.opening import NOT_OPENED, SystemClock
from bot.restoring import Found, NotRestored, find_backup
from bot.storage.backup import BrokenBackup, Checked, list_backups, make_backup

POSTGRESQL = "The ledger is on PostgreSQL: copy it with pg_dump, which Microdrops leaves to you."


def run_backup(config: Config, *, as_json: bool) -> int:
    """Make a copy now and say where it is; returns the exit code."""
    ledger = config.ledger.path
    if ledger is None:
        return say_wrong(POSTGRESQL, USED_WRONG)
    now = SystemClock().now()
    try:
        made = make_backup(
            ledger, config.ledger.backups_folder, Occasion.BY_HAND, now=now, keeping=config.ledger.keeping
        )
    except BrokenBackup as broken:
        return failed(f"No copy was made: {broken}.", as_json=as_json)
    if as_json:
        print_json({"path": str(made.path), **checked_as_public(made.checked)})
    else:
        typer.echo(f"Copied to {made.path}: {told(made.checked)}.")
    return FINE


def run_list(config: Config, *, as_json: bool) -> int:
    """List the copies, newest first; returns the exit code."""
    ledger, folder = config.ledger.path, config.ledger.backups_folder
    if ledger is None:
        return say_wrong(POSTGRESQL, USED_WRONG)
    try:
        backups = list_backups(folder, ledger.stem)
        sizes = {backup.name: (folder / backup.name).stat().st_size for backup in backups}
    except OSError as error:
        return failed(f"The folder {folder} cannot be read: {error.strerror}.", as_json=as_json)
    if as_json:
        print_json(
            [
                {"path": str(folder / b.name), "taken_at": b.taken_at, "why": b.why, "bytes": sizes[b.name]}
                for b in backups
            ]
        )
        return FINE
    if not backups:
        typer.echo(f"There is no copy of {ledger.name} in {folder} yet.")
    for backup in backups:
        when = moment_text(backup.taken_at, config.zone)
        typer.echo(f"{when}  {backup.why:<12}  {_size(sizes[backup.name]):>8}  {backup.name}")
    return FINE


def run_check(config: Config, which: str, *, as_json: bool) -> int:
    """Check a copy without restoring it; returns the exit code."""
    try:
        found = find_backup(config, which)
    except (NotRestored, *NOT_OPENED) as error:
        return failed(f"Not good: {error}.", as_json=as_json)
    if as_json:
        print_json({"path": str(found.path), **checked_as_public(found.checked)})
    else:
        tell_skipped(found)
        typer.echo(f"{found.path.name} is good: {told(found.checked)}.")
    return FINE


def told(checked: Checked) -> str:
    def count(number: int, one: str, many: str) -> str:
        return f"{number:,} {one if number == 1 else many}"

    entries, units = count(checked.entries, "entry", "entries"), count(checked.units, "unit", "units")
    return f"{_size(checked.bytes)}, {entries}, {units}, checked"


def checked_as_public(checked: Checked) -> dict[str, Any]:
    sizes = {"bytes": checked.bytes, "entries": checked.entries, "units": checked.units}
    return {**sizes, "revision": checked.revision, "channels": list(checked.channels)}


def tell_skipped(found: Found) -> None:
    for reason in found.skipped:
        say_wrong(f"Skipped: {reason}.")


def moment_text(at: int, zone: ZoneInfo) -> str:
    return in_zone(at, zone).strftime("%Y-%m-%d %H:%M:%S")


def _size(count: int) -> str:
    return f"{count / 1_000_000:.1f} MB" if count >= 1_000_000 else f"{count / 1_000:.0f} kB"


def failed(sentence: str, *, as_json: bool, code: int = FOUND_WRONG) -> int:
    if as_json:
        print_json({"failed": sentence})
        return code
    return say_wrong(sentence, code)


def say_wrong(sentence: str, code: int = FOUND_WRONG) -> int:
    typer.echo(sentence, err=True)
    return code


def print_json(answer: object) -> None:
    typer.echo(json.dumps(answer, ensure_ascii=False, indent=2))
