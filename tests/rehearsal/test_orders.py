"""The stage's orders: who speaks and presses, the stream, more people, and every fault of the platforms by name."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import Any

import pytest

from bot.rehearsal.faults import FAULTS
from bot.stage.orders import Orders
from bot.stage.record import Seen
from bot.stage.server import Stage
from bot.stage.strikes import ON_DISCORD, ON_TWITCH

Json = dict[str, Any]
AT = 1_900_000_000_000_000


class Theatre:
    """A stage and what it tells its parent."""

    def __init__(self, stage: Stage, orders: Orders, told: list[Mapping[str, Any]]) -> None:
        self.stage = stage
        self.orders = orders
        self.told = told

    async def ask(self, **order: Any) -> Mapping[str, Any]:
        """The stage's answer to an order."""
        await self.orders.obey({**order, "id": len(self.told) + 1})
        return self.told[-1]

    async def fault(self, name: str, seconds: float = 0.0, **options: Any) -> None:
        merged = {**FAULTS[name].options, **options}
        order = {"do": "fault", "name": name, "text": FAULTS[name].does, "seconds": seconds, "options": merged}
        assert "refused" not in await self.ask(**order)

    def lines(self, kind: str) -> list[Any]:
        return [seen for seen in self.stage.record.seen if seen.kind == kind]

    @property
    def faults(self) -> list[tuple[str, str]]:
        return [(seen.data["name"], seen.data["state"]) for seen in self.lines("fault")]

    async def ended(self, name: str) -> Json:
        """The line that a fault writes at its end."""
        found = asyncio.get_running_loop().create_future()

        def look(seen: Seen) -> None:
            if seen.kind == "fault" and (seen.data["name"], seen.data["state"]) == (name, "ends"):
                found.set_result(dict(seen.data))

        for seen in self.stage.record.seen:
            look(seen)
        forget = self.stage.record.listen(look)
        try:
            async with asyncio.timeout(60):
                return dict(await found)
        finally:
            forget()


@asynccontextmanager
async def opened() -> AsyncIterator[Theatre]:
    told: list[Mapping[str, Any]] = []
    stage = Stage(clock=lambda: AT)
    async with asyncio.TaskGroup() as group:
        orders = Orders(stage, group, told.append)
        yield Theatre(stage, orders, told)
        orders.end()


@pytest.fixture
async def theatre() -> AsyncIterator[Theatre]:
    async with opened() as theatre:
        yield theatre


def test_the_stage_can_cause_every_fault_of_the_platforms() -> None:
    """And the catalogue has no other one."""
    named = {
        where: {name for name, fault in FAULTS.items() if fault.where == where} for where in ("twitch", "discord")
    }
    assert set(ON_TWITCH) == named["twitch"]
    assert set(ON_DISCORD) == named["discord"]


async def test_somebody_types_and_who_was_not_there_has_joined(theatre: Theatre) -> None:
    assert await theatre.ask(do="say", login="ann", text="!claim") == {"done": 1, "result": ""}
    assert await theatre.ask(do="say", login="ann", text="!claim") == {"done": 2, "result": "msg_duplicate"}
    assert await theatre.ask(do="say", login="streamer", text="hello") == {"done": 3, "result": ""}
    said = [(seen.name, seen.text) for seen in theatre.lines("chat")]
    assert said == [("ann", "!claim"), (theatre.stage.twitch.broadcaster.name, "hello")]


async def test_somebody_votes_in_twitchs_own_poll_once(theatre: Theatre) -> None:
    theatre.stage.twitch.polls.begin("Which mug?", ["Teal", "Plum"], seconds=60)
    votes = [("ann", "Plum"), ("bob", 2), ("ann", "Teal"), ("eve", 3)]
    counted = [(await theatre.ask(do="vote", login=login, choice=choice))["result"] for login, choice in votes]
    assert counted == [True, True, False, False]
    assert [(seen.name, seen.text) for seen in theatre.lines("vote")] == [("ann", "Plum"), ("bob", "Plum")]


@pytest.mark.parametrize(
    ("order", "why"),
    [
        ({"do": "vote", "login": "ann", "choice": 1}, "No poll runs on Twitch"),
        ({"do": "say", "login": "not a login", "text": "x"}, "up to 25 letters"),
        ({"do": "slash", "user": "", "text": "/claim"}, "1 to 32 characters"),
        ({"do": "slash", "user": "fan", "text": "/claim"}, "/claim is not registered"),
        ({"do": "slash", "user": "fan", "text": " / "}, "Type a command"),
        ({"do": "press", "user": "fan", "message_id": "1", "custom_id": "x"}, "sees no message"),
        ({"do": "submit", "user": "fan", "interaction_id": "7", "values": {}}, "There was no interaction 7"),
        ({"do": "invite", "viewers": 3, "discord_viewers": 0}, "has not begun"),
        ({"do": "fault", "name": "meteor", "text": "", "seconds": 0, "options": {}}, "cannot cause 'meteor'"),
        ({"do": "dance"}, "knows no order 'dance'"),
    ],
)
async def test_what_cannot_be_done_is_refused_with_a_sentence(theatre: Theatre, order: Json, why: str) -> None:
    assert why in (await theatre.ask(**order))["refused"]


def opened_form(theatre: Theatre, *, who: str = "mod_mia") -> str:
    """The act for which a form with three fields has opened: a member, a name, a reason."""
    discord = theatre.stage.discord
    button = {"type": 2, "style": 1, "label": "Give", "custom_id": "give"}
    body = {"content": "Steer it", "components": [{"type": 1, "components": [button]}]}
    card = discord.board.post(discord.bot, discord.channel("moderators"), body)
    act = discord.press(discord.member(who), card.id)
    fields = [
        {"type": 18, "label": "Member", "component": {"type": 5, "custom_id": "who", "required": False}},
        {"type": 18, "label": "Name", "component": {"type": 4, "custom_id": "name", "style": 1, "required": False}},
        {"type": 18, "label": "Why", "component": {"type": 4, "custom_id": "why", "style": 2, "max_length": 9}},
    ]
    modal = {"title": "Give a unit", "custom_id": "given", "components": fields}
    discord.desk.callback(act.id, act.token, {"type": 9, "data": modal})
    return act.id


async def test_a_form_is_seen_by_its_owner_alone_and_sent_with_the_member_who_was_named(theatre: Theatre) -> None:
    discord = theatre.stage.discord
    ann, mia = discord.add_member("ann"), discord.member("mod_mia")
    act = opened_form(theatre)
    (modal,) = theatre.lines("modal")
    assert (modal.visible_to, modal.text, modal.data["interaction_id"]) == (mia.id, "Give a unit", act)
    assert modal.data["fields"] == [
        {"id": "who", "label": "Member", "kind": "member", "required": False},
        {"id": "name", "label": "Name", "kind": "text", "required": False},
        {"id": "why", "label": "Why", "kind": "text", "required": True, "max": 9, "long": True},
    ]
    values = {"who": "@ann", "name": "", "why": "lost it"}
    assert "refused" not in await theatre.ask(do="submit", user="mod_mia", interaction_id=act, values=values)
    (sent,) = theatre.lines("submit")
    assert (sent.author, sent.data["values"]) == (mia.id, {"who": ann.id, "name": "", "why": "lost it"})
    discord.desk.close()


@pytest.mark.parametrize(
    ("user", "values", "why"),
    [
        ("mod_mia", {"who": "zoe", "why": "lost it"}, "Nobody on Discord is called zoe"),
        ("mod_mia", {"who": "", "why": ""}, "'Why' must be filled in"),
        ("mod_mia", {"why": "far too long"}, "does not take 12 characters"),
        ("mod_mia", {"why": "lost it", "size": "XL"}, r"no field size"),
        ("ann", {"why": "lost it"}, "No modal is open for ann"),
    ],
)
async def test_a_form_that_cannot_be_sent_so_is_refused_and_stays_open(
    theatre: Theatre, user: str, values: Json, why: str
) -> None:
    act = opened_form(theatre)
    answer = await theatre.ask(do="submit", user=user, interaction_id=act, values=values)
    assert why in answer["refused"]
    assert theatre.lines("submit") == []
    assert [member.name for member in theatre.stage.discord.guild.members.values() if member.name == "zoe"] == []


async def test_the_stream_begins_and_ends(theatre: Theatre) -> None:
    await theatre.ask(do="live", on=True)
    assert theatre.stage.twitch.stream is not None
    await theatre.ask(do="live", on=False)
    assert [seen.kind for seen in theatre.stage.record.seen if seen.kind in ("live", "offline")] == [
        "live",
        "offline",
    ]


async def test_more_of_the_same_crowd_come_when_they_are_invited(theatre: Theatre) -> None:
    drop = {"key": "mug", "title": "Mug", "announces_at": AT, "opens_at": AT + 10**7, "closes_at": AT + 2 * 10**7}
    scene = {"drops": [{**drop, "on_cue": False}], "words": {}}
    await theatre.ask(do="play", scene=scene, seed=1, viewers=4, discord_viewers=2)
    first = [seen.name for seen in theatre.lines("joined")]
    await theatre.ask(do="invite", viewers=3, discord_viewers=1)
    everybody = [seen.name for seen in theatre.lines("joined")]
    async with opened() as another:
        await another.ask(do="play", scene=scene, seed=1, viewers=7, discord_viewers=3)
        assert sorted(everybody) == sorted(seen.name for seen in another.lines("joined"))
    assert everybody[: len(first)] == first


async def test_the_moderator_comes_where_she_is_to_get_things_wrong(theatre: Theatre) -> None:
    drop = {"key": "mug", "title": "Mug", "announces_at": AT, "opens_at": AT + 10**7, "closes_at": AT + 2 * 10**7}
    scene = {"drops": [{**drop, "on_cue": False}], "words": {}}
    await theatre.ask(do="play", scene=scene, seed=1, viewers=1, discord_viewers=0)
    assert "mod_mia" not in [seen.name for seen in theatre.lines("joined")]
    await theatre.ask(do="play", scene={**scene, "mistakes": True}, seed=1, viewers=1, discord_viewers=0)
    assert "mod_mia" in [seen.name for seen in theatre.lines("joined")]


async def test_the_parent_can_note_a_fault_of_its_own(theatre: Theatre) -> None:
    data = {"name": "disk-full", "state": "skipped", "seconds": 0, "why": "not here"}
    await theatre.ask(do="note", text="the disk is full", data=data)
    (seen,) = theatre.lines("fault")
    assert (seen.platform, seen.text, dict(seen.data)) == ("stage", "the disk is full", data)


async def test_a_fault_has_its_beginning_and_its_end_in_the_record(theatre: Theatre) -> None:
    await theatre.fault("discord-gone", 0.05)
    assert theatre.faults == [("discord-gone", "begins")]
    assert theatre.stage.discord.faults.is_out
    ended = await theatre.ended("discord-gone")
    assert ended == {"name": "discord-gone", "state": "ends", "seconds": 0.05, "options": {}, "struck": 0}
    assert not theatre.stage.discord.faults.is_out


async def test_a_fault_that_strikes_lines_ends_with_the_last_of_them(theatre: Theatre) -> None:
    await theatre.fault("twitch-lose", times=2)
    for text in ("one", "two", "three"):
        await theatre.ask(do="say", login="ann", text=text)
    assert (await theatre.ended("twitch-lose"))["struck"] == 2
    lost = [seen.text for seen in theatre.lines("undelivered") if seen.data["why"] == "lost"]
    assert lost == ["one", "two"]


async def test_only_what_people_type_is_lost_and_never_what_the_bot_says(theatre: Theatre) -> None:
    await theatre.fault("twitch-lose", times=1)
    theatre.stage.twitch.send(theatre.stage.twitch.bot, "Teal Mug is open")
    theatre.stage.twitch.go_live()
    assert theatre.stage.twitch.faults.losses_planned == 1


async def test_a_fault_that_still_lasts_at_the_end_ends_with_the_play() -> None:
    async with opened() as theatre:
        await theatre.fault("twitch-silence", 50)
        await asyncio.sleep(0)
    assert theatre.faults == [("twitch-silence", "begins"), ("twitch-silence", "ends")]
    assert not theatre.stage.twitch.faults.silenced


class Gateway:
    """A socket of Discord's that notes whether it was cut."""

    def __init__(self) -> None:
        self.cut = False

    def send(self, frame: Mapping[str, Any]) -> None:
        raise NotImplementedError

    def close(self, code: int) -> None:
        raise NotImplementedError

    def abort(self) -> None:
        self.cut = True


async def test_a_silent_gateway_keeps_who_is_there_and_sends_away_who_was_never_greeted(theatre: Theatre) -> None:
    discord = theatre.stage.discord
    there, newcomer = Gateway(), Gateway()
    discord.sessions.outlets.add(there)
    await theatre.fault("discord-silence", 0.05)
    discord.sessions.outlets.add(newcomer)
    was_silent = discord.faults.is_silent
    assert (await theatre.ended("discord-silence"))["struck"] == 1
    assert (was_silent, discord.faults.is_silent) == (True, False)
    assert (there.cut, newcomer.cut) == (False, True)


@pytest.mark.parametrize("name", [*ON_TWITCH, *ON_DISCORD])
async def test_every_fault_leaves_the_stage_as_it_was(theatre: Theatre, name: str) -> None:
    await theatre.fault(name, 0.01)
    for number in range(4):
        await theatre.ask(do="say", login="ann", text=f"line {number}")
    theatre.orders.end()
    await theatre.ended(name)
    twitch, discord = theatre.stage.twitch.faults, theatre.stage.discord.faults
    assert twitch.on_delivery is None
    assert twitch.take_answer("POST", "/helix/chat/messages") is None
    assert discord.take("fail", "POST", "/channels/1/messages") is None
    assert [twitch.silenced, twitch.welcome_delay_seconds] == [False, 0]
    assert [discord.is_out, discord.is_silent] == [False, False]


class Outlet:
    """A socket of a few lines."""

    def __init__(self) -> None:
        self.heard: list[str] = []

    def send(self, frame: Mapping[str, Any]) -> None:
        self.heard.append(frame["payload"]["event"]["message"]["text"])


def listen(theatre: Theatre) -> Outlet:
    """A program that wants to hear the chat."""
    twitch = theatre.stage.twitch
    assert theatre.stage.cast is not None
    outlet = Outlet()
    session = twitch.sessions.open(outlet, 10)  # type: ignore[arg-type]  # nothing but frames goes through it here
    condition = {"broadcaster_user_id": twitch.broadcaster.id, "user_id": twitch.bot.id}
    transport = {"method": "websocket", "session_id": session.id}
    wish = {"type": "channel.chat.message", "version": "1", "condition": condition, "transport": transport}
    twitch.sessions.subscribe(theatre.stage.cast.bot_token, wish, lambda _: True)
    return outlet


async def test_lines_that_were_held_back_come_in_another_order_and_all_of_them(theatre: Theatre) -> None:
    outlet = listen(theatre)
    await theatre.fault("twitch-reorder", 0.05)
    said = [f"line {number}" for number in range(12)]
    for number, text in enumerate(said):
        await theatre.ask(do="say", login=f"viewer_{number}", text=text)
    assert outlet.heard == []
    assert (await theatre.ended("twitch-reorder"))["struck"] == 12
    assert sorted(outlet.heard) == sorted(said)
    assert outlet.heard != said


async def test_a_line_that_comes_too_late_for_its_socket_is_noted_as_undelivered(theatre: Theatre) -> None:
    outlet = listen(theatre)
    await theatre.fault("twitch-delay", 0.01, by=0.05)
    await theatre.ask(do="say", login="ann", text="!claim")
    await theatre.ask(do="say", login="bob", text="!claim mug")
    theatre.stage.twitch.sessions.disconnect(outlet)  # type: ignore[arg-type]  # the same
    found = asyncio.get_running_loop().create_future()
    theatre.stage.record.listen(lambda seen: found.set_result(seen) if seen.text == "!claim mug" else None)
    async with asyncio.timeout(60):
        await found
    lost = [(seen.text, seen.data["why"]) for seen in theatre.lines("undelivered")]
    assert lost == [("!claim", "too-late"), ("!claim mug", "too-late")]
    ids = {seen.data["message_id"] for seen in theatre.lines("chat")}
    assert {seen.data["message_id"] for seen in theatre.lines("undelivered")} == ids
