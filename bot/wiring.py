"""Builds everything once, from the configuration down, and runs it until told to stop."""

from __future__ import annotations

import asyncio
import signal
import sys
import time
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

import structlog

from bot.assembly import Assembly, Outside, keep_going, names_and_words, never_live, nobody_tells
from bot.config import Config
from bot.config.sections import data_folder
from bot.domain.announcing import DISCORD_ANNOUNCEMENTS, DISCORD_MODERATORS
from bot.domain.planning import PlansApplied
from bot.domain.time import Micros
from bot.exits import DO_NOT_RESTART, FINE, FOUND_WRONG
from bot.logs import add_secret
from bot.opening import CHANNEL_ID, NOT_OPENED, OpenLedger, Probe, SystemClock, open_ledger, why_not
from bot.platforms.discord.platform import DiscordPlatform
from bot.platforms.discord.settings import DiscordSettings
from bot.platforms.endpoints import Endpoints, point
from bot.platforms.supervisor import Fatal
from bot.platforms.twitch.platform import TwitchPlatform
from bot.platforms.twitch.settings import TwitchSettings
from bot.platforms.twitch.tokens import TokenPair
from bot.scheduler import Alarm
from bot.services.backup import Backups
from bot.services.ports import BoardSender, Clock
from bot.services.verifying import Verifying
from bot.storage.backup import list_backups
from bot.storage.backup_child import make_in_child
from bot.storage.database import ledger_url
from bot.storage.lane import nothing
from bot.storage.process_lock import LedgerInUse
from bot.storage.signing import KeyFileBroken
from bot.storage.tokens import Login, TokenFile
from bot.storage.upgrade import LedgerTooNew
from bot.storage.verified import ShortCheck
from bot.storage.verify_child import verify_in_child
from cogs.installing import install_all_discord, install_all_twitch

log = structlog.get_logger(__name__)


class SteadyClock:
    """Measures waiting times: it goes on evenly while somebody sets the machine's clock."""

    def now(self) -> Micros:
        return time.monotonic_ns() // 1_000


def run_bot(config: Config, *, probe: Probe = nothing) -> int:
    """Run until stopped by a signal; returns the process's exit code."""
    try:
        asyncio.run(_run_until_signalled(config, probe))
    except ExceptionGroup as group:
        fatal, others = group.split(Fatal)
        if fatal is None or others is not None:
            raise
        return _last_word(f"Stopped for good: {_first(fatal)}", DO_NOT_RESTART)
    except NOT_OPENED as error:
        for_good = isinstance(error, (LedgerInUse, LedgerTooNew, KeyFileBroken))
        return _last_word(f"Not started: {why_not(error)}.", DO_NOT_RESTART if for_good else FOUND_WRONG)
    return FINE


def _last_word(text: str, code: int) -> int:
    print(text, file=sys.stderr)  # noqa: T201 - for the person who started it, not for a log
    return code


def _first(group: BaseExceptionGroup[Any]) -> BaseException:
    error = group.exceptions[0]
    return _first(error) if isinstance(error, BaseExceptionGroup) else error


def apply_plan(config: Config) -> int:
    """Follow config.toml's drops once, without a platform; for `microdrops plan --apply`."""

    async def apply() -> PlansApplied:
        async with open_ledger(config, SystemClock(), nothing) as ledger:
            plans = config.plans(SystemClock().now())
            return await ledger.drops.apply(plans, series=config.series, moved=config.moved, whole=True)

    try:
        applied = asyncio.run(apply())
    except NOT_OPENED as error:
        return _last_word(f"Not applied: {why_not(error)}.", FOUND_WRONG)
    for refusal in applied.refused:
        _last_word(f"Refused: {refusal}.", FOUND_WRONG)
    return FOUND_WRONG if applied.refused else FINE


async def _run_until_signalled(config: Config, probe: Probe) -> None:
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for name in (signal.SIGINT, signal.SIGTERM):
        try:
            loop.add_signal_handler(name, stop.set)
        except NotImplementedError:  # Windows has no such handlers
            signal.signal(name, lambda *_: loop.call_soon_threadsafe(stop.set))
    await run_until(config, stop, probe=probe)


async def run_until(config: Config, stop: asyncio.Event, *, probe: Probe = nothing) -> None:
    """Run the bot in this loop until `stop` is set. Raises what `open_ledger` raises, and Fatal in a group."""
    clock = SystemClock()
    point(Endpoints(**dict(config.endpoints)))
    async with AsyncExitStack() as stack:
        ledger = await stack.enter_async_context(open_ledger(config, clock, probe, steady=SteadyClock()))
        bot = _Bot(config, clock, ledger, probe)
        if bot.assembly.verifying is not None:
            await bot.assembly.verifying.at_start()
        await bot.assembly.prepare()
        stack.callback(bot.alarm.stop)
        async with asyncio.TaskGroup() as group:
            speaking = [
                group.create_task(keep_going(name, work), name=name) for name, work in bot.assembly.speaking()
            ]
            bot.alarm.start()
            log.info("bot started", channel=config.channel.name, places=list(ledger.places))
            await bot.stay_connected(stop)
            for task in speaking:
                task.cancel()
        if bot.assembly.backups is not None:
            await bot.assembly.backups.at_stop()
        log.info("bot stopped")


async def _until_refused(name: str, platform: TwitchPlatform | DiscordPlatform, stop: asyncio.Event) -> str | None:
    """Run a platform until `stop` is set; returns why it cannot go on, None when it was only told to stop."""
    try:
        await platform.run(stop)
    except Fatal as refusal:
        log.critical("a platform refuses us and stays stopped", platform=name, reason=str(refusal))
        return str(refusal)
    return None


class _Bot:
    """Services and platforms of one process, put together."""

    def __init__(self, config: Config, clock: SystemClock, ledger: OpenLedger, probe: Probe) -> None:
        self._config = config
        self._clock = clock
        self._ledger = ledger
        self._probe = probe
        self._names, self._words = names_and_words(config)
        self._twitch = self._make_twitch()
        self._discord = self._make_discord()
        self.alarm = Alarm(ledger.drops.wake)
        twitch, discord, steady = self._twitch, self._discord, SteadyClock()
        outside = Outside(
            chat=twitch.chat if twitch else None,
            board=discord.board if discord else None,
            calendar=discord.events if discord else None,
            native_polls=twitch.polls if twitch else None,
            lookups={"twitch": twitch.lookup} if twitch else {},
            fetch_live=twitch.fetch_live if twitch else never_live,
            sources=[
                *(twitch.evidence.sources if twitch else ()),
                *(discord.evidence.sources if discord else ()),
            ],
            listen_for=twitch.listen_for if twitch else nobody_tells,
        )
        self.assembly = Assembly(
            config,
            self._words,
            ledger,
            outside,
            clock=clock,
            steady=steady,
            set_alarm=self.alarm.set,
            backups=self._make_backups(outside.board, steady),
            verifying=self._make_verifying(outside.board, steady),
        )

    async def stay_connected(self, stop: asyncio.Event) -> None:
        """Keep every platform connected until `stop` is set. Raises Fatal when none is left.

        One that refuses us for good costs the other nothing: each is complete by itself."""
        platforms: dict[str, TwitchPlatform | DiscordPlatform | None] = {
            "twitch": self._twitch,
            "discord": self._discord,
        }
        async with asyncio.TaskGroup() as group:
            connecting = [
                group.create_task(_until_refused(name, platform, stop), name=name)
                for name, platform in platforms.items()
                if platform is not None
            ]
        refusals = [refusal for task in connecting if (refusal := task.result()) is not None]
        if connecting and len(refusals) == len(connecting):
            raise Fatal("; ".join(refusals))
        await stop.wait()

    def _make_backups(self, board: BoardSender | None, steady: Clock) -> Backups | None:
        """None for PostgreSQL, whose own tools make copies."""
        ledger, config = self._config.ledger.path, self._config.ledger
        if ledger is None:
            return None
        return Backups(
            self._ledger.reads,
            CHANNEL_ID,
            self._words,
            self._clock,
            steady,
            make=lambda occasion, now: make_in_child(
                ledger, config.backups_folder, occasion, now=now, keeping=config.keeping
            ),
            listed=lambda: list_backups(config.backups_folder, ledger.stem),
            board=board,
        )

    def _make_verifying(self, board: BoardSender | None, steady: Clock) -> Verifying:
        url = ledger_url(self._config.ledger.url)

        def check_new() -> ShortCheck:
            # Once a start, in a thread: what is imported for it must not hold up the start itself.
            from bot.storage.verify_new import verify_new

            return verify_new(url, CHANNEL_ID)

        return Verifying(
            self._ledger.lane,
            self._ledger.reads,
            CHANNEL_ID,
            self._words,
            self._clock,
            steady,
            check_new=lambda: asyncio.to_thread(check_new),
            check_all=lambda: verify_in_child(url, CHANNEL_ID),
            at=self._config.ledger.verifies_at,
            zone=self._config.zone,
            board=board,
        )

    def _make_twitch(self) -> TwitchPlatform | None:
        section = self._config.twitch
        if section is None:
            return None
        logins = {section.bot_id: Login(reveal(section.bot_token), reveal(section.bot_refresh_token))}
        if section.streamer_token is not None and section.streamer_refresh_token is not None:
            streamer = Login(reveal(section.streamer_token), reveal(section.streamer_refresh_token))
            logins.setdefault(section.channel_id, streamer)
        file = TokenFile(logins_file(self._config))
        newest = {user_id: file.newest(user_id, login) for user_id, login in logins.items()}
        for login in newest.values():
            add_secret(login.access)
            add_secret(login.refresh)

        async def keep(user_id: str, pair: TokenPair) -> None:
            add_secret(pair.access)
            add_secret(pair.refresh)
            configured = logins.get(user_id)
            if configured is not None:
                await asyncio.to_thread(file.put, user_id, configured, Login(pair.access, pair.refresh))

        bot = newest[section.bot_id]
        own = newest.get(section.channel_id, Login("", ""))
        settings = TwitchSettings(
            client_id=section.client_id,
            client_secret=reveal(section.client_secret),
            channel_id=section.channel_id,
            bot_id=section.bot_id,
            bot_token=bot.access,
            bot_refresh=bot.refresh,
            streamer_token=own.access,
            streamer_refresh=own.refresh,
        )
        return TwitchPlatform(
            settings,
            install=lambda bot: install_all_twitch(bot, self.assembly.services, self._names),
            on_stream=lambda live: self.assembly.stream_reported(live),
            on_connected=lambda gap_seconds: self.assembly.twitch_connected(gap_seconds),
            on_tokens=keep,
            on_poll=lambda ended: self.assembly.native_poll_ended(ended),
            ear=lambda: self.assembly.entitlements,
            now=self._ledger.lane.now,
            probe=self._probe,
        )

    def _make_discord(self) -> DiscordPlatform | None:
        section = self._config.discord
        if section is None:
            return None
        settings = DiscordSettings(
            token=reveal(section.token),
            guild_id=int(section.server),
            channels={
                DISCORD_ANNOUNCEMENTS: int(section.announcements),
                DISCORD_MODERATORS: int(section.moderators),
                **({} if section.lounge is None else {"discord:lounge": int(section.lounge)}),
            },
            trouble_text=self._words.say("trouble", discord=True),
            reminder_role_id=None if section.reminder_role is None else int(section.reminder_role),
        )
        return DiscordPlatform(
            settings,
            install=lambda bot: install_all_discord(bot, self.assembly.services),
            on_connected=lambda gap_seconds: self.assembly.discord_connected(gap_seconds),
            load_digest=lambda: self.assembly.load_digest(),
            save_digest=lambda digest: self.assembly.save_digest(digest),
            ear=lambda: self.assembly.entitlements,
            now=self._ledger.lane.now,
            probe=self._probe,
        )


def logins_file(config: Config) -> Path:
    """Where renewed logins are kept: beside the ledger, never among the backups, which may be copied anywhere."""
    ledger = config.ledger.path
    return (ledger.parent if ledger else data_folder()) / "logins.json"


def reveal(secret: Any) -> str:
    """The value of a secret; "" for one that is not set."""
    value: str = "" if secret is None else secret.get_secret_value()
    return value
