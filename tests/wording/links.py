"""Everything that is said about linking accounts, for whoever proof-reads it."""

from __future__ import annotations

from collections.abc import Iterator

from bot.domain.linking import (
    LinkAsked,
    LinkDecision,
    LinkMade,
    LinkRefusal,
    LinkRefused,
    Merged,
    UnlinkAsked,
    UnlinkDecision,
    Unlinked,
    UnlinkRefusal,
    UnlinkRefused,
    merge_news,
)
from bot.domain.time import MINUTE
from bot.wording.catalogue import Wording
from bot.wording.linking import (
    code_card,
    link_card,
    link_line,
    merge_card,
    unlink_answer,
    unlink_expired_text,
    unlink_line,
)
from tests.wording.saying import NOW, drawn

LINKINGS: tuple[LinkDecision, ...] = (
    LinkAsked(),
    LinkMade(57),
    LinkMade(57, ("Teal Mug",)),
    LinkMade(57, ("Teal Mug", "Red Cap", "Zine", "Sticker")),
    *(LinkRefused(because, 40 * MINUTE if because is LinkRefusal.TOO_MANY_TRIES else 0) for because in LinkRefusal),
)
PARTINGS: tuple[UnlinkDecision, ...] = (UnlinkAsked(57), Unlinked(57), *map(UnlinkRefused, UnlinkRefusal))
MERGED = [Merged("Teal Mug", (3,), (17, 18)), *(Merged(f"Drop {n}", (n,), (n + 1,)) for n in range(1, 12))]


def every_link_line(words: Wording) -> Iterator[str]:
    """In chat and on Discord, the shortest and the longest."""
    yield from (link_line(words, decision, "ann", "Ann B.") for decision in LINKINGS)
    yield from (unlink_line(words, decision, "ann") for decision in PARTINGS)
    yield drawn(code_card(words, "K7M2QX"))
    yield drawn(link_card(words, "ann", NOW))
    for decision in PARTINGS:
        shown = unlink_answer(words, decision)
        yield shown if isinstance(shown, str) else drawn(shown)
    yield unlink_expired_text(words)
    yield drawn(merge_card(words, merge_news(57, MERGED[:1]).about, {"twitch": "ann", "discord": "Ann_B."}))
    yield drawn(merge_card(words, merge_news(57, MERGED).about, {}))
