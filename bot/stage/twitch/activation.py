"""The page at which somebody types the code of a device login and says yes or no; here, for anybody."""

from __future__ import annotations

import html

from aiohttp import web

from bot.stage.twitch.world import TwitchWorld

PATH = "/activate"
_PAGE = """<!doctype html>
<meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>Log in to the stage</title>
<h1>Log in to the stage's Twitch</h1>
<p role="status">{said}</p>
<form method="post">
<p><label>Code <input name="code" value="{code}" required></label></p>
<p><label>As <select name="login">{logins}</select></label></p>
<p><button name="answer" value="yes">Authorize</button> <button name="answer" value="no">Cancel</button></p>
</form>
"""
_LOGINS_SHOWN_MAX = 50


class Activation:
    def __init__(self, world: TwitchWorld) -> None:
        self._world = world

    def routes(self) -> list[web.RouteDef]:
        return [web.get(PATH, self.show), web.post(PATH, self.answer)]

    async def show(self, request: web.Request) -> web.Response:
        return self._page("Type the code that your program shows.", request.query.get("device-code", ""))

    async def answer(self, request: web.Request) -> web.Response:
        form = await request.post()
        code, login = str(form.get("code", "")), str(form.get("login", ""))
        user = self._world.find_user(login=login)
        if user is None:
            return self._page(f"There is nobody called {login}.", code, status=400)
        try:
            if form.get("answer") == "yes":
                self._world.devices.grant(code, user)
            else:
                self._world.devices.deny(code)
        except LookupError:
            return self._page("No program waits for this code.", code, status=400)
        return self._page("Done. Your program goes on by itself.", "")

    def _page(self, said: str, code: str, *, status: int = 200) -> web.Response:
        logins = [user.login for user in list(self._world.users.values())[:_LOGINS_SHOWN_MAX]]
        page = _PAGE.format(
            said=html.escape(said),
            code=html.escape(code),
            logins="".join(f"<option>{html.escape(login)}</option>" for login in logins),
        )
        return web.Response(text=page, content_type="text/html", status=status)
