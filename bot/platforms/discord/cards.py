"""Turns a card into Discord's shapes: an embed, a row of buttons, and at most one mention."""

from __future__ import annotations

import discord

from bot.wording.cards import Button, Card, Style

PREFIX = "md:"
"""Stands before a button's action in its custom id, so that no other bot's button is taken for ours."""

TITLE_MAX, TEXT_MAX, FOOTER_MAX, LABEL_MAX = 256, 4096, 2048, 80
FIELDS_MAX, FIELD_NAME_MAX, FIELD_TEXT_MAX = 25, 256, 1024
EMBED_MAX = 6000
_EMPTY = "\u200b"  # Discord refuses an empty field
_STYLES = {
    Style.PRIMARY: discord.ButtonStyle.primary,
    Style.SECONDARY: discord.ButtonStyle.secondary,
    Style.SUCCESS: discord.ButtonStyle.success,
    Style.DANGER: discord.ButtonStyle.danger,
}


def custom_id(action: str) -> str:
    """What Discord sends back when the button is pressed, also after a restart."""
    return PREFIX + action


def embed_of(card: Card) -> discord.Embed:
    """The card's words, each cut to what Discord takes, 6000 characters in all."""
    room = EMBED_MAX
    title, room = _fit(card.title, TITLE_MAX, room)
    footer, room = _fit(card.footer, FOOTER_MAX, room)
    fields = []
    for name, value in card.fields[:FIELDS_MAX]:
        shown_name, room = _fit(name or _EMPTY, FIELD_NAME_MAX, room)
        shown_value, room = _fit(value or _EMPTY, FIELD_TEXT_MAX, room)
        fields.append((shown_name, shown_value))
    text, room = _fit(card.text, TEXT_MAX, room)
    embed = discord.Embed(title=title or None, description=text or None)
    for name, value in fields:
        embed.add_field(name=name, value=value, inline=True)
    if footer:
        embed.set_footer(text=footer)
    return embed


def view_of(card: Card) -> discord.ui.View:
    """The card's buttons. Presses are matched by custom id, so the library need not remember this view."""
    view = discord.ui.View(timeout=None)
    for button in card.buttons:
        view.add_item(_button(button))
    # A stopped view is sent all the same, and the library does not keep it for ever.
    view.stop()
    return view


def _button(button: Button) -> discord.ui.Button[discord.ui.View]:
    return discord.ui.Button(
        label=button.label[:LABEL_MAX],
        style=_STYLES[button.style],
        custom_id=custom_id(button.action),
        disabled=not button.enabled,
    )


def _fit(text: str, characters_max: int, room: int) -> tuple[str, int]:
    limit = max(0, min(characters_max, room))
    shown = text if len(text) <= limit else text[: max(0, limit - 1)].rstrip() + "…"
    return shown, room - len(shown)
