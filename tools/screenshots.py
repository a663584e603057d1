"""Takes the pictures in docs/screenshots: `make screenshots` plays short rehearsals and photographs what they show.

Needs chromium and chromium-driver (Debian's packages); nothing is fetched from the network.
"""

from __future__ import annotations

import argparse
import asyncio
import base64
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from selenium import webdriver
from selenium.webdriver.chrome.options import Options
from selenium.webdriver.chrome.service import Service
from selenium.webdriver.common.by import By

from bot.rehearsal.call import Call, options_for
from bot.rehearsal.main import report_of
from bot.rehearsal.performance import perform
from bot.rehearsal.report_page import write_page

ROOT = Path(__file__).resolve().parents[1]
FOLDER = ROOT / "docs" / "screenshots"
SEED = 3


@dataclass(frozen=True, slots=True)
class View:
    """A window in CSS pixels; `height` None shows the whole page."""

    width: int
    height: int | None
    dark: bool
    scale: float = 1.0


DESKTOP_DARK = View(1180, 1400, dark=True)
DESKTOP_LIGHT = View(1180, 1400, dark=False)
PHONE = View(390, 1560, dark=True, scale=1.5)


@contextmanager
def browser() -> Iterator[webdriver.Chrome]:
    """A headless Chromium of this machine; ends the program with a sentence when there is none."""
    program, driver = shutil.which("chromium"), shutil.which("chromedriver")
    if program is None or driver is None:
        sys.exit("There is no chromium with its chromedriver here. On Debian: apt install chromium chromium-driver")
    options = Options()
    options.binary_location = program
    for argument in ("--headless=new", "--no-sandbox", "--disable-gpu", "--hide-scrollbars", "--no-first-run"):
        options.add_argument(argument)
    chrome = webdriver.Chrome(options=options, service=Service(driver))
    try:
        yield chrome
    finally:
        chrome.quit()


def look(chrome: webdriver.Chrome, address: str, view: View) -> None:
    """Open an address as somebody with that screen."""
    # A phone's width is smaller than any window of a desktop browser: the page is told so instead.
    metrics = {"width": view.width, "height": view.height or 800, "deviceScaleFactor": view.scale, "mobile": False}
    chrome.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", metrics)
    scheme = {"name": "prefers-color-scheme", "value": "dark" if view.dark else "light"}
    chrome.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": [scheme]})
    chrome.get(address)


def photograph(chrome: webdriver.Chrome, view: View, path: Path) -> None:
    """Keep what is on the screen as a PNG."""
    height = view.height or chrome.find_element(By.TAG_NAME, "html").size["height"]
    clip = {"x": 0, "y": 0, "width": view.width, "height": height, "scale": 1}
    taken = chrome.execute_cdp_cmd(
        "Page.captureScreenshot", {"format": "png", "clip": clip, "captureBeyondViewport": True}
    )
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(base64.b64decode(taken["data"]))


def report() -> None:
    """The report of a first drop on a phone and in the light, and of a bad night in the dark."""
    with tempfile.TemporaryDirectory() as folder, browser() as chrome:
        first, bad = Path(folder) / "first-drop.html", Path(folder) / "bad-night.html"
        _rehearse("first-drop", first)
        _rehearse("bad-night", bad)
        for page, name, view in (
            (bad, "report-dark", DESKTOP_DARK),
            (first, "report-light", DESKTOP_LIGHT),
            (first, "report-phone", PHONE),
        ):
            look(chrome, page.as_uri(), view)
            photograph(chrome, view, FOLDER / f"{name}.png")


def _rehearse(script: str, page: Path) -> None:
    """Play a script over the wire, in real time."""
    call = Call(script, None, SEED, None, None, json=False, keep=None, quiet=True)
    options = options_for(call, ROOT / "config.example.toml")
    with tempfile.TemporaryDirectory() as folder:
        performance = asyncio.run(perform(options, Path(folder), lambda _: None))
        write_page(report_of(performance, options), page)


PICTURES: dict[str, Callable[[], None]] = {"report": report}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("names", nargs="*", choices=[[], *PICTURES], help="which pictures; all when none is named")
    for name in parser.parse_args().names or PICTURES:
        PICTURES[name]()


if __name__ == "__main__":
    main()
