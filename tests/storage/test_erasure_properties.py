"""Whoever claims, gives and is forgotten in whatever order: no trace of them stays, and the ledger still holds."""

from __future__ import annotations

import asyncio
import shutil
from itertools import count
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.domain.claims import ClaimDrop
from bot.domain.control import SteerDrop, Verb
from bot.domain.people import BOT, Actor, Rank
from bot.domain.planning import ApplyPlans, PlanDrop
from bot.domain.privacy import EraseMe, ErasureRefusal, ErasureRefused, PersonErased
from bot.domain.stream import Wake
from bot.domain.time import DAY, HOUR, MINUTE
from bot.storage.database import ledger_url
from bot.storage.upgrade import upgrade
from tests.conftest import CHANNEL, NOON, FixedClock, plan, running_lane
from tests.storage.evenings import faults
from tests.storage.test_privacy import files_with, places_of

VIEWERS = ("ann", "bob", "cy")
MODERATORS = ("mia", "noa")
DROPS = ("mug", "print", "")
DEEDS = (Verb.GIVE, Verb.GIVE, Verb.UNDO, Verb.UNDO, Verb.PAUSE, Verb.RESUME, Verb.OPEN, Verb.CLOSE, Verb.EXTEND)

someone = st.sampled_from((*VIEWERS, *MODERATORS))
drops = st.sampled_from(DROPS)
steps = st.one_of(
    st.tuples(st.just("claim"), someone, drops),
    st.tuples(st.just("claim"), someone, drops),
    st.tuples(st.just("steer"), st.sampled_from(MODERATORS), st.sampled_from(DEEDS), drops, someone),
    st.tuples(st.just("plan"), st.sampled_from(MODERATORS)),
    st.tuples(st.just("forget"), someone),
    st.tuples(st.just("forget"), someone),
    st.tuples(st.just("wait"), st.sampled_from([1, MINUTE, 6 * MINUTE, HOUR])),
)
stories = st.lists(steps, min_size=5, max_size=50)


class Cast:
    """The people of a story. Whoever was forgotten comes back under another name: the old one must be gone."""

    def __init__(self) -> None:
        self._lives = dict.fromkeys((*VIEWERS, *MODERATORS), 0)
        self.former: list[str] = []

    def actor(self, who: str) -> Actor:
        rank = Rank.MODERATOR if who in MODERATORS else Rank.VIEWER
        return Actor("twitch", self.user_id(who), f"zq_{who}_life{self._lives[who]}", rank)

    def user_id(self, who: str) -> str:
        return f"9900{list(self._lives).index(who)}77"

    def forgotten(self, who: str) -> None:
        self.former.append(self.actor(who).name)
        self._lives[who] += 1

    @property
    def ids(self) -> list[str]:
        return [self.user_id(who) for who in self._lives]


@pytest.fixture(scope="module")
def empty_ledger(tmp_path_factory):
    path = tmp_path_factory.mktemp("template") / "ledger.sqlite"
    upgrade(ledger_url(str(path)), now=lambda: NOON)
    return path


@settings(deadline=None, max_examples=24, suppress_health_check=[HealthCheck.too_slow])
@given(story=stories)
def test_whatever_happens_no_trace_stays_of_whoever_was_forgotten(empty_ledger, story):
    with TemporaryDirectory() as folder:
        url = ledger_url(str(shutil.copy(empty_ledger, Path(folder, "ledger.sqlite"))))
        asyncio.run(play(url, story))


async def play(url, story) -> None:
    cast, clock, requests = Cast(), FixedClock(NOON - HOUR), count()
    async with running_lane(url, clock) as lane:
        plans = (plan(supply=6, per_person=2, held_back=2), plan("print", supply=4, opens_at=NOON + HOUR))
        await lane.submit(ApplyPlans(CHANNEL, "config:1", BOT, plans))
        clock.at = NOON
        for kind, *rest in story:
            if kind == "wait":
                clock.at += rest[0]
                await lane.submit(Wake(CHANNEL))
            elif kind == "forget":
                await forget(lane, cast, rest[0], f"twitch:{next(requests)}")
            else:
                await lane.submit(command_of(kind, rest, cast, f"twitch:{next(requests)}"))
        assert places_of(url, *cast.former) == []
        # Everybody goes in the end, once nothing runs any more.
        for passed in (DAY, HOUR):
            clock.at += passed
            await lane.submit(Wake(CHANNEL))
        mia = cast.actor("mia")
        for drop in ("mug", "print"):
            request = f"twitch:{next(requests)}"
            await lane.submit(SteerDrop(CHANNEL, request, mia, Verb.CANCEL, drop, confirmed=True))
        for who in (*VIEWERS, *MODERATORS):
            await forget(lane, cast, who, f"twitch:{next(requests)}")
    assert places_of(url, *cast.former, *cast.ids) == []
    assert files_with(url, *cast.former, *cast.ids) == []
    assert faults(url) == []


async def forget(lane, cast: Cast, who: str, request: str) -> None:
    answer = await lane.submit(EraseMe(CHANNEL, request, cast.actor(who), confirmed=True))
    if isinstance(answer.decision, PersonErased):
        cast.forgotten(who)
    else:
        assert isinstance(answer.decision, ErasureRefused)
        assert answer.decision.because in (ErasureRefusal.STILL_RUNNING, ErasureRefusal.NOTHING_KEPT)


def command_of(kind: str, rest: list, cast: Cast, request: str):
    actor = cast.actor(rest[0])
    if kind == "claim":
        return ClaimDrop(CHANNEL, request, actor, rest[1])
    if kind == "plan":
        cap = plan(f"cap-{request[7:]}", opens_at=None, announce_at=NOON + 9 * DAY)
        return PlanDrop(CHANNEL, request, actor, cap)
    _, verb, drop, to = rest
    why = f"for {cast.actor(to).name}"
    minutes = 5 if verb is Verb.EXTEND else 0
    return SteerDrop(CHANNEL, request, actor, verb, drop, minutes, cast.actor(to), why, confirmed=True)
