"""What can go wrong on Twitch's side, one method per fault, for tests and rehearsals to call."""

from __future__ import annotations

import math
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    from bot.stage.twitch.sessions import Outlet, Sessions

SendPhase = Literal["received", "answering"]
Event = Mapping[str, Any]


def any_event(_name: str, _event: Event) -> bool:
    return True


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
        self.strikes: Callable[[str, Event], bool] = any_event
        self.on_delivery: Callable[[Callable[[], None]], None] | None = None
        self._copies = self._retellings = 1
        self._copied = self._retold = self._losses = 0
        self.lost_last = False
        self._answers: list[PlannedAnswer] = []
        self._delays: list[PlannedDelay] = []

    # Notifications

    def duplicate_next(self, n: int, *, times: int = 1) -> None:
        """The next `times` events are delivered `n` times each, under the same EventSub message id."""
        self._copies, self._copied = n, times

    def redeliver_as_new(self, n: int, *, times: int = 1) -> None:
        """The next `times` events are delivered under `n` different EventSub message ids each."""
        self._retellings, self._retold = n, times

    def lose_next(self, n: int) -> None:
        """The next `n` events reach nobody."""
        self._losses += n

    @property
    def copies_planned(self) -> int:
        """How many events are still to be delivered more than once, under one id."""
        return self._copied

    @property
    def retellings_planned(self) -> int:
        """How many events are still to be delivered under several ids."""
        return self._retold

    @property
    def losses_planned(self) -> int:
        """How many events are still to be lost."""
        return self._losses

    def forget_deliveries(self) -> None:
        """What was planned for coming events is off."""
        self._copied = self._retold = self._losses = 0

    def take_delivery(self, name: str = "", event: Event | None = None) -> tuple[int, int]:
        """How an event is delivered: (number of message ids, copies of each); used up by asking.

        What `strikes` leaves out is delivered as ever."""
        if not self.strikes(name, event or {}):
            self.lost_last = False
            return 1, 1
        self.lost_last = self._losses > 0
        if self._losses:
            self._losses -= 1
            return 0, 0
        plan = self._retellings if self._retold else 1, self._copies if self._copied else 1
        self._retold, self._copied = max(0, self._retold - 1), max(0, self._copied - 1)
        return plan

    def deliver(self, send: Callable[[], None]) -> None:
        """Send a frame now, or as `on_delivery` has it, which is given the deed."""
        if self.on_delivery is None:
            send()
        else:
            self.on_delivery(send)

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
    ) -> PlannedAnswer:
        """Answer the next `times` requests with `status`; paths as "/helix/chat/messages" or "/oauth2/token",
        "*" is any method.

        Without a body the answer is a Twitch-shaped error. With `after_effect` the request takes effect and
        only its answer is replaced. What is returned can be given to `forget`.
        """
        planned = PlannedAnswer(
            method, path_prefix, status, times, body, content_type, dict(headers or {}), after_effect
        )
        self._answers.append(planned)
        return planned

    def forget(self, planned: PlannedAnswer) -> None:
        """End a planned answer before its time; one that is used up is over anyway."""
        self._answers = [each for each in self._answers if each is not planned]

    def delay_next(self, method: str, path_prefix: str, seconds: float) -> None:
        """Let the next matching request wait before it is handled."""
        self._delays.append(PlannedDelay(method, path_prefix, seconds))

    def take_answer(self, method: str, path: str) -> PlannedAnswer | None:
        for planned in self._answers:
            if planned.method in (method, "*") and path.startswith(planned.path_prefix):
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
