"""What Discord tells of its members, without a client: over REST, and by every press and command."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import datetime
from typing import Any

from bot.domain.entitlements import Entitlement, Found, Question, Source
from bot.domain.text import normalise_command
from bot.domain.time import MILLISECOND, Micros, instant_of
from bot.rehearsal.fast.discord_answers import PLATFORM, Act
from bot.rehearsal.fast.discord_rest import AnswerLost, Rest, as_port_says
from bot.services.evidence import answered
from bot.services.ports import EvidenceEar, EvidenceSource, PlaceDown
from bot.stage.discord.errors import ApiError
from bot.stage.discord.guild import Role
from bot.stage.discord.snowflakes import EPOCH_MS
from bot.stage.discord.world import DiscordWorld

_NO_MEMBER, _NO_USER = 10007, 10013
_SNOWFLAKE_BITS = 22
_ACCOUNT_DAYS = Question(Entitlement.ACCOUNT_DAYS)
Json = Mapping[str, Any]
Answers = Mapping[tuple[str, Question], Found]


class QuickMembers:
    """See platforms.discord.evidence_members; `online` tells whether the gateway is there. A test compares them."""

    source = Source.DISCORD_MEMBERS
    platform = PLATFORM
    users_max = 1

    def __init__(
        self, world: DiscordWorld, rest: Rest, now: Callable[[], Micros], online: Callable[[], bool]
    ) -> None:
        self._world = world
        self._rest = rest
        self._now = now
        self._online = online

    async def find(self, users: Sequence[str], questions: Collection[Question]) -> Answers:
        """See ports.EvidenceSource."""
        found: dict[tuple[str, Question], Found] = {}
        for user in users:
            at = self._now()
            member = await self._member(user)
            found |= {(user, each): found for each, found in self.proved(member, questions, at).items()}
        return found

    def proved(self, member: Json | None, questions: Collection[Question], at: Micros) -> dict[Question, Found]:
        """The answers that follow from a member's JSON as it was at `at`; None is nobody."""
        return {each: answered(each, 0 if member is None else self._value(member, each), at) for each in questions}

    def _value(self, member: Json, question: Question) -> int:
        # A client knows the server's roles without asking.
        roles = [self._world.guild.roles[each] for each in member["roles"]]
        match question.about:
            case Entitlement.ROLE:
                return int(any(_is_named(role, question.subject) for role in roles))
            case Entitlement.BOOSTER:
                return int(member["premium_since"] is not None)
            case Entitlement.MEMBER_DAYS:
                return instant_of(datetime.fromisoformat(member["joined_at"]))
        return int(any("subscription_listing_id" in role.tags for role in roles))

    async def _member(self, user: str) -> Json | None:
        if not self._online():
            raise PlaceDown("not connected to the Discord server")
        try:
            told: Json = await self._rest.ask("GET", f"/guilds/{self._world.guild_id}/members/{user}")
        except (ApiError, AnswerLost, TimeoutError) as error:
            if isinstance(error, ApiError) and error.code in (_NO_MEMBER, _NO_USER):
                return None
            raise as_port_says("members", error) from None
        return told


class QuickAccounts:
    """When accounts were made stands in their ids; see platforms.discord.evidence_accounts."""

    source = Source.ACCOUNTS
    platform = PLATFORM
    users_max = 1_000

    def __init__(self, now: Callable[[], Micros]) -> None:
        self._now = now

    async def find(self, users: Sequence[str], questions: Collection[Question]) -> Answers:
        """See ports.EvidenceSource."""
        at = self._now()
        made = {user: ((int(user) >> _SNOWFLAKE_BITS) + EPOCH_MS) * MILLISECOND for user in users}
        return {(user, _ACCOUNT_DAYS): answered(_ACCOUNT_DAYS, made[user], at) for user in users}


class QuickDiscordEvidence:
    """See platforms.discord.evidence.DiscordEvidence."""

    def __init__(self, members: QuickMembers, now: Callable[[], Micros], ear: Callable[[], EvidenceEar]) -> None:
        self._members = members
        self._now = now
        self._ear = ear
        self.sources: Sequence[EvidenceSource] = (members, QuickAccounts(now))

    def hear(self, act: Act) -> None:
        """Whoever presses or types a command shows their roles."""
        member = act.told.get("member")
        if member is None:
            return
        account, ear = (PLATFORM, str(member["user"]["id"])), self._ear()
        ear.seen(account)
        asked = ear.questions(self._members.source)
        ear.note(account, self._members.proved(member, asked, self._now()))


def _is_named(role: Role, name: str) -> bool:
    return name == role.id or normalise_command(name) == normalise_command(role.name)
