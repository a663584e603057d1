"""`microdrops person`: what is kept about somebody, and forgetting them, told in sentences or in JSON."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Callable, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any, TypeVar
from uuid import uuid4

import typer
from sqlalchemy import Connection
from sqlalchemy.exc import SQLAlchemyError

from bot.config import Config
from bot.domain.people import Actor
from bot.domain.privacy import (
    EraseMe,
    ErasureAsked,
    ErasureDecision,
    ErasureRefusal,
    ErasureRefused,
    PersonErased,
)
from bot.exits import FINE, USED_WRONG
from bot.opening import CHANNEL_ID, NOT_OPENED, SystemClock, open_ledger, why_not
from bot.services.privacy import as_json as data_as_json
from bot.storage.database import ledger_url, snapshot_engine
from bot.storage.lane import nothing
from bot.storage.people import Found, find_people
from bot.storage.personal_data import personal_data
from bot.storage.private_file import write_private
from bot.storage.process_lock import LedgerInUse
from bot.views.backup import failed, moment_text, print_json, say_wrong

T = TypeVar("T")


def run_export(config: Config, who: str, out: Path | None) -> int:
    """Print or write all that is kept about a person; returns the exit code."""

    def read(connection: Connection) -> tuple[list[Found], dict[str, Any]]:
        found = find_people(connection, CHANNEL_ID, who)
        alone = len(found) == 1
        return found, personal_data(connection, CHANNEL_ID, found[0], SystemClock().now()) if alone else {}

    try:
        found, data = _read(config, read)
    except SQLAlchemyError as error:
        return say_wrong(f"Nothing was read: {why_not(error)}.")
    if len(found) != 1:
        return _not_one(who, found, as_json=False)
    if out is None:
        typer.echo(data_as_json(data), nl=False)
        return FINE
    try:
        write_private(out, data_as_json(data))
    except OSError as error:
        return say_wrong(f"{out} cannot be written: {error.strerror}.", USED_WRONG)
    return FINE


def run_erase(config: Config, who: str, *, yes: bool, as_json: bool) -> int:
    """Explain, ask and forget a person; returns the exit code."""
    try:
        found = _read(config, lambda connection: find_people(connection, CHANNEL_ID, who))
        if len(found) != 1:
            return _not_one(who, found, as_json=as_json)
        person = found[0]
        decision = asyncio.run(_decide(config, person, confirmed=False))
        if isinstance(decision, ErasureAsked):
            if not _agreed(config, person, decision, yes=yes, as_json=as_json):
                return USED_WRONG
            decision = asyncio.run(_decide(config, person, confirmed=True))
    except LedgerInUse as in_use:
        return failed(f"Nothing was done: {in_use}, or let them type !forgetme.", as_json=as_json)
    except NOT_OPENED as error:
        return failed(f"Nothing was done: {why_not(error)}.", as_json=as_json)
    if not isinstance(decision, PersonErased):
        return failed(_refusal(config, decision), as_json=as_json)
    if as_json:
        print_json({"erased": asdict(decision), "still_in": _still_in(config)})
    else:
        entries = _count(decision.entries, "entry of the ledger tells", "entries of the ledger tell")
        typer.echo(f"Forgotten: {entries} of nobody now. {_still_in(config)}")
    return FINE


async def _decide(config: Config, person: Found, *, confirmed: bool) -> ErasureDecision:
    platform, user_id, name = person.accounts[0]
    command = EraseMe(CHANNEL_ID, f"person:{uuid4().hex}", Actor(platform, user_id, name), confirmed)
    async with open_ledger(config, SystemClock(), nothing) as ledger:
        decision: ErasureDecision = (await ledger.lane.submit(command)).decision
        return decision


def _read(config: Config, reading: Callable[[Connection], T]) -> T:
    engine = snapshot_engine(ledger_url(config.ledger.url))
    try:
        with engine.connect() as connection, connection.begin():
            return reading(connection)
    finally:
        engine.dispose()


def _not_one(who: str, found: Sequence[Found], *, as_json: bool) -> int:
    if not who.strip(" :"):
        return failed("Say whom: twitch:ID, discord:ID, or a name.", as_json=as_json, code=USED_WRONG)
    if not found:
        return failed(f"The ledger knows nobody as {who}.", as_json=as_json)
    listed = "; ".join(", ".join(_account(*account) for account in each.accounts) for each in found)
    sentence = f"{len(found)} people go by {who}: {listed}. Say which, by platform and id."
    return failed(sentence, as_json=as_json, code=USED_WRONG)


def _account(platform: str, user_id: str, name: str) -> str:
    return f"{platform}:{user_id} ({name})"


def _agreed(config: Config, person: Found, asked: ErasureAsked, *, yes: bool, as_json: bool) -> bool:
    """Whether the operator wants it, having read what it means."""
    if not as_json:
        typer.echo(f"This forgets {', '.join(_account(*account) for account in person.accounts)}.")
        if asked.linked:
            typer.echo("The account that they are linked with, on the other platform, is forgotten with it.")
        units = _count(asked.units, "unit stays", "units stay")
        typer.echo(f"Their {units} counted and numbered, but nobody can show any more whose.")
        if asked.deeds:
            deeds = _count(asked.deeds, "step", "steps")
            typer.echo(f"{deeds} they took as a moderator stay in the ledger, and nobody can take them back.")
        if asked.passes:
            typer.echo(f"Passes that can still be spent are lost: {asked.passes}.")
        typer.echo(f"It cannot be taken back. {_still_in(config)}")
    if yes:
        return True
    if as_json or not sys.stdin.isatty():
        say_wrong("Add --yes to do it.")
        return False
    return typer.confirm("Forget them?")


def _refusal(config: Config, refused: ErasureDecision) -> str:
    if not isinstance(refused, ErasureRefused) or refused.because is ErasureRefusal.NOTHING_KEPT:
        return "Nothing was done: the ledger knows nothing of them any more."
    if refused.because is ErasureRefusal.FROZEN:
        cure = f"is frozen after a repair: type microdrops restore --last-public {refused.drop}=N first"
    elif refused.until is None:
        cure = "is not over yet: ask again when it is"
    else:
        cure = f"is not over yet: ask again after {moment_text(refused.until, config.zone)}"
    match refused.because:
        case ErasureRefusal.VOTED:
            return (
                f"Nothing was done: they have voted in {refused.title}, which {cure}. Else they could vote twice."
            )
        case ErasureRefusal.AT_A_NIGHT:
            return f"Nothing was done: they have come to {refused.title}, which {cure}."
    return f"Nothing was done: they hold a unit of {refused.title}, which {cure}. Else they could claim twice."


def _still_in(config: Config) -> str:
    """Where the person is still to be found, and until when."""
    if config.ledger.path is None:
        return "PostgreSQL keeps the old rows until its next VACUUM, and your copies for as long as you keep them."
    days, recent = config.ledger.backups_daily, config.ledger.backups_recent
    return (
        f"Copies of the ledger in {config.ledger.backups_folder} still have them, until newer ones replace those: "
        f"{_count(recent, 'copy', 'copies')} and those of {_count(days, 'day', 'days')} are kept."
    )


def _count(number: int, one: str, many: str) -> str:
    return f"{number:,} {one if number == 1 else many}"
