"""What the entries of a channel amount to, as the fold leaves it for whoever compares the tables with it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from bot.domain.drop_plan import DropPlan
from bot.domain.drops import Drop
from bot.domain.passes import Pass
from bot.domain.poll_box import Vote
from bot.domain.poll_story import PollStory
from bot.domain.time import Micros
from bot.storage.night_rows import SeatedNight

Key = tuple[str, int]
CodeName = tuple[str, int, int]


class RebuiltUnit(NamedTuple):
    """One numbered copy as the entries tell it: `holder` is a pseudonym, `nth` the how-manieth of theirs it is.
    `person` is whose it is, None where no private part tells it any more."""

    drop: str
    number: int
    holder: str
    nth: int
    how: str
    granted_at: Micros
    entry_number: int
    person: int | None


@dataclass(frozen=True, slots=True)
class Deed:
    """An entry about a drop, but for the grants of claims. `by` is the identity that asked for it, as far as the
    private part still tells; `undoes` is the number of the entry that it takes back."""

    kind: str
    drop: str
    at: Micros
    public: Mapping[str, Any]
    by: tuple[str, str] | None
    undoes: int | None


class Grant(NamedTuple):
    """What somebody was answered with a unit: the unit with its entry's leaf hash, and the drop as it stood then (a
    claim is told what is left after it, a deed by hand what was left before). `by` is who had asked, `private` all
    that a deed by hand keeps of it; both are empty once that was erased."""

    unit: RebuiltUnit
    leaf: bytes
    plan: DropPlan
    units_left: int
    closes_at: Micros | None
    by: tuple[str, str, str] | None
    private: Mapping[str, Any]


class LogKey(NamedTuple):
    """From entry `entry` on the log is signed by `key`; `why` as bot.domain.transparency.KeyChange has it."""

    entry: int
    key: str
    why: str


@dataclass(slots=True)
class RebuiltLink:
    """Two persons in a row of one link, Twitch's first; None where no private part tells who any more. `ended` are
    the entries that ended it, the same two in the same order."""

    began: tuple[int, ...]
    persons: tuple[int | None, ...]
    linked_at: Micros
    unlinked_at: Micros | None = None
    ended: tuple[int, ...] = ()


@dataclass(slots=True)
class RebuiltCode:
    """What became of a claim code after the entry that issued it; `redeemed` is the entry that did, and `used_by`
    None where no private part tells who any more."""

    burned_at: Micros | None = None
    redeemed: int | None = None
    used_at: Micros | None = None
    used_by: int | None = None


class RebuiltBallot(NamedTuple):
    """A ballot that stands, cast by entry `entry`; `vote` is None where no private part tells any more what was
    chosen, and by whom."""

    entry: int
    voter: str
    weight: int
    vote: Vote | None


@dataclass(slots=True)
class RebuiltPoll:
    """What became of a poll: `ballots` are those that stand, by their voters' pseudonyms, and `closed` is the entry
    that closed it."""

    story: PollStory
    seed: bytes = b""
    closed: int | None = None
    ballots: dict[str, RebuiltBallot] = field(default_factory=dict)


@dataclass(slots=True)
class RebuiltPasses:
    """Passes by number. Whose those in `untold` are, the entry that is named there tells no more. Of uses that were
    spent or given back in a scope, and of which pass nobody may know, `spent` and `returned` count how many."""

    held: dict[int, Pass] = field(default_factory=dict)
    untold: dict[int, int] = field(default_factory=dict)
    spent: Counter[str] = field(default_factory=Counter)
    returned: Counter[str] = field(default_factory=Counter)


@dataclass(slots=True)
class Rebuilt:
    """What the entries amount to: drops by key; by drop and number who owns it; the numbers that were written off,
    with the instant and entry; deeds by entry; links by the number of their first entry; claim codes by
    set, number and reissue; polls and nights by key, and passes.

    `units`, by drop and number, and `requests`, what each was granted, are all of them, but for those a Settle
    has found in the tables already. Of these, `strays` were taken back later: the table must not have them.

    Of the log: its keys, and the sizes at which it has to be signed. Of people who were erased: the grants whose
    requests nobody knows any more, the entries without a private part, and with whom each of these lost it."""

    drops: dict[str, Drop] = field(default_factory=dict)
    owners: dict[str, dict[int, str]] = field(default_factory=dict)
    units: dict[Key, RebuiltUnit] = field(default_factory=dict)
    lost: dict[Key, tuple[Micros, int]] = field(default_factory=dict)
    deeds: dict[int, Deed] = field(default_factory=dict)
    requests: dict[str, Grant] = field(default_factory=dict)
    strays: list[Key] = field(default_factory=list)
    links: dict[int, RebuiltLink] = field(default_factory=dict)
    codes: dict[CodeName, RebuiltCode] = field(default_factory=dict)
    polls: dict[str, RebuiltPoll] = field(default_factory=dict)
    passes: RebuiltPasses = field(default_factory=RebuiltPasses)
    nights: dict[str, SeatedNight] = field(default_factory=dict)
    log_keys: list[LogKey] = field(default_factory=list)
    checkpoints: set[int] = field(default_factory=set)
    forgotten: list[Grant] = field(default_factory=list)
    unsealed: set[int] = field(default_factory=set)
    erased: dict[int, int] = field(default_factory=dict)
    erased_persons: set[int] = field(default_factory=set)
    entries: int = 0
