"""What comes with each unit of a drop, in a clause: "a mod-vote pass, a game-night pass"."""

from __future__ import annotations

from collections.abc import Sequence

from bot.domain.pass_terms import PassKind, PassOffer
from bot.domain.text import label
from bot.wording.catalogue import Wording
from bot.wording.text import shown
from bot.wording.times import span_text

_NAMED_MAX = 2
# A line of chat has more to say than what a streamer calls a pass.
_TITLE_CHARACTERS_MAX = 30


def offers_clause(words: Wording, offers: Sequence[PassOffer], *, discord: bool) -> str:
    """ "a mod-vote pass, a game-night pass and 1 more"; offers there must be."""
    named = [_one(words, offer, discord=discord) for offer in offers[:_NAMED_MAX]]
    rest = len(offers) - len(named)
    listed = ", ".join(named)
    return f"{listed} {words.say('list-more', discord=discord, count=rest)}" if rest else listed


def offers_field(words: Wording, offers: Sequence[PassOffer]) -> str:
    """All of them for a card, each with how often and how long it is good."""
    return ", ".join(_in_full(words, offer) for offer in offers)


def _one(words: Wording, offer: PassOffer, *, discord: bool) -> str:
    if offer.kind is PassKind.CUSTOM and offer.title:
        title = shown(label(offer.title, characters_max=_TITLE_CHARACTERS_MAX), discord=discord)
        return words.say("offer-titled", discord=discord, title=title)
    return words.say(f"offer-{offer.kind}", discord=discord)


def _in_full(words: Wording, offer: PassOffer) -> str:
    details = []
    if offer.uses > 1:
        details.append(words.say("offer-uses", discord=True, count=offer.uses))
    if offer.lasts is not None:
        details.append(words.say("offer-lasts", discord=True, span=span_text(words, offer.lasts)))
    if offer.transferable:
        details.append(words.say("pass-transferable", discord=True))
    named = _one(words, offer, discord=True)
    return words.say("offer-item", discord=True, offer=named, details=", ".join(details)) if details else named
