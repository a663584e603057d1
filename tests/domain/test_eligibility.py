"""Whether somebody may claim: the answer is that of a claim at the same moment, or says when one would succeed."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.domain.claims import ClaimDrop, ClaimGranted, ClaimRefusal, ClaimRefused, ClaimStanding, decide_claim
from bot.domain.drops import Drop, DropState
from bot.domain.eligibility import Eligible, decide_eligibility
from bot.domain.time import DAY, HOUR, MINUTE
from bot.domain.verdicts import Accepted, Refused, RefusedUntil, Unknown
from tests.conftest import CHANNEL, NOON, plan, viewer
from tests.domain.gate_cases import gate, known

BEGINS = NOON - 10 * MINUTE
ANN = viewer("ann").key
ANNOUNCED = Drop(
    plan(early="subscriber or follower_days >= 30", early_for=10 * MINUTE, early_units=2),
    state=DropState.ANNOUNCED,
    opens_at=NOON,
    announced_at=NOON - HOUR,
)
OPEN_EARLY = replace(
    ANNOUNCED, state=DropState.OPEN, opened_at=BEGINS, public_at=NOON, closes_at=NOON + HOUR, early_open=True
)
PUBLIC = replace(OPEN_EARLY, early_open=False)
ON_CUE = replace(ANNOUNCED, plan=replace(ANNOUNCED.plan, opens_at=None), opens_at=None, on_cue=True)
PLAIN = Drop(plan(), state=DropState.ANNOUNCED, opens_at=NOON, announced_at=NOON - HOUR)


def standing(drop: Drop, held: tuple[int, ...] = (), **evidence: int) -> ClaimStanding:
    asked = gate(drop.plan.early) if drop.plan.early else None
    return ClaimStanding(drop, held, 1, asked, known(**evidence), (ANN,))


def moment_in(drop: Drop) -> int:
    return NOON - (8 if drop.open else 12) * MINUTE


IN = {"subscriber": 1}
OUT = {"subscriber": 0, "follower": 0}
SOON = {"subscriber": 0, "follower": NOON - 30 * DAY - 5 * MINUTE}  # long enough at five to twelve


@pytest.mark.parametrize(
    ("drop", "evidence", "verdict", "at"),
    [
        (ANNOUNCED, IN, RefusedUntil, BEGINS),
        (ANNOUNCED, SOON, RefusedUntil, NOON - 5 * MINUTE),
        (ANNOUNCED, OUT, RefusedUntil, NOON),
        (ANNOUNCED, {}, Unknown, None),
        (OPEN_EARLY, IN, Accepted, None),
        (OPEN_EARLY, SOON, RefusedUntil, NOON - 5 * MINUTE),
        (OPEN_EARLY, OUT, RefusedUntil, NOON),
        (OPEN_EARLY, {}, Unknown, None),
        (PUBLIC, OUT, Accepted, None),
        (PUBLIC, {}, Accepted, None),
        (PLAIN, {}, RefusedUntil, NOON),
        (ON_CUE, IN, Accepted, None),
        (ON_CUE, OUT, Refused, None),
        (ON_CUE, {}, Unknown, None),
    ],
)
def test_the_answer_is_yes_or_from_when_or_no(drop, evidence, verdict, at):
    answer = decide_eligibility(standing(drop, **evidence), moment_in(drop))
    assert isinstance(answer, Eligible)
    assert isinstance(answer.verdict, verdict)
    assert getattr(answer.verdict, "at", None) == at
    assert answer.waits is (drop is ON_CUE)
    assert answer.accounts == ((ANN,) if verdict is Unknown else ())


@pytest.mark.parametrize(
    ("drop", "held", "because"),
    [
        (replace(OPEN_EARLY, claimed=2, early_claimed=2), (), ClaimRefusal.EARLY_GONE),
        (OPEN_EARLY, (1,), ClaimRefusal.ALREADY_YOURS),
        (ANNOUNCED, (1,), ClaimRefusal.ALREADY_YOURS),
        (replace(PUBLIC, claimed=48), (), ClaimRefusal.SOLD_OUT),
        (replace(OPEN_EARLY, paused_at=BEGINS), (), ClaimRefusal.PAUSED),
        (replace(PUBLIC, state=DropState.CLOSED), (), ClaimRefusal.CLOSED),
    ],
)
def test_what_has_nothing_to_do_with_who_asks_is_said_as_to_a_claim(drop, held, because):
    answer = decide_eligibility(standing(drop, held, **IN), NOON - 8 * MINUTE)
    assert isinstance(answer, ClaimRefused)
    assert answer.because is because


@pytest.mark.parametrize("evidence", [IN, OUT, SOON, {}])
@pytest.mark.parametrize("drop", [ANNOUNCED, OPEN_EARLY, PUBLIC, PLAIN])
def test_yes_is_said_exactly_where_a_claim_would_be_granted(drop, evidence):
    at = moment_in(drop)
    answer = decide_eligibility(standing(drop, **evidence), at)
    claimed = decide_claim(standing(drop, **evidence), ClaimDrop(CHANNEL, "twitch:1", viewer("ann")), at)
    yes = isinstance(answer, Eligible) and isinstance(answer.verdict, Accepted)
    assert yes is isinstance(claimed, ClaimGranted)


def test_of_a_drop_that_is_due_but_waits_for_the_stream_no_instant_is_promised():
    answer = decide_eligibility(standing(ANNOUNCED, **IN), BEGINS)
    assert isinstance(answer, Eligible)
    assert (answer.waits, isinstance(answer.verdict, Accepted)) == (True, True)


@pytest.mark.parametrize(
    ("accounts", "text", "expected"),
    [
        ((ANN,), "subscriber", ""),
        ((("discord", "7"),), "subscriber", "twitch"),
        ((("discord", "7"),), "role:patron", ""),
        ((ANN,), "role:patron, vip", "discord"),
        ((ANN, ("discord", "7")), "role:patron, vip", ""),
        ((("discord", "7"),), "code:EARLY", ""),
    ],
)
def test_it_is_told_where_the_gate_asks_and_the_person_has_no_account_that_we_know_of(accounts, text, expected):
    out = standing(OPEN_EARLY, subscriber=0, vip=0, role_patron=0, code_EARLY=0)
    out = out._replace(gate=gate(text), accounts=accounts)
    answer = decide_eligibility(out, NOON - 8 * MINUTE)
    claimed = decide_claim(out, ClaimDrop(CHANNEL, "twitch:1", viewer("ann")), NOON - 8 * MINUTE)
    assert (answer.elsewhere, claimed.elsewhere) == (expected, expected)


def test_a_gate_that_cannot_be_read_lets_nobody_in_early():
    unreadable = standing(OPEN_EARLY)._replace(gate=None)
    answer = decide_eligibility(unreadable, NOON - 8 * MINUTE)
    assert isinstance(answer, Eligible)
    assert answer.verdict == RefusedUntil(NOON)
