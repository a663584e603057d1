"""Turns a card into the library's objects: an embed and a row of buttons."""

from __future__ import annotations

from typing import Any

import discord

from bot.platforms.discord.shapes import button_shapes, embed_shape
from bot.wording.cards import Card


def embed_of(card: Card) -> discord.Embed:
    return discord.Embed.from_dict(embed_shape(card))


def view_of(card: Card) -> discord.ui.View:
    """The card's buttons. Presses are matched by custom id, so the library need not remember this view."""
    view = discord.ui.View(timeout=None)
    for shape in button_shapes(card):
        view.add_item(_button(shape))
    # A stopped view is sent all the same, and the library does not keep it for ever.
    view.stop()
    return view


def _button(shape: dict[str, Any]) -> discord.ui.Button[discord.ui.View]:
    return discord.ui.Button(
        label=shape["label"],
        style=discord.ButtonStyle(shape["style"]),
        custom_id=shape["custom_id"],
        disabled=shape["disabled"],
    )
