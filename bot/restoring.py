"""Restoring: a copy goes into the ledger's place with its drops frozen, and thaws drop by drop."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import URL, select
from sqlalchemy.exc import SQLAlchemyError

from bot.config import Config
from bot.domain.announcing import DISCORD_ANNOUNCEMENTS, DISCORD_MODERATORS
from bot.domain.answers import TryAgain
from bot.domain.drops import Drop
from bot.domain.restore import FreezeDrops, ThawDecision, ThawDrop
from bot.domain.time import Micros
from bot.opening import CHANNEL_ID, Probe, SystemClock, channel_settings, key_file, open_ledger
from bot.storage import tables
from bot.storage.backup import BrokenBackup, Checked, check, list_backups
from bot.storage.database import ledger_url, snapshot_engine, write_engine
from bot.storage.lane import Lane, nothing
from bot.storage.process_lock import only_process
from bot.storage.replace import Unfinished, finish_replacing, replace_ledger
from bot.storage.restore import card_references, frozen_drops, last_moment
from bot.storage.signing import KeyFileBroken, keys_at
from bot.storage.upgrade import LedgerTooNew, check_known, upgrade

LATEST = "latest"


class NotRestored(Exception):
    """Why nothing was restored, in words that say what to do. Today's ledger is as it was."""


@dataclass(frozen=True, slots=True)
class Found:
    """The copy to restore; `skipped` says why newer ones were not taken."""

    path: Path
    checked: Checked
    skipped: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Sighting:
    """What our own cards on Discord show; `why_not` says why nobody could look."""

    numbers: Mapping[str, tuple[int, datetime]] = field(default_factory=dict)
    why_not: str = ""


def find_backup(config: Config, which: str) -> Found:
    """The copy that is meant: "latest" is the newest good one, anything else a path, or a name in the folder of the
    copies. Raises NotRestored."""
    folder, ledger = config.ledger.backups_folder, _sqlite(config)
    try:
        if which != LATEST:
            path = Path(which).expanduser()
            path = path if path.exists() or path.name != which else folder / which
            return Found(path, _known(path, check(path)))
        skipped: list[str] = []
        for backup in list_backups(folder, ledger.stem):
            try:
                path = folder / backup.name
                return Found(path, _known(path, check(path)), tuple(skipped))
            except BrokenBackup as broken:
                skipped.append(str(broken))
    except BrokenBackup as broken:
        raise NotRestored(f"{broken}; choose another with microdrops backup --list") from None
    except OSError as error:
        raise NotRestored(f"the folder {folder} cannot be read: {error.strerror}") from None
    raise NotRestored(f"there is no good copy of {ledger.name} in {folder}" + "".join(f"; {s}" for s in skipped))


def restore(
    config: Config, found: Found, *, channel: str | None = None, clock: SystemClock, probe: Probe = nothing
) -> Path | None:
    """Put the copy in the ledger's place, with every drop frozen that may have handed out units since; returns
    where today's ledger is kept. Raises NotRestored, and LedgerInUse when the bot runs."""
    ledger = _sqlite(config)

    def prepare(copy: Path) -> None:
        url = URL.create("sqlite", database=str(copy))
        upgrade(url, now=clock.now, copy_first=False)
        asyncio.run(_freeze(config, url, probe))
        check(copy)

    try:
        with only_process(ledger_url(config.ledger.url)):
            finish_replacing(ledger, probe)
            _check_channel(config, found, channel)
            return replace_ledger(ledger, found.path, prepare, probe)
    except Unfinished as unfinished:
        raise NotRestored(
            f"the copy is ready, but cannot take its place yet ({unfinished}); it will when the bot is started"
        ) from None
    except (OSError, sqlite3.Error, SQLAlchemyError, BrokenBackup, KeyFileBroken, TryAgain) as error:
        reason = str(getattr(error, "orig", None) or getattr(error, "strerror", None) or error).splitlines()[0]
        raise NotRestored(f"the copy could not be put in place ({reason}); today's ledger is as it was") from None


def freeze(config: Config) -> None:
    """Freeze the ledger as it stands: somebody has put it back by other means. Raises as `open_ledger`."""
    url = ledger_url(config.ledger.url)
    with only_process(url):
        upgrade(url, now=SystemClock().now, backups=config.ledger.backups_folder)
        asyncio.run(_freeze(config, url, nothing))


def thaw(
    config: Config, last_public: Mapping[str, int], *, others_unchanged: bool, probe: Probe = nothing
) -> list[ThawDecision]:
    """Let frozen drops go on: each after the last number that was made public, and with `others_unchanged` the rest
    as if nothing had been handed out since the copy. Raises as `open_ledger`."""

    async def decide() -> list[ThawDecision]:
        async with open_ledger(config, SystemClock(), probe) as ledger:
            asked: dict[str, int | None] = dict(last_public)
            if others_unchanged:
                every = await ledger.drops.every()
                asked = {**{key: None for key, drop in every.items() if drop.frozen}, **asked}
            answers = [await ledger.lane.submit(ThawDrop(CHANNEL_ID, key, last)) for key, last in asked.items()]
            return [answer.decision for answer in answers]

    return asyncio.run(decide())


def frozen(config: Config) -> dict[str, Drop]:
    """The drops that wait, by key. Raises SQLAlchemyError where there is no ledger."""
    return frozen_drops(config.ledger.url, CHANNEL_ID)


def look_on_discord(config: Config, drops: Sequence[str]) -> Sighting:
    """The highest number of each drop that our own cards show, and when they showed it."""
    if config.discord is None or not drops:
        return Sighting()
    token = config.discord.token.get_secret_value() if config.discord.token else ""
    if not token:
        return Sighting(why_not="the bot's token is not set")
    # Both come with the platform's library, which no other command of this kind needs.
    from bot.platforms.discord.looking_back import CannotLook, find_cards
    from bot.platforms.endpoints import Endpoints, point
    from bot.wording.catalogue import Wording
    from bot.wording.restore import read_last_number

    point(Endpoints(**config.endpoints.model_dump()))
    places = {
        DISCORD_ANNOUNCEMENTS: int(config.discord.announcements),
        DISCORD_MODERATORS: int(config.discord.moderators),
    }
    known = card_references(config.ledger.url, CHANNEL_ID, drops)
    channels = {channel_id: known.get(place, []) for place, channel_id in places.items()}
    try:
        cards = asyncio.run(find_cards(token, channels, drops))
    except CannotLook as reason:
        return Sighting(why_not=str(reason))
    words = Wording(config.wording, zone=config.channel.time_zone)
    numbers: dict[str, tuple[int, datetime]] = {}
    for card in cards:
        number = read_last_number(words, card.fields)
        if number is not None and number >= numbers.get(card.drop, (0, card.shown_at))[0]:
            numbers[card.drop] = (number, card.shown_at)
    return Sighting(numbers)


class _LastMoment:
    """The clock of a ledger that knows nothing after a moment: nothing is due that was not due then."""

    def __init__(self, at: Micros) -> None:
        self._at = at

    def now(self) -> Micros:
        return self._at


async def _freeze(config: Config, url: URL, probe: Probe) -> None:
    engine = write_engine(url)
    try:
        with engine.connect() as connection:
            since = last_moment(connection, CHANNEL_ID)
        keys = keys_at(key_file(config))
        lane = Lane(engine, [channel_settings(config)], _LastMoment(since), keys, probe=probe)
        await lane.start()
        try:
            await lane.submit(FreezeDrops(CHANNEL_ID))
        finally:
            await lane.close()
    finally:
        engine.dispose()


def _known(path: Path, checked: Checked) -> Checked:
    try:
        check_known(checked.revision)
    except LedgerTooNew:
        # An older copy would be another evening's: which one is meant is not for us to guess.
        newer = f"{path.name} was written by a newer Microdrops: update this one, then restore it"
        raise NotRestored(newer) from None
    return checked


def _check_channel(config: Config, found: Found, channel: str | None) -> None:
    names = found.checked.channels
    mine = {config.channel.name, channel, _name_in_ledger(config)}
    if names and not mine & set(names):
        raise NotRestored(
            f'{found.path.name} is of the channel "{names[0]}", and this is "{config.channel.name}"; if that is '
            f'only another name of the same channel, add --channel "{names[0]}"'
        )


def _name_in_ledger(config: Config) -> Any:
    """How today's ledger calls the channel; None when it cannot be read, which is why a copy is restored."""
    if config.ledger.path is None or not config.ledger.path.exists():
        return None
    engine = snapshot_engine(ledger_url(config.ledger.url))
    try:
        with engine.connect() as connection:
            return connection.scalar(select(tables.channel.c.name).where(tables.channel.c.id == CHANNEL_ID))
    except SQLAlchemyError:
        return None
    finally:
        engine.dispose()


def _sqlite(config: Config) -> Path:
    if config.ledger.path is None:
        raise NotRestored(
            "this ledger is on PostgreSQL: put it back with pg_restore, then type microdrops restore --freeze"
        )
    return config.ledger.path
