"""A card as Discord shows it, without Discord: plain values that a platform turns into its own shapes."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum


class Style(StrEnum):
    PRIMARY = "primary"
    SECONDARY = "secondary"
    SUCCESS = "success"
    DANGER = "danger"


@dataclass(frozen=True, slots=True)
class Button:
    """`action` is what the press means and where it stands after a restart: "claim:mug", "control:pause:mug"."""

    label: str
    action: str
    style: Style = Style.SECONDARY
    enabled: bool = True


@dataclass(frozen=True, slots=True)
class CardFile:
    """A file that everybody may take from under a card."""

    name: str
    content: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class Card:
    """`ping` asks for the opt-in reminder role to be mentioned, the only mention there ever is.

    `blocks` are fields over the whole width, shown whole or not at all. `lead` stands above the card and `files`
    under it; both are part of its posting alone, and an edit leaves them as they are."""

    title: str
    text: str
    fields: tuple[tuple[str, str], ...] = ()
    buttons: tuple[Button, ...] = ()
    footer: str = ""
    ping: bool = False
    blocks: tuple[tuple[str, str], ...] = ()
    lead: str = ""
    files: tuple[CardFile, ...] = ()
