"""Everything that moderators are told of how well somebody is known."""

from __future__ import annotations

from collections.abc import Iterator

from bot.domain.standing_score import Acquaintance, score
from bot.domain.time import DAY, SECOND
from bot.services.who import WhoRefusal
from bot.wording.catalogue import Wording
from bot.wording.who import who_refused_text, who_text
from tests.wording.saying import NOW

KNOWN = (
    Acquaintance(NOW - 900 * DAY, NOW - 60 * DAY, True, (2 * SECOND, 40 * SECOND)),
    Acquaintance(NOW - 900 * DAY, NOW - 60 * DAY, False, (90 * SECOND,)),
    Acquaintance(NOW - DAY, NOW - DAY),
    Acquaintance(),
)


def every_who(words: Wording) -> Iterator[str]:
    yield from (who_text(words, "Ann_B.", known, score(known, NOW)) for known in KNOWN)
    yield from (who_refused_text(words, because) for because in WhoRefusal)
