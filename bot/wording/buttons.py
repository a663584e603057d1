"""The buttons of the cards: their labels, what a press means, and when a press can be of use."""

from __future__ import annotations

from bot.domain.control import Verb
from bot.domain.text import label
from bot.wording.about import About
from bot.wording.cards import Button, Style
from bot.wording.catalogue import Wording

REMIND_ACTION = "remind:toggle"
YES_ACTION = "confirm:yes"
EXPORT_ACTION = "privacy:export"
FORGET_ACTION = "privacy:forget"
FORGET_YES_ACTION = "privacy:yes"
UNLINK_ACTION = "link:off"
UNLINK_YES_ACTION = "link:yes"
EXTEND_MINUTES = 5
_LABEL_CHARACTERS_MAX = 80


def claim_button(words: Wording, drop: str, *, enabled: bool) -> Button:
    return Button(_label(words.say("button-claim", discord=True)), f"claim:{drop}", Style.SUCCESS, enabled)


def titled_claim_button(words: Wording, drop: str, title: str) -> Button:
    """For a card with several drops. A label knows no markup, so the title stands in it as it is."""
    text = words.say("button-claim-titled", discord=True, title=label(title))
    return Button(_label(text), f"claim:{drop}", Style.SUCCESS)


def can_button(words: Wording, drop: str) -> Button:
    """For whoever wants to know whether the early window lets them in."""
    return Button(_label(words.say("button-can", discord=True)), f"can:{drop}")


def remind_button(words: Wording) -> Button:
    return Button(_label(words.say("button-remind", discord=True)), REMIND_ACTION)


def yes_button(words: Wording) -> Button:
    return Button(_label(words.say("button-yes", discord=True)), YES_ACTION, Style.DANGER)


def export_button(words: Wording) -> Button:
    return Button(_label(words.say("button-my-data", discord=True)), EXPORT_ACTION, Style.PRIMARY)


def forget_button(words: Wording) -> Button:
    return Button(_label(words.say("button-forget-me", discord=True)), FORGET_ACTION)


def forget_yes_button(words: Wording) -> Button:
    return Button(_label(words.say("button-forget-me-yes", discord=True)), FORGET_YES_ACTION, Style.DANGER)


def unlink_button(words: Wording) -> Button:
    return Button(_label(words.say("button-unlink", discord=True)), UNLINK_ACTION)


def unlink_yes_button(words: Wording) -> Button:
    return Button(_label(words.say("button-unlink-yes", discord=True)), UNLINK_YES_ACTION, Style.DANGER)


def control_buttons(words: Wording, about: About) -> tuple[Button, ...]:
    """Open, Pause or Resume, Close, +5 min, Give, Undo."""
    is_open = about.state == "open"
    can_open = about.state in ("planned", "announced")
    pausing = Verb.RESUME if about.paused else Verb.PAUSE
    return (
        control_button(words, Verb.OPEN, about.drop, Style.SUCCESS, enabled=can_open),
        control_button(words, pausing, about.drop, Style.PRIMARY, enabled=is_open),
        control_button(words, Verb.CLOSE, about.drop, Style.DANGER, enabled=is_open),
        control_button(words, Verb.EXTEND, about.drop, enabled=is_open),
        control_button(words, Verb.GIVE, about.drop, enabled=can_give(about)),
        control_button(words, Verb.UNDO, about.drop),
    )


def can_give(about: About) -> bool:
    return about.units_to_give > 0 and about.state in ("open", "closed", "settled")


def control_button(
    words: Wording, verb: Verb, drop: str, style: Style = Style.SECONDARY, *, enabled: bool = True
) -> Button:
    return Button(_label(words.say(f"button-{verb}", discord=True)), f"control:{verb}:{drop}", style, enabled)


def _label(text: str) -> str:
    return label(text, characters_max=_LABEL_CHARACTERS_MAX) or "?"
