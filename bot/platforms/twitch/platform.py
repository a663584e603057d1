"""Twitch as the rest of the program uses it: a sender, a look-up, and a connection that stays."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

from bot.domain.entitlements import Source
from bot.domain.native_polls import NativePoll
from bot.domain.time import Micros
from bot.platforms.hooks import (
    Connected,
    NobodyAsks,
    Probe,
    StateChanged,
    machine_clock,
    no_probe,
    nothing_to_catch_up,
)
from bot.platforms.supervisor import keep_alive
from bot.platforms.twitch.bot import TwitchBot, TwitchMemory, nobody_listens
from bot.platforms.twitch.chat import TwitchChat
from bot.platforms.twitch.evidence import TwitchEvidence
from bot.platforms.twitch.lookup import TwitchLookup
from bot.platforms.twitch.polls import TwitchPolls, ended_poll
from bot.platforms.twitch.settings import TwitchSettings
from bot.platforms.twitch.tokens import TokenBook, TokenPair, TokensRefreshed
from bot.services.ports import EvidenceEar


def nobody_counts(ended: NativePoll) -> None:
    """For whoever has no poll beside one of Twitch's own."""


class TwitchPlatform:
    """Built once; the client inside is made anew whenever it dies.

    `install` puts the cogs on a new client. `on_stream` hears that the stream began or ended, `on_connected`
    the seconds in which chat may have been missed, `on_tokens` new tokens before they are used, `on_poll` how one
    of Twitch's own polls ended, `ear` what events and chat lines prove of people, at the instant that `now` gives.
    """

    def __init__(
        self,
        settings: TwitchSettings,
        *,
        install: Callable[[TwitchBot], Awaitable[None] | None],
        on_stream: Callable[[bool], Awaitable[None]] = nobody_listens,
        on_connected: Connected = nothing_to_catch_up,
        on_tokens: TokensRefreshed | None = None,
        on_state: StateChanged | None = None,
        on_poll: Callable[[NativePoll], None] = nobody_counts,
        ear: Callable[[], EvidenceEar] = NobodyAsks,
        now: Callable[[], Micros] = machine_clock,
        probe: Probe = no_probe,
    ) -> None:
        self._settings = settings
        self._install = install
        self._on_stream = on_stream
        self._on_connected = on_connected
        self._on_state = on_state
        self._on_poll = on_poll
        self._memory = TwitchMemory(TokenBook(_pairs(settings), on_tokens))
        self._bot: TwitchBot | None = None
        self.chat = TwitchChat(settings, self._current, self._memory.own_lines, probe=probe)
        self.lookup = TwitchLookup(settings, self._current)
        self.evidence = TwitchEvidence(settings, self._current, now, ear)
        self.polls = TwitchPolls(settings, self._current, self._listen_for_polls)

    @property
    def connected(self) -> bool:
        """Whether chat is heard now."""
        return self._bot is not None and self._bot.connected

    @property
    def bot(self) -> TwitchBot | None:
        """The client of the moment."""
        return self._bot

    async def fetch_live(self) -> bool:
        """Whether the stream runs now; raises PlaceDown."""
        return await self.lookup.fetch_live()

    def listen_for(self, sources: frozenset[Source]) -> None:
        """Hear of what changes the evidence of these sources: what no gate asks is not listened for."""
        self._memory.evidence = sources
        if self._bot is not None:
            self._bot.listen_for_more()

    def _listen_for_polls(self) -> None:
        self._memory.polls = True
        if self._bot is not None:
            self._bot.listen_for_more()

    async def run(self, stop: asyncio.Event) -> None:
        """Stay connected until `stop` is set. Raises supervisor.Fatal when starting again cannot help."""
        settings = self._settings
        await keep_alive(
            "twitch",
            self._run_once,
            stop,
            base=settings.backoff_base,
            cap=settings.backoff_cap,
            on_state=self._on_state,
        )

    def _current(self) -> TwitchBot | None:
        return self._bot

    async def _run_once(self) -> None:
        bot = TwitchBot(
            self._settings,
            self._memory,
            install=self._install,
            on_stream=self._on_stream,
            on_connected=self._on_connected,
            on_evidence=self.evidence.hear,
            on_poll=lambda ended: self._on_poll(ended_poll(ended)),
        )
        self._bot = bot
        try:
            await bot.run_until_closed()
        finally:
            self._bot = None


def _pairs(settings: TwitchSettings) -> dict[str, TokenPair]:
    pairs: dict[str, TokenPair] = {}
    if settings.streamer_token:
        pairs[settings.channel_id] = TokenPair(settings.streamer_token, settings.streamer_refresh)
    # One account may be both: then the bot's tokens are the ones that count.
    pairs[settings.bot_id] = TokenPair(settings.bot_token, settings.bot_refresh)
    return pairs
