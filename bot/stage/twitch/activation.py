"""The stage's log-in pages: for the code that a device shows, and for a program that sends a browser here.

Whoever opens a page picks an account and says yes or no: on a stage, everybody is everybody.
"""

from __future__ import annotations

import html
from collections.abc import Mapping

from aiohttp import web
from yarl import URL

from bot.stage.twitch.model import Problem
from bot.stage.twitch.world import TwitchWorld

PATH = "/activate"
ANSWER_PATH = PATH + "/authorize"
_PAGE = """<!doctype html>
<meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>Log in to the stage</title>
<h1>Log in to the stage's Twitch</h1>
<p role="status">{said}</p>
<form method="post" action="{action}">
{code}
<p><label>As <select name="login">{logins}</select></label></p>
<p><button name="answer" value="yes">Authorize</button> <button name="answer" value="no">Cancel</button></p>
</form>
"""
_CODE = '<p><label>Code <input name="code" value="{}" required></label></p>'
_LOGINS_SHOWN_MAX = 50


class Activation:
    def __init__(self, world: TwitchWorld) -> None:
        self._world = world

    def routes(self) -> list[web.RouteDef]:
        return [
            web.get(PATH, self.show),
            web.post(PATH, self.answer),
            web.get("/oauth2/authorize", self.show_authorize),
            web.post(ANSWER_PATH, self.authorize),
        ]

    async def show(self, request: web.Request) -> web.Response:
        return self._page("Type the code that your program shows.", code=request.query.get("device-code", ""))

    async def answer(self, request: web.Request) -> web.Response:
        form = await request.post()
        code, login = str(form.get("code", "")), str(form.get("login", ""))
        user = self._world.find_user(login=login)
        if user is None:
            return self._page(f"There is nobody called {login}.", code=code, status=400)
        try:
            if form.get("answer") == "yes":
                self._world.devices.grant(code, user)
            else:
                self._world.devices.deny(code)
        except LookupError:
            return self._page("No program waits for this code.", code=code, status=400)
        return self._page("Done. Your program goes on by itself.", code="")

    async def show_authorize(self, request: web.Request) -> web.Response:
        self._check(request.query)
        scopes = request.query.get("scope", "") or "nothing but who you are"
        return self._page(
            f"A program asks for: {scopes}", action=f"{ANSWER_PATH}?{request.rel_url.raw_query_string}"
        )

    async def authorize(self, request: web.Request) -> web.Response:
        """Send the browser back, with a code for the program or with the reason why there is none."""
        asked = request.query
        back = self._check(asked)
        form = await request.post()
        login = str(form.get("login", ""))
        user = self._world.find_user(login=login)
        if user is None:
            return self._page(f"There is nobody called {login}.", action=_answer_to(request), status=400)
        told = {"state": asked["state"]} if "state" in asked else {}
        if form.get("answer") == "yes":
            scopes = frozenset(asked.get("scope", "").split())
            told |= {
                "code": self._world.codes.issue(user, scopes, asked["redirect_uri"]),
                "scope": " ".join(scopes),
            }
        else:
            told |= {"error": "access_denied", "error_description": "The user denied you access"}
        return web.Response(status=302, headers={"Location": str(back.update_query(told))})

    def _check(self, asked: Mapping[str, str]) -> URL:
        """Where the browser goes back to; raises Problem 400 for what Twitch would not show a page for."""
        if asked.get("client_id") != self._world.client_id:
            raise Problem(400, "invalid client")
        if asked.get("response_type") != "code":
            raise Problem(400, "invalid response type")
        if not asked.get("redirect_uri", "").startswith(("http://", "https://")):
            raise Problem(400, "Parameter redirect_uri does not match registered URI")
        return URL(asked["redirect_uri"])

    def _page(self, said: str, *, code: str | None = None, action: str = PATH, status: int = 200) -> web.Response:
        logins = [user.login for user in list(self._world.users.values())[:_LOGINS_SHOWN_MAX]]
        page = _PAGE.format(
            said=html.escape(said),
            action=html.escape(action),
            code=_CODE.format(html.escape(code)) if code is not None else "",
            logins="".join(f"<option>{html.escape(login)}</option>" for login in logins),
        )
        return web.Response(text=page, content_type="text/html", status=status)


def _answer_to(request: web.Request) -> str:
    """Where the form goes, with all that the program asked for."""
    return f"{ANSWER_PATH}?{request.rel_url.raw_query_string}"
