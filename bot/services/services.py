"""All services of a channel, as the cogs are handed them."""

from __future__ import annotations

from dataclasses import dataclass

from bot.services.claims import Claims
from bot.services.control import Control
from bot.services.drops import Drops
from bot.services.ports import Clock
from bot.services.telling import Telling
from bot.wording.catalogue import Wording


@dataclass(frozen=True, slots=True)
class Services:
    claims: Claims
    drops: Drops
    control: Control
    telling: Telling
    words: Wording
    clock: Clock
