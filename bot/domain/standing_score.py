"""How well somebody is known here: an explained score for moderators' eyes. Nobody is ever refused by it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from statistics import median_low

from bot.domain.time import DAY, Micros

ACCOUNT_IS_OLD: Micros = 90 * DAY
KNOWN_FOR_LONG: Micros = 14 * DAY
DROPS_MANY = 2


@dataclass(frozen=True, slots=True)
class Acquaintance:
    """What is known of somebody, by all accounts that are linked. `made_at` is when the oldest of these was made,
    None where nobody could tell; `first_seen_at` None for who was never seen; `delays` how long after the opening
    they claimed, for each drop of which they have claimed a unit."""

    made_at: Micros | None = None
    first_seen_at: Micros | None = None
    linked: bool = False
    delays: tuple[Micros, ...] = ()


class Sign(StrEnum):
    """What speaks for somebody, in the order in which it is told."""

    ACCOUNT = "account"
    SEEN = "seen"
    LINKED = "linked"
    DROPS = "drops"


class Level(StrEnum):
    ESTABLISHED = "established"
    BETWEEN = "between"
    NEW = "new"


@dataclass(frozen=True, slots=True)
class Score:
    """Which signs speak for somebody and which do not; one that nobody can tell is neither. `usual_delay` after an
    opening is a weak sign and counts for nothing: None for who has never claimed."""

    holding: tuple[Sign, ...]
    missing: tuple[Sign, ...]
    usual_delay: Micros | None = None

    @property
    def met(self) -> int:
        return len(self.holding)

    @property
    def of(self) -> int:
        """How many signs could be told."""
        return len(self.holding) + len(self.missing)

    @property
    def level(self) -> Level:
        """Established with at most one sign missing, new with at most one there."""
        if self.met >= 2 and len(self.missing) <= 1:
            return Level.ESTABLISHED
        return Level.BETWEEN if self.met >= 2 else Level.NEW


def score(known: Acquaintance, moment: Micros) -> Score:
    """Weigh what is known of somebody at this moment."""
    signs: list[tuple[Sign, bool | None]] = [
        (Sign.ACCOUNT, None if known.made_at is None else moment - known.made_at >= ACCOUNT_IS_OLD),
        (Sign.SEEN, known.first_seen_at is not None and moment - known.first_seen_at >= KNOWN_FOR_LONG),
        (Sign.LINKED, known.linked),
        (Sign.DROPS, len(known.delays) >= DROPS_MANY),
    ]
    holding = tuple(sign for sign, holds in signs if holds)
    missing = tuple(sign for sign, holds in signs if holds is False)
    return Score(holding, missing, _usual(known.delays))


def _usual(delays: Sequence[Micros]) -> Micros | None:
    return median_low(delays) if delays else None
