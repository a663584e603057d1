"""What a moderator types after `!pass`, read into a deed."""

from __future__ import annotations

import re
from dataclasses import dataclass

from bot.domain.pass_terms import PassKind
from bot.domain.pass_words import read_kind

_NUMBER = re.compile(r"#?([0-9]{1,9})")


@dataclass(frozen=True, slots=True)
class GivingOrder:
    """A pass for somebody, as it was typed; what is empty or None was left out."""

    receiver: str = ""
    kind: PassKind | None = None
    why: str = ""

    @property
    def whole(self) -> bool:
        return bool(self.receiver and self.kind and self.why)


@dataclass(frozen=True, slots=True)
class RevokingOrder:
    """A pass to take away, as it was typed; 0 is no number."""

    number: int = 0
    why: str = ""

    @property
    def whole(self) -> bool:
        return bool(self.number and self.why)


def read_pass_order(text: str) -> GivingOrder | RevokingOrder | None:
    """The deed, or None when the first word is none: "give @ann mod-vote won the quiz", "revoke 3 sold on"."""
    word, _, rest = " ".join(text.split()).partition(" ")
    match word.casefold():
        case "give":
            return _giving(rest.split())
        case "revoke":
            number, _, why = rest.partition(" ")
            found = _NUMBER.fullmatch(number)
            return RevokingOrder(int(found[1]), why) if found else RevokingOrder()
    return None


def _giving(words: list[str]) -> GivingOrder:
    receiver = next((word for word in words if word.startswith("@") and len(word) > 1), "")
    rest = [word for word in words if word is not receiver]
    # "mod-vote" is one word, "mod vote" are two.
    for length in (2, 1):
        kind = read_kind(" ".join(rest[:length])) if len(rest) >= length else None
        if kind is not None:
            return GivingOrder(receiver, kind, " ".join(rest[length:]))
    return GivingOrder(receiver, None, " ".join(rest))
