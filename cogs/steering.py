"""What a moderator types after `!drop`, read into a deed."""

from __future__ import annotations

import re
from dataclasses import dataclass

from bot.domain.control import Verb

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
    words = rest.split()
    marked = next((place for place, word in enumerate(words) if word.startswith("@") and len(word) > 1), None)
    if marked is None:
        # Without an @ the name is the second word, or the only one.
        marked = min(1, len(words) - 1)
    if marked < 0:
        return Order(Verb.GIVE)
    drop, why = " ".join(words[:marked]), " ".join(words[marked + 1 :])
    return Order(Verb.GIVE, drop, receiver=words[marked], why=why)
