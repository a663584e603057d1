"""The Twitch client: twitchio's bot with one ear of ours, tokens from our book, and no file or port of its own."""

from __future__ import annotations

import asyncio
import inspect
from collections.abc import Awaitable, Callable, Coroutine
from dataclasses import dataclass, field
from typing import Any

import aiohttp
import structlog
import twitchio
from cachetools import TTLCache
from twitchio.ext import commands

from bot.domain.entitlements import Source
from bot.domain.people import Actor
from bot.platforms.hooks import Connected, nothing_to_catch_up
from bot.platforms.supervisor import Fatal
from bot.platforms.twitch.eventsub import EventSubKeeper, Hearing
from bot.platforms.twitch.lines import clean_line, clean_reply
from bot.platforms.twitch.own_lines import OwnLines
from bot.platforms.twitch.people import actor_of
from bot.platforms.twitch.rates import watch_rate
from bot.platforms.twitch.settings import TwitchSettings
from bot.platforms.twitch.subscriptions import evidence_subscriptions, poll_subscriptions, wanted_subscriptions
from bot.platforms.twitch.tokens import SingleRefresh, TokenBook

log = structlog.stdlib.get_logger(__name__)

_DRAIN_SECONDS = 2.0
_BOT_BADGE = "bot-badge"
_MAKE_NEW_TOKENS = (
    "make new tokens and put them where bot_token and bot_refresh_token in [twitch] of config.toml say"
)


async def nobody_listens(live: bool) -> None:
    """For whoever does not care whether the stream runs."""


def nobody_polls(ended: twitchio.ChannelPollEnd) -> None:
    """For whoever has no use for Twitch's own polls."""


def nobody_asks(event: object) -> None:
    """For whoever has no gate that an event could say anything about."""


def nobody_overhears(actor: Actor, line: str, said: str) -> None:
    """For whoever has no use for what is said besides commands."""


def nobody_talks(actor: Actor, request_id: str, line: str) -> Awaitable[None] | None:
    """For whoever takes nothing but commands."""
    return None


@dataclass(slots=True)
class TwitchMemory:
    """What must outlive one client: a fresh one must not run an event again or take its own line for a command, and
    listens for the same `evidence`, by the sources that the gates in use need, and to `polls` once one was on."""

    tokens: TokenBook
    own_lines: OwnLines = field(default_factory=OwnLines)
    hearing: Hearing = field(default_factory=Hearing)
    evidence: frozenset[Source] = frozenset()
    polls: bool = False
    # Twitch sends an event again under the same message id for at most ten minutes.
    heard: TTLCache[str, bool] = field(default_factory=lambda: TTLCache(maxsize=50_000, ttl=660.0))


class TwitchBot(commands.Bot):
    """One login to Twitch. It cannot be started twice; after a crash a new one is made.

    Listeners for `event_message` get each line once, cleaned, without shared-chat lines, the bot's own and
    other bots'.
    """

    def __init__(
        self,
        settings: TwitchSettings,
        memory: TwitchMemory,
        *,
        install: Callable[[TwitchBot], Awaitable[None] | None],
        on_stream: Callable[[bool], Awaitable[None]] = nobody_listens,
        on_connected: Connected = nothing_to_catch_up,
        on_evidence: Callable[[object], None] = nobody_asks,
        on_poll: Callable[[twitchio.ChannelPollEnd], None] = nobody_polls,
    ) -> None:
        self.settings = settings
        self._memory = memory
        self._install = install
        self._on_stream = on_stream
        self._on_evidence = on_evidence
        self._on_poll = on_poll
        self.rate_limited_until = 0.0  # seconds since the epoch, as Helix has said
        timeout = aiohttp.ClientTimeout(total=settings.request_timeout)
        self._requests = aiohttp.ClientSession(timeout=timeout, trace_configs=[watch_rate(self._rate_limited)])
        super().__init__(
            client_id=settings.client_id,
            client_secret=settings.client_secret or None,
            bot_id=settings.bot_id,
            prefix=settings.prefix,
            session=self._requests,
            fetch_client_user=False,
            case_insensitive=True,
        )
        self.logged_in = False
        # Told of every line but our own, before its command runs: as commands read it, "" for what can be none, and
        # all of it.
        self.overhear: Callable[[Actor, str, str], None] = nobody_overhears
        # Shown every line that commands are read from, with its request's name; what it gives back is done.
        self.talk: Callable[[Actor, str, str], Awaitable[None] | None] = nobody_talks
        self._doomed = asyncio.Event()
        self._http._ManagedHTTPClient__isolated = SingleRefresh(  # type: ignore[attr-defined]  # a private name
            memory.tokens,
            self._check_login,
            client_id=settings.client_id,
            client_secret=settings.client_secret or None,
            session=self._requests,
        )
        wanted = wanted_subscriptions(settings.channel_id, settings.bot_id)
        self.eventsub = EventSubKeeper(self, wanted, settings, memory.hearing, on_connected)
        self.listen_for_more()
        self._handlers: set[asyncio.Task[Any]] = set()

    @property
    def connected(self) -> bool:
        """Whether chat is heard now."""
        return self.eventsub.hears_chat

    async def run_until_closed(self) -> None:
        """Log in, listen, and close. Raises Fatal when the login is refused, and whatever else ends the client."""
        starting = asyncio.create_task(self.start(self.settings.bot_token, with_adapter=False, save_tokens=False))
        doomed = asyncio.create_task(self._doomed.wait())
        parts: set[asyncio.Task[Any]] = {starting, doomed}
        try:
            ready = asyncio.create_task(self.wait_until_ready())
            parts.add(ready)
            await asyncio.wait({starting, doomed, ready}, return_when=asyncio.FIRST_COMPLETED)
            if ready.done():
                listening = asyncio.create_task(self.eventsub.run(), name="twitch eventsub")
                parts.add(listening)
                await asyncio.wait({starting, doomed, listening}, return_when=asyncio.FIRST_COMPLETED)
            for part in parts - {doomed}:
                if part.done():
                    part.result()
            if doomed.done():
                raise Fatal(f"Twitch refuses to renew the bot's login: {_MAKE_NEW_TOKENS}")
        finally:
            for part in parts:
                part.cancel()
            await asyncio.gather(*parts, return_exceptions=True)
            await self.close()

    def listen_for_more(self) -> None:
        """Want the events that the memory names: what changes evidence, and how polls end."""
        polls = poll_subscriptions(self.settings) if self._memory.polls else ()
        self.eventsub.want_also((*evidence_subscriptions(self.settings, self._memory.evidence), *polls))

    def _rate_limited(self, until: float) -> None:
        self.rate_limited_until = until

    async def setup_hook(self) -> None:
        self.logged_in = True
        installed = self._install(self)
        if inspect.isawaitable(installed):
            await installed

    async def load_tokens(self, path: str | None = None, /) -> None:
        for user_id, pair in self._memory.tokens:
            is_bot = user_id == self.settings.bot_id
            try:
                known = await self.add_token(pair.access, pair.refresh)
            except twitchio.InvalidTokenException as error:
                # Its text holds the token, so it goes no further than this.
                if error.status >= 500 or error.status == 429:
                    raise ConnectionError("Twitch cannot check the login now") from None
                if is_bot:
                    raise Fatal(f"Twitch refuses the bot's login: {_MAKE_NEW_TOKENS}") from None
                log.warning("twitch.streamer-login-refused", user_id=user_id)
                continue
            if is_bot and known.user_id != user_id:
                raise Fatal(
                    f"the bot's login belongs to user {known.user_id}, not to {user_id}: correct bot_id in "
                    "[twitch] of config.toml, or make bot_token and bot_refresh_token with the account it names"
                )

    async def save_tokens(self, path: str | None = None, /) -> None:
        """Nothing: the book stores new tokens at the moment of their renewal, and never in a file of twitchio."""

    def _check_login(self) -> None:
        if self.settings.bot_id in self._memory.tokens.refused:
            self._doomed.set()

    def dispatch(self, event: str, payload: Any | None = None) -> None:
        metadata = getattr(payload, "_metadata", None)
        if metadata:
            # Twitch delivers at least once, with the same id; the library runs every copy.
            if metadata["message_id"] in self._memory.heard:
                return
            self._memory.heard[metadata["message_id"]] = True
        if event == "message" and isinstance(payload, twitchio.ChatMessage):
            self._hear(payload)
            return
        self._on_evidence(payload)
        super().dispatch(event, payload)

    def _hear(self, message: twitchio.ChatMessage) -> None:
        source = message.source_broadcaster
        if source is not None and source.id != self.settings.channel_id:
            # Nobody of another channel commands here, but all of ours read the line.
            self.overhear(actor_of(message.chatter), "", message.text)
            return
        if message.chatter.id == self.settings.bot_id and not self._memory.own_lines.is_settled:
            # Perhaps the echo of what we are sending at this moment; the answer with its id is on its way.
            self._keep(asyncio.create_task(self._hear_when_settled(message), name="twitch own line"))
            return
        self._pass_on(message)

    async def _hear_when_settled(self, message: twitchio.ChatMessage) -> None:
        await self._memory.own_lines.settle()
        self._pass_on(message)

    def _pass_on(self, message: twitchio.ChatMessage) -> None:
        by_bot = message.chatter.id == self.settings.bot_id
        by_streamer = message.chatter.id == self.settings.channel_id
        if by_bot and self._memory.own_lines.is_own(message.id, message.text):
            self._memory.own_lines.as_moderator = actor_of(message.chatter).steers
            return
        if not (by_bot and by_streamer) and any(badge.set_id == _BOT_BADGE for badge in message.badges):
            # Another program is never answered: two that answer each other would not end.
            self.overhear(actor_of(message.chatter), "", message.text)
            return
        said, message.text = message.text, clean_reply(message.text) if message.reply else clean_line(message.text)
        actor = actor_of(message.chatter)
        self.overhear(actor, message.text, said)
        self._on_evidence(message)
        answering = self.talk(actor, f"twitch:{message.id}", message.text)
        if answering is not None:
            self._keep(asyncio.create_task(_logging(answering), name="twitch talk"))
        super().dispatch("message", message)

    async def _dispatch(self, listener: Callable[..., Coroutine[Any, Any, None]], *, original: Any = None) -> None:
        # The library keeps no reference to this task, and what nobody holds may be collected half-way.
        task = asyncio.current_task()
        if task is not None:
            self._keep(task)
        await super()._dispatch(listener, original=original)

    def _keep(self, task: asyncio.Task[Any]) -> None:
        self._handlers.add(task)
        task.add_done_callback(self._handlers.discard)

    async def event_message(self, payload: twitchio.ChatMessage) -> None:
        await self.process_commands(payload)

    async def event_command_error(self, payload: commands.CommandErrorPayload) -> None:
        """A typo is answered by nobody and logged by nobody; a refusing guard has said its word."""
        if isinstance(payload.exception, (commands.CommandNotFound, commands.GuardFailure)):
            return
        log.error("twitch.command-failed", command=str(payload.context.command), exc_info=payload.exception)

    async def event_stream_online(self, payload: twitchio.StreamOnline) -> None:
        await self._on_stream(True)

    async def event_stream_offline(self, payload: twitchio.StreamOffline) -> None:
        await self._on_stream(False)

    async def event_poll_end(self, payload: twitchio.ChannelPollEnd) -> None:
        self._on_poll(payload)

    async def event_subscription_revoked(self, payload: twitchio.SubscriptionRevoked) -> None:
        log.warning("twitch.subscription-revoked", subscription=str(payload.type), status=str(payload.status))
        self.eventsub.wake()

    async def close(self, **options: Any) -> None:
        """Let handlers that run finish for a moment, then close everything."""
        running = {task for task in self._handlers if task is not asyncio.current_task()}
        if running and not self._has_closed:
            await asyncio.wait(running, timeout=_DRAIN_SECONDS)
        await super().close(**options)
        await self._requests.close()


async def _logging(answering: Awaitable[None]) -> None:
    try:
        await answering
    except Exception:
        log.exception("twitch.talk-failed")
