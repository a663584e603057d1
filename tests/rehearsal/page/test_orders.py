"""Orders from the page: each reaches the stage as it was meant, and nonsense reaches nothing."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from bot.rehearsal.backstage import StageRefused
from bot.rehearsal.page.orders import obey
from bot.rehearsal.page.show import PlayFailed, Show
from bot.rehearsal.page.told import Phase, Wish
from tests.journeys.rig import until
from tests.rehearsal.page.rig import LittleCompany

BEGIN = {"do": "begin", "script": "", "seed": 7, "viewers": 60, "discord_viewers": 15, "window": 20}


@pytest.fixture
def company(tmp_path: Path) -> LittleCompany:
    return LittleCompany(tmp_path / "ledger.db")


@pytest.fixture
async def show(company: LittleCompany) -> AsyncIterator[Show]:
    show = Show(company)
    yield show
    company.fall.set()
    await show.close()


async def order(show: Show, **what: Any) -> str:
    return await obey(show, json.dumps(what).encode())


async def begin(show: Show) -> None:
    await order(show, **BEGIN)
    await until(lambda: show.phase is Phase.PLAYING, "the play to begin")


async def test_every_order_reaches_the_stage(show: Show, company: LittleCompany) -> None:
    await begin(show)
    assert company.wishes == [Wish("", 7, 60, 15, 20)]
    assert await order(show, do="say", who="ann", text="!claim mug") == ""
    await order(show, do="press", who="ann", message="1", button="md:claim:mug")
    await order(show, do="slash", who="ann", text="/claim mug")
    await order(show, do="submit", who="ann", form="18", values={"give-why": "lost it", "give-name": ""})
    await order(show, do="live", on=False)
    assert "20 more" in await order(show, do="invite", viewers=20, discord_viewers=5)
    assert "closes the bot's socket" in await order(show, do="fault", name="twitch-close")
    assert company.hands is not None
    assert company.hands.orders == [
        ("say", "ann", "!claim mug"),
        ("press", "ann", "1", "md:claim:mug"),
        ("slash", "ann", "/claim mug"),
        ("submit", "ann", "18", {"give-why": "lost it", "give-name": ""}),
        ("live", False),
        ("invite", 20, 5),
        ("fault", "twitch-close"),
    ]


async def test_a_swallowed_line_is_answered_with_the_platforms_own_reason(show: Show) -> None:
    await begin(show)
    assert "identical to the previous one" in await order(show, do="say", who="ann", text="again")


@pytest.mark.parametrize(
    ("what", "says"),
    [
        ({"do": "say", "who": "<img src=x>", "text": "hi"}, "A login has small letters"),
        ({"do": "say", "who": "a" * 26, "text": "hi"}, "25 at most"),
        ({"do": "say", "who": "ann\n", "text": "hi"}, "A login has small letters"),
        ({"do": "say", "who": "ann", "text": ""}, "Type something"),
        ({"do": "say", "who": "ann", "text": "x" * 2_001}, "Type something"),
        ({"do": "slash", "who": "ann", "text": "/nonsense"}, "not registered"),
        ({"do": "submit", "who": "ann", "form": "1", "values": {"why": "because"}}, "does not take 7 characters"),
        ({"do": "submit", "who": "ann", "form": "1", "values": {"why": 7}}, "takes 4,000 characters at most"),
        ({"do": "submit", "who": "ann", "form": "1", "values": {"why": "x" * 4_001}}, "4,000 characters at most"),
        ({"do": "submit", "who": "<", "form": "1", "values": {}}, "A login has small letters"),
        ({"do": "fault", "name": "earthquake"}, "no such fault"),
        ({"do": "invite", "viewers": 5_001, "discord_viewers": 0}, "0 to 5000"),
        ({"do": "invite", "viewers": True, "discord_viewers": 0}, "0 to 5000"),
        ({"do": "live", "on": "yes"}, "knows no such order"),
        ({"do": "stop"}, "knows no such order"),
        ({"do": "say", "who": "ann", "text": "hi", "more": 1}, "knows no such order"),
    ],
)
async def test_what_cannot_be_done_is_refused_with_a_sentence(show: Show, what: dict[str, Any], says: str) -> None:
    await begin(show)
    with pytest.raises(StageRefused, match=says):
        await order(show, **what)


@pytest.mark.parametrize("body", [b"", b"[]", b"\xff", b'{"do":', b"[" * 5_000])
async def test_what_is_no_order_is_refused(show: Show, body: bytes) -> None:
    with pytest.raises(StageRefused, match="no such order"):
        await obey(show, body)


async def test_without_a_play_nothing_can_be_done_but_begin(show: Show, company: LittleCompany) -> None:
    with pytest.raises(StageRefused, match="Press Begin"):
        await order(show, do="say", who="ann", text="hi")
    await begin(show)
    with pytest.raises(StageRefused, match="A play is on already"):
        await order(show, **BEGIN)
    company.fall.set()
    await until(lambda: show.phase is Phase.OVER, "the end")
    with pytest.raises(StageRefused, match="Press Begin"):
        await order(show, do="say", who="ann", text="hi")
    await begin(show)
    assert len(company.wishes) == 2


async def test_a_play_that_fails_says_why_and_another_can_begin(show: Show, company: LittleCompany) -> None:
    company.ending = PlayFailed("The bot ended with code 1.")
    await begin(show)
    company.fall.set()
    await until(lambda: show.phase is Phase.FAILED, "the failure")
    assert show.ending is None
    await begin(show)
