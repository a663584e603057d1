"""Gates, people's evidence and moments for the tests of early access, by hand and by chance."""

from __future__ import annotations

from hypothesis import strategies as st

from bot.domain.entitlements import DAYS_MAX, KINDS, TIER_MAX, Entitlement, Evidence, Found, Measure, Question
from bot.domain.gate_mistakes import GateMistake
from bot.domain.gate_parsing import read_gate
from bot.domain.gates import Condition, Gate, all_of, any_of, conditions
from bot.domain.text import label
from bot.domain.time import DAY, HOUR, Micros

NOON: Micros = 1_793_534_400_000_000  # 2026-11-01T12:00:00Z

_KEYS = st.from_regex(r"[a-z0-9][a-z0-9_-]{0,10}", fullmatch=True)
_ROLES = st.text(min_size=1, max_size=20).map(label).filter(lambda name: name and not set(name) & set('"“”'))


def gate(text: str) -> Gate:
    """A gate that is known to be well written."""
    read = read_gate(text)
    assert not isinstance(read, GateMistake), str(read)
    return read


def found(value: int, found_at: Micros = NOON - HOUR, valid_until: Micros = NOON + HOUR) -> Found:
    return Found(value, found_at, valid_until)


def known(**values: int) -> dict[Question, Found]:
    """Evidence from the hour around noon, by the word: known(subscriber=2, role_patron=1)."""
    evidence = {}
    for word, value in values.items():
        plain = word in set(Entitlement)
        about, subject = (word, "") if plain else word.split("_", 1)
        evidence[Question(Entitlement(about), subject)] = found(value)
    return evidence


@st.composite
def a_condition(draw: st.DrawFn) -> Condition:
    entitlement = draw(st.sampled_from(list(Entitlement)))
    kind = KINDS[entitlement]
    subject = ""
    if kind.named:
        subject = draw(_ROLES if entitlement is Entitlement.ROLE else _KEYS)
        subject = subject.upper() if entitlement is Entitlement.CODE else subject
    most = {Measure.FLAG: 1, Measure.TIER: TIER_MAX, Measure.DAYS: DAYS_MAX}[kind.measure]
    return Condition(entitlement, subject, draw(st.integers(1, most)), draw(st.booleans()))


def _grouped(parts: st.SearchStrategy[Gate]) -> st.SearchStrategy[Gate]:
    several = st.lists(parts, min_size=2, max_size=4)
    return several.map(all_of) | several.map(any_of)


def gates(leaves: st.SearchStrategy[Gate]) -> st.SearchStrategy[Gate]:
    return st.recursive(leaves, _grouped, max_leaves=12)


ANY = gates(a_condition())


# Few enough that a person has an answer to most, and that gates repeat them.
FEW = gates(
    st.sampled_from(
        [
            *(gate(text) for text in ("subscriber", "subscriber >= 2", "gift", "vip", "follower", "role:patron")),
            *(gate(text) for text in ("follower_days >= 2", "follower_days >= 9", "account_days >= 5")),
            *(gate(text) for text in ("not gift", "subscriber < 3", "follower_days < 5", "not vip")),
        ]
    )
)


@st.composite
def evidence_for(draw: st.DrawFn, asked: Gate) -> Evidence:
    """Answers to some of the gate's questions; of those, some have expired by noon and some are not found yet."""
    evidence = {}
    for question in sorted({condition.question for condition in conditions(asked)}):
        if draw(st.integers(0, 3)):
            age, rest = draw(st.sampled_from([0, 1, 2, -1])), draw(st.sampled_from([1, 2, 3, 4, 0, -1]))
            since = question.about is Entitlement.FOLLOWER or KINDS[question.about].measure is Measure.DAYS
            most = 3 if question.about is Entitlement.SUBSCRIBER else 1
            value = NOON - draw(st.integers(0, 10)) * DAY - 1 if since else draw(st.integers(0, most))
            value = draw(st.sampled_from([value, 0])) if since else value
            evidence[question] = Found(value, NOON - age, NOON + rest)
    return evidence


@st.composite
def cases(draw: st.DrawFn) -> tuple[Gate, Evidence]:
    drawn = draw(FEW)
    return drawn, draw(evidence_for(drawn))
