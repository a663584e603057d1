"""What the quick way says itself instead of a client's library is what the library says."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from bot import scheduler
from bot.domain.people import Rank
from bot.domain.time import SECOND
from bot.platforms.discord import answers, board
from bot.platforms.discord.bot import DiscordBot
from bot.platforms.discord.cards import embed_of, view_of
from bot.platforms.discord.settings import DiscordSettings
from bot.platforms.discord.shapes import embed_shape, row_shapes
from bot.rehearsal.fast import alarm, discord_answers, discord_board
from bot.rehearsal.fast.discord_answers import Act
from bot.rehearsal.fast.discord_commands import definitions
from bot.rehearsal.fast.twitch_lines import QuickCommands, actor_in
from bot.stage.discord.commands import CommandBook
from bot.stage.discord.files import Upload
from bot.stage.discord.snowflakes import Snowflakes
from bot.stage.record import Record
from bot.stage.twitch import payloads
from bot.stage.twitch.model import ChatMessage
from bot.stage.twitch.world import TwitchWorld
from bot.wording.announcing import control_card
from bot.wording.cards import Card, CardFile
from cogs.installing import install_all_discord
from cogs.names import Asked, CommandNames
from tests.cogs.fakes import Desk, until
from tests.wording.saying import NOW, OPEN, about

Json = dict[str, Any]


def stored(bodies: list[Json]) -> dict[str, Json]:
    """Commands as Discord keeps them, but for the ids."""
    book = CommandBook(Snowflakes(lambda: NOW))
    kept = book.replace("1", bodies)
    return {each["name"]: {key: each[key] for key in each if key not in ("id", "version")} for each in kept}


async def test_the_slash_commands_are_those_that_the_library_registers() -> None:
    services = Desk().services()
    bot = DiscordBot(DiscordSettings("", 1, {}), install=lambda bot: None)
    install_all_discord(bot, services)
    library = stored([command.to_dict(bot.tree) for command in bot.tree.get_commands()])
    quick = stored(definitions(services.words))
    assert set(quick) == set(library)
    for name, command in library.items():
        assert named(quick[name]) == named(command), name
        assert quick[name]["default_member_permissions"] == command["default_member_permissions"]


def named(command: Json) -> dict[str, Json]:
    """Every option and subcommand by its path, with all that limits what may be typed there."""
    found: dict[str, Json] = {command["name"]: {"description": command["description"]}}
    for option in command.get("options", ()):
        inner = named(option)
        own = {key: value for key, value in option.items() if key not in ("options", "name") and value is not False}
        found |= {f"{command['name']} {path}": value for path, value in inner.items()}
        found[f"{command['name']} {option['name']}"] = own
    return found


def test_waiting_times_and_limits_are_the_programs_own() -> None:
    assert (alarm.SWEEP_EVERY, alarm.PATIENCE) == (
        scheduler.SWEEP_SECONDS * SECOND,
        scheduler.PATIENCE_SECONDS * SECOND,
    )
    assert discord_answers.TEXT_MAX == answers.TEXT_MAX
    assert answers.answer_within.__kwdefaults__["defer_after"] == discord_answers.DEFER_AFTER
    assert (discord_board.CLOCKS_APART_MAX, discord_board.LOOKED_BACK_MAX) == (
        board.CLOCKS_APART_MAX,
        board.LOOKED_BACK_MAX,
    )


async def test_a_card_has_the_librarys_words_and_buttons() -> None:
    shown = control_card(Desk().services().words, about(OPEN), NOW)
    embed = embed_of(shown).to_dict()
    assert {key: embed[key] for key in embed_shape(shown)} == embed_shape(shown)

    def plain(rows: list[Json]) -> list[tuple[Any, ...]]:
        keys = ("label", "custom_id", "style", "disabled")
        return [tuple(button[key] for key in keys) for row in rows for button in row["components"]]

    assert plain(row_shapes(shown)) == plain(view_of(shown).to_components())
    assert [len(row["components"]) for row in row_shapes(shown)] == [5, 1]


@pytest.fixture
def world() -> TwitchWorld:
    made = TwitchWorld(Record(), lambda: NOW)
    made.set_channel(made.add_user("teapot_tv", "TeaPotTV"), made.add_user("microdrops_bot"))
    return made


def event_of(world: TwitchWorld, login: str, text: str, *badges: str) -> Json:
    user = world.find_user(login=login) or world.add_user(login, login.title(), badges=badges)
    said = world.say(user, text)
    assert isinstance(said, ChatMessage)
    return payloads.chat_message(said, world.broadcaster)


@pytest.mark.parametrize(
    ("typed", "taken"),
    [("2", "2"), (" ２ ", "2"), ("hello  there", "hello there"), ("!claim 2", None), ("!unknown 2", None)],
)
async def test_what_is_no_command_is_shown_to_whoever_takes_talk(
    world: TwitchWorld, typed: str, taken: str | None
) -> None:
    heard: list[tuple[str, str]] = []
    commands = QuickCommands(CommandNames())

    async def take(request_id: str, line: str) -> None:
        heard.append((request_id, line))

    commands.answer_talk(lambda actor, request_id, line: take(request_id, line))
    event = event_of(world, "ann", typed)
    answer = commands.answer_to(event)
    if answer is not None:
        await answer()
    assert heard == ([] if taken is None else [(f"twitch:{event['message_id']}", taken)])


@pytest.mark.parametrize(
    ("typed", "answered"),
    [
        ("!claim mug", ("claim", "mug")),
        ("!CLAIM  teal   mug ", ("claim", "teal mug")),
        ("！ｃｌａｉｍ mug", ("claim", "mug")),
        ("!claim\U000e0000", ("claim", "")),
        ("!md claim mug", ("claim", "mug")),
        ("!md nothing", None),
        ("! claim mug", ("claim", "mug")),
        ("claim mug", None),
        ("!claims mug", None),
        ("", None),
    ],
)
async def test_a_typed_command_is_found_as_the_library_finds_it(
    world: TwitchWorld, typed: str, answered: tuple[str, str] | None
) -> None:
    heard: list[tuple[str, str]] = []
    commands = QuickCommands(CommandNames())

    async def claim(asked: Asked) -> None:
        heard.append(("claim", asked.text))

    commands.add("claim", claim)
    event = event_of(world, "ann", typed or "hello")
    answer = commands.answer_to(event)
    if answer is not None:
        await answer()
    assert heard == ([] if answered is None else [answered])


@pytest.mark.parametrize(
    ("login", "badges", "rank"),
    [
        ("ann", (), Rank.VIEWER),
        ("ann", ("subscriber", "founder"), Rank.VIEWER),
        ("mia", ("moderator",), Rank.MODERATOR),
        ("teapot_tv", (), Rank.STREAMER),
    ],
)
def test_a_line_says_who_steers(world: TwitchWorld, login: str, badges: tuple[str, ...], rank: Rank) -> None:
    assert actor_in(event_of(world, login, "hello", *badges)).rank is rank


@pytest.mark.parametrize(
    ("user", "permissions", "rank"),
    [("7", 0, Rank.VIEWER), ("7", 1 << 13, Rank.MODERATOR), ("7", 1 << 3, Rank.STREAMER), ("1", 0, Rank.STREAMER)],
)
def test_an_interaction_says_who_steers(user: str, permissions: int, rank: Rank) -> None:
    member = {"user": {"id": user, "username": "ann", "global_name": None}, "permissions": str(permissions)}
    actor = Act({"id": "5", "member": member}, owner_id="1").actor
    assert (actor.key, actor.name, actor.rank) == (("discord", user), "ann", rank)


class Noting:
    """A way to Discord that notes each request with the files beside it."""

    def __init__(self) -> None:
        self.requests: list[tuple[str, list[tuple[str, bytes]]]] = []

    async def ask(self, method: str, path: str, body: Any, files: tuple[Upload, ...] = ()) -> None:
        self.requests.append((path, [(each.filename, each.data) for each in files]))


@pytest.mark.parametrize(("slow", "path"), [(False, "/interactions/5/t/callback"), (True, "/webhooks/6/t")])
async def test_a_private_answer_brings_its_cards_files_at_once_or_later(
    monkeypatch: pytest.MonkeyPatch, slow: bool, path: str
) -> None:
    monkeypatch.setattr(discord_answers, "DEFER_AFTER", 0.01)
    thought = asyncio.Event()

    async def deciding() -> Card:
        if slow:
            await thought.wait()
        return Card("Proof", "of a unit", files=(CardFile("mug-17.proof.txt", b"proof"),))

    rest: Any = Noting()
    act = Act({"id": "5", "token": "t", "application_id": "6"}, owner_id="1")
    answering = asyncio.create_task(discord_answers.answer_within(rest, act, deciding()))
    if slow:
        await until(lambda: rest.requests)
        thought.set()
    assert await answering
    assert rest.requests[-1] == (path, [("mug-17.proof.txt", b"proof")])
