"""Tokens: issued, validated, refreshed once, revoked, and checked by Helix."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import aiohttp
import pytest

from bot.stage.server import Stage
from bot.stage.twitch.model import Token
from tests.stage.twitch.helpers import HandClock


class Visitor:
    """Asks a stage with a clock that stands still for tokens, by plain HTTP."""

    def __init__(self, stage: Stage, clock: HandClock, http: aiohttp.ClientSession) -> None:
        assert stage.cast is not None
        self.stage = stage
        self.clock = clock
        self.bot_token: Token = stage.cast.bot_token
        self._http = http

    async def token(self, **given: str) -> tuple[int, Any]:
        """POST /oauth2/token; the right client unless `given` says otherwise."""
        world = self.stage.twitch
        query = {"client_id": world.client_id, "client_secret": world.client_secret, **given}
        url = self.stage.endpoints()["oauth"] + "/oauth2/token"
        async with self._http.post(url, params=query) as answer:
            return answer.status, await answer.json()

    async def refresh(self, refresh_token: str | None) -> tuple[int, Any]:
        return await self.token(grant_type="refresh_token", refresh_token=refresh_token or "")

    async def validate(self, access: str) -> tuple[int, Any]:
        url = self.stage.endpoints()["oauth"] + "/oauth2/validate"
        async with self._http.get(url, headers={"Authorization": f"OAuth {access}"}) as answer:
            return answer.status, await answer.json()

    async def revoke(self, access: str) -> int:
        url = self.stage.endpoints()["oauth"] + "/oauth2/revoke"
        form = {"client_id": self.stage.twitch.client_id, "token": access}
        async with self._http.post(url, data=form) as answer:
            return answer.status

    async def who_am_i(self, headers: dict[str, str]) -> tuple[int, Any]:
        async with self._http.get(self.stage.endpoints()["helix"] + "/users", headers=headers) as answer:
            return answer.status, await answer.json()


@pytest.fixture
async def visitor() -> AsyncIterator[Visitor]:
    clock = HandClock()
    async with Stage(clock=clock) as stage, aiohttp.ClientSession() as http:
        yield Visitor(stage, clock, http)


async def test_an_app_token_is_given_for_the_secret_and_has_neither_user_nor_refresh(visitor: Visitor) -> None:
    status, body = await visitor.token(grant_type="client_credentials")
    assert (status, set(body)) == (200, {"access_token", "expires_in", "token_type"})
    status, body = await visitor.validate(body["access_token"])
    assert (status, set(body)) == (200, {"client_id", "scopes", "expires_in"})


@pytest.mark.parametrize(
    ("given", "status", "message"),
    [
        ({"grant_type": "client_credentials", "client_secret": "guess"}, 403, "invalid client secret"),
        ({"grant_type": "client_credentials", "client_id": "other"}, 400, "invalid client"),
        ({"grant_type": "client_credentials", "client_id": ""}, 400, "missing client id"),
        ({}, 400, "missing grant type"),
        ({"grant_type": "refresh_token", "refresh_token": "guess"}, 400, "Invalid refresh token"),
        ({"grant_type": "authorization_code", "code": "guess"}, 400, "Invalid authorization code"),
        ({"grant_type": "password"}, 501, "the stage does not imitate"),
    ],
)
async def test_a_wrong_request_for_a_token_is_refused(
    visitor: Visitor, given: dict[str, str], status: int, message: str
) -> None:
    answered, body = await visitor.token(**given)
    assert (answered, message in body["message"]) == (status, True)


async def test_validation_names_the_user_the_scopes_and_the_seconds_left(visitor: Visitor) -> None:
    visitor.clock.advance(400)
    status, body = await visitor.validate(visitor.bot_token.access)
    bot = visitor.stage.twitch.bot
    assert (status, body["login"], body["user_id"], body["expires_in"]) == (200, bot.login, bot.id, 14_000)
    assert set(body["scopes"]) == visitor.bot_token.scopes


async def test_a_validation_without_a_token_says_so_in_two_keys(visitor: Visitor) -> None:
    assert await visitor.validate("") == (401, {"status": 401, "message": "missing authorization token"})
    assert await visitor.validate("guess") == (401, {"status": 401, "message": "invalid access token"})


async def test_an_expired_token_is_refreshed_into_one_of_the_same_user_and_scopes(visitor: Visitor) -> None:
    visitor.clock.advance(14_400)
    status, body = await visitor.validate(visitor.bot_token.access)
    assert (status, body["message"]) == (401, "invalid access token")

    status, renewed = await visitor.refresh(visitor.bot_token.refresh)
    assert (status, renewed["scope"]) == (200, sorted(visitor.bot_token.scopes))
    status, body = await visitor.validate(renewed["access_token"])
    assert (status, body["user_id"]) == (200, visitor.stage.twitch.bot.id)
    status, again = await visitor.refresh(renewed["refresh_token"])
    assert (status, again["refresh_token"] != renewed["refresh_token"]) == (200, True)


async def test_a_refresh_token_spent_twice_cuts_the_user_off_and_nobody_else(visitor: Visitor) -> None:
    assert visitor.stage.cast is not None
    _, renewed = await visitor.refresh(visitor.bot_token.refresh)
    statuses = [
        (await visitor.refresh(visitor.bot_token.refresh))[0],
        (await visitor.validate(renewed["access_token"]))[0],
        (await visitor.refresh(renewed["refresh_token"]))[0],
        (await visitor.validate(visitor.stage.cast.broadcaster_token.access))[0],
    ]
    assert statuses == [400, 401, 400, 200]


async def test_a_revoked_token_is_good_for_nothing(visitor: Visitor) -> None:
    access = visitor.bot_token.access
    assert await visitor.revoke(access) == 200
    assert (await visitor.validate(access))[0] == 401
    assert (await visitor.refresh(visitor.bot_token.refresh))[0] == 400
    assert await visitor.revoke(access) == 400


async def test_helix_says_what_is_wrong_with_a_token_in_the_words_clients_look_for(visitor: Visitor) -> None:
    client_id, access = visitor.stage.twitch.client_id, visitor.bot_token.access
    answers = [
        await visitor.who_am_i({"Client-Id": client_id}),
        await visitor.who_am_i({"Client-Id": client_id, "Authorization": "Bearer guess"}),
        await visitor.who_am_i({"Authorization": f"Bearer {access}"}),
        await visitor.who_am_i({"Client-Id": "other", "Authorization": f"Bearer {access}"}),
        await visitor.who_am_i({"Client-Id": client_id, "Authorization": f"Bearer {access}"}),
    ]
    assert [(status, body.get("message")) for status, body in answers] == [
        (401, "OAuth token is missing"),
        (401, "Invalid OAuth token"),
        (401, "Client ID is missing"),
        (401, "Client ID and OAuth token do not match"),
        (200, None),
    ]
