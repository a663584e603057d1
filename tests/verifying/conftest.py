"""The page that checks results, in one real browser for all tests of it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.rehearsal.page.browser import chromium
from tests.verifying.checker import Checker


@pytest.fixture(scope="session")
def browser() -> Iterator[Checker]:
    with chromium() as chrome:
        chrome.set_script_timeout(110)
        yield Checker(chrome)


@pytest.fixture
def page(browser: Checker) -> Iterator[Checker]:
    """The page as it is opened from a disk. Nothing may have been complained of in the end."""
    browser.screen()
    browser.load()
    yield browser
    assert browser.complaints() == []
