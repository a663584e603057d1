"""Who gets a unit, who is refused, and in which order the reasons count."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.domain.claims import (
    ClaimDrop,
    ClaimGranted,
    ClaimNeedsName,
    ClaimOpenNow,
    ClaimRefusal,
    ClaimRefused,
    ClaimStanding,
    choose_drop,
    decide_claim,
    find_drop,
    told_late,
)
from bot.domain.codes import CodeRefusal
from bot.domain.drops import Drop, DropState
from bot.domain.time import HOUR, MINUTE
from tests.conftest import CHANNEL, NOON, plan, viewer

ANNOUNCED = Drop(plan(), state=DropState.ANNOUNCED, opens_at=NOON, announced_at=NOON - HOUR)
OPEN = replace(ANNOUNCED, state=DropState.OPEN, opened_at=NOON, closes_at=NOON + 15 * MINUTE)
PAUSED = replace(OPEN, paused_at=NOON + MINUTE, paused_why="moderator")
CLOSED = replace(OPEN, state=DropState.CLOSED, closed_at=NOON + 15 * MINUTE)
CANCELLED = replace(ANNOUNCED, state=DropState.CANCELLED)
GONE = {"claimed": 48}


def decide(drop, held=()):
    standing = ClaimStanding(drop, held, drop.units_out + 1)
    return decide_claim(standing, ClaimDrop(CHANNEL, "twitch:1", viewer("ann")), NOON + 2 * MINUTE)


@pytest.mark.parametrize(
    ("drop", "held", "expected"),
    [
        # Walks ClaimRefusal from the top: each row would also deserve every reason below its own.
        (replace(CANCELLED, **GONE), (3,), ClaimRefusal.CANCELLED),
        (replace(CLOSED, **GONE), (3,), ClaimRefusal.ALREADY_YOURS),
        (ANNOUNCED, (), ClaimRefusal.NOT_OPEN_YET),
        (replace(CLOSED, **GONE), (), ClaimRefusal.SOLD_OUT),
        (replace(PAUSED, **GONE), (), ClaimRefusal.SOLD_OUT),
        (CLOSED, (), ClaimRefusal.CLOSED),
        (PAUSED, (), ClaimRefusal.PAUSED),
    ],
)
def test_the_first_reason_that_applies_is_the_answer(drop, held, expected):
    assert decide(drop, held).because is expected


def test_a_claim_in_the_window_gets_the_next_number():
    assert decide(replace(OPEN, claimed=16)) == ClaimGranted("mug", "Teal Mug", 17, 48, 31)


def test_a_refusal_before_the_opening_says_when_to_come_back():
    assert decide(ANNOUNCED).retry_at == NOON


def test_nobody_knows_when_a_postponed_drop_or_one_on_cue_opens():
    assert decide(replace(ANNOUNCED, on_cue=True)).retry_at is None
    assert decide(replace(ANNOUNCED, postponed_why="offline")).retry_at is None


def test_a_code_that_is_none_of_theirs_comes_before_every_reason_about_the_drop():
    standing = ClaimStanding(replace(CANCELLED, **GONE), (3,), 1, bad_code=CodeRefusal.USED)
    decision = decide_claim(standing, ClaimDrop(CHANNEL, "twitch:1", viewer("ann")), NOON)
    assert isinstance(decision, ClaimRefused)
    assert (decision.because, decision.code_because) == (ClaimRefusal.BAD_CODE, CodeRefusal.USED)
    order = list(ClaimRefusal)
    assert order.index(ClaimRefusal.UNKNOWN_DROP) + 1 == order.index(ClaimRefusal.BAD_CODE)


@pytest.mark.parametrize(
    ("held_back", "given", "claimed", "left"),
    [(0, 0, 0, 48), (2, 0, 0, 46), (2, 1, 0, 46), (2, 2, 0, 46), (2, 3, 0, 45), (2, 3, 45, 0), (0, 1, 47, 0)],
)
def test_what_is_held_back_for_mistakes_is_not_for_claiming(held_back, given, claimed, left):
    drop = Drop(plan(held_back=held_back), claimed=claimed, given=given)
    assert drop.units_left == left


@pytest.mark.parametrize(
    "text", ["mug", "MUG", "Teal Mug", "teal", '"Teal Mug"', "#mug", "tea", "mug \U000e0000", "ｍｕｇ", "mu͏g"]
)
def test_a_drop_is_found_as_people_type_it(text):
    assert find_drop([OPEN, replace(OPEN, plan=plan("print", title="Fox Print"))], text) is OPEN


@pytest.mark.parametrize(
    "text", ["mug-2026", "mug\u20132026", "Mug\u20142026", "Mug \u2013 2026", "mug \u2212 2026"]
)
def test_the_dashes_that_phones_make_are_those_of_the_name(text):
    assert find_drop([replace(OPEN, plan=plan("mug-2026", title="Mug \u2013 2026"))], text) is not None


@pytest.mark.parametrize("text", ["", " ", "!!!", "mugs", "сup", "x" * 300, "@everyone", "%s {0}"])
def test_what_names_no_drop_finds_none(text):
    assert find_drop([OPEN], text) is None


def test_a_beginning_that_fits_two_drops_finds_neither():
    assert find_drop([OPEN, replace(OPEN, plan=plan("mugsy", title="Teal Mugsy"))], "tea") is None


def test_a_bare_claim_means_the_one_open_drop():
    other = replace(ANNOUNCED, plan=plan("print"))
    assert choose_drop([other, OPEN], "") is OPEN


def test_a_bare_claim_with_two_open_drops_lists_them_and_grants_nothing():
    other = replace(OPEN, plan=plan("print"))
    assert choose_drop([OPEN, other], "") == ClaimNeedsName(("mug", "print"), ("Teal Mug", "Teal Print"))


def test_a_bare_claim_with_nothing_open_is_about_what_comes_next_and_then_about_what_was():
    later = replace(ANNOUNCED, plan=plan("print"), opens_at=NOON + HOUR)
    assert choose_drop([later, ANNOUNCED, CLOSED], "") is ANNOUNCED
    assert choose_drop([CLOSED], "") is CLOSED


def test_a_drop_that_is_only_planned_is_a_secret():
    planned = Drop(plan(), opens_at=NOON)
    assert choose_drop([planned], "") == ClaimRefused(ClaimRefusal.NOTHING_ON)
    assert choose_drop([planned], "mug") == ClaimRefused(ClaimRefusal.UNKNOWN_DROP, asked_for="mug")


def test_what_is_sold_out_or_paused_makes_nobody_choose():
    poster = replace(OPEN, plan=plan("poster"))
    assert choose_drop([replace(OPEN, **GONE), poster], "") is poster
    assert choose_drop([PAUSED, poster], "") is poster
    gone, paused = replace(OPEN, **GONE), replace(PAUSED, plan=plan("poster"))
    assert choose_drop([gone, paused], "") == ClaimNeedsName(("mug", "poster"), ("Teal Mug", "Teal Poster"))


NOT_OPEN = ClaimRefused(ClaimRefusal.NOT_OPEN_YET, "mug", "Teal Mug", 48, retry_at=NOON)
NOTHING_ON = ClaimRefused(ClaimRefusal.NOTHING_ON)
OPEN_NOW = ClaimOpenNow("mug", "Teal Mug")


@pytest.mark.parametrize(
    ("refused", "drop", "expected"),
    [
        (NOT_OPEN, ANNOUNCED, ("not-open-yet", NOON)),
        (NOT_OPEN, replace(ANNOUNCED, opens_at=NOON + HOUR), ("not-open-yet", NOON + HOUR)),
        (NOT_OPEN, OPEN, OPEN_NOW),
        (NOT_OPEN, PAUSED, ("paused", None)),
        (NOT_OPEN, replace(OPEN, **GONE), ("sold-out", None)),
        (NOT_OPEN, CLOSED, ("closed", None)),
        (NOT_OPEN, CANCELLED, ("cancelled", None)),
        (replace(NOT_OPEN, because=ClaimRefusal.CLOSED), OPEN, OPEN_NOW),
        (replace(NOT_OPEN, because=ClaimRefusal.ALREADY_YOURS, retry_at=None), CLOSED, ("already-yours", None)),
        (NOTHING_ON, OPEN, OPEN_NOW),
        (NOTHING_ON, PAUSED, ("nothing-on", None)),
        (replace(NOT_OPEN, because=ClaimRefusal.BAD_CODE, retry_at=None), OPEN, ("bad-code", None)),
        (OPEN_NOW, OPEN, OPEN_NOW),
        (OPEN_NOW, CLOSED, ("closed", None)),
    ],
)
def test_a_refusal_that_is_told_late_becomes_what_is_true_by_then(refused, drop, expected):
    told = told_late(refused, {"mug": drop})
    assert (told if isinstance(told, ClaimOpenNow) else (told.because, told.retry_at)) == expected


def test_a_refusal_of_a_drop_that_is_no_more_is_told_as_it_was():
    assert told_late(NOT_OPEN, {}) is NOT_OPEN
