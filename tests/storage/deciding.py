"""A ledger with polls, votes, passes and game nights of every fate, for tests of what is proved about them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from sqlalchemy import URL

from bot.domain.claims import ClaimDrop
from bot.domain.linking import LinkPeople
from bot.domain.night_deeds import CreateNight, NightVerb, VisitNight
from bot.domain.nights import NightPlan
from bot.domain.pass_deeds import GivePass, RevokePass, TransferPass
from bot.domain.pass_terms import PassKind, PassOffer, PassTerms
from bot.domain.people import BOT
from bot.domain.planning import ApplyPlans
from bot.domain.poll_control import OpenPoll, PollVerb, SteerPoll
from bot.domain.polls import PassRole, PollKind
from bot.domain.privacy import EraseMe, PersonErased
from bot.domain.recounting import RecountPoll
from bot.domain.stream import Wake
from bot.domain.time import DAY, HOUR, MINUTE, SECOND
from bot.domain.voiding import VoidUnit
from bot.domain.voting import CastVote, VoteAccepted, VoteChecking
from bot.storage.database import ledger_url
from tests.conftest import CHANNEL, MIA, NOON, FixedClock, plan, running_lane, viewer
from tests.domain.poll_world import choice, poll_plan
from tests.new_ledgers import new_ledger_at

MOD_VOTE = {"kind": PollKind.MOD_VOTE, "electorate": "moderator", "pass_role": PassRole.ENTRY}
# Two mod votes come with each badge, and may be handed on.
BADGE = {"passes": (PassOffer(PassKind.MOD_VOTE, uses=2, transferable=True),)}


class Evening:
    """Whatever people do with polls, passes and nights through the lane, a minute after the other."""

    def __init__(self, lane, clock: FixedClock) -> None:
        self._lane, self._clock = lane, clock
        self._requests = 0

    async def does(self, command: Any) -> Any:
        self._clock.at += SECOND
        return (await self._lane.submit(command)).decision

    def request(self) -> str:
        self._requests += 1
        return f"twitch:evening-{self._requests}"

    async def claim(self, name: str) -> None:
        await self.does(ClaimDrop(CHANNEL, self.request(), viewer(name), "badge"))

    async def give(self, name: str, kind: PassKind = PassKind.MOD_VOTE, **terms: Any) -> None:
        await self.does(GivePass(CHANNEL, self.request(), MIA, PassTerms(kind, **terms), viewer(name), "for fun"))

    async def open(self, question: str, **changes: Any) -> None:
        await self.does(OpenPoll(CHANNEL, self.request(), MIA, poll_plan(question=question, **changes)))

    async def vote(self, name: str, *options: int, with_pass: bool = False, actor: Any = None) -> Any:
        voter = actor or viewer(name)
        return await self.does(CastVote(CHANNEL, self.request(), voter, choice(*options), with_pass=with_pass))

    async def steer(self, verb: PollVerb, **more: Any) -> None:
        await self.does(SteerPoll(CHANNEL, self.request(), MIA, verb, confirmed=True, **more))

    async def visit(self, verb: NightVerb, *names: str, actor: Any = None) -> None:
        for guest in (viewer(name) for name in names) if actor is None else (actor,):
            await self.does(VisitNight(CHANNEL, self.request(), guest, verb))

    async def host(self, title: str, seats: int, *, needs_pass: bool) -> None:
        starts_at = self._clock.at + HOUR
        night = NightPlan("", title, seats, starts_at, HOUR, 30 * MINUTE, 10 * MINUTE, needs_pass)
        await self.does(CreateNight(CHANNEL, self.request(), MIA, night))

    async def forget(self, *names: str) -> None:
        for name in names:
            erased = await self.does(EraseMe(CHANNEL, self.request(), viewer(name), confirmed=True))
            assert isinstance(erased, PersonErased), (name, erased)

    async def comes(self, later: int) -> None:
        self._clock.at += later
        await self._lane.submit(Wake(CHANNEL))


async def deciding_ledger(path: Path) -> URL:
    """The ledger of `decide_everything` in a new file."""
    url = ledger_url(str(path))
    new_ledger_at(url)
    await decide_everything(url)
    return url


async def decide_everything(url: URL) -> None:
    """Badges that bring mod votes, one of them voided; polls that were closed, cancelled, and are still open; a
    night that is over, and one to come. Bob and Gus have voted, spent a pass and come to the night, and were
    forgotten afterwards."""
    clock = FixedClock(NOON - MINUTE)
    async with running_lane(url, clock) as lane:
        evening = Evening(lane, clock)
        await lane.submit(ApplyPlans(CHANNEL, "config:1", BOT, (plan("badge", supply=4, **BADGE),)))
        clock.at = NOON
        for name in ("hal", "ivy", "bob"):
            await evening.claim(name)
        await evening.does(VoidUnit(CHANNEL, "twitch:void", MIA, "badge", 2, "for spam", confirmed=True))
        await evening.does(TransferPass(CHANNEL, "twitch:hand-on", viewer("hal"), 1, viewer("kim")))
        for name in ("hal", "gus"):
            await evening.give(name, PassKind.GAME_NIGHT)
        await evening.give("kim", uses=2, expires_at=clock.at + HOUR)
        await evening.give("ivy")
        await evening.does(RevokePass(CHANNEL, "twitch:revoke", MIA, 7, "mistyped", confirmed=True))
        await _decide(evening)
        await _play(evening)
        await evening.comes(DAY)
        await evening.forget("bob", "gus")
        await _go_on(evening)


async def _decide(evening: Evening) -> None:
    await evening.open("Next mug?")
    await evening.vote("hal", 1)
    await evening.vote("bob", 2)
    assert (await evening.vote("hal", 3)).changed
    await evening.steer(PollVerb.CLOSE)
    await evening.does(RecountPoll(CHANNEL, "twitch:recount", MIA))
    await evening.open("Next game?", **MOD_VOTE)
    spent = await evening.vote("kim", 1, with_pass=True)
    assert isinstance(spent, VoteAccepted), spent
    await evening.steer(PollVerb.CANCEL)
    await evening.open("Next boss?", **MOD_VOTE)
    for name in ("kim", "bob"):
        assert (await evening.vote(name, 2, with_pass=True)).pass_spent
    await evening.vote("mia", 3, actor=MIA)
    await evening.steer(PollVerb.EXTEND, added=MINUTE)
    await evening.comes(3 * MINUTE)
    # From now on they are one: what they have voted was two ballots, and stays so.
    linked = viewer("kim-there", "discord")
    await evening.does(LinkPeople(CHANNEL, "twitch:link", viewer("kim"), linked, confirmed=True))


async def _play(evening: Evening) -> None:
    await evening.host("Hades night", 2, needs_pass=True)
    await evening.visit(NightVerb.JOIN, "hal", "gus")
    await evening.comes(40 * MINUTE)
    await evening.visit(NightVerb.CHECK_IN, "hal", "gus")


async def _go_on(evening: Evening) -> None:
    await evening.host("Celeste night", 1, needs_pass=False)
    await evening.visit(NightVerb.JOIN, "ivy", "hal")
    await evening.open("Next song?", electorate="subscriber", window=HOUR)
    assert isinstance(await evening.vote("lea", 1), VoteChecking)
    await evening.vote("hal", 1)
