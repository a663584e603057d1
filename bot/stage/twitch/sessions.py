"""EventSub's book-keeping: sockets as sessions, the subscriptions on each, and who is told what."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

from bot.stage.twitch.events import EVENT_TYPES, EventType
from bot.stage.twitch.model import NotImitated, Problem, Token, TwitchUser, rfc3339
from bot.stage.twitch.tokens import Tokens

SOCKETS_MAX = 3
SUBSCRIPTIONS_MAX = 300
TOTAL_COST_MAX = 10
_GONE = "websocket transport session does not exist or has already disconnected"


class Outlet(Protocol):
    """The way to one connected socket, and the ways to break it; none of them waits."""

    def send(self, frame: Mapping[str, Any]) -> None: ...
    def close(self, code: int) -> None: ...
    def drop_tcp(self) -> None: ...
    def freeze_tcp(self) -> None: ...
    def ask_to_reconnect(self) -> None: ...


@dataclass(eq=False, slots=True)
class Subscription:
    """One wish to be told, living as long as its session does."""

    id: str
    type: EventType
    condition: dict[str, str]
    user: TwitchUser
    session: Session
    cost: int
    created_at: int
    status: str = "enabled"

    def matches(self, name: str, facts: Mapping[str, str]) -> bool:
        """Whether an event with these facts is meant; keys the event knows nothing of do not narrow it."""
        return self.type.name == name and all(
            facts.get(key, value) == value for key, value in self.condition.items()
        )

    def as_json(self) -> dict[str, Any]:
        """As notifications carry it."""
        return {
            "id": self.id,
            "status": self.status,
            "type": self.type.name,
            "version": self.type.version,
            "cost": self.cost,
            "condition": dict(self.condition),
            "transport": {"method": "websocket", "session_id": self.session.id},
            "created_at": rfc3339(self.created_at),
        }

    def as_helix_json(self) -> dict[str, Any]:
        """As the list of subscriptions shows it, with the time its socket connected."""
        shown = self.as_json()
        shown["transport"]["connected_at"] = rfc3339(self.session.connected_at)
        return shown


@dataclass(eq=False, slots=True)
class Session:
    """One EventSub session: where its frames go, and what it asked for."""

    id: str
    connected_at: int
    outlet: Outlet
    keepalive_seconds: int
    subscriptions: dict[str, Subscription] = field(default_factory=dict)
    user: TwitchUser | None = None


def _new_session_id() -> str:
    return "AgoQ" + uuid.uuid4().hex


class Sessions:
    """All open sessions of the application."""

    def __init__(self, clock: Callable[[], int], tokens: Tokens) -> None:
        self._clock = clock
        self._tokens = tokens
        self._open: dict[str, Session] = {}

    def __iter__(self) -> Iterator[Session]:
        return iter(tuple(self._open.values()))

    def __len__(self) -> int:
        return len(self._open)

    def find(self, session_id: str) -> Session | None:
        return self._open.get(session_id)

    def open(self, outlet: Outlet, keepalive_seconds: int) -> Session:
        session = Session(_new_session_id(), self._clock(), outlet, keepalive_seconds)
        self._open[session.id] = session
        return session

    def hand_over(self, session: Session, outlet: Outlet) -> None:
        """Let a socket that came by the reconnect address take the session on, under a new id."""
        del self._open[session.id]
        session.id, session.connected_at, session.outlet = _new_session_id(), self._clock(), outlet
        self._open[session.id] = session

    def disconnect(self, outlet: Outlet) -> Session | None:
        """Forget the session of a socket that is gone; None when another socket has taken it on since."""
        for session in self:
            if session.outlet is outlet:
                del self._open[session.id]
                return session
        return None

    def subscriptions(self) -> list[Subscription]:
        return [each for session in self for each in session.subscriptions.values()]

    def listening(self, name: str, facts: Mapping[str, str]) -> list[Subscription]:
        return [each for each in self.subscriptions() if each.matches(name, facts)]

    def total_cost(self, user: TwitchUser) -> int:
        return sum(each.cost for each in self.subscriptions() if each.user is user)

    def subscribe(self, token: Token, body: Mapping[str, Any], moderates: Callable[[str], bool]) -> Subscription:
        """Add a subscription; `moderates(user id)` tells who moderates the channel.

        Raises Problem with Twitch's status: 400 malformed or unknown session, 403 not permitted, 409 there
        already, 429 too many; NotImitated for a type or transport the stage does not have.
        """
        kind, condition = _kind(body)
        session = self._session(body)
        if token.user is None:
            raise Problem(400, "invalid transport and auth combination")
        self._check_permission(token, kind, condition, moderates)
        if session.user is not None and session.user is not token.user:
            raise Problem(400, "websocket transport cannot have subscriptions created by different users")
        for each in session.subscriptions.values():
            if each.type is kind and each.condition == condition:
                raise Problem(409, "subscription already exists")
        cost = 0 if self._authorised(condition) else 1
        if len(session.subscriptions) >= SUBSCRIPTIONS_MAX:
            raise Problem(429, "subscription limit exceeded for this websocket transport")
        if self.total_cost(token.user) + cost > TOTAL_COST_MAX:
            raise Problem(429, "total cost exceeded")
        users_sessions = {each.session.id for each in self.subscriptions() if each.user is token.user}
        if len(users_sessions | {session.id}) > SOCKETS_MAX:
            raise Problem(429, "number of websocket transports limit exceeded")
        subscription = Subscription(str(uuid.uuid4()), kind, condition, token.user, session, cost, self._clock())
        session.user = token.user
        session.subscriptions[subscription.id] = subscription
        return subscription

    def unsubscribe(self, token: Token, subscription_id: str) -> Subscription:
        """Raises Problem 404 when this token's user has no such subscription."""
        for each in self.subscriptions():
            if each.id == subscription_id and each.user is token.user:
                return each.session.subscriptions.pop(subscription_id)
        raise Problem(404, "subscription not found")

    def _session(self, body: Mapping[str, Any]) -> Session:
        transport = body.get("transport")
        if not isinstance(transport, dict) or "method" not in transport:
            raise Problem(400, "missing transport method")
        if transport["method"] != "websocket":
            raise NotImitated(f"the EventSub transport {transport['method']!r}")
        session = self._open.get(str(transport.get("session_id")))
        if session is None:
            raise Problem(400, _GONE)
        return session

    def _authorised(self, condition: Mapping[str, str]) -> bool:
        return all(self._tokens.has_authorised(user_id) for user_id in condition.values())

    @staticmethod
    def _check_permission(
        token: Token, kind: EventType, condition: Mapping[str, str], moderates: Callable[[str], bool]
    ) -> None:
        if kind.permitted_by is None:
            return
        subject = condition[kind.permitted_by]
        if token.user is None or token.user.id != subject:
            raise Problem(403, "subscription missing proper authorization")
        if not kind.scopes & token.scopes:
            raise Problem(403, "subscription missing proper authorization")
        if kind.permitted_by == "moderator_user_id" and not moderates(subject):
            raise Problem(403, "subscription missing proper authorization")


def _kind(body: Mapping[str, Any]) -> tuple[EventType, dict[str, str]]:
    name, version, given = body.get("type"), body.get("version"), body.get("condition")
    if not isinstance(name, str) or not isinstance(version, str) or not isinstance(given, dict):
        raise Problem(400, "missing type, version or condition")
    kind = EVENT_TYPES.get((name, version))
    if kind is None:
        raise NotImitated(f"the EventSub type {name!r} version {version!r}")
    # Clients write a condition they do not want as an empty string.
    condition = {str(key): str(value) for key, value in given.items() if value}
    missing = [key for key in kind.conditions if key not in condition]
    if missing or not condition:
        raise Problem(400, f"missing required condition {', '.join(missing)}".rstrip())
    return kind, condition
