"""The cogs on two Discords that know nothing of each other, ours and simcord: same dialogues, same answers.

What each answer says is tested in test_on_discord.py; here it counts that both give it. simcord replaces the
HTTP client of discord.py and feeds its parsers, with no socket in between, and takes every wait it does not
know for a fault. So it cannot show what travels on the wire (reconnects, 429s, late answers), nor an answer
that is deferred because the decision takes its time; those are tested on the stage alone.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any, NamedTuple, Protocol

import discord
import pytest
import simcord

from bot.domain.announcing import DISCORD_ANNOUNCEMENTS, DISCORD_MODERATORS, NewsKind
from bot.domain.answers import TryAgain
from bot.domain.ballots import Method
from bot.domain.claims import ClaimRefusal
from bot.domain.control import DropSteered, SteerNeedsYes, Verb
from bot.domain.people import Actor
from bot.domain.poll_control import PollNeedsYes, PollRefusal, PollRefused, PollVerb, SteerPoll
from bot.domain.privacy import EraseMe, PersonErased
from bot.domain.proofs import ProofRefusal, ProofUnknown
from bot.platforms.discord.board import DiscordBoard
from bot.platforms.discord.bot import DiscordBot
from bot.platforms.discord.settings import DiscordSettings
from bot.services.claims import TooFast
from bot.services.ports import HeldUnit
from bot.stage.server import Stage
from bot.wording.announcing import card, control_card
from bot.wording.cards import Card
from bot.wording.catalogue import Wording
from bot.wording.polls import poll_card
from cogs.installing import install_all_discord
from tests.cogs.fakes import Desk, on_board
from tests.wording.polls import MOD_VOTE, POLL, of_method, said
from tests.wording.saying import CUE, NOW, OPEN, about, refused


class Said(NamedTuple):
    """An answer as its reader sees it; `act` is the platform's own object, for what follows from it."""

    text: str
    ephemeral: bool
    form: tuple[str, ...]
    act: Any


class Hall(Protocol):
    """One Discord with a viewer, `ann`, and a moderator, `mia`."""

    async def post(self, place: str, shown: Card) -> str: ...
    async def slash(self, who: str, command: str, **options: object) -> Said: ...
    async def press(self, who: str, where: str | Said, label: str) -> Said: ...
    async def submit(self, who: str, form: Said, **values: object) -> Said: ...
    async def complete(self, who: str, command: str, typed: str) -> list[str]: ...
    def offered(self, who: str) -> set[str]: ...
    def person(self, who: str) -> Any: ...
    def holds_reminder_role(self, who: str) -> bool: ...


class OnStage:
    """Our own."""

    def __init__(self, stage: Stage, board: DiscordBoard) -> None:
        self._world, self._board = stage.discord, board
        self._people = {"ann": self._world.add_member("ann"), "mia": self._world.member("mod_mia")}

    async def post(self, place: str, shown: Card) -> str:
        return await self._board.post(place, shown, nonce=place)

    async def slash(self, who: str, command: str, **options: object) -> Said:
        act = self._world.slash(self._people[who], command, options)
        return await self._said(act)

    async def press(self, who: str, where: str | Said, label: str) -> Said:
        message_id = where if isinstance(where, str) else where.act.answers[0].message_id
        return await self._said(self._world.press(self._people[who], message_id, label=label))

    async def submit(self, who: str, form: Said, **values: object) -> Said:
        return await self._said(self._world.submit(self._people[who], form.act, _fields(values)))

    async def complete(self, who: str, command: str, typed: str) -> list[str]:
        answer = await self._world.complete(self._people[who], command, "drop", typed).wait()
        return list(answer.choices)

    def offered(self, who: str) -> set[str]:
        return set(self._world.offered(self._people[who]))

    def person(self, who: str) -> Any:
        return self._people[who]

    def holds_reminder_role(self, who: str) -> bool:
        return self._world.role("drop-reminders") in self._people[who].roles

    @staticmethod
    async def _said(act: Any) -> Said:
        answer = await act.wait()
        return Said(answer.text, answer.ephemeral, _labels(answer.modal), act)


class InSimcord:
    """Somebody else's."""

    def __init__(self, env: simcord.Env, guild: simcord.GuildHandle) -> None:
        self._env, self._guild = env, guild
        self.lounge = guild.create_text_channel("lounge")
        self.reminders = guild.create_role("drop-reminders", mentionable=True)
        moderator = guild.create_role("moderator", permissions=discord.Permissions(manage_messages=True))
        self._people = {
            "ann": guild.add_member(env.create_user("ann")),
            "mia": guild.add_member(env.create_user("mod_mia", global_name="Mia"), roles=[moderator]),
        }
        self.settings = DiscordSettings(
            token="simcord",
            guild_id=guild.id,
            channels=dict.fromkeys((DISCORD_ANNOUNCEMENTS, DISCORD_MODERATORS), self.lounge.id),
            reminder_role_id=self.reminders.id,
        )
        self._board = DiscordBoard(self.settings, self._bot)

    def _bot(self) -> DiscordBot:
        assert isinstance(self._env.bot, DiscordBot)
        return self._env.bot

    async def post(self, place: str, shown: Card) -> str:
        return await self._board.post(place, shown, nonce=place)

    async def slash(self, who: str, command: str, **options: object) -> Said:
        return self._said(await self._people[who].slash(self.lounge, command, **options))

    async def press(self, who: str, where: str | Said, label: str) -> Said:
        message = where.act.response.message if isinstance(where, Said) else await self._message(where)
        return self._said(await self._people[who].click(message, label=label))

    async def _message(self, message_id: str) -> discord.Message:
        return next(each for each in self.lounge.history() if str(each.id) == message_id)

    async def submit(self, who: str, form: Said, **values: object) -> Said:
        return self._said(await self._people[who].submit_modal(form.act, _fields(values)))

    async def complete(self, who: str, command: str, typed: str) -> list[str]:
        choices = await self._people[who].autocomplete(self.lounge, command, "drop", typed)
        return [each["name"] for each in choices]

    def offered(self, who: str) -> set[str]:
        return {name.split()[0] for name in self._people[who].available_commands(self.lounge)}

    def person(self, who: str) -> Any:
        return self._people[who]

    def holds_reminder_role(self, who: str) -> bool:
        member = self._env.backend.get_guild(self._guild.id).members[self._people[who].id]
        return self.reminders.id in member.role_ids

    @staticmethod
    def _said(result: simcord.InteractionResult) -> Said:
        if result.modal is not None:
            return Said(str(result.modal["title"]), True, _labels(result.modal), result)
        assert result.response is not None
        lines = [result.response.content]
        for embed in result.response.embeds:
            lines += [embed.title or "", embed.description or ""]
            lines += [text or "" for each in embed.fields for text in (each.name, each.value)]
            lines.append(embed.footer.text or "")
        return Said("\n".join(line for line in lines if line), result.ephemeral, (), result)


def _fields(values: dict[str, object]) -> dict[str, object]:
    return {name.replace("_", "-"): value for name, value in values.items()}


def _labels(modal: dict[str, Any] | None) -> tuple[str, ...]:
    return () if modal is None else tuple(part["label"] for part in modal["components"])


@asynccontextmanager
async def in_simcord(desk: Desk) -> AsyncIterator[InSimcord]:
    """The cogs, connected to simcord; its server stands before they come, as a real one does."""
    async with simcord.run(discord.Client(intents=discord.Intents(guilds=True))) as env:
        hall = InSimcord(env, env.create_guild())
        bot = DiscordBot(hall.settings, install=lambda bot: install_all_discord(bot, desk.services()))
        await env.restart_bot(bot)
        yield hall


Dialogue = Callable[[Hall, Desk], Awaitable[list[Said]]]


async def claims_by_button(hall: Hall, desk: Desk) -> list[Said]:
    opened = await hall.post(DISCORD_ANNOUNCEMENTS, card(Wording(), NewsKind.OPENED, about(OPEN), NOW))
    return [await hall.press("ann", opened, "Claim")]


async def claims_by_command(hall: Hall, desk: Desk) -> list[Said]:
    granted = await hall.slash("ann", "claim", drop="mug")
    desk.claims.decision = refused(ClaimRefusal.SOLD_OUT)
    return [granted, await hall.slash("ann", "claim"), await hall.slash("mia", "claim", drop="mug")]


async def looks_around(hall: Hall, desk: Desk) -> list[Said]:
    desk.drops.units = [HeldUnit("mug", "Teal Mug", 17, 48, 57)]
    return [await hall.slash(who, command) for who in ("ann", "mia") for command in ("mine", "drops", "help")]


async def proves_a_unit(hall: Hall, desk: Desk) -> list[Said]:
    found = await hall.slash("ann", "proof", number=17, drop="mug")
    desk.proofs.answer = ProofUnknown(ProofRefusal.NOT_GIVEN, "mug", "Teal Mug", 18, 48)
    return [found, await hall.slash("mia", "proof", number=18)]


async def is_forgotten(hall: Hall, desk: Desk) -> list[Said]:
    desk.confirming.waiting, desk.confirming.about = PersonErased(2, 0, 3), EraseMe
    shown = await hall.slash("ann", "privacy")
    sent = await hall.press("ann", shown, "Send me my data")
    asked = await hall.press("ann", shown, "Forget me")
    done = await hall.press("ann", asked, "Yes, forget me")
    desk.confirming.waiting = None
    late = await hall.press("ann", asked, "Yes, forget me")
    return [shown, sent, asked, done, late]


async def steers_by_card(hall: Hall, desk: Desk) -> list[Said]:
    shown = await hall.post(DISCORD_MODERATORS, control_card(Wording(), about(OPEN), NOW))
    pressed = [await hall.press("mia", shown, label) for label in ("Pause", "Close", "+5 min", "Undo", "Give")]
    gift = DropSteered(
        Verb.GIVE, "mug", "Teal Mug", number=18, supply=48, receiver="ann", receiver_platform="discord"
    )
    desk.control.decision = gift
    given = await hall.submit("mia", pressed[-1], give_member=[hall.person("ann")], give_form_why="lost answer")
    return [*pressed, given]


async def steers_by_command(hall: Hall, desk: Desk) -> list[Said]:
    desk.control.decision = SteerNeedsYes(Verb.CANCEL, "mug", "Teal Mug", 3)
    desk.confirming.waiting = DropSteered(Verb.CANCEL, "mug", "Teal Mug")
    asked = await hall.slash("mia", "drop cancel", drop="mug")
    done = await hall.press("mia", asked, "Yes, do it")
    desk.confirming.waiting = None
    late = await hall.press("mia", asked, "Yes, do it")
    extended = await hall.slash("mia", "drop extend", minutes=7)
    given = await hall.slash("mia", "drop give", member=hall.person("ann"), why="lost answer")
    return [asked, done, late, extended, given]


async def plans_a_drop(hall: Hall, desk: Desk) -> list[Said]:
    form = await hall.slash("mia", "drop new", kind="badge", per_person=2, announce="in 10m")
    planned = await hall.submit(
        "mia", form, form_title="Red Cap", form_supply="10", form_opens="cue", form_lasts="10m"
    )
    again = await hall.slash("mia", "drop new")
    wrong = await hall.submit(
        "mia", again, form_title="@everyone", form_supply="many", form_opens="soon", form_lasts="long"
    )
    return [form, planned, again, wrong]


async def is_told_of_trouble(hall: Hall, desk: Desk) -> list[Said]:
    answers = []
    for desk.claims.trouble in (TryAgain, TooFast):
        answers.append(await hall.slash("ann", "claim"))
    return answers


async def asks_to_be_reminded(hall: Hall, desk: Desk) -> list[Said]:
    shown = await hall.post(DISCORD_ANNOUNCEMENTS, card(Wording(), NewsKind.ANNOUNCED, about(CUE), NOW))
    on = await hall.press("ann", shown, "Remind me")
    assert hall.holds_reminder_role("ann")
    off = await hall.press("ann", shown, "Remind me")
    assert not hall.holds_reminder_role("ann")
    return [on, off]


async def puts_and_steers_a_poll(hall: Hall, desk: Desk) -> list[Said]:
    put = await hall.slash(
        "mia", "poll open", question="Next mug?", options="teal, plum", method="ranked", quorum=2
    )
    wrong = await hall.slash("mia", "poll open", question="Next mug?", options="teal", lasts="soon", hidden=True)
    more = await hall.slash("mia", "poll extend", added="60")
    desk.polls.decision = PollNeedsYes(PollVerb.CANCEL, POLL.key, POLL.plan.question, 7)
    asked = await hall.slash("mia", "poll cancel")
    desk.confirming.waiting = PollRefused(PollRefusal.ALREADY_OVER, PollVerb.CANCEL, POLL.key, POLL.plan.question)
    desk.confirming.about = SteerPoll
    done = await hall.press("mia", asked, "Yes, do it")
    desk.polls.running = (POLL,)
    return [put, wrong, more, asked, done, await hall.slash("mia", "poll show")]


async def votes_by_card_and_command(hall: Hall, desk: Desk) -> list[Said]:
    desk.polls.running = (POLL,)
    shown = await hall.post(DISCORD_ANNOUNCEMENTS, poll_card(Wording(), NewsKind.POLL_OPENED, said(POLL), NOW))
    pressed = await hall.press("ann", shown, "2 plum")
    return [pressed, await hall.slash("ann", "vote", choice="plum", poll=POLL.key)]


async def fills_in_a_ballot(hall: Hall, desk: Desk) -> list[Said]:
    poll = of_method(Method.RANKED)
    desk.polls.running = (poll,)
    shown = await hall.post(DISCORD_ANNOUNCEMENTS, poll_card(Wording(), NewsKind.POLL_OPENED, said(poll), NOW))
    form = await hall.press("ann", shown, "Vote")
    return [form, await hall.submit("ann", form, ballot_1=["2"], ballot_2=["1"], ballot_3=[])]


async def spends_a_pass(hall: Hall, desk: Desk) -> list[Said]:
    desk.polls.running = (MOD_VOTE,)
    shown = await hall.post(DISCORD_ANNOUNCEMENTS, poll_card(Wording(), NewsKind.POLL_OPENED, said(MOD_VOTE), NOW))
    asked = await hall.press("ann", shown, "Use my pass")
    return [asked, await hall.press("ann", asked, "2 Celeste")]


DIALOGUES: tuple[Dialogue, ...] = (
    claims_by_button,
    claims_by_command,
    looks_around,
    proves_a_unit,
    is_forgotten,
    steers_by_card,
    steers_by_command,
    plans_a_drop,
    is_told_of_trouble,
    asks_to_be_reminded,
    puts_and_steers_a_poll,
    votes_by_card_and_command,
    fills_in_a_ballot,
    spends_a_pass,
)


def _asked(desk: Desk) -> list[Any]:
    """What the services were asked, but for ids: every Discord has its own."""

    def plain(value: Any) -> Any:
        return (value.name, str(value.rank)) if isinstance(value, Actor) else value

    claims = [(plain(actor), drop) for actor, _, drop in desk.claims.asked]
    orders = [
        (plain(actor), verb, {key: plain(value) for key, value in order.items()})
        for actor, _, verb, order in desk.control.orders
    ]
    forms = [(plain(actor), form) for actor, form in desk.drops.forms]
    return [
        *claims,
        *desk.proofs.asked,
        *orders,
        *forms,
        *((plain(actor), asked) for actor, asked in desk.polls.asked),
        *desk.polls.deeds,
        *desk.voting.votes,
        *map(plain, desk.confirming.confirmed),
        len(desk.telling.told_requests),
    ]


@pytest.mark.parametrize("dialogue", DIALOGUES, ids=lambda dialogue: dialogue.__name__)
async def test_the_same_dialogue_is_answered_the_same_on_both(stage: Stage, dialogue: Dialogue) -> None:
    here, there = Desk(), Desk()
    async with on_board(stage, here) as platform:
        ours = await dialogue(OnStage(stage, platform.board), here)
    async with in_simcord(there) as hall:
        theirs = await dialogue(hall, there)
    assert [each[:3] for each in theirs] == [each[:3] for each in ours]
    assert all(each.text and each.ephemeral for each in ours)
    assert _asked(there) == _asked(here)


@pytest.mark.parametrize("who", ["ann", "mia"])
async def test_the_same_commands_are_offered_on_both(stage: Stage, who: str) -> None:
    async with on_board(stage, Desk()) as platform:
        ours = OnStage(stage, platform.board).offered(who)
    async with in_simcord(Desk()) as hall:
        theirs = hall.offered(who)
    assert theirs == ours
    assert ("drop" in ours) == (who == "mia")


@pytest.mark.parametrize(("who", "command"), [("ann", "claim"), ("mia", "drop open"), ("mia", "drop give")])
async def test_the_same_names_complete_what_is_typed_on_both(stage: Stage, who: str, command: str) -> None:
    here, there = Desk(), Desk()
    for desk in (here, there):
        desk.drops.drops = [OPEN, CUE]
    async with on_board(stage, here) as platform:
        ours = await OnStage(stage, platform.board).complete(who, command, "")
    async with in_simcord(there) as hall:
        theirs = await hall.complete(who, command, "")
    assert theirs == ours
    assert ours
