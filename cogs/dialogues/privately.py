"""The shape of a private answer: it shows what somebody is still deciding to the one person who asked."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from bot.wording.cards import Card

Privately = Callable[[Awaitable[str | Card]], Awaitable[bool]]
"""False when the platform did not take the answer: the asker has not been told then."""
