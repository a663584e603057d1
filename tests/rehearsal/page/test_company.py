"""How the page is called, and what it says when there is nothing that could be played."""

from __future__ import annotations

import asyncio
import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.request import urlopen

import pytest

from bot.config import ConfigError
from bot.rehearsal.backstage import Backstage
from bot.rehearsal.call import Call
from bot.rehearsal.faults import FAULTS
from bot.rehearsal.judge import judge
from bot.rehearsal.main import UnfitForRehearsal
from bot.rehearsal.page.catalogue import catalogue
from bot.rehearsal.page.company import RehearsalCompany, as_it_was_played, ending_of
from bot.rehearsal.page.main import rehearse_on_page
from bot.rehearsal.page.show import PlayFailed
from bot.rehearsal.page.told import Wish
from bot.rehearsal.report import make_report
from bot.rehearsal.script_file import load_script, shipped_scripts
from tests.rehearsal.evening import CONFIG, good_evening

WAIT_SECONDS = 30


class Nobody:
    """An audience of a play that never begins."""

    took_part = False

    def begins(self, backstage: Backstage, *, live: bool) -> None:
        pytest.fail("the play has begun")

    def hear(self, seen: Mapping[str, Any]) -> None:
        pytest.fail("something was seen")

    def curtain(self) -> None:
        pytest.fail("the play was judged")


@pytest.fixture
def config(tmp_path: Path) -> Path:
    file = tmp_path / "config.toml"
    file.write_text(CONFIG)
    return file


@contextmanager
def called(*arguments: str) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """`microdrops rehearse --web` as it is typed, and the address that it prints."""
    command = [sys.executable, "-m", "bot", "rehearse", "--web", *arguments]
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, text=True, env=os.environ | {"PYTHONUTF8": "1"}
    ) as child:
        try:
            assert child.stdout is not None
            address = next(found[0] for line in child.stdout if (found := re.search(r"http://\S+", line)))
            yield child, address
        finally:
            child.kill()


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such signal for one process.")
def test_the_page_is_served_until_somebody_ends_it(config: Path) -> None:
    with called("--config", str(config)) as (child, address):
        with urlopen(address) as answer:
            assert b"<title>Dress rehearsal</title>" in answer.read()
        child.send_signal(signal.SIGINT)
        assert child.wait(WAIT_SECONDS) == 0


def test_a_mistake_in_the_configuration_is_told_before_anything_is_served(config: Path) -> None:
    config.write_text(CONFIG.replace("supply = 5", "suply = 5"))
    with pytest.raises(ConfigError, match="suply"):
        rehearse_on_page(Call(config=config), config, host="127.0.0.1", port=0, say=pytest.fail)


@pytest.mark.parametrize("what", [{"fast": True}, {"dated": True}, {"report": Path("report.html")}])
def test_what_the_page_cannot_do_is_refused_before_it_is_served(config: Path, what: dict[str, Any]) -> None:
    with pytest.raises(UnfitForRehearsal, match="leave out --fast"):
        rehearse_on_page(Call(config=config, **what), config, host="127.0.0.1", port=0, say=pytest.fail)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        (CONFIG.replace("supply = 5", "suply = 5"), "suply"),
        (CONFIG.partition("[[drops]]")[0], "no \\[\\[drops\\]\\]"),
    ],
)
def test_a_play_that_cannot_begin_says_why(config: Path, text: str, says: str) -> None:
    """The configuration may change between two plays."""
    config.write_text(text)
    with pytest.raises(PlayFailed, match=says):
        asyncio.run(RehearsalCompany(Call(config=config), config).play(Wish(), Nobody()))


async def test_an_earlier_play_that_was_kept_is_never_written_over(config: Path, tmp_path: Path) -> None:
    (tmp_path / "kept" / "play-1").mkdir(parents=True)
    company = RehearsalCompany(Call(config=config, keep=tmp_path / "kept"), config)
    with pytest.raises(PlayFailed, match="is there already"):
        await company.play(Wish(), Nobody())


def test_a_wish_is_what_was_typed_with_what_was_chosen_on_the_page(config: Path) -> None:
    company = RehearsalCompany(Call(config=config, viewers=9), config)
    own = company.options(Wish(seed=3, viewers=5, discord_viewers=2, window=40))
    assert (own.script, own.seed, own.viewers, own.discord_viewers, own.tempo.window) == (None, 3, 5, 2, 40)
    night = company.options(Wish("bad-night"))
    script = load_script("bad-night")
    assert night.script == script
    assert (night.viewers, night.tempo) == (script.viewers, script.tempo)


def test_what_a_script_expects_is_asked_of_the_play_as_it_is_written(config: Path) -> None:
    company = RehearsalCompany(Call(config=config), config)
    script = load_script("first-drop")
    assert script.expects
    for wish, took_part, asked in (
        (Wish("first-drop"), False, True),
        (Wish("first-drop"), True, False),
        (Wish("first-drop", viewers=3), False, False),
        (Wish("first-drop", window=60), False, False),
    ):
        played = as_it_was_played(company.options(wish), took_part=took_part).script
        assert played is not None
        assert bool(played.expects) is asked
        assert played.drops == script.drops


@pytest.mark.parametrize(
    ("complete", "cut_short", "kept"), [(True, False, True), (False, False, False), (False, True, True)]
)
def test_a_play_that_somebody_ended_broke_nothing(complete: bool, cut_short: bool, kept: bool) -> None:
    case = good_evening().case()
    report = make_report(
        case,
        judge(case),
        complete=complete,
        cut_short=cut_short,
        seconds=9.0,
        seed=1,
        repeat=("microdrops",),
        kept_in=None,
    )
    ending = ending_of(report)
    assert ending.kept is kept
    assert bool(ending.broken) is not kept
    assert "0 broken, in 9 s." in ending.headline
    assert "Teal Mug" in ending.page


def test_the_page_offers_what_was_called_for_first_then_every_other_script_and_every_fault(config: Path) -> None:
    def offered(call: Call) -> list[str]:
        return [each["name"] for each in catalogue(RehearsalCompany(call, config).options(Wish()))["scripts"]]

    assert offered(Call(config=config)) == ["", *shipped_scripts()]
    assert offered(Call(script="bad-night")) == ["", *(name for name in shipped_scripts() if name != "bad-night")]
    faults = catalogue(RehearsalCompany(Call(config=config), config).options(Wish()))["faults"]
    assert sorted(fault.name for those in faults.values() for fault in those) == sorted(FAULTS)
