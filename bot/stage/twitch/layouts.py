"""Where things are: Twitch's own addresses, and those of Twitch's command-line mock, which many clients know.

The mock has the API under /mock, tokens under /auth, EventSub's subscriptions at /eventsub/subscriptions and its
sockets at /ws, and under /units a look at everybody's ids that asks for no token.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from aiohttp import web

_OWN_TO_MOCK = (
    ("/helix/eventsub/subscriptions", "/eventsub/subscriptions"),
    ("/helix", "/mock"),
    ("/oauth2", "/auth"),
)
PREFIXES = ("/helix", "/oauth2", "/ws", "/mock", "/auth", "/eventsub", "/units")


def own_path(path: str) -> str:
    """The path as Twitch itself has it, whichever layout it was asked in."""
    for own, mock in _OWN_TO_MOCK:
        if path == mock or path.startswith(mock + "/"):
            return own + path.removeprefix(mock)
    return path


def in_both(routes: Iterable[web.RouteDef]) -> Iterator[web.RouteDef]:
    """Each route at its own address and at the mock's."""
    for route in routes:
        yield route
        for own, mock in _OWN_TO_MOCK:
            if route.path == own or route.path.startswith(own + "/"):
                path = mock + route.path.removeprefix(own)
                yield web.RouteDef(route.method, path, route.handler, route.kwargs)
