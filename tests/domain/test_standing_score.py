"""How well somebody is known: which signs count, at which moment they begin to, and what the score is called."""

from __future__ import annotations

import pytest

from bot.domain.standing_score import (
    ACCOUNT_IS_OLD,
    DROPS_MANY,
    KNOWN_FOR_LONG,
    Acquaintance,
    Level,
    Sign,
    score,
)
from bot.domain.time import SECOND
from tests.conftest import NOON

LONG_AGO = NOON - 2 * ACCOUNT_IS_OLD
MANY = (2 * SECOND,) * DROPS_MANY


@pytest.mark.parametrize(
    ("known", "sign", "holds"),
    [
        (Acquaintance(made_at=NOON - ACCOUNT_IS_OLD), Sign.ACCOUNT, True),
        (Acquaintance(made_at=NOON - ACCOUNT_IS_OLD + 1), Sign.ACCOUNT, False),
        (Acquaintance(), Sign.ACCOUNT, None),
        (Acquaintance(first_seen_at=NOON - KNOWN_FOR_LONG), Sign.SEEN, True),
        (Acquaintance(first_seen_at=NOON - KNOWN_FOR_LONG + 1), Sign.SEEN, False),
        (Acquaintance(), Sign.SEEN, False),
        (Acquaintance(linked=True), Sign.LINKED, True),
        (Acquaintance(), Sign.LINKED, False),
        (Acquaintance(delays=MANY), Sign.DROPS, True),
        (Acquaintance(delays=MANY[1:]), Sign.DROPS, False),
    ],
)
def test_each_sign_counts_from_its_moment_on(known, sign, holds):
    weighed = score(known, NOON)
    assert (sign in weighed.holding, sign in weighed.missing) == (holds is True, holds is False)


@pytest.mark.parametrize(
    ("known", "met", "of", "level"),
    [
        (Acquaintance(LONG_AGO, LONG_AGO, True, MANY), 4, 4, Level.ESTABLISHED),
        (Acquaintance(LONG_AGO, LONG_AGO, False, MANY), 3, 4, Level.ESTABLISHED),
        (Acquaintance(LONG_AGO, LONG_AGO), 2, 4, Level.BETWEEN),
        (Acquaintance(LONG_AGO, NOON), 1, 4, Level.NEW),
        (Acquaintance(NOON, NOON), 0, 4, Level.NEW),
        # Where nobody can tell how old the account is, nothing is held against anybody.
        (Acquaintance(None, LONG_AGO, True, MANY), 3, 3, Level.ESTABLISHED),
        (Acquaintance(None, LONG_AGO, False, MANY), 2, 3, Level.ESTABLISHED),
        (Acquaintance(None, LONG_AGO), 1, 3, Level.NEW),
        (Acquaintance(), 0, 3, Level.NEW),
    ],
)
def test_the_score_says_of_how_many_signs(known, met, of, level):
    weighed = score(known, NOON)
    assert (weighed.met, weighed.of, weighed.level) == (met, of, level)


@pytest.mark.parametrize(
    ("delays", "usual"),
    [((), None), ((5,), 5), ((1, 9), 1), ((9, 1, 5), 5), ((1, 1, 1, 900 * SECOND), 1)],
)
def test_how_soon_they_claim_is_told_and_counts_for_nothing(delays, usual):
    weighed = score(Acquaintance(delays=delays), NOON)
    assert weighed.usual_delay == usual
    assert weighed.holding == score(Acquaintance(delays=(0,) * len(delays)), NOON).holding
