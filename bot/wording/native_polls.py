"""Twitch's own poll in words: its anonymous votes told apart from those cast with us, and why there is none."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import cast

from bot.domain.native_polls import (
    CHOICE_CHARACTERS_MAX,
    CHOICES_MAX,
    SECONDS_MAX,
    SECONDS_MIN,
    TITLE_CHARACTERS_MAX,
    Native,
    NativeFault,
)
from bot.wording.cards import Card
from bot.wording.catalogue import Wording
from bot.wording.poll_about import option_text, question_text
from bot.wording.text import CHAT_CHARACTERS_MAX, board_text, chat_line

_REASON_CHARACTERS_MAX = 250
_LIMITS: dict[str, str | int] = {
    "choices": CHOICES_MAX,
    "seconds_min": SECONDS_MIN,
    "minutes_max": SECONDS_MAX // 60,
    "title": TITLE_CHARACTERS_MAX,
    "choice": CHOICE_CHARACTERS_MAX,
}


def native_rules(words: Wording, about: Mapping[str, object], *, discord: bool) -> list[str]:
    """What is declared when a poll opens to whose result anonymous votes are added."""
    return [words.say("native-rule-added", discord=discord)] if about.get("native") == Native.ADDED else []


def native_text(words: Wording, about: Mapping[str, object], *, discord: bool, short: bool = False) -> str:
    """What Twitch's own poll has come to, beside or together with our ballots, with `short` without the counts; ""
    where there was none, or where that is not known yet. `about` is a poll's snapshot."""
    if "native_counts" not in about:
        return ""
    options = cast("Sequence[str]", about["options"])
    counts = cast("Sequence[int]", about["native_counts"])
    number, form = sum(counts), "-short" if short else ""
    if not number:
        return words.say("native-nobody", discord=discord)
    votes = words.say("native-votes-one" if number == 1 else "native-votes", discord=discord, count=number)
    if not about["native_sums"]:
        listed = _listed(options, counts, discord=discord)
        return words.say(f"native-beside{form}", discord=discord, counts=listed, votes=votes)
    sums = cast("Sequence[int]", about["native_sums"])
    return words.say(
        f"native-added{form}",
        discord=discord,
        counts=_listed(options, sums, discord=discord),
        votes=votes,
        ahead=_ahead(words, options, cast("Sequence[int]", about["native_ahead"]), discord=discord),
    )


def with_native(words: Wording, line: str, about: Mapping[str, object]) -> str:
    """The line of a result, and what Twitch's own poll has come to; without its counts where they do not fit, and
    never without saying whether anonymous votes were added."""
    text = native_text(words, about, discord=False)
    if not text or len(line) + 1 + len(text) <= CHAT_CHARACTERS_MAX:
        return chat_line(f"{line} {text}")
    short = native_text(words, about, discord=False, short=True)
    return f"{chat_line(line, characters_max=CHAT_CHARACTERS_MAX - 1 - len(short))} {short}"


def card_with_native(words: Wording, card: Card, about: Mapping[str, object]) -> Card:
    """The card of a result, and what Twitch's own poll has come to."""
    text = native_text(words, about, discord=True)
    return replace(card, text=f"{card.text}\n\n{text}") if text else card


def native_line(words: Wording, about: Mapping[str, object]) -> str:
    """What chat hears where the votes on Twitch were known only after the close."""
    asked = question_text(str(about["question"]), discord=False)
    said = words.say("news-poll-native", asked=asked, native=native_text(words, about, discord=False))
    return chat_line(said, characters_max=CHAT_CHARACTERS_MAX)


def native_card(words: Wording, about: Mapping[str, object]) -> Card:
    """The same for Discord."""
    question = question_text(str(about["question"]), discord=True)
    title = words.say("card-poll-native-title", discord=True, question=question)
    return Card(title, native_text(words, about, discord=True))


def native_away_card(words: Wording, question: str, why: NativeFault | str) -> Card:
    """For moderators: a poll goes on without Twitch's own, because it does not fit, or Twitch has said so."""
    if isinstance(why, NativeFault):
        said = words.say(f"native-away-{why}", discord=True, **_LIMITS)
    elif why:
        reason = board_text(why, characters_max=_REASON_CHARACTERS_MAX)
        said = words.say("native-away-refused", discord=True, reason=reason)
    else:
        said = words.say("native-away-lost", discord=True)
    text = words.say("native-away", discord=True, question=question_text(question, discord=True), why=said)
    return Card(words.say("native-away-title", discord=True), text)


def native_away_line(words: Wording) -> str:
    """For everybody in chat, where there is no Discord to tell moderators on. It names no reason."""
    return words.say("native-away-chat")


def _ahead(words: Wording, options: Sequence[str], ahead: Sequence[int], *, discord: bool) -> str:
    names = [option_text(options, number, discord=discord) for number in ahead]
    if len(names) == 1:
        return words.say("native-ahead", discord=discord, option=names[0])
    level = f"{', '.join(names[:-1])}{words.say('gate-and')}{names[-1]}"
    return words.say("native-level", discord=discord, options=level)


def _listed(options: Sequence[str], counts: Iterable[int], *, discord: bool) -> str:
    """ "plum 31, teal 7": the most first."""
    ordered = sorted(enumerate(counts, 1), key=lambda each: -each[1])
    return ", ".join(f"{option_text(options, number, discord=discord)} {count}" for number, count in ordered)
