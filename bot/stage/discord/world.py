"""The local Discord as one object: a server with people in it, their hands, its record and its faults."""

from __future__ import annotations

import base64
import secrets
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from bot.stage.discord import payloads, permissions
from bot.stage.discord.board import Board
from bot.stage.discord.channels import Channel
from bot.stage.discord.commands import CommandBook
from bot.stage.discord.direct import DirectMessages
from bot.stage.discord.errors import StageError
from bot.stage.discord.events import Events
from bot.stage.discord.faults import Faults
from bot.stage.discord.guild import Guild, Member, Role
from bot.stage.discord.hands import Hands
from bot.stage.discord.interactions import Desk
from bot.stage.discord.model import Interaction, Message
from bot.stage.discord.notes import Notes
from bot.stage.discord.permissions import Permission
from bot.stage.discord.ratelimits import RateLimits
from bot.stage.discord.reactions import Marks
from bot.stage.discord.roles import Roles
from bot.stage.discord.sessions import GUILD_MEMBERS, Sessions
from bot.stage.discord.snowflakes import Snowflakes
from bot.stage.discord.threads import Threads
from bot.stage.discord.voting import Polls
from bot.stage.record import Record, Seen


class DiscordWorld:
    """`clock` gives microseconds since the epoch (UTC); nothing here touches a socket."""

    def __init__(self, record: Record, clock: Callable[[], int]) -> None:
        self.record = record
        self.clock = clock
        self._ids = Snowflakes(clock)
        self._notes = notes = Notes(record, clock)
        self.application_id = self._ids.next()
        self.bot_token = _token_of(self.application_id)
        self.heartbeat_interval_ms = 41_250
        self.guild = Guild(self._ids.next(), "TeaPot Lounge")
        self.sessions = Sessions(self.bot_token, clock, self.note_gateway)
        self.faults = Faults(self.sessions)
        self.rate_limits = RateLimits(clock)
        self.board = Board(notes, clock, self._ids, self.sessions)
        self.commands = CommandBook(self._ids)
        self.desk = Desk(notes, clock, self._ids, self.sessions, self.board, self.faults)
        self.commands.application_id = self.desk.application_id = self.application_id
        self.roles = Roles(notes, clock, self._ids, self.guild, self.sessions)
        self.direct = DirectMessages(self._ids, self.guild, self.sessions)
        self.threads = Threads(notes, clock, self._ids, self.guild, self.board, self.sessions)
        self.events = Events(notes, clock, self._ids, self.guild, self.sessions)
        self.polls = Polls(notes, clock, self.board, self.sessions)
        self.board.on_poll = self.polls.watch
        self.marks = Marks(notes, clock, self.board, self.sessions)
        self._hands = Hands(self.guild, self.board, self.commands, self.desk, self.polls, self.marks, self.threads)

    @property
    def guild_id(self) -> str:
        return self.guild.id

    @property
    def bot(self) -> Member:
        return self.guild.members[self.application_id]

    @property
    def owner(self) -> Member:
        return self.guild.members[self.guild.owner_id]

    def seed(self) -> None:
        """Furnish the server: three channels, two roles, the streamer, a moderator and the bot."""
        self.guild.owner_id = self.add_member("teapot", global_name="TeaPot").id
        # The bot's role stands above the opt-in role, or it could not hand that out.
        self.roles.add("drop-reminders", 0, mentionable=True)
        moderator = self.roles.add("moderator", Permission.MANAGE_MESSAGES)
        managed = self.roles.add("Microdrops", permissions.BOT, managed_by=self.application_id)
        hidden = {self.guild.id: (0, int(Permission.VIEW_CHANNEL))}
        shown = (int(Permission.VIEW_CHANNEL), 0)
        self._add_channel(
            "announcements",
            {
                self.guild.id: (0, int(Permission.SEND_MESSAGES)),
                managed.id: (int(Permission.SEND_MESSAGES), 0),
            },
        )
        self._add_channel("moderators", hidden | {moderator.id: shown, managed.id: shown})
        self._add_channel("lounge", {})
        bot = self.add_member("Microdrops", roles=[managed.name], user_id=self.application_id)
        bot.is_bot = True
        self.desk.bot = bot
        self.add_member("mod_mia", roles=[moderator.name], global_name="Mia")

    def add_member(
        self,
        name: str,
        *,
        roles: Iterable[str] = (),
        user_id: str | None = None,
        global_name: str | None = None,
    ) -> Member:
        """Someone joins; `roles` by name."""
        member = Member(user_id or self._ids.next(), name, global_name, self.clock(), self.guild)
        if member.id in self.guild.members:
            raise StageError(f"There is a member with id {member.id} already.")
        member.role_ids = {self.role(each).id for each in roles}
        self.guild.members[member.id] = self.guild.known[member.id] = member
        told = payloads.member_updated(member)
        self.sessions.dispatch("GUILD_MEMBER_ADD", told, intent=GUILD_MEMBERS)
        return member

    def leave(self, member: Member) -> None:
        """A member leaves the server, with all roles and every private thread."""
        self.guild.member(member.id)
        del self.guild.members[member.id]
        for thread in self.guild.threads.values():
            thread.members.pop(member.id, None)
        self._notes.add("left", "leaves the server", member)
        self._notes.standing(member, "left")
        told = {"guild_id": self.guild_id, "user": payloads.user(member)}
        self.sessions.dispatch("GUILD_MEMBER_REMOVE", told, intent=GUILD_MEMBERS)

    def channel(self, name: str) -> Channel:
        return self.guild.channel_named(name)

    def role(self, name: str) -> Role:
        return self.guild.role_named(name)

    def member(self, name: str) -> Member:
        for member in self.guild.members.values():
            if member.name == name:
                return member
        raise StageError(f"There is no member named {name!r}.")

    def messages(self, channel_name: str) -> list[Message]:
        """What everybody in the channel sees now, oldest first."""
        return self.board.visible(self.channel(channel_name))

    def slash(
        self,
        member: Member,
        command: str,
        options: Mapping[str, object] | None = None,
        *,
        channel: str = "lounge",
    ) -> Interaction:
        """Use a slash command; raises StageError for what the client would not offer."""
        return self._hands.slash(member, command, options or {}, channel=self.channel(channel))

    def type_slash(
        self, member: Member, line: str, person: Callable[[str], Member], *, channel: str = "lounge"
    ) -> Interaction:
        """Use a slash command that is written as one line; `person` gives the member called so, or raises."""
        return self.slash(member, *self._hands.typist.read(line, person), channel=channel)

    def press(
        self, member: Member, message_id: str, custom_id: str | None = None, *, label: str | None = None
    ) -> Interaction:
        return self._hands.press(member, message_id, custom_id, label)

    def select(
        self, member: Member, message_id: str, values: Sequence[object], custom_id: str | None = None
    ) -> Interaction:
        """Choose from a menu: options by label or value; members, roles and channels by themselves or by id."""
        return self._hands.select(member, message_id, values, custom_id)

    def interaction(self, interaction_id: str) -> Interaction:
        """What somebody did, by the id that the record gives it. Raises StageError when there was no such thing."""
        act = self.desk.find(interaction_id)
        if act is None:
            raise StageError(f"There was no interaction {interaction_id}.")
        return act

    def submit(self, member: Member, opened_by: Interaction, values: Mapping[str, object]) -> Interaction:
        """Send the modal that answered `opened_by`; fields by label or custom_id."""
        return self._hands.submit(member, opened_by, values)

    def complete(
        self,
        member: Member,
        command: str,
        option: str,
        text: str,
        others: Mapping[str, object] | None = None,
        *,
        channel: str = "lounge",
    ) -> Interaction:
        """Type into an option that completes itself; the answer's `choices` are what the bot offers."""
        return self._hands.complete(member, command, option, text, others or {}, self.channel(channel))

    def offered(self, member: Member, *, channel: str = "lounge") -> list[str]:
        """The names of the slash commands this member finds in that channel."""
        return self._hands.typist.offered(member, self.channel(channel))

    def say(
        self, member: Member, text: str, *, channel: str | Channel = "lounge", reply_to: str | None = None
    ) -> Message:
        """Write a message in a channel or thread, by its name, or in a direct message."""
        place = self.channel(channel) if isinstance(channel, str) else channel
        return self._hands.say(member, place, text, reply_to)

    def vote(self, member: Member, message_id: str, *answers: int | str) -> None:
        """Vote in a native poll, by the answers' numbers or texts; without answers the vote is taken back."""
        self._hands.vote(member, message_id, answers)

    def react(self, member: Member, message_id: str, emoji: str, *, given: bool = True) -> None:
        """Give a reaction, or take it back."""
        self._hands.react(member, message_id, emoji, given=given)

    def subscribe(self, member: Member, event_id: str, *, interested: bool = True) -> None:
        """Mark interest in a scheduled event, or take it back."""
        self.events.subscribe(member, event_id, interested=interested)

    def boost(self, member: Member, *, is_boosting: bool = True) -> None:
        """Boost the server, or end it."""
        self.roles.boost(member, is_boosting)

    def give_role(self, member: Member, role: Role) -> None:
        self.roles.put(member, role, given=True)

    def take_role(self, member: Member, role: Role) -> None:
        self.roles.put(member, role, given=False)

    def note_standing(self, member: Member, what: str) -> None:
        """Write into the record what the server knows of a member, because `what` has come about."""
        self._notes.standing(member, what)

    def describe(self) -> dict[str, Any]:
        """All a client needs to join, but for the addresses."""
        return {
            "token": self.bot_token,
            "application_id": self.application_id,
            "guild_id": self.guild_id,
            "channels": {channel.name: channel.id for channel in self.guild.channels.values()},
            "roles": {role.name: role.id for role in self.guild.roles.values()},
            "members": {member.name: member.id for member in self.guild.members.values()},
        }

    def note_not_imitated(self, what: str) -> None:
        """Somebody asked for what the stage does not play: a rehearsal fails on it."""
        self.record.add(Seen(self.clock(), "discord", "not-imitated", text=what))

    def note_gateway(self, what: str, **data: Any) -> None:
        self.record.add(Seen(self.clock(), "discord", "gateway", text=what, data=data))

    async def close(self) -> None:
        """End the timers and say goodbye on every socket."""
        self.desk.close()
        self.polls.close()
        self.events.close()
        for outlet in tuple(self.sessions.outlets):
            outlet.close(1001)

    def _add_channel(self, name: str, overwrites: dict[str, tuple[int, int]]) -> None:
        channel = Channel(self._ids.next(), name, len(self.guild.channels), overwrites)
        self.guild.channels[channel.id] = channel


def _token_of(application_id: str) -> str:
    """A token in the platform's form: clients read the bot's id out of its first part."""
    first = base64.b64encode(application_id.encode()).decode().rstrip("=")
    return f"{first}.{secrets.token_urlsafe(4)}.{secrets.token_urlsafe(28)}"
