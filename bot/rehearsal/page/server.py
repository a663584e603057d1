"""Serves the page: a document with two files, a stream of news, a place for orders, and the report at the end."""

from __future__ import annotations

import asyncio
import contextlib
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Self

from aiohttp import web
from jinja2 import Environment, FileSystemLoader

from bot.rehearsal.backstage import StageRefused
from bot.rehearsal.page.guard import REPORT_POLICY, Guard
from bot.rehearsal.page.orders import obey
from bot.rehearsal.page.people import LOGIN, Eyes
from bot.rehearsal.page.show import Show
from bot.rehearsal.page.told import Mark

_FILES = {
    "page.css": ("page.css", "text/css"),
    "page.js": ("page.js", "text/javascript"),
}
_HERE = Path(__file__).parent
# The first news are told at once and what comes soon after them together, so that thousands of viewers cost the
# browser no more than five drawings a second.
_TOGETHER_SECONDS = 0.2
_PATIENCE_SECONDS = 10.0
_READERS_MAX = 12
_ORDER_BYTES_MAX = 16_384


class PageServer:
    """`catalogue` is what the page offers: scripts, faults and the numbers to begin with."""

    def __init__(self, show: Show, catalogue: Mapping[str, Any], *, host: str = "127.0.0.1", port: int = 0) -> None:
        self._show = show
        pages = Environment(loader=FileSystemLoader(_HERE), autoescape=True, trim_blocks=True, lstrip_blocks=True)
        self._page = pages.get_template("index.html").render(catalogue)
        self._host, self._port = host, port
        self._readers = 0
        self.guard = Guard(host)
        self._app = web.Application(client_max_size=_ORDER_BYTES_MAX)
        self.guard.mount(self._app)
        self._app.router.add_get("/{key}/", self._document)
        for path in _FILES:
            self._app.router.add_get(f"/{{key}}/{path}", self._file)
        self._app.router.add_get("/{key}/news", self._news)
        self._app.router.add_get("/{key}/people", self._people)
        self._app.router.add_get("/{key}/report", self._report)
        self._app.router.add_post("/{key}/orders", self._order)
        self._runner = web.AppRunner(self._app, handle_signals=False, shutdown_timeout=0.5, access_log=None)

    @property
    def address(self) -> str:
        """What to open in a browser, key included."""
        name = "127.0.0.1" if self._host in ("0.0.0.0", "::", "localhost") else self._host
        return f"http://{f'[{name}]' if ':' in name else name}:{self.guard.port}/{self.guard.key}/"

    async def __aenter__(self) -> Self:
        """Listen; port 0 takes a free one. Raises OSError when the address cannot be listened on."""
        await self._runner.setup()
        try:
            await web.TCPSite(self._runner, self._host, self._port).start()
        except OSError:
            await self._runner.cleanup()
            raise
        self.guard.port = self._runner.addresses[0][1]
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._show.close()
        await self._runner.cleanup()

    async def _document(self, _request: web.Request) -> web.Response:
        return web.Response(text=self._page, content_type="text/html")

    async def _file(self, request: web.Request) -> web.Response:
        name, kind = _FILES[request.path.rpartition("/")[2]]
        return web.Response(body=(_HERE / name).read_bytes(), content_type=kind, charset="utf-8")

    async def _people(self, request: web.Request) -> web.Response:
        return web.json_response(self._show.people.beginning_with(request.query.get("typed", "")[:25].casefold()))

    async def _report(self, _request: web.Request) -> web.Response:
        ending = self._show.ending
        if ending is None or not ending.page:
            raise web.HTTPNotFound(text="There is no report yet.\n")
        headers = {"Content-Security-Policy": REPORT_POLICY}
        return web.Response(text=ending.page, content_type="text/html", headers=headers)

    async def _order(self, request: web.Request) -> web.Response:
        try:
            return web.json_response({"said": await obey(self._show, await request.read())})
        except StageRefused as error:
            # An answer like any other: what the stage refuses is no mistake of the page's.
            return web.json_response({"refused": str(error)})

    async def _news(self, request: web.Request) -> web.StreamResponse:
        """Server-sent events for one pair of eyes, from where a lost connection left off."""
        login = request.query.get("eyes", "")
        if not LOGIN.fullmatch(login):
            raise web.HTTPBadRequest(text="Whose eyes?\n")
        if self._readers >= _READERS_MAX:
            raise web.HTTPServiceUnavailable(text="The page is open too often already.\n")
        response = web.StreamResponse(headers={"Content-Type": "text/event-stream; charset=utf-8"})
        self._readers += 1
        try:
            await response.prepare(request)
            await response.write(b"retry: 1000\n\n")
            with contextlib.suppress(ConnectionError):  # the reader has gone, which is how each of them ends
                await self._tell(response, Eyes(login), Mark.read(request.headers.get("Last-Event-ID", "")))
        finally:
            self._readers -= 1
        return response

    async def _tell(self, response: web.StreamResponse, eyes: Eyes, mark: Mark | None) -> None:
        while not self._show.closed:
            found = await self._show.news_after(mark, eyes, _PATIENCE_SECONDS)
            if found is None:
                await response.write(b": still here\n\n")
                continue
            mark, news = found
            told = json.dumps(news, ensure_ascii=False, separators=(",", ":"))
            await response.write(f"id: {mark}\ndata: {told}\n\n".encode())
            await asyncio.sleep(_TOGETHER_SECONDS)
