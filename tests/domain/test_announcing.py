"""What everybody hears about a fact, where, and until when."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.domain.announcing import (
    DISCORD_ANNOUNCEMENTS,
    DISCORD_MODERATORS,
    TWITCH_CHAT,
    NewsKind,
    Priority,
    nearly_gone_at,
    news_of,
    snapshot,
)
from bot.domain.drops import Drop, DropState, evolve
from bot.domain.ledger import Fact
from bot.domain.stream import Pace
from bot.domain.time import HOUR, MINUTE, SECOND
from tests.conftest import NOON, plan

PACE = Pace()
PLANNED = Drop(plan(), opens_at=NOON)
ANNOUNCED = replace(PLANNED, state=DropState.ANNOUNCED, announced_at=NOON - HOUR)
OPEN = replace(ANNOUNCED, state=DropState.OPEN, opened_at=NOON, closes_at=NOON + 15 * MINUTE)
PAUSED = replace(OPEN, paused_at=NOON + MINUTE, paused_why="offline")
CLOSED = replace(OPEN, state=DropState.CLOSED, closed_at=NOON + MINUTE)
NOW = NOON + 2 * MINUTE
EVERYWHERE = (TWITCH_CHAT, DISCORD_ANNOUNCEMENTS)
GRANT = Fact("unit.granted", "mug", {"number": 1, "how": "claim", "holder": "h"})
GIFT = Fact("unit.granted", "mug", {"number": 1, "how": "hand", "holder": "h"})


def news(before, kind, /, **public):
    fact = Fact(kind, "mug", public)
    return news_of(before, evolve(before, kind, public, NOW), fact, NOW, PACE)


@pytest.mark.parametrize(
    ("before", "kind", "public", "expected", "expires_at"),
    [
        (PLANNED, "drop.announced", {}, NewsKind.ANNOUNCED, None),
        (ANNOUNCED, "drop.soon", {}, NewsKind.SOON, NOON),
        (ANNOUNCED, "drop.postponed", {"why": "offline"}, NewsKind.POSTPONED, None),
        (ANNOUNCED, "drop.rescheduled", {"opens_at": NOW + SECOND}, NewsKind.RESCHEDULED, None),
        (ANNOUNCED, "drop.opened", {"closes_at": NOW + HOUR, "late": False}, NewsKind.OPENED, NOW + HOUR),
        (OPEN, "drop.paused", {"why": "moderator"}, NewsKind.PAUSED, NOW + 10 * MINUTE),
        (PAUSED, "drop.resuming", {"resume_at": NOW + SECOND}, NewsKind.RESUMING, NOW + SECOND),
        (PAUSED, "drop.resumed", {"closes_at": NOW + HOUR, "added": 1}, NewsKind.RESUMED, NOW + HOUR),
        (OPEN, "drop.extended", {"closes_at": NOW + HOUR, "minutes": 5}, NewsKind.EXTENDED, NOW + HOUR),
        (OPEN, "drop.closed", {"why": "time", "late": False}, NewsKind.CLOSED, None),
        (CLOSED, "drop.reopened", {"closes_at": NOW + HOUR}, NewsKind.REOPENED, NOW + HOUR),
        (OPEN, "drop.returned", {}, NewsKind.RETURNED, NOW + 10 * MINUTE),
        (ANNOUNCED, "drop.cancelled", {}, NewsKind.CANCELLED, None),
    ],
)
def test_what_changes_the_window_is_said_everywhere_until_it_would_mislead(
    before, kind, public, expected, expires_at
):
    first = news(before, kind, **public)[0]
    assert (first.kind, first.places, first.expires_at) == (expected, EVERYWHERE, expires_at)
    assert first.priority is Priority.WINDOW
    assert first.about["title"] == "Teal Mug"


@pytest.mark.parametrize(
    ("before", "kind", "public"),
    [
        (None, "drop.planned", {"key": "mug", "origin": "config", **plan().as_public()}),
        (CLOSED, "drop.settled", {}),
        (PLANNED, "drop.cancelled", {}),
        (OPEN, "unit.voided", {"number": 1, "how": "hand"}),
    ],
)
def test_what_nobody_knew_of_or_needs_to_know_is_not_news(before, kind, public):
    assert news(before, kind, **public) == ()


@pytest.mark.parametrize(
    ("before", "kind", "public", "card"),
    [
        (PLANNED, "drop.announced", {}, NewsKind.CONTROL),
        (OPEN, "drop.closed", {"why": "time", "late": False}, NewsKind.REPAIR),
    ],
)
def test_the_moderators_get_a_card_to_steer_by_and_one_to_mend_with(before, kind, public, card):
    second = news(before, kind, **public)[1]
    assert (second.kind, second.places) == (card, (DISCORD_MODERATORS,))


@pytest.mark.parametrize(("supply", "left"), [(1, 0), (9, 0), (10, 1), (19, 1), (20, 2), (48, 4), (1000, 100)])
def test_nearly_gone_means_one_in_ten_of_a_supply_of_ten_or_more(supply, left):
    assert nearly_gone_at(supply) == left


@pytest.mark.parametrize(
    ("claimed", "given", "held_back", "fact", "expected"),
    [
        (0, 0, 0, GRANT, None),
        (42, 0, 0, GRANT, None),
        (43, 0, 0, GRANT, NewsKind.NEARLY_GONE),
        (44, 0, 0, GRANT, None),
        (46, 0, 0, GRANT, None),
        (47, 0, 0, GRANT, NewsKind.SOLD_OUT),
        (45, 0, 2, GRANT, NewsKind.SOLD_OUT),
        (46, 0, 2, GIFT, None),
        (47, 0, 0, GIFT, NewsKind.SOLD_OUT),
        (43, 0, 0, GIFT, NewsKind.NEARLY_GONE),
    ],
)
def test_milestones_come_once_when_the_number_left_passes_them(claimed, given, held_back, fact, expected):
    before = replace(OPEN, plan=plan(held_back=held_back), claimed=claimed, given=given)
    found = news_of(before, evolve(before, fact.kind, fact.public, NOW), fact, NOW, PACE)
    assert [each.kind for each in found] == ([] if expected is None else [expected])


def test_nearly_gone_is_for_chat_alone_and_is_stale_within_a_minute():
    before = replace(OPEN, claimed=43)
    (nearly,) = news_of(before, evolve(before, GRANT.kind, GRANT.public, NOW), GRANT, NOW, PACE)
    assert nearly.places == (TWITCH_CHAT,)
    assert nearly.priority is Priority.MILESTONE
    assert nearly.expires_at == NOW + PACE.milestone_gap


def test_a_unit_given_after_the_close_is_no_milestone():
    before = replace(CLOSED, claimed=47)
    assert news_of(before, evolve(before, GIFT.kind, GIFT.public, NOW), GIFT, NOW, PACE) == ()


def test_news_carry_what_the_fact_says_and_nothing_private():
    fact = Fact("drop.extended", "mug", {"closes_at": NOW + HOUR, "minutes": 5}, {"by": {"name": "mia"}})
    (extended,) = news_of(OPEN, evolve(OPEN, fact.kind, fact.public, NOW), fact, NOW, PACE)
    assert (extended.about["minutes"], extended.about["at"], extended.about["closes_at"]) == (5, NOW, NOW + HOUR)
    assert "mia" not in str(extended.about)


def test_a_snapshot_is_made_of_plain_values():
    assert {type(value) for value in snapshot(PAUSED).values()} <= {str, int, bool, type(None)}
