"""Things that go wrong on purpose: lost sockets, outages, refusals, delays, duplicates and lost answers."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from bot.stage.discord.errors import TooMany
from bot.stage.discord.sessions import Sessions

Hook = Callable[[Literal["received", "answering"], dict[str, Any]], Awaitable[None]]
Deed = Literal["fail", "delay", "lose"]


@dataclass(slots=True)
class Planned:
    """One fault for the next requests whose method and path (without /api/v10) match."""

    deed: Deed
    method: str
    path_prefix: str
    times: int = 1
    status: int = 500
    body: Any = None
    headers: dict[str, str] = field(default_factory=dict)
    seconds: float = 0.0


class Faults:
    """`on_message` and `on_callback` are awaited when such a request arrived and just before it is answered.

    A hook that raises ConnectionError cuts the line: before the deed when "received", after it when "answering".
    """

    def __init__(self, sessions: Sessions) -> None:
        self._sessions = sessions
        self._planned: list[Planned] = []
        self._duplicates: list[int] = []
        self.is_out = False
        self.is_silent = False
        self.on_message: Hook | None = None
        self.on_callback: Hook | None = None

    def drop_gateway(self, resumable: bool = True) -> None:
        """Cut the sockets without a goodbye; a session that is not resumable is forgotten too."""
        for outlet in tuple(self._sessions.outlets):
            outlet.abort()
        if not resumable:
            self._sessions.forget_all()

    def close_gateway(self, code: int) -> None:
        for outlet in tuple(self._sessions.outlets):
            outlet.close(code)

    def ask_to_reconnect(self) -> None:
        """Op 7: the gateway wants the client to come back and resume."""
        for session in self._sessions.connected:
            if session.outlet is not None:
                session.outlet.send({"op": 7, "d": None, "s": None, "t": None})

    def invalidate_session(self, resumable: bool = False) -> None:
        """Op 9."""
        for session in self._sessions.connected:
            if not resumable:
                self._sessions.forget(session)
            if session.outlet is not None:
                session.outlet.send({"op": 9, "d": resumable, "s": None, "t": None})

    def ask_for_heartbeat(self) -> None:
        """Op 1 from the gateway: the client is to send its heartbeat at once."""
        for session in self._sessions.connected:
            if session.outlet is not None:
                session.outlet.send({"op": 1, "d": None, "s": None, "t": None})

    def silence(self, is_silent: bool) -> None:
        """While it lasts open sockets stay open and say nothing, not even that a heartbeat was heard.

        What was missed is replayed to a client that resumes.
        """
        self.is_silent = is_silent

    def malformed_dispatch(self) -> None:
        """An event without the keys a client subscripts; discord.py's client dies of it."""
        self._sessions.dispatch("INTERACTION_CREATE", {"id": "1", "type": 2})

    def duplicate_next(self, times: int) -> None:
        """The next interaction is told `times` times, under the same id."""
        self._duplicates.append(times)

    @property
    def duplicates_planned(self) -> int:
        """How many interactions are still to be told more than once."""
        return len(self._duplicates)

    def take_duplicates(self) -> int:
        return self._duplicates.pop(0) if self._duplicates else 1

    def outage(self, is_out: bool) -> None:
        """While it lasts REST answers 503 and the gateway takes no connection; open sockets are cut."""
        self.is_out = is_out
        if is_out:
            self.drop_gateway()

    def fail_next(
        self,
        method: str,
        path_prefix: str,
        status: int,
        *,
        times: int = 1,
        body: Any = None,
        headers: Mapping[str, str] | None = None,
    ) -> Planned:
        """Refuse before anything took effect; a `body` that is text goes out as HTML, as a proxy's error page."""
        return self._plan(Planned("fail", method, path_prefix, times, status, body, dict(headers or {})))

    def delay_next(self, method: str, path_prefix: str, seconds: float, *, times: int = 1) -> None:
        self._plan(Planned("delay", method, path_prefix, times, seconds=seconds))

    def lose_answer_next(self, method: str, path_prefix: str, *, times: int = 1) -> Planned:
        """Let the request take effect and cut the connection instead of answering."""
        return self._plan(Planned("lose", method, path_prefix, times))

    def rate_limit_next(self, method: str, path_prefix: str, retry_after: float, *, times: int = 1) -> Planned:
        """429 as the platform's own, with Via: a client waits `retry_after` seconds and tries again."""
        said = TooMany(retry_after)
        return self._plan(Planned("fail", method, path_prefix, times, 429, said.body(), said.headers()))

    def take(self, deed: Deed, method: str, path: str) -> Planned | None:
        """The planned fault of this kind that fits the request, used up by one."""
        for planned in self._planned:
            fits = planned.deed == deed and planned.method in (method, "*")
            if fits and path.startswith(planned.path_prefix):
                planned.times -= 1
                if planned.times <= 0:
                    self._planned.remove(planned)
                return planned
        return None

    def clear(self) -> None:
        """End the outage and the silence, and forget all that was planned."""
        self.is_out = self.is_silent = False
        self._planned.clear()
        self._duplicates.clear()

    def forget(self, planned: Planned) -> None:
        """End a planned fault before its time; one that is used up is over anyway."""
        self._planned = [each for each in self._planned if each is not planned]

    def _plan(self, planned: Planned) -> Planned:
        planned.method = planned.method.upper()
        planned.path_prefix = planned.path_prefix.removeprefix("/api/v10")
        self._planned.append(planned)
        return planned
