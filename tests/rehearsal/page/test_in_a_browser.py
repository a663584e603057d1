"""The page in a real browser, with a play of a few lines: what is drawn, what is pressed, and by keyboard alone."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.rehearsal.page.told import Ending
from tests.rehearsal.page.browser import Visitor, chromium
from tests.rehearsal.page.proxy import Proxy
from tests.rehearsal.page.rig import (
    CARDS,
    LOUNGE,
    MODERATORS,
    WAIT_SECONDS,
    LittleCompany,
    Theatre,
    answer,
    chat,
    form,
    joined,
    message,
    seen,
)
from tests.storage.evenings import evening_ledger

CHAT = "twitch:chat"
OPEN_CARD = message("Teal Mug is open", "card", ("Claim", "md:claim:mug", False), ("Remind me", "md:remind", False))
GIVE = ("Give", "md:control:give:mug", False)
FIELDS = (
    {"id": "who", "label": "Member", "kind": "member", "required": False},
    {"id": "name", "label": "Name in chat", "kind": "text", "required": False},
    {"id": "why", "label": "Why", "kind": "text", "required": True},
)
HOSTILE = (
    "<img src=x onerror=document.title='owned'>",
    "</script><script>document.title='owned'</script>",
    "\u202eevil txet",
    "A" * 200,
    "Z\u0351\u0352\u0353\u0354\u0355a\u0351\u0352\u0353lgo" * 3,
    "&lt;b&gt;{{7*7}}${7*7}",
)
CONTRAST = (Path(__file__).with_name("contrast.js")).read_text("utf-8")
DROWNED_LINES, DRAWN_LINES_MAX = 1_000, 160


@pytest.fixture(scope="module")
def browser() -> Iterator[Visitor]:
    with chromium() as chrome:
        yield Visitor(chrome)


@pytest.fixture
def theatre(tmp_path: Path) -> Iterator[Theatre]:
    with Theatre(LittleCompany(tmp_path / "ledger.db")).open() as theatre:
        yield theatre


@pytest.fixture
def visitor(browser: Visitor, theatre: Theatre) -> Iterator[Visitor]:
    browser.screen()
    browser.open(theatre.server.address)
    browser.complaints()
    yield browser
    assert browser.complaints() == []


@pytest.fixture
def playing(visitor: Visitor) -> Visitor:
    visitor.one("#begin").click()
    visitor.until(lambda: visitor.one("#phase").text == "On stage, seed 7", "the play")
    return visitor


def test_what_is_typed_shows_in_chat_and_a_swallowed_line_says_why(playing: Visitor, theatre: Theatre) -> None:
    playing.look_as("ann")
    playing.type("#say", "!claim mug")
    playing.until(lambda: any("ann" in line and "!claim mug" in line for line in playing.lines(CHAT)), "the line")
    playing.until(lambda: playing.one("#say").get_attribute("value") == "", "an empty box")
    playing.type("#say", "again")
    playing.until(lambda: "identical" in playing.text("#saying .said"), "the reason")
    assert theatre.orders() == [("say", "ann", "!claim mug"), ("say", "ann", "again")]


def test_a_press_is_answered_before_the_eyes_of_whoever_pressed_alone(playing: Visitor, theatre: Theatre) -> None:
    theatre.hear(joined("ann", "discord"), joined("ben", "discord"), OPEN_CARD)
    playing.look_as("ann")
    playing.until(lambda: playing.all("[data-deed='md:claim:mug']"), "the card")
    playing.one("[data-deed='md:claim:mug']").click()
    told = "An answer to Claim, for ann"
    playing.until(lambda: any(told in line for line in playing.lines(CARDS)), "the answer")
    assert theatre.orders() == [("press", "ann", "card", "md:claim:mug")]
    for other in ("ben", "streamer", "mod_mia", "newcomer"):
        playing.look_as(other)
        playing.until(lambda: playing.all("[data-deed='md:claim:mug']"), "the card")
        assert not any(told in line for line in playing.lines(CARDS))
    playing.look_as("ann")
    playing.until(lambda: any(told in line for line in playing.lines(CARDS)), "the answer again")


def test_a_command_is_used_where_it_is_answered_and_a_wrong_one_is_refused(
    playing: Visitor, theatre: Theatre
) -> None:
    playing.type("#slash", "/claim mug")
    playing.until(lambda: any("An answer to /claim" in line for line in playing.lines(LOUNGE)), "the answer")
    assert "#lounge" in playing.one("[role=tab][aria-selected=true]").text
    assert "mine" not in str(playing.one(".only").get_attribute("class"))
    playing.type("#slash", "/nonsense")
    playing.until(lambda: "not registered" in playing.text("#slashing .said"), "the refusal")


def test_a_form_is_filled_in_by_keyboard_and_sent(playing: Visitor, theatre: Theatre) -> None:
    theatre.hear(joined("ann", "discord"), message("Steer it here", "control", GIVE, place=MODERATORS))
    playing.keys("m")
    playing.until(lambda: "mod_mia" in str(playing.one("#say").get_attribute("placeholder")), "her eyes")
    playing.until(lambda: playing.all("[data-deed='md:control:give:mug']"), "the control card")
    playing.run("[...document.querySelectorAll('[role=tab]')].at(-1).click()")
    playing.run("document.querySelector(\"[data-deed='md:control:give:mug']\").focus()")
    theatre.hear(
        seen("discord", "press", place=MODERATORS, author="5", name="Mia"), form("5", "Give a unit", *FIELDS)
    )
    playing.until(lambda: playing.one("#form").is_displayed(), "the form")
    assert playing.text("#form-title") == "Give a unit"
    assert [label.text for label in playing.all("#fields label")] == ["Member", "Name in chat", "Why"]
    assert playing.run("return document.activeElement.name") == "who"
    assert playing.run("return document.querySelector('#form :invalid[name]').name") == "why"
    playing.keys("ann", "\ue004")  # Tab
    playing.keys("\ue004")
    playing.keys("because", "\ue007")  # Enter
    playing.until(lambda: "does not take" in playing.text("#filling .said"), "the refusal")
    playing.keys(" of the rain", "\ue007")
    playing.until(lambda: not playing.one("#form").is_displayed(), "the form gone")
    assert playing.focus() == "Give"
    sent = {"who": "ann", "name": "", "why": "because of the rain"}
    assert theatre.orders()[-1] == ("submit", "mod_mia", "18", sent)


def test_a_form_that_is_closed_sends_nothing_and_does_not_come_back(playing: Visitor, theatre: Theatre) -> None:
    mia = seen("discord", "press", place=MODERATORS, author="5", name="Mia")
    theatre.hear(mia, message("Steer it here", "control", GIVE, place=MODERATORS))
    playing.look_as("mod_mia")
    playing.until(lambda: playing.all("[data-deed='md:control:give:mug']"), "the control card")
    for close in (lambda: playing.one("#form [form=leaving]").click(), lambda: playing.keys("\ue00c")):
        theatre.hear(form("5", "Give a unit", *FIELDS))
        playing.until(lambda: playing.one("#form").is_displayed(), "the form")
        assert playing.run(CONTRAST) == []
        close()
        playing.until(lambda: not playing.one("#form").is_displayed(), "the form gone")
    playing.look_as("ann")
    assert not playing.one("#form").is_displayed()
    playing.look_as("mod_mia")
    playing.until(lambda: playing.all("[data-deed='md:control:give:mug']"), "the control card again")
    assert not playing.one("#form").is_displayed()
    assert theatre.orders() == []


def test_a_card_changes_in_place_under_the_finger(playing: Visitor, theatre: Theatre) -> None:
    theatre.hear(OPEN_CARD, message("the next card", "next"))
    playing.until(lambda: len(playing.lines(CARDS)) == 2, "both cards")
    playing.run("document.querySelector(\"[data-deed='md:remind']\").focus()")
    buttons = (("Claim", "md:claim:mug", True), ("Remind me", "md:remind", False))
    theatre.hear(message("Teal Mug is sold out", "card", *buttons, kind="edit"))
    playing.until(lambda: "sold out" in playing.lines(CARDS)[0], "the edit")
    assert len(playing.lines(CARDS)) == 2
    assert not playing.one("[data-deed='md:claim:mug']").is_enabled()
    assert playing.focus() == "Remind me"


def test_the_moderators_channel_is_there_for_the_staff_alone(playing: Visitor, theatre: Theatre) -> None:
    theatre.hear(message("Steer it here", "control", ("Open", "md:control:open:mug", False), place=MODERATORS))
    assert not playing.all(f"[id='{MODERATORS}']")
    playing.one("[data-eyes=streamer]").click()
    playing.until(lambda: playing.all(f"[id='{MODERATORS}'] button"), "the control card")
    playing.one("[data-eyes='']").click()
    playing.until(lambda: not playing.all(f"[id='{MODERATORS}']"), "no such channel")


def test_a_mention_is_marked_and_said_aloud_for_whom_it_names(playing: Visitor, theatre: Theatre) -> None:
    theatre.hear(joined("visitor"), chat("bot", "@visitor Teal Mug #3 is yours", bot=True), chat("zoe", "nice"))
    playing.until(lambda: playing.all("#twitch .mine"), "the mark")
    assert len(playing.all("#twitch .mine")) == 1
    playing.until(lambda: "#3 is yours" in playing.text("#voice"), "the voice")
    assert "nice" not in playing.text("#voice")


def test_a_card_for_one_person_is_said_aloud_and_what_comes_with_it_is_drawn(
    playing: Visitor, theatre: Theatre
) -> None:
    card = {"embeds": [{"title": "Next game?", "description": "**Celeste** leads"}]}
    theatre.hear(
        joined("visitor", "discord"),
        message("Next game?\n**Celeste** leads", "p1", visible_to="discord-visitor", data=card),
        message("New drop", "c1"),
    )
    playing.until(lambda: len(playing.lines(CARDS)) == 2, "both cards")
    playing.until(lambda: "Next game? Celeste leads" in playing.text("#voice"), "the voice")
    assert playing.complaints() == []


def test_hostile_names_and_texts_are_only_ever_text(playing: Visitor, theatre: Theatre) -> None:
    for name in HOSTILE:
        theatre.hear(
            joined(name[:9], name=name), chat(name, f"!claim {name}"), message(f"{name} {name}", f"k{name}")
        )
        theatre.hear(
            message(name, f"c{name}", (name, f"md:claim:{name}", False), data={"embeds": [{"title": name}]})
        )
    playing.until(lambda: len(playing.lines(CARDS)) == 2 * len(HOSTILE), "every line")
    shown = "".join(playing.lines(CHAT))
    assert all(name in shown for name in HOSTILE)
    assert not playing.all("main img, main script, main iframe")
    assert playing.chrome.title == "Dress rehearsal"
    for screen in ((1280, 800), (390, 844)):
        playing.screen(*screen)
        for part in ("twitch", "discord"):
            playing.run("document.querySelector(`#tabs [data-tab=${arguments[0]}]`).click()", part)
            logs = f"[...document.querySelectorAll('#{part} .log')]"
            assert max(playing.run(f"return {logs}.map((log) => log.scrollWidth - log.clientWidth)")) <= 0


def test_everything_can_be_done_by_keyboard_alone(visitor: Visitor, theatre: Theatre) -> None:
    visitor.run("document.body.focus()")
    visitor.keys("\ue004")  # Tab
    assert visitor.focus() == "Skip to the chat box"
    visitor.keys("b")
    assert visitor.focus() == "begin"
    visitor.keys("\ue007")  # Enter
    visitor.until(lambda: visitor.one("#phase").text == "On stage, seed 7", "the play")
    visitor.run("document.activeElement.blur()")
    visitor.keys("t")
    assert visitor.focus() == "say"
    visitor.keys("better", "\ue007")
    visitor.until(lambda: theatre.orders() == [("say", "visitor", "better")], "the line, with its letters")
    visitor.keys("\ue00c", "m")  # Escape
    visitor.until(lambda: visitor.one("#eyes").get_attribute("value") == "mod_mia", "the moderator's eyes")
    visitor.until(lambda: len(visitor.all("[role=tab]")) == 3, "three channels")
    visitor.one("[role=tab][aria-selected=true]").send_keys("\ue014")  # right
    assert visitor.focus() == "#lounge"
    visitor.keys("?")
    assert visitor.one("#keys").is_displayed()
    visitor.keys("\ue00c")
    visitor.until(lambda: not visitor.one("#keys").is_displayed(), "the list gone")


def test_the_tab_key_walks_through_the_page_and_out_of_it(playing: Visitor, theatre: Theatre) -> None:
    theatre.hear(OPEN_CARD)
    playing.until(lambda: playing.all("[data-deed='md:claim:mug']"), "the card")
    playing.run("document.activeElement.blur(); document.querySelector('.skip').focus()")
    walked = []
    for _ in range(60):
        walked.append(playing.focus())
        playing.keys("\ue004")
        if playing.focus() == walked[0]:
            break
    wanted = ["Skip to the chat box", "eyes", "help", "say", "Send", "slash", "invite", "toggle"]
    assert [stop for stop in walked if stop in wanted] == wanted
    assert "Claim" in walked


def test_single_letters_can_be_switched_off(visitor: Visitor) -> None:
    visitor.one("#help").click()
    visitor.one("#letters").click()
    visitor.one("#understood").click()
    visitor.run("document.activeElement.blur()")
    visitor.keys("t")
    assert visitor.focus() != "say"
    visitor.one("#help").click()
    visitor.one("#letters").click()
    visitor.one("#understood").click()


def test_a_phone_shows_one_part_at_a_time_and_never_scrolls_sideways(playing: Visitor, theatre: Theatre) -> None:
    theatre.hear(OPEN_CARD, *(chat(f"viewer{n}", "!claim mug " * 12) for n in range(30)))
    playing.screen(390, 844)
    for part in ("twitch", "discord", "drops", "stage"):
        playing.one(f"#tabs [data-tab={part}]").click()
        assert [each.get_attribute("id") for each in playing.all("main > section") if each.is_displayed()] == [part]
        wide = playing.run("return document.documentElement.scrollWidth - innerWidth")
        assert wide <= 0
    heights = [each.size["height"] for each in playing.all("#tabs button")]
    assert min(heights) >= 44


@pytest.mark.parametrize("width", [320, 360])
def test_on_a_small_phone_the_keys_stand_beside_the_clock_however_long_the_title(
    playing: Visitor, width: int
) -> None:
    playing.screen(width, 740)
    for letters in range(0, 60, 3):
        playing.run("document.getElementById('phase').textContent = 'n '.repeat(arguments[0])", letters // 2)
        title, clock, keys = (playing.one(each).rect for each in (".title", "#clock", "#help"))
        for each in (clock, keys):
            assert title["y"] <= each["y"] + each["height"] / 2 <= title["y"] + title["height"], letters
    assert playing.run("return document.documentElement.scrollWidth - innerWidth") <= 0


def test_a_fault_is_a_button_with_its_sentence(playing: Visitor, theatre: Theatre) -> None:
    fault = playing.one("[data-fault=twitch-close]")
    assert fault.text == "Twitch closes the bot's socket"
    fault.click()
    playing.until(lambda: "Something goes wrong." in playing.text("#mishaps"), "the fault")
    playing.one("#toggle").click()
    playing.until(lambda: playing.one("#live").text == "offline", "the stream's end")
    playing.one("#invite").click()
    playing.until(lambda: "20 more" in playing.text("#steering .said"), "the invitation")
    assert theatre.orders() == [("fault", "twitch-close"), ("live", False), ("invite", 20, 5)]


def test_the_bars_fill_from_the_ledger_and_the_verdict_leads_to_the_report(
    visitor: Visitor, theatre: Theatre, tmp_path: Path
) -> None:
    asyncio.run(evening_ledger(tmp_path / "ledger.db", claims=9, supply=12))
    theatre.company.ending = Ending(False, "1 promise broken.", ("Never more units.",), "<title>Report</title>")
    visitor.one("#begin").click()
    visitor.until(lambda: "9 of 12" in visitor.text("#stocks"), "the bar")
    assert visitor.run("return document.querySelector('.bar i').style.width") == "75%"
    assert visitor.text("#stocks .newest").startswith("#9 v9")
    theatre.do(theatre.company.fall.set)
    visitor.until(lambda: visitor.text("#verdict") == "1 promise broken.", "the verdict")
    assert visitor.text("#broken") == "Never more units."
    report = visitor.one("#report")
    assert report.is_displayed()
    assert str(report.get_attribute("href")) == theatre.server.address + "report"
    assert visitor.one("#begin").text == "Begin again"


def test_a_lost_connection_is_said_and_taken_up_where_it_was(browser: Visitor, theatre: Theatre) -> None:
    proxy = Proxy(theatre.server.guard.port)

    def do(work) -> None:
        asyncio.run_coroutine_threadsafe(work, theatre.loop).result(WAIT_SECONDS)

    do(proxy.mend())
    theatre.server.guard.port = proxy.port
    browser.screen()
    browser.open(theatre.server.address)
    browser.one("#begin").click()
    browser.until(lambda: browser.one("#phase").text == "On stage, seed 7", "the play")
    theatre.hear(chat("ann", "before"))
    browser.until(lambda: len(browser.lines(CHAT)) == 1, "the first line")
    do(proxy.cut())
    browser.until(lambda: browser.one("#lost").is_displayed(), "the word that it is lost")
    theatre.hear(chat("ann", "meanwhile"))
    do(proxy.mend())
    browser.until(lambda: not browser.one("#lost").is_displayed(), "the connection")
    theatre.hear(chat("ann", "after"))
    browser.until(lambda: "after" in "".join(browser.lines(CHAT)), "the last line")
    assert [line.rpartition(" ")[2] for line in browser.lines(CHAT)] == ["before", "meanwhile", "after"]
    do(proxy.cut())
    assert all("ERR_" in complaint for complaint in browser.complaints())
    browser.chrome.get("about:blank")


def test_a_flood_is_drawn_as_its_newest_lines(playing: Visitor, theatre: Theatre) -> None:
    theatre.hear(chat("ann", "the first line"))
    playing.until(lambda: playing.lines(CHAT), "the first line")
    theatre.hear(*(chat(f"viewer{n}", f"line {n}") for n in range(DROWNED_LINES)))
    playing.until(lambda: f"line {DROWNED_LINES - 1}" in playing.lines(CHAT)[-1], "the last line")
    assert len(playing.lines(CHAT)) <= DRAWN_LINES_MAX
    assert "lines passed before these" in "".join(playing.lines(CHAT))


def test_talk_makes_room_before_a_card_with_buttons_does(playing: Visitor, theatre: Theatre) -> None:
    theatre.hear(OPEN_CARD)
    playing.until(lambda: playing.lines(CARDS), "the card")
    for number in range(DROWNED_LINES):
        theatre.hear(message(f"news {number}", f"n{number}"))
    playing.until(lambda: f"news {DROWNED_LINES - 1}" in playing.lines(CARDS)[-1], "the last line")
    assert len(playing.lines(CARDS)) <= DRAWN_LINES_MAX
    assert playing.all("[data-deed='md:claim:mug']")


@pytest.mark.parametrize("dark", [True, False])
def test_every_text_stands_out_from_its_ground(playing: Visitor, theatre: Theatre, dark: bool) -> None:
    playing.screen(1280, 800, dark=dark)
    theatre.hear(joined("visitor"), joined("visitor", "discord"), OPEN_CARD, answer("discord-visitor", "for you"))
    theatre.hear(*(chat(f"viewer{n}", "hello") for n in range(24)), chat("bot", "@visitor #1", bot=True))
    theatre.hear(message("card", "2", data={"embeds": [{"title": "T", "fields": [{"name": "N", "value": "V"}]}]}))
    playing.one("[data-fault=twitch-close]").click()
    playing.until(lambda: playing.text("#mishaps") and len(playing.lines(CHAT)) == 25, "everything")
    assert playing.run(CONTRAST) == []
