"""Rules in words and as calendars write them: one rule each, or every mistake with its character and its cure."""

from __future__ import annotations

from datetime import date, datetime, time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.cadence import SEASON_MAX, Season
from bot.domain.cadence_mistakes import RuleMistakes
from bot.domain.cadence_parsing import read_days, read_rule, read_season
from bot.domain.cadence_rrule import rrule_text
from bot.domain.recurrence import COUNT_MAX, INTERVAL_MAX, DaySpan, Rule
from tests.domain.test_recurrence import rules

NUMBERED = "weekdays are numbered within a month alone"
NO_DAYS = "it does not say on which weekdays"


def canonical(text: str) -> str:
    rule = read_rule(text)
    assert isinstance(rule, Rule), rule
    return rrule_text(rule)


def mistakes(read: Rule | Season | DaySpan | RuleMistakes) -> list[tuple[int, str]]:
    assert isinstance(read, RuleMistakes), read
    return [(mistake.at, mistake.what) for mistake in read.mistakes]


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        ("friday 20:00", "FREQ=WEEKLY;BYDAY=FR 20:00"),
        ("Fridays at 8pm", "FREQ=WEEKLY;BYDAY=FR 20:00"),
        ("20:00 on fri", "FREQ=WEEKLY;BYDAY=FR 20:00"),
        ("every friday 8:30 PM", "FREQ=WEEKLY;BYDAY=FR 20:30"),
        ("friday 12am", "FREQ=WEEKLY;BYDAY=FR 00:00"),
        ("friday 12:15pm", "FREQ=WEEKLY;BYDAY=FR 12:15"),
        ("sunday, tue and friday 9:05", "FREQ=WEEKLY;BYDAY=TU,FR,SU 09:05"),
        ("fri+sun/mon & thurs 20:00", "FREQ=WEEKLY;BYDAY=MO,TH,FR,SU 20:00"),
        ("every day 20:00", "FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR,SA,SU 20:00"),
        ("every 2 weeks on friday 20:00", "FREQ=WEEKLY;INTERVAL=2;BYDAY=FR 20:00"),
        ("every other week friday 20:00", "FREQ=WEEKLY;INTERVAL=2;BYDAY=FR 20:00"),
        ("every other friday 20:00", "FREQ=WEEKLY;INTERVAL=2;BYDAY=FR 20:00"),
        ("friday 20:00 until 2027-03-01", "FREQ=WEEKLY;BYDAY=FR;UNTIL=20270301 20:00"),
        ("friday 20:00, 12 times", "FREQ=WEEKLY;BYDAY=FR;COUNT=12 20:00"),
        ("first friday 20:00", "FREQ=MONTHLY;BYDAY=1FR 20:00"),
        ("the first friday and last sunday of the month 20:00", "FREQ=MONTHLY;BYDAY=1FR,-1SU 20:00"),
        ("1st and 3rd friday 20:00", "FREQ=MONTHLY;BYDAY=1FR,3FR 20:00"),
        ("every 3 months on the second friday 20:00", "FREQ=MONTHLY;INTERVAL=3;BYDAY=2FR 20:00"),
        ("every second friday of the month 20:00", "FREQ=MONTHLY;BYDAY=2FR 20:00"),
        ("1st and 15th 20:00", "FREQ=MONTHLY;BYMONTHDAY=1,15 20:00"),
        ("first day of each month 20:00", "FREQ=MONTHLY;BYMONTHDAY=1 20:00"),
        ("last day of the month 20:00", "FREQ=MONTHLY;BYMONTHDAY=-1 20:00"),
        ("ＦＲＩＤＡＹ ２０：００", "FREQ=WEEKLY;BYDAY=FR 20:00"),
        ("FREQ=WEEKLY;BYDAY=FR 20:00", "FREQ=WEEKLY;BYDAY=FR 20:00"),
        (" rrule:freq=weekly ; byday = su, mo ; wkst=mo at 8 pm ", "FREQ=WEEKLY;BYDAY=MO,SU 20:00"),
        ("FREQ=MONTHLY;BYDAY=FR;BYMONTHDAY=13 20:00", "FREQ=MONTHLY;BYDAY=FR;BYMONTHDAY=13 20:00"),
        ("BYDAY=+2FR,-1SU;FREQ=MONTHLY;COUNT=3 20:00", "FREQ=MONTHLY;BYDAY=2FR,-1SU;COUNT=3 20:00"),
        ("FREQ=WEEKLY;INTERVAL=1;BYDAY=FR;UNTIL=20271231; 20:00", "FREQ=WEEKLY;BYDAY=FR;UNTIL=20271231 20:00"),
    ],
)
def test_a_rule_is_read_as_people_and_calendars_write_it(text: str, rule: str) -> None:
    assert canonical(text) == rule


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", [(0, "it does not say on which days")]),
        ("20:00", [(5, "it does not say on which days")]),
        ("friday", [(6, "there is no time of day")]),
        ("fridy 25:00", [(0, '"fridy" is no part of a rule'), (6, '"25:00" is no time of day')]),
        ("friday 13pm", [(7, '"13pm" is no time of day')]),
        ("friday 20:00 21:00", [(13, "there is a second time of day")]),
        ("friday 20:00-22:00", [(7, '"20:00-22:00" is no time of day')]),
        ("2 friday 20:00", [(0, "2 of what")]),
        ("every 0 weeks friday 20:00", [(6, "0 is no interval")]),
        (f"every {INTERVAL_MAX + 1} weeks friday 20:00", [(6, f"{INTERVAL_MAX + 1} is no interval")]),
        ("every 2 weeks every 3 weeks friday 20:00", [(20, "there is a second interval")]),
        (
            "every 2 weeks every 3 months friday 20:00",
            [(20, "there is a second interval"), (22, "there are weeks and months")],
        ),
        ("every 3 days 20:00", [(6, "days are not counted here")]),
        (f"friday 20:00 {COUNT_MAX + 1} times", [(13, f"{COUNT_MAX + 1} is no number of times")]),
        ("friday 20:00 until christmas", [(19, '"christmas" is no date')]),
        ("friday 20:00 until", [(13, "until when is missing")]),
        ("friday 20:00 3 times until 2027-01-01", [(21, "there is both a number of times and a last date")]),
        ("friday 20:00 until 2027-01-01 3 times", [(30, "there is both a number of times and a last date")]),
        ("every second friday 20:00", [(6, '"every second friday" can be of some weeks or of the month')]),
        ("every 3rd friday 20:00", [(6, '"every 3rd friday" can be of some weeks or of the month')]),
        ("last 20:00", [(0, '"last" of what')]),
        ("32nd 20:00", [(0, "no month has a 32nd")]),
        ("15th friday 20:00", [(0, "no month has a 15th friday")]),
        ("saturday and first sunday 20:00", [(0, "some days are of every week and some of the month")]),
        ("last day, first friday 20:00", [(0, "there are numbered weekdays and days of the month")]),
        ("every 2 months friday 20:00", [(15, "a month has several of these days")]),
        ("every 2 weeks on the 15th 20:00", [(0, "days of the month do not come every few weeks")]),
    ],
)
def test_what_is_wrong_in_words_is_told_with_its_character(text: str, expected: list[tuple[int, str]]) -> None:
    assert mistakes(read_rule(text)) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("FREQ=WEEKLY;BYDAY=FR", [(20, "there is no time of day")]),
        ("FREQ=WEEKLY;BYDAY=FR 25:00", [(21, '"25:00" is no time of day')]),
        ("FREQ=DAILY 20:00", [(5, '"DAILY" is no frequency for drops')]),
        ("BYDAY=FR 20:00", [(0, "FREQ is missing")]),
        ("FREQ=WEEKLY 20:00", [(5, "it does not say on which weekdays")]),
        ("FREQ=MONTHLY 20:00", [(5, "it does not say on which days")]),
        ("FREQ=WEEKLY;BYDAY=1FR,XX,SU 20:00", [(18, f'"1FR": {NUMBERED}'), (22, '"XX" is no weekday')]),
        ("FREQ=MONTHLY;BYDAY=6FR,0SU 20:00", [(19, '"6FR" is no weekday'), (23, '"0SU" is no weekday')]),
        ("FREQ=MONTHLY;BYMONTHDAY=32,7 20:00", [(24, '"32" is no day of the month')]),
        ("FREQ=MONTHLY;BYMONTHDAY=7,-0 20:00", [(26, '"-0" is no day of the month')]),
        ("FREQ=WEEKLY;BYDAY=FR;BYMONTHDAY=13 20:00", [(21, "a week has no days of the month")]),
        ("FREQ=WEEKLY;BYDAY=FR;COUNT=3;UNTIL=20271231 20:00", [(29, "there is both COUNT and UNTIL")]),
        ("FREQ=WEEKLY;BYDAY=FR;UNTIL=20271231T220000Z 20:00", [(27, '"20271231T220000Z" is no date for UNTIL')]),
        ("FREQ=WEEKLY;BYDAY=FR;UNTIL=20270231 20:00", [(27, '"20270231" is no date for UNTIL')]),
        ("FREQ=WEEKLY;BYDAY=FR;COUNT=0 20:00", [(27, '"0" is no number for COUNT')]),
        ("FREQ=WEEKLY;BYDAY=FR;INTERVAL=1_0 20:00", [(30, '"1_0" is no number for INTERVAL')]),
        ("FREQ=WEEKLY;BYDAY=FR;BYHOUR=20 20:00", [(21, "BYHOUR is not taken here")]),
        ("FREQ=WEEKLY;BYDYA=FR 20:00", [(5, NO_DAYS), (12, '"BYDYA" is no part of a rule')]),
        ("FREQ=WEEKLY;FREQ=MONTHLY;BYDAY=FR 20:00", [(12, "FREQ stands there twice")]),
        ("FREQ=WEEKLY;BYDAY=FR;WKST=SU 20:00", [(26, "weeks begin on Monday here")]),
        ("FREQ=WEEKLY;FR;BYDAY=FR 20:00", [(12, '"FR" has no "="')]),
    ],
)
def test_what_is_wrong_in_a_calendars_rule_is_told_with_its_character(
    text: str, expected: list[tuple[int, str]]
) -> None:
    assert mistakes(read_rule(text)) == expected


def test_a_mistake_shows_its_place_and_names_the_cure() -> None:
    read = read_rule("every fridy 20:00")
    assert isinstance(read, RuleMistakes)
    (mistake,) = read.mistakes
    assert str(mistake) == 'character 7: "fridy" is no part of a rule. Did you mean "friday"?'
    assert mistake.pointed == "every fridy 20:00\n      ^"


def test_the_caret_stays_under_its_character_whatever_stands_before_it() -> None:
    read = read_rule("日\u200b\n fridy 20:00")
    assert isinstance(read, RuleMistakes)
    assert read.mistakes[-1].pointed == "??? fridy 20:00\n    ^"


def test_a_text_without_end_is_not_read_to_its_end() -> None:
    assert mistakes(read_rule("friday " * 10_000)) == [(200, "this rule is too long")]


WORDS = "every,other,2,weeks,month,friday,sun,first,3rd,last,day,20:00,8 pm,until,2027-01-01,12 times"
PARTS = "FREQ=WEEKLY FREQ=MONTHLY ; BYDAY=FR = , BYMONTHDAY=1,-1 COUNT=2 UNTIL=1 INTERVAL=2"
pieces = st.sampled_from([*WORDS.split(","), *PARTS.split()])


@given(st.one_of(st.text(max_size=40), st.lists(pieces, max_size=9).map(" ".join), st.lists(pieces).map("".join)))
def test_any_text_is_a_rule_or_has_mistakes_within_it(text: str) -> None:
    read = read_rule(text)
    if isinstance(read, Rule):
        assert read_rule(rrule_text(read)) == read
        return
    assert read.mistakes
    for mistake in read.mistakes:
        assert 0 <= mistake.at <= len(mistake.text)
        assert mistake.what
        assert mistake.cure
        assert mistake.pointed.count("\n") == 1


@given(rules, st.integers(0, 23), st.integers(0, 59))
def test_a_rule_is_read_back_from_the_text_it_is_kept_as(rule: Rule, hour: int, minute: int) -> None:
    kept = Rule(rule.pattern, time(hour, minute), rule.count, rule.until)
    assert read_rule(rrule_text(kept)) == kept


def test_a_season_is_read_from_local_times() -> None:
    read = read_season(["2026-12-12 8:30 pm", " 2026-12-05T20:00 "])
    assert read == Season(tuple(map(datetime.fromisoformat, ("2026-12-05 20:00", "2026-12-12 20:30"))))


@pytest.mark.parametrize(
    ("texts", "expected"),
    [
        (["2026-12-05"], [(10, "there is no time of day")]),
        (["christmas 20:00"], [(0, '"christmas 20:00" does not begin with a date')]),
        (["2026-02-30 20:00"], [(0, '"2026-02-30 20:00" does not begin with a date')]),
        (["1926-12-05 20:00"], [(0, '"1926-12-05 20:00" does not begin with a date')]),
        (["2026-12-05 25:00", "x"], [(11, '"25:00" is no time of day'), (0, '"x" does not begin with a date')]),
        (["2026-12-05 20:00", "2026-12-05 21:00"], [(0, "there are two times on 2026-12-05")]),
        ([], [(0, f"a season has 1 to {SEASON_MAX} dates, not 0")]),
    ],
)
def test_what_is_wrong_in_a_season_is_told_for_every_date(
    texts: list[str], expected: list[tuple[int, str]]
) -> None:
    assert mistakes(read_season(texts)) == expected


def test_a_season_has_an_end() -> None:
    texts = [
        f"{year}-{month:02}-{day:02} 20:00"
        for year in (2026, 2027)
        for month in range(1, 13)
        for day in range(1, 29)
    ]
    assert mistakes(read_season(texts)) == [(0, f"a season has 1 to {SEASON_MAX} dates, not {len(texts)}")]
    assert isinstance(read_season(texts[:SEASON_MAX]), Season)


@given(st.text(max_size=60))
def test_any_text_is_a_season_or_has_a_mistake_within_it(text: str) -> None:
    read = read_season([text])
    assert isinstance(read, Season) or all(0 <= mistake.at <= len(text) for mistake in read.mistakes)


def test_a_span_of_dates_is_one_date_or_two() -> None:
    assert read_days("2026-12-24") == DaySpan(date(2026, 12, 24), date(2026, 12, 24))
    assert read_days("2026-12-24 to 2027-1-6") == DaySpan(date(2026, 12, 24), date(2027, 1, 6))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("christmas", [(0, '"christmas" is no date')]),
        ("2026-12-24 to epiphany", [(14, '"epiphany" is no date')]),
        ("2026-12-24 to 2026-01-06", [(14, "2026-01-06 is before 2026-12-24")]),
    ],
)
def test_what_is_wrong_in_a_span_of_dates_is_told(text: str, expected: list[tuple[int, str]]) -> None:
    assert mistakes(read_days(text)) == expected
