"""Passes and game nights in words: complete, harmless whatever they are called, and within every limit."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.domain.announcing import NewsKind
from bot.domain.night_deeds import NightRefusal, NightRefused, NightVerb
from bot.domain.nights import Night
from bot.domain.pass_deeds import PassRefused
from bot.domain.pass_terms import PassKind, PassTerms
from bot.domain.passes import Pass, PassRefusal
from bot.domain.poll_news import night_snapshot
from bot.wording.catalogue import Wording
from bot.wording.nights import NIGHT_NEWS, live_night_card, night_card, night_line, night_text, nights_text
from bot.wording.passes import pass_deed_text, passes_lines, passes_text, usable_text
from tests.wording.nights import NIGHT_DEEDS, NIGHTS, PASS_DEEDS, PASSES, PLAN
from tests.wording.saying import NOW, drawn
from tests.wording.test_hostile_text import HOSTILE
from tests.wording.test_poll_limits import WIDE, fits_discord

WORDS = Wording()


def test_every_refusal_of_passes_and_of_nights_is_in_the_proof() -> None:
    assert {deed.because for deed in PASS_DEEDS if isinstance(deed, PassRefused)} == set(PassRefusal)
    assert {deed.because for deed in NIGHT_DEEDS if isinstance(deed, NightRefused)} == set(NightRefusal)
    assert {kind for kind in NewsKind if kind.startswith("night-")} == NIGHT_NEWS


def test_in_chat_only_what_can_be_spent_is_told_and_how_often() -> None:
    assert passes_lines(WORDS, [("ann", PASSES), ("bob", PASSES[-3:])], NOW) == [
        "Passes to spend: @ann mod-vote pass (2), game-night pass (2), pass “Pick the next song”, pass, @bob none"
    ]
    assert passes_lines(WORDS, [], NOW) == []


def test_on_discord_the_list_begins_with_what_is_over_soonest_and_ends_with_what_is_over() -> None:
    numbers = [line.partition("#")[2].split(" ")[0] for line in passes_text(WORDS, PASSES, NOW).splitlines()[1:-1]]
    assert numbers == ["15", "12", "14", "16", "17", "10", "9", "11"]


def test_how_to_vote_with_a_pass_is_said_to_who_has_one_for_it() -> None:
    assert passes_text(WORDS, PASSES[:1], NOW).endswith("press Use my pass to spend one.")
    for none_for_a_poll in (PASSES[2:5], PASSES[5:6], PASSES[7:]):
        assert "Use my pass" not in passes_text(WORDS, none_for_a_poll, NOW)


def test_many_people_and_many_passes_fit_their_lines() -> None:
    titles = [f"{number:03}{'x' * 60}" for number in range(40)]
    many = [Pass(number, PassTerms(PassKind.CUSTOM, title=title), 1) for number, title in enumerate(titles)]
    names = [f"{'n' * 25}{number:03}" for number in range(40)]
    lines = passes_lines(WORDS, [(name, many) for name in names], NOW)
    assert all(len(line) <= 450 for line in lines)
    assert all(" ".join(lines).count(f"@{name}") == 1 for name in names)
    listed = passes_text(WORDS, many, NOW)
    assert len(listed) <= 2_000
    assert f"and {40 - listed.count('pass “')} more" in listed


@pytest.mark.parametrize("text", [*HOSTILE, WIDE, "x" * 300])
def test_no_title_and_no_name_commands_formats_or_mentions(text: str) -> None:
    terms = PassTerms(PassKind.CUSTOM, title=text, uses=3)
    held = Pass(12, terms, 1, "mug", 17)
    deeds = [replace(deed, terms=terms) if hasattr(deed, "terms") else deed for deed in PASS_DEEDS]
    deeds = [replace(deed, receiver=text) if hasattr(deed, "receiver") else deed for deed in deeds]
    night_deeds = [replace(deed, title=text) for deed in NIGHT_DEEDS]
    night = Night(replace(PLAN, title=text))
    about = night_snapshot(night)
    in_chat = [
        *(pass_deed_text(WORDS, deed, NOW, discord=False) for deed in deeds),
        *(night_text(WORDS, deed, NOW, discord=False) for deed in night_deeds),
        *(night_line(WORDS, kind, about, NOW) for kind in NIGHT_NEWS),
        *passes_lines(WORDS, [(text, [held])], NOW),
        nights_text(WORDS, [night] * 30, NOW, discord=False),
    ]
    for line in in_chat:
        assert 0 < len(line) <= 450
        assert line[0] not in "/.!\\"
        assert not set(line) & set("\n\r\u202e\u200b\u2060\ufeff\U000e0041")
    cards = [*(night_card(WORDS, kind, about, NOW) for kind in NIGHT_NEWS), live_night_card(WORDS, about, NOW)]
    on_discord = [
        *(pass_deed_text(WORDS, deed, NOW, discord=True) for deed in deeds),
        *(night_text(WORDS, deed, NOW, discord=True) for deed in night_deeds),
        *(drawn(card) for card in cards),
        passes_text(WORDS, [held], NOW, titles={"mug": text}),
        nights_text(WORDS, [night] * 30, NOW, discord=True),
    ]
    for said in on_discord:
        assert 0 < len(said) <= 4_000
        for raw in ("@everyone", "<@1", "<#4", "**bold", "||sp", "](http", "https://evil", "\u202e", "\u2060"):
            assert raw not in said
    for card in cards:
        fits_discord(card)


def test_the_card_of_a_night_has_its_buttons_until_it_is_over() -> None:
    on, full, _, ended, cancelled = (live_night_card(WORDS, night_snapshot(night), NOW) for night in NIGHTS)
    assert [button.action for button in on.buttons] == [f"night:friday:{verb}" for verb in list(NightVerb)[:3]]
    assert ("Seats free", "0 of 4") in full.fields
    assert (ended.buttons, cancelled.buttons) == ((), ())


def test_a_channel_calls_its_passes_as_it_likes() -> None:
    words = Wording({"pass-kind-mod_vote": "Stimmpass", "pass-usable-several": "{count} x {kind}"})
    assert usable_text(words, PASSES[:2], NOW) == "2 x Stimmpass"
    with pytest.raises(ValueError, match="not known here"):
        Wording({"pass-given": "{geheim}"})


def test_news_of_anything_else_are_refused() -> None:
    for render in (night_line, night_card):
        with pytest.raises(ValueError, match="opened"):
            render(WORDS, NewsKind.OPENED, night_snapshot(NIGHTS[0]), NOW)
