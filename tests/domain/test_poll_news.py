"""What is said of a poll, and until when saying it would mislead."""

from __future__ import annotations

from bot.domain.announcing import DISCORD_ANNOUNCEMENTS, TWITCH_CHAT, NewsKind
from bot.domain.ledger import Fact
from bot.domain.poll_news import poll_news
from bot.domain.polls import evolve_poll
from bot.domain.time import MINUTE, SECOND
from tests.conftest import NOON
from tests.domain.poll_world import poll_plan

PLAN = poll_plan(key="colour")
OPENED = Fact(
    "poll.opened",
    "poll:colour",
    {"key": "colour", **PLAN.as_public(), "ties": "00", "closes_at": NOON + PLAN.window},
)


def test_chat_hears_of_a_poll_while_it_is_on_and_its_card_comes_however_late():
    poll = evolve_poll(None, OPENED.kind, OPENED.public, NOON)
    until = {place: news.expires_at for news in poll_news(poll, OPENED, NOON) for place in news.places}
    assert until == {TWITCH_CHAT: NOON + PLAN.window, DISCORD_ANNOUNCEMENTS: None}


def test_what_is_over_is_said_however_late_and_the_rest_while_it_is_true():
    poll = evolve_poll(None, OPENED.kind, OPENED.public, NOON)
    told = {}
    for kind, public in (
        ("poll.ending", {"closes_at": poll.closes_at}),
        ("poll.paused", {"why": "offline", "since": NOON}),
        ("poll.extended", {"closes_at": poll.closes_at + MINUTE, "added": MINUTE}),
        ("poll.cancelled", {"why": "moderator"}),
    ):
        (news,) = poll_news(evolve_poll(poll, kind, public, NOON + SECOND), Fact(kind, "poll:colour", public), NOON)
        told[news.kind] = news.expires_at
    assert told == {
        NewsKind.POLL_ENDING: poll.closes_at,
        NewsKind.POLL_PAUSED: NOON + 10 * MINUTE,
        NewsKind.POLL_EXTENDED: poll.closes_at + MINUTE,
        NewsKind.POLL_CANCELLED: None,
    }
