"""One person on two platforms: the code that proves it, the questions asked for it, and what is decided."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple

from bot.domain.announcing import DISCORD_MODERATORS, News, NewsKind, Priority
from bot.domain.codes import SYMBOLS, symbol_runs
from bot.domain.ledger import Fact
from bot.domain.people import Actor
from bot.domain.time import HOUR, MINUTE, SECOND, Micros
from bot.domain.transparency import PERSON_LINKED, PERSON_UNLINKED

LINK_CODE_CHARACTERS = 6
LINK_CODE_BYTES = 4
CODE_VALID_FOR: Micros = 10 * MINUTE
# For so long a yes means what was just asked.
YES_WITHIN: Micros = 60 * SECOND
WRONG_CODES_MAX = 5
WRONG_CODES_COUNT_FOR: Micros = HOUR

TWITCH, DISCORD = "twitch", "discord"


def make_link_code(chance: bytes) -> str:
    """Six symbols of Crockford's base 32, from 30 of the bits of LINK_CODE_BYTES bytes of chance."""
    number = int.from_bytes(chance[:LINK_CODE_BYTES], "big")
    return "".join(SYMBOLS[number >> 5 * place & 31] for place in range(LINK_CODE_CHARACTERS))


def read_link_code(text: str) -> str | None:
    """The code that somebody has typed, however spaced and in whatever case; None when that is no code."""
    runs = symbol_runs(text)
    return runs[0] if len(runs) == 1 and len(runs[0]) == LINK_CODE_CHARACTERS else None


def link_codes_in(text: str, codes: Iterable[str]) -> tuple[str, ...]:
    """Which of these codes a line shows to everybody: also spaced out, in small letters or in look-alikes."""
    runs = symbol_runs(text)
    return tuple(code for code in codes if any(code in run for run in runs))


class LinkRefusal(StrEnum):
    """Why not, in order of precedence: the first that applies is the answer."""

    NEEDS_CODE = "needs-code"
    TOO_MANY_TRIES = "too-many-tries"
    MALFORMED_CODE = "malformed-code"
    UNKNOWN_CODE = "unknown-code"
    LEDGER_BUSY = "ledger-busy"
    ALREADY_LINKED_TO_OTHER = "already-linked-to-other"
    ACCOUNT_LINKED_TO_OTHER = "account-linked-to-other"


class UnlinkRefusal(StrEnum):
    NOT_LINKED = "not-linked"


@dataclass(frozen=True, slots=True)
class LinkPeople:
    """Somebody on Twitch has typed the code of `account`, which is on Discord: first to be asked whether that is
    them, then `confirmed`."""

    channel_id: int
    request_id: str
    actor: Actor
    account: Actor
    confirmed: bool = False


@dataclass(frozen=True, slots=True)
class UnlinkMe:
    """Somebody wants their accounts to be two persons again: first to be asked, then that very `link`."""

    channel_id: int
    request_id: str
    actor: Actor
    link: int = 0


class Merged(NamedTuple):
    """A drop of which two people together hold more than one person may: the numbers of each."""

    title: str
    numbers_on_twitch: tuple[int, ...]
    numbers_on_discord: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class LinkStanding:
    """What a linking depends on. `asker` and `account` are the persons, None for those the ledger has not met;
    `asker_link` and `account_link` the links of theirs that stand, 0 for none. `entry` is the number of the next
    entry."""

    entry: int
    asker: int | None = None
    account: int | None = None
    asker_link: int = 0
    account_link: int = 0
    merged: tuple[Merged, ...] = ()


@dataclass(frozen=True, slots=True)
class Linked:
    """One side of a link that stands: the person and the account they are known by."""

    person_id: int
    account: Actor


@dataclass(frozen=True, slots=True)
class UnlinkStanding:
    """The link of the asker that stands, 0 for none; its two sides, Twitch's first."""

    link: int = 0
    sides: tuple[Linked, ...] = ()


# None of these names anybody: they are kept with one of two people, and would outlive the other.


@dataclass(frozen=True, slots=True)
class LinkAsked:
    """Nothing has happened yet: a yes makes the two one person."""


@dataclass(frozen=True, slots=True)
class LinkMade:
    """The two are one person, since the entry `link`. `merged` are the titles of drops of which they hold more than
    one person may; nothing was taken away."""

    link: int
    merged: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class LinkRefused:
    """`retry_after` is how long codes of this person are not looked at, 0 where that is not the reason."""

    because: LinkRefusal
    retry_after: Micros = 0


@dataclass(frozen=True, slots=True)
class UnlinkAsked:
    """Nothing has happened yet: a yes ends this link."""

    link: int


@dataclass(frozen=True, slots=True)
class Unlinked:
    """The two are two persons again, but for drops that were announced before."""

    link: int


@dataclass(frozen=True, slots=True)
class UnlinkRefused:
    because: UnlinkRefusal


LinkDecision = LinkAsked | LinkMade | LinkRefused
UnlinkDecision = UnlinkAsked | Unlinked | UnlinkRefused


def decide_link(standing: LinkStanding, command: LinkPeople) -> tuple[LinkDecision, tuple[Fact, ...]]:
    """The decision and the facts it makes; only a confirmed one between two who are free makes any. Raises
    ValueError for a confirmed one between people whom the ledger has not been told of."""
    if standing.asker_link and standing.asker_link == standing.account_link:
        return LinkMade(standing.asker_link), ()
    if standing.asker_link:
        return LinkRefused(LinkRefusal.ALREADY_LINKED_TO_OTHER), ()
    if standing.account_link:
        return LinkRefused(LinkRefusal.ACCOUNT_LINKED_TO_OTHER), ()
    if not command.confirmed:
        return LinkAsked(), ()
    if standing.asker is None or standing.account is None:
        raise ValueError("a link joins two persons of the ledger")
    sides = (Linked(standing.asker, command.actor), Linked(standing.account, command.account))
    made = LinkMade(standing.entry, tuple(drop.title for drop in standing.merged))
    return made, _facts(PERSON_LINKED, standing.entry, sides)


def decide_unlink(standing: UnlinkStanding, command: UnlinkMe) -> tuple[UnlinkDecision, tuple[Fact, ...]]:
    """The decision and the facts it makes; a yes is about the link that was asked about, and no later one."""
    if not standing.link or command.link not in (0, standing.link):
        return UnlinkRefused(UnlinkRefusal.NOT_LINKED), ()
    if not command.link:
        return UnlinkAsked(standing.link), ()
    return Unlinked(standing.link), _facts(PERSON_UNLINKED, standing.link, standing.sides)


def merge_news(link: int, merged: Sequence[Merged]) -> News:
    """What moderators should know of a link: who they are is looked up when it is told, for it may be forgotten."""
    drops = [[drop.title, list(drop.numbers_on_twitch), list(drop.numbers_on_discord)] for drop in merged]
    about: dict[str, object] = {"link": link, "drops": drops}
    return News(NewsKind.LINK_MERGES, (DISCORD_MODERATORS,), about, Priority.ANSWER)


def _facts(kind: str, link: int, sides: tuple[Linked, ...]) -> tuple[Fact, ...]:
    """One fact for each of the two, so that each can be forgotten alone; in public they have but the link."""
    return tuple(
        Fact(
            kind,
            "",
            {"link": link},
            {
                "person": side.person_id,
                "platform": side.account.platform,
                "user": side.account.user_id,
                "name": side.account.name,
            },
            side.person_id,
        )
        for side in sides
    )
