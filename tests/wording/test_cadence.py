"""What the plan notes about recurring drops: the rule, its next five times, clock changes, broken pacing."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from bot.domain.pacing import PacingRule, warnings
from bot.wording.cadence import WARNINGS_SHOWN_MAX, cadence_notes, pacing_note, pacing_notes, rule_text
from bot.wording.catalogue import Wording
from tests.conftest import NOON
from tests.wording.cadences import PACING, RULES, cadence_of, crowded_plan

WORDS = Wording()


def test_the_next_five_times_are_shown_in_local_time_and_in_utc() -> None:
    assert cadence_notes(WORDS, cadence_of("every friday 20:00"), NOON) == [
        "mug comes every Fri at 20:00 (Europe/Berlin). Next: "
        "Fri 2026-11-06 20:00 CET = 2026-11-06T19:00Z; Fri 2026-11-13 20:00 CET = 2026-11-13T19:00Z; "
        "Fri 2026-11-20 20:00 CET = 2026-11-20T19:00Z; Fri 2026-11-27 20:00 CET = 2026-11-27T19:00Z; "
        "Fri 2026-12-04 20:00 CET = 2026-12-04T19:00Z."
    ]


def test_hours_that_the_clocks_skip_or_double_within_a_year_are_warned_of() -> None:
    _, *notes = cadence_notes(WORDS, cadence_of("sunday 02:30"), NOON)
    assert notes == [
        "mug: 2027-03-28 02:30 does not exist, the clocks skip it; it opens at Sun 2027-03-28 03:30 CEST.",
        "mug: 2027-10-31 02:30 comes twice, the clocks go back; it opens the first time, "
        "at Sun 2027-10-31 02:30 CEST.",
    ]


def test_a_rule_that_is_over_says_so() -> None:
    (note,) = cadence_notes(WORDS, cadence_of("friday 20:00 until 2026-01-01"), NOON)
    assert note.endswith("Nothing of that is still to come.")


def test_a_date_that_is_skipped_for_nothing_is_noted() -> None:
    cadence = cadence_of("friday 20:00", skipped=(date(2026, 12, 24), date(2026, 12, 25)))
    assert cadence_notes(WORDS, cadence, NOON)[1:] == [
        "mug: 2026-12-24 is skipped, but nothing is due on that date."
    ]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        *zip(
            RULES,
            [
                "every Fri at 20:00",
                "every Tue, Fri, Sun at 20:00, until 2027-03-01",
                "every 2 weeks on Fri at 20:00, 12 times in all",
                "every month on the first Fri, the second Fri, the third Fri, the fourth Fri, the fifth Fri, "
                "the last Fri at 20:00",
                "every 3 months on day 1, day 15 at 20:00",
                "every month on the last day at 20:00",
                "every month on Fri, the Sun that is number 2 from the end if that is day 13, "
                "the day that is number 2 from the end at 20:00",
            ],
            strict=True,
        )
    ],
)
def test_a_rule_is_told_in_words(text: str, said: str) -> None:
    assert rule_text(WORDS, cadence_of(text).rule) == said


def test_weekdays_are_those_of_the_channels_language() -> None:
    rule = cadence_of("every friday 20:00").rule
    assert rule_text(Wording({"time-weekdays": "Mo Di Mi Do Fr Sa So"}), rule) == "every Fr at 20:00"
    assert rule_text(Wording({"time-weekdays": "Mo Di"}), rule) == "every Fri at 20:00"


def test_each_warning_names_its_rule() -> None:
    found = warnings(crowded_plan(), PACING)
    notes = {warning.rule: pacing_note(WORDS, warning, PACING) for warning in found}
    assert notes.keys() == set(PacingRule)
    assert [rule for rule, note in notes.items() if f"breaks the rule {rule}:" not in note] == []


def test_many_warnings_are_counted() -> None:
    found = warnings(crowded_plan(), PACING)
    notes = pacing_notes(WORDS, found, PACING)
    assert len(notes) == WARNINGS_SHOWN_MAX + 1
    assert notes[-1] == f"There are {len(found) - WARNINGS_SHOWN_MAX} more such warnings."
    assert len(pacing_notes(WORDS, found[:WARNINGS_SHOWN_MAX], PACING)) == WARNINGS_SHOWN_MAX
    assert pacing_notes(WORDS, warnings([], PACING), replace(PACING, quiet=None)) == []
