"""The local Discord's lines in the record: who did or said what, where, and who could see it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from bot.stage.discord.guild import Member
from bot.stage.record import Record, Seen


class Notes:
    """Lines come in by `add`, at the moment that `clock` says (microseconds UTC)."""

    def __init__(self, record: Record, clock: Callable[[], int]) -> None:
        self._record = record
        self._clock = clock

    def add(
        self,
        kind: str,
        text: str,
        who: Member,
        *,
        place: str = "",
        visible_to: str | None = None,
        at: int | None = None,
        data: Mapping[str, Any] | None = None,
    ) -> None:
        """`visible_to` is the id of the one member who sees it, `at` when it was if that is not now."""
        now = self._clock() if at is None else at
        seen = Seen(now, "discord", kind, place, who.id, who.display_name, text, visible_to, data or {})
        self._record.add(seen)

    def standing(self, member: Member, what: str) -> None:
        """All that the server knows of a member from now on, because `what` has come about; nobody sees this."""
        there = member.guild.members.get(member.id) is member
        data = {
            "member": there,
            "roles": sorted(role.name for role in member.roles) if there else [],
            "boosts_since": member.boosts_since if there else None,
            "joined_at": member.joined_at if there else None,
        }
        self.add("standing", what, member, data=data)
