"""Planning a drop live, from a form's raw texts; and what came of a plan, live or from config.toml."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Literal, NamedTuple, get_args

from bot.domain.drop_plan import PLANNED_WITHIN, SUPPLY_MAX, DropPlan, Opening, WhileOffline
from bot.domain.moments import read_moment
from bot.domain.moved import MoveReason
from bot.domain.people import Actor
from bot.domain.plan import WINDOW_MAX, WINDOW_MIN, title_fault
from bot.domain.text import label, normalise_command, slug
from bot.domain.time import Micros, read_span

Kind = Literal["other", "badge", "emote", "skin", "print", "unlock", "pass"]
KINDS: tuple[Kind, ...] = get_args(Kind)


@dataclass(frozen=True, slots=True)
class PlanDrop:
    """A moderator plans one drop live."""

    channel_id: int
    request_id: str
    actor: Actor
    plan: DropPlan


@dataclass(frozen=True, slots=True)
class ApplyPlans:
    """The drops of config.toml as they stand: new ones are planned, planned ones follow, announced ones stay.

    With `whole` nothing at all is applied while something is refused. `series` are the names of the drops that
    recur, also of those that have no time to come; `moved` says by such a name, or a drop's own, why its announced
    window changes."""

    channel_id: int
    request_id: str
    actor: Actor
    plans: tuple[DropPlan, ...]
    whole: bool = False
    series: frozenset[str] = frozenset()
    moved: Mapping[str, MoveReason] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class DropPlanned:
    """`opens_at` is None for a drop on cue."""

    drop: str
    title: str
    supply: int
    opens_at: int | None
    announce_at: int
    held_back: int = 0


class BrokenRule(NamedTuple):
    """One of the channel's own rules that a new drop would break: the value of a `PacingRule`. `other` is the drop
    that opens too near, `openings` how many would open within seven days; `limit` is the rule's number (the gap in
    microseconds, the drops a week), `span` its date or its hours."""

    rule: str
    opens_at: Micros
    other: str = ""
    other_opens_at: Micros | None = None
    openings: int = 0
    limit: int = 0
    span: str = ""


@dataclass(frozen=True, slots=True)
class PlanRefused:
    """Everything that is wrong at once: the values of `FormMistake`; or, with a form that can be read, the rules
    that it breaks, each as the plain fields of a `BrokenRule`."""

    mistakes: tuple[str, ...]
    # Kept with the answer, which knows tuples by what is in them alone.
    broken: tuple[tuple[Any, ...], ...] = ()


@dataclass(frozen=True, slots=True)
class PlansApplied:
    """By key; `refused` are sentences about drops that are announced and may not change that way."""

    new: tuple[str, ...]
    changed: tuple[str, ...]
    removed: tuple[str, ...]
    refused: tuple[str, ...]
    moved: tuple[str, ...] = ()


PlanDecision = DropPlanned | PlanRefused


class FormMistake(StrEnum):
    """What a form can have wrong, in the order of its fields; then what only the ledger knows."""

    TITLE = "title"
    KIND = "kind"
    SUPPLY = "supply"
    OPENS_UNCLEAR = "opens-unclear"
    OPENS_PAST = "opens-past"
    OPENS_TOO_FAR = "opens-too-far"
    LASTS = "lasts"
    ANNOUNCE_UNCLEAR = "announce-unclear"
    ANNOUNCE_PAST = "announce-past"
    ANNOUNCE_TOO_FAR = "announce-too-far"
    ANNOUNCE_LATE = "announce-late"
    WHILE_OFFLINE = "while-offline"
    HELD_BACK = "held-back"
    PER_PERSON = "per-person"
    TITLE_TAKEN = "title-taken"
    NOT_ALLOWED = "not-allowed"


@dataclass(frozen=True, slots=True)
class DropForm:
    """What somebody wrote into the form, as it stands. `opens` is "cue", "20:00", "2026-12-01 20:00" or "in 10m",
    `announce` the same with "now" in the place of "cue"; `lasts` a span like "10m" or "1h 30m". Empty `kind`,
    `held_back`, `per_person`, `announce` and `while_offline` mean other, 0, 1, now and wait."""

    title: str
    supply: str
    opens: str
    lasts: str
    kind: str = ""
    held_back: str = ""
    per_person: str = ""
    announce: str = ""
    while_offline: str = ""


def read_form(form: DropForm, *, zone: str, now: Micros) -> DropPlan | PlanRefused:
    """The plan that the form asks for, or all its mistakes together. Times are read by `read_moment`."""
    mistakes: list[FormMistake] = []
    if title_fault(form.title) is not None:
        mistakes.append(FormMistake.TITLE)
    kind = normalise_command(form.kind) or KINDS[0]
    if kind not in KINDS:
        mistakes.append(FormMistake.KIND)
    supply = _count(form.supply, 1, SUPPLY_MAX)
    if supply is None:
        mistakes.append(FormMistake.SUPPLY)
    on_cue = normalise_command(form.opens) == "cue"
    opens_at = None if on_cue else _moment(form.opens, zone, now, _OPENS)
    if isinstance(opens_at, FormMistake):
        mistakes.append(opens_at)
    window = read_span(normalise_command(form.lasts))
    if window is None or not WINDOW_MIN <= window <= WINDOW_MAX:
        mistakes.append(FormMistake.LASTS)
    at_once = normalise_command(form.announce) in ("", "now")
    announce_at = now if at_once else _moment(form.announce, zone, now, _ANNOUNCE)
    if isinstance(announce_at, FormMistake):
        mistakes.append(announce_at)
    elif isinstance(opens_at, Micros) and announce_at > opens_at:
        mistakes.append(FormMistake.ANNOUNCE_LATE)
    while_offline = normalise_command(form.while_offline) or WhileOffline.WAIT
    if while_offline not in list(WhileOffline):
        mistakes.append(FormMistake.WHILE_OFFLINE)
    # Against an unreadable supply only the absolute bounds can be checked.
    held_back = _count(form.held_back or "0", 0, (supply or SUPPLY_MAX) - 1)
    if held_back is None:
        mistakes.append(FormMistake.HELD_BACK)
    per_person = _count(form.per_person or "1", 1, supply or SUPPLY_MAX)
    if per_person is None:
        mistakes.append(FormMistake.PER_PERSON)
    # Whatever could not be read is among the mistakes; naming each tells the type checker.
    if isinstance(opens_at, FormMistake) or isinstance(announce_at, FormMistake):
        return PlanRefused(tuple(mistakes))
    if supply is None or window is None:
        return PlanRefused(tuple(mistakes))
    if mistakes or held_back is None or per_person is None:
        return PlanRefused(tuple(mistakes))
    title = label(form.title)
    return DropPlan(
        key=slug(title) or _key_of_unspellable(title),
        title=title,
        kind=kind,
        supply=supply,
        held_back=held_back,
        per_person=per_person,
        opening=Opening.CUE if opens_at is None else Opening.CLOCK,
        while_offline=WhileOffline(while_offline),
        zone=zone,
        announce_at=announce_at,
        opens_at=opens_at,
        window=window,
    )


def _count(text: str, least: int, most: int) -> int | None:
    plain = normalise_command(text)
    # int() would also take "1_000", signs and the digits of other scripts.
    if not re.fullmatch(r"[0-9]{1,9}", plain):
        return None
    number = int(plain)
    return number if least <= number <= most else None


@dataclass(frozen=True, slots=True)
class _Faults:
    """What a moment can have wrong, as the mistakes of its field."""

    unclear: FormMistake
    past: FormMistake
    too_far: FormMistake


_OPENS = _Faults(FormMistake.OPENS_UNCLEAR, FormMistake.OPENS_PAST, FormMistake.OPENS_TOO_FAR)
_ANNOUNCE = _Faults(FormMistake.ANNOUNCE_UNCLEAR, FormMistake.ANNOUNCE_PAST, FormMistake.ANNOUNCE_TOO_FAR)


def _moment(text: str, zone: str, now: Micros, faults: _Faults) -> Micros | FormMistake:
    at = read_moment(text, zone, now)
    if at is None:
        return faults.unclear
    if at <= now:
        return faults.past
    return at if at <= now + PLANNED_WITHIN else faults.too_far


def _key_of_unspellable(title: str) -> str:
    # A title without a letter of a to z still needs a key that buttons and commands can carry.
    return f"drop-{hashlib.sha256(title.encode()).hexdigest()[:6]}"
