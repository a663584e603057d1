"""What a client that joins the local Twitch needs: a stage held to the platform's word, and its addresses."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
import twitchio.eventsub.websockets as twitchio_sockets
import twitchio.http

from bot.stage.server import Stage
from tests.stage.twitch import openapi
from tests.stage.twitch.helpers import seen


@asynccontextmanager
async def checked_stage(*, requests: bool = True) -> AsyncIterator[Stage]:
    """At the end every answer was as the OpenAPI file has it, where that is at hand, and nothing was asked for that
    the stage does not imitate. `requests` says whether what the client sends is held against the file, too."""
    stage = Stage()
    violations = openapi.attach(stage, requests=requests) if openapi.FOLDER.exists() else []
    async with stage:
        yield stage
    assert violations == []
    assert seen(stage.twitch, "not-imitated") == []


def lead_twitchio(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    """The library has its addresses as constants."""
    endpoints = stage.endpoints()
    monkeypatch.setattr(twitchio.http.Route, "BASE", endpoints["helix"] + "/")
    monkeypatch.setattr(twitchio.http.Route, "ID_BASE", endpoints["oauth"] + "/")
    monkeypatch.setattr(twitchio_sockets, "WSS", endpoints["eventsub"])
