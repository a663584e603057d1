"""A card in the shapes of Discord's API: an embed, and rows of buttons, each part cut to what Discord takes."""

from __future__ import annotations

from typing import Any

from bot.wording.cards import Button, Card, Style

PREFIX = "md:"
"""Stands before a button's action in its custom id, so that no other bot's button is taken for ours."""

TITLE_MAX, TEXT_MAX, FOOTER_MAX, LABEL_MAX = 256, 4096, 2048, 80
FIELDS_MAX, FIELD_NAME_MAX, FIELD_TEXT_MAX = 25, 256, 1024
EMBED_MAX = 6000
BUTTONS_A_ROW = 5
_EMPTY = "\u200b"  # Discord refuses an empty field
_ROW, _BUTTON = 1, 2
_STYLES = {Style.PRIMARY: 1, Style.SECONDARY: 2, Style.SUCCESS: 3, Style.DANGER: 4}


def custom_id(action: str) -> str:
    """What Discord sends back when the button is pressed, also after a restart."""
    return PREFIX + action


def embed_shape(card: Card) -> dict[str, Any]:
    """The card's words, each cut to what Discord takes, 6000 characters in all."""
    room = EMBED_MAX
    title, room = _fit(card.title, TITLE_MAX, room)
    footer, room = _fit(card.footer, FOOTER_MAX, room)
    fields = []
    for name, value in card.fields[:FIELDS_MAX]:
        shown_name, room = _fit(name or _EMPTY, FIELD_NAME_MAX, room)
        shown_value, room = _fit(value or _EMPTY, FIELD_TEXT_MAX, room)
        fields.append({"name": shown_name, "value": shown_value, "inline": True})
    text, room = _fit(card.text, TEXT_MAX, room)
    for name, value in card.blocks[: FIELDS_MAX - len(fields)]:
        # A signed note that was cut would prove nothing, and its code would run on into the card.
        if len(name) <= FIELD_NAME_MAX and len(value) <= FIELD_TEXT_MAX and len(name) + len(value) <= room:
            fields.append({"name": name, "value": value, "inline": False})
            room -= len(name) + len(value)
    shape: dict[str, Any] = {"title": title, "description": text, "fields": fields}
    if footer:
        shape["footer"] = {"text": footer}
    return {key: value for key, value in shape.items() if value}


def button_shapes(card: Card) -> list[dict[str, Any]]:
    """The card's buttons, one after the other."""
    return [_button(button) for button in card.buttons]


def row_shapes(card: Card) -> list[dict[str, Any]]:
    """The card's buttons in their rows."""
    buttons = button_shapes(card)
    starts = range(0, len(buttons), BUTTONS_A_ROW)
    return [{"type": _ROW, "components": buttons[start : start + BUTTONS_A_ROW]} for start in starts]


def _button(button: Button) -> dict[str, Any]:
    return {
        "type": _BUTTON,
        "style": _STYLES[button.style],
        "label": button.label[:LABEL_MAX],
        "custom_id": custom_id(button.action),
        "disabled": not button.enabled,
    }


def _fit(text: str, characters_max: int, room: int) -> tuple[str, int]:
    limit = max(0, min(characters_max, room))
    shown = text if len(text) <= limit else text[: max(0, limit - 1)].rstrip() + "…"
    return shown, room - len(shown)
