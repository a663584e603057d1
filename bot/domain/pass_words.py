"""Passes as streamers write them and read them back: "mod-vote", "game-night (2 uses, 30d)"."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from types import MappingProxyType

from bot.domain.pass_terms import PassKind, PassOffer
from bot.domain.text import normalise_command
from bot.domain.time import span_text

# By the word that config.toml, commands and gates have for it.
KINDS_BY_WORD: Mapping[str, PassKind] = MappingProxyType({str(kind).replace("_", "-"): kind for kind in PassKind})


def read_kind(text: str) -> PassKind | None:
    """The kind that a word means: "mod-vote", "Mod vote" or "mod_vote"; None for any other."""
    return KINDS_BY_WORD.get("-".join(normalise_command(text).replace("_", " ").replace("-", " ").split()))


def offers_text(offers: Iterable[PassOffer]) -> str:
    """What comes with each unit, with all that was promised of it; "" for nothing."""
    return ", ".join(map(_offer_text, offers))


def _offer_text(offer: PassOffer) -> str:
    word = str(offer.kind).replace("_", "-")
    details = [
        *([f"{offer.uses} uses"] if offer.uses > 1 else []),
        *([span_text(offer.lasts)] if offer.lasts is not None else []),
        *(["can be handed on"] if offer.transferable else []),
    ]
    named = f'{word} "{offer.title}"' if offer.title else word
    return f"{named} ({', '.join(details)})" if details else named
