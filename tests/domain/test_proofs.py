"""Which unit is meant by what people type, and why there may be nothing to prove."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.domain.drops import Drop, DropState
from bot.domain.proofs import (
    ProofRefusal,
    ProofUnknown,
    SeenAt,
    UnitAsked,
    choose_drop,
    read_unit,
    seen_at,
    why_not_given,
)
from bot.domain.time import HOUR
from tests.conftest import NOON, plan


def drop(key: str, state: DropState, *, at: int = NOON, out: int = 0, announced: bool = True) -> Drop:
    return Drop(
        plan(key),
        state=state,
        announced_at=NOON - HOUR if announced else None,
        closed_at=at if state in (DropState.CLOSED, DropState.SETTLED, DropState.CANCELLED) else None,
        claimed=out,
        last_number=out,
    )


def meant(drops: list[Drop], text: str = "") -> str:
    """The drop's key, or why there is none."""
    found = choose_drop(drops, text)
    return str(found.because) if isinstance(found, ProofUnknown) else found.key


@pytest.mark.parametrize(
    ("typed", "asked"),
    [
        ("17", UnitAsked(17)),
        (" #17 ", UnitAsked(17)),
        ("017", UnitAsked(17)),
        ("\uff11\uff17", UnitAsked(17)),
        ("17 mug", UnitAsked(17, "mug")),
        ("#17 Teal  Mug", UnitAsked(17, "teal mug")),
        ("mug 17", UnitAsked(17, "mug")),
        ("teal mug #17", UnitAsked(17, "teal mug")),
        ("17 mug 2", UnitAsked(17, "mug 2")),
        ("0", UnitAsked(0)),
        ("000", UnitAsked(0)),
        ("9" * 250, UnitAsked(10**9)),
        ("-1", None),
        ("1.5", None),
        ("17th", None),
        ("##17", None),
        ("\u0968", None),
        ("abc", None),
        ("#", None),
        ("", None),
        (" \u200b ", None),
    ],
)
def test_a_unit_is_read_from_what_people_type(typed: str, asked: UnitAsked | None) -> None:
    assert read_unit(typed) == asked


def test_a_bare_number_means_the_open_drop_and_else_the_one_that_closed_last() -> None:
    early = drop("early", DropState.SETTLED, at=NOON, out=3)
    late = drop("late", DropState.CLOSED, at=NOON + HOUR, out=3)
    coming = drop("coming", DropState.ANNOUNCED)
    opened = drop("opened", DropState.OPEN)
    assert meant([late, early, coming]) == "late"
    assert meant([late, opened, early, coming]) == "opened"
    assert meant([late, early], "early") == "early"
    assert meant([late, early], " \u200b") == "late"


def test_of_several_open_drops_one_has_to_be_named() -> None:
    opened = [drop("mug", DropState.OPEN), drop("cap", DropState.OPEN)]
    assert choose_drop(opened, "") == ProofUnknown(ProofRefusal.SEVERAL_OPEN, "cap")
    assert meant(opened, "mug") == "mug"


def test_a_cancelled_drop_counts_as_over_only_if_it_had_handed_out_something() -> None:
    before = drop("before", DropState.CLOSED, at=NOON, out=2)
    assert meant([before, drop("never", DropState.CANCELLED, at=NOON + HOUR)]) == "before"
    assert meant([before, drop("halfway", DropState.CANCELLED, at=NOON + HOUR, out=1)]) == "halfway"


def test_a_drop_that_nobody_was_told_of_is_as_unknown_as_none() -> None:
    secret = drop("secret", DropState.PLANNED, announced=False)
    # A gift may be out before the announcement: that is no news for strangers either.
    given = replace(drop("gift", DropState.CANCELLED, announced=False), given=1, last_number=1)
    assert [meant([secret, given], text) for text in ("secret", "gift", "nothing")] == ["unknown-drop"] * 3
    assert meant([secret, given]) == "nothing-yet"
    assert meant([]) == "nothing-yet"
    assert choose_drop([secret], "secret") == choose_drop([], "secret")


def test_a_number_without_an_owner_was_written_off_taken_back_or_never_out() -> None:
    mug = drop("mug", DropState.OPEN, out=5)
    assert why_not_given(mug, 3, lost=True) is ProofRefusal.LOST
    assert why_not_given(mug, 5, lost=False) is ProofRefusal.TAKEN_BACK
    assert why_not_given(mug, 6, lost=False) is ProofRefusal.NOT_GIVEN


@pytest.mark.parametrize(
    ("kind", "same_drop", "seen"),
    [
        ("drop.closed", True, SeenAt.CLOSE),
        ("unit.granted", True, SeenAt.SOLD_OUT),
        ("unit.lost", True, SeenAt.SOLD_OUT),
        ("drop.closed", False, SeenAt.OTHERWISE),
        ("unit.granted", False, SeenAt.OTHERWISE),
        ("drop.reopened", True, SeenAt.OTHERWISE),
        ("log.key", False, SeenAt.OTHERWISE),
    ],
)
def test_everybody_saw_the_checkpoint_with_its_own_drops_news(kind: str, same_drop: bool, seen: SeenAt) -> None:
    assert seen_at(kind, same_drop=same_drop) is seen
