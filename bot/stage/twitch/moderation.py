"""What moderators and the streamer do: bans and time-outs, deleted lines, badges, and the rules of the room."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.stage.record import SECOND
from bot.stage.twitch import payloads, room
from bot.stage.twitch.model import Ban, ChatMessage, TwitchUser, rfc3339
from bot.stage.twitch.room import RoomRules

if TYPE_CHECKING:
    from bot.stage.twitch.world import TwitchWorld


class Moderation:
    """Each deed is told to whoever listens, and takes away the subscriptions it puts an end to."""

    def __init__(self, world: TwitchWorld) -> None:
        self._world = world

    def ban(self, user: TwitchUser, moderator: TwitchUser, reason: str = "", *, seconds: int | None = None) -> Ban:
        """Ban for good, or for some seconds: the user's lines are dropped, the old ones disappear."""
        world, now = self._world, self._world.clock()
        until = now + seconds * SECOND if seconds is not None else None
        ban = world.chat.bans[user] = Ban(moderator, reason, now, until)
        world.tell_of_viewer(
            "channel.ban",
            user,
            **payloads.who(moderator, "moderator_user"),
            reason=reason,
            banned_at=rfc3339(now),
            ends_at=rfc3339(until) if until is not None else None,
            is_permanent=until is None,
        )
        world.notify("channel.chat.clear_user_messages", payloads.about(user, world.broadcaster))
        for subscription in world.sessions.subscriptions():
            if subscription.type.is_chat and subscription.permitted_by == user.id:
                world.revoke_subscription(subscription, "chat_user_banned")
        return ban

    def unban(self, user: TwitchUser, moderator: TwitchUser) -> None:
        world = self._world
        world.chat.bans.pop(user, None)
        world.tell_of_viewer("channel.unban", user, **payloads.who(moderator, "moderator_user"))

    def delete_line(self, message: ChatMessage) -> None:
        """Clients hear that the line is gone; the record keeps that it was there."""
        world = self._world
        world.note("deleted", message.text, message.sender, place="twitch:chat", message_id=message.id)
        event = {**payloads.about(message.sender, world.broadcaster), "message_id": message.id}
        world.notify("channel.chat.message_delete", event)

    def clear_chat(self) -> None:
        world = self._world
        world.notify("channel.chat.clear", payloads.who(world.broadcaster, "broadcaster_user"))

    def grant_badge(self, user: TwitchUser, badge: str) -> None:
        """Make somebody a "moderator" or a "vip"."""
        user.badges.add(badge)
        self._world.note_standing(user, f"+{badge}")
        self._world.tell_of_viewer(f"channel.{badge}.add", user)

    def remove_badge(self, user: TwitchUser, badge: str) -> None:
        """Who was a moderator hears no more of what only moderators hear."""
        world = self._world
        user.badges.discard(badge)
        world.note_standing(user, f"-{badge}")
        world.tell_of_viewer(f"channel.{badge}.remove", user)
        if badge == "moderator":
            for subscription in world.sessions.subscriptions():
                if subscription.condition.get("moderator_user_id") == user.id and not world.moderates(user):
                    world.revoke_subscription(subscription, "moderator_removed")

    def shout_out(self, channel: TwitchUser, moderator: TwitchUser, *, next_at: int, next_to_it_at: int) -> None:
        """Recommend another channel; `next_at` and `next_to_it_at` are when that may be done again."""
        world = self._world
        world.note("shoutout", channel.name, moderator, place="twitch:chat", to=channel.id)
        event = {
            **payloads.who(world.broadcaster, "broadcaster_user"),
            **payloads.who(moderator, "moderator_user"),
            **payloads.who(channel, "to_broadcaster_user"),
            "started_at": rfc3339(world.clock()),
            "viewer_count": len(world.chatters),
            "cooldown_ends_at": rfc3339(next_at),
            "target_cooldown_ends_at": rfc3339(next_to_it_at),
        }
        world.notify("channel.shoutout.create", event)

    def set_rules(self, rules: RoomRules) -> None:
        """Switch slow mode, followers only and the like."""
        world = self._world
        changed = rules != world.chat.rules
        world.chat.set_rules(rules)
        if changed:
            world.notify("channel.chat_settings.update", room.settings_event(rules, world.broadcaster))
