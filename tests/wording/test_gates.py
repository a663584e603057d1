"""Early access in words: what all can read gives nobody away, and what is private fits and tells everything."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.claims import ClaimRefusal, ClaimRefused
from bot.domain.entitlements import Evidence
from bot.domain.gate_parsing import CONDITIONS_MAX
from bot.domain.gates import Gate
from bot.domain.time import DAY, HOUR
from bot.domain.verdicts import Accepted, Refused, RefusedUntil, evaluate
from bot.wording.catalogue import Wording
from bot.wording.claims import claim_answer, refused_lines
from bot.wording.gates import can_card, can_line, condition_text, people_text, way_text
from tests.domain.gate_cases import NOON, cases, gate, known

WORDS = Wording()
PAID = re.compile("subscri|tier|boost|gift", re.IGNORECASE)


def line(text: str, public_opens_at: int | None = None, **values: int) -> str:
    verdict = evaluate(gate(text), known(**values), NOON, public_opens_at)
    return can_line(WORDS, "ann", "Teal Mug", verdict, NOON, why="/drop can")


@pytest.mark.parametrize(
    ("text", "phrase"),
    [
        ("subscriber", "a subscription"),
        ("subscriber >= 2", "a subscription of tier 2 or higher"),
        ("subscriber < 2", "a subscription below tier 2 or none"),
        ("not subscriber", "without a subscription"),
        ("not gift", "a subscription that was not a gift"),
        ("follower_days >= 90", "following for at least 90 days"),
        ("account_days >= 1", "an account that is at least 1 day old"),
        ("member_days >= 9999", "being on the Discord server for at least 9999 days"),
        ("follower_days < 30", "without following for at least 30 days"),
        ("code:EARLY", "the code EARLY"),
        ("role:patron", "the role patron on Discord"),
    ],
)
def test_a_condition_is_a_short_plain_phrase(text: str, phrase: str) -> None:
    condition = gate(text)
    assert condition_text(WORDS, condition, discord=False) == phrase  # type: ignore[arg-type]  # they are single


def test_the_public_line_says_yes_from_when_or_no_with_a_way_that_is_free() -> None:
    assert line("vip", vip=1) == "@ann you can claim Teal Mug now."
    assert line("vip", NOON + HOUR, vip=0).startswith("@ann you can claim Teal Mug from 13:00 (in 1 h).")
    told = line("follower, subscriber", follower=0, subscriber=0)
    assert told == "@ann you cannot claim Teal Mug now. Cheapest way in: following the channel."
    told = line("subscriber", subscriber=0)
    assert told == "@ann you cannot claim Teal Mug now. /drop can on Discord shows you why, privately."
    assert "looking it up" in line("vip")


@given(cases(), st.none() | st.just(NOON + HOUR))
def test_nobody_is_told_in_public_what_they_have_not_paid_for(
    case: tuple[Gate, Evidence], public_opens_at: int | None
) -> None:
    verdict = evaluate(*case, NOON, public_opens_at)
    assert not PAID.search(can_line(WORDS, "ann", "Teal Mug", verdict, NOON, why="/drop can"))


@given(cases())
def test_a_refusal_in_chat_tells_nobody_what_somebody_has_not_paid_for(case: tuple[Gate, Evidence]) -> None:
    verdict = evaluate(*case, NOON, NOON + HOUR)
    way = tuple(map(str, verdict.way_in)) if isinstance(verdict, Refused | RefusedUntil) else ()
    refused = ClaimRefused(ClaimRefusal.NOT_ENTITLED, "mug", "Teal Mug", 48, retry_at=NOON + HOUR, way_in=way)
    (line,) = refused_lines(WORDS, refused, ["ann"], NOON)
    assert not PAID.search(line)
    assert len(line) <= 450
    assert claim_answer(WORDS, refused, NOON, discord=True)


@given(st.text(max_size=40) | cases().map(lambda case: str(case[0])), st.booleans())
def test_whom_a_gate_lets_in_is_always_short_enough_for_a_line(text: str, discord: bool) -> None:
    assert 0 < len(people_text(WORDS, text, discord=discord)) <= (500 if discord else 120)


@pytest.mark.parametrize("public_opens_at", [None, NOON + HOUR])
def test_who_does_not_subscribe_hears_in_public_what_everybody_else_hears(public_opens_at: int | None) -> None:
    heard = {
        line("subscriber", public_opens_at, subscriber=0),
        line("subscriber and vip", public_opens_at, subscriber=0, vip=1),
        line("subscriber and vip", public_opens_at, subscriber=1, vip=0),
        line("subscriber and not gift", public_opens_at, subscriber=1, gift=1),
        line("vip", public_opens_at, vip=0),
        line("role:patron", public_opens_at, role_patron=0),
    }
    assert len(heard) == 1


def test_in_private_every_condition_is_told_and_the_way_whatever_it_costs() -> None:
    asked = gate("subscriber >= 2, role:patron and follower, follower_days >= 90")
    evidence = known(subscriber=1, role_patron=0, follower=NOON - 90 * DAY + HOUR)
    verdict = evaluate(asked, evidence, NOON)
    assert isinstance(verdict, RefusedUntil)
    when = f"<t:{(NOON + HOUR) // 1_000_000}:t> (<t:{(NOON + HOUR) // 1_000_000}:R>)"
    assert can_card(WORDS, "Teal Mug", verdict, NOON).text.splitlines() == [
        f"You can claim Teal Mug from {when}.",
        "Cheapest way in: following for at least 90 days.",
        "No: a subscription of tier 2 or higher",
        "No: the role patron on Discord",
        "Yes: following the channel",
        f"Not before {when}: following for at least 90 days",
    ]
    paid = evaluate(gate("subscriber"), known(subscriber=0), NOON)
    assert "Cheapest way in: a subscription." in can_card(WORDS, "Teal Mug", paid, NOON).text


def test_everything_of_a_way_is_named() -> None:
    verdict = evaluate(gate("follower and role:patron and subscriber"), known(subscriber=0, role_patron=1), NOON)
    assert isinstance(verdict, Refused)
    assert way_text(WORDS, verdict.way_in, discord=False) == "following the channel and a subscription"


def test_the_longest_gate_fits_a_card_and_a_line() -> None:
    names = [f"{number:02} {'*' * 97}" for number in range(CONDITIONS_MAX)]
    asked = gate(" and ".join(f'role:"{name}"' for name in names))
    verdict = evaluate(asked, known(**{f"role_{name}": 0 for name in names}), NOON)
    assert isinstance(verdict, Refused)
    assert len(verdict.way_in) == CONDITIONS_MAX
    shown = can_card(WORDS, "W" * 200, verdict, NOON)
    assert len(shown.title) <= 256
    assert len(shown.text) <= 4096
    assert shown.text.count("role") == 2 * CONDITIONS_MAX
    wordy = Wording({"gate-finding-no": "{condition} " + "x" * 380})
    assert len(can_card(wordy, "Teal Mug", verdict, NOON).text) <= 4096
    free = evaluate(gate("follower and account_days >= 9 and member_days >= 9"), known(follower=0), NOON)
    assert len(can_line(WORDS, "n" * 99, "W" * 200, free, NOON)) <= 500


def test_a_name_in_a_gate_can_neither_mention_nor_format() -> None:
    verdict = evaluate(gate('role:"@everyone **now**"'), known(**{"role_@everyone **now**": 1}), NOON)
    assert isinstance(verdict, Accepted)
    text = can_card(WORDS, "Teal Mug", verdict, NOON).text
    assert "@everyone" not in text
    assert "**" not in text
