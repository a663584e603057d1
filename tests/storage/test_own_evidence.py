"""What the ledger itself answers a gate: units by drop and by kind, tokens that run for a day, and the lists."""

from __future__ import annotations

import pytest

from bot.domain.claims import ClaimDrop, ClaimGranted, ClaimRefusal
from bot.domain.control import SteerDrop, Verb
from bot.domain.linking import LinkPeople
from bot.domain.pass_deeds import GivePass, RevokePass
from bot.domain.pass_terms import PassKind, PassOffer, PassTerms
from bot.domain.people import BOT
from bot.domain.planning import ApplyPlans
from bot.domain.stream import Wake
from bot.domain.time import DAY, HOUR, MILLISECOND, MINUTE
from bot.storage.book import ChannelSettings
from tests.conftest import ALL_PLACES, CHANNEL, MIA, NOON, plan, running_lane, viewer

KEY_OPENS = NOON - DAY
BEGINS = NOON - 10 * MINUTE


def cup(gate: str, **changes):
    early = {"early": gate, "early_for": 10 * MINUTE, "early_units": 9}
    return plan("cup", announce_at=KEY_OPENS - HOUR, **{**early, **changes})


def token(kind: str = "unlock", **changes):
    """What opens the gate of the cup: a drop of its own, on the day before."""
    return plan("token", kind=kind, announce_at=KEY_OPENS - HOUR, opens_at=KEY_OPENS, window=HOUR, **changes)


async def begin(lane, clock, *plans):
    clock.at = KEY_OPENS - HOUR
    await lane.submit(ApplyPlans(CHANNEL, "config:1", BOT, plans))
    clock.at = KEY_OPENS
    await lane.submit(Wake(CHANNEL))


async def claim(lane, name: str, drop: str, *, request: str = "", platform: str = "twitch"):
    command = ClaimDrop(CHANNEL, request or f"{platform}:{name}-{drop}", viewer(name, platform), drop)
    return (await lane.submit(command)).decision


def is_in(decision) -> bool:
    if isinstance(decision, ClaimGranted):
        return True
    assert decision.because is ClaimRefusal.NOT_ENTITLED, decision
    return False


@pytest.mark.parametrize(
    ("after", "expected"),
    [(-MILLISECOND, True), (-1, True), (0, False), (MILLISECOND, False)],
)
async def test_an_unlock_token_runs_for_a_day_to_the_microsecond_also_over_a_restart(
    new_ledger, clock, after, expected
):
    granted_at = KEY_OPENS + MINUTE
    # The cup's early window covers the moment at which the token ends.
    opens_at = granted_at + DAY + 5 * MINUTE
    async with running_lane(new_ledger, clock) as lane:
        await begin(lane, clock, token(), cup("unlock", opens_at=opens_at))
        clock.at = granted_at
        assert isinstance(await claim(lane, "ann", "token"), ClaimGranted)
        clock.at = opens_at - 10 * MINUTE
        assert not is_in(await claim(lane, "ben", "cup"))
    async with running_lane(new_ledger, clock) as lane:
        clock.at = granted_at + DAY + after
        assert is_in(await claim(lane, "ann", "cup")) is expected


async def test_a_token_that_was_taken_back_unlocks_nothing(lane, clock):
    await begin(lane, clock, token(held_back=1), cup("unlock", opens_at=KEY_OPENS + HOUR))
    give = SteerDrop(CHANNEL, "twitch:give", MIA, Verb.GIVE, "token", receiver=viewer("ann"), why="a prize")
    clock.at = KEY_OPENS + 55 * MINUTE
    await lane.submit(give)
    await lane.submit(SteerDrop(CHANNEL, "twitch:undo", MIA, Verb.UNDO))
    assert not is_in(await claim(lane, "ann", "cup"))
    await lane.submit(SteerDrop(CHANNEL, "twitch:again", MIA, Verb.GIVE, "token", receiver=viewer("ann"), why="so"))
    assert is_in(await claim(lane, "ann", "cup", request="again"))


@pytest.mark.parametrize(
    ("kind", "gate", "expected"),
    [
        ("badge", "badge:token", True),
        ("badge", "badge:tokens", True),  # any occurrence of the series
        ("badge", "badge:other", False),
        ("badge", "pass:token", False),
        ("pass", "pass:token", True),
        ("badge", "unlock", False),
    ],
)
async def test_a_unit_answers_the_gates_that_name_its_drop_and_its_kind(lane, clock, kind, gate, expected):
    await begin(lane, clock, token(kind, series="tokens"), cup(gate))
    await claim(lane, "ann", "token")
    clock.at = BEGINS
    assert is_in(await claim(lane, "ann", "cup")) is expected
    assert not is_in(await claim(lane, "ben", "cup"))


@pytest.mark.parametrize(
    ("gate", "expires_at", "expected"),
    [
        ("pass:mod-vote", None, True),
        ("pass:mod_vote", None, True),
        ("pass:mod-vote", BEGINS + 1, True),
        ("pass:mod-vote", BEGINS, False),
        ("pass:game-night", None, False),
        ("pass:custom", None, False),
    ],
)
async def test_a_pass_that_can_be_spent_now_answers_the_gate_of_its_kind(lane, clock, gate, expires_at, expected):
    await begin(lane, clock, cup(gate))
    terms = PassTerms(PassKind.MOD_VOTE, expires_at=expires_at)
    await lane.submit(GivePass(CHANNEL, "twitch:give", MIA, terms, viewer("ann")))
    clock.at = BEGINS
    assert is_in(await claim(lane, "ann", "cup")) is expected
    assert not is_in(await claim(lane, "ben", "cup"))


async def test_a_pass_that_came_with_a_unit_lets_in_until_it_is_taken_away(lane, clock):
    brings = token("badge", passes=(PassOffer(PassKind.GAME_NIGHT),))
    await begin(lane, clock, brings, cup("pass:game-night", per_person=2))
    await claim(lane, "ann", "token")
    clock.at = BEGINS
    assert is_in(await claim(lane, "ann", "cup"))
    await lane.submit(RevokePass(CHANNEL, "discord:revoke", MIA, 1, "sold on", confirmed=True))
    assert not is_in(await claim(lane, "ann", "cup", request="again"))


async def test_what_one_account_holds_counts_for_the_linked_one(lane, clock):
    await begin(lane, clock, token("pass"), cup("pass:token"))
    await claim(lane, "ann", "token", platform="discord")
    clock.at = BEGINS
    assert not is_in(await claim(lane, "ann", "cup"))
    on_discord = viewer("ann", "discord")
    await lane.submit(LinkPeople(CHANNEL, "twitch:link", viewer("ann"), on_discord, confirmed=True))
    assert is_in(await claim(lane, "ann", "cup", request="again"))


async def test_whoever_is_on_the_list_is_in_by_their_account_and_not_by_their_name(new_ledger, clock):
    lists = {"founders": frozenset({("twitch", "id-ann"), ("discord", "id-cy")})}
    settings = ChannelSettings(CHANNEL, "teapot", ALL_PLACES, stream_watched=False, lists=lists)
    async with running_lane(new_ledger, clock, settings=settings) as lane:
        await begin(lane, clock, cup("listed:founders"))
        clock.at = BEGINS
        assert is_in(await claim(lane, "ann", "cup"))
        assert not is_in(await claim(lane, "ann", "cup", platform="discord"))
        assert not is_in(await claim(lane, "cy", "cup"))
        assert is_in(await claim(lane, "cy", "cup", platform="discord"))


async def test_a_list_that_is_not_there_lets_nobody_in(lane, clock):
    await begin(lane, clock, cup("listed:founders"))
    clock.at = BEGINS
    assert not is_in(await claim(lane, "ann", "cup"))
