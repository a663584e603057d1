"""What a gate can ask about a person: every entitlement, who is asked for it, what counts, and what it costs."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from enum import IntEnum, StrEnum
from types import MappingProxyType
from typing import NamedTuple

from bot.domain.time import Micros

TIER_MAX = 3
DAYS_MAX = 9_999


class Entitlement(StrEnum):
    """By the word that a gate has for it."""

    SUBSCRIBER = "subscriber"
    GIFT = "gift"  # the subscription was given by somebody else
    FOLLOWER = "follower"
    FOLLOWER_DAYS = "follower_days"
    VIP = "vip"
    MODERATOR = "moderator"
    FOUNDER = "founder"  # for good, also when the subscription has ended
    ROLE = "role"
    BOOSTER = "booster"
    MEMBER_DAYS = "member_days"
    ROLE_SUBSCRIBER = "role_subscriber"
    BADGE = "badge"  # holds a unit of that drop
    PASS = "pass"
    UNLOCK = "unlock"  # a token that runs for a day
    CODE = "code"
    LISTED = "listed"
    ACCOUNT_DAYS = "account_days"


class Source(StrEnum):
    """Who can answer: one look-up answers all questions of a source about many people, where it can."""

    TWITCH_SUBSCRIPTIONS = "twitch-subscriptions"
    TWITCH_FOLLOWERS = "twitch-followers"
    TWITCH_VIPS = "twitch-vips"
    TWITCH_MODERATORS = "twitch-moderators"
    TWITCH_BADGES = "twitch-badges"
    DISCORD_MEMBERS = "discord-members"
    ACCOUNTS = "accounts"
    UNITS = "units"
    PASSES = "passes"
    UNLOCKS = "unlocks"
    CODES = "codes"
    LISTS = "lists"


_OF_TWITCH = (Source.TWITCH_SUBSCRIPTIONS, Source.TWITCH_FOLLOWERS, Source.TWITCH_VIPS, Source.TWITCH_MODERATORS)
# Whose accounts a source knows, where it knows those of one platform alone.
PLATFORM_OF: Mapping[Source, str] = MappingProxyType(
    {
        **dict.fromkeys((*_OF_TWITCH, Source.TWITCH_BADGES), "twitch"),
        Source.DISCORD_MEMBERS: "discord",
    }
)


class Measure(StrEnum):
    """What the value of a piece of evidence is, when it is not 0: 1, the tier, or the instant since when."""

    FLAG = "flag"
    TIER = "tier"
    DAYS = "days"


class Cost(IntEnum):
    """What it takes to get an entitlement, cheapest first."""

    FREE = 0
    WAITING = 1  # free, and takes time
    HANDED_OUT = 2  # the streamer gives it to whom they like, also to somebody who asks
    PAID = 3
    CHOSEN = 4  # an honour: nobody can go and get it
    OUT_OF_REACH = 5


class Kind(NamedTuple):
    """`named` ones are written with a name: role:patron."""

    source: Source
    measure: Measure
    cost: Cost
    named: bool = False


KINDS: Mapping[Entitlement, Kind] = MappingProxyType(
    {
        Entitlement.SUBSCRIBER: Kind(Source.TWITCH_SUBSCRIPTIONS, Measure.TIER, Cost.PAID),
        Entitlement.GIFT: Kind(Source.TWITCH_SUBSCRIPTIONS, Measure.FLAG, Cost.OUT_OF_REACH),
        Entitlement.FOLLOWER: Kind(Source.TWITCH_FOLLOWERS, Measure.FLAG, Cost.FREE),
        Entitlement.FOLLOWER_DAYS: Kind(Source.TWITCH_FOLLOWERS, Measure.DAYS, Cost.WAITING),
        Entitlement.VIP: Kind(Source.TWITCH_VIPS, Measure.FLAG, Cost.CHOSEN),
        Entitlement.MODERATOR: Kind(Source.TWITCH_MODERATORS, Measure.FLAG, Cost.CHOSEN),
        Entitlement.FOUNDER: Kind(Source.TWITCH_BADGES, Measure.FLAG, Cost.CHOSEN),
        Entitlement.ROLE: Kind(Source.DISCORD_MEMBERS, Measure.FLAG, Cost.HANDED_OUT, named=True),
        Entitlement.BOOSTER: Kind(Source.DISCORD_MEMBERS, Measure.FLAG, Cost.PAID),
        Entitlement.MEMBER_DAYS: Kind(Source.DISCORD_MEMBERS, Measure.DAYS, Cost.WAITING),
        Entitlement.ROLE_SUBSCRIBER: Kind(Source.DISCORD_MEMBERS, Measure.FLAG, Cost.PAID),
        Entitlement.BADGE: Kind(Source.UNITS, Measure.FLAG, Cost.HANDED_OUT, named=True),
        Entitlement.PASS: Kind(Source.PASSES, Measure.FLAG, Cost.HANDED_OUT, named=True),
        Entitlement.UNLOCK: Kind(Source.UNLOCKS, Measure.FLAG, Cost.HANDED_OUT),
        Entitlement.CODE: Kind(Source.CODES, Measure.FLAG, Cost.HANDED_OUT, named=True),
        Entitlement.LISTED: Kind(Source.LISTS, Measure.FLAG, Cost.HANDED_OUT, named=True),
        Entitlement.ACCOUNT_DAYS: Kind(Source.ACCOUNTS, Measure.DAYS, Cost.WAITING),
    }
)


class Question(NamedTuple):
    """One thing to find out about a person. `subject` is the name behind the colon, or ""."""

    about: Entitlement
    subject: str = ""

    @property
    def source(self) -> Source:
        return KINDS[self.about].source

    def __str__(self) -> str:
        return f"{self.about}:{self.subject}" if self.subject else str(self.about)


# Every platform tells it of its own accounts; all other questions are asked on one.
ACCOUNT_AGE = Question(Entitlement.ACCOUNT_DAYS)


class Found(NamedTuple):
    """The answer to a question: 0 for no, otherwise what its measure says. It holds in [found_at, valid_until).

    The value for follower is the instant since when, which answers follower_days as well."""

    value: int
    found_at: Micros
    valid_until: Micros

    def covers(self, moment: Micros) -> bool:
        return self.found_at <= moment < self.valid_until


# What is known of one person. A question that is not in it has not been answered, which is no answer of no.
Evidence = Mapping[Question, Found]
NOTHING_KNOWN: Evidence = MappingProxyType({})


def oldest(ages: Sequence[Found]) -> Found:
    """How long somebody with several accounts has been around. One of age 0 is not there."""
    return min(ages, key=lambda found: found.value or math.inf)


def read_question(text: str) -> Question:
    """The question whose text this is. Raises ValueError for one that there is not."""
    about, _, subject = text.partition(":")
    return Question(Entitlement(about), subject)
