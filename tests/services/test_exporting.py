"""A closed drop becomes files that a stranger can check, whatever else goes on in the ledger."""

from __future__ import annotations

import pytest

from bot.domain.bundle import check_bundle
from bot.domain.control import SteerDrop, Verb
from bot.services.exporting import Exporting
from bot.storage.export import NotExported
from bot.wording.cards import CardFile
from tests.conftest import CHANNEL, MIA
from tests.services.test_announcing import evening  # noqa: F401  # a fixture is found by its name
from tests.small_log import verify

PAGE = b"<!doctype html>"


async def close(evening, key="mug"):  # noqa: F811
    await evening.lane.submit(SteerDrop(CHANNEL, f"discord:close-{key}", MIA, Verb.CLOSE, key))


async def test_the_bundle_comes_first_and_the_page_with_it(evening):  # noqa: F811
    await evening.announce_and_open()
    for name in ("ann", "bob"):
        await evening.claim(name)
    await close(evening)
    bundle, page = await Exporting(evening.reads, CHANNEL, lambda: PAGE)("mug")
    assert (bundle.name, page) == ("mug.microdrops.txt", CardFile("verify.html", PAGE))
    report = check_bundle(bundle.content.decode(), verify)
    assert [unit.number for unit in report.units] == [1, 2]
    assert report.drop.over


async def test_nobody_is_named_in_the_files(evening):  # noqa: F811
    await evening.announce_and_open()
    answer = await evening.claim("annabelle")
    await close(evening)
    bundle, _ = await Exporting(evening.reads, CHANNEL, lambda: PAGE)("mug")
    assert b"annabelle" not in bundle.content
    assert f'"number":{answer.decision.entry},'.encode() in bundle.content


async def test_a_drop_that_nobody_was_told_of_is_not_exported(evening):  # noqa: F811
    with pytest.raises(NotExported):
        await Exporting(evening.reads, CHANNEL, lambda: PAGE)("secret")
