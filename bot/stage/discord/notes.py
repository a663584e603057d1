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
