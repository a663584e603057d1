"""Channel-point rewards: offered by the application, redeemed by viewers, fulfilled or refunded."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from typing import Any

import aiohttp
import pytest

from bot.stage.server import Stage
from bot.stage.twitch.model import TwitchUser
from bot.stage.twitch.rewards import RedeemRefusal, Redemption, RewardSettings
from bot.stage.twitch.world import TwitchWorld
from tests.stage.twitch.helpers import Caller, HandClock, hear, seen, subscribe

REWARD = "channel.channel_points_custom_reward"
REDEMPTION = f"{REWARD}_redemption"
MUG = RewardSettings(title="Claim the mug", cost=500)


def test_a_redemption_is_told_when_it_comes_and_when_it_is_settled(world: TwitchWorld, ann: TwitchUser) -> None:
    outlet = hear(world, f"{REDEMPTION}.add", f"{REDEMPTION}.update")
    reward = world.rewards.create(MUG)
    redemption = world.redeem(ann, "Claim the mug")
    assert isinstance(redemption, Redemption)
    world.rewards.settle(redemption, "CANCELED")

    [added], [updated] = outlet.told(f"{REDEMPTION}.add"), outlet.told(f"{REDEMPTION}.update")
    assert (added["user_login"], added["reward"]["id"], added["reward"]["cost"]) == ("ann", reward.id, 500)
    assert (added["status"], updated["status"]) == ("unfulfilled", "canceled")
    assert added["id"] == updated["id"] == redemption.id
    assert [(each.author, each.data["state"]) for each in seen(world, "redemption")] == [
        (ann.id, "unfulfilled"),
        (ann.id, "canceled"),
    ]


def test_a_reward_is_told_as_it_comes_changes_and_goes(world: TwitchWorld, ann: TwitchUser) -> None:
    outlet = hear(world, *(f"{REWARD}.{what}" for what in ("add", "update", "remove")), f"{REDEMPTION}.update")
    reward = world.rewards.create(MUG)
    world.redeem(ann, reward.id)
    world.rewards.update(reward, replace(MUG, paused=True))
    world.rewards.delete(reward)
    assert [event["is_paused"] for event in outlet.told(f"{REWARD}.update")] == [True]
    assert [event["id"] for event in outlet.told(f"{REWARD}.remove")] == [reward.id]
    # Whatever waits when a reward goes counts as fulfilled.
    assert [event["status"] for event in outlet.told(f"{REDEMPTION}.update")] == ["fulfilled"]


def test_a_condition_can_name_one_reward(world: TwitchWorld, ann: TwitchUser) -> None:
    mug, cup = world.rewards.create(MUG), world.rewards.create(replace(MUG, title="Claim the cup"))
    outlet = hear(world)
    [session] = world.sessions
    subscribe(world, session, f"{REDEMPTION}.add", reward_id=cup.id)
    subscribe(world, session, f"{REWARD}.update", reward_id=cup.id)
    for reward in (mug, cup):
        world.redeem(ann, reward.id)
        world.rewards.update(reward, replace(reward.settings, cost=7))
    assert [event["reward"]["id"] for event in outlet.told(f"{REDEMPTION}.add")] == [cup.id]
    assert [event["id"] for event in outlet.told(f"{REWARD}.update")] == [cup.id]


@pytest.mark.parametrize(
    ("settings", "expected"),
    [
        ({}, None),
        ({"enabled": False}, RedeemRefusal.DISABLED),
        ({"paused": True}, RedeemRefusal.PAUSED),
        ({"max_per_stream": 1}, RedeemRefusal.OUT_OF_STOCK),
        ({"max_per_user_per_stream": 1}, RedeemRefusal.ONCE_TOO_OFTEN),
        ({"cooldown_seconds": 60}, RedeemRefusal.COOLING_DOWN),
        ({"needs_input": True}, RedeemRefusal.INPUT_MISSING),
    ],
)
def test_the_second_press_of_a_button_meets_its_limits(
    world: TwitchWorld, ann: TwitchUser, settings: dict[str, Any], expected: RedeemRefusal | None
) -> None:
    world.go_live()
    reward = world.rewards.create(MUG)
    world.redeem(ann, reward.id)
    world.rewards.update(reward, replace(MUG, **settings))
    if "cooldown_seconds" in settings:
        assert isinstance(world.redeem(ann, reward.id), Redemption)
    said = world.redeem(ann, reward.id)
    assert (said if isinstance(said, RedeemRefusal) else None) is expected
    assert world.redeem(ann, "no such reward") is RedeemRefusal.UNKNOWN


def test_a_refund_does_not_put_a_limited_reward_back_in_stock_and_a_new_stream_does(
    world: TwitchWorld, ann: TwitchUser
) -> None:
    world.go_live()
    reward = world.rewards.create(replace(MUG, max_per_stream=1))
    redemption = world.redeem(ann, reward.id)
    assert isinstance(redemption, Redemption)
    world.rewards.settle(redemption, "CANCELED")
    assert (reward.in_stock, world.redeem(ann, reward.id)) == (False, RedeemRefusal.OUT_OF_STOCK)
    world.go_offline()
    world.go_live()
    assert isinstance(world.redeem(ann, reward.id), Redemption)


def test_off_the_air_nothing_counts_against_the_limits_of_a_stream(world: TwitchWorld, ann: TwitchUser) -> None:
    reward = world.rewards.create(replace(MUG, max_per_stream=1))
    for _ in range(2):
        assert isinstance(world.redeem(ann, reward.id), Redemption)
    assert world.rewards.moment(reward)["redeemed"] is None
    world.go_live()
    assert world.rewards.moment(reward)["redeemed"] == 0


def test_a_cooldown_is_over_when_the_clock_says_so(world: TwitchWorld, clock: HandClock, ann: TwitchUser) -> None:
    reward = world.rewards.create(replace(MUG, cooldown_seconds=60))
    world.redeem(ann, reward.id)
    clock.advance(59.9)
    assert world.redeem(ann, reward.id) is RedeemRefusal.COOLING_DOWN
    clock.advance(0.1)
    assert isinstance(world.redeem(ann, reward.id), Redemption)


def test_what_is_typed_for_a_reward_stands_in_chat_with_its_id(world: TwitchWorld, ann: TwitchUser) -> None:
    outlet = hear(world, "channel.chat.message")
    reward = world.rewards.create(replace(MUG, needs_input=True, skips_queue=True))
    redemption = world.redeem(ann, reward.id, "the teal one")
    assert isinstance(redemption, Redemption)
    assert redemption.status == "FULFILLED"
    [line] = outlet.events
    assert (line["message"]["text"], line["channel_points_custom_reward_id"]) == ("the teal one", reward.id)


# Over the wire


@pytest.fixture
async def caller() -> AsyncIterator[Caller]:
    async with Stage() as stage, aiohttp.ClientSession() as http:
        yield Caller(stage, http)


PATH = "channel_points/custom_rewards"


def here(caller: Caller, **more: str) -> dict[str, str]:
    return {"broadcaster_id": caller.stage.twitch.broadcaster.id, **more}


async def create(caller: Caller, **more: Any) -> tuple[int, Any]:
    body = {"title": "Claim the mug", "cost": 500, **more}
    return await caller.post(PATH, body, here(caller), token=caller.broadcaster_token)


async def test_a_program_offers_a_reward_and_answers_its_redemptions(caller: Caller) -> None:
    world, owner = caller.stage.twitch, caller.broadcaster_token
    _, created = await create(caller, is_max_per_stream_enabled=True, max_per_stream=48)
    reward_id = created["data"][0]["id"]
    first, second = (world.redeem(world.add_user(name), reward_id) for name in ("ann", "bob"))
    assert isinstance(first, Redemption)
    assert isinstance(second, Redemption)
    path, query = f"{PATH}/redemptions", here(caller, reward_id=reward_id)

    waiting = await caller.get(path, {**query, "status": "UNFULFILLED", "sort": "NEWEST"}, token=owner)
    settle = {**query, "id": first.id}
    fulfilled = await caller.request("PATCH", path, settle, {"status": "FULFILLED"}, token=owner)
    again = await caller.request("PATCH", path, settle, {"status": "CANCELED"}, token=owner)
    left = await caller.get(path, {**query, "status": "UNFULFILLED"}, token=owner)

    assert created["data"][0]["max_per_stream_setting"] == {"is_enabled": True, "max_per_stream": 48}
    assert [each["user_login"] for each in waiting[1]["data"]] == ["bob", "ann"]
    assert (fulfilled[0], fulfilled[1]["data"][0]["status"], again[0]) == (200, "FULFILLED", 404)
    assert [each["id"] for each in left[1]["data"]] == [second.id]


async def test_redemptions_are_settled_together_or_not_at_all(caller: Caller) -> None:
    world, owner = caller.stage.twitch, caller.broadcaster_token
    _, created = await create(caller)
    reward_id = created["data"][0]["id"]
    waiting, settled = (world.redeem(world.add_user(name), reward_id) for name in ("ann", "bob"))
    assert isinstance(settled, Redemption)
    assert isinstance(waiting, Redemption)
    world.rewards.settle(settled, "CANCELED")
    url = f"{PATH}/redemptions?id={settled.id}&id={waiting.id}"
    query = here(caller, reward_id=reward_id)
    status, _ = await caller.request("PATCH", url, query, {"status": "FULFILLED"}, token=owner)
    assert (status, waiting.status) == (404, "UNFULFILLED")


@pytest.mark.parametrize(
    ("change", "status"),
    [
        ({}, 200),
        ({"title": "x" * 46}, 400),
        ({"title": None}, 400),
        ({"title": " "}, 400),
        ({"cost": 0}, 400),
        ({"cost": None}, 400),
        ({"prompt": "x" * 201}, 400),
        ({"background_color": "teal"}, 400),
        ({"is_max_per_stream_enabled": True}, 400),
        ({"is_max_per_stream_enabled": True, "max_per_stream": 0}, 400),
        ({"is_global_cooldown_enabled": True, "global_cooldown_seconds": 604_801}, 400),
        ({"is_global_cooldown_enabled": True, "global_cooldown_seconds": 60}, 200),
    ],
)
async def test_a_reward_has_to_fit(caller: Caller, change: dict[str, Any], status: int) -> None:
    answered, _ = await create(caller, **change)
    assert (answered, len(caller.stage.twitch.rewards.all)) == (status, int(status == 200))


async def test_a_title_is_taken_once_and_fifty_rewards_are_the_most(caller: Caller) -> None:
    statuses = [(await create(caller, title=f"Mug {number}"))[0] for number in range(51)]
    assert statuses == [200] * 50 + [400]
    rewards = caller.stage.twitch.rewards
    rewards.delete(next(iter(rewards.all.values())))
    assert (await create(caller, title="Mug 7"))[0] == 400


async def test_a_reward_changes_in_what_is_named_and_keeps_the_rest(caller: Caller) -> None:
    _, created = await create(caller, is_max_per_stream_enabled=True, max_per_stream=48, prompt="One each")
    query = here(caller, id=created["data"][0]["id"])
    body = {"cost": 5, "is_max_per_stream_enabled": False, "is_paused": True}
    status, changed = await caller.request("PATCH", PATH, query, body, token=caller.broadcaster_token)
    [reward] = changed["data"]
    assert (status, reward["cost"], reward["prompt"], reward["is_paused"]) == (200, 5, "One each", True)
    assert reward["max_per_stream_setting"]["is_enabled"] is False


async def test_what_the_streamer_made_by_hand_is_seen_and_not_touched(caller: Caller) -> None:
    owner, rewards = caller.broadcaster_token, caller.stage.twitch.rewards
    by_hand = rewards.create(MUG, by_app=False)
    await create(caller, title="Claim the cup")
    _, every = await caller.get(PATH, here(caller), token=owner)
    _, own = await caller.get(PATH, here(caller, only_manageable_rewards="true"), token=owner)
    status, _ = await caller.request("DELETE", PATH, here(caller, id=by_hand.id), token=owner)
    unknown, _ = await caller.request("DELETE", PATH, here(caller, id="nowhere"), token=owner)
    assert [len(every["data"]), len(own["data"]), status, unknown] == [2, 1, 403, 404]
    own_id = own["data"][0]["id"]
    assert (await caller.request("DELETE", PATH, here(caller, id=own_id), token=owner))[0] == 204
    assert list(rewards.all) == [by_hand.id]


async def test_a_small_channel_has_no_rewards_and_a_poor_token_no_say(caller: Caller) -> None:
    assert (await caller.get(PATH, here(caller)))[0] == 401
    caller.stage.twitch.broadcaster_type = ""
    assert (await create(caller))[0] == 403
