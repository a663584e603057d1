"""A form's raw texts become a plan, or all their mistakes at once."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.drop_plan import DropPlan, Opening, WhileOffline
from bot.domain.planning import DropForm, FormMistake, PlanRefused, read_form
from bot.domain.time import DAY, HOUR, MINUTE, SECOND, Micros


def at(text: str, zone: str = "UTC") -> Micros:
    moment = datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone))
    return int((moment - datetime(1970, 1, 1, tzinfo=UTC)).total_seconds()) * SECOND


NOON = at("2026-12-01 12:00")
FORM = DropForm(title="Teal Mug", supply="48", opens="cue", lasts="10m", held_back="2", per_person="1")


def plan_of(form: DropForm, *, zone: str = "UTC", now: Micros = NOON) -> DropPlan:
    plan = read_form(form, zone=zone, now=now)
    assert isinstance(plan, DropPlan), plan
    return plan


def mistakes_of(form: DropForm, *, zone: str = "UTC", now: Micros = NOON) -> tuple[str, ...]:
    refused = read_form(form, zone=zone, now=now)
    assert isinstance(refused, PlanRefused), refused
    return refused.mistakes


def test_a_form_becomes_the_plan_it_asks_for() -> None:
    assert plan_of(FORM) == DropPlan(
        key="teal-mug",
        title="Teal Mug",
        kind="other",
        supply=48,
        held_back=2,
        per_person=1,
        opening=Opening.CUE,
        while_offline=WhileOffline.WAIT,
        zone="UTC",
        announce_at=NOON,
        opens_at=None,
        window=10 * MINUTE,
    )


def test_what_may_be_left_empty_gets_its_usual_value() -> None:
    plan = plan_of(replace(FORM, kind="", held_back="", per_person="", announce="", while_offline=""))
    assert (plan.kind, plan.held_back, plan.per_person) == ("other", 0, 1)
    assert (plan.announce_at, plan.while_offline) == (NOON, WhileOffline.WAIT)


@pytest.mark.parametrize(
    ("announce", "expected"),
    [
        ("now", "2026-12-01 12:00"),
        ("NOW ", "2026-12-01 12:00"),
        ("19:30", "2026-12-01 19:30"),
        ("20:00", "2026-12-01 20:00"),
        ("in 10m", "2026-12-01 12:10"),
        ("2026-12-01 13:00", "2026-12-01 13:00"),
    ],
)
def test_the_announcement_is_read_like_the_opening(announce: str, expected: str) -> None:
    assert plan_of(replace(FORM, opens="20:00", announce=announce)).announce_at == at(expected)


@pytest.mark.parametrize(
    ("announce", "mistake"),
    [
        ("cue", FormMistake.ANNOUNCE_UNCLEAR),
        ("in 0m", FormMistake.ANNOUNCE_UNCLEAR),
        ("2026-12-01 11:59", FormMistake.ANNOUNCE_PAST),
        ("in 367 days", FormMistake.ANNOUNCE_TOO_FAR),
        ("20:01", FormMistake.ANNOUNCE_LATE),
        ("11:00", FormMistake.ANNOUNCE_LATE),  # that is tomorrow
    ],
)
def test_an_announcement_that_cannot_be_is_told(announce: str, mistake: FormMistake) -> None:
    assert mistakes_of(replace(FORM, opens="20:00", announce=announce)) == (mistake,)


def test_a_drop_on_cue_may_be_announced_at_any_time() -> None:
    assert plan_of(replace(FORM, announce="2026-12-24 18:30")).announce_at == at("2026-12-24 18:30")


def test_a_drop_may_run_while_the_stream_is_off() -> None:
    assert plan_of(replace(FORM, while_offline="Run")).while_offline is WhileOffline.RUN
    assert mistakes_of(replace(FORM, while_offline="maybe")) == (FormMistake.WHILE_OFFLINE,)


@pytest.mark.parametrize(
    ("opens", "expected"),
    [
        ("20:00", "2026-12-01 20:00"),
        ("11:59", "2026-12-02 11:59"),
        ("12:00", "2026-12-02 12:00"),
        ("9:05", "2026-12-02 09:05"),
        ("2026-12-24 18:30", "2026-12-24 18:30"),
        ("2026-12-24T18:30", "2026-12-24 18:30"),
        ("in 10m", "2026-12-01 12:10"),
        ("In 1h 30 min", "2026-12-01 13:30"),
        ("２０：００", "2026-12-01 20:00"),
    ],
)
def test_the_opening_is_read_as_people_write_it(opens: str, expected: str) -> None:
    plan = plan_of(replace(FORM, opens=opens))
    assert plan.opens_at == at(expected)
    assert plan.opening is Opening.CLOCK


def test_a_clock_time_is_of_the_channels_zone() -> None:
    plan = plan_of(replace(FORM, opens="20:00"), zone="America/New_York")
    assert plan.opens_at == at("2026-12-01 20:00", "America/New_York")


def test_a_time_that_the_spring_change_skips_moves_forward() -> None:
    now = at("2026-03-28 12:00")
    plan = plan_of(replace(FORM, opens="2026-03-29 02:30"), zone="Europe/Berlin", now=now)
    assert plan.opens_at == at("2026-03-29 01:30")  # 03:30 in Berlin, where 02:30 does not exist


def test_of_a_time_that_the_autumn_change_repeats_the_first_counts() -> None:
    now = at("2026-10-24 12:00")
    plan = plan_of(replace(FORM, opens="2026-10-25 02:30"), zone="Europe/Berlin", now=now)
    assert plan.opens_at == at("2026-10-25 00:30")  # still summer time


@pytest.mark.parametrize(
    ("opens", "mistake"),
    [
        ("", FormMistake.OPENS_UNCLEAR),
        ("soon", FormMistake.OPENS_UNCLEAR),
        ("25:00", FormMistake.OPENS_UNCLEAR),
        ("20:60", FormMistake.OPENS_UNCLEAR),
        ("2026-02-30 20:00", FormMistake.OPENS_UNCLEAR),
        ("9999-12-31 23:59", FormMistake.OPENS_TOO_FAR),
        ("0001-01-01 00:00", FormMistake.OPENS_PAST),
        ("2026-12-01 11:59", FormMistake.OPENS_PAST),
        ("in 0m", FormMistake.OPENS_UNCLEAR),
        ("in -5m", FormMistake.OPENS_UNCLEAR),
        ("in 9999999d", FormMistake.OPENS_TOO_FAR),
        ("٢٠:٠٠", FormMistake.OPENS_UNCLEAR),
    ],
)
def test_an_opening_that_cannot_be_is_told(opens: str, mistake: FormMistake) -> None:
    assert mistakes_of(replace(FORM, opens=opens)) == (mistake,)


@pytest.mark.parametrize("supply", ["", "0", "-5", "1_000", "1e3", "48.0", "٤٨", "9" * 30, "100001", "many"])
def test_a_supply_that_is_no_plain_number_in_range_is_told(supply: str) -> None:
    assert FormMistake.SUPPLY in mistakes_of(replace(FORM, supply=supply, held_back=""))


@pytest.mark.parametrize(
    ("lasts", "expected"),
    [("10m", 10 * MINUTE), ("90 s", 90 * SECOND), ("1h30m", HOUR + 30 * MINUTE), ("31d", 31 * DAY)],
)
def test_a_span_is_read_with_its_units(lasts: str, expected: Micros) -> None:
    assert plan_of(replace(FORM, lasts=lasts)).window == expected


@pytest.mark.parametrize("lasts", ["", "10", "0s", "32d", "-10m", "10m or so", "m", "9999999d"])
def test_a_span_without_unit_or_out_of_range_is_told(lasts: str) -> None:
    assert mistakes_of(replace(FORM, lasts=lasts)) == (FormMistake.LASTS,)


@pytest.mark.parametrize(
    ("held_back", "per_person", "expected"),
    [
        ("48", "1", (FormMistake.HELD_BACK,)),
        ("-1", "1", (FormMistake.HELD_BACK,)),
        ("2", "0", (FormMistake.PER_PERSON,)),
        ("2", "49", (FormMistake.PER_PERSON,)),
    ],
)
def test_counts_have_to_fit_the_supply(held_back: str, per_person: str, expected: tuple[FormMistake, ...]) -> None:
    assert mistakes_of(replace(FORM, held_back=held_back, per_person=per_person)) == expected


def test_all_mistakes_are_told_at_once_in_the_order_of_the_form() -> None:
    form = DropForm("@everyone", *"xxx", kind="x", held_back="x", per_person="x", announce="x", while_offline="x")
    assert mistakes_of(form) == (
        FormMistake.TITLE,
        FormMistake.KIND,
        FormMistake.SUPPLY,
        FormMistake.OPENS_UNCLEAR,
        FormMistake.LASTS,
        FormMistake.ANNOUNCE_UNCLEAR,
        FormMistake.WHILE_OFFLINE,
        FormMistake.HELD_BACK,
        FormMistake.PER_PERSON,
    )


def test_a_title_in_another_script_gets_a_key_that_can_be_typed() -> None:
    plan = plan_of(replace(FORM, title="青いマグ"))
    assert plan.key.startswith("drop-")
    assert plan.key.isascii()
    assert plan.key == plan_of(replace(FORM, title="青いマグ")).key


texts = st.text(max_size=80)


@given(st.builds(DropForm, *[texts] * 4, held_back=st.text(max_size=9), announce=texts))
def test_no_text_makes_the_form_fail(form: DropForm) -> None:
    decision = read_form(form, zone="Europe/Berlin", now=NOON)
    assert isinstance(decision, DropPlan) or decision.mistakes
