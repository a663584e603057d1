"""Checkpoints and keys in a bundle: each is where it belongs, and signed by whom it must be."""

from __future__ import annotations

import pytest

from bot.domain.bundle import BundleRefused, check_bundle
from bot.domain.checkpoint import Checkpoint, sign_note
from bot.domain.time import HOUR
from bot.domain.transparency import KeyChange, log_key_fact
from tests.small_log import SmallLog, TestKey, verify


def refusal(log: SmallLog, drop: str = "mug") -> BundleRefused:
    with pytest.raises(BundleRefused) as refused:
        check_bundle(log.bundle(drop), verify)
    return refused.value


def test_a_log_that_began_after_its_drop_says_from_when_on_it_was_signed():
    log = SmallLog(signed=False)
    log.open()
    log.claim(1)
    log.new_key(KeyChange.FIRST)
    log.close()
    report = check_bundle(log.bundle(), verify)
    assert (report.signed_late, report.size) == (4, 6)
    assert report.keys[0].why is KeyChange.FIRST


def test_a_lost_key_is_told():
    log = SmallLog()
    log.open()
    log.new_key(KeyChange.LOST)
    log.close()
    report = check_bundle(log.bundle(), verify)
    assert [(new.entry, new.why, new.key) for new in report.keys] == [(5, KeyChange.LOST, TestKey(2).key)]


@pytest.mark.parametrize("why", [KeyChange.FIRST, KeyChange.LOST])
def test_a_bundle_may_begin_right_before_a_new_key(why):
    log = SmallLog(signed=why is not KeyChange.FIRST)
    log.plan()
    log.new_key(why)
    log.tell("drop.announced")
    report = check_bundle(log.bundle(), verify)
    assert report.key == log.key.key


@pytest.mark.parametrize("kind", ["drop.opened", "drop.closed", "drop.reopened"])
@pytest.mark.parametrize("drop", ["mug", "print"])
def test_a_checkpoint_that_is_missing_where_viewers_were_told_is_refused(kind, drop):
    log = SmallLog()
    log.open()
    log.announce("print")
    log.tell(kind, drop, closes_at=log.at + HOUR, why="time", late=False, sign=False)
    log.tell("drop.closed", why="time", late=False)
    assert str(refusal(log)) == "entry 7: a checkpoint belongs after it, and there is none"


def test_a_sell_out_without_a_checkpoint_is_refused():
    log = SmallLog()
    log.open(supply=1)
    log.claim(1, sign=False)
    log.close()
    assert str(refusal(log)) == "entry 5: a checkpoint belongs after it, and there is none"


def test_an_announcement_without_a_checkpoint_is_refused_though_none_was_before_it():
    log = SmallLog()
    log.plan()
    log.tell("drop.announced", sign=False)
    log.tell("drop.soon", sign=True)
    assert str(refusal(log)) == "entry 3: a checkpoint belongs after it, and there is none"


def test_a_key_that_the_old_one_has_not_handed_over_to_is_refused():
    log = SmallLog()
    log.open()
    log.new_key(KeyChange.ROTATED)
    log.sign(log.key)  # by the new one alone
    log.close()
    refused = refusal(log)
    assert "signed by microdrops/teapot+" in str(refused)
    assert str(refused).startswith("line ")


def test_a_checkpoint_by_a_key_that_is_not_in_force_any_more_is_refused():
    log = SmallLog()
    old = log.key
    log.open()
    log.new_key(KeyChange.ROTATED)
    log.key = old
    log.close()
    assert "nobody who is known has signed this note" in str(refusal(log))


def test_a_checkpoint_that_counts_other_entries_than_there_are_is_refused():
    log = SmallLog()
    log.open()
    log.close()
    wrong = Checkpoint("microdrops/teapot", 6, log.tree.root())
    log.notes[5] = sign_note(wrong.text, [log.key.pair])
    assert str(refusal(log)).endswith(": the checkpoint of 6 entries stands after entry 5")


@pytest.mark.parametrize("about", [(), ("witnessed by nobody",)])
def test_a_checkpoint_with_more_than_its_lines_is_refused(about):
    log = SmallLog()
    log.open()
    log.close()
    longer = Checkpoint("microdrops/teapot", 5, log.tree.root(), about)
    stranger = TestKey(9, "somebody/else")
    log.notes[5] = sign_note(longer.text, [log.key.pair, *([] if about else [stranger.pair])])
    assert "a checkpoint has three lines here, and is signed by microdrops/teapot+f9289539 alone" in str(
        refusal(log)
    )


def test_a_checkpoint_of_another_log_is_refused():
    log = SmallLog()
    log.open()
    log.close()
    other = Checkpoint("microdrops/kettle", 5, log.tree.root())
    log.notes[5] = sign_note(other.text, [log.key.pair])
    assert str(refusal(log)).endswith(": this checkpoint is of another log, 'microdrops/kettle'")


def test_a_second_first_key_is_refused():
    log = SmallLog()
    log.open()
    log.new_key(KeyChange.FIRST)
    log.close()
    assert str(refusal(log)) == "entry 5: it calls its key the first, but the log was signed before"


def test_a_key_of_another_log_is_refused():
    log = SmallLog()
    log.open()
    log.append(log_key_fact(str(TestKey(9, "microdrops/other").key), KeyChange.ROTATED))
    log.close()
    assert "entry 5: its key is not one of the log microdrops/teapot" in str(refusal(log))


@pytest.mark.parametrize("why", [KeyChange.FIRST, KeyChange.LOST])
def test_a_bundle_must_name_the_key_that_its_first_checkpoint_brings(why):
    log = SmallLog(signed=why is not KeyChange.FIRST)
    log.plan()
    log.new_key(why)
    log.tell("drop.announced")
    bent = log.bundle().replace(f"\nkey {log.key.key}\n", f"\nkey {TestKey(9).key}\n")
    with pytest.raises(BundleRefused, match="it brings a key that is not the one of the bundle") as refused:
        check_bundle(bent, verify)
    assert refused.value.entry == len(log.entries) - 1
