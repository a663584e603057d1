"""The page takes and refuses what the program takes and refuses, and names the same entry."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cache

import pytest

from bot.domain.bundle import BundleRefused, check_bundle
from bot.domain.bundle_check import BundleReport
from bot.domain.proof import check_proof
from bot.domain.public_lines import text_of
from bot.domain.time import MINUTE
from bot.domain.transparency import KeyChange
from tests.domain.test_bundle import LIES
from tests.domain.test_bundle_damage import BUNDLE, PROOF, changed_bytes, changed_lengths, changed_lines
from tests.small_log import SmallLog, small_evening, verify
from tests.verifying.checker import Answer, Checker
from tests.verifying.evenings import long_evening, proof_of, sold_out_evening

BATCH = 500
quick_verify = cache(verify)


def held_back_is_claimed(log: SmallLog) -> None:
    log.open(held_back=1)
    for number in (1, 2, 3):
        log.claim(number)


def closing_is_not_signed(log: SmallLog) -> None:
    log.open()
    log.tell("drop.closed", why="time", late=False, sign=False)
    log.tell("drop.settled")


def selling_out_is_not_signed(log: SmallLog) -> None:
    log.open(supply=1)
    log.claim(1, sign=False)
    log.close()


def another_announcement_is_not_signed(log: SmallLog) -> None:
    log.open()
    log.plan("cap")
    log.tell("drop.announced", "cap", sign=False)
    log.close()


def announcement_is_not_signed(log: SmallLog) -> None:
    log.plan()
    log.tell("drop.announced", sign=False)
    log.tell("drop.opened", closes_at=log.at + MINUTE, late=False)


def opens_unannounced(log: SmallLog) -> None:
    log.plan()
    log.tell("drop.opened", closes_at=log.at + MINUTE, late=False)


def never_announced(log: SmallLog) -> None:
    log.plan()


def first_key_twice(log: SmallLog) -> None:
    log.open()
    log.new_key(KeyChange.FIRST)
    log.close()


FORGED = (
    held_back_is_claimed,
    closing_is_not_signed,
    selling_out_is_not_signed,
    another_announcement_is_not_signed,
    announcement_is_not_signed,
    opens_unannounced,
    never_announced,
    first_key_twice,
)


def program_refuses(raw: bytes) -> tuple[bool, int | None]:
    """Whether the program refuses the file, and the entry that it names."""
    check = check_proof if raw.startswith(b"microdrops p") else check_bundle
    try:
        check(text_of(raw), quick_verify)
    except BundleRefused as refused:
        return True, refused.entry
    return False, None


def disagreements(page: Checker, files: Sequence[bytes]) -> list[str]:
    """Where the page says something else than the program."""
    found = []
    for begin in range(0, len(files), BATCH):
        batch = files[begin : begin + BATCH]
        for raw, answer in zip(batch, page.answers(batch), strict=True):
            refused, entry = program_refuses(raw)
            if (answer["verdict"] == "refused", answer["entry"]) != (refused, entry):
                found.append(f"{answer['verdict']} {answer['reason']!r}, the program names {entry}: {raw!r}")
    return found


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


@pytest.mark.parametrize("evening", [small_evening, long_evening, lambda: sold_out_evening(300)])
def test_the_page_tells_of_an_evening_what_the_program_tells(page: Checker, evening: Callable[[], SmallLog]):
    bundle = evening().bundle()
    answer = page.answer(bundle)
    answer["notes"] = [[size, short] for size, _, short in answer["notes"]]
    expected = told(check_bundle(bundle, verify))
    assert {name: answer[name] for name in expected} == expected


@pytest.mark.parametrize("drop", ["mug", "cap"])
def test_each_drop_of_a_ledger_has_a_bundle_of_its_own_that_holds(page: Checker, drop: str):
    assert page.answer(long_evening().bundle(drop))["verdict"] == "holds"


def test_a_proof_of_each_number_holds(page: Checker):
    log = long_evening()
    grants = [entry.number for entry in log.entries if entry.kind == "unit.granted"]
    assert len(grants) == 7
    assert {each["verdict"] for each in page.answers([proof_of(log, number).encode() for number in grants])} == {
        "holds"
    }


def test_each_lie_under_a_good_signature_is_refused_and_the_same_entry_named(page: Checker):
    files = []
    for name, lie, entry, _ in LIES:
        log = SmallLog()
        log.open()
        lie(log)
        log.sign(log.key)
        raw = log.bundle("tea" if "tea" in log.drops else "mug").encode()
        assert program_refuses(raw) == (True, entry), name
        files.append(raw)
    assert disagreements(page, files) == []
    assert {each["against"] for each in page.answers(files)} <= {"rules", "log"}


@pytest.mark.parametrize("forge", FORGED, ids=lambda forge: forge.__name__.replace("_", " "))
def test_what_should_not_have_been_signed_is_refused_by_both(page: Checker, forge: Callable[[SmallLog], None]):
    log = SmallLog()
    forge(log)
    log.sign(log.key)
    raw = log.bundle().encode()
    assert program_refuses(raw)[0]
    assert disagreements(page, [raw]) == []


@pytest.mark.parametrize("raw", [BUNDLE, PROOF], ids=["bundle", "proof"])
def test_any_byte_changed_is_refused_by_both(page: Checker, raw: bytes):
    changes = [damaged for _, damaged in changed_bytes(raw)]
    # Seven is no divisor of how many changes there are of each byte: every kind of change has its turn.
    assert disagreements(page, changes[::7]) == []


@pytest.mark.parametrize("raw", [BUNDLE, PROOF], ids=["bundle", "proof"])
def test_any_byte_added_or_removed_is_refused_by_both(page: Checker, raw: bytes):
    changes = [damaged for _, damaged in changed_lengths(raw)]
    assert disagreements(page, changes[::9]) == []


@pytest.mark.parametrize("raw", [BUNDLE, PROOF], ids=["bundle", "proof"])
def test_any_line_removed_doubled_or_swapped_is_refused_by_both(page: Checker, raw: bytes):
    assert disagreements(page, list(changed_lines(raw))) == []


def test_a_file_cut_off_after_any_line_is_taken_or_refused_by_both(page: Checker):
    raw = long_evening().bundle().encode()
    ends = [at + 1 for at, byte in enumerate(raw) if byte == ord("\n")]
    cut = [raw[:end] for end in ends]
    assert disagreements(page, cut) == []
    assert sum(not program_refuses(each)[0] for each in cut) == 10
