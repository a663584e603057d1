"""What a person sees who checks results with the page: three outcomes, in words, for eyes, ears and keyboards."""

from __future__ import annotations

from pathlib import Path

import pytest
from selenium.webdriver.common.action_chains import ActionChains
from selenium.webdriver.common.keys import Keys

from bot.domain.time import HOUR
from tests.conftest import NOON
from tests.small_log import SmallLog
from tests.verifying.checker import Checker
from tests.verifying.evenings import last_proof, long_evening, sold_out_evening

CONTRAST = (Path(__file__).parents[1] / "rehearsal" / "page" / "contrast.js").read_text("utf-8")
PHONE, DESKTOP = (360, 740), (1180, 900)
HOSTILE = (
    "<img src=x onerror=document.title='owned'>",
    "</script><script>document.title='owned'</script>",
    "\u202eevil txet",
    "A" * 5_000,
    "Z" + "\u0351" * 200 + "algo",
    "&lt;b&gt;{{7*7}}${7*7}",
)


@pytest.fixture
def results(tmp_path: Path) -> Path:
    path = tmp_path / "mug.microdrops.txt"
    path.write_bytes(long_evening().bundle().encode())
    return path


def test_results_that_hold_are_told_in_plain_words(page: Checker, results: Path):
    page.choose(results)
    assert (page.kind, page.verdict) == ("holds", "It holds")
    assert page.text("#why") == (
        "5 of 8 numbers of Teal Mug are out, each to one holder only. 1 more was written off. "
        "Nothing was changed between the announcement and the close. "
        "The file hides 1 entry: see what was not proved."
    )
    told = page.text("#outcome")
    assert "Out: 1 to 3, 5, 6." in told
    assert "2 numbers were held back for mistakes: no claim could take them." in told
    assert "nobody can get them any more: 4." in told
    assert "the old key signed for it" in told
    unproved = page.text("#outcome > section:last-child")
    for doubt in ("That others were shown the same", "Who the holders are", "What 1 hidden entry holds"):
        assert doubt in unproved
    assert "the old one did not sign for the new one" in unproved
    assert "Anybody can make a file that holds" in told


def test_a_drop_that_is_not_over_at_the_end_of_the_file_is_not_called_closed(page: Checker):
    log = SmallLog()
    log.open()
    page.paste(log.bundle())
    assert "to the" not in page.text("#why")
    assert page.text("#why").endswith("the end of this file; the drop is not over there.")
    assert "Open until" in page.text("dl")


def test_times_are_those_of_the_readers_own_clock(page: Checker, results: Path):
    page.chrome.execute_cdp_cmd("Emulation.setTimezoneOverride", {"timezoneId": "Asia/Tokyo"})
    try:
        page.load()
        page.choose(results)
        opened = page.run("return [...document.querySelectorAll('dd time')].map((time) => time.textContent)")[1]
        assert opened.startswith("1 Nov 2026, 19:00:")  # two hours before noon, in UTC+9
        assert "Asia/Tokyo" in page.text("#outcome")
    finally:
        page.chrome.execute_cdp_cmd("Emulation.setTimezoneOverride", {"timezoneId": ""})
    assert NOON - 2 * HOUR == 1_793_527_200_000_000


def test_every_number_is_listed_for_whoever_asks(page: Checker, results: Path):
    page.choose(results)
    assert not page.all("table")
    page.run("for (const each of document.querySelectorAll('#outcome details')) each.open = true")
    page.until(lambda: page.all("tbody tr"), "the table")
    numbers = page.run("return [...document.querySelectorAll('tbody tr')].map((row) => row.cells[0].textContent)")
    assert numbers == ["#1", "#2", "#3", "#5", "#6"]


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (
            lambda text: text.replace('"number":9,"private"', '"number":8,"private"'),
            "Entry 9: in its place stands entry 8",
        ),
        (lambda text: text.replace('"supply":8', '"supply":9'), "Something among entries 3 to 4, or among the 2"),
        (
            lambda text: text.replace('"kind":"unit.granted"', '"kind": "unit.granted"', 1),
            "Entry 6: its JSON is not in",
        ),
        (lambda text: text.replace("bundle 1", "bundle 2"), "Line 1: this is no bundle and no proof of version 1."),
        (lambda text: text[:-1], "The last line is cut off."),
        (lambda text: text.replace("\n", "\r\n"), "A line ends with a carriage return"),
        (lambda text: "\x89PNG\r\n\x1a\n", "A line ends with a carriage return"),
        (lambda text: "", "The last line is cut off."),
        (lambda text: text.replace("entry {", f"entry {'[' * 200_000}", 1), "Entry 3: it is no JSON."),
    ],
)
def test_results_that_do_not_hold_are_refused_with_the_entry_and_the_reason(
    page: Checker, tmp_path: Path, change, reason: str
):
    path = tmp_path / "changed.txt"
    path.write_bytes(change(long_evening().bundle()).encode())
    page.choose(path)
    assert (page.kind, page.verdict) == ("refused", "It does not hold")
    assert page.text("#why").startswith(reason)
    assert "What was proved" not in page.text("#outcome")


def test_what_the_streamer_signed_against_the_rules_is_told_apart_from_what_was_changed(page: Checker):
    log = SmallLog()
    log.open(supply=1)
    log.claim(1)
    log.claim(2, sign=True)
    page.paste(log.bundle())
    assert page.text("#why") == "Entry 6: number 2 is more than the 1 that there are."
    assert "goes against the rules that were announced" in page.text(".verdict")
    page.paste(long_evening().bundle().replace('"supply":8', '"supply":9'))
    assert "This is not what the key has signed" in page.text(".verdict")


@pytest.mark.parametrize("title", HOSTILE)
def test_a_hostile_title_is_only_ever_text(page: Checker, title: str):
    log = SmallLog(channel=title)
    log.open(title=title)
    log.claim(1)
    log.close()
    for width, height in (PHONE, DESKTOP):
        page.screen(width, height)
        page.paste(log.bundle())
        assert page.verdict == "It holds"
        assert title[:60] in page.text("#why bdi")
        assert not page.all("main img, main script, main iframe")
        assert page.chrome.title == "It holds · Check a drop"
        assert page.run("return document.documentElement.scrollWidth") <= width
        broken = log.bundle().replace('"kind":"drop.closed"', f'"kind":"drop.{"x" * 3_000}"')
        page.paste(broken)
        assert page.run("return document.documentElement.scrollWidth") <= width
    page.screen()


def throwing(name: str) -> str:
    refused = "Promise.reject(new DOMException('Unrecognized name.', 'NotSupportedError'))"
    return f"crypto.subtle.{name} = () => {refused};"


@pytest.mark.parametrize(
    "browser_script",
    [
        throwing("importKey"),
        throwing("verify"),
        "crypto.subtle.verify = async () => true;",
        "crypto.subtle.verify = async () => undefined;",
        "Object.defineProperty(Crypto.prototype, 'subtle', { get: () => undefined });",
        "delete window.crypto;",
    ],
    ids=["no Ed25519 keys", "no Ed25519", "yes to everything", "no answer", "no WebCrypto", "no crypto at all"],
)
def test_a_browser_that_cannot_check_signatures_never_says_that_anything_holds(
    browser: Checker, results: Path, tmp_path: Path, browser_script: str
):
    browser.screen()
    with browser.loaded_after(browser_script):
        browser.choose(results)
        assert (browser.kind, browser.verdict) == ("unchecked", "Not checked")
        assert "cannot check Ed25519 signatures" in browser.text("#why")
        told = browser.text("body > main")
        assert not [
            word for word in ("It holds", "What was proved", "signed over", "signed for it") if word in told
        ]
        assert "Somebody else may have written all of it." in told
        log = long_evening()
        proof = tmp_path / "proof.txt"
        proof.write_text(last_proof(log, 6), "utf-8", newline="")
        browser.choose(proof)
        assert browser.kind == "unchecked"
        # Everything else was checked nevertheless.
        results.write_bytes(log.bundle().replace('"supply":8', '"supply":9').encode())
        browser.choose(results)
        assert (browser.kind, browser.verdict) == ("refused", "It does not hold")


def test_without_webcrypto_entries_of_any_length_have_their_right_hash(browser: Checker):
    logs = []
    for length in range(1, 130):  # two blocks of SHA-256 and a bit
        log = SmallLog()
        log.open(title="x" * length)
        logs.append(log.bundle().encode())
    with browser.loaded_after("delete window.crypto;"):
        assert {each["verdict"] for each in browser.answers(logs)} == {"unchecked"}


def test_a_page_whose_script_does_not_run_says_not_checked(browser: Checker):
    browser.chrome.execute_cdp_cmd("Emulation.setScriptExecutionDisabled", {"value": True})
    try:
        browser.load()
        shown = browser.one("#outcome .verdict")
        assert shown.is_displayed()
        assert "Not checked" in shown.text
    finally:
        browser.chrome.execute_cdp_cmd("Emulation.setScriptExecutionDisabled", {"value": False})


def test_a_proof_of_one_number_is_told_in_its_own_words(page: Checker, tmp_path: Path):
    path = tmp_path / "proof.txt"
    path.write_bytes(last_proof(long_evening(), 6).encode())
    page.choose(path)
    assert page.verdict == "It holds"
    assert page.text("#why") == "Number 1 of mug is in the ledger, as entry 6."
    assert "went out only once" in page.text("#outcome > section:last-child")
    path.write_bytes(path.read_bytes().replace(b"hash ", b"hash A", 1))
    page.choose(path)
    assert page.verdict == "It does not hold"


def test_results_of_five_thousand_claims_are_checked_without_holding_up_the_page(page: Checker, results: Path):
    bundle = sold_out_evening(5_000).bundle()
    results.write_bytes(bundle.encode())
    page.run(
        """
        window.seen = { worst: 0, shown: [] };
        let last = performance.now();
        setInterval(() => {
          const now = performance.now(), busy = document.getElementById("busy");
          window.seen.worst = Math.max(window.seen.worst, now - last);
          last = now;
          if (!busy.hidden) window.seen.shown.push(document.getElementById("progress").value);
        }, 10);
        """
    )
    page.choose(results)
    assert page.text("#why").startswith("All 5,000 numbers of Teal Mug are out")
    seen = page.run("return window.seen")
    assert seen["worst"] < 500
    # It tells how far it is, whenever it lets the page breathe.
    assert 0 < seen["shown"][0] < bundle.count("\n")
    assert seen["shown"] == sorted(seen["shown"])
    assert page.run("return document.getElementById('progress').max") == bundle.count("\n")


def test_a_second_file_replaces_the_first_and_a_dropped_one_is_taken_as_a_chosen_one(page: Checker, results: Path):
    page.choose(results)
    dropped = """
      const carried = new DataTransfer();
      carried.items.add(new File([arguments[0]], 'proof.txt'));
      window.dispatchEvent(new DragEvent('drop', { dataTransfer: carried, cancelable: true }));
    """
    page.run(dropped, last_proof(long_evening(), 6))
    page.until(lambda: "Number 1 of mug" in page.text("#why"), "the proof's verdict")
    assert len(page.all(".verdict")) == 1


def test_a_pasted_text_may_have_lost_its_last_line_end(page: Checker):
    bundle = long_evening().bundle()
    for text in (bundle, bundle[:-1], f"{bundle}\n"):
        page.paste(text)
        assert page.verdict == "It holds"


def press(page: Checker, key: str) -> None:
    """Strike a key, not at any element: what is sent to a file input itself would be a file's name."""
    ActionChains(page.chrome).send_keys(key).perform()


def focused(page: Checker) -> str:
    """The id of what has the focus, or what it is."""
    return str(page.run("return document.activeElement.id || document.activeElement.tagName.toLowerCase()"))


def test_everything_can_be_done_by_keyboard_alone(page: Checker, results: Path):
    page.one("#file").send_keys(str(results))
    page.until(lambda: focused(page) == "verdict", "the verdict in focus")
    page.load()
    order = []
    for _ in range(4):
        press(page, Keys.TAB)
        order.append(focused(page))
    assert order == ["file", "summary", "seen", "again"]
    press(page, Keys.ENTER)
    page.until(lambda: page.text("#mistake") == "Choose the results file first, or paste its text.", "the hint")
    assert focused(page) == "file"


def test_ears_are_told_too(page: Checker, results: Path):
    page.choose(results)
    assert focused(page) == "verdict"
    assert page.one("#verdict").get_attribute("aria-describedby") == "why"
    assert page.one("#verdict .mark").get_attribute("aria-hidden") == "true"
    assert page.one("#voice").get_attribute("aria-live") == "polite"
    unnamed = """
      return [...document.querySelectorAll('input, textarea, progress')]
        .filter((each) => !each.labels.length && !each.getAttribute('aria-label')).map((each) => each.id)
    """
    assert page.run(unnamed) == []


@pytest.mark.parametrize("dark", [True, False], ids=["dark", "light"])
def test_all_outcomes_can_be_read_at_every_width_and_told_apart_without_colours(
    page: Checker, results: Path, dark: bool
):
    good = long_evening().bundle()
    outcomes = {"": good, "99 aaaaaaaaaa": good, "4 aaaaaaaaaa": good}
    for screen in (PHONE, DESKTOP):
        page.screen(*screen, dark=dark)
        looks = set()
        for seen, text in outcomes.items():
            page.run("document.getElementById('seen').value = arguments[0]", seen)
            page.paste(text)
            page.run("for (const each of document.querySelectorAll('details')) each.open = true")
            assert page.run(CONTRAST) == []
            assert page.run("return document.documentElement.scrollWidth") <= screen[0]
            border = page.run("return getComputedStyle(document.querySelector('.verdict')).borderTopStyle")
            looks.add((page.verdict, page.text("#verdict .mark"), border))
        assert looks == {
            ("It holds", "✓", "solid"),
            ("Not checked", "?", "dashed"),
            ("It does not hold", "✗", "double"),
        }
    page.screen()
