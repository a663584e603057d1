"""The judge on made-up polls: a good evening, and every wrong breaks its own promise."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from bot.rehearsal.judge import OF_POLLS, judge
from bot.rehearsal.picture import pictures
from bot.rehearsal.promises import Verdict
from bot.rehearsal.report import Report, make_report
from bot.rehearsal.report_page import render
from bot.rehearsal.report_text import poll_account
from bot.rehearsal.votes import read_choice
from tests.rehearsal.evening import SECOND, Evening, good_evening
from tests.rehearsal.polling import (
    BEGINS,
    GAMES,
    Poll,
    Polled,
    grant_pass,
    joins,
    played_to_the_end,
    polled_evening,
)


def broken(evening: Evening) -> dict[str, str]:
    """The broken promises with everything that was found."""
    return {each.key: " ".join(each.details) for each in judge(evening.case()) if each.verdict is Verdict.BROKEN}


def test_a_good_evening_with_polls_keeps_every_promise() -> None:
    evening = played_to_the_end(polled_evening())
    assert broken(evening) == {}
    kept = {each.key: each.details for each in judge(evening.case())}
    assert kept["votes"] == ("10 votes made 6 ballots",)
    assert kept["poll-results"] == ("2 results counted anew",)
    assert kept["passes"] == ("1 pass, spent 2 times, given back 1 time",)
    assert kept["rights"] == ("3 ballots in 2 such polls",)


def test_without_a_poll_there_is_one_promise_that_could_not_be_checked() -> None:
    promises = judge(good_evening().case())
    assert {each.key for each in promises} >= {"passes"}
    assert [each.verdict for each in promises if each.key == "passes"] == [Verdict.UNCHECKED]
    assert len(judge(played_to_the_end(polled_evening()).case())) == len(promises) - 1 + len(OF_POLLS)


def test_passes_without_a_poll_are_followed_all_the_same() -> None:
    evening = good_evening()
    number = grant_pass(evening, "ann")
    evening.enter("pass.granted", BEGINS, {"pass": number, "uses": 1}, {"person": 1}, "")
    assert broken(evening) == {"passes": f"Pass #{number} was granted twice (entry {len(evening.entries)})."}


def a_vote_is_lost(polled: Polled) -> None:
    polled.colour.types("dan", "2", 8 * SECOND)


def the_first_choice_stays(polled: Polled) -> None:
    """ann's later choice was taken in, and the first one stands."""
    polled.colour.types("ann", "3", 9 * SECOND)


def a_vote_in_time_is_refused(polled: Polled) -> None:
    request = polled.colour.types("dan", "2", 8 * SECOND)
    polled.colour.refuses(request, "dan", "closed", 8 * SECOND + 1)


def a_vote_out_of_nowhere(polled: Polled) -> None:
    polled.game.count(("twitch", "id-mia"), "twitch:never", 1, BEGINS + 70 * SECOND)


def another_option_is_entered(polled: Polled) -> None:
    polled.game.types("mia", "1", 8 * SECOND, 2)
    polled.game.types("mia", "!vote 1", 9 * SECOND, 1)


def one_vote_is_entered_twice(polled: Polled) -> None:
    request = polled.game.types("mia", "!vote 1", 8 * SECOND, 1)
    polled.game.count(("twitch", "id-mia"), request, 1, BEGINS + 70 * SECOND)


@pytest.mark.parametrize(
    "wrong",
    [
        a_vote_is_lost,
        the_first_choice_stays,
        a_vote_in_time_is_refused,
        a_vote_out_of_nowhere,
        another_option_is_entered,
        one_vote_is_entered_twice,
    ],
)
def test_a_vote_that_does_not_count_as_it_was_chosen_is_found(wrong: Callable[[Polled], None]) -> None:
    polled = polled_evening()
    wrong(polled)
    assert "votes" in broken(played_to_the_end(polled))


def is_killed(polled: Polled, at: int) -> None:
    for state, moment in (("begins", at), ("ends", at + 2 * SECOND)):
        data = {"name": "bot-killed", "state": state, "seconds": 0}
        polled.evening.see(BEGINS + moment, "stage", "fault", text="The bot is killed.", data=data)


@pytest.mark.parametrize(("after", "found"), [(1.0, False), (6.0, True)])
def test_a_vote_may_be_lost_with_a_bot_that_dies_and_not_once_it_is_there_again(after: float, found: bool) -> None:
    polled = polled_evening()
    is_killed(polled, 7 * SECOND)
    polled.colour.types("dan", "2", 7 * SECOND + round(after * SECOND))
    assert ("votes" in broken(played_to_the_end(polled))) == found


def test_what_a_fault_may_have_mixed_up_may_count_either_way() -> None:
    for swapped in (False, True):
        polled = polled_evening()
        polled.colour.types("dan", "1", 12 * SECOND, 1)
        polled.colour.types("dan", "!vote 2", 13 * SECOND, 0)
        if swapped:
            data = {"name": "twitch-reorder", "seconds": 2}
            polled.evening.see(BEGINS + 11 * SECOND, "stage", "fault", data={**data, "state": "begins"})
            polled.evening.see(BEGINS + 14 * SECOND, "stage", "fault", data={**data, "state": "ends"})
        assert ("votes" in broken(played_to_the_end(polled))) == (not swapped)


def test_two_linked_accounts_have_one_vote_the_last_one() -> None:
    polled = polled_evening()
    cat_is_mia(polled.evening)
    polled.game.presses("cat", 2, 12 * SECOND)
    polled.game.closes((1, 1), winner=2)
    assert broken(polled.evening).keys() <= {"identity"}


def cat_is_mia(evening: Evening) -> None:
    for platform, user in (("twitch", "id-mia"), ("discord", "id-cat")):
        evening.enter("person.linked", BEGINS - 2, {"link": 1}, {"platform": platform, "user": user}, "")


def counted_by_account(polled: Polled) -> None:
    cat_is_mia(polled.evening)
    polled.game.presses("cat", 1, 12 * SECOND)
    polled.game.closes((3, 0))


def one_vote_too_many(polled: Polled) -> None:
    polled.game.closes((3, 0))


def the_loser_wins(polled: Polled) -> None:
    polled.game.closes((2, 0), winner=2)


def other_counts_are_announced(polled: Polled) -> None:
    played_to_the_end(polled)
    for seen in polled.evening.record:
        seen["text"] = seen["text"].replace("2 for Hades", "5 for Hades")


def the_kept_ballot_is_another(polled: Polled) -> None:
    played_to_the_end(polled)
    rows = polled.evening.ballots
    rows[-1] = replace(rows[-1], choice=[2])


@pytest.mark.parametrize(
    "wrong",
    [
        counted_by_account,
        one_vote_too_many,
        the_loser_wins,
        other_counts_are_announced,
        the_kept_ballot_is_another,
    ],
)
def test_a_result_that_is_not_what_the_ballots_come_to_is_found(wrong: Callable[[Polled], None]) -> None:
    polled = polled_evening()
    wrong(polled)
    assert "poll-results" in broken(polled.evening)


def test_somebody_without_a_right_who_is_counted_is_found() -> None:
    polled = polled_evening()
    polled.game.types("Bob", "!vote 1", 8 * SECOND, 1)
    polled.game.closes((3, 0))
    assert set(broken(polled.evening)) == {"rights"}


def test_a_moderator_who_is_turned_away_is_found() -> None:
    polled = polled_evening()
    joins(polled.evening, "max", "moderator")
    request = polled.game.types("max", "2", 8 * SECOND)
    polled.game.refuses(request, "max", "not-entitled", 8 * SECOND + 1)
    # A minute is how old an answer may be: the badge is older.
    for seen in polled.evening.record:
        seen["at"] -= 90 * SECOND if seen["kind"] == "standing" else 0
    assert "rights" in broken(played_to_the_end(polled))


def spent_twice(polled: Polled) -> None:
    """Once on each device."""
    polled.game.enter("pass.spent", BEGINS + 66 * SECOND, {"holder": "p1"}, {"pass": 1, "person": 1})


def spent_without_a_ballot(polled: Polled) -> None:
    number = grant_pass(polled.evening, "Bob")
    polled.game.enter("pass.spent", BEGINS + 66 * SECOND, {"holder": "p2"}, {"pass": number, "person": 2})


def a_ballot_with_a_pass_that_is_not_spent(polled: Polled) -> None:
    polled.game.gives_back(1, 7 * SECOND)


def kept_by_a_cancelled_poll(polled: Polled) -> None:
    boss = Poll(polled.evening, "boss", "Which boss?", GAMES, BEGINS + 90 * SECOND, mod_vote=True)
    grant_pass(polled.evening, "ann")
    boss.types("ann", "!pass 1", SECOND, 1, spends=2)
    boss.is_cancelled(5 * SECOND)


def spent_unasked(polled: Polled) -> None:
    """A bare number takes a pass."""
    number = grant_pass(polled.evening, "Bob")
    polled.game.types("Bob", "!vote 1", 8 * SECOND, 1, spends=number)


def spent_by_another(polled: Polled) -> None:
    number = grant_pass(polled.evening, "ann")
    polled.game.types("Bob", "!pass 1", 8 * SECOND, 1, spends=number)


def spent_after_it_was_taken_back(polled: Polled) -> None:
    number = grant_pass(polled.evening, "Bob")
    polled.evening.enter("pass.voided", BEGINS, {"pass": number, "why": "revoked"}, {}, "")
    polled.game.types("Bob", "!pass 1", 8 * SECOND, 1, spends=number)


def a_row_that_says_otherwise(polled: Polled) -> None:
    polled.evening.passes[0] = replace(polled.evening.passes[0], used=0, spent_on=())


@pytest.mark.parametrize(
    "wrong",
    [
        spent_twice,
        spent_without_a_ballot,
        a_ballot_with_a_pass_that_is_not_spent,
        kept_by_a_cancelled_poll,
        spent_unasked,
        spent_by_another,
        spent_after_it_was_taken_back,
        a_row_that_says_otherwise,
    ],
)
def test_a_pass_that_goes_astray_is_found(wrong: Callable[[Polled], None]) -> None:
    polled = polled_evening()
    wrong(polled)
    assert "passes" in broken(played_to_the_end(polled))


def test_a_counted_vote_that_is_answered_in_chat_is_found() -> None:
    polled = polled_evening()
    polled.evening.bot("@mia your vote counts.", BEGINS + 62 * SECOND)
    found = broken(played_to_the_end(polled))
    assert "mia (twitch) voted, asked 0 times for something else, and was named in 1 line" in found["quiet"]


def test_a_press_that_gets_no_answer_is_found() -> None:
    polled = polled_evening()
    polled.colour.presses("cat", 2, 6 * SECOND, answered=False)
    assert "got no answer in time" in broken(played_to_the_end(polled))["quiet"]


def said_again_in_chat(polled: Polled) -> None:
    texts = [seen for seen in polled.evening.record if "plum won" in seen["text"] and seen["platform"] == "twitch"]
    polled.evening.bot(texts[0]["text"], BEGINS + 25 * SECOND)


def never_posted(polled: Polled) -> None:
    polled.evening.record = [
        seen for seen in polled.evening.record if not (seen["kind"] == "message" and "plum won" in seen["text"])
    ]


@pytest.mark.parametrize("wrong", [said_again_in_chat, never_posted])
def test_a_result_that_is_not_told_once_in_each_place_is_found(wrong: Callable[[Polled], None]) -> None:
    polled = polled_evening()
    wrong(polled)
    assert "polls-told" in broken(played_to_the_end(polled))


@pytest.mark.parametrize(
    ("text", "option"),
    [("2", 2), ("02", 2), ("plum", 2), ("4", 0), ("0", 0), ("plu", 0), ("1 2", 0), ("", 0)],
)
def test_only_what_nobody_can_misread_is_a_sure_choice(text: str, option: int) -> None:
    assert read_choice(text, ("teal", "plum", "sand")) == option
    assert read_choice("2", ("2", "1")) == 1


def report() -> Report:
    case = played_to_the_end(polled_evening()).case()
    return make_report(case, judge(case), complete=True, seconds=9, seed=1, repeat=("again",), kept_in=None)


def test_the_report_tells_how_each_poll_came_out_with_counts_and_people() -> None:
    colour, slip, game = report().figures.polls
    assert poll_account(colour) == (
        "plum won: 0 for teal, 2 for plum, 1 for sand; 3 people, 5 votes typed and pressed"
    )
    assert poll_account(slip) == "cancelled; 1 vote had come"
    assert poll_account(game).endswith("2 people, 4 votes typed and pressed, 1 pass spent")
    public = report().as_public()
    assert public["passes"] == {"granted": 1, "spent": 2, "returned": 1}
    assert [each["what"] for each in public["timeline"]["poll:slip"]] == ["opened", "cancelled"]


def test_the_page_shows_a_tile_and_the_moments_of_each_poll() -> None:
    page = render(report())
    assert page.count("Next gaem?") >= 2
    assert "<b><bdi>plum</bdi></b><span><bdi>0 for teal, 2 for plum, 1 for sand; 3 people" in page
    assert 'aria-label="Timeline of Colour?"' in page


def test_votes_are_counted_second_by_second_and_stand_on_top_of_the_claims() -> None:
    figures = report().figures
    (series,) = figures.series
    assert figures.voted == sum(series.voted) == sum(poll.asked for poll in figures.polls) == 10
    first = (BEGINS - series.begins_at) // SECOND
    assert not any(series.voted[:first])
    assert series.busiest_votes == max(series.voted)
    (picture,) = pictures(figures)
    assert sum(bar.voted > 0 for bar in picture.bars) == sum(each > 0 for each in series.voted)
    assert max(bar.asked + bar.voted for bar in picture.bars) == 100.0
    page = render(report())
    assert "Claims and votes per second" in page
    assert "sold out, or cancelled" in page
    assert "<span>Votes</span><b>10</b><span>in 3 polls" in page


def test_an_evening_without_polls_shows_no_votes() -> None:
    case = good_evening().case()
    page = render(make_report(case, judge(case), complete=True, seconds=9, seed=1, repeat=(), kept_in=None))
    assert "Claims per second" in page
    assert "votes" not in page.split("</style>")[1].casefold().split("promises kept")[0]
