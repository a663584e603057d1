"""The command line: what it prints, what it hands over, and the code it leaves with."""

from __future__ import annotations

import json
import logging
import os
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from sqlalchemy import create_engine, insert

import bot.cli
from bot.config import load_config
from bot.domain.drops import Drop, DropState
from bot.rehearsal.options import RehearseOptions
from bot.storage import tables
from bot.storage.drops import drop_values
from tests.logging_restored import logging_restored

ROOT = Path(__file__).parent.parent
CANARY = "hunter2-canary-value"
MUG = """[channel]
name = "Teal Fox"
time_zone = "Europe/Berlin"
[discord]
token = "env:TOKEN"
server = 1
announcements = 2
moderators = 3
lounge = 4
[ledger]
url = "ledger.db"
[[drops]]
name = "mug"
title = "Teal Mug"
supply = 48
opens = "2097-06-01 20:00"
lasts = "15m"
"""


@dataclass(frozen=True)
class Answer:
    code: int
    out: str
    err: str


Run = Callable[..., Answer]


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    """Runs one command in an empty folder."""
    monkeypatch.chdir(tmp_path)

    def command(*arguments: str) -> Answer:
        with pytest.raises(SystemExit) as left:
            bot.cli.main(arguments)
        told = capsys.readouterr()
        assert "Traceback" not in told.err
        return Answer(int(left.value.code or 0), told.out, told.err)

    return command


@pytest.fixture
def mug(tmp_path: Path) -> Path:
    path = tmp_path / "config.toml"
    path.write_text(MUG, encoding="utf-8")
    return path


@pytest.fixture
def ledger(tmp_path: Path, mug: Path) -> Callable[..., None]:
    """Puts the mug into a real ledger, in the given state."""

    def put(state: DropState, origin: str = "config") -> None:
        (plan,) = load_config(mug, {}, secrets="optional").plans(1_800_000_000_000_000)
        engine = create_engine(f"sqlite:///{tmp_path / 'ledger.db'}")
        tables.metadata.create_all(engine)
        announced_at = None if state is DropState.PLANNED else plan.announce_at
        drop = Drop(plan, origin, state, announced_at=announced_at)
        with engine.begin() as connection:
            connection.execute(
                insert(tables.channel).values(id=1, name="Fox", stream_watched=0, stream_changed_at=0)
            )
            connection.execute(insert(tables.drop).values(drop_values(1, drop)))
        engine.dispose()

    return put


@pytest.fixture
def module(monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Puts a module with the given names in the place of one that would start the whole program."""

    def install(name: str, **names: Any) -> None:
        stand_in = ModuleType(name)
        vars(stand_in).update(names)
        monkeypatch.setitem(sys.modules, name, stand_in)

    return install


@pytest.fixture
def _logging_as_before() -> Iterator[None]:
    with logging_restored():
        yield


def test_the_version_is_told_to_people_and_machines(run: Run) -> None:
    assert run("version").out.startswith("microdrops ")
    assert json.loads(run("version", "--json").out).keys() == {"version"}


@pytest.mark.parametrize(
    "arguments",
    [
        (),
        ("bogus",),
        ("plan", "--bogus"),
        ("rehearse", "--viewers", "-5"),
        ("rehearse", "--viewers", "many"),
        ("stage", "--port", "70000"),
        ("run", "--log-level", "loud"),
        ("config",),
        ("config", "check", "--config", "none.toml"),
        ("plan", "--config", "none.toml"),
        ("run", "--config", "none.toml"),
        ("plan", "--config", "."),
    ],
)
def test_a_wrong_call_is_told_in_words_and_leaves_with_2(run: Run, arguments: tuple[str, ...]) -> None:
    answer = run(*arguments)
    assert answer.code == 2
    assert answer.out + answer.err


def test_checking_a_right_file_names_the_missing_secrets_and_is_fine(run: Run, mug: Path) -> None:
    answer = run("config", "check")
    assert (answer.code, answer.err) == (0, "")
    assert answer.out.startswith("config.toml: no mistakes, 1 drop.\n")
    assert "line 5, [discord] token: the environment variable TOKEN is not set." in answer.out
    machine = json.loads(run("config", "check", "--json").out)
    assert machine["mistakes"] == []
    assert machine["missing_secrets"][0]["where"] == "[discord] token"


def test_checking_a_wrong_file_tells_every_mistake(run: Run, mug: Path) -> None:
    mug.write_text(MUG.replace("supply", "suply").replace("lounge", "loung"))
    answer = run("config", "check")
    assert answer.code == 2
    assert answer.err.splitlines() == [
        'config.toml line 9, [discord] loung: not a key I know. Did you mean "lounge"?',
        'config.toml line 15, [[drops]] mug, suply: not a key I know. Did you mean "supply"?',
        "2 mistakes to repair; nothing was started.",
    ]
    machine = run("config", "check", "--json")
    assert machine.code == 2
    assert [mistake["line"] for mistake in json.loads(machine.out)["mistakes"]] == [9, 15]


def test_the_plan_shows_moments_in_both_clocks(run: Run, mug: Path) -> None:
    answer = run("plan")
    assert answer.code == 0
    assert "Sat 2097-06-01 20:00 CEST  2097-06-01T18:00Z" in answer.out
    assert "Sat 2097-06-01 20:15 CEST  2097-06-01T18:15Z" in answer.out
    assert "There is no ledger yet" in answer.out
    assert "\x1b" not in answer.out


def test_the_plan_for_machines_has_microseconds(run: Run, mug: Path) -> None:
    (drop,) = json.loads(run("plan", "--json").out)["drops"]
    assert (drop["key"], drop["state"], drop["opens_at"]) == ("mug", "new", 4_020_948_000_000_000)
    assert [moment["what"] for moment in drop["moments"]] == ["announce", "open", "close"]


def test_a_window_that_is_over_is_noted(run: Run, mug: Path) -> None:
    mug.write_text(MUG.replace("2097", "2020"))
    note = "Note: mug: its time has passed: it will not be announced."
    shown = run("plan").out
    assert note in shown
    assert "at once" not in shown
    assert note in run("config", "check").out
    machine = json.loads(run("config", "check", "--json").out)
    assert machine["notes"] == [note.removeprefix("Note: ")]


def test_a_name_that_was_planned_live_is_refused_by_the_plan(
    run: Run, mug: Path, ledger: Callable[..., None]
) -> None:
    ledger(DropState.ANNOUNCED, "live")
    answer = run("plan")
    assert answer.code == 1
    assert "Refused: mug: a drop of that name was planned live; give this one another name." in answer.out
    assert "New: mug." not in answer.out


def test_the_plan_compares_with_the_ledger(run: Run, mug: Path, ledger: Callable[..., None]) -> None:
    ledger(DropState.ANNOUNCED)
    answer = run("plan")
    assert answer.code == 0
    assert "Unchanged: mug." in answer.out
    mug.write_text(MUG.replace("48", "60") + MUG[MUG.index("[[drops]]") :].replace('"mug"', '"cap"'))
    answer = run("plan")
    assert answer.code == 1
    assert "New: cap." in answer.out
    assert "Refused: mug: supply was announced as 48 and cannot become 60; put it back, or" in answer.out
    refused = json.loads(run("plan", "--json").out)["difference"]["refused"]
    assert [(r["key"], r["field"], r["announced"], r["wanted"]) for r in refused] == [("mug", "supply", 48, 60)]


def test_looking_at_the_plan_changes_nothing_in_the_ledger(
    run: Run, mug: Path, tmp_path: Path, ledger: Callable[..., None]
) -> None:
    ledger(DropState.PLANNED)
    before = (tmp_path / "ledger.db").read_bytes()
    mug.write_text(MUG.replace("48", "60"))
    assert "Changed: mug." in run("plan").out
    assert (tmp_path / "ledger.db").read_bytes() == before


def test_a_ledger_that_is_none_is_told_in_a_sentence(run: Run, mug: Path, tmp_path: Path) -> None:
    (tmp_path / "ledger.db").write_bytes(b"this is a shopping list, and no database" * 50)
    answer = run("plan")
    assert answer.code == 1
    assert answer.err.startswith(f"The ledger at {tmp_path / 'ledger.db'} cannot be read: ")


def test_the_plan_refuses_to_guess_a_ledger_whose_address_is_missing(run: Run, mug: Path) -> None:
    mug.write_text(MUG.replace('"ledger.db"', '"env:NO_LEDGER"'))
    answer = run("plan")
    assert answer.code == 2
    assert answer.err.startswith(
        "config.toml line 11, [ledger] url: the environment variable NO_LEDGER is not set."
    )


@pytest.mark.usefixtures("_logging_as_before")
@pytest.mark.parametrize(("code", "said"), [(0, True), (1, False), (78, False)])
def test_applying_hands_the_configuration_over(
    run: Run, mug: Path, module: Callable[..., None], code: int, said: bool
) -> None:
    applied: list[str] = []
    module("bot.wiring", apply_plan=lambda config: applied.append(config.drops[0].name) or code)
    answer = run("plan", "--apply")
    assert (answer.code, "Applied." in answer.out) == (code, said)
    assert applied == ["mug"]


def test_nothing_is_applied_while_something_is_refused(
    run: Run, mug: Path, ledger: Callable[..., None], module: Callable[..., None]
) -> None:
    applied: list[object] = []
    module("bot.wiring", apply_plan=applied.append)
    ledger(DropState.OPEN)
    mug.write_text(MUG.replace("48", "60"))
    assert run("plan", "--apply").code == 1
    assert applied == []


@pytest.mark.usefixtures("_logging_as_before")
def test_nothing_is_applied_when_a_drop_is_announced_between_the_look_and_the_deed(
    run: Run, mug: Path, tmp_path: Path
) -> None:
    mug.write_text(MUG + 'announce = "2097-06-01 19:00"\n')
    assert run("plan", "--apply").code == 0
    assert keys_and_states(tmp_path / "ledger.db") == [("mug", "planned")]
    with closing(sqlite3.connect(tmp_path / "ledger.db")) as connection:
        # Its time comes while nobody runs: whoever writes next announces it first.
        connection.execute('UPDATE "drop" SET announce_at = 1')
        connection.commit()
    mug.write_text(MUG.replace("48", "60") + MUG[MUG.index("[[drops]]") :].replace('"mug"', '"cap"'))
    answer = run("plan", "--apply")
    assert answer.code == 1
    assert "Refused: mug: supply was announced as 48 and cannot become 60" in answer.err
    assert keys_and_states(tmp_path / "ledger.db") == [("mug", "announced")]


def keys_and_states(ledger: Path) -> list[tuple[str, str]]:
    with closing(sqlite3.connect(ledger)) as connection:
        return connection.execute('SELECT key, state FROM "drop"').fetchall()


@pytest.mark.usefixtures("_logging_as_before")
def test_run_logs_without_secrets_and_leaves_with_the_bots_code(
    run: Run, mug: Path, module: Callable[..., None], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    def run_bot(config: Any) -> int:
        logging.getLogger("bot").debug("token %s", config.discord.token.get_secret_value())
        return 78

    module("bot.wiring", run_bot=run_bot)
    monkeypatch.setenv("TOKEN", CANARY)
    answer = run("run", "--log-level", "debug", "--json-logs", "--log-file", "logs/bot.log")
    assert answer.code == 78
    assert json.loads(answer.err)["event"] == "token [secret]"
    assert (tmp_path / "logs" / "bot.log").read_text() == answer.err


def test_run_needs_its_secrets_and_a_platform(run: Run, mug: Path) -> None:
    answer = run("run")
    assert answer.code == 2
    assert "the environment variable TOKEN is not set" in answer.err
    mug.write_text(MUG[: MUG.index("[discord]")] + MUG[MUG.index("[ledger]") :])
    answer = run("run")
    assert answer.code == 2
    assert "there is neither a [twitch] nor a [discord] section" in answer.err


def test_rehearse_hands_its_options_over(run: Run, mug: Path, module: Callable[..., None]) -> None:
    seen: list[RehearseOptions] = []
    module("bot.rehearsal.main", rehearse=lambda options: seen.append(options) or 1)
    assert (
        run("rehearse", "--seed", "7", "--viewers", "200", "--discord-viewers", "3", "--json", "--keep", "k").code
        == 1
    )
    expected = RehearseOptions(Path("config.toml"), None, 7, 200, 3, json=True, keep=Path("k"))
    assert seen == [expected]


def test_without_a_configuration_the_example_is_rehearsed(run: Run, module: Callable[..., None]) -> None:
    seen: list[RehearseOptions] = []
    module("bot.rehearsal.main", rehearse=lambda options: seen.append(options) or 0)
    assert run("rehearse").code == 0
    assert seen[0].config == ROOT / "config.example.toml"


def test_a_script_brings_its_own_crowd_and_channel_unless_told_otherwise(
    run: Run, mug: Path, module: Callable[..., None]
) -> None:
    seen: list[RehearseOptions] = []
    module("bot.rehearsal.main", rehearse=lambda options: seen.append(options) or 0)
    assert run("rehearse", "hot-drop").code == 0
    assert run("rehearse", "hot-drop", "--viewers", "9", "--config", "config.toml").code == 0
    assert [(each.viewers, each.discord_viewers, each.config.name) for each in seen] == [
        (5000, 200, "skeleton.toml"),
        (9, 200, "config.toml"),
    ]
    assert seen[0].script is not None
    assert seen[0].script.name == "hot-drop"


def test_a_script_that_there_is_not_is_told_with_the_nearest(run: Run) -> None:
    answer = run("rehearse", "bad-nigth")
    assert answer.code == 2
    assert 'Did you mean "bad-night"?' in answer.err
    answer = run("rehearse", "bad-nigth", "--json")
    assert answer.code == 2
    assert json.loads(answer.out)["mistakes"][0]["what"] == "there is no such script"


def test_the_scripts_are_listed(run: Run) -> None:
    answer = run("rehearse", "--list")
    assert answer.code == 0
    listed_names = [line.split()[0] for line in answer.out.splitlines()]
    assert listed_names == ["bad-night", "early-access", "first-drop", "hot-drop", "mod-vote"]
    listed = json.loads(run("rehearse", "--list", "--json").out)["scripts"]
    assert [each["title"] for each in listed] == [
        "A bad night",
        "Early access",
        "The first drop",
        "A hot drop",
        "Mod vote",
    ]


def test_a_port_that_is_taken_is_told_in_a_sentence(run: Run, module: Callable[..., None]) -> None:
    def taken(host: str, port: int) -> None:
        raise OSError(98, "Address already in use")

    module("bot.stage.alone", main=taken)
    answer = run("stage", "--port", "8080")
    assert (answer.code, answer.err) == (
        2,
        "The stage cannot listen on 127.0.0.1 port 8080: Address already in use.\n",
    )


def test_looking_loads_no_platform_and_no_database() -> None:
    script = (
        "import sys, bot.cli\n"
        "try: bot.cli.main(['config', 'check', '--config', 'config.example.toml'])\n"
        "except SystemExit as left: assert left.code == 0\n"
        "print(sorted({'twitchio', 'discord', 'sqlalchemy', 'apscheduler', 'aiohttp'} & set(sys.modules)))\n"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, cwd=ROOT, check=True)
    assert done.stdout.splitlines()[-1] == "[]"


def test_the_module_is_the_program() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "bot", "version"], capture_output=True, text=True, cwd=ROOT, check=True
    )
    assert done.stdout.startswith("microdrops ")


def test_a_pipe_that_takes_few_letters_gets_a_question_mark_for_the_others(mug: Path) -> None:
    mug.write_text(mug.read_text("utf-8").replace("Teal Mug", "Teal 小 Mug"), "utf-8")
    command = (sys.executable, "-m", "bot", "plan", "--config", str(mug))
    environment = {**os.environ, "PYTHONIOENCODING": "ascii"}
    planned = subprocess.run(command, capture_output=True, cwd=ROOT, env=environment, timeout=60, check=False)
    assert planned.returncode == 0, planned.stderr
    assert b"Teal ? Mug" in planned.stdout
