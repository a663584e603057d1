"""What is counted of an evening, on a small record whose numbers can be checked by hand."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest

from bot.rehearsal.figures import FIGURE_NAMES, Figures, figures_of
from bot.rehearsal.figures.answers import Answers, How, waits
from bot.rehearsal.figures.budget import peak
from bot.rehearsal.trouble import Trouble, troubles_of
from tests.rehearsal.evening import CLOSES, MUG, OPENS, SECOND, Evening, good_evening
from tests.rehearsal.test_judge_faults import fault, undelivered

WEEK = 7 * 24 * 3600 * SECOND


def figures(evening: Evening, **changes: Any) -> Figures:
    return figures_of(evening.case(**changes))


def test_a_drops_life_is_told_with_what_was_said_where() -> None:
    (life,) = figures(good_evening()).timelines
    assert [(each.what, each.at - OPENS) for each in life.happenings] == [
        ("announced", -60 * SECOND),
        ("opened", 0),
        ("sold-out", 6 * SECOND),
        ("closed", CLOSES - OPENS),
    ]
    assert [each.entry for each in life.happenings] == [0, 1, 0, 5]
    places = {said.place for each in life.happenings for said in each.said}
    assert places == {"twitch:chat", "discord:announcements"}
    assert life.open_spans == ((OPENS, CLOSES),)


def test_a_pause_divides_the_time_in_which_a_drop_is_open() -> None:
    evening = good_evening()
    closed = evening.entries.pop()
    evening.enter("drop.paused", OPENS + 5 * SECOND, {"why": "moderator"}, {})
    evening.enter("drop.resumed", OPENS + 7 * SECOND, {"closes_at": CLOSES}, {})
    evening.entries.append(replace(closed, number=7))
    found = figures(evening)
    assert found.timelines[0].open_spans == ((OPENS, OPENS + 5 * SECOND), (OPENS + 7 * SECOND, CLOSES))
    assert found.drops[0].open_seconds == 18.0


def test_how_many_wanted_and_how_many_got() -> None:
    (drop,) = figures(good_evening()).drops
    assert (drop.units, drop.owners, drop.wanted_by, drop.units_left) == (3, 3, 4, 0)
    assert (drop.sold_out_after, drop.refused, drop.asked_more) == (6.0, {"sold-out": 1}, 0)


def test_who_asks_again_after_all_they_may_have_wants_more() -> None:
    evening = good_evening()
    for second in (8, 16):
        request = evening.says("ann", "!claim mug", OPENS + second * SECOND)
        evening.refuse("ann", request, "already-yours", OPENS + second * SECOND)
    assert figures(evening).drops[0].asked_more == 1


def test_claims_are_counted_second_by_second() -> None:
    (series,) = figures(good_evening()).series
    assert (series.begins_at, series.step_seconds) == (OPENS - 60 * SECOND, 1)
    assert {second: count for second, count in enumerate(series.asked) if count} == {61: 2, 63: 1, 65: 1}
    assert {second: count for second, count in enumerate(series.granted) if count} == {61: 2, 63: 1}
    assert len(series.asked) == len(series.granted) == 81
    assert series.busiest == 2


def test_drops_a_week_apart_are_two_pieces_and_not_a_week_of_seconds() -> None:
    evening = good_evening()
    evening.says("eve", "!claim mug", OPENS + WEEK)
    first, second = figures(evening).series
    assert sum(first.asked) == 4
    assert (second.begins_at, second.asked) == (OPENS + WEEK, (1,))


def test_a_long_piece_has_longer_steps() -> None:
    evening = good_evening()
    for minute in range(60):
        evening.says("eve", "!claim mug", OPENS + minute * 60 * SECOND)
    (series,) = figures(evening).series
    assert series.step_seconds == 4
    assert sum(series.asked) == 64
    assert series.busiest == 1.0  # four claims in one step of four seconds


def test_waits_are_those_between_a_claim_and_its_answer() -> None:
    found = {wait.ask.who[1]: (wait.how, wait.seconds) for wait in waits(good_evening().case())}
    assert found == {
        "id-ann": (How.NAMED, 1.0),
        "id-Bob": (How.NAMED, 0.999999),
        "id-cat": (How.NAMED, 0.05),
        "id-dan": (How.COVERED, 1.0),
    }


def test_who_asks_again_within_the_gap_is_spared_an_answer_and_no_long_wait_is_made_of_it() -> None:
    evening = good_evening()
    for second, text in ((7, "!claim mug"), (15, "!md claim mug")):
        request = evening.says("dan", text, OPENS + second * SECOND)
        evening.refuse("dan", request, "sold-out", OPENS + second * SECOND)
    evening.bot("@dan: Teal Mug is sold out", OPENS + 6 * SECOND + 1)
    evening.bot("@dan: Teal Mug is sold out, once more", OPENS + 16 * SECOND)
    found = [(wait.how, wait.seconds) for wait in waits(evening.case()) if wait.ask.who[1] == "id-dan"]
    assert found == [(How.COVERED, 1.0), (How.REPEAT, None), (How.NAMED, 1.0)]


def test_a_line_to_all_that_comes_much_later_is_not_taken_for_the_answer_to_a_repeated_claim() -> None:
    evening = good_evening()
    evening.bot("@dan: Teal Mug is sold out", OPENS + 6 * SECOND + 1)
    request = evening.says("dan", "!md claim mug", OPENS + 7 * SECOND)
    evening.refuse("dan", request, "sold-out", OPENS + 7 * SECOND)
    repeated = waits(evening.case())[-1]
    assert (repeated.how, repeated.seconds) == (How.REPEAT, None)


@pytest.mark.parametrize(
    ("again_after", "because", "how"),
    [
        (2, "sold-out", How.REPEAT),
        (2, "unknown-drop", How.NOBODY),  # that was not said to the crowd
        (8, "sold-out", How.NOBODY),  # the gap is over: a good bot answers anew
    ],
)
def test_who_was_just_told_the_same_in_a_crowd_is_spared_an_answer(
    again_after: int, because: str, how: How
) -> None:
    evening = good_evening()
    # News had given the reason before the crowd was told: that says nothing to the bot.
    request = evening.says("eve", "!claim mug", CLOSES - SECOND)
    evening.refuse("eve", request, "sold-out", CLOSES - SECOND)
    evening.bot("To the 828 people who just typed !claim: Teal Mug is sold out", CLOSES + 3 * SECOND)
    at = CLOSES + (3 + again_after) * SECOND
    evening.refuse("eve", evening.says("eve", "!md claim mug", at), because, at)
    first, repeated = [wait for wait in waits(evening.case()) if wait.ask.who[1] == "id-eve"]
    assert (first.how, repeated.how) == (How.COVERED, how)


def test_what_never_reached_the_bot_is_counted_apart() -> None:
    evening = good_evening()
    undelivered(evening, "eve", OPENS + 3 * SECOND, "nobody-listens")
    key = evening.presses("finn", OPENS + 3 * SECOND).partition(":")[2]
    data = {"interaction_id": key}
    evening.see(OPENS + 6 * SECOND, "discord", "interaction-failed", author="id-finn", name="finn", data=data)
    found = figures(evening)
    counted = {each.platform: (len(each.seconds), each.unheard, each.unanswered) for each in found.answers}
    assert counted == {"twitch": (3, 1, 0), "discord": (1, 1, 0)}
    assert found.unanswered == 0


def test_a_line_in_twitch_chat_answers_nobody_on_discord() -> None:
    evening = good_evening()
    request = evening.presses("finn", OPENS + 5 * SECOND)
    evening.refuse("finn", request, "sold-out", OPENS + 5 * SECOND)
    assert waits(evening.case())[-1].how is How.NOBODY


def test_who_hears_nothing_was_answered_by_nobody() -> None:
    evening = good_evening()
    evening.says("eve", "!claim mug", CLOSES + SECOND)
    found = figures(evening)
    assert found.unanswered == 1
    assert found.answers[0].unanswered == 1


def test_shares_are_by_nearest_rank_and_every_wait_is_in_one_bar() -> None:
    answers = Answers("twitch", tuple(each / 100 for each in range(1, 101)))
    assert [answers.share(part) for part in (0.5, 0.9, 0.99, 1.0)] == [0.5, 0.9, 0.99, 1.0]
    assert answers.histogram == (9, 15, 25, 50, 1, 0, 0, 0)
    alone = Answers("twitch", (12.0,))
    assert (alone.share(0.5), alone.histogram) == (12.0, (0, 0, 0, 0, 0, 0, 0, 1))


def test_the_crowd_is_counted_by_character_and_a_renamed_one_once() -> None:
    evening = good_evening()
    for name, character in (("ann", "eager"), ("Bob", "eager"), ("dan", "late"), ("lea", "lurker")):
        data = {"platform": "twitch", "login": name.casefold(), "character": character}
        evening.see(OPENS - 90 * SECOND, "stage", "joined", author=f"id-{name}", name=name, data=data)
    again = {"platform": "twitch", "login": "annika", "character": "renamer"}
    evening.see(OPENS, "stage", "joined", author="id-ann", name="Annika", data=again)
    counted = {each.name: (each.people, each.asked, each.got) for each in figures(evening).characters}
    assert counted == {"eager": (2, 2, 2), "late": (1, 1, 0), "lurker": (1, 0, 0)}


def test_gates_are_counted_once_there_are_any() -> None:
    evening = good_evening()
    assert figures(evening).gates == {}
    public = {"number": 4, "how": "claim", "gate": "subscribers"}
    evening.enter("unit.granted", OPENS, public, {"platform": "twitch", "user": "id-eve"})
    assert figures(evening).gates == {"subscribers": 1}


@pytest.mark.parametrize(("moderates", "limit"), [(True, 100), (False, 20)])
def test_the_send_budget_is_that_of_the_bots_rank(moderates: bool, limit: int) -> None:
    twitch, discord = figures(good_evening(), bot_moderates=moderates).budgets
    assert (twitch.peak, twitch.limit, twitch.seconds, twitch.total) == (4, limit, 30, 5)
    assert twitch.at == CLOSES
    assert (discord.place, discord.peak, discord.limit) == ("discord:#announcements", 1, 5)


def test_a_peak_is_the_most_in_any_span_of_that_length() -> None:
    assert peak([], 30) == (0, 0)
    instants = [second * SECOND for second in (0, 10, 29, 30, 31, 70)]
    assert peak(instants, 30) == (4, 31 * SECOND)
    assert peak([0, 30 * SECOND], 30) == (1, 0)


def test_healing_is_counted_from_the_faults_end_to_the_next_sign_of_life() -> None:
    evening = good_evening()
    fault(evening, "twitch-silence", OPENS + 3 * SECOND, OPENS + 4 * SECOND)
    fault(evening, "discord-close", CLOSES + SECOND)
    silence, close = figures(evening).healings
    # dan asks at +5 s and is covered at +6 s, two seconds after the end of the silence.
    assert (silence.seconds, silence.sentence) == (2.0, "healed in 2.0 s")
    assert silence.healed_at == OPENS + 6 * SECOND
    assert (close.seconds, close.asked, close.sentence) == (None, False, "nothing was asked meanwhile")


def test_an_answer_to_something_asked_before_is_no_sign_of_healing() -> None:
    evening = good_evening()
    fault(evening, "twitch-reset", OPENS + SECOND + 5)
    (reset,) = figures(evening).healings
    assert reset.seconds == pytest.approx(5, abs=0.001)  # the news of the sale, not the winners' line at +2 s


def test_a_fault_heals_by_what_happens_on_its_own_platform() -> None:
    evening = good_evening()
    fault(evening, "discord-gone", OPENS + 2 * SECOND, OPENS + 4 * SECOND)
    fault(evening, "bot-killed", OPENS + 2 * SECOND, OPENS + 2 * SECOND)
    gone, killed = figures(evening).healings
    assert gone.seconds == 2.0  # the card "sold out" at +6 s
    assert killed.seconds == 1.05  # cat's answer on Discord counts for the bot
    assert figures(evening).restarts == 1


def test_a_fault_that_could_not_strike_is_told_with_its_reason_and_not_counted() -> None:
    evening = good_evening()
    data = {"name": "discord-gone", "state": "skipped", "why": "There is no Discord.", "seconds": 0}
    evening.see(OPENS, "stage", "fault", text="Discord is down", data=data)
    found = figures(evening)
    assert found.faults == 0
    assert found.healings[0].sentence == "could not strike: There is no Discord."


def test_faults_are_read_from_their_beginning_to_their_end() -> None:
    lines = [
        {"kind": "fault", "at": at, "text": "", "data": {"name": name, "state": state, "seconds": seconds}}
        for at, name, state, seconds in (
            (1, "twitch-silence", "begins", 4),
            (2, "discord-gone", "begins", 3),
            (3, "twitch-silence", "ends", 0),
            (4, "clock-moved", "begins", 0),
            (5, "twitch-silence", "ends", 0),
        )
    ]
    assert troubles_of(lines) == (
        Trouble("twitch-silence", "", 1, 3),
        Trouble("discord-gone", "", 2, 2 + 3 * SECOND),
        Trouble("clock-moved", "", 4, 4, by=30.0),
    )


def test_a_clock_set_forward_is_set_back_before_instants_are_compared() -> None:
    evening = good_evening()
    fault(evening, "clock-moved", OPENS + 10 * SECOND, by=30.0)
    case = evening.case()
    assert case.on_stage(OPENS) == OPENS
    assert case.on_stage(OPENS + 41 * SECOND) == OPENS + 11 * SECOND


def test_a_script_can_ask_for_each_figure_by_name() -> None:
    found = figures(good_evening())
    named = {name: found.named(name) for name in FIGURE_NAMES}
    assert named == {
        "units": 3,
        "owners": 3,
        "early": 0,
        "wanted_by": 4,
        "sold_out": 1,
        "asked": 4,
        "people": 4,
        "linked": 0,
        "refused": 1,
        "unanswered": 0,
        "restarts": 0,
        "faults": 0,
        "healed": 0,
        "answer_seconds": 1.0,
        "polls": 0,
        "voters": 0,
        "passes_spent": 0,
        "passes_returned": 0,
    }
    assert found.named("units", "mug") == 3
    assert found.named("units", "another") == 0
    assert found.named("nonsense") is None


def test_all_figures_can_be_written_as_json_with_seconds_from_the_beginning() -> None:
    evening = good_evening()
    fault(evening, "twitch-close", OPENS + 3 * SECOND)
    public = figures(evening).as_public()
    assert json.loads(json.dumps(public)) == public
    assert [each["at"] for each in public["timeline"]["mug"]] == [0.0, 60.0, 66.0, 80.0]
    assert public["faults"][0]["at"] == 63.0
    assert public["faults"][0]["healed_after"] == 3.0
    assert public["second_by_second"][0]["asked"][61] == 2


def test_an_evening_on_which_nothing_happened_has_figures_too() -> None:
    found = figures(Evening(), drops=(MUG,))
    assert (found.asked, found.series, found.answers, found.budgets) == (0, (), (), ())
    assert found.drops[0].units == 0
