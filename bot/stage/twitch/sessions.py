"""EventSub's book-keeping: sockets as sessions, the subscriptions on each, and who is told what."""

from __future__ import annotations

import itertools
import uuid
from collections import deque
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

from bot.stage.record import SECOND
from bot.stage.twitch.conduits import Conduits
from bot.stage.twitch.model import NotImitated, Problem, Token, TwitchUser, rfc3339
from bot.stage.twitch.subscriptions import Carrier, Subscription, Wish, check_permission, wish_in
from bot.stage.twitch.tokens import Tokens

SOCKETS_MAX = 3
SUBSCRIPTIONS_MAX = 300
TOTAL_COST_MAX = 10
TOTAL_COST_MAX_OF_THE_APP = 10_000
ENDED_SECONDS = 3600
_GONE = "websocket transport session does not exist or has already disconnected"
_WRONG_TOKEN = "invalid transport and auth combination"


class Outlet(Protocol):
    """The way to one connected socket, and the ways to break it; none of them waits."""

    def send(self, frame: Mapping[str, Any]) -> None: ...
    def close(self, code: int) -> None: ...
    def drop_tcp(self) -> None: ...
    def freeze_tcp(self) -> None: ...
    def ask_to_reconnect(self) -> None: ...


@dataclass(eq=False, slots=True)
class Session:
    """One EventSub session: where its frames go, and what it asked for."""

    id: str
    connected_at: int
    outlet: Outlet
    keepalive_seconds: int
    subscriptions: dict[str, Subscription] = field(default_factory=dict)
    user: TwitchUser | None = None

    def send(self, frame: Mapping[str, Any]) -> None:
        self.outlet.send(frame)

    def transport(self) -> dict[str, str]:
        return {"method": "websocket", "session_id": self.id}

    def transport_in_lists(self) -> dict[str, str]:
        return {**self.transport(), "connected_at": rfc3339(self.connected_at)}


def _new_session_id() -> str:
    return "AgoQ" + uuid.uuid4().hex


class Sessions:
    """All open sessions of the application, and the subscriptions on them and on its conduits."""

    def __init__(self, clock: Callable[[], int], tokens: Tokens) -> None:
        self._clock = clock
        self._tokens = tokens
        self._open: dict[str, Session] = {}
        self._ended: deque[tuple[int, Subscription]] = deque()
        self.conduits = Conduits(clock)

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

    def disconnect(self, outlet: Outlet, status: str = "websocket_disconnected") -> Session | None:
        """End the session of a socket that is gone; None when another socket has taken it on since.

        `status` is how its subscriptions are listed from now on.
        """
        for session in self:
            if session.outlet is outlet:
                del self._open[session.id]
                self.conduits.lost(session)
                for subscription in session.subscriptions.values():
                    self.end(subscription, status)
                return session
        return None

    def end(self, subscription: Subscription, status: str) -> None:
        """Keep a subscription that hears nothing more in the lists, for a while."""
        subscription.status = status
        self._ended.append((self._clock() + ENDED_SECONDS * SECOND, subscription))

    def listed(self, user: TwitchUser | None) -> list[Subscription]:
        """A user's subscriptions, and those that have ended lately; None asks for the application's own."""
        now = self._clock()
        while self._ended and self._ended[0][0] <= now:
            self._ended.popleft()
        ended = [subscription for _, subscription in self._ended]
        return [each for each in (*self.subscriptions(), *ended) if each.user is user]

    def is_used(self, session: Session) -> bool:
        """Whether anything is to be told on the session: by a subscription of its own or as a shard."""
        return bool(session.subscriptions) or self.conduits.uses(session)

    def subscriptions(self) -> list[Subscription]:
        carriers: Iterator[Carrier] = itertools.chain(self._open.values(), self.conduits)
        return [each for carrier in carriers for each in carrier.subscriptions.values()]

    def listening(self, name: str, facts: Mapping[str, str]) -> list[Subscription]:
        # The name first, and here: every line of a crowd passes this, and most subscriptions are of other types.
        return [each for each in self.subscriptions() if each.type.name == name and each.matches(facts)]

    def total_cost(self, user: TwitchUser | None) -> int:
        """The cost of a user's subscriptions; None asks for the application's own, which are on conduits."""
        return sum(each.cost for each in self.subscriptions() if each.user is user)

    def total_cost_max(self, user: TwitchUser | None) -> int:
        return TOTAL_COST_MAX_OF_THE_APP if user is None else TOTAL_COST_MAX

    def subscribe(self, token: Token, body: Mapping[str, Any], moderates: Callable[[str], bool]) -> Subscription:
        """Add a subscription; `moderates(user id)` tells who moderates the channel.

        Raises Problem with Twitch's status: 400 malformed or unknown session, 403 not permitted, 409 there
        already, 429 too many; NotImitated for a type or transport the stage does not have.
        """
        wish = wish_in(body)
        carrier = self._carrier(token, body, wish)
        check_permission(wish, token, self._tokens, moderates)
        if isinstance(carrier, Session) and carrier.user not in (None, token.user):
            raise Problem(400, "websocket transport cannot have subscriptions created by different users")
        for each in carrier.subscriptions.values():
            if each.type is wish.type and each.condition == wish.condition:
                raise Problem(409, "subscription already exists")
        cost = 0 if all(self._tokens.has_authorised(user_id) for user_id in wish.named_users) else 1
        if isinstance(carrier, Session):
            self._check_room(carrier, token)
        if self.total_cost(token.user) + cost > self.total_cost_max(token.user):
            raise Problem(429, "total cost exceeded")
        subscription = Subscription(
            str(uuid.uuid4()), wish.type, wish.condition, token.user, carrier, cost, self._clock()
        )
        if isinstance(carrier, Session):
            carrier.user = token.user
        carrier.subscriptions[subscription.id] = subscription
        return subscription

    def unsubscribe(self, token: Token, subscription_id: str) -> Subscription:
        """Raises Problem 404 when this token's user has no such subscription."""
        for each in self.subscriptions():
            if each.id == subscription_id and each.user is token.user:
                return each.carrier.subscriptions.pop(subscription_id)
        for entry in self._ended:
            if entry[1].id == subscription_id and entry[1].user is token.user:
                self._ended.remove(entry)
                return entry[1]
        raise Problem(404, "subscription not found")

    def _carrier(self, token: Token, body: Mapping[str, Any], wish: Wish) -> Session | Carrier:
        """The session or conduit that the request names, with the kind of token that goes with it."""
        transport = body.get("transport")
        if not isinstance(transport, dict) or "method" not in transport:
            raise Problem(400, "missing transport method")
        method = transport["method"]
        if method == "conduit":
            if token.user is not None:
                raise Problem(400, _WRONG_TOKEN)
            return self.conduits.named(transport.get("conduit_id"), status=400)
        if method != "websocket":
            raise NotImitated(f"the EventSub transport {method!r}")
        session = self._open.get(str(transport.get("session_id")))
        if session is None:
            raise Problem(400, _GONE)
        if token.user is None or wish.type.conduit_only:
            raise Problem(400, _WRONG_TOKEN)
        return session

    def _check_room(self, session: Session, token: Token) -> None:
        if len(session.subscriptions) >= SUBSCRIPTIONS_MAX:
            raise Problem(429, "subscription limit exceeded for this websocket transport")
        users_sessions = {each.carrier for each in self.subscriptions() if each.user is token.user}
        if len(users_sessions | {session}) > SOCKETS_MAX:
            raise Problem(429, "number of websocket transports limit exceeded")
