"""Drops to choose from while somebody types a slash command."""

from __future__ import annotations

from collections.abc import Iterable

from discord import app_commands

from bot.domain.drops import Drop
from bot.domain.text import label, normalise_command

CHOICES_MAX = 25
TYPED_MAX = 100


def choices(drops: Iterable[Drop], typed: str) -> list[app_commands.Choice[str]]:
    """The drops whose title or key has what was typed so far in it, as Discord offers them."""
    wanted = normalise_command(typed)
    found = [d for d in drops if wanted in d.key or wanted in normalise_command(d.title)]
    return [app_commands.Choice(name=label(d.title) or d.key, value=d.key) for d in found[:CHOICES_MAX]]
