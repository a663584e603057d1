"""A whole small play on the page: the real stage, the real bot, and somebody in front of a real browser."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.rehearsal.call import Call
from bot.rehearsal.page.company import RehearsalCompany
from tests.rehearsal.evening import CONFIG
from tests.rehearsal.page.browser import Visitor, chromium
from tests.rehearsal.page.rig import CARDS, House

_NUMBERED = re.compile(r"#\d+")
_CLAIM = "[data-deed='md:claim:mug']:enabled"


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    config = tmp_path / "config.toml"
    config.write_text(CONFIG.replace("supply = 5", "supply = 40"))
    with House(RehearsalCompany(Call(config=config, keep=tmp_path / "kept"), config)).open() as house:
        yield house


@pytest.fixture
def visitor(house: House) -> Iterator[Visitor]:
    with chromium() as chrome:
        visitor = Visitor(chrome, patience_seconds=90.0)
        visitor.screen()
        visitor.open(house.server.address)
        yield visitor


@pytest.mark.slow
@pytest.mark.timeout(300)
def test_somebody_walks_on_stage_claims_on_both_platforms_and_reads_the_report(visitor: Visitor) -> None:
    for field, number in (("#viewers", 6), ("#fans", 2), ("#window", 20)):
        visitor.type(field, str(number), enter=False)
    visitor.one("#begin").click()
    visitor.until(lambda: "opens in" in visitor.text("#next"), "the announcement")
    visitor.until(lambda: visitor.all(_CLAIM), "the opening")
    visitor.type("#say", "!claim mug")
    visitor.one(_CLAIM).click()
    visitor.until(lambda: visitor.all(f"[id='{CARDS}'] .only"), "the answer on Discord")
    assert _NUMBERED.search(visitor.text(f"[id='{CARDS}'] .only"))
    visitor.one("[data-fault=twitch-reconnect]").click()
    visitor.until(lambda: "another socket" in visitor.text("#mishaps"), "the fault")
    visitor.until(lambda: _NUMBERED.search(visitor.text("#twitch .mine")), "the answer in chat")
    visitor.one("[data-eyes=streamer]").click()
    visitor.until(lambda: visitor.all("[id='discord:#moderators'] button"), "the control card")
    assert not visitor.all(".only")
    visitor.until(lambda: visitor.all("[data-deed='md:control:give:mug']:enabled"), "the Give button")
    visitor.run("document.querySelector(\"[data-deed='md:control:give:mug']\").click()")
    visitor.until(lambda: visitor.one("#form").is_displayed(), "the form")
    visitor.type("#fields [name=give-member]", "visitor", enter=False)
    visitor.type("#fields [name=give-form-why]", "walked on stage")
    visitor.until(lambda: not visitor.one("#form").is_displayed(), "the form taken")
    visitor.until(lambda: visitor.all("[id='discord:#moderators'] .only .words"), "the answer")
    given = "[...document.querySelectorAll(`[id='discord:#moderators'] .only`)].map((each) => each.textContent)"
    visitor.until(lambda: _NUMBERED.search(visitor.run(f"return {given}")[-1]), "the number that was given")
    visitor.until(lambda: visitor.text("#verdict"), "the verdict")
    assert "0 broken" in visitor.text("#verdict"), visitor.text("#broken")
    assert "closed" in visitor.text("#stocks")
    visitor.chrome.get(str(visitor.one("#report").get_attribute("href")))
    assert "Teal Mug" in visitor.text("body")
    assert visitor.complaints() == []
