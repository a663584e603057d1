"""The Discord client: discord.py's client with slash commands, without any privileged intent, cache or mention."""

from __future__ import annotations

import asyncio
import inspect
import re
from collections.abc import Awaitable, Callable, Coroutine
from typing import Any

import discord
import structlog

from bot.platforms.discord.commands import LoadDigest, SaveDigest, forget_digest, no_digest, register
from bot.platforms.discord.settings import DiscordSettings
from bot.platforms.discord.trouble import Tree, guarded
from bot.platforms.hooks import Connected, nothing_to_catch_up
from bot.platforms.supervisor import Fatal

log = structlog.stdlib.get_logger(__name__)

# Discord closes with these when trying again cannot help: token, shard, version or intents.
FATAL_CLOSE_CODES = frozenset({4004, 4010, 4011, 4012, 4013, 4014})


Submitted = Callable[[re.Match[str], discord.Interaction[Any]], Coroutine[Any, Any, None]]


def nobody_asks(interaction: discord.Interaction[Any]) -> None:
    """For whoever has no gate that a member could be let in by."""


class DiscordBot(discord.Client):
    """One login to Discord. After a crash a new one is made.

    `lost_since` is the moment, on the loop's clock, since which presses may have been missed; it is handed
    down when a client follows another.
    """

    def __init__(
        self,
        settings: DiscordSettings,
        *,
        install: Callable[[DiscordBot], Awaitable[None] | None],
        on_connected: Connected = nothing_to_catch_up,
        load_digest: LoadDigest = no_digest,
        save_digest: SaveDigest = forget_digest,
        lost_since: float | None = None,
        on_evidence: Callable[[discord.Interaction[Any]], None] = nobody_asks,
    ) -> None:
        super().__init__(
            intents=discord.Intents(guilds=True),
            max_messages=None,
            chunk_guilds_at_startup=False,
            allowed_mentions=discord.AllowedMentions.none(),
            max_ratelimit_timeout=60,
            guild_ready_timeout=0.5,
        )
        # discord.py's own Bot adds typed commands to this, which need an intent to read what people write.
        self.tree = Tree(self)
        self.settings = settings
        self.lost_since = lost_since
        self.online = False
        self._announced = False
        self._forms: list[tuple[re.Pattern[str], Submitted]] = []
        self._install = install
        self._on_connected = on_connected
        self._on_evidence = on_evidence
        self._load_digest = load_digest
        self._save_digest = save_digest
        self._give_up: asyncio.TimerHandle | None = None
        self._giving_up: asyncio.Task[None] | None = None

    async def run_until_closed(self) -> None:
        """Log in, listen, and close. Raises Fatal when Discord refuses us for good, else whatever ends it."""
        # Offline for long, a fresh client is better: the library's own pauses grow to a quarter of an hour.
        self._start_giving_up()
        try:
            await self.start(self.settings.token)
        except discord.LoginFailure:
            raise Fatal(
                "Discord refuses the bot's token: reset it at https://discord.com/developers/applications and put "
                "the new one where token in [discord] of config.toml says"
            ) from None
        except discord.PrivilegedIntentsRequired:
            raise Fatal("Discord refuses an intent that must be switched on in its developer portal") from None
        except discord.ConnectionClosed as error:
            if error.code in FATAL_CLOSE_CODES:
                raise Fatal(f"Discord closed the connection for good (code {error.code})") from None
            raise
        finally:
            self._stop_giving_up()
            self._note_loss()
            await self.close()

    async def setup_hook(self) -> None:
        installed = self._install(self)
        if inspect.isawaitable(installed):
            await installed
        await register(self, self._load_digest, self._save_digest)

    def hear_forms(self, template: str, submitted: Submitted) -> None:
        """Have `submitted` hear of every form whose custom id matches the whole template. The library knows the
        forms that this very client has shown, and leaves those of earlier ones unanswered."""
        self._forms.append((re.compile(template), guarded(submitted)))

    async def on_interaction(self, interaction: discord.Interaction[Any]) -> None:
        if interaction.type is not discord.InteractionType.modal_submit:
            return
        data: Any = interaction.data or {}
        for template, submitted in self._forms:
            match = template.fullmatch(data.get("custom_id", ""))
            if match is not None:
                await submitted(match, interaction)

    def dispatch(self, event_name: str, /, *args: Any, **kwargs: Any) -> None:
        # A client that was closed soon after it logged in would still announce "ready", and fail in it.
        if self.is_closed():
            return
        if event_name == "interaction":
            # The library has only planned what will answer it, so this comes first.
            self._on_evidence(*args)
        super().dispatch(event_name, *args, **kwargs)

    async def on_connect(self) -> None:
        self._announced = False

    async def on_guild_available(self, guild: discord.Guild) -> None:
        # The library calls itself ready only half a second after the last of all servers that know the bot.
        if guild.id == self.settings.guild_id:
            await self._announce()

    async def on_guild_join(self, guild: discord.Guild) -> None:
        await self.on_guild_available(guild)

    async def on_ready(self) -> None:
        # Our server may be down, or have thrown the bot out.
        await self._announce()

    async def on_resumed(self) -> None:
        await self._connected(resumed=True)

    async def on_disconnect(self) -> None:
        self._note_loss()
        self._start_giving_up()

    async def _announce(self) -> None:
        """Say that a new session stands, once: "ready" may come when the connection is lost again."""
        if not self._announced:
            self._announced = True
            await self._connected(resumed=False)

    async def _connected(self, *, resumed: bool) -> None:
        self._stop_giving_up()
        self.online = True
        lost_since, self.lost_since = self.lost_since, None
        # After a resume Discord sends what was missed.
        gap = 0.0 if resumed or lost_since is None else asyncio.get_running_loop().time() - lost_since
        log.info("discord.connected", resumed=resumed, gap_seconds=round(gap, 2))
        await self._on_connected(gap)

    def _note_loss(self) -> None:
        if self.online:
            self.online = False
            self.lost_since = asyncio.get_running_loop().time()

    def _start_giving_up(self) -> None:
        if self._give_up is None:
            self._give_up = asyncio.get_running_loop().call_later(self.settings.offline_max, self._end)

    def _stop_giving_up(self) -> None:
        if self._give_up is not None:
            self._give_up.cancel()
            self._give_up = None

    def _end(self) -> None:
        log.warning("discord.offline-too-long", seconds=self.settings.offline_max)
        self._give_up = None
        self._giving_up = asyncio.get_running_loop().create_task(self.close(), name="discord gives up")
