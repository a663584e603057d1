"""What Discord can tell of people: sources that are asked, and presses and commands that tell it unasked."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import discord
import structlog

from bot.domain.time import Micros
from bot.platforms.discord.bot import DiscordBot
from bot.platforms.discord.evidence_accounts import DiscordAccounts
from bot.platforms.discord.evidence_members import DiscordMembers
from bot.platforms.discord.people import PLATFORM
from bot.platforms.discord.settings import DiscordSettings
from bot.platforms.hooks import NobodyAsks
from bot.services.ports import EvidenceEar, EvidenceSource

log = structlog.stdlib.get_logger(__name__)


class DiscordEvidence:
    """`bot` gives the client of the moment, `now` the machine's clock; `ear` is who wants to hear."""

    def __init__(
        self,
        settings: DiscordSettings,
        bot: Callable[[], DiscordBot | None],
        now: Callable[[], Micros],
        ear: Callable[[], EvidenceEar] = NobodyAsks,
    ) -> None:
        self._guild_id = settings.guild_id
        self._now = now
        self._ear = ear
        self._members = DiscordMembers(settings, bot, now)
        self.sources: Sequence[EvidenceSource] = (self._members, DiscordAccounts(now))

    def hear(self, interaction: discord.Interaction[Any]) -> None:
        """Whoever presses or types a command shows their roles, at once: a claim may be what they pressed."""
        try:
            self._take_in(interaction)
        except Exception:
            # The library ends its client over whatever is raised here.
            log.exception("discord.evidence-not-heard")

    def _take_in(self, interaction: discord.Interaction[Any]) -> None:
        member, guild = interaction.user, interaction.client.get_guild(self._guild_id)
        # Roles of another server prove nothing, and those of one that is not there yet have no names.
        ours = guild is not None and not guild.unavailable and interaction.guild_id == self._guild_id
        if ours and isinstance(member, discord.Member):
            account, ear = (PLATFORM, str(member.id)), self._ear()
            ear.seen(account)
            ear.note(account, self._members.proved(member, ear.questions(self._members.source), self._now()))
