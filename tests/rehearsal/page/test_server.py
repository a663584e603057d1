"""The page's little server: who is let in, what it tells a reader, and from where after a lost connection."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from bot.rehearsal.page.guard import Guard
from bot.rehearsal.page.server import PageServer
from bot.rehearsal.page.show import Show
from bot.rehearsal.page.told import Ending, Phase, Wish
from tests.journeys.rig import until
from tests.rehearsal.page.rig import LittleCompany, chat, joined, server_for

PAGE = Path(__file__).parents[3] / "bot" / "rehearsal" / "page"
SCRIPT_BYTES_MAX = 15 * 1024


class Site:
    """A served page with a client in front of it."""

    def __init__(self, company: LittleCompany, server: PageServer, client: aiohttp.ClientSession) -> None:
        self.company = company
        self.server = server
        self.client = client
        self.origin = f"http://127.0.0.1:{server.guard.port}"

    async def get(self, path: str, **headers: str) -> tuple[int, str]:
        async with self.client.get(self.server.address + path, headers=headers) as answer:
            return answer.status, await answer.text()

    async def order(self, body: Any, **headers: str) -> tuple[int, Any]:
        headers = {"Origin": self.origin, "Content-Type": "application/json", **headers}
        address = self.server.address + "orders"
        async with self.client.post(address, data=json.dumps(body), headers=headers) as answer:
            return answer.status, await answer.json() if answer.content_type == "application/json" else None

    def show(self) -> Show:
        return self.server._show

    async def begin(self) -> None:
        self.show().begin(Wish())
        await until(lambda: self.show().phase is Phase.PLAYING, "the play to begin")


@pytest.fixture
async def site(tmp_path: Path) -> AsyncIterator[Site]:
    company = LittleCompany(tmp_path / "ledger.db")
    async with server_for(company) as server, aiohttp.ClientSession() as client:
        yield Site(company, server, client)


class News:
    """A reader of server-sent events."""

    def __init__(self, answer: aiohttp.ClientResponse) -> None:
        self._answer = answer
        self.mark = ""

    async def next(self) -> dict[str, Any]:
        async with asyncio.timeout(60):
            while True:
                line = (await self._answer.content.readline()).decode().rstrip("\n")
                assert line or not self._answer.content.at_eof(), "the stream has ended"
                if line.startswith("id: "):
                    self.mark = line.removeprefix("id: ")
                if line.startswith("data: "):
                    return json.loads(line.removeprefix("data: "))

    async def line(self, text: str) -> dict[str, Any]:
        """Read on until this line was told."""
        while True:
            for line in (await self.next())["lines"]:
                if line.get("spans") == [text]:
                    return line


async def test_the_document_and_its_files_are_served_under_the_key_alone(site: Site) -> None:
    for path, begins in (("", "<!doctype html>"), ("page.css", ":root"), ("page.js", "// Draws")):
        status, text = await site.get(path)
        assert (status, text.startswith(begins)) == (200, True)
    for address in ("/", "/page.js", "/wrong-key/", f"/{site.server.guard.key[:-1]}/page.js"):
        async with site.client.get(site.origin + address) as answer:
            assert answer.status == 404


async def test_every_answer_carries_a_strict_policy(site: Site) -> None:
    for address in (site.server.address, site.server.address + "page.js", site.origin + "/nothing"):
        async with site.client.get(address) as answer:
            policy = answer.headers["Content-Security-Policy"]
            assert policy.startswith("default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'")
            assert "unsafe" not in policy
            assert answer.headers["X-Content-Type-Options"] == "nosniff"
            assert answer.headers["Referrer-Policy"] == "no-referrer"


@pytest.mark.parametrize(
    ("host", "let_in"),
    [
        ("127.0.0.1:{port}", True),
        ("localhost:{port}", True),
        ("[::1]:{port}", True),
        ("127.0.0.1:1", False),
        ("127.0.0.1", False),
        ("evil.example:{port}", False),
        ("127.0.0.1.evil.example:{port}", False),
        ("192.0.2.7:{port}", False),
        ("", False),
    ],
)
async def test_a_foreign_name_that_leads_here_is_turned_away(site: Site, host: str, let_in: bool) -> None:
    status, _ = await site.get("", Host=host.format(port=site.server.guard.port))
    assert (status == 200) is let_in


@pytest.mark.parametrize(
    ("listens_on", "host", "let_in"),
    [
        ("0.0.0.0", "192.0.2.7:80", True),
        ("0.0.0.0", "evil.example:80", False),
        ("192.0.2.7", "192.0.2.7:80", True),
        ("192.0.2.7", "localhost:80", False),
        ("stage.local", "stage.local:80", True),
        ("stage.local", "evil.example:80", False),
    ],
)
def test_open_to_the_network_an_address_is_let_in_and_a_borrowed_name_is_not(
    listens_on: str, host: str, let_in: bool
) -> None:
    guard = Guard(listens_on)
    guard.port = 80
    assert guard.is_own_name(host) is let_in


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "http://evil.example"},
        {"Origin": "null"},
        {"Origin": ""},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Content-Type": "text/plain"},
        {"Content-Type": "application/x-www-form-urlencoded"},
    ],
)
async def test_no_other_page_can_order_anything(site: Site, headers: dict[str, str]) -> None:
    await site.begin()
    order = {"do": "say", "who": "ann", "text": "hi"}
    assert (await site.order(order, **headers))[0] == 403
    assert site.company.hands is not None
    assert site.company.hands.orders == []
    assert await site.order(order) == (200, {"said": ""})


async def test_no_other_page_can_read_the_news_and_any_may_link_here(site: Site) -> None:
    assert (await site.get("people", **{"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "cors"}))[0] == 403
    assert (await site.get("people", Origin="http://evil.example"))[0] == 403
    assert (await site.get("", **{"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "navigate"}))[0] == 200


async def test_a_refused_order_comes_with_its_sentence_and_a_huge_one_is_not_read(site: Site) -> None:
    status, told = await site.order({"do": "say", "who": "ann", "text": "hi"})
    assert (status, told) == (200, {"refused": "There is no play on. Press Begin first."})
    assert (await site.order({"do": "say", "who": "ann", "text": "x" * 20_000}))[0] == 413


async def test_news_begin_with_all_there_is_and_go_on_from_a_mark(site: Site) -> None:
    await site.begin()
    assert site.company.audience is not None
    site.company.audience.hear(chat("ann", "one"))
    address = site.server.address + "news?eyes=ben"
    async with site.client.get(address) as answer:
        news = News(answer)
        first = await news.next()
        assert (first["play"], [line["spans"] for line in first["lines"]]) == (1, [["one"]])
        assert first["facts"]["phase"] == "playing"
    site.company.audience.hear(chat("ann", "two"))
    async with site.client.get(address, headers={"Last-Event-ID": news.mark}) as answer:
        again = News(answer)
        missed = await again.next()
        assert [line["spans"] for line in missed["lines"]] == [["two"]]
        assert "play" not in missed
        assert "facts" not in missed


@pytest.mark.parametrize("mark", ["", "nonsense", "00000000.1.5.5"])
async def test_a_mark_of_another_process_or_none_gets_everything(site: Site, mark: str) -> None:
    await site.begin()
    assert site.company.audience is not None
    site.company.audience.hear(chat("ann", "one"))
    async with site.client.get(site.server.address + "news?eyes=ben", headers={"Last-Event-ID": mark}) as answer:
        assert (await News(answer).next())["play"] == 1


async def test_a_new_play_begins_with_an_empty_page(site: Site) -> None:
    await site.begin()
    assert site.company.audience is not None
    site.company.audience.hear(chat("ann", "one"))
    async with site.client.get(site.server.address + "news?eyes=ben") as answer:
        news = News(answer)
        await news.next()
        site.company.fall.set()
        while (await news.next()).get("facts", {}).get("phase") != "over":
            pass
        site.show().begin(Wish())
        while "play" not in (told := await news.next()):
            pass
        assert (told["play"], told["lines"]) == (2, [])


async def test_news_that_come_together_are_told_together(site: Site) -> None:
    await site.begin()
    audience = site.company.audience
    assert audience is not None
    async with site.client.get(site.server.address + "news?eyes=ben") as answer:
        news = News(answer)
        await news.next()
        for number in range(5_000):
            audience.hear(chat(f"viewer{number}", f"line {number}"))
        audience.hear(chat("ann", "the last"))
        told: list[list[str]] = []
        while ["the last"] not in told:
            told += [line["spans"] for line in (await news.next())["lines"]]
        assert len(told) <= 400


async def test_whoever_has_no_eyes_reads_nothing_and_readers_are_few(site: Site) -> None:
    assert (await site.get("news"))[0] == 400
    assert (await site.get("news?eyes=%3Cimg%3E"))[0] == 400
    readers = [await site.client.get(site.server.address + "news?eyes=ann") for _ in range(12)]
    assert [reader.status for reader in readers] == [200] * 12
    assert (await site.get("news?eyes=ann"))[0] == 503
    for reader in readers:
        reader.close()


async def test_logins_are_suggested(site: Site) -> None:
    await site.begin()
    assert site.company.audience is not None
    site.company.audience.hear(joined("amber_fox"))
    assert json.loads((await site.get("people?typed=AMB"))[1]) == ["amber_fox"]


async def test_the_report_is_there_when_the_play_is_over_and_may_run_nothing(site: Site) -> None:
    site.company.ending = Ending(False, "1 promise broken.", ("Never more units.",), "<p>the report</p>")
    await site.begin()
    assert (await site.get("report"))[0] == 404
    site.company.fall.set()
    await until(lambda: site.show().ending, "the end")
    async with site.client.get(site.server.address + "report") as answer:
        assert await answer.text() == "<p>the report</p>"
        assert "script-src" not in answer.headers["Content-Security-Policy"]
        assert answer.headers["Content-Security-Policy"].startswith("default-src 'none'; style-src 'unsafe-inline'")


class _Links(HTMLParser):
    """Everything a document would fetch or follow, and whatever a policy would refuse to run."""

    def __init__(self) -> None:
        super().__init__()
        self.places: list[str] = []
        self.inline: list[str] = []
        self.labels: set[str] = set()
        self.fields: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        self.places += [value for name, value in attrs if name in ("src", "href", "action") and value]
        self.inline += [name for name in given if name.startswith("on") or name == "style"]
        if tag == "label" and given.get("for"):
            self.labels.add(str(given["for"]))
        if tag in ("input", "select"):
            self.fields.append(str(given.get("id")))


async def test_the_document_needs_nothing_from_elsewhere_and_names_its_fields(site: Site) -> None:
    document = _Links()
    document.feed((await site.get(""))[1])
    assert set(document.places) == {"data:,", "page.css", "page.js", "#say", "report"}
    assert document.inline == []
    inside_labels = {"viewers", "fans", "window", "seed", "letters"}
    assert set(document.fields) - inside_labels == document.labels


def test_the_script_is_small_and_lets_no_text_become_markup() -> None:
    script = (PAGE / "page.js").read_text("utf-8")
    assert len(script.encode()) < SCRIPT_BYTES_MAX
    for danger in ("innerHTML", "outerHTML", "insertAdjacent", "document.write", "eval(", "http:", "https:"):
        assert danger not in script
