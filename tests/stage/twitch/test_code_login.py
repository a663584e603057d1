"""The authorization-code login: a browser is sent to the stage, somebody says yes, and a code comes back."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from typing import Any

import aiohttp
import pytest
from yarl import URL

from bot.stage.server import Stage
from bot.stage.twitch.codes import CODE_SECONDS
from tests.stage.twitch.helpers import HandClock

BACK = "http://localhost:17563/callback?kept=1"


class Browser:
    """Opens the page, fills in its form, and reads where it is sent."""

    def __init__(self, stage: Stage, clock: HandClock, http: aiohttp.ClientSession) -> None:
        self.stage = stage
        self.clock = clock
        self.http = http
        self.oauth = URL(stage.endpoints()["oauth"])

    async def open(self, **change: str) -> tuple[int, str]:
        """Status and text of the page that a program sends a browser to."""
        asked = {
            "client_id": self.stage.twitch.client_id,
            "redirect_uri": BACK,
            "response_type": "code",
            "scope": "user:bot user:read:chat",
            "state": "one&only",
            **change,
        }
        async with self.http.get(self.oauth / "oauth2/authorize", params=asked) as page:
            return page.status, await page.text()

    async def press(self, page: str, button: str, login: str = "microdrops_bot") -> tuple[int, URL]:
        """Press a button on the page; where the browser is sent."""
        [action] = re.findall(r'<form method="post" action="([^"]*)"', page)
        url = self.oauth.join(URL(action.replace("&amp;", "&"), encoded=True))
        form = {"login": login, "answer": button}
        async with self.http.post(url, data=form, allow_redirects=False) as answer:
            return answer.status, URL(answer.headers.get("Location", ""))

    async def spend(self, code: str, **change: str) -> tuple[int, Any]:
        world = self.stage.twitch
        form = {
            "client_id": world.client_id,
            "client_secret": world.client_secret,
            "code": code,
            "grant_type": "authorization_code",
            "redirect_uri": BACK,
            **change,
        }
        async with self.http.post(self.oauth / "oauth2/token", data=form) as answer:
            return answer.status, await answer.json()


@pytest.fixture
async def browser() -> AsyncIterator[Browser]:
    clock = HandClock()
    async with Stage(clock=clock) as stage, aiohttp.ClientSession() as http:
        yield Browser(stage, clock, http)


async def test_a_yes_sends_a_code_back_that_is_worth_tokens_once(browser: Browser) -> None:
    status, page = await browser.open()
    moved, back = await browser.press(page, "yes")
    given, tokens = await browser.spend(back.query["code"])
    again, _ = await browser.spend(back.query["code"])

    assert (status, moved, given, again) == (200, 302, 200, 400)
    assert (back.query["kept"], back.query["state"]) == ("1", "one&only")
    assert tokens["scope"] == ["user:bot", "user:read:chat"]
    token = browser.stage.twitch.tokens.find(tokens["access_token"])
    assert token is not None
    assert (token.user, token.public) == (browser.stage.twitch.bot, False)


async def test_a_no_sends_the_reason_back(browser: Browser) -> None:
    _, page = await browser.open()
    moved, back = await browser.press(page, "no")
    assert (moved, back.query["error"], "code" in back.query) == (302, "access_denied", False)


async def test_a_code_is_good_for_ten_minutes_at_its_own_address_and_with_the_secret(browser: Browser) -> None:
    _, page = await browser.open()
    codes = [(await browser.press(page, "yes"))[1].query["code"] for _ in range(3)]
    assert (await browser.spend(codes[0], redirect_uri="http://elsewhere"))[0] == 400
    assert (await browser.spend(codes[1], client_secret="guess"))[0] == 403
    browser.clock.advance(CODE_SECONDS)
    assert (await browser.spend(codes[2]))[1]["message"] == "Invalid authorization code"


@pytest.mark.parametrize(
    "change", [{"client_id": "other"}, {"response_type": "token"}, {"redirect_uri": "javascript:alert(1)"}]
)
async def test_a_wrong_request_gets_no_page(browser: Browser, change: dict[str, str]) -> None:
    status, said = await browser.open(**change)
    assert (status, "<form" in said) == (400, False)


async def test_hostile_words_in_a_request_stay_words(browser: Browser) -> None:
    _, page = await browser.open(scope="<script>", state='"><script>')
    assert "<script>" not in page
    status, _ = await browser.press(page, "yes", login="<script>")
    assert status == 400
    _, back = await browser.press(page, "yes")
    assert back.query["state"] == '"><script>'
