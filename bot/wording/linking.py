"""What is said about linking two accounts: answers in chat, private answers on Discord, the moderators' card."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from bot.domain.linking import (
    CODE_VALID_FOR,
    LINK_CODE_CHARACTERS,
    YES_WITHIN,
    LinkAsked,
    LinkDecision,
    LinkMade,
    UnlinkAsked,
    UnlinkDecision,
    Unlinked,
)
from bot.domain.time import SECOND, Micros
from bot.wording.buttons import unlink_button, unlink_yes_button
from bot.wording.cards import Card
from bot.wording.catalogue import Wording
from bot.wording.claims import numbers_text
from bot.wording.text import board_text, chat_line, chat_name, chat_text
from bot.wording.times import span_text

_DROPS_SHOWN = 10
_TITLES_SHOWN = 3


def link_line(words: Wording, decision: LinkDecision, name: str, account: str = "") -> str:
    """The answer in Twitch chat to whoever typed a code, or a yes after it; `account` is the name on Discord."""
    return chat_line(_link_text(words, decision, name=chat_name(name), account=account))


def unlink_line(words: Wording, decision: UnlinkDecision, name: str) -> str:
    """The answer in Twitch chat to whoever wants to part their accounts."""
    return chat_line(_unlink_text(words, decision, discord=False, name=chat_name(name)))


def code_card(words: Wording, code: str) -> Card:
    """The code for whoever asked on Discord, as it is to be typed in Twitch chat."""
    text = words.say(
        "link-code",
        discord=False,  # what is to be typed is typed there
        typed=words.say("link-typed", code=code),
        within=span_text(words, CODE_VALID_FOR),
    )
    return Card(words.say("link-code-title", discord=True), text)


def link_card(words: Wording, account: str, linked_at: Micros) -> Card:
    """With whom on Twitch somebody on Discord is linked, and the button to end it."""
    since = f"<t:{linked_at // SECOND}:D>"
    text = words.say("link-stands", discord=True, account=_board_name(words, account), since=since)
    return Card(words.say("link-code-title", discord=True), text, buttons=(unlink_button(words),))


def unlink_answer(words: Wording, decision: UnlinkDecision) -> str | Card:
    """The private answer on Discord; the question comes with its button."""
    text = _unlink_text(words, decision, discord=True)
    if not isinstance(decision, UnlinkAsked):
        return text
    return Card(words.say("unlink-asked-title", discord=True), text, buttons=(unlink_yes_button(words),))


def unlink_expired_text(words: Wording) -> str:
    return words.say("unlink-expired", discord=True)


def merge_card(words: Wording, about: Mapping[str, Any], names: Mapping[str, str]) -> Card:
    """For moderators: who became one person, and the numbers they hold beyond what one person may claim. `names`
    are by platform; of whoever was forgotten there is none."""
    drops = [_merged(words, *drop) for drop in about["drops"][:_DROPS_SHOWN]]
    rest = len(about["drops"]) - _DROPS_SHOWN
    if rest > 0:
        drops.append(words.say("list-more", discord=True, count=rest))
    text = words.say(
        "link-merges",
        discord=True,
        twitch_name=_board_name(words, names.get("twitch", "")),
        discord_name=_board_name(words, names.get("discord", "")),
        drops="\n".join(drops),
    )
    return Card(words.say("link-merges-title", discord=True), text)


def _merged(words: Wording, title: str, on_twitch: Sequence[int], on_discord: Sequence[int]) -> str:
    return words.say(
        "link-merges-drop",
        discord=True,
        title=board_text(title),
        on_twitch=numbers_text(words, on_twitch),
        on_discord=numbers_text(words, on_discord),
    )


def _board_name(words: Wording, name: str) -> str:
    return board_text(name, characters_max=32) if name else words.say("link-somebody", discord=True)


def _link_text(words: Wording, decision: LinkDecision, *, name: str, account: str) -> str:
    match decision:
        case LinkAsked():
            within = span_text(words, YES_WITHIN)
            return words.say("link-asked", name=name, account=chat_text(account, characters_max=32), within=within)
        case LinkMade(merged=()):
            return words.say("link-done", name=name)
        case LinkMade():
            return words.say("link-done-merged", name=name, titles=_titles(words, decision.merged))
    return words.say(
        f"link-{decision.because}",
        name=name,
        count=LINK_CODE_CHARACTERS,
        span=span_text(words, decision.retry_after),
        on_discord=_on_discord(words),
    )


def _unlink_text(words: Wording, decision: UnlinkDecision, *, discord: bool, **more: str | int) -> str:
    place = "-board" if discord else ""
    match decision:
        case UnlinkAsked():
            return words.say(f"unlink-asked{place}", discord=discord, within=span_text(words, YES_WITHIN), **more)
        case Unlinked():
            return words.say(f"unlink-done{place}", discord=discord, **more)
    if not discord:
        more["on_discord"] = _on_discord(words)
    return words.say(f"unlink-{decision.because}{place}", discord=discord, **more)


def _on_discord(words: Wording) -> str:
    return words.say("link-on-discord", discord=True)


def _titles(words: Wording, titles: Sequence[str]) -> str:
    shown = ", ".join(chat_text(title) for title in titles[:_TITLES_SHOWN])
    rest = len(titles) - _TITLES_SHOWN
    return f"{shown} {words.say('list-more', count=rest)}" if rest > 0 else shown
