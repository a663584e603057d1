"""Who holds which number of a drop, as the lane knows it between batches."""

from __future__ import annotations

import heapq
from collections.abc import Iterable

from sqlalchemy import Connection, select

from bot.storage import tables


class Numbers:
    """The free numbers of a drop: those that were taken back first, then the next higher one."""

    def __init__(self, taken: Iterable[int]) -> None:
        numbers = set(taken)
        self._highest = max(numbers, default=0)
        self._free = [n for n in range(1, self._highest) if n not in numbers]
        heapq.heapify(self._free)

    @property
    def next(self) -> int:
        return self._free[0] if self._free else self._highest + 1

    def take(self, number: int) -> None:
        if number != self.next:
            raise ValueError(f"number {number} is not the next one, {self.next} is")
        if self._free:
            heapq.heappop(self._free)
        else:
            self._highest = number

    def put_back(self, number: int) -> None:
        heapq.heappush(self._free, number)


class Register:
    """The units of one drop by holder: each number they hold, and the how-manieth of theirs it was."""

    def __init__(self, connection: Connection, channel_id: int, drop: str) -> None:
        unit = tables.unit.c
        rows = connection.execute(
            select(unit.number, unit.person_id, unit.nth)
            .where(unit.channel_id == channel_id, unit.drop_key == drop)
            .order_by(unit.number)
        )
        self._held: dict[int, dict[int, int]] = {}
        taken = []
        for number, person_id, nth in rows:
            self._held.setdefault(person_id, {})[number] = nth
            taken.append(number)
        lost = tables.lost_unit.c
        written_off = connection.scalars(
            select(lost.number).where(lost.channel_id == channel_id, lost.drop_key == drop)
        )
        self._numbers = Numbers([*taken, *written_off])

    @property
    def next_number(self) -> int:
        return self._numbers.next

    def held(self, person_id: int) -> tuple[int, ...]:
        """The numbers of one person, in the order in which they came by them."""
        held = self._held.get(person_id)
        return tuple(held) if held else ()

    def grant(self, number: int, person_id: int) -> int:
        """Note a new owner; returns the how-manieth of theirs it is. Raises ValueError for any but the next."""
        self._numbers.take(number)
        held = self._held.get(person_id)
        if held is None:
            self._held[person_id] = {number: 1}
            return 1
        nth = next(n for n in range(1, len(held) + 2) if n not in held.values())
        held[number] = nth
        return nth

    def lose(self, number: int) -> None:
        """Note that a number is never handed out again. Raises ValueError for any but the next."""
        self._numbers.take(number)

    def void(self, number: int) -> None:
        """Take a number back from whoever holds it; it is the next one to be handed out."""
        self.retire(number)
        self._numbers.put_back(number)

    def retire(self, number: int) -> None:
        """Take a number away from whoever holds it, for good: it is not handed out again."""
        for held in self._held.values():
            held.pop(number, None)
