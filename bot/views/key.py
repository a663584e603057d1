"""`microdrops key`: who signs the log, shown in sentences or in JSON, and a new key in the old one's place."""

from __future__ import annotations

import asyncio
from dataclasses import asdict, dataclass
from pathlib import Path

import typer

from bot.config import Config
from bot.domain.transparency import origin_of
from bot.exits import FINE, FOUND_WRONG
from bot.opening import CHANNEL_ID, NOT_OPENED, SystemClock, key_file, open_ledger, why_not
from bot.storage.database import ledger_url, snapshot_engine
from bot.storage.lane import nothing
from bot.storage.logged_keys import LoggedKey, logged_keys, name_in_ledger
from bot.storage.signing import read_keys
from bot.views.backup import failed, moment_text, print_json, say_wrong

NOT_SIGNED = (
    "No new key is in force: something in the ledger is not as it was written, and so its log is not signed. "
    "`microdrops verify` says what it is; once that is put right, the next start hands over to the new key."
)
NOTHING_YET = "There is no ledger yet: the first start makes one, and the key that signs its log."


@dataclass(frozen=True, slots=True)
class _Standing:
    """Which keys the log has had, and which of them (as text) are in the file; newest last, both."""

    origin: str
    logged: tuple[LoggedKey, ...]
    at_hand: tuple[str, ...]
    file: Path

    @property
    def in_force(self) -> LoggedKey | None:
        return self.logged[-1] if self.logged else None

    @property
    def lost(self) -> bool:
        """Whether nobody here can sign as the log's key any more."""
        return self.in_force is not None and self.in_force.key not in self.at_hand

    @property
    def next(self) -> str | None:
        """The key that the next start puts in force."""
        newest = self.at_hand[-1] if self.at_hand else None
        return None if self.in_force is not None and newest == self.in_force.key else newest


def run_show(config: Config, *, as_json: bool) -> int:
    """Show who signs the log; returns the exit code, FOUND_WRONG where the private key is gone."""
    try:
        standing = _read(config)
    except NOT_OPENED as error:
        return failed(f"The key cannot be shown: {why_not(error)}.", as_json=as_json)
    if standing is None:
        return failed(NOTHING_YET, as_json=as_json)
    if as_json:
        print_json(_as_public(standing))
    else:
        _tell(standing, config)
    return FOUND_WRONG if standing.lost else FINE


def run_rotate(config: Config, *, as_json: bool) -> int:
    """Make a new key, which the old one signs in; with the bot stopped. Returns the exit code."""
    try:
        standing = _read(config)
        if standing is None or standing.in_force is None:
            return failed("Nothing was changed: the log has no key yet, the first start makes it.", as_json=as_json)
        if standing.lost:
            return failed(f"Nothing was changed: {_lost(standing)}", as_json=as_json)
        asyncio.run(_rotate(config))
        after = _read(config)
    except NOT_OPENED as error:
        return failed(f"No new key is in force: {why_not(error)}.", as_json=as_json)
    assert after is not None
    if after.next is not None:
        return failed(NOT_SIGNED, as_json=as_json)
    if as_json:
        print_json(_as_public(after))
    else:
        typer.echo("The log has a new key, which the old one has signed in.")
        _tell(after, config)
    return FINE


async def _rotate(config: Config) -> None:
    async with open_ledger(config, SystemClock(), nothing, new_key=True):
        pass  # the lane's start records the new key and signs it in


def _read(config: Config) -> _Standing | None:
    """What ledger and file say; None where there is no ledger yet. Raises KeyFileBroken and SQLAlchemyError."""
    path, file = config.ledger.path, key_file(config)
    if path is not None and not path.exists():
        return None
    engine = snapshot_engine(ledger_url(config.ledger.url))
    try:
        with engine.connect() as connection:
            origin = origin_of(name_in_ledger(connection, CHANNEL_ID) or config.channel.name)
            logged = tuple(logged_keys(connection, CHANNEL_ID))
    finally:
        engine.dispose()
    ring = read_keys(file)
    keys = () if ring is None else tuple(str(key) for key in ring.signer(origin).keys)
    return _Standing(origin, logged, keys, file)


def _tell(standing: _Standing, config: Config) -> None:
    def since(key: LoggedKey) -> str:
        return f"entry {key.entry}, {moment_text(key.at, config.zone)}"

    current = standing.in_force
    if current is None:
        typer.echo(f"The log {standing.origin} has no key yet: the next start makes it.")
        return
    typer.echo(f"The log {standing.origin} is signed by this key (since {since(current)}):")
    typer.echo(f"  {current.key}")
    for older, newer in zip(reversed(standing.logged[:-1]), reversed(standing.logged[1:]), strict=True):
        ended = "handed over" if newer.why == "rotated" else "was lost"
        typer.echo(f"Before, since {since(older)}, by this one, which {ended}:")
        typer.echo(f"  {older.key}")
    if standing.lost:
        say_wrong(f"{_lost(standing)[0].upper()}{_lost(standing)[1:]}")
        return
    if standing.next is not None:
        typer.echo("The next start hands over to this one:")
        typer.echo(f"  {standing.next}")
    typer.echo(
        f"Its private half is in {standing.file}, and in no copy of the ledger: keep a copy of that file too."
    )


def _lost(standing: _Standing) -> str:
    what = "makes a new key" if standing.next is None else f"signs with {standing.next} instead"
    return (
        f"the private half of the log's key is not in {standing.file}. Put back a copy of that file; without it "
        f"the next start {what}, and nobody can tell that from a stranger's."
    )


def _as_public(standing: _Standing) -> dict[str, object]:
    keys = [
        {**asdict(each), "in_force": each is standing.in_force, "at_hand": each.key in standing.at_hand}
        for each in standing.logged
    ]
    return {"log": standing.origin, "file": str(standing.file), "keys": keys, "next": standing.next}
