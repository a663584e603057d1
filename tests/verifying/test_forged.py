"""What was signed and should not have been: the page names the entry that the program names."""

from __future__ import annotations

from bot.domain.time import HOUR, MINUTE, SECOND
from bot.domain.transparency import KeyChange
from tests.conftest import NOON
from tests.domain.test_bundle import LIES, hiding
from tests.domain.test_bundle_early import LIES as EARLY_LIES
from tests.domain.test_bundle_early import PLANS, WINDOWS, announced, opened
from tests.domain.test_bundle_forms import BENT, GOOD, bent, log_with
from tests.small_log import SmallLog
from tests.verifying.checker import Checker
from tests.verifying.opinions import disagreements, program_refuses

PUBLIC = '{"holder":"ann","how":"claim","number":1}'
# A fact that cannot be read, or cannot have happened: its kind and public part.
UNREADABLE = [
    ("drop.vanished", "{}"),
    ("drop.opened", "{}"),
    ("drop.closed", "{}"),
    ("drop.paused", "{}"),
    ("drop.postponed", "{}"),
    ("drop.extended", '{"closes_at":"1"}'),
    ("drop.extended", '{"closes_at":true}'),
    ("drop.resuming", "{}"),
    ("drop.resuming", '{"resume_at":"soon"}'),
    ("drop.frozen", "{}"),
    ("drop.planned", "{}"),
    ("unit.granted", '{"holder":"","how":"claim","number":1}'),
    ("unit.granted", '{"how":"claim","number":1}'),
    ("unit.granted", '{"holder":"ann","how":"raffle","number":1}'),
    ("unit.granted", '{"holder":"ann","how":"claim","number":"1"}'),
    ("unit.granted", '{"holder":"ann","how":"claim","number":true}'),
    ("unit.lost", "{}"),
    ("unit.voided", '{"how":"hand"}'),
    ("constructor", "{}"),
    ("__proto__", "{}"),
]


# What a move may not say, beside the one that it may: the drop is announced since two seconds for noon, ten minutes
# of which come before.
MOVES: list[dict[str, object]] = [
    {},
    {"opens_at": NOON - 2 * HOUR + 10 * MINUTE + 3 * SECOND},
    {"opens_at": None},
    {"window": 0},
    {"window": None},
    {"was_opens_at": NOON + 1},
    {"was_window": MINUTE},
    {"was_window": None},
]


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


def test_each_lie_about_an_early_window_is_refused_and_the_same_entry_named(page: Checker):
    files = []
    for name, lie, entry, _ in EARLY_LIES:
        log = SmallLog()
        log.open_early()
        lie(log)
        log.sign(log.key)
        files.append(log.bundle().encode())
        assert program_refuses(files[-1]) == (True, entry), name
    for changes, _ in PLANS:
        log = announced(**changes)
        log.sign(log.key)
        files.append(log.bundle().encode())
        assert program_refuses(files[-1]) == (True, 2), changes
    for windows, words in WINDOWS:
        log = announced()
        log.at = NOON - 10 * MINUTE + SECOND
        opened(log, **windows)
        files.append(log.bundle().encode())
        assert program_refuses(files[-1]) == (bool(words), 4 if words else None), windows
    assert disagreements(page, files) == []


def test_each_lie_about_a_moved_window_is_refused_and_the_same_entry_named(page: Checker):
    files = []
    for changes in MOVES:
        log = SmallLog()
        log.announce(early="subscriber", early_for=10 * MINUTE, early_units=2)
        honest = {"opens_at": NOON + HOUR, "window": MINUTE, "was_opens_at": NOON, "was_window": 15 * MINUTE}
        log.tell("drop.moved", why="ill", **{**honest, **changes})
        log.sign(log.key)
        files.append(log.bundle().encode())
        assert program_refuses(files[-1]) == (bool(changes), 4 if changes else None), changes
    log = SmallLog()
    log.open()
    log.tell("drop.moved", opens_at=NOON, window=MINUTE, was_opens_at=NOON, was_window=15 * MINUTE, sign=True)
    files.append(log.bundle().encode())
    assert program_refuses(files[-1]) == (True, 5)
    assert disagreements(page, files) == []


def test_logs_that_should_not_have_been_signed_are_refused_and_named_by_both(page: Checker):
    files = []
    for forge in FORGED:
        log = SmallLog()
        forge(log)
        log.sign(log.key)
        files.append(log.bundle().encode())
        assert program_refuses(files[-1])[0], forge
    assert disagreements(page, files) == []


def test_what_is_hidden_though_people_were_told_of_it_is_named_by_both(page: Checker):
    log = SmallLog()
    log.open()
    log.claim(1)
    log.claim(2)
    log.close()
    files = [hiding(log, *numbers).encode() for numbers in ((), (3,), (4,), (5,), (7,))]
    assert [program_refuses(raw)[1] for raw in files] == [None, 3, 4, 6, 7]
    assert disagreements(page, files) == []


def test_entries_in_another_form_are_refused_and_named_by_both(page: Checker):
    files = [bent(old, new).encode() for old, new, _ in BENT]
    assert {program_refuses(raw) for raw in files} == {(True, 5)}
    assert disagreements(page, files) == []


def test_facts_that_cannot_be_read_are_refused_and_named_by_both(page: Checker):
    assert disagreements(page, [log_with(GOOD).bundle().encode()]) == []
    files = []
    for kind, public in UNREADABLE:
        canonical = GOOD.replace('"unit.granted"', f'"{kind}"').replace(PUBLIC, public)
        files.append(log_with(canonical).bundle().encode())
    named = {fact: program_refuses(raw) for fact, raw in zip(UNREADABLE, files, strict=True)}
    assert {fact: said for fact, said in named.items() if said != (True, 5)} == {}
    assert disagreements(page, files) == []
