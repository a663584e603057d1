"""Twitch's own polls over the wire: put, read, ended, heard of, and every way in which Twitch says no."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass, field, replace

import pytest
import pytest_asyncio

from bot.domain.native_polls import NativeAsk, NativePoll, NativeStatus
from bot.domain.time import SECOND
from bot.platforms.twitch.platform import TwitchPlatform
from bot.platforms.twitch.polls import TwitchPolls
from bot.platforms.twitch.subscriptions import poll_subscriptions
from bot.services.ports import NotAllowed, PlaceDown, SendRefused
from bot.stage.server import Stage
from tests.platforms.evidence_rig import counting_stage
from tests.platforms.rig import Heard, running, twitch_settings, until

pytestmark = pytest.mark.asyncio(loop_scope="module")

PATH, END = "/helix/polls", "channel.poll.end"
ASK = NativeAsk("Colour of the next mug?", ("teal", "plum", "sand"), 60)


@dataclass
class House:
    """A bot on a stage, and the polls of whose end it was told."""

    stage: Stage
    platform: TwitchPlatform
    ended: list[NativePoll] = field(default_factory=list)

    @property
    def polls(self) -> TwitchPolls:
        return self.platform.polls

    @property
    def hears(self) -> bool:
        return any(each.type.name == END for each in self.stage.twitch.sessions.subscriptions())


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def running_house() -> AsyncIterator[House]:
    async with counting_stage() as (stage, _):
        heard, ended = Heard(), list[NativePoll]()
        platform = TwitchPlatform(
            twitch_settings(stage), install=heard.install, on_connected=heard.on_connected, on_poll=ended.append
        )
        async with running(platform.run):
            await until(lambda: heard.gaps, within=60.0)
            yield House(stage, platform, ended)


@pytest_asyncio.fixture(loop_scope="module")
async def house(running_house: House) -> AsyncIterator[House]:
    """The same house, with no poll left on."""
    twitch = running_house.stage.twitch
    running_house.ended.clear()
    yield running_house
    if twitch.polls.running is not None:
        twitch.polls.end(twitch.polls.running.id, "ARCHIVED")
    twitch.broadcaster_type = "affiliate"


async def test_a_poll_is_put_as_it_was_asked_and_nobody_pays_for_votes(house: House) -> None:
    put = await house.polls.open(ASK)
    on = house.stage.twitch.polls.running
    assert on is not None
    assert (on.title, tuple(each.title for each in on.choices), on.seconds) == (ASK.title, ASK.choices, 60)
    assert on.points_per_vote == 0
    assert (put.id, put.title, put.choices, put.counts) == (on.id, ASK.title, ASK.choices, (0, 0, 0))
    assert put.active
    assert abs(put.started_at - on.started_at) < SECOND


async def test_votes_are_read_and_the_newest_poll_comes_first(house: House) -> None:
    before = await house.polls.open(ASK)
    await house.polls.end(before.id)
    put = await house.polls.open(ASK)
    ann, bob = (house.stage.twitch.find_user(login=n) or house.stage.twitch.add_user(n) for n in ("ann", "bob"))
    assert house.stage.twitch.vote(ann, 2)
    assert house.stage.twitch.vote(bob, "sand")
    seen = await house.polls.newest()
    assert [each.id for each in seen[:2]] == [put.id, before.id]
    assert (seen[0].counts, seen[0].status, seen[0].ended_at) == ((0, 1, 1), NativeStatus.ACTIVE, None)


@pytest.mark.parametrize(("hide", "status"), [(False, NativeStatus.TERMINATED), (True, NativeStatus.ARCHIVED)])
async def test_a_poll_is_ended_and_ending_it_again_is_refused(
    house: House, hide: bool, status: NativeStatus
) -> None:
    put = await house.polls.open(ASK)
    ended = await house.polls.end(put.id, hide=hide)
    assert (ended.id, ended.status, ended.active) == (put.id, status, False)
    assert ended.ended_at is not None
    with pytest.raises(SendRefused, match="must be active") as refused:
        await house.polls.end(put.id)
    assert not isinstance(refused.value, NotAllowed)


async def test_a_second_poll_is_refused_in_twitchs_words_while_one_runs(house: House) -> None:
    await house.polls.open(ASK)
    with pytest.raises(SendRefused, match="already has a poll that's running") as refused:
        await house.polls.open(ASK)
    assert not isinstance(refused.value, NotAllowed)
    assert refused.value.retry_after_seconds is None


async def test_what_is_too_long_is_refused_and_nothing_is_put(house: House) -> None:
    with pytest.raises(SendRefused, match="400"):
        await house.polls.open(NativeAsk("x" * 61, ("y", "n"), 60))
    assert house.stage.twitch.polls.running is None


async def test_a_channel_that_is_no_affiliate_is_not_allowed(house: House) -> None:
    house.stage.twitch.broadcaster_type = ""
    for asked in (house.polls.open(ASK), house.polls.newest()):
        with pytest.raises(NotAllowed, match="not a partner or affiliate"):
            await asked


async def test_a_login_without_the_scope_is_not_allowed_and_the_reason_names_it(house: House) -> None:
    token = house.stage.cast.broadcaster_token  # type: ignore[union-attr]  # the stage is seeded
    scopes, token.scopes = token.scopes, token.scopes - {"channel:manage:polls"}
    try:
        with pytest.raises(NotAllowed, match="channel:manage:polls"):
            await house.polls.open(ASK)
    finally:
        token.scopes = scopes


async def test_without_the_streamers_login_nothing_is_asked(house: House) -> None:
    settings = twitch_settings(house.stage, channel_id="404")
    polls = TwitchPolls(settings, lambda: house.platform.bot, lambda: None)
    with pytest.raises(NotAllowed, match="streamer_token"):
        await polls.open(ASK)


async def test_before_the_login_and_while_twitch_fails_the_place_is_down(house: House) -> None:
    nowhere = TwitchPolls(twitch_settings(house.stage), lambda: None, lambda: None)
    with pytest.raises(PlaceDown):
        await nowhere.newest()
    house.stage.twitch.faults.fail_next("POST", PATH, 500)
    with pytest.raises(PlaceDown, match="500"):
        await house.polls.open(ASK)
    house.stage.twitch.faults.fail_next("GET", PATH, 429)
    with pytest.raises(PlaceDown) as limited:
        await house.polls.newest()
    assert limited.value.retry_after_seconds is not None


@pytest.mark.parametrize("body", [{"data": [{"id": "1"}]}, {"data": []}, {"data": ["x"]}, {"data": "x"}, {}])
async def test_an_answer_that_cannot_be_read_is_no_poll(house: House, body: dict[str, object]) -> None:
    house.stage.twitch.faults.fail_next("POST", PATH, 200, body=body)
    with pytest.raises(PlaceDown):
        await house.polls.open(ASK)


async def test_a_status_that_twitch_comes_up_with_counts_for_nothing(house: House) -> None:
    put = await house.polls.open(ASK)
    row = {
        "id": put.id,
        "title": ASK.title,
        "choices": [{"title": "teal", "votes": 3}],
        "status": "FROZEN",
        "started_at": "2026-11-23T20:00:00.123456789Z",
        "ended_at": None,
    }
    house.stage.twitch.faults.fail_next("GET", PATH, 200, body={"data": [row]})
    [seen] = await house.polls.newest()
    assert (seen.status, seen.active, seen.counts) == (NativeStatus.INVALID, False, (3,))


async def test_an_end_is_told_once_somebody_wants_to_know_and_as_often_as_twitch_tells_it(house: House) -> None:
    assert not house.hears
    house.polls.listen()
    await until(lambda: house.hears)
    house.stage.twitch.polls.archive_seconds = 0.05
    put = await house.polls.open(ASK)
    ann = house.stage.twitch.find_user(login="ann") or house.stage.twitch.add_user("ann")
    assert house.stage.twitch.vote(ann, 2)
    ended = await house.polls.end(put.id)
    await until(lambda: len(house.ended) == 2)
    assert [each.status for each in house.ended] == [NativeStatus.TERMINATED, NativeStatus.ARCHIVED]
    assert {(each.id, each.title, each.choices, each.counts) for each in house.ended} == {
        (put.id, ASK.title, ASK.choices, (0, 1, 0))
    }
    assert {each.ended_at for each in house.ended} == {ended.ended_at}


async def test_without_the_streamers_login_no_end_is_listened_for(house: House) -> None:
    settings = twitch_settings(house.stage)
    assert [each.name for each in poll_subscriptions(settings)] == [END]
    assert poll_subscriptions(replace(settings, streamer_token="")) == ()
    one = replace(settings, streamer_token="", bot_id=settings.channel_id)
    assert [each.owner for each in poll_subscriptions(one)] == [settings.channel_id]
