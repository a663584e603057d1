"""Planning a drop live, from a form's raw texts; and what came of a plan, live or from config.toml."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from bot.domain.drops import SUPPLY_MAX, DropPlan, Opening, WhileOffline
from bot.domain.people import Actor
from bot.domain.plan import WINDOW_MAX, WINDOW_MIN, title_fault
from bot.domain.text import label, normalise_command, slug
from bot.domain.time import DAY, HOUR, MINUTE, SECOND, Micros

KINDS = ("other", "badge", "emote", "skin", "print", "unlock", "pass")
OPENS_WITHIN: Micros = 366 * DAY

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_SPAN_PART = re.compile(r"([0-9]{1,7}) ?(d|h|m|s)[a-z]*")
_SPAN_UNITS = {"d": DAY, "h": HOUR, "m": MINUTE, "s": SECOND}
_CLOCK = re.compile(r"([0-9]{1,2}):([0-9]{2})")
_DATE_AND_CLOCK = re.compile(r"([0-9]{4})-([0-9]{1,2})-([0-9]{1,2})[ t]([0-9]{1,2}):([0-9]{2})")


@dataclass(frozen=True, slots=True)
class PlanDrop:
    """A moderator plans one drop live."""

    channel_id: int
    request_id: str
    actor: Actor
    plan: DropPlan


@dataclass(frozen=True, slots=True)
class ApplyPlans:
    """The drops of config.toml as they stand: new ones are planned, planned ones follow, announced ones stay."""

    channel_id: int
    request_id: str
    actor: Actor
    plans: tuple[DropPlan, ...]


@dataclass(frozen=True, slots=True)
class DropPlanned:
    """`opens_at` is None for a drop on cue."""

    drop: str
    title: str
    supply: int
    opens_at: int | None
    announce_at: int


@dataclass(frozen=True, slots=True)
class PlanRefused:
    """Everything that is wrong at once: the values of `FormMistake`."""

    mistakes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class PlansApplied:
    """By key; `refused` are sentences about drops that are announced and may not change that way."""

    new: tuple[str, ...]
    changed: tuple[str, ...]
    removed: tuple[str, ...]
    refused: tuple[str, ...]


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
    HELD_BACK = "held-back"
    PER_PERSON = "per-person"
    TITLE_TAKEN = "title-taken"
    NOT_ALLOWED = "not-allowed"


@dataclass(frozen=True, slots=True)
class DropForm:
    """What somebody wrote into the form, as it stands. `opens` is "cue", "20:00", "2026-12-01 20:00" or "in 10m";
    `lasts` a span like "10m" or "1h 30m". Empty `kind`, `held_back` and `per_person` mean other, 0 and 1."""

    title: str
    supply: str
    opens: str
    lasts: str
    kind: str = ""
    held_back: str = ""
    per_person: str = ""


def read_form(form: DropForm, *, zone: str, now: Micros) -> DropPlan | PlanRefused:
    """The plan that the form asks for, announced at once, or all its mistakes together.

    Local times are of the IANA zone `zone`: one that the spring change skips moves forward, of one that the autumn
    change repeats the first counts, and a clock time that has passed today means tomorrow."""
    mistakes: list[FormMistake] = []
    if title_fault(form.title) is not None:
        mistakes.append(FormMistake.TITLE)
    kind = normalise_command(form.kind) or KINDS[0]
    if kind not in KINDS:
        mistakes.append(FormMistake.KIND)
    supply = _count(form.supply, 1, SUPPLY_MAX)
    if supply is None:
        mistakes.append(FormMistake.SUPPLY)
    opens_at = _opening(form.opens, zone, now)
    if isinstance(opens_at, FormMistake):
        mistakes.append(opens_at)
    window = _span(form.lasts)
    if window is None or not WINDOW_MIN <= window <= WINDOW_MAX:
        mistakes.append(FormMistake.LASTS)
    # Against an unreadable supply only the absolute bounds can be checked.
    held_back = _count(form.held_back or "0", 0, (supply or SUPPLY_MAX) - 1)
    if held_back is None:
        mistakes.append(FormMistake.HELD_BACK)
    per_person = _count(form.per_person or "1", 1, supply or SUPPLY_MAX)
    if per_person is None:
        mistakes.append(FormMistake.PER_PERSON)
    # Whatever could not be read is among the mistakes; naming each tells the type checker.
    if isinstance(opens_at, FormMistake) or supply is None or window is None:
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
        while_offline=WhileOffline.WAIT,
        zone=zone,
        announce_at=now,
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


def _span(text: str) -> Micros | None:
    plain = normalise_command(text)
    parts = list(_SPAN_PART.finditer(plain))
    if not parts or "".join(part.group() for part in parts).replace(" ", "") != plain.replace(" ", ""):
        return None
    return sum(int(part.group(1)) * _SPAN_UNITS[part.group(2)] for part in parts)


def _opening(text: str, zone: str, now: Micros) -> Micros | FormMistake | None:
    """The instant, or None for on cue."""
    plain = normalise_command(text)
    if plain == "cue":
        return None
    if plain.startswith("in "):
        span = _span(plain.removeprefix("in "))
        if not span:
            return FormMistake.OPENS_UNCLEAR
        return now + span if span <= OPENS_WITHIN else FormMistake.OPENS_TOO_FAR
    try:
        opens_at = _local_opening(plain, ZoneInfo(zone), now)
    except (ValueError, OverflowError):
        return FormMistake.OPENS_UNCLEAR
    if opens_at is None:
        return FormMistake.OPENS_UNCLEAR
    if opens_at <= now:
        return FormMistake.OPENS_PAST
    return opens_at if opens_at <= now + OPENS_WITHIN else FormMistake.OPENS_TOO_FAR


def _local_opening(plain: str, zone: ZoneInfo, now: Micros) -> Micros | None:
    if written := _DATE_AND_CLOCK.fullmatch(plain):
        year, month, day, hour, minute = map(int, written.groups())
        return _instant(date(year, month, day), time(hour, minute), zone)
    if written := _CLOCK.fullmatch(plain):
        clock = time(int(written[1]), int(written[2]))
        today = (_EPOCH + timedelta(microseconds=now)).astimezone(zone).date()
        opens_at = _instant(today, clock, zone)
        return opens_at if opens_at > now else _instant(today + timedelta(days=1), clock, zone)
    return None


def _instant(day: date, clock: time, zone: ZoneInfo) -> Micros:
    # fold=0 is the first of a repeated hour, and before a skipped one the old offset, which moves it forward.
    local = datetime.combine(day, clock).replace(tzinfo=zone, fold=0)
    return (local.astimezone(UTC) - _EPOCH) // timedelta(microseconds=1)


def _key_of_unspellable(title: str) -> str:
    # A title without a letter of a to z still needs a key that buttons and commands can carry.
    return f"drop-{hashlib.sha256(title.encode()).hexdigest()[:6]}"
