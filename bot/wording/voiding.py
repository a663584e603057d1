"""Answers to moderators who take a unit back for good."""

from __future__ import annotations

from bot.domain.time import Micros
from bot.domain.voiding import UnitVoided, VoidDecision, VoidNeedsYes, VoidRefusal, VoidRefused
from bot.wording.buttons import yes_button
from bot.wording.cards import Card
from bot.wording.catalogue import Wording
from bot.wording.control import choices_text
from bot.wording.text import as_sentence, board_text, chat_line, chat_name, shown

_LINE_CHARACTERS_MAX = 450


def void_text(words: Wording, decision: VoidDecision, now: Micros, *, discord: bool) -> str:
    """What was taken back, or why not and what to do about it."""
    match decision:
        case UnitVoided():
            text = words.say("void-done", discord=discord, **_unit(words, decision, discord=discord))
        case VoidNeedsYes():
            key = "void-needs-yes-board" if discord else "void-needs-yes"
            owner = _owner(words, decision.name, discord=discord)
            text = words.say(key, discord=discord, owner=owner, **_unit(words, decision, discord=discord))
        case VoidRefused():
            text = words.say(
                _refused_key(decision),
                discord=discord,
                title=shown(decision.title, discord=discord) if decision.title else "",
                number=decision.number,
                choices=choices_text(words, decision.choices),
            )
    text = as_sentence(text)
    return text if discord else chat_line(text, characters_max=_LINE_CHARACTERS_MAX)


def void_which_text(words: Wording, *, discord: bool) -> str:
    """What an order lacks that names no number."""
    return chat_line(as_sentence(words.say("void-which", discord=discord)))


def confirm_void_card(words: Wording, needs: VoidNeedsYes, now: Micros) -> Card:
    """The question before what cannot be taken back, with its button."""
    return Card("", void_text(words, needs, now, discord=True), buttons=(yes_button(words),))


def _unit(words: Wording, unit: UnitVoided | VoidNeedsYes, *, discord: bool) -> dict[str, str]:
    many = "one" if unit.passes == 1 else "several"
    return {
        "unit": words.say(
            "void-unit", discord=discord, title=shown(unit.title, discord=discord), number=unit.number
        ),
        "passes": "" if not unit.passes else words.say(f"void-passes-{many}", discord=discord, count=unit.passes),
    }


def _owner(words: Wording, name: str, *, discord: bool) -> str:
    if not name:
        return words.say("void-somebody", discord=discord)
    return board_text(name, characters_max=32) if discord else f"@{chat_name(name)}"


def _refused_key(refused: VoidRefused) -> str:
    if refused.because is VoidRefusal.UNKNOWN_DROP and not refused.choices:
        return "void-unknown-drop-none"
    return f"void-{refused.because}"
