"""A streamer's configuration becomes one for the stage: times and places change, promises do not."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from bot.config import Config, load_config
from bot.rehearsal.compress import Play, compress
from bot.rehearsal.moments import SECOND
from bot.rehearsal.options import Tempo
from bot.stage.server import Stage
from tests.rehearsal.evening import CONFIG

BEGINS_AT = 1_900_000_000 * SECOND


@pytest.fixture
async def told() -> AsyncIterator[dict[str, Any]]:
    async with Stage() as stage:
        yield stage.describe()


def played(tmp_path: Path, text: str, told: dict[str, Any], tempo: Tempo | None = None) -> tuple[Play, Config]:
    """The play, and what the bot's own reader makes of the file."""
    play = compress(text, told, tmp_path / "ledger.db", BEGINS_AT, tempo or Tempo())
    file = tmp_path / "config.toml"
    file.write_text(play.text, "utf-8")
    return play, load_config(file, play.environment)


def test_the_bot_reads_the_file_without_a_mistake_and_finds_the_stage(tmp_path: Path, told: dict[str, Any]) -> None:
    play, config = played(tmp_path, CONFIG, told)
    assert config.missing_secrets == ()
    assert config.endpoints.helix == told["endpoints"]["helix"]
    assert config.ledger.path == tmp_path / "ledger.db"
    assert config.twitch is not None
    assert config.twitch.bot_id == told["twitch"]["bot"]["id"]
    assert config.discord is not None
    assert config.discord.reminder_role is None
    assert play.reminder_role == ""


def test_people_are_called_only_where_the_file_names_a_role_for_it(tmp_path: Path, told: dict[str, Any]) -> None:
    text = CONFIG.replace("[discord]\n", '[discord]\nreminder_role = "100000000000000009"\n')
    play, config = played(tmp_path, text, told)
    assert config.discord is not None
    assert str(config.discord.reminder_role) == play.reminder_role == told["discord"]["roles"]["drop-reminders"]


def test_no_secret_stands_in_the_file(tmp_path: Path, told: dict[str, Any]) -> None:
    play, config = played(tmp_path, CONFIG, told)
    assert set(config.secrets) < set(play.secrets)
    assert not [secret for secret in play.secrets if secret in play.text]


def test_what_a_drop_promises_stays_and_when_it_happens_does_not(tmp_path: Path, told: dict[str, Any]) -> None:
    text = CONFIG.replace("supply = 5", "supply = 50\nheld_back = 2\nper_person = 3")
    play, config = played(tmp_path, text, told)
    (plan,) = config.plans(0)
    assert (plan.supply, plan.held_back, plan.per_person, plan.kind) == (50, 2, 3, "print")
    assert (plan.announce_at, plan.opens_at, plan.window) == (BEGINS_AT, BEGINS_AT + 6 * SECOND, 20 * SECOND)
    assert play.lasts_until == BEGINS_AT + 26 * SECOND


@pytest.mark.parametrize("count", [1, 2, 4, 9])
def test_however_many_drops_there_are_the_evening_is_short(
    tmp_path: Path, told: dict[str, Any], count: int
) -> None:
    head, drop = CONFIG.split("[[drops]]")
    text = head + "".join("[[drops]]" + drop.replace('"mug"', f'"mug-{number}"') for number in range(count))
    play, config = played(tmp_path, text, told)
    assert len(config.drops) == count
    assert play.lasts_until - BEGINS_AT <= 38 * SECOND
    assert len({each.opens_at for each in play.drops}) == count


def test_a_drop_that_recurs_is_played_once(tmp_path: Path, told: dict[str, Any]) -> None:
    every = 'every = "every 2 weeks on friday 20:00"\nstarts = "2030-06-01"\nskip = ["2030-06-07"]'
    text = CONFIG.replace('opens = "2030-06-01 20:00"', f'{every}\nannounce_before = "3d"')
    play, config = played(tmp_path, text, told)
    assert [plan.key for plan in config.plans(0)] == [drop.key for drop in play.drops] == ["mug"]
    assert config.plans(0)[0].opens_at == BEGINS_AT + 6 * SECOND


def test_a_drop_on_cue_is_still_on_cue(tmp_path: Path, told: dict[str, Any]) -> None:
    text = CONFIG.replace('opens = "2030-06-01 20:00"', 'opening = "cue"')
    play, config = played(tmp_path, text, told)
    assert config.plans(0)[0].opens_at is None
    assert play.drops[0].on_cue


def test_the_crowd_types_what_the_channel_calls_its_commands(tmp_path: Path, told: dict[str, Any]) -> None:
    text = CONFIG + '\n[commands]\nprefix = "fox"\nclaim = ["grab", "claim"]\nmine = false\n'
    play, _ = played(tmp_path, text, told)
    assert play.words == {
        "claim": "!grab",
        "claim_again": "!fox claim",
        "board": "!drop",
        "mine": "!fox mine",
        "link": "!link",
        "yes": "!yes",
        "poll": "!poll",
        "mod_vote": "!modvote",
        "vote": "!vote",
        "vote_again": "!fox vote",
        "spend": "!pass",
        "spend_again": "!fox pass",
    }


@pytest.mark.parametrize("absent", ["twitch", "discord"])
def test_a_platform_that_is_not_configured_is_not_played(tmp_path: Path, told: dict[str, Any], absent: str) -> None:
    sections = CONFIG.split("\n[")
    text = "\n[".join(each for each in sections if not each.startswith(f"{absent}]"))
    play, config = played(tmp_path, text, told)
    assert getattr(config, absent) is None
    assert (play.twitch, play.discord) == (absent != "twitch", absent != "discord")


def test_drops_of_one_title_are_told_apart_by_their_names(tmp_path: Path, told: dict[str, Any]) -> None:
    long = "Teal " * 11 + "Mug"
    for title in ("Teal Mug", long):
        drops = [
            {"name": f"week-{week}", "title": written, "supply": 3}
            for week, written in enumerate((title, title.upper(), "Teal Pin"))
        ]
        play = compress(CONFIG, told, tmp_path / "ledger.db", BEGINS_AT, drops=drops)
        first, second, other = (drop.title for drop in play.drops)
        assert first.startswith("Teal")
        assert first.endswith(" · week-0")
        assert second.endswith(" · week-1")
        assert other == "Teal Pin"
        (tmp_path / "config.toml").write_text(play.text, "utf-8")
        read = load_config(tmp_path / "config.toml", play.environment)
        assert [drop.title for drop in read.drops] == [first, second, other]


def test_a_title_is_looked_for_as_the_bot_writes_it(tmp_path: Path, told: dict[str, Any]) -> None:
    drops = [{"name": "mug", "title": "Te\u0301\u0301\u0301\u0301\u0301al \u200b  \u001b Mug", "supply": 3}]
    play = compress(CONFIG, told, tmp_path / "ledger.db", BEGINS_AT, drops=drops)
    (tmp_path / "config.toml").write_text(play.text, "utf-8")
    (read,) = load_config(tmp_path / "config.toml", play.environment).drops
    assert play.drops[0].title == read.title == "T\u00e9\u0301\u0301al Mug"


@pytest.mark.parametrize(
    ("more", "early_units"),
    [("", 2), ('early_share = "80%"', 4), ("early_share = 3", 3), ("held_back = 3", 1), ('early_share = "1%"', 1)],
)
def test_an_early_window_comes_first_and_lets_in_as_many_as_the_file_says(
    tmp_path: Path, told: dict[str, Any], more: str, early_units: int
) -> None:
    text = CONFIG + f'early = "subscribers, vips"\nearly_for = "3h"\n{more}\n'
    play, config = played(tmp_path, text, told, Tempo(before_opening=4, early=3, window=9))
    (drop,), (plan,) = play.drops, config.plans(BEGINS_AT)
    assert (drop.early, drop.early_units) == ("subscribers, vips", early_units)
    assert drop.begins_at == drop.early_at == BEGINS_AT + 4 * SECOND
    assert (drop.opens_at, drop.closes_at) == (BEGINS_AT + 7 * SECOND, BEGINS_AT + 16 * SECOND)
    assert (plan.begins_at, plan.opens_at, plan.early_units) == (drop.early_at, drop.opens_at, early_units)
    assert (str(plan.early), plan.window) == ("subscriber or vip", 9 * SECOND)


def test_without_an_early_window_a_drop_begins_when_it_opens(tmp_path: Path, told: dict[str, Any]) -> None:
    (drop,) = played(tmp_path, CONFIG, told)[0].drops
    assert (drop.early, drop.early_at, drop.early_units) == ("", None, 0)
    assert drop.begins_at == drop.opens_at
