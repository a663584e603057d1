"""Words for Twitch's own poll: its votes are told apart from ours, whole, and nobody's text does harm."""

from __future__ import annotations

import pytest

from bot.domain.announcing import NewsKind
from bot.domain.native_polls import Native, NativeFault
from bot.wording.catalogue import Wording
from bot.wording.native_polls import native_away_card, native_away_line
from bot.wording.polls import live_poll_card, poll_card, poll_line
from tests.wording.native_polls import NATIVE_NEWS, REFUSED, closed, longest, opening
from tests.wording.saying import NOW

WORDS = Wording({}, zone="UTC")


def line(about: dict[str, object], kind: NewsKind = NewsKind.POLL_CLOSED) -> str:
    return poll_line(WORDS, kind, about, NOW)


@pytest.mark.parametrize(
    ("about", "tail"),
    [
        (
            closed(Native.BESIDE, 5, 30, 2),
            "Twitch's own poll, not added: plum 30, teal 5, sand 2 (37 anonymous votes).",
        ),
        (
            closed(Native.ADDED, 5, 30, 2),
            "Together with the 37 anonymous votes of Twitch's own poll: plum 37, teal 17, sand 5. plum is ahead.",
        ),
        (
            closed(Native.ADDED, 0, 5, 0),
            "Together with the 5 anonymous votes of Twitch's own poll: teal 12, plum 12, sand 3. teal and plum are "
            "level.",
        ),
        (
            closed(Native.BESIDE, 0, 1, 0),
            "Twitch's own poll, not added: plum 1, teal 0, sand 0 (1 anonymous vote).",
        ),
        (closed(Native.ADDED, 0, 0, 0), "Nobody voted in Twitch's own poll."),
    ],
)
def test_a_result_says_what_was_cast_and_then_what_was_anonymous(about: dict[str, object], tail: str) -> None:
    said = line(about)
    assert "12 for teal, 7 for plum, 3 for sand; 22 people voted." in said
    assert said.endswith(tail)
    for card in (poll_card(WORDS, NewsKind.POLL_CLOSED, about, NOW), live_poll_card(WORDS, about, None, NOW)):
        assert card.text.endswith(tail)
    later = line(about, NewsKind.POLL_NATIVE)
    assert later == f"Now the votes on Twitch are in for Colour of the next mug? {tail}"
    assert poll_card(WORDS, NewsKind.POLL_NATIVE, about, NOW).text == tail


def test_a_result_without_it_says_nothing_of_it() -> None:
    about = {name: value for name, value in closed(Native.ADDED, 5, 30, 2).items() if "native_" not in name}
    assert "Twitch" not in line(about)
    assert "Twitch" not in poll_card(WORDS, NewsKind.POLL_CLOSED, about, NOW).text


@pytest.mark.parametrize(("native", "declared"), [(Native.ADDED, True), (Native.BESIDE, False)])
def test_that_votes_are_added_is_declared_when_it_opens(native: Native, declared: bool) -> None:
    about, rule = opening(native), "anonymous votes in Twitch's own poll are added"
    assert (rule in line(about, NewsKind.POLL_OPENED)) is declared
    assert (rule in poll_card(WORDS, NewsKind.POLL_OPENED, about, NOW).text) is declared


ALL_LEVEL = f"{'a' * 25}, {'b' * 25}, {'c' * 25}, {'d' * 25} and {'e' * 25} are level."


@pytest.mark.parametrize(
    ("native", "tail"),
    [
        (Native.BESIDE, "Twitch's own poll, with 5999978 anonymous votes, is not added."),
        (Native.ADDED, f"Together with the 5999978 anonymous votes of Twitch's own poll, {ALL_LEVEL}"),
    ],
)
def test_where_there_is_no_room_the_counts_go_and_the_meaning_stays(native: Native, tail: str) -> None:
    said = line(longest(native))
    assert len(said) <= 500
    assert said.endswith(tail)


@pytest.mark.parametrize(("kind", "about"), NATIVE_NEWS)
def test_every_line_is_one_that_twitch_takes(kind: NewsKind, about: dict[str, object]) -> None:
    said = line(about, kind)
    assert len(said) <= 500
    assert "  " not in said
    assert "{" not in said


@pytest.mark.parametrize("hostile", ["@everyone", "**b**", "[x](https://evil.example)", "/ban ann", "\u202egum"])
def test_what_people_wrote_does_no_harm(hostile: str) -> None:
    about = closed(Native.ADDED, 5, 30, 2, options=(hostile, "plum", "sand"), question=hostile)
    said = poll_card(WORDS, NewsKind.POLL_NATIVE, about, NOW)
    for text in (said.title, said.text, native_away_card(WORDS, hostile, hostile).text):
        assert "@everyone" not in text
        assert "**b**" not in text
        assert "](" not in text
        assert "\u202e" not in text
    assert not line(about, NewsKind.POLL_NATIVE).startswith(("/", "!"))


@pytest.mark.parametrize("why", [*NativeFault, REFUSED, ""])
def test_moderators_read_why_there_is_none_and_that_ours_goes_on(why: NativeFault | str) -> None:
    card = native_away_card(WORDS, "Colour of the next mug?", why)
    assert "goes on in chat and here" in card.text
    assert len(card.text) > len("“Colour of the next mug?” goes on in chat and here without Twitch's own poll. ")


def test_viewers_read_no_reason() -> None:
    assert native_away_line(WORDS) == "Twitch's own poll is not there this time: vote here in chat."


def test_every_sentence_can_be_overridden() -> None:
    words = Wording({"native-added": "{votes} von Twitch: {counts}. {ahead}", "native-ahead": "{option} führt."})
    said = poll_line(words, NewsKind.POLL_CLOSED, closed(Native.ADDED, 5, 30, 2), NOW)
    assert said.endswith("37 anonymous votes von Twitch: plum 37, teal 17, sand 5. plum führt.")
