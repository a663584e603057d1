"""Each piece of advice is given with its figure when there is reason, and not given when there is none."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from bot.config import load_config
from bot.rehearsal import advice
from bot.rehearsal.advice import Advice, Rule, advise
from bot.rehearsal.figures import Figures, figures_of
from bot.rehearsal.figures.answers import Answers
from bot.rehearsal.figures.timeline import Said
from bot.rehearsal.home import Home, home_of
from tests.rehearsal.evening import CONFIG, OPENS, SECOND, Evening, good_evening
from tests.rehearsal.test_judge_faults import fault

GOOD = figures_of(good_evening().case())
HOME = Home()


def with_drop(**changes: Any) -> Figures:
    return replace(GOOD, drops=(replace(GOOD.drops[0], **changes),))


def without(what: str) -> Figures:
    """The same evening, on which something did not happen."""
    life = GOOD.timelines[0]
    kept = tuple(each for each in life.happenings if each.what != what)
    return replace(GOOD, timelines=(replace(life, happenings=kept),))


def on_cue(figures: Figures, **changes: Any) -> Figures:
    return replace(figures, drops=(replace(figures.drops[0], on_cue=True, **changes),))


def saying(text: str) -> Figures:
    life = GOOD.timelines[0]
    first = life.happenings[0]
    told = replace(first, said=(*first.said, Said("twitch:chat", OPENS, text)))
    figures = with_drop(wanted_by=75, owners=48, numbers=tuple(range(1, 49)), supply=48)
    return replace(figures, timelines=(replace(life, happenings=(told, *life.happenings[1:])),))


def budget(peak: int, limit: int) -> Figures:
    return replace(GOOD, budgets=(replace(GOOD.budgets[0], peak=peak, limit=limit), *GOOD.budgets[1:]))


def answering(*seconds: float) -> Figures:
    return replace(GOOD, answers=(Answers("twitch", tuple(sorted(seconds))),))


def broken_off(figures: Figures) -> Figures:
    """The same figures, but a fault had struck."""
    evening = good_evening()
    fault(evening, "discord-gone", OPENS + 2 * SECOND)
    return replace(figures, healings=figures_of(evening.case()).healings)


def missing(count: int, key: str) -> Figures:
    figures = with_drop(drop=key, title="Teal Mug")
    return replace(figures, refusals={"unknown-drop": count}, people=30, asked=60)


FULL = {"supply": 48, "numbers": tuple(range(1, 49)), "owners": 48}
HALF_AN_HOUR = Home({"mug": 1800.0})

ROWS: tuple[tuple[Rule, Figures, Home, str], ...] = (
    (advice.never_opened, on_cue(without("opened")), HOME, "nobody opened it, and 4 people asked"),
    (advice.never_opened, on_cue(GOOD), HOME, ""),
    (advice.never_opened, without("opened"), HOME, ""),
    (advice.waited_for_the_cue, on_cue(GOOD, refused={"not-open-yet": 9}), HOME, "60 s passed"),
    (advice.waited_for_the_cue, on_cue(GOOD, refused={"not-open-yet": 4}), HOME, ""),
    (advice.waited_for_the_cue, with_drop(refused={"not-open-yet": 9}), HOME, ""),
    (
        advice.nothing_for_the_rest,
        with_drop(wanted_by=75, **FULL),
        HOME,
        "75 people wanted 48 units, 27 went",
    ),
    (advice.nothing_for_the_rest, with_drop(wanted_by=50, **FULL), HOME, ""),
    (advice.nothing_for_the_rest, with_drop(wanted_by=75, sold_out_after=None, **FULL), HOME, ""),
    (advice.nothing_for_the_rest, saying("There will be a restock on Friday."), HOME, ""),
    (advice.open_long_after_the_end, GOOD, HALF_AN_HOUR, "empty for 21 min of its 30 min"),
    (advice.open_long_after_the_end, with_drop(sold_out_after=15.0), HALF_AN_HOUR, ""),
    (advice.open_long_after_the_end, GOOD, Home({"mug": 120.0}), ""),
    (advice.open_long_after_the_end, GOOD, HOME, ""),
    (
        advice.closed_on_people,
        with_drop(refused={"closed": 3}, supply=9),
        HOME,
        "3 claims came after it",
    ),
    (advice.closed_on_people, with_drop(refused={"closed": 3}), HOME, ""),
    (advice.closed_on_people, with_drop(refused={"closed": 2}, supply=9), HOME, ""),
    (
        advice.far_too_many,
        with_drop(supply=10, sold_out_after=None),
        HOME,
        "3 of 10 units found an owner",
    ),
    (advice.far_too_many, with_drop(supply=10), HOME, ""),
    (advice.far_too_many, with_drop(supply=6, sold_out_after=None), HOME, ""),
    (advice.nearly_silenced, budget(18, 20), HOME, "18 lines within 30 s, and Twitch takes 20"),
    (advice.nearly_silenced, budget(90, 100), HOME, "90 lines within 30 s, and Twitch takes 100"),
    (advice.nearly_silenced, budget(28, 100), HOME, "A moderator may say 100, anybody else 20"),
    (advice.nearly_silenced, budget(15, 100), HOME, ""),
    (advice.asked_for_more, with_drop(asked_more=15, **FULL), HOME, "15 of 48 owners asked again after their 1"),
    (advice.asked_for_more, with_drop(asked_more=2), HOME, ""),
    (advice.nothing_to_mend_with, with_drop(**FULL), HOME, "All 48 can be claimed and none is held back"),
    (advice.nothing_to_mend_with, with_drop(held_back=1, **FULL), HOME, ""),
    (advice.nothing_to_mend_with, with_drop(supply=49, numbers=tuple(range(1, 49))), HOME, ""),
    (advice.no_reminder_role, GOOD, Home(reminder_role=False), "1 claim came from there"),
    (advice.no_reminder_role, GOOD, Home(reminder_role=True), ""),
    (advice.no_reminder_role, GOOD, HOME, ""),
    (advice.backups_on_same_disk, GOOD, Home(backups_on_same_disk=True), "on one disk"),
    (advice.backups_on_same_disk, GOOD, Home(backups_on_same_disk=False), ""),
    (advice.nobody_on_discord, replace(GOOD, answers=GOOD.answers[:1], asked=40), HOME, "none of the 40 claims"),
    (advice.nobody_on_discord, replace(GOOD, asked=40), HOME, ""),
    (advice.nobody_on_discord, replace(GOOD, answers=(), asked=40, announcements={}), HOME, ""),
    (advice.slow_answers, answering(0.1, 0.2, 7.5), HOME, "1 of 3 answers took more than 5 s, the slowest 7.5 s"),
    (advice.slow_answers, answering(*[0.1] * 20, 7.5), HOME, ""),
    (advice.slow_answers, broken_off(answering(0.1, 0.2, 7.5)), HOME, ""),
    (advice.far_too_many, broken_off(with_drop(supply=10, sold_out_after=None)), HOME, ""),
    (advice.closed_on_people, broken_off(with_drop(refused={"closed": 3}, supply=9)), HOME, ""),
    (advice.hard_to_type, missing(7, "teal-mug-2026"), HOME, "7 claims named no drop that there is, of 60"),
    (advice.hard_to_type, missing(2, "teal-mug-2026"), HOME, ""),
    (advice.hard_to_type, missing(7, "mug"), HOME, ""),
)


@pytest.mark.parametrize(
    ("rule", "figures", "home", "says"), ROWS, ids=lambda each: getattr(each, "__name__", None)
)
def test_advice_is_given_for_a_reason_and_not_without(rule: Rule, figures: Figures, home: Home, says: str) -> None:
    found = next(rule(figures, home), None)
    assert (found is not None) == bool(says)
    assert says in (found.why if found else "")


def test_every_rule_is_seen_to_speak_and_to_be_silent() -> None:
    speaking = {rule for rule, _, _, says in ROWS if says}
    silent = {rule for rule, _, _, says in ROWS if not says}
    assert speaking == silent == set(advice.RULES)


def test_the_most_useful_comes_first_and_five_are_enough() -> None:
    figures = with_drop(wanted_by=75, asked_more=15, refused={"closed": 9}, **FULL)
    home = Home({"mug": 1800.0}, reminder_role=False, backups_on_same_disk=True)
    found = advise(replace(figures, budgets=budget(90, 100).budgets), home)
    assert [each.key for each in found] == [
        "nothing-for-the-rest",
        "nearly-silenced",
        "nothing-to-mend-with",
        "open-long-after-the-end",
        "no-reminder-role",
    ]


def test_a_play_that_was_cut_short_says_nothing_of_what_would_still_have_come() -> None:
    figures = with_drop(supply=10, sold_out_after=None)
    assert "far-too-many" in {each.key for each in advise(figures, HOME)}
    assert "far-too-many" not in {each.key for each in advise(figures, HOME, cut_short=True)}


def test_an_evening_without_figures_gives_no_advice() -> None:
    assert advise(figures_of(Evening().case()), HOME) == ()


def test_advice_is_said_in_public_with_its_reason() -> None:
    assert Advice("a", 1, "Do this.", "That is why.").as_public() == {
        "key": "a",
        "change": "Do this.",
        "why": "That is why.",
    }


def test_what_is_planned_at_home_is_read_before_it_is_compressed(tmp_path: Any) -> None:
    file = tmp_path / "config.toml"
    file.write_text(CONFIG + f'\n[ledger]\nurl = "{tmp_path}/ledger.db"\n')
    home = home_of(load_config(file, {}, secrets="optional"))
    assert home == Home({"mug": 900.0}, reminder_role=False, backups_on_same_disk=True)
    file.write_text(CONFIG.replace('lounge = "', 'reminder_role = "100000000000000009"\nlounge = "'))
    assert home_of(load_config(file, {}, secrets="optional")).reminder_role is True


def test_a_second_is_a_million_microseconds_in_what_is_said() -> None:
    (found,) = advice.waited_for_the_cue(on_cue(GOOD, refused={"not-open-yet": 9}), HOME)
    opened = GOOD.timelines[0].first("opened") or 0
    announced = GOOD.timelines[0].first("announced") or 0
    assert f"{(opened - announced) // SECOND} s passed" in found.why
