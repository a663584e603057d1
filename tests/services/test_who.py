"""Who somebody is, out of a real ledger and what the platforms tell of their accounts."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass, field

import pytest

from bot.domain.claims import ClaimDrop
from bot.domain.control import SteerDrop, Verb
from bot.domain.entitlements import Entitlement, Found, Question, Source
from bot.domain.linking import LinkPeople
from bot.domain.people import BOT, Actor
from bot.domain.planning import ApplyPlans
from bot.domain.standing_score import Acquaintance
from bot.domain.stream import Wake
from bot.domain.time import DAY, HOUR, SECOND
from bot.services.claims import TooFast
from bot.services.ports import PlaceDown, SendRefused
from bot.services.who import BURST_MAX, Who, WhoRefusal, WhoTold
from bot.storage.database import Reads
from tests.conftest import CHANNEL, MIA, NOON, plan, viewer

ANN, ANN_THERE = viewer("ann"), viewer("ann", "discord")
MADE = Question(Entitlement.ACCOUNT_DAYS)


@dataclass
class Accounts:
    """A platform that knows when its accounts were made; `trouble` is raised instead."""

    platform: str = "twitch"
    made: dict[str, int] = field(default_factory=dict)
    trouble: Exception | None = None
    source: Source = Source.ACCOUNTS
    users_max: int = 100

    async def find(self, users, questions):
        if self.trouble is not None:
            raise self.trouble
        return {(user, MADE): Found(self.made.get(user, 0), NOON, NOON + 1) for user in users}


class Twitch:
    """Who carries which name on Twitch now."""

    def __init__(self, *actors: Actor) -> None:
        self.actors = {actor.name: actor for actor in actors}
        self.down = False

    async def find(self, name: str) -> Actor | None:
        if self.down:
            raise PlaceDown
        return self.actors.get(name)


@dataclass
class Office:
    """The service, and what stands around it."""

    who: Who
    accounts: Accounts
    twitch: Twitch

    async def tell(self, whom: Actor | str | None, actor: Actor = MIA) -> WhoTold | WhoRefusal:
        return await self.who.tell(actor, whom)


@pytest.fixture
async def office(new_ledger, lane, clock) -> AsyncIterator[Office]:
    clock.at = NOON - HOUR
    await lane.submit(ApplyPlans(CHANNEL, "config:1", BOT, (plan(held_back=1, per_person=2), plan("cup"))))
    clock.at = NOON
    await lane.submit(Wake(CHANNEL))
    clock.at = NOON + 2 * SECOND
    await lane.submit(ClaimDrop(CHANNEL, "twitch:1", ANN, "mug"))
    clock.at = NOON + 9 * SECOND
    await lane.submit(ClaimDrop(CHANNEL, "twitch:2", ANN, "mug"))
    await lane.submit(ClaimDrop(CHANNEL, "discord:1", ANN_THERE, "cup"))
    bob = SteerDrop(CHANNEL, "twitch:give", MIA, Verb.GIVE, "mug", receiver=viewer("bob"), why="a prize")
    await lane.submit(bob)
    clock.at = NOON + 30 * DAY
    reads = Reads(new_ledger)
    accounts, twitch = Accounts(made={"id-ann": NOON - 900 * DAY}), Twitch(ANN)
    yield Office(
        Who(reads, CHANNEL, clock, clock, sources=[accounts], lookups={"twitch": twitch}), accounts, twitch
    )
    await reads.close()


async def test_what_is_known_of_one_account(office):
    told = await office.tell(ANN)
    assert told.known == Acquaintance(NOON - 900 * DAY, NOON + 2 * SECOND, False, (2 * SECOND,))
    assert (told.name, told.score.met, told.score.of) == ("ann", 2, 4)


async def test_linked_accounts_are_one_person(office, lane):
    await lane.submit(LinkPeople(CHANNEL, "twitch:link", ANN, ANN_THERE, confirmed=True))
    for whom in (ANN, ANN_THERE):
        told = await office.tell(whom)
        assert told.known.linked
        assert sorted(told.known.delays) == [2 * SECOND, 9 * SECOND]
        assert told.known.made_at == NOON - 900 * DAY
        assert told.score.met == 4


async def test_what_was_given_by_hand_says_nothing_about_claiming(office):
    told = await office.tell(viewer("bob"))
    assert told.known.delays == ()
    assert told.known.first_seen_at is not None


async def test_a_stranger_is_told_of_as_one(office):
    told = await office.tell(viewer("zoe"))
    assert told.known == Acquaintance()
    assert told.score.met == 0


@pytest.mark.parametrize("typed", ["ann", "@ann", " Ann "])
async def test_a_name_means_whoever_has_it_on_twitch(office, typed):
    assert (await office.tell(typed)).known.delays == (2 * SECOND,)


async def test_while_twitch_is_down_a_name_is_the_last_one_that_was_seen(office):
    office.twitch.down = True
    assert (await office.tell("ann")).known.delays == (2 * SECOND,)


@pytest.mark.parametrize("trouble", [PlaceDown("slow"), SendRefused("scope missing")])
async def test_where_nobody_can_tell_how_old_an_account_is_the_rest_is_told(office, trouble):
    office.accounts.trouble = trouble
    told = await office.tell(ANN)
    assert told.known.made_at is None
    assert (told.score.met, told.score.of) == (1, 3)


@pytest.mark.parametrize(
    ("actor", "whom", "because"),
    [
        # Walks WhoRefusal from the top: each row would also deserve every reason below its own.
        (ANN, None, WhoRefusal.NOT_ALLOWED),
        (ANN, "nobody", WhoRefusal.NOT_ALLOWED),
        (MIA, None, WhoRefusal.NOBODY_NAMED),
        (MIA, " @ ", WhoRefusal.NOBODY_NAMED),
        (MIA, "nobody", WhoRefusal.UNKNOWN_NAME),
        (MIA, "'; drop table", WhoRefusal.UNKNOWN_NAME),
    ],
)
async def test_the_first_reason_why_nothing_is_told_is_the_answer(office, actor, whom, because):
    assert await office.tell(whom, actor) is because


async def test_whoever_asks_too_fast_is_told_so(office):
    for _ in range(BURST_MAX):
        await office.tell(ANN)
    with pytest.raises(TooFast):
        await office.tell(ANN)
