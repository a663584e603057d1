"""All that is said of passes and game nights, for whoever proof-reads it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from bot.domain.announcing import NewsKind
from bot.domain.night_deeds import (
    CancelDecision,
    CreateDecision,
    NightHosted,
    NightNeedsYes,
    NightRefusal,
    NightRefused,
    NightVerb,
    NightVisited,
    VisitDecision,
)
from bot.domain.nights import Guest, Night, NightPlan, NightState, Place
from bot.domain.pass_deeds import (
    GiveDecision,
    PassGiven,
    PassNeedsYes,
    PassRefused,
    PassRevoked,
    PassTransferred,
    RevokeDecision,
    TransferDecision,
)
from bot.domain.pass_terms import PassKind, PassTerms
from bot.domain.passes import Pass, PassRefusal
from bot.domain.poll_news import night_snapshot
from bot.domain.time import DAY, HOUR, MINUTE
from bot.wording.catalogue import Wording
from bot.wording.nights import (
    confirm_night_card,
    guests_text,
    live_night_card,
    night_card,
    night_how_text,
    night_line,
    night_reply,
    night_text,
    nights_text,
)
from bot.wording.passes import (
    confirm_pass_card,
    hand_on_card,
    incomplete_order_text,
    my_passes_text,
    pass_deed_text,
    passes_lines,
    passes_text,
)
from tests.wording.saying import EIGHT, NOW, drawn

MOD_VOTE = PassTerms(PassKind.MOD_VOTE)
GAME_NIGHT = PassTerms(PassKind.GAME_NIGHT, uses=3, expires_at=NOW + 3 * DAY, transferable=True)
SONG = PassTerms(PassKind.CUSTOM, title="Pick the next song")
PASSES = (
    Pass(12, MOD_VOTE, 1, "mug", 17),
    Pass(14, MOD_VOTE, 1),
    Pass(15, GAME_NIGHT, 1, used=1),
    Pass(16, SONG, 1),
    Pass(17, PassTerms(PassKind.CUSTOM), 1),
    Pass(9, MOD_VOTE, 1, "cap", 2, used=1),
    Pass(10, replace(GAME_NIGHT, expires_at=NOW - DAY), 1),
    Pass(11, MOD_VOTE, 1, voided_why="revoked"),
)
PASS_DEEDS: tuple[GiveDecision | TransferDecision | RevokeDecision, ...] = (
    PassGiven(12, MOD_VOTE, "ann"),
    PassGiven(15, GAME_NIGHT, "ann"),
    PassTransferred(15, GAME_NIGHT, "bob", 2),
    PassRevoked(15, GAME_NIGHT, 2),
    PassNeedsYes(15, GAME_NIGHT, 2),
    *(PassRefused(because, 12) for because in PassRefusal),
    PassRefused(PassRefusal.UNKNOWN_PASS),
)
PLAN = NightPlan("friday", "Co-op Friday", 4, EIGHT, 3 * HOUR, checkin_for=30 * MINUTE, kept_for=10 * MINUTE)
FULL = tuple(Guest(f"g{n}", place, NOW) for n, place in enumerate([Place.HERE, *[Place.SEATED] * 3, Place.WAITING]))
NIGHTS = (
    Night(PLAN),
    Night(PLAN, guests=FULL),
    Night(replace(PLAN, starts_at=NOW + DAY, needs_pass=False)),
    *(Night(PLAN, state) for state in (NightState.ENDED, NightState.CANCELLED)),
)
_AT = ("friday", "Co-op Friday")
VISITED = NightVisited(NightVerb.JOIN, *_AT, Place.SEATED, starts_at=EIGHT)
NIGHT_DEEDS: tuple[VisitDecision | CreateDecision | CancelDecision, ...] = (
    VISITED,
    NightVisited(NightVerb.JOIN, *_AT, Place.WAITING, ahead=2, starts_at=EIGHT),
    NightVisited(NightVerb.CHECK_IN, *_AT, Place.HERE, pass_spent=15, starts_at=EIGHT),
    NightVisited(NightVerb.CHECK_IN, *_AT, Place.HERE, starts_at=EIGHT),
    NightVisited(NightVerb.LEAVE, *_AT, None, starts_at=EIGHT),
    NightHosted(NightVerb.CREATE, *_AT),
    NightHosted(NightVerb.CANCEL, *_AT, guests=5),
    NightNeedsYes(NightVerb.CANCEL, *_AT, guests=5),
    *(NightRefused(because, NightVerb.CANCEL, *_AT, EIGHT - 30 * MINUTE, 2) for because in NightRefusal),
    *(
        NightRefused(NightRefusal.NO_FITTING_PASS, NightVerb.CHECK_IN, *_AT, pass_because=because)
        for because in (PassRefusal.NO_PASS, PassRefusal.VOIDED, PassRefusal.EXPIRED, PassRefusal.USED_UP)
    ),
)


def every_pass_sentence(words: Wording) -> Iterator[str]:
    """What people hold, in chat and on Discord, and what becomes of it."""
    yield from passes_lines(words, [("ann", PASSES), ("bob", ()), ("cy", PASSES[:1])], NOW)
    yield from (
        passes_text(words, held, NOW, titles={"mug": "Teal Mug"}) for held in ((), PASSES[:2], PASSES[5:], PASSES)
    )
    yield from (my_passes_text(words, PASSES, NOW, discord=discord) for discord in (False, True))
    yield from (passes_text(words, held, NOW, whose="ann") for held in ((), PASSES[:2]))
    yield from (incomplete_order_text(words, giving=giving) for giving in (True, False))
    yield drawn(hand_on_card(words, PASSES[2], "bob", NOW))
    for discord in (False, True):
        yield from (pass_deed_text(words, deed, NOW, discord=discord) for deed in PASS_DEEDS)
    yield drawn(confirm_pass_card(words, PassNeedsYes(12, MOD_VOTE, 1), NOW))


def every_night_sentence(words: Wording) -> Iterator[str]:
    """Answers to guests and hosts, the news, and the card as it changes."""
    for discord in (False, True):
        yield from (night_text(words, deed, NOW, discord=discord) for deed in NIGHT_DEEDS)
        yield from (nights_text(words, nights, NOW, discord=discord) for nights in ((), NIGHTS))
    yield night_how_text(words)
    yield night_reply(words, "ann", VISITED, NOW)
    yield guests_text(words, NIGHTS[1], [("ann", Place.HERE), ("bob", Place.SEATED), ("", Place.WAITING)])
    yield guests_text(words, NIGHTS[0], [])
    yield drawn(confirm_night_card(words, NightNeedsYes(NightVerb.CANCEL, *_AT, guests=5), NOW))
    for kind in (NewsKind.NIGHT_CREATED, NewsKind.NIGHT_CANCELLED):
        about = {**night_snapshot(NIGHTS[0]), "at": NOW}
        yield night_line(words, kind, about, NOW)
        yield drawn(night_card(words, kind, about, NOW))
    yield from (drawn(live_night_card(words, night_snapshot(night), EIGHT)) for night in NIGHTS)
