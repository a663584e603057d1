"""All services of a channel, as the cogs are handed them."""

from __future__ import annotations

from dataclasses import dataclass

from bot.services.claims import Claims
from bot.services.codes import Codes
from bot.services.confirming import Confirmations
from bot.services.control import Control
from bot.services.drops import Drops
from bot.services.eligibility import Eligibility
from bot.services.linking import Linking
from bot.services.nights import Nights
from bot.services.overhearing import Overhearing
from bot.services.passes import Passes
from bot.services.polls import Polls
from bot.services.ports import Clock
from bot.services.privacy import Privacy
from bot.services.proofs import Proofs
from bot.services.telling import Telling
from bot.services.voiding import Voiding
from bot.services.voting import Voting
from bot.services.who import Who
from bot.wording.catalogue import Wording


@dataclass(frozen=True, slots=True)
class Services:
    claims: Claims
    codes: Codes
    drops: Drops
    eligibility: Eligibility
    control: Control
    confirming: Confirmations
    linking: Linking
    polls: Polls
    voting: Voting
    passes: Passes
    nights: Nights
    voiding: Voiding
    privacy: Privacy
    who: Who
    proofs: Proofs
    telling: Telling
    overhearing: Overhearing
    words: Wording
    clock: Clock
