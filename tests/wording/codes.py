"""Everything that is said about claim codes, but why one is not good: that is an answer to a claim."""

from __future__ import annotations

from collections.abc import Iterator

from bot.domain.code_sets import CodesIssued, CodesRefused, IssueDecision, IssueRefusal, burned_news
from bot.domain.codes import Issue
from bot.domain.time import DAY
from bot.wording.catalogue import Wording
from bot.wording.codes import (
    OwnCode,
    burned_card,
    burned_line,
    code_for_text,
    codes_text,
    key_broken_text,
    own_codes_text,
)
from tests.wording.saying import NOW, drawn

CODES = ("DSMW-X2R0-W3GY-YZK7", "QQQQ-X2R0-W3GY-YZK7")
OWN = (OwnCode("EARLY", CODES[0]), OwnCode("LATE_ONE", CODES[1], NOW + DAY), OwnCode("OLD", None))
ISSUES: tuple[IssueDecision, ...] = (
    CodesIssued("EARLY", 1, 2),
    CodesIssued("EARLY", 1, 2, NOW + DAY),
    *map(CodesRefused, IssueRefusal),
)


def every_code_sentence(words: Wording) -> Iterator[str]:
    """In chat, for moderators and for whom a code is."""
    yield from (burned_line(words, "ann", own=own) for own in (False, True))
    yield drawn(burned_card(words, burned_news(Issue("EARLY_BIRDS", 12)).about))
    yield from (codes_text(words, decision, CODES, NOW) for decision in ISSUES)
    for already in (False, True):
        yield code_for_text(words, CodesIssued("EARLY", 3, 1, already=already), "Ann_B.")
    yield code_for_text(words, CodesRefused(IssueRefusal.BAD_SET), "Ann_B.")
    yield from (own_codes_text(words, codes, NOW) for codes in ((), OWN[:1], OWN))
    yield key_broken_text(words)
