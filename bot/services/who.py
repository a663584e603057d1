"""Who somebody is, for moderators: what the ledger and the platforms know of them, weighed and explained."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

import structlog

from bot.domain.entitlements import Entitlement, Question, Source
from bot.domain.people import Account, Actor
from bot.domain.standing_score import Acquaintance, Score, score
from bot.domain.text import normalise_command
from bot.domain.time import SECOND, Micros
from bot.services.claims import AskerBudget
from bot.services.ports import Clock, EvidenceSource, NameLookup, PlaceDown, SendRefused
from bot.storage.database import Reads
from bot.storage.people import KnownNames
from bot.storage.who import met

log = structlog.get_logger(__name__)

BURST_MAX = 6
REFILL = 5 * SECOND
_MADE = Question(Entitlement.ACCOUNT_DAYS)


class WhoRefusal(StrEnum):
    """Why nothing is told, in order of precedence."""

    NOT_ALLOWED = "not-allowed"
    NOBODY_NAMED = "nobody-named"
    UNKNOWN_NAME = "unknown-name"


@dataclass(frozen=True, slots=True)
class WhoTold:
    """`name` is what they are called now."""

    name: str
    known: Acquaintance
    score: Score


class Who:
    """`sources` are asked when accounts were made; `lookups` find people by name, per platform. `steady` measures
    how often somebody asks."""

    def __init__(
        self,
        reads: Reads,
        channel_id: int,
        clock: Clock,
        steady: Clock,
        *,
        sources: Iterable[EvidenceSource] = (),
        lookups: Mapping[str, NameLookup],
    ) -> None:
        self._reads = reads
        self._channel_id = channel_id
        self._clock = clock
        self._sources = {each.platform: each for each in sources if each.source is Source.ACCOUNTS}
        self._lookups = lookups
        self._known = KnownNames(reads, channel_id)
        self._budget = AskerBudget(steady, burst=BURST_MAX, refill=REFILL)

    async def tell(self, actor: Actor, whom: Actor | str | None) -> WhoTold | WhoRefusal:
        """What is known of a member, or of whoever goes by this name on Twitch. Raises TooFast."""
        self._budget.take(actor)
        if not actor.steers:
            return WhoRefusal.NOT_ALLOWED
        if isinstance(whom, str):
            wanted = normalise_command(whom).lstrip("@")
            whom = await self._named(wanted) if wanted else None
            if whom is None and wanted:
                return WhoRefusal.UNKNOWN_NAME
        if whom is None:
            return WhoRefusal.NOBODY_NAMED
        key = whom.key
        found = await self._reads.consult(lambda connection: met(connection, self._channel_id, key))
        made = [at for account in found.accounts if (at := await self._made_at(account)) is not None]
        known = replace(found.acquaintance, made_at=min(made, default=None))
        return WhoTold(whom.name, known, score(known, self._clock.now()))

    async def _named(self, name: str) -> Actor | None:
        lookup = self._lookups.get("twitch")
        try:
            found = None if lookup is None else await lookup.find(name)
        except PlaceDown:
            found = None
        return found or await self._known.find("twitch", name)

    async def _made_at(self, account: Account) -> Micros | None:
        """When an account was made; None where nobody can tell now."""
        platform, user_id = account
        source = self._sources.get(platform)
        if source is None:
            return None
        users: Sequence[str] = (user_id,)
        try:
            answers = await source.find(users, (_MADE,))
        except (PlaceDown, SendRefused) as error:
            log.info("nobody can tell how old an account is", platform=platform, reason=str(error))
            return None
        found = answers.get((user_id, _MADE))
        # 0 is the platform's no: it knows no such account any more.
        return found.value if found is not None and found.value else None
