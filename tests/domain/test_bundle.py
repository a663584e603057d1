"""What a bundle tells a stranger, and the lies of an operator who signs them: each is named by its entry."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.domain.bundle import BundleRefused, Hidden, bundle_end, check_bundle, write_bundle
from bot.domain.drops import DropState
from bot.domain.time import HOUR, MINUTE, SECOND
from bot.domain.transparency import KeyChange
from tests.small_log import SmallLog, TestKey, small_evening, verify


def refusal(log: SmallLog, drop: str = "mug") -> BundleRefused:
    with pytest.raises(BundleRefused) as refused:
        check_bundle(log.bundle(drop), verify)
    return refused.value


def test_a_whole_evening_is_told():
    log = small_evening()
    report = check_bundle(log.bundle(), verify)
    assert (report.channel, report.drop.key, report.drop.title, report.drop.plan.supply) == (
        "teapot",
        "mug",
        "Teal Mug",
        4,
    )
    assert (report.first, report.size, report.told, report.hidden, report.signed_late) == (3, 18, 18, 1, 0)
    assert [(unit.number, unit.how, unit.entry) for unit in report.units] == [
        (1, "claim", 9),
        (2, "claim", 11),
        (3, "claim", 15),
    ]
    assert report.taken_back == ((4, 17),)
    assert report.drop.state is DropState.CLOSED
    assert [(each.size, each.kind, each.drop) for each in report.checkpoints] == [
        (4, "drop.announced", "mug"),
        (7, "drop.announced", "print"),
        (8, "drop.opened", "mug"),
        (12, "log.key", ""),
        (15, "unit.granted", "mug"),
        (18, "drop.closed", "mug"),
    ]
    assert all(each.root == log.tree.root(each.size) for each in report.checkpoints)
    assert [(new.entry, new.why) for new in report.keys] == [(12, KeyChange.ROTATED)]
    assert (report.key, report.keys[0].key) == (TestKey(1).key, TestKey(2).key)


def test_nothing_of_a_drop_that_nobody_was_told_of_is_in_the_file():
    bundle = small_evening().bundle()
    assert "secret" not in bundle
    assert bundle.count("\nhidden ") == 1


def test_a_bundle_ends_with_the_checkpoint_that_covers_the_drop_or_else_with_the_last_one():
    assert bundle_end(5, [1, 3, 5, 8]) == 5
    assert bundle_end(6, [1, 3, 5, 8]) == 8
    assert bundle_end(9, [1, 3, 5, 8]) == 8
    assert bundle_end(9, []) is None


Lie = Callable[[SmallLog], object]

LIES: list[tuple[str, Lie, int, str]] = [
    ("a unit above the supply", lambda log: log.claim(4), 5, "number 4 is not within 1 to 3"),
    ("a number nobody counts from", lambda log: log.claim(0), 5, "number 0 is not within 1 to 3"),
    (
        "a number twice",
        lambda log: (log.claim(1), log.claim(1, "ann")),
        6,
        "number 1 is out already, since entry 5",
    ),
    (
        "two for one",
        lambda log: (log.claim(1, "ann"), log.claim(2, "ann")),
        6,
        "number 2 is claimed by somebody who has 1, the most one may have",
    ),
    (
        "one for whoever was given one",
        lambda log: (log.claim(1, "ann", how="hand"), log.claim(2, "ann")),
        6,
        "number 2 is claimed by somebody who has 1",
    ),
    ("true for one", lambda log: log.claim(True), 5, "does not say which number"),
    (
        "a way that there is not",
        lambda log: log.claim(1, how="raffle", sign=False),
        5,
        "in a way that there is not",
    ),
    ("at the window's end", lambda log: log.claim(1, after=15 * MINUTE - SECOND), 5, "after the window has closed"),
    (
        "after closing",
        lambda log: (log.close(), log.claim(1, sign=True)),
        6,
        "number 1 is claimed while the drop is closed, not open",
    ),
    (
        "in a pause",
        lambda log: (log.tell("drop.paused", why="moderator"), log.claim(1, sign=True)),
        6,
        "number 1 is claimed while the drop is paused",
    ),
    (
        "while frozen",
        lambda log: (log.tell("drop.frozen", why="restored", since=log.at), log.claim(1, sign=True)),
        6,
        "while the drop is frozen",
    ),
    (
        "a gift of what is cancelled",
        lambda log: (log.tell("drop.cancelled"), log.claim(1, how="hand", sign=True)),
        6,
        "number 1 is given of a drop that is cancelled",
    ),
    ("taking back what nobody has", lambda log: log.tell("unit.voided", number=1, how="hand"), 5, "nobody has it"),
    (
        "taking back a claim",
        lambda log: (log.claim(1), log.tell("unit.voided", number=1, how="hand", why="undone")),
        6,
        "nobody has it that way",
    ),
    (
        "what was written off",
        lambda log: (
            log.tell("drop.frozen", why="restored", since=log.at),
            log.tell("unit.lost", number=1, why="restored"),
            log.claim(1),
        ),
        7,
        "number 1 was written off with entry 6",
    ),
    (
        "writing off without a restore",
        lambda log: log.tell("unit.lost", number=1, why="restored"),
        5,
        "number 1 is written off, but the drop was not restored",
    ),
    (
        "writing off what is out",
        lambda log: (log.claim(1), log.tell("unit.lost", number=1, why="restored")),
        6,
        "out already",
    ),
    (
        "a number kept for a friend",
        lambda log: (log.claim(1), log.claim(3, "friend")),
        6,
        "number 3 goes out, but number 2 is free and comes first",
    ),
    (
        "keeping what was taken back",
        lambda log: (
            log.claim(1, how="hand"),
            log.claim(2),
            log.tell("unit.voided", number=1, how="hand", why="undone"),
            log.claim(3),
        ),
        8,
        "number 3 goes out, but number 1 is free and comes first",
    ),
    (
        "a gift of a fine number",
        lambda log: log.claim(2, how="hand"),
        5,
        "number 2 goes out, but number 1 is free and comes first",
    ),
    (
        "writing off out of turn",
        lambda log: log.tell("unit.lost", number=2, why="restored"),
        5,
        "number 2 goes out, but number 1 is free and comes first",
    ),
    ("a larger supply", lambda log: log.plan(supply=4), 5, "planned anew, though it was announced already"),
    ("an earlier moment", lambda log: log.claim(1, after=-1), 5, "it is earlier than the entry before it"),
    (
        "no end of the window",
        lambda log: log.tell("drop.extended", minutes=5, closes_at="late"),
        5,
        "no whole number",
    ),
    (
        "a plan without numbers",
        lambda log: log.plan("tea", supply=0) or log.tell("drop.announced", "tea"),
        5,
        "there cannot be a drop with such numbers",
    ),
]


@pytest.mark.parametrize(("lie", "entry", "words"), [each[1:] for each in LIES], ids=[each[0] for each in LIES])
def test_a_lie_under_a_good_signature_is_named_by_its_entry(lie, entry, words):
    log = SmallLog()
    log.open()
    assert check_bundle(log.bundle(), verify).told == 4
    lie(log)
    log.sign(log.key)
    refused = refusal(log, "tea" if "tea" in log.drops else "mug")
    assert refused.entry == entry
    assert words in str(refused)
    assert str(refused).startswith(f"entry {entry}: ")


def test_the_last_moment_of_the_window_is_in_time():
    log = SmallLog()
    log.open()
    log.claim(1, after=15 * MINUTE - SECOND - 1)
    log.close()
    assert len(check_bundle(log.bundle(), verify).units) == 1


def test_what_is_held_back_cannot_be_claimed():
    log = SmallLog()
    log.open(supply=3, held_back=2)
    log.claim(1)
    log.claim(2, sign=True)
    assert str(refusal(log)) == "entry 6: number 2 is claimed, though none is left for claims"


def test_a_drop_that_opens_without_an_announcement_is_refused():
    log = SmallLog()
    log.plan()
    log.tell("drop.opened", closes_at=log.at + HOUR, late=False)
    assert str(refusal(log)) == "entry 3: the drop opens, though it was never announced"


def test_a_drop_that_was_never_announced_has_no_bundle_that_holds():
    log = SmallLog()
    log.plan()
    log.announce("print")
    log.tell("drop.cancelled")
    log.sign(log.key)
    assert str(refusal(log)).endswith("the drop was never announced, so nothing was promised")


def test_the_plan_cannot_be_hidden():
    log = SmallLog()
    log.announce()
    entries = [Hidden(log.entries[1].leaf_hash), log.entries[2].canonical]
    peaks = [log.entries[0].leaf_hash]
    bent = write_bundle("mug", key=log.key.key, before=1, peaks=peaks, entries=entries, notes=log.notes)
    with pytest.raises(BundleRefused, match="line 6: a bundle begins with the entry that plans its drop"):
        check_bundle(bent, verify)


def hiding(log: SmallLog, *numbers: int) -> str:
    """The mug's bundle with these entries given as hashes alone; its plan is entry 2."""
    entries = [Hidden(entry.leaf_hash) if entry.number in numbers else entry.canonical for entry in log.entries[1:]]
    peaks = [log.entries[0].leaf_hash]
    return write_bundle("mug", key=log.key.key, before=1, peaks=peaks, entries=entries, notes=log.notes)


@pytest.mark.parametrize(
    ("number", "turn"), [(3, "announcement"), (4, "opening"), (7, "selling out"), (8, "close")]
)
def test_what_the_log_was_signed_at_cannot_be_hidden(number, turn):
    log = SmallLog()
    log.open()
    for unit in (1, 2, 3):
        log.claim(unit)
    log.close()
    assert check_bundle(hiding(log), verify).hidden == 0
    with pytest.raises(BundleRefused) as refused:
        check_bundle(hiding(log, number), verify)
    words = "it is hidden, though the log was signed at it, and so people were told of it"
    assert str(refused.value) == f"entry {number}: {words}", turn


def test_a_hidden_grant_shows_as_a_gap_between_the_others():
    log = SmallLog()
    log.open()
    log.claim(1)
    log.claim(2)
    log.close()
    with pytest.raises(BundleRefused, match="entry 6: number 2 goes out, but number 1 is free and comes first"):
        check_bundle(hiding(log, 5), verify)


def test_an_entry_of_another_channel_is_refused():
    log = SmallLog()
    log.open()
    log.channel = "Teapot"
    log.close()
    assert str(refusal(log)) == "entry 5: it is of the channel 'Teapot', those before are not"
    log = SmallLog()
    log.open()
    log.channel = "kettle"
    log.close()
    assert "entry 5: it is of the channel 'kettle', the log is microdrops/teapot" in str(refusal(log))


def test_a_bundle_under_another_name_is_refused():
    bundle = small_evening().bundle()
    with pytest.raises(BundleRefused, match="line 2: the first entry is about the drop 'mug', not 'print'"):
        check_bundle(bundle.replace("\ndrop mug\n", "\ndrop print\n"), verify)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "line 1: "),
        ("hello\n", "line 1: this is no bundle"),
        ("microdrops bundle 2\n", "line 1: this is no bundle"),
        ("microdrops bundle 1", "line 1: the last line does not end"),
        ("microdrops bundle 1\r\n", "line 1: a line ends with one LF"),
        (
            "microdrops bundle 1\ndrop mug\n",
            'line 3: here belongs a line that begins with "key ", but the file ends',
        ),
    ],
)
def test_what_is_no_bundle_is_refused_by_its_line(text, words):
    with pytest.raises(BundleRefused) as refused:
        check_bundle(text, verify)
    assert str(refused.value).startswith(words)


deeds = st.lists(
    st.sampled_from(["claim", "claim", "claim", "print", "secret", "pause", "give", "soon", "rotate"]), max_size=25
)


@settings(max_examples=60, deadline=None)
@given(deeds, st.integers(0, 9), st.booleans())
def test_what_an_honest_log_has_told_always_holds_and_says_the_same(deeds, before, closes):
    log = SmallLog()
    for each in range(before):
        log.plan(f"early-{each}")
    log.open(supply=9, held_back=1)
    given_out = set()
    for place, deed in enumerate(deeds):
        number = len(given_out) + 1
        if deed == "claim" and number <= 8:
            log.claim(number)
            given_out.add(number)
        elif deed == "give" and number <= 9:
            log.claim(number, how="hand")
            given_out.add(number)
        elif deed == "print":
            log.announce(f"print-{place}")
        elif deed == "secret":
            log.plan(f"secret-{place}")
        elif deed == "pause":
            log.tell("drop.paused", why="moderator")
            log.tell("drop.resumed", closes_at=log.drops["mug"].closes_at + 1, added=1)
        elif deed == "rotate":
            log.new_key(KeyChange.ROTATED)
    if closes:
        log.close()
    report = check_bundle(log.bundle(), verify)
    numbers = {unit.number for unit in report.units}
    assert numbers == given_out if report.size == len(log.entries) else numbers <= given_out
    assert report.size in log.notes
    assert report.checkpoints[-1].root == log.tree.root(report.size)
    assert report.hidden == sum(
        entry.drop.startswith("secret") for entry in log.entries[report.first - 1 : report.size]
    )
    assert "secret" not in log.bundle()


@settings(max_examples=30, deadline=None)
@given(st.binary(min_size=32, max_size=32))
def test_another_hash_in_the_place_of_a_hidden_one_is_refused(other):
    log = small_evening()
    entries = [entry.canonical for entry in log.entries[2:]]
    entries[7] = Hidden(other)
    peaks = [log.tree.subtree(1, 0)]
    bent = write_bundle("mug", key=log.keys[4].key, before=2, peaks=peaks, entries=entries, notes=log.notes)
    with pytest.raises(BundleRefused, match="something among entries 9 to 12 was changed"):
        check_bundle(bent, verify)
