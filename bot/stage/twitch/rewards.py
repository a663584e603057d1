"""Channel-point rewards: what the application offers, what viewers redeem, and how each redemption ends."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Any, Literal

from bot.stage.record import SECOND
from bot.stage.twitch import reward_payloads
from bot.stage.twitch.model import Problem, TwitchUser

if TYPE_CHECKING:
    from bot.stage.twitch.world import TwitchWorld

REWARDS_MAX = 50


@dataclass(frozen=True, slots=True)
class RewardSettings:
    """What whoever manages a reward may set; a limit or cooldown of 0 is switched off."""

    title: str
    cost: int
    prompt: str = ""
    enabled: bool = True
    paused: bool = False
    needs_input: bool = False
    skips_queue: bool = False
    background_color: str = "#00E5CB"
    max_per_stream: int = 0
    max_per_user_per_stream: int = 0
    cooldown_seconds: int = 0


@dataclass(eq=False, slots=True)
class Reward:
    """A reward; `by_app` is false for one that the streamer made by hand, which the application cannot touch."""

    id: str
    settings: RewardSettings
    by_app: bool
    redeemed_this_stream: int = 0
    redeemed_by: dict[TwitchUser, int] = field(default_factory=dict)
    cooldown_until: int = 0

    @property
    def in_stock(self) -> bool:
        most = self.settings.max_per_stream
        return not most or self.redeemed_this_stream < most


class RedemptionStatus(StrEnum):
    UNFULFILLED = "UNFULFILLED"
    FULFILLED = "FULFILLED"
    CANCELED = "CANCELED"


@dataclass(eq=False, slots=True)
class Redemption:
    """One viewer's redemption, with the reward as it was at that moment."""

    id: str
    reward_id: str
    settings: RewardSettings
    user: TwitchUser
    user_input: str
    redeemed_at: int
    status: RedemptionStatus = RedemptionStatus.UNFULFILLED


class RedeemRefusal(StrEnum):
    """Why the button did nothing, in order of precedence."""

    UNKNOWN = "unknown"
    DISABLED = "disabled"
    PAUSED = "paused"
    OUT_OF_STOCK = "out of stock"
    ONCE_TOO_OFTEN = "once too often"
    COOLING_DOWN = "cooling down"
    INPUT_MISSING = "input missing"


class Rewards:
    """All rewards and redemptions of the channel. Viewers' points are not counted: everybody has enough."""

    def __init__(self, world: TwitchWorld) -> None:
        self._world = world
        self.all: dict[str, Reward] = {}
        self.redemptions: dict[str, Redemption] = {}

    def create(self, settings: RewardSettings, *, by_app: bool = True) -> Reward:
        """Offer a reward; raises Problem 400 for a title that is taken and for one reward too many."""
        if len(self.all) >= REWARDS_MAX:
            raise Problem(400, "CREATE_CUSTOM_REWARD_TOO_MANY_REWARDS")
        self._check_title(settings.title)
        reward = Reward(str(uuid.uuid4()), settings, by_app)
        self.all[reward.id] = reward
        self._tell_reward(reward, "add")
        return reward

    def update(self, reward: Reward, settings: RewardSettings) -> None:
        """Change a reward; raises Problem 400 when the new title is taken."""
        if settings.title != reward.settings.title:
            self._check_title(settings.title)
        reward.settings = settings
        self._tell_reward(reward, "update")

    def delete(self, reward: Reward) -> None:
        """Take a reward away; whatever waits for an answer counts as fulfilled."""
        del self.all[reward.id]
        waiting = [each for each in self.of(reward) if each.status is RedemptionStatus.UNFULFILLED]
        for redemption in waiting:
            self.settle(redemption, "FULFILLED")
        self._tell_reward(reward, "remove")

    def redeem(self, user: TwitchUser, wanted: str, user_input: str = "") -> Redemption | RedeemRefusal:
        """A viewer presses the button of a reward, named by id or title."""
        reward = self.all.get(wanted) or next((r for r in self.all.values() if r.settings.title == wanted), None)
        refusal = self._refusal(reward, user, user_input)
        if reward is None or refusal is not None:
            return refusal or RedeemRefusal.UNKNOWN
        settings, now = reward.settings, self._world.clock()
        redemption = Redemption(str(uuid.uuid4()), reward.id, settings, user, user_input, now)
        if settings.skips_queue:
            redemption.status = RedemptionStatus.FULFILLED
        self.redemptions[redemption.id] = redemption
        if self._world.stream is not None:
            # A refunded redemption stays counted, as on Twitch: the limit is no measure of a supply.
            reward.redeemed_this_stream += 1
            reward.redeemed_by[user] = reward.redeemed_by.get(user, 0) + 1
        reward.cooldown_until = now + settings.cooldown_seconds * SECOND
        self._tell_redemption(redemption, "add")
        if settings.needs_input:
            self._world.say_with_reward(user, user_input, reward.id)
        return redemption

    def settle(self, redemption: Redemption, status: Literal["FULFILLED", "CANCELED"]) -> None:
        """Fulfil a redemption, or cancel it and give the points back; raises Problem 404 when it is settled."""
        if redemption.status is not RedemptionStatus.UNFULFILLED:
            raise Problem(404, "The redemptions were not found or their statuses weren't marked as UNFULFILLED.")
        redemption.status = RedemptionStatus(status)
        self._tell_redemption(redemption, "update")

    def of(self, reward: Reward) -> list[Redemption]:
        """Oldest first."""
        return [each for each in self.redemptions.values() if each.reward_id == reward.id]

    def new_stream(self) -> None:
        """Limits a stream count anew with every stream."""
        for reward in self.all.values():
            reward.redeemed_this_stream = 0
            reward.redeemed_by.clear()

    def named(self, ids: Iterable[str]) -> list[Reward]:
        return [self.all[each] for each in dict.fromkeys(ids) if each in self.all]

    def _refusal(self, reward: Reward | None, user: TwitchUser, user_input: str) -> RedeemRefusal | None:
        if reward is None:
            return RedeemRefusal.UNKNOWN
        settings = reward.settings
        most_for_one = settings.max_per_user_per_stream
        checks = (
            (not settings.enabled, RedeemRefusal.DISABLED),
            (settings.paused, RedeemRefusal.PAUSED),
            (not reward.in_stock, RedeemRefusal.OUT_OF_STOCK),
            (bool(most_for_one) and reward.redeemed_by.get(user, 0) >= most_for_one, RedeemRefusal.ONCE_TOO_OFTEN),
            (self._world.clock() < reward.cooldown_until, RedeemRefusal.COOLING_DOWN),
            (settings.needs_input and not user_input.strip(), RedeemRefusal.INPUT_MISSING),
        )
        return next((refusal for refused, refusal in checks if refused), None)

    def _check_title(self, title: str) -> None:
        if any(each.settings.title == title for each in self.all.values()):
            raise Problem(400, "CREATE_CUSTOM_REWARD_DUPLICATE_REWARD")

    def _tell_reward(self, reward: Reward, what: str) -> None:
        world = self._world
        event = reward_payloads.reward_event(reward, world.broadcaster, **self.moment(reward))
        world.notify(f"channel.channel_points_custom_reward.{what}", event)

    def _tell_redemption(self, redemption: Redemption, what: str) -> None:
        world = self._world
        world.note(
            "redemption",
            redemption.settings.title,
            redemption.user,
            place="twitch:rewards",
            redemption_id=redemption.id,
            reward_id=redemption.reward_id,
            input=redemption.user_input,
            state=redemption.status.lower(),
        )
        event = reward_payloads.redemption_event(redemption, world.broadcaster)
        world.notify(f"channel.channel_points_custom_reward_redemption.{what}", event)

    def moment(self, reward: Reward) -> dict[str, Any]:
        """What is shown of a reward and depends on the clock and the stream."""
        cooling = reward.cooldown_until > self._world.clock()
        return {
            "cooldown_until": reward.cooldown_until if cooling else None,
            "redeemed": reward.redeemed_this_stream if self._world.stream is not None else None,
        }
