"""Discord as the rest of the program uses it: a board of cards, and a connection that stays."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

from bot.domain.time import Micros
from bot.platforms.discord.board import DiscordBoard
from bot.platforms.discord.bot import DiscordBot
from bot.platforms.discord.commands import LoadDigest, SaveDigest, forget_digest, no_digest
from bot.platforms.discord.events import DiscordEvents
from bot.platforms.discord.evidence import DiscordEvidence
from bot.platforms.discord.settings import DiscordSettings
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
from bot.services.ports import EvidenceEar


class DiscordPlatform:
    """Built once; the client inside is made anew whenever it dies.

    `install` puts the cogs on a new client; `on_connected` hears the seconds in which presses may have been
    missed; the two digest callables remember which command definitions Discord has; `ear` hears what a press or a
    command shows of its member, at the instant that `now` gives.
    """

    def __init__(
        self,
        settings: DiscordSettings,
        *,
        install: Callable[[DiscordBot], Awaitable[None] | None],
        on_connected: Connected = nothing_to_catch_up,
        load_digest: LoadDigest = no_digest,
        save_digest: SaveDigest = forget_digest,
        on_state: StateChanged | None = None,
        ear: Callable[[], EvidenceEar] = NobodyAsks,
        now: Callable[[], Micros] = machine_clock,
        probe: Probe = no_probe,
    ) -> None:
        self._settings = settings
        self._install = install
        self._on_connected = on_connected
        self._load_digest = load_digest
        self._save_digest = save_digest
        self._on_state = on_state
        self._lost_since: float | None = None
        self._bot: DiscordBot | None = None
        self.board = DiscordBoard(settings, self._current, probe=probe)
        self.events = DiscordEvents(settings, self._current, probe=probe)
        self.evidence = DiscordEvidence(settings, self._current, now, ear)

    @property
    def connected(self) -> bool:
        """Whether presses and commands arrive now."""
        return self._bot is not None and self._bot.online

    @property
    def bot(self) -> DiscordBot | None:
        """The client of the moment."""
        return self._bot

    async def run(self, stop: asyncio.Event) -> None:
        """Stay connected until `stop` is set. Raises supervisor.Fatal when starting again cannot help."""
        settings = self._settings
        await keep_alive(
            "discord",
            self._run_once,
            stop,
            base=settings.backoff_base,
            cap=settings.backoff_cap,
            on_state=self._on_state,
        )

    def _current(self) -> DiscordBot | None:
        return self._bot

    async def _run_once(self) -> None:
        bot = DiscordBot(
            self._settings,
            install=self._install,
            on_connected=self._on_connected,
            load_digest=self._load_digest,
            save_digest=self._save_digest,
            lost_since=self._lost_since,
            on_evidence=self.evidence.hear,
        )
        self._bot = bot
        try:
            await bot.run_until_closed()
        finally:
            self._lost_since = bot.lost_since
            self._bot = None
