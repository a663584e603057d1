"""Who has which role on Discord, who boosts, and since when they are there: one person a call, over REST."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence

import aiohttp
import discord
import structlog

from bot.domain.entitlements import Entitlement, Found, Question, Source
from bot.domain.text import normalise_command
from bot.domain.time import Micros, instant_of
from bot.platforms.discord.bot import DiscordBot
from bot.platforms.discord.people import PLATFORM
from bot.platforms.discord.settings import DiscordSettings
from bot.services.evidence import answered
from bot.services.ports import PlaceDown, SendRefused

log = structlog.stdlib.get_logger(__name__)

# Neither the person nor the account is known there: both mean that nobody of that id is a member.
_NO_MEMBER, _NO_USER = 10007, 10013


class DiscordMembers:
    """`bot` gives the client of the moment. Asking takes no privileged intent, as being told would."""

    source = Source.DISCORD_MEMBERS
    platform = PLATFORM
    users_max = 1

    def __init__(
        self, settings: DiscordSettings, bot: Callable[[], DiscordBot | None], now: Callable[[], Micros]
    ) -> None:
        self._settings = settings
        self._bot = bot
        self._now = now
        self._missed: set[str] = set()

    async def find(
        self, users: Sequence[str], questions: Collection[Question]
    ) -> Mapping[tuple[str, Question], Found]:
        """See ports.EvidenceSource. Who is no member has none of it."""
        found: dict[tuple[str, Question], Found] = {}
        for user in users:
            at = self._now()
            about = self.proved(await self._member(user), questions, at)
            found.update({(user, question): each for question, each in about.items()})
        return found

    def proved(
        self, member: discord.Member | None, questions: Collection[Question], at: Micros
    ) -> dict[Question, Found]:
        """The answers that follow from what Discord shows of a member at `at`."""
        return {question: answered(question, self._value(member, question), at) for question in questions}

    def _value(self, member: discord.Member | None, question: Question) -> int:
        if member is None:
            return 0
        match question.about:
            case Entitlement.ROLE:
                self._complain_of_no_role(member.guild, question.subject)
                return int(any(_is_named(role, question.subject) for role in member.roles))
            case Entitlement.BOOSTER:
                return int(member.premium_since is not None)
            case Entitlement.MEMBER_DAYS:
                return 0 if member.joined_at is None else instant_of(member.joined_at)
            case Entitlement.ROLE_SUBSCRIBER:
                tags = (role.tags for role in member.roles)
                return int(any(tag is not None and tag.subscription_listing_id is not None for tag in tags))
        raise ValueError(f"{question.about} is not asked here")

    def _complain_of_no_role(self, guild: discord.Guild, name: str) -> None:
        if name not in self._missed and not any(_is_named(role, name) for role in guild.roles):
            self._missed.add(name)
            log.error("a gate asks for a role that the Discord server does not have: nobody has it", role=name)

    async def _member(self, user: str) -> discord.Member | None:
        bot = self._bot()
        guild = None if bot is None or not bot.online else bot.get_guild(self._settings.guild_id)
        if guild is None or guild.unavailable:
            raise PlaceDown("not connected to the Discord server")
        try:
            return await guild.fetch_member(int(user))
        except discord.NotFound as error:
            if error.code in (_NO_MEMBER, _NO_USER):
                return None
            raise SendRefused(f"Discord answers {error.status} ({error.text})") from None
        except discord.RateLimited as error:
            raise PlaceDown("Discord asks to wait", error.retry_after) from None
        except discord.HTTPException as error:
            if error.status in (401, 429) or error.status >= 500:
                raise PlaceDown(f"Discord answers {error.status}") from None
            raise SendRefused(f"Discord answers {error.status} ({error.text})") from None
        except (aiohttp.ClientError, OSError, RuntimeError) as error:
            # RuntimeError: the client was closed while the library waited to try again.
            raise PlaceDown(f"Discord did not answer ({type(error).__name__})") from None


def _is_named(role: discord.Role, name: str) -> bool:
    """By its id, or by its name as people compare names."""
    return name == str(role.id) or normalise_command(name) == normalise_command(role.name)
