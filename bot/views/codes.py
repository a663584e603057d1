"""`microdrops codes`: claim codes made and shown again, in sentences or in JSON."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from uuid import uuid4

import typer

from bot.config import Config
from bot.domain.code_sets import COUNT_MAX, VALID_FOR_MAX, CodesIssued, CodesRefused, IssueRefusal, read_set
from bot.domain.people import BOT
from bot.domain.time import DAY, Micros
from bot.exits import FINE, USED_WRONG
from bot.opening import CHANNEL_ID, NOT_OPENED, SystemClock, code_key_file, open_ledger, why_not
from bot.services.codes import Codes, Made, ShownCode, show
from bot.storage.code_key import CodeKey
from bot.storage.codes import IssuedCode, issued_codes
from bot.storage.database import ledger_url, snapshot
from bot.storage.lane import nothing
from bot.storage.private_file import write_private
from bot.storage.process_lock import LedgerInUse
from bot.views.backup import failed, moment_text, print_json

_LOST = "(its key was lost)"
_REFUSALS = {
    IssueRefusal.BAD_SET: "name the set with letters, digits, - and _, at most 40 of them, like EARLY",
    IssueRefusal.BAD_COUNT: f"say --count, from 1 to {COUNT_MAX}",
    IssueRefusal.BAD_EXPIRY: f"say --expires like 7d, at most {VALID_FOR_MAX // DAY}d",
}


def run_make(config: Config, code_set: str, count: int, expires: str, file: Path | None, *, as_json: bool) -> int:
    """Make codes and print them, or write them to a file; returns the exit code."""
    if file is not None and file.exists():
        why = f"Nothing was made: {file} is there already, and may hold codes that are out. Name another file."
        return failed(why, as_json=as_json, code=USED_WRONG)
    try:
        made = asyncio.run(_make(config, code_set, count, expires))
    except LedgerInUse as in_use:
        return failed(f"Nothing was made: {in_use}, or use /drop codes on Discord.", as_json=as_json)
    except NOT_OPENED as error:
        return failed(f"Nothing was made: {why_not(error)}.", as_json=as_json)
    if isinstance(made.decision, CodesRefused):
        why = f"Nothing was made: {_REFUSALS[made.decision.because]}."
        return failed(why, as_json=as_json, code=USED_WRONG)
    codes = [each.code or _LOST for each in made.codes]
    if file is not None:
        try:
            write_private(file, "".join(f"{code}\n" for code in codes).encode())
        except OSError as error:
            again = f"microdrops codes list {made.decision.code_set}"
            why = f"{file} cannot be written ({error.strerror}). The codes are made: `{again}` shows them."
            return failed(why, as_json=as_json)
    _tell_made(config, made.decision, codes, file, as_json=as_json)
    return FINE


def run_list(config: Config, code_set: str, *, as_json: bool) -> int:
    """Show the codes of a set, or which sets there are; returns the exit code."""
    name = read_set(code_set) if code_set.strip() else None
    if code_set.strip() and name is None:
        return failed(f"Nothing was read: {_REFUSALS[IssueRefusal.BAD_SET]}.", as_json=as_json, code=USED_WRONG)
    path = config.ledger.path
    if path is not None and not path.exists():
        return failed("There is no ledger yet, and so there are no codes.", as_json=as_json)
    try:
        key = CodeKey(code_key_file(config)).find()
        with snapshot(ledger_url(config.ledger.url)) as connection:
            kept = issued_codes(connection, CHANNEL_ID, code_set=name)
    except NOT_OPENED as error:
        return failed(f"Nothing was read: {why_not(error)}.", as_json=as_json)
    newest = list({(each.issue.scope, each.issue.number): each for each in kept}.values())
    if name is None:
        _tell_sets(newest, as_json=as_json)
    elif not newest:
        return failed(f"There are no codes of {name}: microdrops codes make {name}", as_json=as_json)
    else:
        _tell_codes(config, show(newest, key), as_json=as_json)
    return FINE


async def _make(config: Config, code_set: str, count: int, expires: str) -> Made:
    clock = SystemClock()
    async with open_ledger(config, clock, nothing) as ledger:
        codes = Codes(ledger.lane, ledger.reads, CHANNEL_ID, ledger.code_key, clock, clock)
        return await codes.make(BOT, f"codes:{uuid4().hex}", code_set, count, valid_for=expires)


def _tell_made(
    config: Config, issued: CodesIssued, codes: Sequence[str], file: Path | None, *, as_json: bool
) -> None:
    if as_json:
        printed = {"codes": codes} if file is None else {"file": str(file)}
        print_json({"set": issued.code_set, "first": issued.first, "expires_at": issued.expires_at, **printed})
        return
    if file is None:
        for code in codes:
            typer.echo(code)
        return
    until = "" if issued.expires_at is None else f", good until {moment_text(issued.expires_at, config.zone)}"
    typer.echo(f"{_count(len(codes), 'code')} of {issued.code_set}{until}: {file}")


def _tell_sets(newest: Sequence[IssuedCode], *, as_json: bool) -> None:
    now = SystemClock().now()
    counts: dict[str, Counter[str]] = {}
    for each in newest:
        counts.setdefault(each.issue.scope, Counter())[_state(each, now)] += 1
    if as_json:
        print_json([{"set": name, **states} for name, states in counts.items()])
        return
    if not counts:
        typer.echo("There are no codes yet: microdrops codes make EARLY --count 20")
    for name, states in counts.items():
        typer.echo(f"{name}: " + ", ".join(f"{number} {state}" for state, number in sorted(states.items())))


def _tell_codes(config: Config, codes: Sequence[ShownCode], *, as_json: bool) -> None:
    now = SystemClock().now()
    if as_json:
        print_json([_as_public(each, now) for each in codes])
        return
    for shown in codes:
        kept, issue = shown.kept, shown.kept.issue
        notes = [_state(kept, now)]
        notes += [f"made again {_count(issue.reissue, 'time')}"] if issue.reissue else []
        notes += [f"for {issue.audience}"] if issue.audience else []
        notes += [f"until {moment_text(issue.expires_at, config.zone)}"] if issue.expires_at is not None else []
        typer.echo(f"{issue.number:>4}  {shown.code or _LOST:<19}  {', '.join(notes)}")


def _as_public(shown: ShownCode, now: Micros) -> dict[str, object]:
    issue = shown.kept.issue
    return {
        "number": issue.number,
        "reissue": issue.reissue,
        "code": shown.code,
        "state": _state(shown.kept, now),
        "for": issue.audience,
        "expires_at": issue.expires_at,
        "used_at": shown.kept.used_at,
        "burned_at": shown.kept.burned_at,
    }


def _state(kept: IssuedCode, now: Micros) -> str:
    if kept.used_at is not None:
        return "used"
    if kept.burned_at is not None:
        return "void"
    return "unused" if kept.live(now) else "over"


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"
