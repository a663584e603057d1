"""What a moderator types after `!drop`, read into a deed."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from bot.domain.control import Verb
from bot.domain.drops import Drop
from bot.domain.text import normalise_command

_WORD_VERBS = {str(verb): verb for verb in Verb}
_EXTEND = re.compile(r"(?:\+|extend\b) ?([+-]?[0-9]{1,9})?(?: ?m(?:in(?:utes?)?)?\b)?(?P<rest>.*)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Order:
    """A deed as it was typed; what is empty was left out."""

    verb: Verb
    drop: str = ""
    minutes: int = 0
    receiver: str = ""
    why: str = ""


def read_order(text: str) -> Order | None:
    """The deed, or None when the first word is none: "open mug", "+5 mug", "give mug @ann lost answer"."""
    plain = " ".join(text.split())
    if found := _EXTEND.fullmatch(plain):
        # Nothing, zero or less is no length of time; the rules say so in a sentence.
        return Order(Verb.EXTEND, found["rest"].strip(), int(found[1] or 0))
    word, _, rest = plain.partition(" ")
    verb = _WORD_VERBS.get(word.casefold())
    if verb is None:
        return None
    return _giving(rest) if verb is Verb.GIVE else Order(verb, rest)


def _giving(rest: str) -> Order:
    """The gift as far as an @ marks who gets it; without one all of it is left in `drop`, for `with_receiver`."""
    words = rest.split()
    marked = next((place for place, word in enumerate(words) if word.startswith("@") and len(word) > 1), None)
    if marked is None:
        return Order(Verb.GIVE, rest)
    return _gift(words, marked)


def with_receiver(order: Order, drops: Iterable[Drop]) -> Order:
    """A gift whose receiver no @ marks, read by its drop: "mug ann lost answer" when a drop is called mug.

    It stays as it is, without a receiver, where that would be a guess: "teal mug ann" is one when a Teal and a
    Teal Mug both exist, or when no drop is called teal."""
    words = order.drop.split()
    if order.receiver or len(words) < 2:
        return order
    names = [name for drop in drops for name in {drop.key, normalise_command(drop.title)}]
    places = [place for place in range(1, len(words)) for _ in range(names.count(_named(words, place)))]
    return _gift(words, places[0]) if len(places) == 1 else order


def _named(words: list[str], place: int) -> str:
    return normalise_command(" ".join(words[:place]))


def _gift(words: list[str], place: int) -> Order:
    drop, why = " ".join(words[:place]), " ".join(words[place + 1 :])
    return Order(Verb.GIVE, drop, receiver=words[place], why=why)
