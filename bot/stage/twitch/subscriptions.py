"""One EventSub subscription: what it wants, what carries it, and who may ask for it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from bot.stage.twitch.events import EVENT_TYPES, EventType
from bot.stage.twitch.model import NotImitated, Problem, Token, TwitchUser, rfc3339
from bot.stage.twitch.tokens import Tokens

_NO_PERMISSION = "subscription missing proper authorization"
_USERS = (
    "broadcaster_user_id",
    "user_id",
    "moderator_user_id",
    "to_broadcaster_user_id",
    "from_broadcaster_user_id",
)


class Carrier(Protocol):
    """What takes notifications to a client: a socket's session, or a conduit."""

    subscriptions: dict[str, Subscription]

    def send(self, frame: Mapping[str, Any]) -> None: ...
    def transport(self) -> dict[str, str]: ...
    def transport_in_lists(self) -> dict[str, str]: ...


@dataclass(eq=False, slots=True)
class Subscription:
    """One wish to be told; `user` is None when the application itself asked, for a conduit."""

    id: str
    type: EventType
    condition: dict[str, str]
    user: TwitchUser | None
    carrier: Carrier
    cost: int
    created_at: int
    status: str = "enabled"

    @property
    def session(self) -> Any:
        """What carries it, by the name that suits a socket."""
        return self.carrier

    @property
    def permitted_by(self) -> str | None:
        """The id of the user without whose permission there is nothing to tell; None when nobody is asked."""
        return self.condition.get(self.type.permitted_by) if self.type.permitted_by else None

    def matches(self, facts: Mapping[str, str]) -> bool:
        """Whether an event of its type with these facts is meant; keys it knows nothing of do not narrow it."""
        return all(facts.get(key, value) == value for key, value in self.condition.items())

    def as_json(self) -> dict[str, Any]:
        """As notifications carry it."""
        return self._json(self.carrier.transport())

    def as_helix_json(self) -> dict[str, Any]:
        """As the list of subscriptions shows it."""
        return self._json(self.carrier.transport_in_lists())

    def _json(self, transport: dict[str, str]) -> dict[str, Any]:
        return {
            "id": self.id,
            "status": self.status,
            "type": self.type.name,
            "version": self.type.version,
            "cost": self.cost,
            "condition": dict(self.condition),
            "transport": transport,
            "created_at": rfc3339(self.created_at),
        }


@dataclass(frozen=True, slots=True)
class Wish:
    """A request for a subscription that is well-formed and, once checked, permitted."""

    type: EventType
    condition: dict[str, str]

    @property
    def named_users(self) -> list[str]:
        return [self.condition[key] for key in _USERS if key in self.condition]


def wish_in(body: Mapping[str, Any]) -> Wish:
    """Raises Problem 400 when something is missing, NotImitated for a type the stage does not have."""
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
    return Wish(kind, condition)


def check_permission(wish: Wish, token: Token, tokens: Tokens, moderates: Callable[[str], bool]) -> None:
    """Raises Problem 403 unless the user whom the type asks for has let the application listen.

    A user token has to be that user's own and carry the scope; for an app token any grant of that user counts.
    """
    kind = wish.type
    if kind.permitted_by is None:
        return
    subject = wish.condition[kind.permitted_by]
    if token.user is None:
        granted = tokens.granted_by_id(subject)
    else:
        granted = token.scopes if token.user.id == subject else frozenset()
    if not kind.scopes & granted:
        raise Problem(403, _NO_PERMISSION)
    if kind.permitted_by == "moderator_user_id" and not moderates(subject):
        raise Problem(403, _NO_PERMISSION)
    if token.user is None and kind.is_chat:
        # Without the reader's own token, both the reader and the channel have to have let a bot in.
        channel = tokens.granted_by_id(wish.condition["broadcaster_user_id"])
        if "user:bot" not in granted or not ("channel:bot" in channel or moderates(subject)):
            raise Problem(403, _NO_PERMISSION)
