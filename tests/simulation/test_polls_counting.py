"""The oracle of polls counts right: what it reads of words, who may have won, and what it reads of a result."""

from __future__ import annotations

import pytest

from bot.wording.cards import Card
from tests.simulation.platforms import Line, Posted, World
from tests.simulation.polls.counting import Choice, points, taken_part, winners
from tests.simulation.polls.public import ToldResult, line_shows_counts, shows_counts, told_lengths, told_results

OPTIONS = ("teal", "plum", "sand")
QUESTION = "Colour of the next mug?"


@pytest.mark.parametrize(
    ("method", "text", "picks"),
    [
        ("plurality", "2", (2,)),
        ("plurality", " Plum ", (2,)),
        ("plurality", "#3", (3,)),
        ("plurality", "4", None),
        ("plurality", "1 2", None),
        ("plurality", "abstain", ()),
        ("approval", "3 1", (1, 3)),
        ("approval", "1 2 1 2", (1, 2)),
        ("approval", "1 77", None),
        ("ranked", "2 > 1", (2, 1)),
        ("ranked", "2", (2,)),
        ("ranked", "2 > 2", None),
        ("score", "3=2 1=5", ((1, 5), (3, 2))),
        ("score", "1=0", ((1, 0),)),
        ("score", "2", None),
    ],
)
def test_what_somebody_types_is_the_choice_that_the_handbook_says(method, text, picks):
    read = Choice.read(method, OPTIONS, text)
    assert read == (None if picks is None else Choice(method, picks))


def ranked(*orders):
    return [Choice("ranked", order) for order in orders]


@pytest.mark.parametrize(
    ("method", "choices", "may_win"),
    [
        ("plurality", [Choice("plurality", [1]), Choice("plurality", [2]), Choice("plurality", [2])], {2}),
        ("plurality", [Choice("plurality", [1]), Choice("plurality", [2])], {1, 2}),
        ("plurality", [Choice("plurality", [])], set()),
        ("approval", [Choice("approval", [1, 2]), Choice("approval", [2, 3])], {2}),
        ("score", [Choice("score", [[1, 5], [2, 4]]), Choice("score", [[2, 3]])], {2}),
        ("score", [Choice("score", [[1, 0]])], set()),
        ("ranked", ranked((1,), (2, 3), (2,), (3, 1), (1,)), {1}),
        ("ranked", ranked((1,), (1,), (2, 3), (2, 1), (3, 2)), {2}),
        ("ranked", ranked((1,), (2,)), {1, 2}),
        ("ranked", ranked((1, 2), (2, 3), (3, 1)), None),
        ("ranked", [], set()),
    ],
)
def test_who_may_have_won(method, choices, may_win):
    assert winners(method, choices, 3) == may_win


def test_points_are_votes_first_choices_or_points():
    assert points(ranked((2, 1), (2,), (3,)), 3) == (0, 2, 1)
    assert points([Choice("score", [[1, 5], [2, 4]]), Choice("score", [[2, 3]])], 3) == (5, 7, 0)
    assert taken_part([Choice("approval", []), Choice("approval", [1])]) == (1, 1)


def world(*lines, cards=()):
    shown = World(lambda: 0)
    shown.lines += [Line(at, text, f"line-{at}") for at, text in enumerate(lines)]
    shown.posts += [Posted(f"card-{n}", "discord:announcements", n, card, card, "") for n, card in enumerate(cards)]
    return shown


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("teal won. 2 for teal, 1 for sand, 0 for plum; 3 people voted, 1 abstained.", ((2, 0, 1), 3, 1, 1)),
        (
            "teal and plum were level, and the draw that was fixed at the opening (ab12) fell on plum. "
            "1 for teal, 1 for plum, 0 for sand; 2 people voted.",
            ((1, 1, 0), 2, 0, 2),
        ),
        (
            "Not decided: 1 took part, and 30 were needed. Ahead was teal. 1 for teal, 0 for plum, 0 for sand; "
            "1 person voted.",
            ((1, 0, 0), 1, 0, 0),
        ),
        ("Nobody voted, so nothing is decided.", ((0, 0, 0), 0, 0, 0)),
        ("Nobody chose anything (2 abstained), so nothing is decided.", ((0, 0, 0), 0, 2, 0)),
    ],
)
def test_a_result_is_read_back_from_the_line_that_told_it(line, told):
    shown = world(
        f"Poll closed: {QUESTION} {line}", "Poll closed: Next game? Hades won. 1 for Hades; 1 person voted."
    )
    assert list(told_results(shown, QUESTION, OPTIONS, "plurality")) == [ToldResult("chat", 0, *told)]


def test_a_result_is_read_back_from_its_card_and_from_the_card_of_the_opening():
    bars = "**1** teal\n`██████████` **2**\n**2** plum\n`░░░░░░░░░░` **0**\n**3** sand\n`█████░░░░░` **1**"
    text = f"**teal** won.\n\n{bars}\n\n3 people voted, 1 abstained."
    shown = world(cards=[Card(QUESTION, text), Card(f"Result: {QUESTION}", text), Card("Next game?", text)])
    told = list(told_results(shown, QUESTION, OPTIONS, "plurality"))
    assert told == [ToldResult("card", 0, (2, 0, 1), 3, 1, 1), ToldResult("board", 1, (2, 0, 1), 3, 1, 1)]
    assert shows_counts(Card(QUESTION, text))
    assert line_shows_counts(f"So far: {QUESTION} 2 for teal, 1 for sand.", QUESTION, OPTIONS)
    assert not line_shows_counts(f"34 s left: {QUESTION} 1 teal, 2 plum.", QUESTION, OPTIONS)
    assert not shows_counts(Card(QUESTION, "**1** teal\n**2** plum\n\n3 people have voted."))


def test_for_how_long_a_poll_is_open_is_read_from_the_line_that_puts_it():
    put = f"Poll: {QUESTION} 1 teal, 2 plum. Type a number to vote; open for"
    assert list(
        told_lengths(world(f"{put} 34 s.", f"{put} 3 min 50 s. Only mods.", f"{put} 2 min."), QUESTION)
    ) == [
        34,
        230,
        120,
    ]
