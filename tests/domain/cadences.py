"""What must be true of any expansion of a cadence, whoever expands it; and the zones that are hard on it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from itertools import pairwise
from zoneinfo import ZoneInfo

from bot.domain.cadence import Cadence, Occurrence
from bot.domain.recurrence import Rule, Weekly
from bot.domain.time import Micros

Expand = Callable[[Cadence, Micros], Iterator[Occurrence]]

# Two years around the changes of each: by an hour and by half of one, north and south, at midnight, and none.
TWO_YEARS = {
    "Europe/Berlin": 2026,
    "America/New_York": 2026,
    "Australia/Lord_Howe": 2026,
    "America/Sao_Paulo": 2017,  # it changed at midnight, until 2019
    "America/Nuuk": 2026,  # its spring change ends at midnight
    "UTC": 2026,
}
EVERY_DAY = Weekly(tuple(range(7)))
_QUARTER = timedelta(minutes=15)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def utc(text: str) -> Micros:
    """An instant by its UTC date and time."""
    return micros(datetime.fromisoformat(text).replace(tzinfo=UTC))


def micros(moment: datetime) -> Micros:
    return (moment - _EPOCH) // timedelta(microseconds=1)


def local(at: Micros, zone: str) -> datetime:
    """What the clocks of the zone show, with its fold."""
    return (_EPOCH + timedelta(microseconds=at)).astimezone(ZoneInfo(zone)).replace(tzinfo=None)


def daily(zone: str, clock: time, *, days: int = 730) -> Cadence:
    """Every day of two years at that time."""
    starts = date(TWO_YEARS[zone], 1, 1)
    return Cadence("mug", Rule(EVERY_DAY, clock, until=starts + timedelta(days=days - 1)), zone, starts)


@cache
def _walk(zone: str) -> tuple[datetime, list[datetime]]:
    """Every quarter of an hour of the two years and a month on either side, as the clocks of the zone show it."""
    begin = datetime(TWO_YEARS[zone] - 1, 12, 1, tzinfo=UTC)
    return begin, [local(micros(begin + number * _QUARTER), zone) for number in range(800 * 96)]


def shown_times(day: date, zone: str) -> list[datetime]:
    """What the clocks of the zone show around a date, in the order of time: twice what they repeat, never what they
    skip. Found by walking UTC, in which nothing is skipped."""
    begin, walk = _walk(zone)
    noon = (datetime.combine(day, time(12), UTC) - begin) // _QUARTER
    return walk[noon - 160 : noon + 160]


def check_expansion(expand: Expand, cadence: Cadence, wanted: list[date]) -> None:
    """Each date once, in strict order; the wall clock kept, but forward over a gap; the first of two in a fold; and
    the same however often it is begun anew. Raises AssertionError.

    Times are whole quarters of an hour, as all changes of clocks are."""
    assert isinstance(cadence.rule, Rule)
    clock, zone = cadence.rule.clock, cadence.zone
    begin = micros(datetime.combine(wanted[0], time(), UTC) - timedelta(days=3))
    found = list(expand(cadence, begin))
    assert [each.local.date() for each in found] == wanted
    assert len({each.key for each in found}) == len(found)
    instants = [each.opens_at for each in found]
    assert all(earlier < later for earlier, later in pairwise(instants))
    for each in found:
        asked, opens = each.local, local(each.opens_at, zone)
        shown = shown_times(asked.date(), zone)
        assert asked.time() == clock
        assert each.change == {0: "gap", 1: "", 2: "fold"}[shown.count(asked)]
        if each.change == "gap":
            # As far behind the gap as the time asked for is behind its beginning.
            before = max(time for time in shown[: shown.index(opens)] if time < asked)
            after = min(time for time in shown if time > asked)
            assert opens - after == asked - (before + _QUARTER)
        else:
            assert (opens.replace(fold=0), opens.fold) == (asked, 0)
    for at in sorted({instants[0], instants[len(instants) // 2], *(e.opens_at for e in found if e.change)}):
        for after in (at - 1, at, at + 1):
            assert list(expand(cadence, after)) == [each for each in found if each.opens_at > after]


def opens_on(day: date, clock: time, zone: str) -> Micros:
    """When a drop of that date and time of day has to open, found by walking UTC: at the first instant at which the
    clocks of the zone show it, or as far behind a gap as it would be behind the gap's beginning."""
    begin, walk = _walk(zone)
    first = (datetime.combine(day, time(12), UTC) - begin) // _QUARTER - 160
    shown = walk[first : first + 320]
    wanted = datetime.combine(day, clock)
    if wanted not in [each.replace(fold=0) for each in shown]:
        before = max(each for each in shown if each < wanted)
        after = min(each for each in shown if each > wanted)
        wanted += after - before - _QUARTER
    place = next(place for place, each in enumerate(shown) if each.replace(fold=0) == wanted)
    return micros(begin + (first + place) * _QUARTER)
