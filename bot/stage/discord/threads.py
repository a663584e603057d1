"""Threads: begun on a message or beside it, joined, put away and taken out again."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from bot.stage.discord import errors, payloads
from bot.stage.discord.board import Board
from bot.stage.discord.channels import PRIVATE_THREAD, PUBLIC_THREAD, TEXT, Channel, Thread
from bot.stage.discord.errors import FormErrors
from bot.stage.discord.guild import Guild, Member
from bot.stage.discord.model import THREAD_NOTICE, THREAD_STARTER, Message
from bot.stage.discord.notes import Notes
from bot.stage.discord.permissions import Permission
from bot.stage.discord.sessions import GUILDS, Sessions
from bot.stage.discord.snowflakes import Snowflakes

Json = dict[str, Any]

_ARCHIVE_MINUTES = (60, 1440, 4320, 10080)
_SLOW_MODE_MAX = 21_600


class Threads:
    """All threads of the server; they do not put themselves away, as no rehearsal lasts an hour."""

    def __init__(
        self,
        notes: Notes,
        clock: Callable[[], int],
        ids: Snowflakes,
        guild: Guild,
        board: Board,
        sessions: Sessions,
    ) -> None:
        self._notes = notes
        self._clock = clock
        self._ids = ids
        self._guild = guild
        self._board = board
        self._sessions = sessions

    def create(self, by: Member, parent: Channel, body: Json, starter: Message | None = None) -> Thread:
        """Begin a thread, on `starter` where there is one. Raises 50024, 50035 and 160004."""
        if parent.kind != TEXT:
            raise errors.wrong_channel_type()
        if starter is not None and starter.thread is not None:
            raise errors.thread_exists()
        _check(body, creating=True)
        kind = PUBLIC_THREAD if starter is not None else body.get("type") or PRIVATE_THREAD
        private = kind == PRIVATE_THREAD
        needed = Permission.CREATE_PRIVATE_THREADS if private else Permission.CREATE_PUBLIC_THREADS
        self._guild.require(by, parent, needed)
        now = self._clock()
        thread = Thread(
            self._ids.next() if starter is None else starter.id,
            body["name"],
            0,
            kind=kind,
            parent=parent,
            owner=by,
            created_at=now,
            archive_changed_at=now,
            auto_archive_minutes=body.get("auto_archive_duration") or 1440,
            invitable=body.get("invitable") is not False,
            slow_mode_seconds=body.get("rate_limit_per_user") or 0,
            members={by.id: now},
        )
        self._guild.threads[thread.id] = thread
        self._note(thread, "created", by)
        told = payloads.thread_for(thread, self._guild, by) | {"newly_created": True}
        self._sessions.dispatch("THREAD_CREATE", told, intent=GUILDS)
        self._begin(by, thread, starter)
        return thread

    def _begin(self, by: Member, thread: Thread, starter: Message | None) -> None:
        if starter is not None:
            starter.thread = thread
            self._board.tell("MESSAGE_UPDATE", starter)
            self._board.notice(by, thread, THREAD_STARTER, about=starter.id)
            # The message it was begun on is not counted among its messages.
            thread.message_count = thread.total_message_sent = 0
        elif not thread.is_private:
            self._board.notice(by, thread.parent, THREAD_NOTICE, content=thread.name)

    def change(self, by: Member, thread: Thread, body: Json) -> None:
        """Rename, lock, archive or take out again. Raises 50013, 50035, and 50083 for an archived one."""
        _check(body, creating=False)
        manages = self._guild.permissions_of(by, thread) & Permission.MANAGE_THREADS
        if not manages and (by is not thread.owner or "locked" in body or thread.locked):
            raise errors.missing_permissions()
        if thread.archived and body.get("archived") is not False:
            raise errors.thread_is_archived()
        self._set_archived(thread, body.get("archived", thread.archived))
        thread.name = body.get("name", thread.name)
        thread.locked = bool(body.get("locked", thread.locked))
        thread.auto_archive_minutes = body.get("auto_archive_duration", thread.auto_archive_minutes)
        thread.slow_mode_seconds = body.get("rate_limit_per_user", thread.slow_mode_seconds)
        thread.invitable = bool(body.get("invitable", thread.invitable))
        self._note(thread, "archived" if thread.archived else "changed", by)
        self._tell_update(thread)

    def delete(self, by: Member, thread: Thread) -> None:
        self._guild.require(by, thread, Permission.MANAGE_THREADS)
        del self._guild.threads[thread.id]
        self._note(thread, "deleted", by)
        told = {
            "id": thread.id,
            "guild_id": self._guild.id,
            "parent_id": thread.parent.id,
            "type": thread.kind,
        }
        self._sessions.dispatch("THREAD_DELETE", told, intent=GUILDS)

    def before_message(self, author: Member, thread: Thread) -> None:
        """Whoever writes in a thread joins it and takes it out of the archive. Raises 50083 where it is locked."""
        if thread.locked and not self._guild.permissions_of(author, thread) & Permission.MANAGE_THREADS:
            raise errors.thread_is_archived() if thread.archived else errors.missing_permissions()
        if thread.archived:
            self._set_archived(thread, False)
            self._tell_update(thread)
        self.join(author, thread)

    def join(self, member: Member, thread: Thread) -> None:
        """Raises 50083 for an archived one."""
        if thread.archived:
            raise errors.thread_is_archived()
        if member.id not in thread.members:
            thread.members[member.id] = self._clock()
            self._tell_members(thread, added=member)

    def leave(self, member: Member, thread: Thread) -> None:
        """Raises 50083 for an archived one, 10007 for who is not in it."""
        if thread.archived:
            raise errors.thread_is_archived()
        if thread.members.pop(member.id, None) is None:
            raise errors.unknown_member()
        self._tell_members(thread, removed=member)

    def active(self, reader: Member) -> list[Thread]:
        seen = self._guild.threads.values()
        return [each for each in seen if not each.archived and self._guild.permissions_of(reader, each)]

    def _set_archived(self, thread: Thread, archived: bool) -> None:
        if thread.archived != archived:
            thread.archived, thread.archive_changed_at = archived, self._clock()

    def _tell_update(self, thread: Thread) -> None:
        self._sessions.dispatch("THREAD_UPDATE", payloads.channel(thread, self._guild), intent=GUILDS)

    def _tell_members(self, thread: Thread, *, added: Member | None = None, removed: Member | None = None) -> None:
        # Without the members intent a bot is told of itself alone.
        told: Json = {"id": thread.id, "guild_id": self._guild.id, "member_count": min(len(thread.members), 50)}
        if added is not None and added.is_bot:
            told["added_members"] = [
                payloads.thread_member(thread, added.id) | {"member": payloads.member(added), "presence": None}
            ]
        if removed is not None and removed.is_bot:
            told["removed_member_ids"] = [removed.id]
        if "added_members" in told or "removed_member_ids" in told:
            self._sessions.dispatch("THREAD_MEMBERS_UPDATE", told, intent=GUILDS)

    def _note(self, thread: Thread, what: str, by: Member) -> None:
        data = {"thread_id": thread.id, "parent_id": thread.parent.id, "private": thread.is_private}
        self._notes.add("thread", f"{thread.name} {what}", by, place=thread.place, data=data)


def _check(body: Json, *, creating: bool) -> None:
    wrong = FormErrors()
    if (creating or "name" in body) and wrong.require(bool(body.get("name")), ("name",)):
        wrong.length(body["name"], 1, 100, ("name",))
    if body.get("auto_archive_duration") is not None:
        wrong.choice(body["auto_archive_duration"], _ARCHIVE_MINUTES, ("auto_archive_duration",))
    if body.get("type") is not None:
        wrong.choice(body["type"], (PUBLIC_THREAD, PRIVATE_THREAD), ("type",))
    wrong.whole(body.get("rate_limit_per_user"), 0, _SLOW_MODE_MAX, ("rate_limit_per_user",))
    wrong.raise_if_any()
