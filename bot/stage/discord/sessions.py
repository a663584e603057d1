"""Gateway sessions: who is connected with which intents, what was told, and what a resume must be told again."""

from __future__ import annotations

import secrets
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Protocol

from bot.stage.record import SECOND

Json = dict[str, Any]

GUILDS, GUILD_MEMBERS, GUILD_PRESENCES = 1 << 0, 1 << 1, 1 << 8
GUILD_MESSAGES, GUILD_REACTIONS = 1 << 9, 1 << 10
DIRECT_MESSAGES, DIRECT_REACTIONS = 1 << 12, 1 << 13
MESSAGE_CONTENT, SCHEDULED_EVENTS = 1 << 15, 1 << 16
GUILD_POLLS, DIRECT_POLLS = 1 << 24, 1 << 25
PRIVILEGED = GUILD_MEMBERS | GUILD_PRESENCES | MESSAGE_CONTENT
_KNOWN_INTENTS = (1 << 26) - 1
_RESUMABLE_FOR = 120 * SECOND
IDENTIFIES_A_DAY = 1000
_DAY = 86_400 * SECOND
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
    """All sessions of the bot; `note` writes a line about the gateway into the record.

    The platform takes one IDENTIFY in five seconds; set `identify_pause_seconds` to 5 to be as strict. It is 0 at
    first, as every restart of a bot would cost a rehearsal five seconds.
    """

    def __init__(self, token: str, clock: Callable[[], int], note: Callable[..., None]) -> None:
        self._token = token
        self._clock = clock
        self._note = note
        self._by_id: dict[str, Session] = {}
        self.outlets: set[Outlet] = set()
        self.allowed_privileged_intents = 0
        self.identify_pause_seconds = 0.0
        self._identified_at: deque[int] = deque()

    @property
    def connected(self) -> list[Session]:
        return [session for session in self._by_id.values() if session.outlet is not None]

    @property
    def identifies_left(self) -> int:
        """How many IDENTIFYs the platform still takes today."""
        self._forget_old_identifies()
        return max(IDENTIFIES_A_DAY - len(self._identified_at), 0)

    @property
    def identifies_reset_after_ms(self) -> int:
        self._forget_old_identifies()
        return (self._identified_at[0] + _DAY - self._clock()) // 1000 if self._identified_at else 0

    def identify(self, outlet: Outlet, data: Json) -> Session | None:
        """Open a session; None when it comes too soon after the last one (op 9).

        Raises GatewayClosed: 4004 for a wrong token or after 1000 sessions in a day, 4010 for the shard, 4013 and
        4014 for intents.
        """
        self._check_token(data)
        intents = data.get("intents")
        if not isinstance(intents, int) or intents & ~_KNOWN_INTENTS:
            raise GatewayClosed(4013, "Invalid intent(s).")
        if intents & PRIVILEGED & ~self.allowed_privileged_intents:
            raise GatewayClosed(4014, "Disallowed intent(s).")
        shard = data.get("shard") or [0, 1]
        if shard[0] >= shard[1]:
            raise GatewayClosed(4010, "Invalid shard.")
        if not self.identifies_left:
            # The platform ends all sessions and resets the token; to the client that is a wrong token.
            self._note("too many identifies")
            raise GatewayClosed(4004, "Authentication failed.")
        now = self._clock()
        pause = self.identify_pause_seconds * SECOND
        if self._identified_at and now - self._identified_at[-1] < pause:
            self._note("identify too soon")
            return None
        session = Session(secrets.token_hex(16), intents, shard, outlet)
        self._by_id[session.id] = session
        self._identified_at.append(now)
        self._note("identify", session_id=session.id, intents=intents)
        return session

    def _forget_old_identifies(self) -> None:
        while self._identified_at and self._clock() - self._identified_at[0] >= _DAY:
            self._identified_at.popleft()

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

    def dispatch(self, event: str, payload: Json, *, intent: int = 0, veiled: Json | None = None) -> None:
        """Tell every session that may know; one that is away but may resume is told when it returns.

        Sessions without the message content intent are told `veiled` instead, where it is given.
        """
        for session in tuple(self._by_id.values()):
            if self._expired(session):
                self.forget(session)
            elif not intent or session.intents & intent:
                reads = session.intents & MESSAGE_CONTENT
                session.tell(event, payload if reads or veiled is None else veiled)

    def _expired(self, session: Session) -> bool:
        return session.lost_at is not None and self._clock() - session.lost_at > _RESUMABLE_FOR

    def _check_token(self, data: Json) -> None:
        if str(data.get("token", "")).removeprefix("Bot ") != self._token:
            raise GatewayClosed(4004, "Authentication failed.")
