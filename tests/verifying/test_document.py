"""The page as a file: nothing from elsewhere, nothing to elsewhere, and small enough to be read by a stranger."""

from __future__ import annotations

import base64
import hashlib
import re
from html.parser import HTMLParser

from bot.verifying import verify_page
from tests.verifying.checker import Checker

PAGE = verify_page().decode()
BYTES_MAX = 56_000


class _Parts(HTMLParser):
    """Where the document points to, its inline attributes, and the texts of its style and script."""

    def __init__(self) -> None:
        super().__init__()
        self.places: list[str] = []
        self.inline: list[str] = []
        self.policy = ""
        self.texts: dict[str, str] = {}
        self._within = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        self.places += [value for name, value in attrs if name in ("src", "href", "action", "srcset") and value]
        self.inline += [name for name in given if name.startswith("on") or name == "style"]
        if given.get("http-equiv") == "Content-Security-Policy":
            self.policy = str(given["content"])
        self._within = tag

    def handle_data(self, data: str) -> None:
        if self._within in ("style", "script"):
            self.texts[self._within] = self.texts.get(self._within, "") + data

    def handle_endtag(self, tag: str) -> None:
        self._within = ""


PARTS = _Parts()
PARTS.feed(PAGE)


def _allowed(text: str) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"


def test_its_policy_allows_its_own_style_and_script_and_nothing_else():
    assert PARTS.policy == (
        f"default-src 'none'; img-src data:; style-src {_allowed(PARTS.texts['style'])}; "
        f"script-src {_allowed(PARTS.texts['script'])}; base-uri 'none'; form-action 'none'"
    )


def test_it_is_one_small_file_that_needs_nothing_from_elsewhere():
    assert len(PAGE.encode()) < BYTES_MAX
    assert PARTS.places == ["data:,"]
    assert PARTS.inline == []
    assert not re.search(r"https?:|@import|url\(", PAGE)


def test_its_script_lets_no_text_become_markup_and_reaches_for_no_network():
    script = PARTS.texts["script"]
    for danger in ("innerHTML", "outerHTML", "insertAdjacent", "document.write", "eval(", "Function(", "fetch("):
        assert danger not in script
    for network in ("XMLHttpRequest", "WebSocket", "EventSource", "sendBeacon", "importScripts", "import("):
        assert network not in script


def test_its_browser_would_not_let_it_reach_anybody(page: Checker):
    reached = page.chrome.execute_async_script(
        "const done = arguments[0]; fetch('http://127.0.0.1:9/').then(() => done('reached'), () => done('refused'))"
    )
    assert reached == "refused"
    assert any("Content Security Policy" in each for each in page.complaints())
