"""What a moderator types after `!poll`, read into a deed."""

from __future__ import annotations

import re
from dataclasses import dataclass

from bot.domain.poll_asked import PollAsked, read_asked
from bot.domain.poll_control import PollVerb
from bot.domain.poll_reading import read_more_time
from bot.domain.time import Micros

_DEEDS = {str(verb): verb for verb in (PollVerb.CLOSE, PollVerb.CANCEL, PollVerb.RECOUNT)}
_MORE = re.compile(r"(?:\+|extend\b) ?\+?(?P<rest>.*)", re.IGNORECASE)
_WORDS_OF_TIME_MAX = 4


@dataclass(frozen=True, slots=True)
class PollOrder:
    """A deed as it was typed; what is empty was left out."""

    verb: PollVerb
    poll: str = ""
    added: Micros = 0


def read_poll_order(text: str) -> PollOrder | None:
    """The deed, or None where a question is put: "close", "cancel next-game", "+60", "+2m next-game", "recount".

    What is a whole poll is one, however it begins: "close the vote now? yes, no"."""
    # Phones make a full stop of two spaces.
    plain = " ".join(text.split()).rstrip(" .,;!")
    if isinstance(read_asked(plain), PollAsked):
        return None
    if found := _MORE.fullmatch(plain):
        return _extension(found["rest"].split())
    word, _, rest = plain.partition(" ")
    verb = _DEEDS.get(word.casefold())
    return None if verb is None else PollOrder(verb, rest)


def more_time(typed: str) -> Micros:
    """How much longer: a number alone is of seconds. 0 for what is no length of time: the rules say so in a
    sentence."""
    return read_more_time(f"+{typed.strip().rstrip(' .,;!').removeprefix('+')}") or 0


def _extension(words: list[str]) -> PollOrder:
    """As many of the words as are a length of time, and the rest is the poll's name."""
    for count in range(min(len(words), _WORDS_OF_TIME_MAX), 0, -1):
        if read_more_time(f"+{' '.join(words[:count])}") is not None:
            return PollOrder(PollVerb.EXTEND, " ".join(words[count:]), more_time(" ".join(words[:count])))
    return PollOrder(PollVerb.EXTEND, " ".join(words))
