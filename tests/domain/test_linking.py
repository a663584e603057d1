"""Who may be one person with whom, in which order reasons count, and what a typed code is."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.codes import SYMBOLS
from bot.domain.linking import (
    LINK_CODE_BYTES,
    LINK_CODE_CHARACTERS,
    LinkAsked,
    Linked,
    LinkMade,
    LinkPeople,
    LinkRefusal,
    LinkRefused,
    LinkStanding,
    Merged,
    UnlinkAsked,
    Unlinked,
    UnlinkMe,
    UnlinkRefusal,
    UnlinkRefused,
    UnlinkStanding,
    decide_link,
    decide_unlink,
    link_codes_in,
    make_link_code,
    merge_news,
    read_link_code,
)
from bot.domain.people import Actor
from tests.conftest import CHANNEL, viewer

ANN, ANN_THERE = viewer("ann"), Actor("discord", "1001", "Ann B.")
ASKING = LinkPeople(CHANNEL, "twitch:1", ANN, ANN_THERE)
CONFIRMED = replace(ASKING, confirmed=True)
FREE = LinkStanding(entry=9, asker=3, account=5)
SIDES = (Linked(3, ANN), Linked(5, ANN_THERE))


@pytest.mark.parametrize(
    ("asker_link", "account_link", "expected"),
    [
        # Linked with each other: as good as done.
        (4, 4, LinkMade(4)),
        # One's own link comes first: that is the one that the asker can end here.
        (4, 6, LinkRefused(LinkRefusal.ALREADY_LINKED_TO_OTHER)),
        (4, 0, LinkRefused(LinkRefusal.ALREADY_LINKED_TO_OTHER)),
        (0, 6, LinkRefused(LinkRefusal.ACCOUNT_LINKED_TO_OTHER)),
    ],
)
def test_whoever_is_linked_makes_no_other_link(asker_link, account_link, expected):
    standing = replace(FREE, asker_link=asker_link, account_link=account_link)
    for command in (ASKING, CONFIRMED):
        assert decide_link(standing, command) == (expected, ())


def test_nothing_happens_before_the_yes():
    assert decide_link(FREE, ASKING) == (LinkAsked(), ())
    assert decide_link(LinkStanding(entry=9), ASKING) == (LinkAsked(), ())


def test_a_yes_makes_an_entry_for_each_of_the_two_that_names_nobody_in_public():
    decision, facts = decide_link(FREE, CONFIRMED)
    assert decision == LinkMade(9)
    assert [(fact.kind, fact.drop, fact.public, fact.person_id) for fact in facts] == [
        ("person.linked", "", {"link": 9}, 3),
        ("person.linked", "", {"link": 9}, 5),
    ]
    assert [fact.private for fact in facts] == [
        {"person": 3, "platform": "twitch", "user": "id-ann", "name": "ann"},
        {"person": 5, "platform": "discord", "user": "1001", "name": "Ann B."},
    ]


def test_what_both_hold_is_told_and_not_taken():
    standing = replace(FREE, merged=(Merged("Teal Mug", (3,), (17,)),))
    decision, facts = decide_link(standing, CONFIRMED)
    assert decision == LinkMade(9, ("Teal Mug",))
    assert {fact.kind for fact in facts} == {"person.linked"}
    news = merge_news(9, standing.merged)
    assert news.places == ("discord:moderators",)
    assert news.about == {"link": 9, "drops": [["Teal Mug", [3], [17]]]}


def test_people_whom_the_ledger_has_not_met_cannot_be_linked():
    with pytest.raises(ValueError, match="two persons of the ledger"):
        decide_link(replace(FREE, account=None), CONFIRMED)


@pytest.mark.parametrize(
    ("standing", "link", "expected", "kinds"),
    [
        (UnlinkStanding(), 0, UnlinkRefused(UnlinkRefusal.NOT_LINKED), []),
        (UnlinkStanding(), 4, UnlinkRefused(UnlinkRefusal.NOT_LINKED), []),
        (UnlinkStanding(4, SIDES), 0, UnlinkAsked(4), []),
        (UnlinkStanding(4, SIDES), 4, Unlinked(4), ["person.unlinked"] * 2),
        # The question was about a link that has ended since.
        (UnlinkStanding(6, SIDES), 4, UnlinkRefused(UnlinkRefusal.NOT_LINKED), []),
    ],
)
def test_a_yes_ends_the_link_that_was_asked_about(standing, link, expected, kinds):
    decision, facts = decide_unlink(standing, UnlinkMe(CHANNEL, "twitch:2", ANN, link))
    assert decision == expected
    assert [fact.kind for fact in facts] == kinds
    assert [(fact.public, fact.person_id) for fact in facts] == [({"link": 4}, 3), ({"link": 4}, 5)][: len(facts)]


def test_no_decision_has_room_for_a_name():
    decisions = (
        decide_link(FREE, ASKING)[0],
        decide_link(replace(FREE, merged=(Merged("Teal Mug", (3,), (17,)),)), CONFIRMED)[0],
        decide_unlink(UnlinkStanding(4, SIDES), UnlinkMe(CHANNEL, "twitch:2", ANN, 4))[0],
    )
    assert [name for each in decisions for name in (ANN.name, ANN_THERE.name) if name in repr(each)] == []


@given(st.binary(min_size=LINK_CODE_BYTES, max_size=LINK_CODE_BYTES))
def test_a_code_reads_as_itself_however_it_is_typed(chance):
    code = make_link_code(chance)
    assert len(code) == LINK_CODE_CHARACTERS
    assert set(code) <= set(SYMBOLS)
    spaced = " - ".join(code.lower()).replace("0", "o").replace("1", "l")
    for typed in (code, code.lower(), f"{code[:3]} {code[3:]}", f" <{code}>. ", spaced):
        assert read_link_code(typed) == code
        assert link_codes_in(f"my code: {typed}, what now?", [code, "ZZZZZZ"]) == (code,)


def test_every_bit_of_chance_counts():
    codes = {make_link_code((1 << bit).to_bytes(LINK_CODE_BYTES, "big")) for bit in range(30)}
    assert len(codes) == 30


@pytest.mark.parametrize(
    "typed",
    ["", " ", "K7M2Q", "K7M2QXX", "my code is K7M2QX", "K7M2QU", "K7ü2QX", "@ann", "!link", "😀" * 6, "-" * 6],
)
def test_what_is_no_code_is_not_read_as_one(typed):
    assert read_link_code(typed) is None


def test_a_line_shows_only_the_codes_that_stand_in_it():
    assert link_codes_in("k7m2qx and 3 words", ["K7M2QX", "3W0RD5", "AAAAAA"]) == ("K7M2QX",)
    assert link_codes_in("nothing here", ["K7M2QX"]) == ()
    assert link_codes_in("xxK7M2QXxx", ["K7M2QX"]) == ("K7M2QX",)
