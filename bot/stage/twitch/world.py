"""A local Twitch with one channel: its people, chat, stream and subscriptions; pure, on a clock that is given."""

from __future__ import annotations

import secrets
import uuid
from collections.abc import Callable, Iterable
from typing import Any

from bot.stage.record import SECOND, Record
from bot.stage.twitch import payloads
from bot.stage.twitch.agenda import Agenda
from bot.stage.twitch.chat import Chat
from bot.stage.twitch.codes import Codes
from bot.stage.twitch.devices import Devices
from bot.stage.twitch.model import (
    ChatMessage,
    Dropped,
    PaidSubscription,
    Problem,
    Stream,
    Token,
    TwitchUser,
    rfc3339,
)
from bot.stage.twitch.moderation import Moderation
from bot.stage.twitch.polls import Polls
from bot.stage.twitch.rewards import RedeemRefusal, Redemption, Rewards
from bot.stage.twitch.telling import Frame, Telling

__all__ = ["TOKEN_SECONDS", "Frame", "TwitchUser", "TwitchWorld"]

TOKEN_SECONDS = 14_400
_FIRST_USER_ID = 100_000_001
_ACCOUNT_AGE = 400 * 24 * 3600 * SECOND


class TwitchWorld(Telling):
    """State and rules of the local Twitch. The clock gives microseconds since the epoch, UTC.

    `broadcaster_type` is "partner", "affiliate" or "": without it there are no polls and no rewards.
    """

    def __init__(self, record: Record, clock: Callable[[], int]) -> None:
        super().__init__(record, clock)
        self.client_id = secrets.token_hex(15)
        self.client_secret = secrets.token_hex(15)
        self.users: dict[str, TwitchUser] = {}
        self.broadcaster_type = "affiliate"
        self.agenda = Agenda(clock)
        self.devices = Devices(clock)
        self.codes = Codes(clock)
        self.chat = Chat(clock, self)
        self.chatters: dict[TwitchUser, None] = {}
        self.polls = Polls(self)
        self.rewards = Rewards(self)
        self.moderation = Moderation(self)
        self.stream: Stream | None = None
        self.title = "Teatime"
        self.followers: dict[TwitchUser, int] = {}
        self.paid: dict[TwitchUser, PaidSubscription] = {}
        self.subscribe_within_seconds: float = 10.0
        self.reconnect_within_seconds: float = 30.0
        self.keepalive_seconds_min = 10
        self._channel: tuple[TwitchUser, TwitchUser] | None = None

    # People

    def add_user(
        self,
        login: str,
        name: str | None = None,
        *,
        user_id: str | None = None,
        badges: Iterable[str] = (),
        created_at: int | None = None,
    ) -> TwitchUser:
        """A new account, 400 days old unless `created_at` (microseconds) says otherwise."""
        user = TwitchUser(
            id=user_id or str(_FIRST_USER_ID + len(self.users)),
            login=login.lower(),
            name=name or login,
            created_at=self.clock() - _ACCOUNT_AGE if created_at is None else created_at,
            badges=set(badges),
        )
        if user.id in self.users:
            raise ValueError(f"there is a user {user.id} already")
        self.users[user.id] = user
        return user

    def rename(self, user: TwitchUser, login: str, name: str | None = None) -> None:
        """An account changes its login and shown name; the id stays, and the record says who it was."""
        was, user.login, user.name = user.login, login.lower(), name or login
        self.note("renamed", f"{was} is now {user.login}", user, was=was)

    def find_user(self, *, login: str | None = None, user_id: str | None = None) -> TwitchUser | None:
        if user_id is not None:
            return self.users.get(user_id)
        return next((user for user in self.users.values() if user.login == (login or "").lower()), None)

    def set_channel(self, broadcaster: TwitchUser, bot: TwitchUser) -> None:
        self._channel = broadcaster, bot

    @property
    def broadcaster(self) -> TwitchUser:
        if self._channel is None:
            raise RuntimeError("set_channel comes first")
        return self._channel[0]

    @property
    def bot(self) -> TwitchUser:
        if self._channel is None:
            raise RuntimeError("set_channel comes first")
        return self._channel[1]

    def join(self, user: TwitchUser) -> None:
        """Somebody opens the chat and is listed there, without a word. Who speaks is listed anyway."""
        self.chatters[user] = None

    def leave(self, user: TwitchUser) -> None:
        self.chatters.pop(user, None)

    def following_since(self, user: TwitchUser) -> int | None:
        return self.followers.get(user)

    def subscribes(self, user: TwitchUser) -> bool:
        return user in self.paid

    def moderates(self, user: TwitchUser) -> bool:
        """Moderators and the broadcaster."""
        return user is self.broadcaster or "moderator" in user.badges

    # Tokens

    def issue_token(
        self,
        user: TwitchUser | None,
        scopes: Iterable[str],
        *,
        expires_in: int = TOKEN_SECONDS,
        public: bool = True,
    ) -> Token:
        """A token of `user` (None: an app token) that lives `expires_in` seconds; `public`: see Tokens.issue."""
        token = self.tokens.issue(user, scopes, expires_in, public=public)
        if user is not None:
            self._tell_of_authorization("grant", user)
        return token

    def disconnect_app(self, user: TwitchUser) -> None:
        """The user takes the application's access away: tokens end, subscriptions are revoked."""
        self.tokens.revoke_all(user)
        for subscription in self.sessions.subscriptions():
            if subscription.user is user or subscription.permitted_by == user.id:
                self.revoke_subscription(subscription, "authorization_revoked")
        self._tell_of_authorization("revoke", user)

    def _tell_of_authorization(self, what: str, user: TwitchUser) -> None:
        self.notify(f"user.authorization.{what}", {"client_id": self.client_id, **payloads.who(user)})

    def close_account(self, user: TwitchUser) -> None:
        """An account is closed: it disappears from chat and lists, and nobody listens to it any more."""
        self.tokens.revoke_all(user)
        self.users.pop(user.id)
        for people in (self.chatters, self.followers, self.paid):
            people.pop(user, None)
        for subscription in self.sessions.subscriptions():
            if user.id in subscription.condition.values():
                self.revoke_subscription(subscription, "user_removed")

    # Chat

    def say(
        self,
        user: TwitchUser,
        text: str,
        *,
        reply_to: str | None = None,
        shared_from: TwitchUser | None = None,
        message_id: str | None = None,
    ) -> ChatMessage | Dropped:
        """A person types. `reply_to` is the id of an earlier line, `shared_from` the broadcaster of another
        channel in a shared chat; raises KeyError when there is no line with that id."""
        parent = self.chat.log[reply_to] if reply_to is not None else None
        said = self.chat.post(user, text, reply_to=parent, shared_from=shared_from, message_id=message_id)
        return self._published(user, text, said)

    def say_with_reward(self, user: TwitchUser, text: str, reward_id: str) -> ChatMessage | Dropped:
        """What a viewer typed for a reward stands in chat, too."""
        return self._published(user, text, self.chat.post(user, text, reward_id=reward_id))

    def send(
        self, sender: TwitchUser, text: str, *, reply_to: str | None = None, through_app: bool = False
    ) -> ChatMessage | Dropped:
        """A program sends through Helix; raises Problem 400 when there is no line `reply_to`."""
        parent = self.chat.log.get(reply_to) if reply_to else None
        if reply_to and parent is None:
            raise Problem(400, "The ID in reply_parent_message_id is not valid.")
        said = self.chat.post(sender, text, reply_to=parent, from_api=True)
        return self._published(sender, text, said, through_app=through_app)

    def announce(self, sender: TwitchUser, text: str, color: str) -> ChatMessage:
        """A highlighted line; everybody sees it, clients get it as channel.chat.notification."""
        message = ChatMessage(str(uuid.uuid4()), sender, text, self.clock(), from_api=True)
        self.chat.log[message.id] = message
        self._note_line(message, announcement=True)
        event = payloads.chat_notification(message, self.broadcaster, "announcement", {"color": color.upper()})
        self.notify("channel.chat.notification", event)
        return message

    def _published(
        self, sender: TwitchUser, text: str, said: ChatMessage | Dropped, *, through_app: bool = False
    ) -> ChatMessage | Dropped:
        if isinstance(said, Dropped):
            self.note("refused", text, sender, place="twitch:chat", reason=str(said.reason))
            return said
        self.chatters[sender] = None
        self._note_line(said)
        reached = self.notify(
            "channel.chat.message",
            payloads.chat_message(said, self.broadcaster, through_app=through_app),
        )
        if not said.from_api and (not reached or self.faults.silenced):
            # The room has seen it and no program has: nobody can be blamed for not answering it by name.
            why = "silence" if reached else "lost" if self.faults.lost_last else "nobody-listens"
            self.note("undelivered", text, sender, place="twitch:chat", message_id=said.id, why=why)
        return said

    def _note_line(self, message: ChatMessage, **more: Any) -> None:
        self.note(
            "chat",
            message.text,
            message.sender,
            place="twitch:chat",
            message_id=message.id,
            reply_to=message.reply_to.id if message.reply_to else None,
            shared_from=message.shared_from.id if message.shared_from else None,
            bot=message.from_api,
            **more,
        )

    # The stream and its viewers

    def go_live(self, title: str | None = None) -> Stream:
        """Start the stream; when it runs already, nothing happens."""
        if self.stream is None:
            self.title = title or self.title
            self.stream = Stream(str(uuid.uuid4().int % 10**11), self.clock(), self.title)
            self.rewards.new_stream()
            self.note("live", self.title, self.broadcaster)
            self.notify("stream.online", payloads.stream_online(self.stream, self.broadcaster))
        return self.stream

    def go_offline(self) -> None:
        if self.stream is not None:
            ended, self.stream = self.stream, None
            self.note("offline", "", self.broadcaster)
            self.notify("stream.offline", payloads.stream_offline(ended, self.broadcaster))

    def change_title(self, title: str) -> None:
        self.title = title
        self.notify("channel.update", payloads.channel_update(title, self.broadcaster))

    def follow(self, user: TwitchUser) -> None:
        self.followers[user] = self.clock()
        self.note_standing(user, "+follower")
        self.tell_of_viewer("channel.follow", user, followed_at=rfc3339(self.clock()))

    def unfollow(self, user: TwitchUser) -> None:
        """Nobody is told of it, on Twitch either: one asks."""
        self.followers.pop(user, None)
        self.note_standing(user, "-follower")

    def subscribe(self, user: TwitchUser, tier: str = "1000", is_gift: bool = False) -> PaidSubscription:
        """A viewer subscribes to the channel; `tier` is "1000", "2000" or "3000"."""
        paid = self.paid[user] = PaidSubscription(user, tier, is_gift)
        user.badges.add("subscriber")
        self.note_standing(user, "+subscriber")
        self.tell_of_viewer("channel.subscribe", user, tier=tier, is_gift=is_gift)
        return paid

    def end_subscription(self, user: TwitchUser) -> None:
        paid = self.paid.pop(user)
        user.badges.discard("subscriber")
        self.note_standing(user, "-subscriber")
        self.tell_of_viewer("channel.subscription.end", user, tier=paid.tier, is_gift=paid.is_gift)

    def resubscribe(self, user: TwitchUser, text: str, *, months: int) -> None:
        """A subscriber shares the anniversary in chat."""
        self.tell_of_viewer(
            "channel.subscription.message",
            user,
            tier=self.paid[user].tier,
            message={"text": text, "emotes": []},
            cumulative_months=months,
            streak_months=None,
            duration_months=1,
        )

    def gift(self, user: TwitchUser, tier: str, *, total: int) -> None:
        """Somebody gives `total` subscriptions away; who gets them is told by `subscribe`."""
        self.tell_of_viewer(
            "channel.subscription.gift",
            user,
            total=total,
            tier=tier,
            cumulative_total=total,
            is_anonymous=False,
        )

    def cheer(self, user: TwitchUser, bits: int, text: str) -> None:
        self.tell_of_viewer("channel.cheer", user, is_anonymous=False, message=text, bits=bits)
        self.notify("channel.bits.use", payloads.bits_use(user, self.broadcaster, bits, text))

    def ban(self, user: TwitchUser, moderator: TwitchUser, reason: str = "") -> None:
        """Ban for good: from now on the user's lines are dropped."""
        self.moderation.ban(user, moderator, reason)

    def unban(self, user: TwitchUser, moderator: TwitchUser) -> None:
        self.moderation.unban(user, moderator)

    def raid_from(self, raider: TwitchUser, *, viewers: int) -> None:
        """Another channel sends its viewers here."""
        self.notify("channel.raid", payloads.raid(raider, self.broadcaster, viewers))

    def grant_badge(self, user: TwitchUser, badge: str) -> None:
        """Make somebody a "moderator" or a "vip"."""
        self.moderation.grant_badge(user, badge)

    def remove_badge(self, user: TwitchUser, badge: str) -> None:
        self.moderation.remove_badge(user, badge)

    def vote(self, user: TwitchUser, choice: str | int, *, points_votes: int = 0) -> bool:
        """A viewer votes in the running poll, by title or by number from 1 on; whether that counted."""
        return self.polls.vote(user, choice, points_votes=points_votes)

    def redeem(self, user: TwitchUser, reward: str, user_input: str = "") -> Redemption | RedeemRefusal:
        """A viewer redeems a reward, named by id or title."""
        return self.rewards.redeem(user, reward, user_input)

    # Telling

    def note_standing(self, user: TwitchUser, what: str) -> None:
        """Write into the record what Twitch knows of somebody from now on, because `what` has come about."""
        paid = self.paid.get(user)
        self.note(
            "standing",
            what,
            user,
            tier=paid.tier if paid else "",
            gift=paid is not None and paid.is_gift,
            follows_since=self.followers.get(user),
            badges=sorted(user.badges),
        )

    def tell_of_viewer(self, name: str, user: TwitchUser, **more: Any) -> None:
        self.notify(name, payloads.viewer_event(user, self.broadcaster, **more))
