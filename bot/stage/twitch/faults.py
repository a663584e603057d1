"""What can go wrong on Twitch's side, one method per fault, for tests and rehearsals to call."""

from __future__ import annotations

import math
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    from bot.stage.twitch.sessions import Outlet, Sessions

SendPhase = Literal["received", "answering"]


@dataclass(slots=True)
class PlannedAnswer:
    """An answer that will stand in for the real one; with `after_effect` the request does its work first."""

    method: str
    path_prefix: str
    status: int
    times: int
    body: str | Mapping[str, Any] | None
    content_type: str
    headers: Mapping[str, str]
    after_effect: bool


@dataclass(slots=True)
class PlannedDelay:
    method: str
    path_prefix: str
    seconds: float


class Faults:
    """All faults that are on or planned; without any, the stage behaves."""

    def __init__(self, sessions: Sessions) -> None:
        self._sessions = sessions
        self.silenced = False
        self.welcome_delay_seconds: float = 0.0
        self.meanwhile: Callable[[], object] | None = None
        self.on_send: Callable[[SendPhase, str], Awaitable[None]] | None = None
        self._copies = 1
        self._retellings = 1
        self._losses = 0
        self.lost_last = False
        self._answers: list[PlannedAnswer] = []
        self._delays: list[PlannedDelay] = []

    # Notifications

    def duplicate_next(self, n: int) -> None:
        """The next event is delivered `n` times, each time under the same EventSub message id."""
        self._copies = n

    def redeliver_as_new(self, n: int) -> None:
        """The next event is delivered under `n` different EventSub message ids."""
        self._retellings = n

    def lose_next(self, n: int) -> None:
        """The next `n` events reach nobody."""
        self._losses += n

    def take_delivery(self) -> tuple[int, int]:
        """How the next event is delivered: (number of message ids, copies of each); used up by asking."""
        self.lost_last = self._losses > 0
        if self._losses:
            self._losses -= 1
            return 0, 0
        plan = self._retellings, self._copies
        self._retellings = self._copies = 1
        return plan

    # Sockets

    def close_sockets(self, code: int) -> None:
        """Twitch closes every EventSub socket with a close code."""
        for socket in self._sockets():
            socket.close(code)

    def silence(self, on: bool = True) -> None:
        """While on, sockets answer pings and carry nothing else; what should have been sent is gone."""
        self.silenced = on

    def drop_tcp(self) -> None:
        """Every EventSub connection is reset without a close frame."""
        for socket in self._sockets():
            socket.drop_tcp()

    def freeze_tcp(self) -> None:
        """Every EventSub connection goes dead without an end: nothing is read, nothing is answered."""
        for socket in self._sockets():
            socket.freeze_tcp()

    def no_welcome(self, seconds: float = math.inf) -> None:
        """New sockets are welcomed only after so many seconds; 0 ends the fault."""
        self.welcome_delay_seconds = seconds

    def reconnect(self, meanwhile: Callable[[], object] | None = None) -> None:
        """Send session_reconnect; `meanwhile` runs when the new socket is there and not yet welcomed.

        Whatever is said in `meanwhile` is delivered on the old socket, as Twitch does.
        """
        self.meanwhile = meanwhile
        for socket in self._sockets():
            socket.ask_to_reconnect()

    def take_meanwhile(self) -> Callable[[], object] | None:
        meanwhile, self.meanwhile = self.meanwhile, None
        return meanwhile

    def _sockets(self) -> list[Outlet]:
        return [session.outlet for session in self._sessions]

    # Requests

    def fail_next(
        self,
        method: str,
        path_prefix: str,
        status: int,
        *,
        times: int = 1,
        body: str | Mapping[str, Any] | None = None,
        content_type: str = "application/json",
        headers: Mapping[str, str] | None = None,
        after_effect: bool = False,
    ) -> None:
        """Answer the next `times` requests with `status`; paths as "/helix/chat/messages" or "/oauth2/token".

        Without a body the answer is a Twitch-shaped error. With `after_effect` the request takes effect and
        only its answer is replaced.
        """
        self._answers.append(
            PlannedAnswer(method, path_prefix, status, times, body, content_type, dict(headers or {}), after_effect)
        )

    def delay_next(self, method: str, path_prefix: str, seconds: float) -> None:
        """Let the next matching request wait before it is handled."""
        self._delays.append(PlannedDelay(method, path_prefix, seconds))

    def take_answer(self, method: str, path: str) -> PlannedAnswer | None:
        for planned in self._answers:
            if planned.method == method and path.startswith(planned.path_prefix):
                planned.times -= 1
                if planned.times <= 0:
                    self._answers.remove(planned)
                return planned
        return None

    def take_delay(self, method: str, path: str) -> float:
        """Seconds the request must wait; 0 when no delay is planned."""
        for planned in self._delays:
            if planned.method == method and path.startswith(planned.path_prefix):
                self._delays.remove(planned)
                return planned.seconds
        return 0.0
