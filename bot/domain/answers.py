"""What the lane gives back to whoever asked."""

from __future__ import annotations

from typing import Generic, NamedTuple, TypeVar

from bot.domain.time import Micros

D = TypeVar("D", covariant=True)


class Answer(NamedTuple, Generic[D]):
    """A decision, durable before anybody sees it. `repeated` means the request had been decided before: the
    decision is the one of then, and whoever asked has been or will be told by that first call."""

    request_id: str
    decision: D
    at: Micros
    repeated: bool = False


class TryAgain(Exception):
    """The ledger could not take the command now. Asking again is safe: should a failing disk have stored it all the
    same, then the same request gets that answer."""
