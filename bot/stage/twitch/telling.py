"""How the local Twitch tells: events to subscriptions as the planned faults have it, and lines to the record."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

from bot.stage.record import Record, Seen
from bot.stage.twitch import payloads
from bot.stage.twitch.faults import Faults
from bot.stage.twitch.model import TwitchUser
from bot.stage.twitch.sessions import Sessions
from bot.stage.twitch.subscriptions import Subscription
from bot.stage.twitch.tokens import Tokens

Frame = dict[str, Any]
_LINE = "channel.chat.message"


class Telling:
    """What a world needs to make itself heard. The clock gives microseconds since the epoch, UTC."""

    def __init__(self, record: Record, clock: Callable[[], int]) -> None:
        self.record = record
        self.clock = clock
        self.tokens = Tokens(clock)
        self.sessions = Sessions(clock, self.tokens)
        self.faults = Faults(self.sessions)
        self.frame_listeners: list[Callable[[Frame], None]] = []

    def notify(self, name: str, event: Mapping[str, Any]) -> int:
        """Send an event to every subscription it is meant for, as the planned faults have it.

        Returns how many subscriptions it was sent to.
        """
        retellings, copies = self.faults.take_delivery(name, event)
        listening = self.sessions.listening(name, _facts(name, event))
        for subscription in listening:
            for _ in range(retellings):
                frame = payloads.frame(
                    str(uuid.uuid4()),
                    "notification",
                    self.clock(),
                    {"subscription": subscription.as_json(), "event": dict(event)},
                    subscription_type=name,
                    subscription_version=subscription.type.version,
                )
                for _ in range(copies):
                    self.deliver(subscription, frame)
        return len(listening) if retellings and copies else 0

    def deliver(self, subscription: Subscription, frame: Frame) -> None:
        for listener in self.frame_listeners:
            listener(frame)
        self.faults.deliver(partial(self._send, subscription, frame))

    def _send(self, subscription: Subscription, frame: Frame) -> None:
        subscription.carrier.send(frame)
        # A revocation brings no event.
        said = frame["payload"].get("event") if subscription.type.name == _LINE else None
        # What a fault has held back may find nobody any more.
        if said is not None and subscription not in self.sessions.subscriptions():
            lost = {"message_id": said["message_id"], "why": "too-late", "login": said["chatter_user_login"]}
            self.note("undelivered", said["message"]["text"], place="twitch:chat", **lost)

    def revoke_subscription(self, subscription: Subscription, status: str) -> None:
        """Take a subscription away and say so, with the reason: "authorization_revoked", "user_removed",
        "moderator_removed", "version_removed" or "chat_user_banned"."""
        subscription.carrier.subscriptions.pop(subscription.id, None)
        self.sessions.end(subscription, status)
        frame = payloads.frame(
            str(uuid.uuid4()),
            "revocation",
            self.clock(),
            {"subscription": subscription.as_json()},
            subscription_type=subscription.type.name,
            subscription_version=subscription.type.version,
        )
        self.deliver(subscription, frame)
        self.note("subscription", f"revoked {subscription.type.name}", subscription.user, status=status)

    def note(self, kind: str, text: str, user: TwitchUser | None = None, *, place: str = "", **data: Any) -> Seen:
        """Add a line to the record."""
        author, name = (user.id, user.name) if user else ("", "")
        if user is not None:
            data["login"] = user.login
        return self.record.add(
            Seen(self.clock(), "twitch", kind, place, author=author, name=name, text=text, data=data)
        )


def _facts(name: str, event: Mapping[str, Any]) -> dict[str, str]:
    """What conditions can ask for: the channel (or both sides of a raid), the reward, the application."""
    keys = ("broadcaster_user_id", "from_broadcaster_user_id", "to_broadcaster_user_id", "client_id")
    facts = {key: event[key] for key in keys if key in event}
    if name.startswith("channel.channel_points_custom_reward."):
        facts["reward_id"] = event["id"]
    reward = event.get("reward")
    if isinstance(reward, Mapping):
        facts["reward_id"] = reward["id"]
    return facts
