"""The device-code login: a program shows a code, somebody answers it, and the program gets its tokens once."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import aiohttp
import pytest

from bot.stage.server import Stage
from bot.stage.twitch.devices import DEVICE_SECONDS
from bot.stage.twitch.oauth import DEVICE_GRANT
from tests.stage.twitch.helpers import HandClock

SCOPES = "user:bot user:read:chat"


class Program:
    """A client without a secret."""

    def __init__(self, stage: Stage, clock: HandClock, http: aiohttp.ClientSession) -> None:
        self.stage = stage
        self.clock = clock
        self.http = http

    async def post(self, path: str, **form: str) -> tuple[int, Any]:
        url = self.stage.endpoints()["oauth"] + path
        async with self.http.post(url, data={"client_id": self.stage.twitch.client_id, **form}) as answer:
            return answer.status, await answer.json()

    async def begin(self) -> Any:
        status, body = await self.post("/oauth2/device", scopes=SCOPES)
        assert status == 200, body
        return body

    async def ask(self, begun: Any) -> tuple[int, Any]:
        return await self.post("/oauth2/token", grant_type=DEVICE_GRANT, device_code=begun["device_code"])

    async def refresh(self, token: str) -> tuple[int, Any]:
        return await self.post("/oauth2/token", grant_type="refresh_token", refresh_token=token)


@pytest.fixture
async def program() -> AsyncIterator[Program]:
    clock = HandClock()
    async with Stage(clock=clock) as stage, aiohttp.ClientSession() as http:
        yield Program(stage, clock, http)


async def test_a_program_waits_until_somebody_says_yes_and_gets_tokens_once(program: Program) -> None:
    world, begun = program.stage.twitch, await program.begin()
    waiting = await program.ask(begun)
    world.devices.grant(begun["user_code"].lower(), world.bot)
    granted = await program.ask(begun)
    again = await program.ask(begun)

    assert (begun["interval"], begun["expires_in"], len(begun["user_code"])) == (5, DEVICE_SECONDS, 8)
    assert (waiting[0], waiting[1]["message"]) == (400, "authorization_pending")
    assert (granted[0], granted[1]["scope"]) == (200, SCOPES.split())
    assert (again[0], again[1]["message"]) == (400, "invalid device code")
    token = world.tokens.find(granted[1]["access_token"])
    assert token is not None
    assert token.user is world.bot


async def test_a_no_and_a_code_that_is_too_old_end_the_login(program: Program) -> None:
    world, denied, late = program.stage.twitch, await program.begin(), await program.begin()
    world.devices.deny(denied["user_code"])
    assert (await program.ask(denied))[1]["message"] == "access_denied"
    world.devices.grant(late["user_code"], world.bot)
    program.clock.advance(DEVICE_SECONDS)
    assert (await program.ask(late))[1]["message"] == "invalid device code"
    with pytest.raises(LookupError):
        world.devices.grant("NOSUCH", world.bot)


async def test_a_program_without_a_secret_spends_each_refresh_token_once(program: Program) -> None:
    world, begun = program.stage.twitch, await program.begin()
    world.devices.grant(begun["user_code"], world.bot)
    _, first = await program.ask(begun)
    status, second = await program.refresh(first["refresh_token"])
    assert (status, second["refresh_token"] != first["refresh_token"]) == (200, True)
    assert (await program.refresh(first["refresh_token"]))[0] == 400
    assert (await program.refresh(second["refresh_token"]))[0] == 400  # the user is cut off


async def test_a_refresh_token_nobody_used_for_thirty_days_is_dead(program: Program) -> None:
    world, begun = program.stage.twitch, await program.begin()
    world.devices.grant(begun["user_code"], world.bot)
    _, first = await program.ask(begun)
    program.clock.advance(30 * 24 * 3600 - 1)
    status, second = await program.refresh(first["refresh_token"])
    assert status == 200
    program.clock.advance(30 * 24 * 3600)
    assert (await program.refresh(second["refresh_token"]))[0] == 400


async def test_a_client_with_a_secret_keeps_its_refresh_token_and_has_to_show_the_secret(program: Program) -> None:
    world = program.stage.twitch
    kept = world.issue_token(world.bot, SCOPES.split(), public=False).refresh
    assert kept is not None
    bare = await program.refresh(kept)
    with_secret = {"grant_type": "refresh_token", "refresh_token": kept, "client_secret": world.client_secret}
    answers = [await program.post("/oauth2/token", **with_secret) for _ in range(2)]
    assert (bare[0], bare[1]["message"]) == (400, "missing client secret")
    assert [(status, body["refresh_token"]) for status, body in answers] == [(200, kept)] * 2
    wrong = await program.post("/oauth2/token", **{**with_secret, "client_secret": "guess"})
    assert wrong[0] == 403


@pytest.mark.parametrize(("answer", "status"), [("yes", 200), ("no", 400)])
async def test_somebody_answers_on_the_page_that_the_program_names(
    program: Program, answer: str, status: int
) -> None:
    begun = await program.begin()
    async with program.http.get(begun["verification_uri"]) as page:
        shown = await page.text()
    form = {"code": begun["user_code"], "login": "microdrops_bot", "answer": answer}
    async with program.http.post(begun["verification_uri"], data=form) as page:
        assert page.status == 200
    async with program.http.post(begun["verification_uri"], data=form) as page:
        assert page.status == 400
    async with program.http.post(begun["verification_uri"], data={**form, "login": "<b>"}) as page:
        assert (page.status, "<b>" in await page.text()) == (400, False)
    assert f'value="{begun["user_code"]}"' in shown
    assert (await program.ask(begun))[0] == status
