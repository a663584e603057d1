"""Polls in words: what a line of chat must hold, and a result that is honest."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.domain.announcing import NewsKind
from bot.domain.ballots import BallotFault, Method
from bot.domain.poll_control import PollRefusal, PollRefused, PollSteered, PollVerb
from bot.domain.poll_words import (
    ALL_CHARACTERS_MAX,
    OPTIONS_MAX,
    PollFault,
    PollMistake,
    PollMistakes,
    PollWords,
    Unfit,
    check_poll,
)
from bot.domain.polls import Poll, PollKind
from bot.domain.time import SECOND
from bot.domain.voting import VoteRefusal
from bot.wording.catalogue import Wording
from bot.wording.poll_about import poll_about_of, result_of
from bot.wording.polls import POLL_NEWS as POLL_NEWS_KINDS
from bot.wording.polls import live_poll_card, mistakes_text, poll_card, poll_line
from tests.wording.polls import (
    MOD_VOTE,
    POLL,
    POLL_NEWS,
    RESULTS,
    STEERED,
    WEIGHED,
    closed,
    said,
)
from tests.wording.saying import NOW, drawn
from tests.wording.votes import VOTES_REFUSED

WORDS = Wording()


def test_every_kind_of_news_every_refusal_and_every_fault_is_in_the_proof() -> None:
    assert {kind for kind, _ in POLL_NEWS} == POLL_NEWS_KINDS - {NewsKind.POLL_NATIVE}
    assert {d.because for d in STEERED if isinstance(d, PollRefused)} == set(PollRefusal)
    assert {d.verb for d in STEERED if isinstance(d, PollSteered)} == set(PollVerb) - {
        PollVerb.RECOUNT,
        PollVerb.SHOW,
    }
    assert {vote.because for vote in VOTES_REFUSED} == set(VoteRefusal)
    assert {vote.mistake.because for vote in VOTES_REFUSED if vote.mistake} == set(BallotFault)


@pytest.mark.parametrize("discord", [False, True])
@pytest.mark.parametrize("fault", PollFault)
def test_every_fault_of_a_poll_has_its_sentence(fault: PollFault, discord: bool) -> None:
    for why in Unfit if fault.endswith("-unfit") else [None]:
        mistake = PollMistake(fault, option=2, text="plum", other=1, why=why)
        text = mistakes_text(WORDS, PollMistakes((mistake,)), discord=discord)
        assert len(text.split()) > 5
        assert "None" not in text


def test_the_line_that_puts_a_poll_names_every_option_with_its_number_and_how_to_vote() -> None:
    assert poll_line(WORDS, NewsKind.POLL_OPENED, said(POLL), NOW) == (
        "Poll: Colour of the next mug? 1 teal, 2 plum, 3 sand. Type a number to vote; open for 90 s."
    )


def test_a_question_that_runs_from_right_to_left_ends_once() -> None:
    asked = replace(POLL, plan=replace(POLL.plan, question="שלום עולם?"))
    assert "?\u200e 1 teal" in poll_line(WORDS, NewsKind.POLL_OPENED, said(asked), NOW)


def test_a_mod_vote_says_who_can_vote_and_what_a_pass_is_good_for() -> None:
    line = poll_line(WORDS, NewsKind.POLL_OPENED, said(MOD_VOTE), NOW)
    assert line.startswith("Mod vote: Next game: 1 Hades, 2 Celeste.")
    assert line.endswith("Only moderators can vote, and whoever spends a mod-vote pass (!pass 2).")


def test_where_bare_numbers_are_off_the_command_is_named() -> None:
    line = poll_line(Wording(bare_votes=False), NewsKind.POLL_OPENED, said(POLL), NOW)
    assert "Type !vote and a number" in line


@pytest.mark.parametrize("method", Method)
def test_the_longest_poll_there_can_be_is_put_whole(method: Method) -> None:
    question = "Q" * 99 + "?"
    options = [f"{number:02}{'x' * 19}" for number in range(OPTIONS_MAX)]
    short = ALL_CHARACTERS_MAX - len(question) - sum(map(len, options))
    options[0] += "x" * short
    assert isinstance(check_poll(question, options), PollWords)
    plan = replace(WEIGHED.plan, question=question, options=tuple(options), method=method)
    line = poll_line(WORDS, NewsKind.POLL_OPENED, said(replace(WEIGHED, plan=plan)), NOW)
    assert len(line) <= 500
    assert "…" not in line
    assert all(f"{number} {option}" in line for number, option in enumerate(options, 1))
    assert line.endswith("s.")


@pytest.mark.parametrize(
    ("poll", "expected"),
    [
        (RESULTS[0], "teal won. 12 for teal, 7 for plum, 3 for sand; 22 people voted."),
        (closed([(1,)]), "teal won. 1 for teal, 0 for plum, 0 for sand; 1 person voted."),
        (closed([(1,), ()]), "teal won. 1 for teal, 0 for plum, 0 for sand; 1 person voted, 1 abstained."),
        (
            closed([(1,), (2,)]),
            "teal and plum were level, and the draw that was fixed at the opening (1a2b3c4d) fell on plum. "
            "1 for teal, 1 for plum, 0 for sand; 2 people voted.",
        ),
        (
            closed([(1,)], quorum=2),
            "Not decided: 1 took part, and 2 were needed. Ahead was teal. 1 for teal, 0 for plum, 0 for sand; "
            "1 person voted.",
        ),
        (closed([]), "Nobody voted, so nothing is decided."),
        (
            closed([(1,), (2,)], first_weighs=3),
            "teal won. 3 for teal, 1 for plum, 0 for sand; 2 people voted, with passes 4 votes.",
        ),
        (
            closed([(1, 2), (1,), (2, 1), (3, 2), (2,)], Method.RANKED),
            "plum won in round 2 of the run-off. 3 for plum, 2 for teal; 5 people voted.",
        ),
    ],
)
def test_a_result_is_one_honest_line_of_counts_and_people(poll: Poll, expected: str) -> None:
    about = said(poll)
    assert poll_line(WORDS, NewsKind.POLL_CLOSED, about, NOW) == f"Poll closed: Colour of the next mug? {expected}"


def test_no_result_speaks_of_shares() -> None:
    for poll in RESULTS:
        assert "%" not in poll_line(WORDS, NewsKind.POLL_CLOSED, said(poll), NOW)
        assert "%" not in drawn(poll_card(WORDS, NewsKind.POLL_CLOSED, said(poll), NOW))


def test_a_result_read_back_is_the_result() -> None:
    for poll in RESULTS:
        assert poll.result is not None
        read = result_of(poll.result)
        assert (read.winner, read.people, read.quorum_met) == (
            poll.result["winner"],
            poll.result["people"],
            read.people + read.abstained >= read.quorum,
        )
        assert [list(count) for count in read.counts] == poll.result["counts"]
        assert len(read.rounds) == len(poll.result["rounds"])  # type: ignore[arg-type]  # a list in every result


def test_news_of_anything_else_are_refused() -> None:
    with pytest.raises(ValueError, match="opened"):
        poll_line(WORDS, NewsKind.OPENED, said(POLL), NOW)
    with pytest.raises(ValueError, match="opened"):
        poll_card(WORDS, NewsKind.OPENED, said(POLL), NOW)


def test_a_channel_says_it_in_its_own_words() -> None:
    german = {
        "news-poll-opened": "{poll}: {asked} {options} ({vote_command})",
        "poll-won": "Gewonnen hat {option}.",
        "poll-kind-poll": "Umfrage",
    }
    words = Wording(german, command_names={"vote": "!stimme"})
    assert poll_line(words, NewsKind.POLL_OPENED, said(POLL), NOW) == (
        "Umfrage: Colour of the next mug? 1 teal, 2 plum, 3 sand (!stimme)"
    )
    assert "Gewonnen hat teal." in poll_line(words, NewsKind.POLL_CLOSED, said(RESULTS[0]), NOW)
    assert "Umfrage" in live_poll_card(words, said(POLL), None, NOW).text


def test_what_news_leave_out_is_not_guessed() -> None:
    about = said(POLL)
    del about["electorate"]
    with pytest.raises(KeyError):
        poll_about_of(about)
    assert poll_about_of(said(MOD_VOTE)).kind is PollKind.MOD_VOTE


def test_a_span_that_runs_down_is_never_rounded_to_another_minute() -> None:
    spans = {1: "1 s", 60: "1 min", 75: "75 s", 90: "90 s", 150: "2 min 30 s", 600: "10 min"}
    for seconds, told in spans.items():
        line = poll_line(WORDS, NewsKind.POLL_OPENED, said(replace(POLL, closes_at=NOW + seconds * SECOND)), NOW)
        assert line.endswith(f"open for {told}.")
