"""A real headless Chromium for tests of the page."""

from __future__ import annotations

import shutil
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from selenium import webdriver
from selenium.common.exceptions import StaleElementReferenceException
from selenium.webdriver.chrome.options import Options
from selenium.webdriver.chrome.service import Service
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.remote.webelement import WebElement

_ARGUMENTS = ("--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--no-first-run")


@contextmanager
def chromium() -> Iterator[webdriver.Chrome]:
    """Skips where there is none."""
    program, driver = shutil.which("chromium"), shutil.which("chromedriver")
    if program is None or driver is None:
        pytest.skip("There is no chromium with its chromedriver here (Debian: chromium, chromium-driver).")
    options = Options()
    options.binary_location = program
    for argument in _ARGUMENTS:
        options.add_argument(argument)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
    chrome = webdriver.Chrome(options=options, service=Service(driver))
    try:
        yield chrome
    finally:
        chrome.quit()


class Visitor:
    """Somebody in front of the page."""

    def __init__(self, chrome: webdriver.Chrome, *, patience_seconds: float = 60.0) -> None:
        self.chrome = chrome
        self._patience = patience_seconds

    def screen(self, width: int = 1280, height: int = 800, *, dark: bool = True) -> None:
        metrics = {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": width < 600}
        self.chrome.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", metrics)
        scheme = {"name": "prefers-color-scheme", "value": "dark" if dark else "light"}
        self.chrome.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": [scheme]})

    def open(self, address: str) -> None:
        self.chrome.get(address)
        self.chrome.execute_script("sessionStorage.clear()")
        self.chrome.get(address)
        self.until(lambda: self.one("#phase").text == "Nothing is on yet", "the first news")

    def one(self, selector: str) -> WebElement:
        return self.chrome.find_element(By.CSS_SELECTOR, selector)

    def all(self, selector: str) -> list[WebElement]:
        return self.chrome.find_elements(By.CSS_SELECTOR, selector)

    def run(self, script: str, *arguments: Any) -> Any:
        return self.chrome.execute_script(script, *arguments)

    def text(self, selector: str) -> str:
        """All the text there, seen or scrolled away."""
        return str(self.run("return document.querySelector(arguments[0])?.textContent ?? ''", selector))

    def lines(self, room: str) -> list[str]:
        """The lines of a room, shown or not."""
        script = (
            "return [...document.getElementById(arguments[0]).querySelectorAll('li')].map((li) => li.textContent)"
        )
        if room == "twitch:chat":
            script = "return [...document.querySelectorAll('#twitch li')].map((li) => li.textContent)"
        return list(self.run(script, room))

    def type(self, selector: str, text: str, *, enter: bool = True) -> None:
        """Write over what stands in a box."""
        self.one(selector).send_keys(Keys.CONTROL, "a", Keys.NULL, text, *([Keys.ENTER] if enter else []))

    def keys(self, *keys: str) -> None:
        """Strike keys wherever the focus is."""
        self.chrome.switch_to.active_element.send_keys(*keys)

    def focus(self) -> str:
        """The id or the words of what has the focus."""
        return str(self.run("const at = document.activeElement; return at.id || at.textContent.trim()"))

    def look_as(self, login: str) -> None:
        self.type("#eyes", login)
        self.until(lambda: login in str(self.one("#say").get_attribute("placeholder")), f"eyes of {login}")

    def until(self, fact: Callable[[], object], what: str) -> None:
        """Wait for a fact; fails naming it."""
        deadline = time.monotonic() + self._patience
        while True:
            try:
                if fact():
                    return
            except StaleElementReferenceException:
                pass  # it was just drawn anew
            assert time.monotonic() < deadline, f"waited {self._patience} s in vain for: {what}"
            time.sleep(0.03)

    def complaints(self) -> list[str]:
        """What the browser's console holds by now, and empties it."""
        return [str(entry["message"]) for entry in self.chrome.get_log("browser")]
