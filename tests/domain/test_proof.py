"""The proof of one unit: of every place in logs of many sizes, and of nothing but a grant in that log."""

from __future__ import annotations

import pytest

from bot.domain.bundle import BundleRefused
from bot.domain.checkpoint import NoteRefused
from bot.domain.proof import check_proof, write_proof
from bot.domain.transparency import KeyChange
from tests.small_log import SmallLog, TestKey, proof_of, small_evening, small_proof, verify


def refusal(text: str) -> str:
    with pytest.raises(BundleRefused) as refused:
        check_proof(text, verify)
    return str(refused.value)


@pytest.mark.parametrize("size", [*range(5, 40), 63, 64, 65, 127, 128, 129])
def test_every_grant_is_proved_against_every_size_it_stands_in(size):
    log = SmallLog()
    log.open(supply=200)
    while len(log.entries) < size:
        log.claim(len(log.entries) - 3)
    log.sign(log.key)
    for grant in {5, 6, (5 + size) // 2, size - 1, size} & set(range(5, size + 1)):
        report = check_proof(proof_of(log, grant, size), verify)
        assert (report.entry.number, report.number, report.checkpoint.size) == (grant, grant - 4, size)
        assert report.checkpoint.root == log.tree.root()


def test_a_proof_tells_what_its_entry_tells():
    report = check_proof(small_proof(), verify)
    assert (report.number, report.how, report.entry.drop, report.entry.kind) == (2, "claim", "mug", "unit.granted")
    assert report.entry.leaf == small_evening().entries[10].leaf_hash
    assert report.key == TestKey(2).key


def test_of_a_hand_over_only_the_signature_that_can_be_checked_is_taken_along():
    log = small_evening()
    old, new = TestKey(1).key, TestKey(2).key
    hashes, entry = log.tree.inclusion(10, 12), log.entries[10].canonical
    for key in (old, new):
        text = write_proof(key=key, entry=entry, hashes=hashes, note=log.notes[12], verify=verify)
        assert text.count("\nnote \u2014 ") == 1
        assert check_proof(text, verify).key == key


def test_a_note_that_the_key_has_not_signed_makes_no_proof():
    log = small_evening()
    with pytest.raises(NoteRefused):
        write_proof(key=TestKey(9).key, entry=b"{}", hashes=[], note=log.notes[18], verify=verify)


def test_an_entry_that_grants_nothing_is_refused():
    log = small_evening()
    assert refusal(proof_of(log, 8, 18)) == "entry 8: drop.opened does not say which number"
    assert refusal(proof_of(log, 17, 18)) == "entry 17: it grants no unit"
    log.tell("unit.lost", number=4, how="claim", holder="ann", why="restored")
    log.sign(log.key)
    assert refusal(proof_of(log, 19, 19)) == "entry 19: it grants no unit"


def test_an_entry_of_another_place_or_log_is_refused():
    log, other = small_evening(), SmallLog()
    other.open()
    other.claim(1)
    other.new_key(KeyChange.ROTATED)
    entry = log.entries[10].canonical
    hashes = log.tree.inclusion(8, 18)
    text = write_proof(key=log.keys[18].key, entry=entry, hashes=hashes, note=log.notes[18], verify=verify)
    assert refusal(text).startswith("entry 11: it, a hash or the checkpoint was changed: nothing shows that")
    foreign = SmallLog("kettle")
    foreign.open()
    foreign.claim(1)
    foreign.sign(foreign.key)
    bent = proof_of(foreign, 5, 5).replace("kettle", "teapot")
    assert refusal(bent).startswith("line 2: the key microdrops/teapot does not belong to the number ")


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("proof 1\n", "proof 2\n", "line 1: this is no proof"),
        ("\nnote microdrops", "\nhash \nnote microdrops", "behind hash stands no hash of 32 bytes in base64"),
        ("\nentry ", "\nhidden ", 'here belongs a line that begins with "entry "'),
        ("\nhash ", "\nentry ", 'here belongs a line that begins with "note "'),
    ],
)
def test_what_is_no_proof_is_refused_by_its_line(old, new, words):
    assert words in refusal(small_proof().replace(old, new, 1))


def test_nothing_may_follow_the_checkpoint():
    assert refusal(small_proof() + "entry {}\n").endswith("a proof ends with its checkpoint")
    assert "a checkpoint has three lines here" in refusal(small_proof() + "note \u2014 somebody AAAAAAAA\n")
