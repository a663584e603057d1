"""Gateway sessions: who is connected with which intents, what was told, and what a resume must be told again."""

from __future__ import annotations

import secrets
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Protocol

Json = dict[str, Any]

GUILDS, GUILD_MEMBERS, GUILD_PRESENCES = 1 << 0, 1 << 1, 1 << 8
GUILD_MESSAGES, MESSAGE_CONTENT = 1 << 9, 1 << 15
PRIVILEGED = GUILD_MEMBERS | GUILD_PRESENCES | MESSAGE_CONTENT
_KNOWN_INTENTS = (1 << 26) - 1
_RESUMABLE_FOR_US = 120_000_000
_REPLAY_MAX = 10_000
# After these the platform forgets the session: a client has to identify anew.
_ENDING_CODES = frozenset({1000, 1001, 4004, 4007, 4009, 4010, 4011, 4012, 4013, 4014})


class GatewayClosed(Exception):
    """The gateway ends the connection with this close code."""

    def __init__(self, code: int, reason: str) -> None:
        super().__init__(reason)
        self.code = code
        self.reason = reason


class Outlet(Protocol):
    """One connected socket."""

    def send(self, frame: Json) -> None: ...

    def close(self, code: int) -> None: ...

    def abort(self) -> None: ...


@dataclass(slots=True, eq=False)
class Session:
    id: str
    intents: int
    shard: list[int]
    outlet: Outlet | None
    sequence: int = 0
    told: deque[Json] = field(default_factory=lambda: deque(maxlen=_REPLAY_MAX))
    lost_at: int | None = None

    def tell(self, event: str, payload: Json) -> None:
        self.sequence += 1
        frame: Json = {"op": 0, "t": event, "s": self.sequence, "d": payload}
        self.told.append(frame)
        if self.outlet is not None:
            self.outlet.send(frame)

    def acknowledged(self, sequence: int) -> None:
        """The client has seen all up to `sequence`; it will not ask for that again."""
        while self.told and self.told[0]["s"] <= sequence:
            self.told.popleft()


class Sessions:
    """All sessions of the bot; `note` writes a line about the gateway into the record."""

    def __init__(self, token: str, clock: Callable[[], int], note: Callable[..., None]) -> None:
        self._token = token
        self._clock = clock
        self._note = note
        self._by_id: dict[str, Session] = {}
        self.outlets: set[Outlet] = set()
        self.allowed_privileged_intents = 0
        self.identified = 0

    @property
    def connected(self) -> list[Session]:
        return [session for session in self._by_id.values() if session.outlet is not None]

    def identify(self, outlet: Outlet, data: Json) -> Session:
        """Open a session; raises GatewayClosed 4004 for a wrong token, 4013 and 4014 for intents."""
        self._check_token(data)
        intents = data.get("intents")
        if not isinstance(intents, int) or intents & ~_KNOWN_INTENTS:
            raise GatewayClosed(4013, "Invalid intent(s).")
        if intents & PRIVILEGED & ~self.allowed_privileged_intents:
            raise GatewayClosed(4014, "Disallowed intent(s).")
        shard = data.get("shard") or [0, 1]
        if shard[0] >= shard[1]:
            raise GatewayClosed(4010, "Invalid shard.")
        session = Session(secrets.token_hex(16), intents, shard, outlet)
        self._by_id[session.id] = session
        self.identified += 1
        self._note("identify", session_id=session.id, intents=intents)
        return session

    def resume(self, outlet: Outlet, data: Json) -> Session | None:
        """Take a session up again and replay what it missed; None when it is gone (op 9)."""
        self._check_token(data)
        session = self._by_id.get(data.get("session_id") or "")
        if session is None or self._expired(session):
            self._note("resume refused", session_id=data.get("session_id"))
            return None
        sequence = data.get("seq") or 0
        if sequence > session.sequence:
            raise GatewayClosed(4007, "Invalid seq.")
        if session.outlet is not None:
            session.outlet.close(4000)
        session.acknowledged(sequence)
        session.outlet, session.lost_at = outlet, None
        missed = list(session.told)
        for frame in missed:
            outlet.send(frame)
        self._note("resume", session_id=session.id, replayed=len(missed))
        session.tell("RESUMED", {"_trace": ["stage"]})
        return session

    def lost(self, session: Session, outlet: Outlet, code: int | None) -> None:
        """A socket ended; the session stays resumable unless the code says goodbye."""
        if session.outlet is not outlet:
            return
        session.outlet, session.lost_at = None, self._clock()
        if code in _ENDING_CODES:
            self.forget(session)
        self._note("disconnect", session_id=session.id, code=code)

    def forget(self, session: Session) -> None:
        self._by_id.pop(session.id, None)

    def forget_all(self) -> None:
        self._by_id.clear()

    def dispatch(self, event: str, payload: Json, *, intent: int = 0) -> None:
        """Tell every session that may know; one that is away but may resume is told when it returns."""
        for session in tuple(self._by_id.values()):
            if self._expired(session):
                self.forget(session)
            elif not intent or session.intents & intent:
                session.tell(event, payload)

    def _expired(self, session: Session) -> bool:
        return session.lost_at is not None and self._clock() - session.lost_at > _RESUMABLE_FOR_US

    def _check_token(self, data: Json) -> None:
        if str(data.get("token", "")).removeprefix("Bot ") != self._token:
            raise GatewayClosed(4004, "Authentication failed.")
