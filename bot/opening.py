"""Opens the ledger for a process that writes: locked, brought to the newest schema, and with the drops above it."""

from __future__ import annotations

import asyncio
import os
import time
from collections.abc import AsyncIterator, Callable
from concurrent.futures import Executor
from contextlib import asynccontextmanager
from pathlib import Path

import structlog
from sqlalchemy.exc import SQLAlchemyError

from bot.config import Config
from bot.config.sections import data_folder
from bot.domain.announcing import DISCORD_ANNOUNCEMENTS, DISCORD_MODERATORS, TWITCH_CHAT
from bot.domain.answers import TryAgain
from bot.domain.time import Micros
from bot.services.drops import Drops
from bot.services.ports import Clock
from bot.storage.backup import BrokenBackup
from bot.storage.book import ChannelSettings
from bot.storage.code_key import CODE_KEY_FILE, CodeKey
from bot.storage.database import Reads, ledger_url, write_engine
from bot.storage.lane import Lane
from bot.storage.process_lock import LedgerInUse, only_process
from bot.storage.replace import finish_replacing
from bot.storage.signing import KEY_FILE, KeyFileBroken, KeyRing, add_key, keys_at
from bot.storage.upgrade import LedgerTooNew, upgrade

log = structlog.get_logger(__name__)

CHANNEL_ID = 1
NOT_OPENED = (LedgerInUse, LedgerTooNew, BrokenBackup, KeyFileBroken, SQLAlchemyError, TryAgain)

Probe = Callable[[str], None]


class SystemClock:
    """The machine's clock, in microseconds UTC."""

    def now(self) -> Micros:
        return time.time_ns() // 1_000


def why_not(error: Exception) -> str:
    """What to tell of an error among NOT_OPENED: one clause, without an address or a statement."""
    if not isinstance(error, (BrokenBackup, SQLAlchemyError)):
        return str(error)
    # SQLAlchemy's own text adds the statement and an address.
    reason = str(getattr(error, "orig", None) or error).splitlines()[0]
    return f"the ledger cannot be opened ({reason})"


class OpenLedger:
    """The ledger of a running process: the lane, the reads, and the drops above them. Where time is virtual,
    somebody hands in the threads."""

    def __init__(
        self,
        config: Config,
        clock: Clock,
        keys: KeyRing,
        probe: Probe,
        *,
        steady: Clock | None = None,
        lane_thread: Executor | None = None,
        read_threads: Executor | None = None,
        random_bytes: Callable[[int], bytes] = os.urandom,
    ) -> None:
        url = ledger_url(config.ledger.url)
        self.places = places_of(config)
        self.writes = write_engine(url)
        self.reads = Reads(url, threads=read_threads)
        settings = channel_settings(config)
        self.code_key = CodeKey(code_key_file(config), random_bytes)
        self.lane = Lane(
            self.writes,
            [settings],
            clock,
            keys,
            steady=steady,
            probe=probe,
            random_bytes=random_bytes,
            thread=lane_thread,
        )
        self.drops = Drops(self.lane, self.reads, CHANNEL_ID, config.channel.time_zone, clock)


@asynccontextmanager
async def open_ledger(
    config: Config, clock: SystemClock, probe: Probe, *, steady: Clock | None = None, new_key: bool = False
) -> AsyncIterator[OpenLedger]:
    """Lock, migrate and open the ledger; `steady` goes on evenly while somebody sets the clock. With `new_key` have
    its log signed by a new key from now on. Raises those of NOT_OPENED."""
    with only_process(ledger_url(config.ledger.url)):
        if config.ledger.path is not None:
            _finish_restore(config.ledger.path, probe)
        backup = await asyncio.to_thread(
            upgrade, ledger_url(config.ledger.url), now=clock.now, backups=config.ledger.backups_folder
        )
        if backup is not None:
            log.info("ledger migrated", backup=str(backup))
        keys = await asyncio.to_thread(add_key if new_key else keys_at, key_file(config))
        ledger = OpenLedger(config, clock, keys, probe, steady=steady)
        try:
            await ledger.lane.start()
            yield ledger
        finally:
            await ledger.lane.close()
            await ledger.reads.close()
            ledger.writes.dispose()


def _finish_restore(ledger: Path, probe: Probe) -> None:
    """A restore that a crash has interrupted after it was decided. Raises BrokenBackup."""
    try:
        aside = finish_replacing(ledger, probe)
    except OSError as error:
        raise BrokenBackup(f"the restored one cannot take its place: {error.strerror}") from None
    if aside is not None:
        log.warning("a restore that was interrupted is finished", kept_aside=str(aside))


def key_file(config: Config) -> Path:
    """Where the keys that sign the log are kept: beside the ledger, and never in its copies."""
    ledger = config.ledger.path
    return (ledger.parent if ledger else data_folder()) / KEY_FILE


def code_key_file(config: Config) -> Path:
    """Where the key of the claim codes is kept: there as well."""
    return key_file(config).with_name(CODE_KEY_FILE)


def channel_settings(config: Config) -> ChannelSettings:
    """What the lane must know of the channel."""
    watched = config.twitch is not None
    return ChannelSettings(
        CHANNEL_ID, config.channel.name, places_of(config), watched, config.pace, config.lists, config.pacing
    )


def places_of(config: Config) -> tuple[str, ...]:
    twitch = (TWITCH_CHAT,) if config.twitch else ()
    return (*twitch, *((DISCORD_ANNOUNCEMENTS, DISCORD_MODERATORS) if config.discord else ()))
