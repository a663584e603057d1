"""When it happened and under which rules, rewritten: each checkpoint was signed over the plan and every moment."""

from __future__ import annotations

import pytest

from bot.domain.bundle import BundleRefused
from bot.domain.time import HOUR, MINUTE
from tests.attacks.history import Friend, Told, renumbered
from tests.attacks.judged import against_ledger, report_of, signed_from, won_from
from tests.attacks.test_claims import LAST_CLAIM, OPENED, PLAN, V7
from tests.conftest import NOON


def test_an_opening_moved_earlier_contradicts_the_opening_line(honest, history, forged):
    friend = Friend(honest.url, "v49")
    del history[LAST_CLAIM - 1]
    opened = history[OPENED - 1].moved(-10 * MINUTE)
    history[OPENED - 1] = opened.saying(closes_at=opened.fact.public["closes_at"] - 10 * MINUTE)
    history.insert(OPENED, friend.claims("mug", 1, opened.at + MINUTE))
    url = forged(renumbered(history))
    judged = against_ledger(url, honest.shown)
    of_the_mug = won_from(honest.shown, OPENED) - won_from(honest.shown, LAST_CLAIM + 1)
    assert judged.contradicts == signed_from(honest.shown, OPENED) | of_the_mug
    assert {"note: mug announced", "note: cup announced"} < judged.agrees
    assert report_of(url, "mug").drop.opened_at == NOON - 10 * MINUTE


def test_other_rules_in_the_plan_contradict_the_card_that_announced_them(honest, history, forged):
    history[PLAN - 1] = history[PLAN - 1].saying(per_person=2)
    url = forged(history)
    judged = against_ledger(url, honest.shown)
    assert judged.contradicts == signed_from(honest.shown, PLAN)
    assert "note: mug announced" in judged.contradicts
    assert report_of(url, "mug").drop.plan.per_person == 2


def test_rules_changed_between_announcement_and_opening_are_refused_in_the_bundle(honest, history, forged):
    plan = history[PLAN - 1].saying(per_person=2)
    history.insert(OPENED - 1, Told(NOON - HOUR, plan.fact, bytes(16)))
    url = forged(history)
    judged = against_ledger(url, honest.shown)
    assert judged.contradicts == signed_from(honest.shown, OPENED) | won_from(honest.shown, OPENED)
    with pytest.raises(BundleRefused, match="entry 7: the drop is planned anew, though it was announced already"):
        report_of(url, "mug")


def test_one_moment_moved_by_a_microsecond_contradicts_the_next_line_and_that_receipt(honest, history, forged):
    history[V7 - 1] = history[V7 - 1].moved(1)
    url = forged(history)
    judged = against_ledger(url, honest.shown)
    assert judged.contradicts == signed_from(honest.shown, V7) | {"receipt: v7 mug"}
    assert report_of(url, "mug").units[6].at == report_of(honest.url, "mug").units[6].at + 1


def test_a_whole_evening_moved_in_time_contradicts_everything_that_was_shown(honest, history, forged):
    url = forged([told.moved(-MINUTE) for told in history])
    assert against_ledger(url, honest.shown).agrees == set()
