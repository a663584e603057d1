"""What the lane gives back to whoever asked."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Generic, TypeVar

from bot.domain.time import Micros

D = TypeVar("D", covariant=True)


@dataclass(frozen=True, slots=True)
class Answer(Generic[D]):
    """A decision, durable before anybody sees it. `repeated` means the request had been decided before: the
    decision is the one of then, and whoever asked has been or will be told by that first call."""

    request_id: str
    decision: D
    at: Micros
    repeated: bool = False


class TryAgain(Exception):
    """The ledger could not take the command now; nothing was decided and nothing was stored."""
