"""Sets of claim codes: having some made, and voiding those that were shown to everybody; what the ledger tells."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from enum import StrEnum
from typing import NamedTuple

from bot.domain.announcing import DISCORD_MODERATORS, News, NewsKind, Priority
from bot.domain.codes import Issue
from bot.domain.ledger import Fact
from bot.domain.people import Actor
from bot.domain.time import DAY, Micros
from bot.domain.transparency import CODE_BURNED, CODE_ISSUED, CODE_REDEEMED

COUNT_MAX = 200
VALID_FOR_MAX: Micros = 366 * DAY
# As a gate names it, "code:EARLY"; see bot.domain.gate_parsing.
_SET = re.compile(r"[A-Z0-9][A-Z0-9_-]{0,39}")


def read_set(text: str) -> str | None:
    """The name of a set in the one form that names are compared in; None for a text that is no name."""
    name = text.strip().upper()
    return name if name.isascii() and _SET.fullmatch(name) else None


def audience_of(platform: str, user_id: str) -> str:
    """How a code says whose alone it is."""
    return f"{platform}:{user_id}"


class IssueRefusal(StrEnum):
    """Why no codes are made, in order of precedence."""

    NOT_ALLOWED = "not-allowed"
    BAD_SET = "bad-set"
    BAD_COUNT = "bad-count"
    BAD_EXPIRY = "bad-expiry"


@dataclass(frozen=True, slots=True)
class IssueCodes:
    """Codes of a set, whose digests are given in the order of their numbers, the first of which is `first`. With an
    `audience` it is one code, which that identity alone may use."""

    channel_id: int
    request_id: str
    actor: Actor
    code_set: str
    first: int
    digests: tuple[bytes, ...] = field(repr=False)
    audience: str = ""
    expires_at: Micros | None = None


@dataclass(frozen=True, slots=True)
class CodesIssued:
    """The codes numbered `first` and on are there. With `already` it is the one that this person has been given
    before and has not used."""

    code_set: str
    first: int
    count: int
    expires_at: Micros | None = None
    already: bool = False


@dataclass(frozen=True, slots=True)
class CodesRefused:
    because: IssueRefusal


IssueDecision = CodesIssued | CodesRefused


class IssueStanding(NamedTuple):
    """What making codes depends on: the next number of the set, and the number of the code in it that waits for
    this audience already, 0 for none."""

    next_number: int
    waiting: int = 0


def decide_issue(standing: IssueStanding, command: IssueCodes, moment: Micros) -> IssueDecision:
    """Make them or refuse with the first reason that applies. Raises ValueError when the codes were derived for
    numbers that are not the next ones."""
    if not command.actor.steers:
        return CodesRefused(IssueRefusal.NOT_ALLOWED)
    if read_set(command.code_set) != command.code_set:
        return CodesRefused(IssueRefusal.BAD_SET)
    if not 1 <= len(command.digests) <= (1 if command.audience else COUNT_MAX):
        return CodesRefused(IssueRefusal.BAD_COUNT)
    expires_at = command.expires_at
    if expires_at is not None and not moment < expires_at <= moment + VALID_FOR_MAX:
        return CodesRefused(IssueRefusal.BAD_EXPIRY)
    if standing.waiting:
        return CodesIssued(command.code_set, standing.waiting, 1, expires_at, already=True)
    if command.first != standing.next_number:
        raise ValueError(f"the next code of {command.code_set} is {standing.next_number}, not {command.first}")
    return CodesIssued(command.code_set, command.first, len(command.digests), expires_at)


class Spilled(NamedTuple):
    """A code that everybody could read, and the one that is to take its place, by their digests."""

    digest: bytes
    replacement: bytes


@dataclass(frozen=True, slots=True)
class BurnCodes:
    """Codes that were shown in chat: those that could still be used are void from now on."""

    channel_id: int
    spilled: tuple[Spilled, ...] = field(repr=False)


@dataclass(frozen=True, slots=True)
class CodesBurned:
    """What was void from then on: as it had been issued."""

    issues: tuple[Issue, ...] = ()


def code_fact(kind: str, issue: Issue) -> Fact:
    """What the public log tells of a code: which one of which set, and how often it was made again."""
    return Fact(kind, "", {"set": issue.scope, "number": issue.number, "reissue": issue.reissue})


def issued_fact(issue: Issue) -> Fact:
    return code_fact(CODE_ISSUED, issue)


def burned_fact(issue: Issue) -> Fact:
    return code_fact(CODE_BURNED, issue)


def redeemed_fact(issue: Issue, actor: Actor, person_id: int) -> Fact:
    """Who has redeemed it stands in the private part."""
    private = {"person": person_id, "platform": actor.platform, "user": actor.user_id, "name": actor.name}
    return code_fact(CODE_REDEEMED, issue)._replace(private=private, person_id=person_id)


def burned_news(issue: Issue) -> News:
    """What moderators should know of a code that anybody could have used. Whose own it was hears of it in chat."""
    about: dict[str, object] = {"set": issue.scope, "number": issue.number}
    return News(NewsKind.CODE_BURNED, (DISCORD_MODERATORS,), about, Priority.ANSWER)
