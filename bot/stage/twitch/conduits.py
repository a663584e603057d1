"""Conduits: subscriptions that belong to the application, carried by whichever of its sockets are shards."""

from __future__ import annotations

import itertools
import uuid
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

from bot.stage.twitch.model import Problem, rfc3339
from bot.stage.twitch.subscriptions import Subscription

CONDUITS_MAX = 5
SHARDS_MAX = 20_000


class Socket(Protocol):
    """The session of a socket, as far as a shard needs it."""

    connected_at: int

    def send(self, frame: Mapping[str, Any]) -> None: ...
    def transport(self) -> dict[str, str]: ...


@dataclass(eq=False, slots=True)
class Shard:
    """One place in a conduit, once it was given to a socket; `lost_at` is when that socket went."""

    id: str
    socket: Socket
    lost_at: int | None = None

    @property
    def enabled(self) -> bool:
        return self.lost_at is None

    def as_json(self) -> dict[str, Any]:
        transport = {**self.socket.transport(), "connected_at": rfc3339(self.socket.connected_at)}
        if self.lost_at is not None:
            transport["disconnected_at"] = rfc3339(self.lost_at)
        return {
            "id": self.id,
            "status": "enabled" if self.enabled else "websocket_disconnected",
            "transport": transport,
        }


@dataclass(eq=False, slots=True)
class Conduit:
    """A carrier of subscriptions that outlives its sockets; notifications go to one enabled shard after another."""

    id: str
    shard_count: int
    shards: dict[str, Shard] = field(default_factory=dict)
    subscriptions: dict[str, Subscription] = field(default_factory=dict)
    _turn: Iterator[int] = field(default_factory=itertools.count)

    def send(self, frame: Mapping[str, Any]) -> None:
        """While no shard is enabled, notifications are lost."""
        enabled = [shard for shard in self.shards.values() if shard.enabled]
        if enabled:
            enabled[next(self._turn) % len(enabled)].socket.send(frame)

    def transport(self) -> dict[str, str]:
        return {"method": "conduit", "conduit_id": self.id}

    def transport_in_lists(self) -> dict[str, str]:
        return self.transport()

    def as_json(self) -> dict[str, Any]:
        return {"id": self.id, "shard_count": self.shard_count}


class Conduits:
    """All conduits of the application, at most five."""

    def __init__(self, clock: Callable[[], int]) -> None:
        self._clock = clock
        self._conduits: dict[str, Conduit] = {}

    def __iter__(self) -> Iterator[Conduit]:
        return iter(tuple(self._conduits.values()))

    def named(self, conduit_id: object, *, status: int = 404) -> Conduit:
        """Raises Problem with `status` when there is none by that id."""
        conduit = self._conduits.get(str(conduit_id))
        if conduit is None:
            raise Problem(status, "conduit not found")
        return conduit

    def create(self, shard_count: int) -> Conduit:
        """Raises Problem 400 for an impossible number of shards, 429 for one conduit too many."""
        _check_count(shard_count)
        if len(self._conduits) >= CONDUITS_MAX:
            raise Problem(429, "conduit limit reached")
        conduit = Conduit(str(uuid.uuid4()), shard_count)
        self._conduits[conduit.id] = conduit
        return conduit

    def resize(self, conduit: Conduit, shard_count: int) -> None:
        """Raises Problem 400 for an impossible number; shards beyond it are dropped."""
        _check_count(shard_count)
        conduit.shard_count = shard_count
        conduit.shards = {id_: shard for id_, shard in conduit.shards.items() if int(id_) < shard_count}

    def delete(self, conduit: Conduit) -> None:
        """Its subscriptions end with it."""
        del self._conduits[conduit.id]

    def assign(self, conduit: Conduit, shard_id: str, socket: Socket) -> Shard:
        """Give a place to a socket; raises Problem 400 when the conduit has no such place."""
        if not shard_id.isdigit() or int(shard_id) >= conduit.shard_count:
            raise Problem(400, "The shard id is outside the conduit's range")
        shard = conduit.shards[shard_id] = Shard(shard_id, socket)
        return shard

    def uses(self, socket: object) -> bool:
        return any(shard.socket is socket for conduit in self for shard in conduit.shards.values())

    def lost(self, socket: object) -> None:
        """A socket is gone: its places wait for another one."""
        for conduit in self:
            for shard in conduit.shards.values():
                if shard.socket is socket:
                    shard.lost_at = self._clock()


def _check_count(shard_count: int) -> None:
    if not 1 <= shard_count <= SHARDS_MAX:
        raise Problem(400, "invalid shard count")
