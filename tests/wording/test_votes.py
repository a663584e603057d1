"""Answers to votes: silent, private, shared, and never telling who has not paid."""

from __future__ import annotations

from bot.domain.ballots import BallotFault, Method
from bot.domain.vote_words import VoteMistake
from bot.domain.voting import VoteAccepted, VoteRefusal, VoteRefused
from bot.wording.catalogue import Wording
from bot.wording.votes import vote_refused_lines, vote_text
from tests.wording.polls import (
    OPTIONS,
    PLAN,
    POLL,
    ballot_of,
)
from tests.wording.saying import NOW

WORDS = Wording()


def test_a_counted_vote_is_silent_in_chat_and_told_privately_on_discord() -> None:
    accepted = VoteAccepted("next-mug", PLAN.question, ballot_of(Method.PLURALITY, (2,)), closes_at=POLL.closes_at)
    assert vote_text(WORDS, accepted, NOW, discord=False, options=OPTIONS) == ""
    assert vote_text(WORDS, accepted, NOW, discord=True, options=OPTIONS).startswith("Your vote counts: **plum**.")


def test_in_chat_nobody_learns_who_has_not_paid_for_what() -> None:
    for way in ("subscriber", "subscriber>=2", "booster", "role:patron"):
        refused = VoteRefused(VoteRefusal.NOT_ENTITLED, "next-mug", PLAN.question, way_in=(way,))
        assert vote_text(WORDS, refused, NOW, discord=False) == (
            "You are not among those who can vote on “Colour of the next mug?”."
        )
        (line,) = vote_refused_lines(WORDS, refused, ["ann", "bob"], NOW)
        assert line.startswith("To whoever just voted and is not counted: you are not among")
    for way_in in ((), ("follower",), ("moderator", "subscriber")):
        refused = VoteRefused(VoteRefusal.NOT_ENTITLED, "next-mug", PLAN.question, way_in=way_in)
        assert "@" not in vote_refused_lines(WORDS, refused, ["ann"], NOW)[0]
    honour = VoteRefused(VoteRefusal.NOT_ENTITLED, "next-mug", PLAN.question, way_in=("moderator",))
    assert vote_refused_lines(WORDS, honour, ["ann"], NOW)[0].startswith("@ann: you are not among")
    privately = VoteRefused(VoteRefusal.NOT_ENTITLED, "next-mug", PLAN.question, way_in=("subscriber",))
    assert "a subscription" in vote_text(WORDS, privately, NOW, discord=True)


def test_a_strangers_words_are_never_repeated_in_chat() -> None:
    mistake = VoteMistake(BallotFault.UNKNOWN_OPTION, "buy at evil.example")
    refused = VoteRefused(VoteRefusal.BAD_CHOICE, "next-mug", PLAN.question, mistake=mistake)
    assert "evil" not in vote_text(WORDS, refused, NOW, discord=False, options=OPTIONS)
    assert "evil" in vote_text(WORDS, refused, NOW, discord=True, options=OPTIONS)


def test_several_people_with_the_same_refusal_share_a_line_and_a_crowd_is_counted() -> None:
    refused = VoteRefused(VoteRefusal.CLOSED, "next-mug", PLAN.question)
    names = [f"{'n' * 25}{number:03}" for number in range(60)]
    lines = vote_refused_lines(WORDS, refused, names, NOW)
    assert all(len(line) <= 450 for line in lines)
    assert all(" ".join(lines).count(f"@{name}") == 1 for name in names)
    (crowd,) = vote_refused_lines(WORDS, refused, [*names, "one more"], NOW)
    assert "61 people" in crowd
    assert vote_refused_lines(WORDS, refused, [], NOW) == []
