"""What a moderator asks for becomes rules: words before the question, forms, and what is usual."""

from __future__ import annotations

import pytest

from bot.domain.ballots import Method
from bot.domain.native_polls import Native
from bot.domain.poll_asked import PollAsked, PollDefaults, PollForm, plan_of, read_asked, read_form
from bot.domain.poll_words import PollFault, PollMistakes
from bot.domain.polls import PassRole, PollKind
from bot.domain.time import HOUR, MINUTE, SECOND


def asked(text, kind=PollKind.POLL):
    read = read_asked(text, kind)
    assert isinstance(read, PollAsked)
    return read


def faults(read):
    assert isinstance(read, PollMistakes)
    return [mistake.fault for mistake in read.mistakes]


@pytest.mark.parametrize(
    ("text", "method", "hidden", "question"),
    [
        ('"Next game?" Hades, Celeste', Method.PLURALITY, False, "Next game?"),
        ('ranked "Next game?" Hades, Celeste', Method.RANKED, False, "Next game?"),
        ("score Next game? Hades, Celeste 2m", Method.SCORE, False, "Next game?"),
        ('hidden approval "Next game?" Hades, Celeste', Method.APPROVAL, True, "Next game?"),
        ("approval hidden Next game? Hades, Celeste", Method.APPROVAL, True, "Next game?"),
        ("Ranked Hidden “Next game?” Hades, Celeste", Method.RANKED, True, "Next game?"),
        ("plurality Next game? Hades, Celeste", Method.PLURALITY, False, "Next game?"),
        # Whoever begins a question like that writes it as questions are written, or in quotes.
        ("Hidden gem? Hades, Celeste", Method.PLURALITY, False, "Hidden gem?"),
        ("Score tonight? low, high", Method.PLURALITY, False, "Score tonight?"),
        ('"hidden gem?" Hades, Celeste', Method.PLURALITY, False, "hidden gem?"),
        ("hidden? yes, no", Method.PLURALITY, False, "hidden?"),
        ("scores? low, high", Method.PLURALITY, False, "scores?"),
        # Twice the same is a part of the question.
        ("hidden hidden gem? Hades, Celeste", Method.PLURALITY, True, "hidden gem?"),
        ("ranked score? low, high", Method.RANKED, False, "score?"),
    ],
)
def test_words_before_the_question_say_how_people_vote(text, method, hidden, question):
    read = asked(text)
    assert (read.method, read.hidden, read.words.question) == (method, hidden, question)


@pytest.mark.parametrize("text", ["", "   ", "ranked", "ranked hidden", "hidden teal, plum"])
def test_such_words_alone_are_no_poll(text):
    assert faults(read_asked(text)) == [PollFault.QUESTION_MISSING]


def test_a_form_says_the_same_as_a_line():
    form = PollForm('The "next" game?', "Hades, Celeste", "90", "subscribers, vips", method=Method.RANKED, quorum=3)
    read = read_form(form)
    assert isinstance(read, PollAsked)
    assert (read.words.question, read.words.options) == ("The 'next' game?", ("Hades", "Celeste"))
    assert (read.words.duration, read.electorate) == (90 * SECOND, "subscriber or vip")
    assert (read.method, read.quorum) == (Method.RANKED, 3)


@pytest.mark.parametrize(
    ("form", "expected"),
    [
        (PollForm("", "Hades, Celeste"), [PollFault.QUESTION_MISSING]),
        (PollForm("Next?", ""), [PollFault.TOO_FEW_OPTIONS]),
        (PollForm("Next?", "Hades, Ha\u200bdes"), [PollFault.OPTION_REPEATED]),
        (PollForm("Next?", "a, b", "banana"), [PollFault.DURATION_UNCLEAR]),
        (PollForm("Next?", "a, b", "0"), [PollFault.DURATION_TOO_SHORT]),
        (PollForm("Next?", "a, b", "1 year"), [PollFault.DURATION_TOO_LONG]),
        (PollForm("Next?", "a, b", who="subscribr"), [PollFault.ELECTORATE_UNCLEAR]),
        (PollForm("Next?", "a", "0s", "("), [
            PollFault.TOO_FEW_OPTIONS, PollFault.DURATION_TOO_SHORT, PollFault.ELECTORATE_UNCLEAR
        ]),
    ],
)  # fmt: skip
def test_a_form_tells_everything_that_is_wrong_with_it(form, expected):
    assert faults(read_form(form)) == expected


def test_of_a_form_that_says_how_long_no_option_loses_its_end():
    read = read_form(PollForm("Which race?", "Daytona, Le Mans 24h", "2m"))
    assert isinstance(read, PollAsked)
    assert (read.words.options, read.words.duration) == (("Daytona", "Le Mans 24h"), 2 * MINUTE)
    read = read_form(PollForm("Which race?", "Daytona, Sebring 2m"))
    assert isinstance(read, PollAsked)
    assert (read.words.options, read.words.duration) == (("Daytona", "Sebring"), 2 * MINUTE)


def test_what_is_not_said_is_as_usual():
    usual = PollDefaults(lasts=2 * MINUTE, last_call=20 * SECOND, goes_on_for=10 * MINUTE, quorum=5)
    plan = plan_of(asked("Next? a, b"), usual)
    assert (plan.key, plan.window, plan.last_call, plan.quorum) == ("", 2 * MINUTE, 20 * SECOND, 5)
    assert (plan.goes_on_for, plan.electorate, plan.pass_role) == (0, "", PassRole.NONE)
    assert plan_of(asked("Next? a, b 59s"), usual).last_call == 0


def test_moderators_and_holders_of_passes_decide_a_mod_vote_which_outlives_the_stream():
    usual = PollDefaults(goes_on_for=10 * MINUTE, quorum=5)
    plan = plan_of(asked("Next? a, b 1h", PollKind.MOD_VOTE), usual)
    assert (plan.kind, plan.electorate, plan.pass_role) == (PollKind.MOD_VOTE, "moderator", PassRole.ENTRY)
    assert (plan.window, plan.goes_on_for, plan.quorum) == (HOUR, 10 * MINUTE, 0)
    named = read_form(PollForm("Next?", "a, b", who="vip", kind=PollKind.MOD_VOTE, quorum=2))
    assert isinstance(named, PollAsked)
    assert (plan_of(named, usual).electorate, plan_of(named, usual).quorum) == ("vip", 2)


def test_a_pass_adds_the_declared_weight_in_polls_and_lets_into_mod_votes():
    usual = PollDefaults(pass_weight=2, native=Native.ADDED)
    plan = plan_of(asked("Next? a, b"), usual)
    # What weighs more or less is no casual poll, to which anonymous votes may be added.
    assert (plan.pass_role, plan.pass_weight, plan.native) == (PassRole.WEIGHT, 2, Native.BESIDE)
    mod_vote = plan_of(asked("Next? a, b", PollKind.MOD_VOTE), usual)
    assert (mod_vote.pass_role, mod_vote.pass_weight) == (PassRole.ENTRY, 1)


def test_twitchs_own_poll_is_declared_only_where_it_fits():
    usual = PollDefaults(native=Native.ADDED)
    assert plan_of(asked("Next? a, b"), usual).native is Native.ADDED
    assert plan_of(asked("hidden Next? a, b"), usual).native is Native.OFF
    assert plan_of(asked("Next? a, b", PollKind.MOD_VOTE), usual).native is Native.BESIDE
