"""What Twitch tells of people, over the wire: few calls, failures that are no evidence, events that are heard."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator
from dataclasses import dataclass, replace

import pytest
import pytest_asyncio

from bot.domain.entitlements import Source
from bot.domain.time import MINUTE, SECOND
from bot.platforms.twitch.evidence import TwitchEvidence
from bot.platforms.twitch.platform import TwitchPlatform
from bot.services.ports import EvidenceSource, PlaceDown, SendRefused
from bot.stage.server import Stage
from bot.stage.twitch.model import TwitchUser
from tests.platforms.evidence_rig import NotingEar, asked, counting_stage, source_of
from tests.platforms.rig import Heard, running, twitch_settings, until

pytestmark = pytest.mark.asyncio(loop_scope="module")

ALL = frozenset(
    {Source.TWITCH_SUBSCRIPTIONS, Source.TWITCH_FOLLOWERS, Source.TWITCH_VIPS, Source.TWITCH_MODERATORS}
)
SUBSCRIPTIONS, FOLLOWERS, VIPS = "/helix/subscriptions", "/helix/channels/followers", "/helix/channels/vips"


@dataclass
class House:
    """A bot on a stage. `at` is what its clock says."""

    stage: Stage
    calls: list[str]
    ear: NotingEar
    platform: TwitchPlatform
    heard: Heard

    def source(self, source: Source) -> EvidenceSource:
        return source_of(self.platform.evidence.sources, source)

    def fresh(self, **changes: str) -> TwitchEvidence:
        """Sources that have asked nothing yet."""
        settings = replace(twitch_settings(self.stage), **changes)
        return TwitchEvidence(settings, lambda: self.platform.bot, now, lambda: self.ear)

    def viewer(self, login: str) -> TwitchUser:
        return self.stage.twitch.find_user(login=login) or self.stage.twitch.add_user(login)

    def asked_of(self, path: str) -> int:
        return self.calls.count(path)


def now() -> int:
    return time.time_ns() // 1_000


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def house() -> AsyncIterator[House]:
    async with counting_stage() as (stage, calls):
        heard, ear = Heard(), NotingEar()
        platform = TwitchPlatform(
            twitch_settings(stage), install=heard.install, on_connected=heard.on_connected, ear=lambda: ear, now=now
        )
        async with running(platform.run):
            await until(lambda: heard.gaps, within=60.0)
            yield House(stage, calls, ear, platform, heard)


async def test_a_hundred_subscribers_cost_one_call(house: House) -> None:
    fans = [house.viewer(f"fan_{number}") for number in range(100)]
    house.stage.twitch.subscribe(fans[0], "2000", is_gift=True)
    for fan in fans[10:60]:
        house.stage.twitch.subscribe(fan, "3000")
    before = house.asked_of(SUBSCRIPTIONS)
    found = await asked(house.source(Source.TWITCH_SUBSCRIPTIONS), [fan.id for fan in fans], "subscriber", "gift")
    assert house.asked_of(SUBSCRIPTIONS) - before == 1
    assert (found[fans[0].id, "subscriber"], found[fans[0].id, "gift"]) == (2, 1)
    assert [found[fan.id, "subscriber"] for fan in fans[1:]] == [0] * 9 + [3] * 50 + [0] * 40
    assert {found[fan.id, "gift"] for fan in fans[1:]} == {0}


async def test_a_look_up_holds_from_the_start_of_its_call(house: House) -> None:
    house.stage.twitch.faults.delay_next("GET", SUBSCRIPTIONS, 0.3)
    before = now()
    found = await house.source(Source.TWITCH_SUBSCRIPTIONS).find([house.viewer("ann").id], ())
    assert {each.found_at < before + SECOND // 10 for each in found.values()} == {True}
    assert {each.valid_until - each.found_at for each in found.values()} == {MINUTE}  # a no


async def test_a_follower_is_told_with_the_instant_since_when(house: House) -> None:
    ann, bob = house.viewer("ann"), house.viewer("bob")
    house.stage.twitch.follow(ann)
    since = house.stage.twitch.followers[ann] // SECOND * SECOND
    source = house.source(Source.TWITCH_FOLLOWERS)
    assert await asked(source, [ann.id], "follower") == {(ann.id, "follower"): since}
    assert await asked(source, [bob.id], "follower") == {(bob.id, "follower"): 0}
    before = house.asked_of(FOLLOWERS)
    assert await asked(source, [bob.id], "follower") == {(bob.id, "follower"): 0}
    assert house.asked_of(FOLLOWERS) - before == 1


@pytest.mark.parametrize("scope", ["moderator:read:followers", "channel:read:subscriptions", "moderation:read"])
async def test_a_login_without_the_scope_is_refused_and_the_reason_names_it(house: House, scope: str) -> None:
    of = {
        "moderator:read:followers": (Source.TWITCH_FOLLOWERS, "bot_token", "follower"),
        "channel:read:subscriptions": (Source.TWITCH_SUBSCRIPTIONS, "broadcaster_token", "subscriber"),
        "moderation:read": (Source.TWITCH_MODERATORS, "broadcaster_token", "moderator"),
    }
    source, owner, question = of[scope]
    token = getattr(house.stage.cast, owner)
    scopes, token.scopes = token.scopes, token.scopes - {scope}
    try:
        with pytest.raises(SendRefused, match=scope):
            await asked(source_of(house.fresh().sources, source), [house.viewer("ann").id], question)
    finally:
        token.scopes = scopes


async def test_an_empty_list_of_followers_is_no_evidence_without_the_right_to_see_it(house: House) -> None:
    """Were Twitch to answer a user with an empty list instead of a refusal, it would still be none."""
    house.stage.twitch.follow(house.viewer("ann"))
    empty = {"total": 7, "data": [], "pagination": {}}
    house.stage.twitch.faults.fail_next("GET", FOLLOWERS, 200, times=2, body=empty)
    with pytest.raises(SendRefused, match="not who"):
        await asked(source_of(house.fresh().sources, Source.TWITCH_FOLLOWERS), ["12345"], "follower")


async def test_without_a_login_of_the_streamer_nothing_is_asked_with_another(house: House) -> None:
    before = len(house.calls)
    sources = house.fresh(channel_id="999").sources
    for source, question in ((Source.TWITCH_SUBSCRIPTIONS, "subscriber"), (Source.TWITCH_VIPS, "vip")):
        with pytest.raises(SendRefused, match="streamer_token"):
            await asked(source_of(sources, source), [house.viewer("ann").id], question)
    assert len(house.calls) == before


async def test_one_fetch_of_a_list_answers_for_everybody_and_events_keep_it_fresh(house: House) -> None:
    for number in range(140):
        house.viewer(f"vip_{number}").badges.add("vip")
    source, ann = source_of(house.fresh().sources, Source.TWITCH_VIPS), house.viewer("ann")
    before = house.asked_of(VIPS)
    vips = [house.viewer(f"vip_{number}").id for number in range(140)]
    assert set((await asked(source, vips, "vip")).values()) == {1}
    assert await asked(source, [ann.id], "vip") == {(ann.id, "vip"): 0}
    assert house.asked_of(VIPS) - before == 2  # a hundred a page
    source.changed(ann.id, is_on=True)  # type: ignore[attr-defined]  # of the lists alone
    source.changed(vips[0], is_on=False)  # type: ignore[attr-defined]  # the same
    assert await asked(source, [ann.id, vips[0]], "vip") == {(ann.id, "vip"): 1, (vips[0], "vip"): 0}
    assert house.asked_of(VIPS) - before == 2


async def test_the_age_of_an_account_is_told_once_for_good(house: House) -> None:
    ann = house.viewer("ann")
    source = house.source(Source.ACCOUNTS)
    found = await asked(source, [ann.id, "1"], "account_days")
    assert found == {(ann.id, "account_days"): ann.created_at // SECOND * SECOND, ("1", "account_days"): 0}


@pytest.mark.parametrize("status", [500, 429])
async def test_a_failure_is_no_answer_and_says_when_to_ask_again(house: House, status: int) -> None:
    headers = {"Ratelimit-Reset": str(int(time.time()) + 20)} if status == 429 else {}
    house.stage.twitch.faults.fail_next("GET", SUBSCRIPTIONS, status, headers=headers)
    with pytest.raises(PlaceDown) as down:
        await asked(house.source(Source.TWITCH_SUBSCRIPTIONS), [house.viewer("ann").id], "subscriber")
    if status == 429:
        assert 17 <= (down.value.retry_after_seconds or 0) <= 20


NO_TIER = '{"data": [{"user_id": "1"}]}'
NEW_TIER = '{"data": [{"user_id": "1", "tier": "9000", "is_gift": false}]}'


@pytest.mark.parametrize("body", ['{"data": "x"}', "[]", NO_TIER, NEW_TIER])
async def test_an_answer_that_cannot_be_read_is_no_answer(house: House, body: str) -> None:
    house.stage.twitch.faults.fail_next("GET", SUBSCRIPTIONS, 200, body=body)
    with pytest.raises(PlaceDown):
        await asked(house.source(Source.TWITCH_SUBSCRIPTIONS), ["1"], "subscriber")


SINCE = "2024-01-01T00:00:00Z"
SOMEBODY_ELSE = {
    "user_id": "2",
    "tier": "1000",
    "is_gift": False,
    "followed_at": SINCE,
    "id": "2",
    "created_at": SINCE,
}


@pytest.mark.parametrize(
    ("path", "source", "question"),
    [
        (SUBSCRIPTIONS, Source.TWITCH_SUBSCRIPTIONS, "subscriber"),
        (FOLLOWERS, Source.TWITCH_FOLLOWERS, "follower"),
        ("/helix/users", Source.ACCOUNTS, "account_days"),
    ],
)
async def test_an_answer_about_somebody_else_is_no_answer(
    house: House, path: str, source: Source, question: str
) -> None:
    body = {"total": 1, "data": [SOMEBODY_ELSE]}
    house.stage.twitch.faults.fail_next("GET", path, 200, body=body)
    with pytest.raises(PlaceDown):
        await asked(house.source(source), ["1"], question)


async def test_an_expired_login_is_renewed_in_between(house: House) -> None:
    ann = house.viewer("ann")
    world = house.stage.twitch
    expired = next(each for each in world.tokens if each.user is world.broadcaster and not each.revoked)
    expired.expires_at = 0
    found = await asked(house.source(Source.TWITCH_SUBSCRIPTIONS), [ann.id], "subscriber")
    assert found[ann.id, "subscriber"] == 0


async def test_the_badge_of_a_line_tells_a_founder_and_the_line_that_somebody_is_about(house: House) -> None:
    ann, bob = house.viewer("ann"), house.viewer("bob")
    ann.badges.add("founder")
    house.stage.twitch.say(ann, "!claim mug")
    house.stage.twitch.say(bob, "!claim mug")
    await until(lambda: ("twitch", bob.id) in house.ear.met)
    assert house.ear.noted["twitch", ann.id]["founder"] == 1
    assert house.ear.noted["twitch", bob.id]["founder"] == 0
    source = house.source(Source.TWITCH_BADGES)
    ann.badges.discard("founder")
    ann.badges.add("subscriber")
    house.ear.met.clear()
    house.stage.twitch.say(ann, "hello again")
    await until(lambda: house.ear.met)
    assert await asked(source, [ann.id, bob.id], "founder") == {(ann.id, "founder"): 1, (bob.id, "founder"): 0}


async def test_only_events_that_a_gate_needs_are_listened_for_and_each_is_heard(house: House) -> None:
    world, ear = house.stage.twitch, house.ear
    assert not [s for s in world.sessions.subscriptions() if s.type.name.startswith("channel.vip")]
    house.platform.listen_for(ALL)
    await until(lambda: len(house.stage.twitch.sessions.subscriptions()) == 3 + 7)
    cleo = house.viewer("cleo")
    ear.noted.clear()
    world.subscribe(cleo, "2000", is_gift=True)
    world.follow(cleo)
    world.grant_badge(cleo, "vip")
    world.grant_badge(cleo, "moderator")
    about = ear.noted.setdefault(("twitch", cleo.id), {})
    await until(lambda: len(about) == 5)
    assert (about["subscriber"], about["gift"], about["vip"], about["moderator"]) == (2, 1, 1, 1)
    assert abs(about["follower"] - now()) < MINUTE
    world.end_subscription(cleo)
    world.remove_badge(cleo, "vip")
    world.remove_badge(cleo, "moderator")
    await until(lambda: ear.voided and not about["vip"] and not about["moderator"])
    assert ear.voided == [(("twitch", cleo.id), {"subscriber", "gift"})]


async def test_events_that_are_refused_cost_nothing_but_freshness(house: House) -> None:
    """The streamer's socket comes and goes: chat is heard all the while, and nobody speaks of a gap."""
    assert house.stage.cast is not None
    world, token = house.stage.twitch, house.stage.cast.broadcaster_token
    tokens = [each for each in world.tokens if each.user is world.broadcaster]
    kept = [each.scopes for each in tokens]
    for each in tokens:
        each.scopes = frozenset({"channel:bot"})
    gaps = len(house.heard.gaps)
    try:
        house.platform.listen_for(frozenset())
        for session in list(world.sessions):
            if any(s.user is world.broadcaster for s in session.subscriptions.values()):
                session.outlet.close(4000)
        house.platform.listen_for(frozenset({Source.TWITCH_VIPS}))
        bot = house.platform.bot
        assert bot is not None
        await until(lambda: len(bot.eventsub._put_off) == 2)
        await until(lambda: bot.eventsub.sockets_connected == 1)
        house.stage.twitch.say(house.viewer("bob"), "still here?")
        await until(lambda: "still here?" in house.heard.lines)
        assert house.platform.connected
        assert len(house.heard.gaps) == gaps
    finally:
        for each, scopes in zip(tokens, kept, strict=True):
            each.scopes = scopes
    assert token in tokens
