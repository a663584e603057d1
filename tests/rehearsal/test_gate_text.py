"""The judge reads the ledger's gates with lines of its own; here they are held against the bot's."""

from __future__ import annotations

import pytest

from bot.domain.entitlements import KINDS, Entitlement
from bot.domain.gate_parsing import read_gate as parse
from bot.domain.gates import conditions
from bot.rehearsal.gate_text import Group, Literal, lets_in, literals, read_gate
from bot.rehearsal.linked import Link, together


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("subscriber", Literal("subscriber")),
        ("subscriber >= 2", Literal("subscriber", at_least=2)),
        ("follower_days < 30", Literal("follower_days", at_least=30, holds=False)),
        ("not gift", Literal("gift", holds=False)),
        ("role:patron", Literal("role", "patron")),
        ('role:"two words"', Literal("role", "two words")),
        ("vip or founder", Group((Literal("vip"), Literal("founder")), every=False)),
        (
            "follower and (vip or founder)",
            Group((Literal("follower"), Group((Literal("vip"), Literal("founder")), every=False)), every=True),
        ),
        (
            "vip or follower and subscriber",
            Group((Literal("vip"), Group((Literal("follower"), Literal("subscriber")), every=True)), every=False),
        ),
    ],
)
def test_a_gate_is_read_as_it_was_written(text: str, read: object) -> None:
    assert read_gate(text) == read


@pytest.mark.parametrize(
    "text",
    [
        "",
        "subscribers",
        "subscribers, vips",
        "(vip",
        "vip)",
        "vip or",
        "or vip",
        "vip vip",
        "vip >=",
        "role:",
        "vip >= x",
        "§",
    ],
)
def test_what_is_no_gate_of_the_ledgers_is_none(text: str) -> None:
    assert read_gate(text) is None


@pytest.mark.parametrize(
    "written",
    [
        "subscribers, vips",
        "subscriber or founder or vip or role:patron",
        "follower_days >= 30 or role:patron",
        "subscriber >= 2 and not gift",
        'role:"Gold Patron" and (follower or member_days >= 7)',
        "not (vip or moderator)",
        "badge:teal-mug or pass:mod-vote or code:launch or listed:friends or unlock",
        "account_days >= 365 and subscriber >= 3",
    ],
)
def test_whatever_the_bot_writes_into_the_ledger_the_judge_reads_alike(written: str) -> None:
    gate = parse(written)
    read = read_gate(str(gate))
    assert read is not None
    theirs = [(str(each.entitlement), each.subject, each.at_least, each.holds) for each in conditions(gate)]
    ours = dict.fromkeys((each.word, each.subject, each.at_least, each.holds) for each in literals(read))
    assert list(ours) == theirs
    assert [str(each.question) for each in conditions(gate)] == [Literal(*each).question for each in ours]


def test_the_judge_knows_every_word_that_a_gate_can_have() -> None:
    for each in Entitlement:
        assert read_gate(f"{each}:x" if KINDS[each].named else str(each)) is not None


def test_a_gate_lets_in_by_all_of_a_group_or_by_any() -> None:
    gate = read_gate("follower and (vip or founder)")
    assert gate is not None
    for met, lets in (
        ({"follower"}, False),
        ({"follower", "vip"}, True),
        ({"follower", "founder"}, True),
        ({"vip", "founder"}, False),
    ):
        assert lets_in(gate, lambda each, met=met: each.word in met) is lets


def test_accounts_are_joined_through_others_by_links_that_stood() -> None:
    ann, bob, cat = ("twitch", "ann"), ("discord", "bob"), ("twitch", "cat")
    links = [Link(3, frozenset((ann, bob)), until=100), Link(7, frozenset((bob, cat)))]
    assert together(links, ann) == {ann}
    assert together(links, cat) == {bob, cat}
    assert together(links, ann, since=50) == {ann, bob, cat}
    assert together(links, ann, before=7, since=50) == {ann, bob}
    assert together(links, ann, before=3, since=50) == {ann}
