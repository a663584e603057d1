"""Keeps everybody else out: a key in the address, this server's own name in each request, and no foreign page."""

from __future__ import annotations

import ipaddress
import secrets
from collections.abc import Awaitable, Callable

from aiohttp import web

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self' data:; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
REPORT_POLICY = (
    "default-src 'none'; style-src 'unsafe-inline'; img-src data:; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'; sandbox"
)
_HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cache-Control": "no-store",
}
_Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


class Guard:
    """`host` is what the server listens on, `port` is set once that is known."""

    def __init__(self, host: str) -> None:
        self.key = secrets.token_urlsafe(18)
        self.port = 0
        self._host = host

    def mount(self, app: web.Application) -> None:
        app.middlewares.append(self._check)
        app.on_response_prepare.append(_add_headers)

    @web.middleware
    async def _check(self, request: web.Request, handler: _Handler) -> web.StreamResponse:
        if not self.is_own_name(request.headers.get("Host", "")):
            # A foreign name that leads here (DNS rebinding) would make a foreign page one of ours.
            raise web.HTTPMisdirectedRequest(text="This is not the name of this server.\n")
        given = request.path.split("/", 2)[1].encode()
        if not secrets.compare_digest(given, self.key.encode()):
            raise web.HTTPNotFound(text="Nothing here. Use the whole address that the rehearsal printed.\n")
        if not self._is_from_own_page(request):
            raise web.HTTPForbidden(text="Another page may not do this.\n")
        return await handler(request)

    def is_own_name(self, host: str) -> bool:
        """Whether a Host header names this server, and not a name that somebody else lets lead here."""
        name, port = _split(host)
        if port != self.port:
            return False
        if name == self._host.strip("[]") or (name == "localhost" and _is_loopback(self._host)):
            return True
        # Open to the network, this machine has several addresses; an address, unlike a name, cannot be borrowed.
        return _is_address(name) and (_is_loopback(name) or _is_unspecified(self._host))

    def _is_from_own_page(self, request: web.Request) -> bool:
        fetched = request.headers.get("Sec-Fetch-Site", "same-origin")
        origin = request.headers.get("Origin")
        own = f"http://{request.headers['Host']}"
        if request.method in ("GET", "HEAD"):
            opened = request.headers.get("Sec-Fetch-Mode") == "navigate"
            return origin in (None, own) and (fetched in ("same-origin", "none") or opened)
        return origin == own and fetched == "same-origin" and request.content_type == "application/json"


async def _add_headers(request: web.Request, response: web.StreamResponse) -> None:
    response.headers.update(_HEADERS)
    response.headers.setdefault("Content-Security-Policy", POLICY)


def _split(host: str) -> tuple[str, int]:
    name, _, port = host.rpartition(":")
    return name.strip("[]").casefold(), int(port) if port.isascii() and port.isdecimal() else -1


def _is_address(name: str) -> bool:
    try:
        ipaddress.ip_address(name)
    except ValueError:
        return False
    return True


def _is_loopback(name: str) -> bool:
    return name == "localhost" or (_is_address(name) and ipaddress.ip_address(name).is_loopback)


def _is_unspecified(name: str) -> bool:
    return _is_address(name) and ipaddress.ip_address(name).is_unspecified
