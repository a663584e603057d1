"""An early window in words: who goes first, who is refused or checked, and what the cards and the board say."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from bot.domain.announcing import NewsKind
from bot.domain.claims import ClaimChecking, ClaimOpenNow, ClaimRefusal, ClaimRefused
from bot.domain.control import Verb
from bot.domain.drops import Drop, DropState
from bot.domain.eligibility import Eligible
from bot.domain.time import MINUTE, SECOND
from bot.domain.verdicts import Accepted, Refused, RefusedUntil, Unknown
from bot.wording.announcing import control_card
from bot.wording.catalogue import Wording
from bot.wording.claims import claim_answer, refused_lines
from bot.wording.control import steer_answer
from bot.wording.drops import token_title
from bot.wording.eligibility import can_chat_line, can_shown
from bot.wording.gates import people_text
from tests.wording.saying import ANNOUNCED, CONDITIONS, CUE, EIGHT, NOW, VERDICTS, about, drawn, refused, steered

_EARLY = {"early": "subscriber or vip", "early_for": 10 * MINUTE, "early_units": 24}
EARLY_ANNOUNCED = replace(ANNOUNCED, plan=replace(ANNOUNCED.plan, **_EARLY))
EARLY_CUE = replace(CUE, plan=replace(CUE.plan, **_EARLY))
EARLY_OPEN = replace(
    EARLY_ANNOUNCED,
    state=DropState.OPEN,
    opened_at=NOW,
    public_at=NOW + 10 * MINUTE,
    closes_at=NOW + 20 * MINUTE,
    early_open=True,
    claimed=4,
    early_claimed=4,
)
_NOBODY_MORE = replace(EARLY_OPEN, claimed=24, early_claimed=24)
_OFFLINE = replace(EARLY_OPEN, paused_at=NOW, paused_why="offline", resume_at=NOW + 30 * SECOND)
_POSTPONED = replace(EARLY_ANNOUNCED, postponed_why="offline")

EARLY_NEWS: tuple[tuple[NewsKind, dict[str, object]], ...] = (
    (NewsKind.ANNOUNCED, about(EARLY_ANNOUNCED)),
    (NewsKind.ANNOUNCED, about(EARLY_CUE)),
    (NewsKind.SOON, about(EARLY_ANNOUNCED)),
    (NewsKind.RESCHEDULED, about(EARLY_ANNOUNCED)),
    (NewsKind.OPENED, about(EARLY_OPEN)),
    (NewsKind.OPENED, about(EARLY_OPEN, late=True)),
    (NewsKind.PAUSED, about(replace(EARLY_OPEN, paused_at=NOW, paused_why="moderator"))),
    (NewsKind.RESUMING, about(_OFFLINE)),
    (NewsKind.RESUMED, about(EARLY_OPEN, added=4 * MINUTE)),
    (NewsKind.REOPENED, about(_NOBODY_MORE)),
    (NewsKind.THAWED, about(EARLY_OPEN, lost_ranges=[])),
    (NewsKind.PUBLIC, about(replace(EARLY_OPEN, early_open=False))),
)
EARLY_REFUSALS: tuple[ClaimRefused, ...] = (
    refused(ClaimRefusal.NOT_OPEN_YET, retry_at=EIGHT, early_from=EIGHT - 10 * MINUTE),
    refused(ClaimRefusal.EARLY_GONE, retry_at=EIGHT),
    refused(ClaimRefusal.NOT_ENTITLED, retry_at=EIGHT),
    refused(ClaimRefusal.NOT_ENTITLED, retry_at=EIGHT, way_in=("subscriber",)),
    refused(ClaimRefusal.NOT_ENTITLED, retry_at=EIGHT, way_in=("subscriber",), elsewhere="twitch"),
    refused(ClaimRefusal.NOT_ENTITLED, retry_at=EIGHT, way_in=("follower",)),
    refused(ClaimRefusal.NOT_ENTITLED, retry_at=EIGHT, way_in=("follower", "role:patron")),
)
EARLY_BOARDS: tuple[tuple[Drop, ...], ...] = ((EARLY_OPEN, EARLY_CUE), (EARLY_ANNOUNCED,), (_POSTPONED,))
_GATES = (
    *map(str, CONDITIONS),
    "subscriber or vip or follower",
    "subscriber and vip",
    "(subscriber or vip) and follower and not moderator",
    "subscriber and not gift",
    "not vip and not moderator",
    " or ".join(f'role:"patron {number}"' for number in range(9)),
)


def every_early_sentence(words: Wording) -> Iterator[str]:
    """What is said besides the news, the refusals and the boards above."""
    yield "\n".join(people_text(words, gate, discord=False) for gate in _GATES)
    checking = ClaimChecking("mug", "Teal Mug")
    yield from refused_lines(words, checking, ["ann", "bob"], NOW)
    yield claim_answer(words, checking, NOW, discord=True)
    yield from refused_lines(words, ClaimOpenNow("mug", "Teal Mug", "subscriber", EIGHT), ["ann"], NOW)
    yield from (drawn(control_card(words, about(drop), NOW)) for drop in (EARLY_ANNOUNCED, EARLY_OPEN))
    yield from (token_title(words, "Fan Token", at, NOW) for at in (EIGHT, NOW))
    opened = steered(Verb.OPEN, early="subscriber or vip", units_left=24, public_at=EIGHT)
    yield steer_answer(words, opened, NOW, discord=True)
    for answer in (
        *(Eligible("mug", "Teal Mug", verdict) for verdict in VERDICTS),
        Eligible("mug", "Teal Mug", Accepted(), waits=True, early_for=10 * MINUTE),
        Eligible("mug", "Teal Mug", Refused((), ()), waits=True, early_for=10 * MINUTE),
        Eligible("mug", "Teal Mug", RefusedUntil(EIGHT), waits=True),
        Eligible("mug", "Teal Mug", Unknown(), waits=True),
        Eligible("mug", "Teal Mug", VERDICTS[2], elsewhere="twitch"),
        refused(ClaimRefusal.SOLD_OUT),
    ):
        yield can_chat_line(words, "ann", answer, NOW, why="/can")
        shown = can_shown(words, answer, NOW)
        yield shown if isinstance(shown, str) else drawn(shown)
