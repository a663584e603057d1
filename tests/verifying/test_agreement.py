"""The page takes and refuses what the program takes and refuses, and names the same entry."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from bot.domain.bundle_check import BundleReport, check_bundle
from bot.domain.time import HOUR, MINUTE
from bot.domain.transparency import KeyChange
from bot.storage.signing import verify_signature
from tests.conftest import NOON, FixedClock, running_lane
from tests.damage import changed_bytes, changed_lengths, changed_lines
from tests.small_log import (
    SmallLog,
    badge_evening,
    early_evening,
    proof_of,
    short_drop,
    short_early_drop,
    small_evening,
    small_proof,
    tiny_evening,
    verify,
)
from tests.storage.test_export import bundle_of, whole_evening
from tests.verifying.checker import Answer, Checker
from tests.verifying.evenings import long_evening, sold_out_evening
from tests.verifying.opinions import disagreements, program_refuses

BUNDLE, PROOF = short_drop().bundle().encode(), small_proof().encode()
EARLY = short_early_drop().bundle().encode()


def log_younger_than_its_drop() -> SmallLog:
    log = SmallLog(signed=False)
    log.open()
    log.claim(1)
    log.new_key(KeyChange.FIRST)
    log.close()
    return log


def moved_evening() -> SmallLog:
    """A drop that was moved twice before it opened early."""
    log = SmallLog()
    log.announce(supply=6, early="subscriber", early_for=10 * MINUTE, early_units=2)
    was = {"was_opens_at": NOON, "was_window": 15 * MINUTE}
    log.tell("drop.moved", opens_at=NOON + HOUR, window=20 * MINUTE, why="ill", **was)
    was = {"was_opens_at": NOON + HOUR, "was_window": 20 * MINUTE}
    log.tell("drop.moved", opens_at=NOON + MINUTE, window=20 * MINUTE, why="schedule", **was)
    log.at = NOON - 9 * MINUTE
    log.tell("drop.opened", public_at=NOON + MINUTE, closes_at=NOON + 21 * MINUTE, late=False)
    log.claim(1, window="early")
    log.let_all_in()
    log.claim(2)
    log.close()
    return log


def deep_in_the_log() -> SmallLog:
    """A drop with many entries before it."""
    log = sold_out_evening(300)
    log.open("cap")
    log.claim(1, key="cap")
    log.close("cap")
    return log


def told(report: BundleReport) -> Answer:
    """The program's report in the page's terms."""
    return {
        "verdict": "holds",
        "hidden": report.hidden,
        "before": report.first - 1,
        "signed_late": report.signed_late,
        "told": report.told,
        "units": [[unit.number, unit.how, unit.holder, unit.at, unit.entry] for unit in report.units],
        "lost": [number for number, _ in report.lost],
        "left": report.drop.units_left,
        "state": str(report.drop.state),
        "notes": [[each.size, each.fingerprint] for each in report.checkpoints],
        "keys": [[new.entry, str(new.key), str(new.why)] for new in report.keys],
    }


@pytest.mark.parametrize(
    "evening",
    [
        tiny_evening,
        small_evening,
        long_evening,
        early_evening,
        moved_evening,
        badge_evening,
        log_younger_than_its_drop,
        deep_in_the_log,
    ],
)
def test_the_page_tells_of_an_evening_what_the_program_tells(page: Checker, evening: Callable[[], SmallLog]):
    log = evening()
    bundle = log.bundle(next(reversed(log.drops)) if evening is deep_in_the_log else "mug")
    answer = page.answer(bundle)
    answer["notes"] = [[size, short] for size, _, short in answer["notes"]]
    expected = told(check_bundle(bundle, verify))
    assert {name: answer[name] for name in expected} == expected


async def test_the_bundle_of_a_real_ledger_holds(page: Checker, new_ledger, clock: FixedClock):
    async with running_lane(new_ledger, clock) as lane:
        await whole_evening(lane, clock)
    bundle = bundle_of(new_ledger)
    report, answer = check_bundle(bundle, verify_signature), page.answer(bundle)
    assert answer["verdict"] == "holds"
    assert [unit[0] for unit in answer["units"]] == [unit.number for unit in report.units] == [1, 2, 3, 4]


@pytest.mark.parametrize("drop", ["mug", "cap"])
def test_each_drop_of_a_ledger_has_a_bundle_of_its_own_that_holds(page: Checker, drop: str):
    assert page.answer(long_evening().bundle(drop))["verdict"] == "holds"


def test_a_proof_of_each_number_holds(page: Checker):
    log = long_evening()
    grants = [entry.number for entry in log.entries if entry.kind == "unit.granted"]
    assert len(grants) == 7
    assert {
        each["verdict"]
        for each in page.answers([proof_of(log, number, max(log.notes)).encode() for number in grants])
    } == {"holds"}


@pytest.mark.parametrize("raw", [BUNDLE, EARLY, PROOF], ids=["bundle", "early", "proof"])
def test_any_byte_changed_is_refused_by_both(page: Checker, raw: bytes):
    changes = [damaged for _, damaged in changed_bytes(raw)]
    # Seventeen is no divisor of how many changes there are of each byte: every kind of change has its turn.
    assert disagreements(page, changes[::17]) == []


@pytest.mark.parametrize("raw", [BUNDLE, PROOF], ids=["bundle", "proof"])
def test_any_byte_added_or_removed_is_refused_by_both(page: Checker, raw: bytes):
    changes = [damaged for _, damaged in changed_lengths(raw)]
    assert disagreements(page, changes[::17]) == []


@pytest.mark.parametrize("raw", [BUNDLE, EARLY, PROOF], ids=["bundle", "early", "proof"])
def test_any_line_removed_doubled_or_swapped_is_refused_by_both(page: Checker, raw: bytes):
    assert disagreements(page, list(changed_lines(raw))) == []


def test_a_file_cut_off_after_any_line_is_taken_or_refused_by_both(page: Checker):
    raw = long_evening().bundle().encode()
    ends = [at + 1 for at, byte in enumerate(raw) if byte == ord("\n")]
    cut = [raw[:end] for end in ends]
    assert disagreements(page, cut) == []
    assert sum(not program_refuses(each)[0] for each in cut) == 10
