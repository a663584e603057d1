"""Who got which unit, rewritten: the next line that was said contradicts it, and the winner's own receipt."""

from __future__ import annotations

import pytest

from bot.domain.bundle import BundleRefused
from bot.domain.ledger import Fact
from bot.domain.time import SECOND
from tests.attacks.history import Friend, History, Told, place_of, renumbered
from tests.attacks.judged import against_file, against_ledger, faults_of, report_of, signed_from, won_from
from tests.attacks.shown import SUPPLY, Evening, exported

# What the evening's entries are.
PLAN, OPENED, V7, LAST_CLAIM, MUG_CLOSED, GIVEN, CUP_CLOSED = 2, 7, 14, 55, 56, 61, 66


@pytest.fixture
def friend(honest: Evening) -> Friend:
    """She came too late, and is to have won."""
    return Friend(honest.url, "v49")


def one_more(history: History, friend: Friend) -> None:
    """Unit 49 of 48, right after the last."""
    history.insert(LAST_CLAIM, friend.claims("mug", SUPPLY + 1, history[LAST_CLAIM - 1].at))


def test_unit_49_with_a_larger_supply_contradicts_the_announcement_and_the_opening_line(
    honest, history, friend, forged
):
    history[PLAN - 1] = history[PLAN - 1].saying(supply=SUPPLY + 1)
    one_more(history, friend)
    url = forged(history)
    judged = against_ledger(url, honest.shown)
    assert judged.contradicts == signed_from(honest.shown, PLAN) | won_from(honest.shown, LAST_CLAIM + 1)
    assert {"note: mug announced", "line: mug opened"} < judged.contradicts
    assert "48 to claim" in honest.shown.lines["mug opened"]
    assert len(report_of(url, "mug").units) == SUPPLY + 1
    assert "line: mug opened" in against_file(exported(url, "mug"), "mug", honest.shown).contradicts


def test_unit_49_with_the_supply_kept_is_refused_by_verifying_alone(history, friend, forged):
    one_more(history, friend)
    url = forged(history)
    assert faults_of(url)[0] == "entry 56: cannot be read (ValueError: there is no unit 49 of mug)"
    with pytest.raises(BundleRefused, match="entry 56: number 49 is not within 1 to 48"):
        report_of(url, "mug")


def test_a_winner_replaced_by_a_friend_contradicts_the_next_line_and_the_winners_receipt(
    honest, history, friend, forged
):
    history[V7 - 1] = friend.in_place_of(history[V7 - 1])
    url = forged(history)
    judged = against_ledger(url, honest.shown)
    assert judged.contradicts == signed_from(honest.shown, V7) | {"receipt: v7 mug"}
    assert {"line: mug opened", "receipt: v6 mug", "receipt: v8 mug"} < judged.agrees
    assert report_of(url, "mug").drop == report_of(honest.url, "mug").drop
    in_file = against_file(exported(url, "mug"), "mug", honest.shown)
    assert in_file.contradicts == {name for name in judged.contradicts if " mug" in name}


def test_a_claim_taken_out_and_the_later_ones_moved_up_contradicts_all_their_receipts(
    honest, history, friend, forged
):
    last = history[LAST_CLAIM - 1]
    del history[V7 - 1]
    history.insert(LAST_CLAIM - 1, friend.claims("mug", SUPPLY, last.at))
    url = forged(renumbered(history))
    judged = against_ledger(url, honest.shown)
    of_the_mug = won_from(honest.shown, V7) - won_from(honest.shown, LAST_CLAIM + 1)
    assert judged.contradicts == signed_from(honest.shown, V7) | of_the_mug
    assert len(report_of(url, "mug").units) == SUPPLY


def test_a_claim_taken_out_alone_leaves_no_checkpoint_of_the_sizes_that_were_said(honest, history, forged):
    del history[V7 - 1]
    url = forged(renumbered(history))
    assert against_ledger(url, honest.shown).contradicts == signed_from(honest.shown, V7) | won_from(
        honest.shown, V7
    )
    assert len(report_of(url, "mug").units) == SUPPLY - 1


def test_two_claims_swapped_contradict_the_next_line_and_both_receipts(honest, history, forged):
    one, other = history[V7 - 1], history[V7]
    history[V7 - 1] = _of(one, other)
    history[V7] = _of(other, one)
    url = forged(history)
    judged = against_ledger(url, honest.shown)
    assert judged.contradicts == signed_from(honest.shown, V7) | {"receipt: v7 mug", "receipt: v8 mug"}
    assert len(report_of(url, "mug").units) == SUPPLY


def _of(grant: Told, other: Told) -> Told:
    """The number and moment of a grant, for the winner of the other one."""
    public = {**grant.fact.public, "holder": other.fact.public["holder"]}
    return Told(grant.at, other.fact._replace(public=public), grant.salt, grant.was)


def test_a_claim_slipped_in_before_the_close_contradicts_the_line_that_closed(honest, history, friend, forged):
    history.insert(CUP_CLOSED - 1, friend.claims("cup", 6, history[CUP_CLOSED - 1].at - SECOND))
    url = forged(history)
    assert against_ledger(url, honest.shown).contradicts == {"line: cup closed", "note: cup closed"}
    assert len(report_of(url, "cup").units) == 6


def test_a_claim_slipped_in_after_the_close_is_refused_by_any_verifier_of_its_bundle(
    honest, history, friend, forged
):
    again = [Told(history[-1].at, Fact("drop.closed", "cup", {"why": "time", "late": False}), bytes(16))]
    url = forged([*history, friend.claims("cup", 6, history[-1].at), *again])
    assert against_ledger(url, honest.shown).contradicts == set()
    with pytest.raises(BundleRefused, match="entry 67: number 6 is claimed while the drop is closed, not open"):
        report_of(url, "cup")


def test_a_claim_before_the_opening_contradicts_the_opening_line_and_is_refused_in_the_bundle(
    honest, history, friend, forged
):
    del history[LAST_CLAIM - 1]
    history.insert(OPENED - 1, friend.claims("mug", 1, history[OPENED - 1].at - SECOND))
    url = forged(renumbered(history))
    assert signed_from(honest.shown, OPENED) <= against_ledger(url, honest.shown).contradicts
    with pytest.raises(BundleRefused, match="entry 7: number 1 is claimed while the drop is announced, not open"):
        report_of(url, "mug")


def test_a_unit_given_by_hand_made_to_look_claimed_contradicts_the_line_that_closed(honest, history, forged):
    given = history[GIVEN - 1]
    private = {name: given.fact.private[name] for name in ("person", "platform", "user", "name", "request")}
    claimed = given.fact._replace(public={**given.fact.public, "how": "claim"}, private=private)
    history[GIVEN - 1] = Told(given.at, claimed, given.salt, given.was)
    url = forged(history)
    assert {unit.how for unit in report_of(url, "cup").units} == {"claim"}
    assert against_ledger(url, honest.shown).contradicts == {"line: cup closed", "note: cup closed"}


def test_a_number_kept_for_a_friend_is_refused_by_any_verifier_of_its_bundle(honest, history, friend, forged):
    place = place_of(history, "unit.granted", "mug", 17)
    late = [told.saying(number=told.fact.public["number"] + 1) for told in history[place : LAST_CLAIM - 1]]
    kept = friend.claims("mug", 17, history[LAST_CLAIM - 1].at)
    url = forged([*history[:place], *late, kept, *history[LAST_CLAIM:]])
    assert signed_from(honest.shown, LAST_CLAIM) <= against_ledger(url, honest.shown).contradicts
    with pytest.raises(BundleRefused, match="entry 24: number 18 goes out, but number 17 is free and comes first"):
        report_of(url, "mug")
