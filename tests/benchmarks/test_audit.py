"""The audit finds what can go wrong with a drop, one thing at a time."""

from __future__ import annotations

import pytest

from tests.benchmarks.audit import AuditFailed, Store, audit, check

GOOD = {"r1": ("ann", 1), "r2": ("bob", 2), "r3": None}


def test_nothing_is_wrong_with_a_store_that_holds_what_was_answered():
    assert audit(Store([("ann", 1), ("bob", 2)], [1, 2, 3]), GOOD, asked=3, supply=2) == []


@pytest.mark.parametrize(
    ("units", "entries", "answered", "asked", "supply", "expected"),
    [
        ([("ann", 1), ("bob", 2)], [1, 2], GOOD, 4, 2, ["1 of 4 requests were not answered"]),
        ([("ann", 1), ("bob", 2)], [1, 2], GOOD, 3, 1, ["oversold: 2 units of 1"]),
        (
            [("ann", 1), ("ann", 2)],
            [],
            {"r1": ("ann", 1), "r2": ("ann", 2)},
            2,
            2,
            ["1 persons hold more than one unit"],
        ),
        (
            [("ann", 1), ("bob", 1)],
            [],
            {"r1": ("ann", 1), "r2": ("bob", 1)},
            2,
            2,
            ["1 numbers were handed out more than once"],
        ),
        ([("ann", 1), ("bob", 3)], [], {"r1": ("ann", 1), "r2": ("bob", 3)}, 2, 3, ["1 numbers were left out"]),
        ([("ann", 1)], [1], GOOD, 3, 2, ["1 answers are not in the store, such as ('bob', 2)"]),
        (
            [("ann", 1), ("bob", 2), ("eve", 3)],
            [],
            GOOD,
            3,
            3,
            ["1 units were handed out without an answer, such as ('eve', 3)"],
        ),
        ([("ann", 1), ("bob", 2)], [1, 3], GOOD, 3, 2, ["the entries are not numbered without a gap"]),
    ],
)
def test_each_fault_is_found_and_named(units, entries, answered, asked, supply, expected):
    assert audit(Store(units, entries), answered, asked=asked, supply=supply) == expected
    with pytest.raises(AuditFailed, match=r"^[^;]+$"):
        check(Store(units, entries), answered, asked=asked, supply=supply)
