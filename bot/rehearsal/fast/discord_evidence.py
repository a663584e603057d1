"""What Discord tells of its members, without a client: over REST, and by every press and command."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from types import SimpleNamespace
from typing import Any, cast

import discord

from bot.domain.time import Micros
from bot.platforms.discord.evidence_accounts import DiscordAccounts
from bot.platforms.discord.evidence_members import DiscordMembers
from bot.platforms.discord.settings import DiscordSettings
from bot.rehearsal.fast.discord_answers import PLATFORM, Act
from bot.rehearsal.fast.discord_rest import AnswerLost, Rest, as_port_says
from bot.services.ports import EvidenceEar, EvidenceSource, PlaceDown
from bot.stage.discord.errors import ApiError
from bot.stage.discord.world import DiscordWorld

_NO_MEMBER, _NO_USER = 10007, 10013


@dataclass(frozen=True, slots=True)
class ShownRole:
    id: int
    name: str
    tags: object


class QuickMembers(DiscordMembers):
    """The program's own source over the local Discord's endpoints; `online` tells whether the gateway is there."""

    def __init__(
        self,
        world: DiscordWorld,
        rest: Rest,
        settings: DiscordSettings,
        now: Callable[[], Micros],
        online: Callable[[], bool],
    ) -> None:
        super().__init__(settings, lambda: None, now)
        self._world = world
        self._rest = rest
        self._online = online

    async def _member(self, user: str) -> discord.Member | None:
        if not self._online():
            raise PlaceDown("not connected to the Discord server")
        try:
            return self.shown(await self._rest.ask("GET", f"/guilds/{self._world.guild_id}/members/{user}"))
        except (ApiError, AnswerLost, TimeoutError) as error:
            if isinstance(error, ApiError) and error.code in (_NO_MEMBER, _NO_USER):
                return None
            raise as_port_says("members", error) from None

    def shown(self, told: Mapping[str, Any]) -> discord.Member:
        """A member as Discord's JSON tells it: as much as answers are read from."""
        # A client knows the server's roles without asking.
        known = [
            ShownRole(
                int(role.id),
                role.name,
                SimpleNamespace(subscription_listing_id=role.tags.get("subscription_listing_id")),
            )
            for role in self._world.guild.roles.values()
        ]
        held = {int(each) for each in told["roles"]}
        shown = SimpleNamespace(
            guild=SimpleNamespace(roles=known),
            roles=[role for role in known if role.id in held],
            premium_since=told["premium_since"],
            joined_at=datetime.fromisoformat(told["joined_at"]),
        )
        return cast(discord.Member, shown)


class QuickDiscordEvidence:
    """See platforms.discord.evidence.DiscordEvidence."""

    def __init__(self, members: QuickMembers, now: Callable[[], Micros], ear: Callable[[], EvidenceEar]) -> None:
        self._members = members
        self._now = now
        self._ear = ear
        self.sources: Sequence[EvidenceSource] = (members, DiscordAccounts(now))

    def hear(self, act: Act) -> None:
        """Whoever presses or types a command shows their roles."""
        member = act.told.get("member")
        if member is None:
            return
        account, ear = (PLATFORM, str(member["user"]["id"])), self._ear()
        ear.seen(account)
        asked = ear.questions(self._members.source)
        ear.note(account, self._members.proved(self._members.shown(member), asked, self._now()))
