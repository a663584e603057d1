"""Copies of the ledger by their names: which are due, and which may go."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.backup import (
    Backup,
    BackupStanding,
    Keeping,
    Occasion,
    backup_name,
    due_backup,
    read_name,
    to_delete,
)
from bot.domain.time import DAY, HOUR, MINUTE, SECOND
from tests.conftest import NOON


def hourly(hours_ago: int, why: str = "hourly") -> Backup:
    at = NOON - hours_ago * HOUR
    return Backup(backup_name("ledger", at, why), at, why)


@pytest.mark.parametrize(
    ("age", "changed", "closed", "expected"),
    [
        (None, False, False, None),
        (None, True, False, Occasion.HOURLY),
        (HOUR - 1, True, False, None),
        (HOUR, True, False, Occasion.HOURLY),
        (HOUR, False, False, None),  # nothing new: the copy would be the same
        (MINUTE, True, True, Occasion.CLOSED),
        (MINUTE, False, True, None),
        (-MINUTE, True, False, Occasion.HOURLY),  # somebody has set the clock back
    ],
)
def test_a_copy_is_due_hourly_and_at_a_close_and_never_for_nothing(age, changed, closed, expected):
    assert due_backup(BackupStanding(age, changed, closed)) == expected


@pytest.mark.parametrize("why", [*Occasion, "before-0002"])
@pytest.mark.parametrize("turn", [1, 2, 17])
def test_a_name_says_when_and_why(why, turn):
    name = backup_name("my-ledger", NOON + 5, why, turn)
    assert read_name(name, "my-ledger") == Backup(name, NOON, why, turn)


@pytest.mark.parametrize(
    "name",
    [
        "ledger.sqlite",
        "ledger-20261101T120000.sqlite",
        "ledger-20261301T120000-hourly.sqlite",
        "ledger-20261101T120000-hourly.sqlite-wal",
        "ledger-20261101T120000-hourly.partial",
        "ledger-20261101T120000-replaced.sqlite",
        "other-20261101T120000-hourly.sqlite",
        "other-ledger-20261101T120000-hourly.sqlite",
        "",
    ],
)
def test_other_names_are_no_copies(name):
    assert read_name(name, "ledger") is None


def test_the_last_day_is_kept_by_the_hour_and_two_weeks_by_the_day():
    ages = range(24 * 40)
    gone = to_delete([hourly(age) for age in ages], Keeping(recent=24, daily=14), NOON)
    kept = sorted(set(ages) - {(NOON - backup.taken_at) // HOUR for backup in gone})
    assert kept[:24] == list(range(24))
    days = {(NOON - age * HOUR) // DAY for age in kept[24:]}
    assert len(days) == len(kept[24:])
    assert 13 <= len(days) <= 15
    assert max(kept) < 24 * 14


def test_the_newest_is_kept_whatever_its_age():
    ancient = [hourly(24 * 400 + age) for age in range(3)]
    assert ancient[0] not in to_delete(ancient, Keeping(recent=1, daily=0), NOON)
    assert to_delete([hourly(99_999)], Keeping(recent=1, daily=0), NOON) == ()


def test_what_was_made_by_hand_stays_and_of_migrations_the_newest_three():
    before = [hourly(age, f"before-{age:04}") for age in range(1, 6)]
    by_hand = [hourly(age, "byhand") for age in range(10, 90)]
    gone = to_delete([*before, *by_hand, *(hourly(age) for age in range(3))], Keeping(), NOON)
    assert {backup.why for backup in gone} == {"before-0004", "before-0005"}


@given(
    ages=st.lists(st.integers(0, 60 * DAY // SECOND), max_size=60),
    recent=st.integers(1, 30),
    daily=st.integers(0, 30),
)
def test_whatever_there_is_the_newest_stay_and_nothing_of_the_kept_days_goes_missing(ages, recent, daily):
    backups = [Backup(f"{n}", NOON - age * SECOND, "hourly", n + 1) for n, age in enumerate(ages)]
    gone = set(to_delete(backups, Keeping(recent, daily), NOON))
    newest = sorted(backups, key=lambda backup: backup.order, reverse=True)
    assert gone.isdisjoint(newest[:recent])
    days_before = {b.taken_at // DAY for b in newest if b.taken_at > NOON - daily * DAY}
    assert {b.taken_at // DAY for b in newest if b not in gone} >= days_before
