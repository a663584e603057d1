"""Takes the pictures in docs/screenshots: `make screenshots` plays short rehearsals and photographs what they show,
and checks results of a drop in a browser.

Needs chromium and chromium-driver (Debian's packages); nothing is fetched from the network.
"""

from __future__ import annotations

import argparse
import base64
import re
import shutil
import subprocess
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
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.support.wait import WebDriverWait

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
STAGE_DARK, STAGE_LIGHT = View(1440, 900, dark=True), View(1440, 900, dark=False)
STAGE_PHONE = View(390, 844, dark=True, scale=1.5)
STAGE_SECONDS_MAX = 90
VERIFY_VIEWS = {
    "holds-desktop": View(1180, 1400, dark=False),
    "holds-phone": View(390, 1560, dark=True, scale=1.5),
    "refused-desktop": View(1180, None, dark=True),
    "refused-phone": View(390, None, dark=False, scale=1.5),
}
VERIFY_PAGE = ROOT / "bot" / "verifying" / "verify.html"


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


def emulate(chrome: webdriver.Chrome, view: View) -> None:
    """Give the browser somebody's screen."""
    # A phone's width is smaller than any window of a desktop browser: the page is told so instead.
    metrics = {"width": view.width, "height": view.height or 800, "deviceScaleFactor": view.scale, "mobile": False}
    chrome.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", metrics)
    scheme = {"name": "prefers-color-scheme", "value": "dark" if view.dark else "light"}
    chrome.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": [scheme]})


def look(chrome: webdriver.Chrome, address: str, view: View) -> None:
    """Open an address as somebody with that screen."""
    emulate(chrome, view)
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
    """The report of a first drop on a phone and in the light, of a bad night in the dark, and of polls."""
    with tempfile.TemporaryDirectory() as folder, browser() as chrome:
        first, bad, polls = (Path(folder) / f"{name}.html" for name in ("first-drop", "bad-night", "mod-vote"))
        for page in (first, bad, polls):
            _rehearse(page.stem, page)
        for page, name, view in (
            (bad, "report-dark", DESKTOP_DARK),
            (polls, "report-polls", DESKTOP_LIGHT),
            (first, "report-light", DESKTOP_LIGHT),
            (first, "report-phone", PHONE),
        ):
            look(chrome, page.as_uri(), view)
            photograph(chrome, view, FOLDER / f"{name}.png")


def _rehearse(script: str, page: Path) -> None:
    """Play a script in virtual time: the pictures are the same on every machine."""
    called = [sys.executable, "-m", "bot", "rehearse", script, "--fast", "--seed", str(SEED), "--quiet"]
    subprocess.run([*called, "--report", str(page)], cwd=ROOT, check=True, stdout=subprocess.DEVNULL)


def stage() -> None:
    """The page to stand on stage: before a play, in the rush, sold out on a phone, and at the end in the light."""
    with _page("first-drop") as address, browser() as chrome:
        look(chrome, address, STAGE_DARK)
        _wait(chrome, "return document.getElementById('phase').textContent === 'Nothing is on yet'")
        photograph(chrome, STAGE_DARK, FOLDER / "stage-before.png")
        chrome.find_element(By.ID, "begin").click()
        _wait(chrome, "return document.querySelector('.acts .claim:enabled')")
        chrome.find_element(By.CSS_SELECTOR, ".acts .claim:enabled").click()
        chrome.find_element(By.ID, "say").send_keys("!claim mug", Keys.ENTER)
        _wait(chrome, "return document.querySelector('#twitch .mine') && document.querySelector('#discord .only')")
        photograph(chrome, STAGE_DARK, FOLDER / "stage-rush.png")
        chrome.find_element(By.CSS_SELECTOR, "[data-eyes=streamer]").click()
        chrome.find_element(By.CSS_SELECTOR, "[data-fault=twitch-reconnect]").click()
        _wait(chrome, "return document.querySelector('#stocks').textContent.includes('sold out')")
        for part in ("discord", "stage"):
            emulate(chrome, STAGE_PHONE)
            chrome.execute_script("document.querySelector(`#tabs [data-tab=${arguments[0]}]`).click()", part)
            photograph(chrome, STAGE_PHONE, FOLDER / f"stage-phone-{part}.png")
        emulate(chrome, STAGE_LIGHT)
        _wait(chrome, "return !document.getElementById('beginning').hidden")
        if not chrome.find_element(By.ID, "report").is_displayed():
            sys.exit(chrome.find_element(By.CSS_SELECTOR, "#beginning .said").text)
        chrome.execute_script("document.querySelectorAll('[role=tab]')[2].click()")
        photograph(chrome, STAGE_LIGHT, FOLDER / "stage-end.png")


def polls() -> None:
    """The page while a poll is on, and at its result on a phone."""
    with _page("mod-vote") as address, browser() as chrome:
        look(chrome, address, STAGE_DARK)
        chrome.find_element(By.ID, "begin").click()
        button = "[data-deed^='md:vote:']:enabled"
        _wait(chrome, f"""return document.querySelector("{button}")""")
        chrome.find_elements(By.CSS_SELECTOR, button)[1].click()
        chrome.find_element(By.ID, "say").send_keys("1", Keys.ENTER)
        voted = "return parseInt(document.querySelector('#stocks .sum b').textContent) >= 15"
        _wait(chrome, f"{voted} && document.querySelector('#discord .only')")
        photograph(chrome, STAGE_DARK, FOLDER / "stage-poll.png")
        emulate(chrome, STAGE_PHONE)
        chrome.execute_script("document.querySelector('#tabs [data-tab=drops]').click()")
        _wait(chrome, "return document.querySelector('#stocks .won')")
        photograph(chrome, STAGE_PHONE, FOLDER / "stage-phone-poll.png")


@contextmanager
def _page(script: str) -> Iterator[str]:
    """The address of the page, served by a child as somebody would start it."""
    command = [sys.executable, "-m", "bot", "rehearse", script, "--web", "--seed", str(SEED)]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as child:
        assert child.stdout is not None
        try:
            yield next(found[0] for line in child.stdout if (found := re.search(r"http://\S+", line)))
        finally:
            child.terminate()


def _wait(chrome: webdriver.Chrome, fact: str) -> None:
    WebDriverWait(chrome, STAGE_SECONDS_MAX, poll_frequency=0.05).until(lambda _: chrome.execute_script(fact))


def verify() -> None:
    """The page that checks results: of a sold out drop as they are, and with one claim left out."""
    sys.path.insert(0, str(ROOT))  # the tests' evenings have fixed keys: the pictures are the same on every machine
    from tests.verifying.evenings import mug_evening

    results = mug_evening().bundle()
    without = re.sub(r'entry .*"kind":"unit.granted","number":20,.*\n', "", results)
    with tempfile.TemporaryDirectory() as folder, browser() as chrome:
        chrome.execute_cdp_cmd("Emulation.setTimezoneOverride", {"timezoneId": "Europe/Berlin"})
        path = Path(folder) / "mug.microdrops.txt"
        for name, view in VERIFY_VIEWS.items():
            path.write_bytes((results if name.startswith("holds") else without).encode())
            look(chrome, VERIFY_PAGE.as_uri(), view)
            chrome.find_element(By.ID, "file").send_keys(str(path))
            _wait(chrome, f"return document.querySelector('.verdict.{name.partition('-')[0]}')")
            photograph(chrome, view, FOLDER / f"verify-{name}.png")


PICTURES: dict[str, Callable[[], None]] = {"report": report, "stage": stage, "polls": polls, "verify": verify}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("names", nargs="*", choices=[[], *PICTURES], help="which pictures; all when none is named")
    for name in parser.parse_args().names or PICTURES:
        PICTURES[name]()


if __name__ == "__main__":
    main()
