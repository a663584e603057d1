"""A bundle or a proof with any one byte or line changed, added, removed or swapped is refused, and the words for it
never blame an innocent entry."""

from __future__ import annotations

import re
from functools import cache

import pytest

from bot.domain.bundle import BundleRefused, check_bundle
from bot.domain.proof import check_proof
from bot.domain.public_lines import text_of
from tests.damage import changed_bytes, changed_lengths, changed_lines
from tests.small_log import short_drop, short_early_drop, small_proof, verify

AMONG = re.compile(
    r"line \d+: something (?:among entries (\d+) to (\d+)|in entry (\d+)).* was changed: checkpoint "
)
# Verifying is slow, and nearly all that is damaged asks for the same signatures.
quick_verify = cache(verify)


BUNDLE = short_drop().bundle().encode()
EARLY = short_early_drop().bundle().encode()


PROOF = small_proof().encode()


def refusal(raw: bytes) -> BundleRefused | None:
    """Why the bytes are refused; None if they are taken."""
    check = check_proof if raw.startswith(b"microdrops p") else check_bundle
    try:
        check(text_of(raw), quick_verify)
    except BundleRefused as refused:
        return refused
    return None


@pytest.mark.parametrize("raw", [BUNDLE, EARLY, PROOF], ids=["bundle", "early", "proof"])
def test_the_undamaged_file_holds(raw):
    assert refusal(raw) is None


@pytest.mark.parametrize("raw", [BUNDLE, PROOF], ids=["bundle", "proof"])
def test_every_changed_byte_is_refused(raw):
    taken = [(at, damaged[max(0, at - 20) : at + 20]) for at, damaged in changed_bytes(raw) if not refusal(damaged)]
    assert taken == []


@pytest.mark.parametrize("raw", [BUNDLE, PROOF], ids=["bundle", "proof"])
def test_every_byte_removed_or_added_is_refused(raw):
    taken = [(at, damaged[max(0, at - 20) :]) for at, damaged in changed_lengths(raw) if not refusal(damaged)]
    assert taken == []


@pytest.mark.parametrize("raw", [BUNDLE, EARLY, PROOF], ids=["bundle", "early", "proof"])
def test_every_line_removed_doubled_or_swapped_is_refused(raw):
    assert [damaged for damaged in changed_lines(raw) if not refusal(damaged)] == []


def test_a_file_cut_off_anywhere_is_refused_but_for_the_end_of_a_checkpoint():
    """What ends there is the bundle of an earlier moment, and its report says how far it goes."""
    whole = [at for at in range(len(BUNDLE)) if refusal(BUNDLE[:at]) is None]
    reports = [check_bundle(BUNDLE[:at].decode(), verify) for at in whole]
    assert [(report.size, report.told) for report in reports] == [(3, 3), (5, 3), (6, 6)]
    assert [at for at in range(len(PROOF)) if refusal(PROOF[:at]) is None] == []


def places() -> dict[int, int]:
    """The entry that each byte behind "entry " belongs to."""
    found, at = {}, 0
    for line in BUNDLE.splitlines(keepends=True):
        if line.startswith(b"entry "):
            number = int(re.search(rb'"number":(\d+),"private"', line)[1])
            found |= dict.fromkeys(range(at + len(b"entry "), at + len(line) - 1), number)
        at += len(line)
    return found


def blamed(refused: BundleRefused) -> range:
    """The entries that the words name."""
    if refused.entry is not None:
        assert str(refused).startswith(f"entry {refused.entry}: ")
        return range(refused.entry, refused.entry + 1)
    if among := AMONG.match(str(refused)):
        begins, ends = int(among[1] or among[3]), int(among[2] or among[3])
        return range(begins, ends + 1)
    return range(0)


def test_a_byte_changed_within_an_entry_blames_that_entry_or_the_stretch_up_to_its_checkpoint():
    owners = places()
    broken = {}
    for at, damaged in changed_bytes(BUNDLE):
        if at not in owners or damaged.count(b"\n") != BUNDLE.count(b"\n"):
            continue
        try:
            text_of(damaged)
        except BundleRefused:
            continue  # no text at all: the line alone is named
        refused = refusal(damaged)
        assert refused is not None
        assert owners[at] in blamed(refused), (refused, damaged[at - 20 : at + 20])
        broken.setdefault(owners[at], set()).add(refused.entry)
    # Each of them was named by its own number at least once: where its JSON was torn.
    assert all(number in named for number, named in broken.items())
    assert set(broken) == set(owners.values())


def test_a_changed_byte_outside_the_entries_names_the_line_or_what_it_should_fit():
    owners = places()
    for at, damaged in changed_bytes(BUNDLE):
        if at in owners:
            continue
        refused = refusal(damaged)
        assert refused is not None
        assert re.match(r"(line|entry) \d+: .*\w{3}", str(refused))
