"""Discord as one process of the bot has it without a client: its gateway, its board, and answers to presses."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Awaitable, Callable, Mapping
from functools import partial
from typing import Any, Protocol

from bot.domain.control import Verb
from bot.domain.night_deeds import NightVerb
from bot.domain.people import Actor
from bot.domain.text import label
from bot.domain.time import SECOND, Micros
from bot.platforms.discord.settings import DiscordSettings
from bot.rehearsal.fast import discord_polls
from bot.rehearsal.fast.discord_answers import PLATFORM, Act, answer_within
from bot.rehearsal.fast.discord_board import QuickBoard
from bot.rehearsal.fast.discord_commands import definitions
from bot.rehearsal.fast.discord_evidence import QuickDiscordEvidence, QuickMembers
from bot.rehearsal.fast.discord_passes import deciding
from bot.rehearsal.fast.discord_rest import Rest
from bot.rehearsal.fast.network import Line, Network
from bot.services.ports import EvidenceEar
from bot.services.services import Services
from bot.stage.discord.sessions import Session
from bot.stage.discord.world import DiscordWorld
from bot.wording.buttons import EXTEND_MINUTES
from bot.wording.cards import Card
from bot.wording.help import Reminder, reminder_text
from cogs.dialogues import (
    can,
    claims,
    codes,
    confirming,
    control,
    drops,
    help,
    linking,
    moving,
    nights,
    privacy,
    proof,
    reminders,
    who,
)
from cogs.dialogues.votes import answer_vote
from cogs.steering import Order

_INTENTS = 1
_COMMAND, _COMPONENT = 2, 3
_AGAIN_SECONDS = 0.7
Json = dict[str, Any]


class Hears(Protocol):
    """Who is told that Discord is there (again), and answers what is asked."""

    @property
    def services(self) -> Services: ...
    async def discord_connected(self, gap_seconds: float) -> None: ...


class Socket:
    """One gateway connection, as the world sees it."""

    def __init__(self, side: DiscordSide, network: Network) -> None:
        self._side = side
        self._line = Line(network)
        self.lost: asyncio.Future[int | None] = network.loop.create_future()

    def send(self, frame: Json) -> None:
        if not self.lost.done() and not self._side.is_silent:
            self._line.carry(self._side.hear, frame)

    def close(self, code: int) -> None:
        if not self.lost.done():
            self.lost.set_result(code)

    def abort(self) -> None:
        self.close(1006)


class DiscordSide:
    """`spawn` runs something as a part of this process; `ear` hears what is proved of people, at the instant that
    `now` gives."""

    def __init__(
        self,
        world: DiscordWorld,
        network: Network,
        settings: DiscordSettings,
        hears: Hears,
        spawn: Callable[[Awaitable[Any]], object],
        *,
        now: Callable[[], Micros],
        ear: Callable[[], EvidenceEar],
    ) -> None:
        self._world = world
        self._network = network
        self._loop = network.loop
        self._settings = settings
        self._hears = hears
        self._spawn = spawn
        self._online = False
        self._session: Session | None = None
        self._seen = 0
        self._rest = Rest(world, network, settings.request_timeout)
        channels = {place: str(channel_id) for place, channel_id in settings.channels.items()}
        role_id = "" if settings.reminder_role_id is None else str(settings.reminder_role_id)
        self.board = QuickBoard(self._rest, channels, role_id, world.application_id, lambda: self._online)
        members = QuickMembers(world, self._rest, now, lambda: self._online)
        self.evidence = QuickDiscordEvidence(members, now, ear)

    @property
    def is_silent(self) -> bool:
        """Whether the gateway is open and carries nothing."""
        return self._world.faults.is_silent

    async def run(self) -> None:
        """Stay connected, for ever; cancel to stop."""
        lost_at: Micros | None = None
        while True:
            await self._network.trip()
            if self._world.faults.is_out:
                self._world.note_gateway("connection refused")
                await asyncio.sleep(_AGAIN_SECONDS)
                continue
            socket = Socket(self, self._network)
            self._world.sessions.outlets.add(socket)
            resumed = self._resume(socket)
            if not resumed:
                self._identify(socket)
            gap = 0.0 if resumed or lost_at is None else (self._loop.now - lost_at) / SECOND
            self._online = True
            self._spawn(self._hears.discord_connected(gap))
            code: int | None = 1000
            try:
                code = await socket.lost
            finally:
                self._online = False
                lost_at = self._loop.now
                self._world.sessions.outlets.discard(socket)
                if self._session is not None:
                    self._world.sessions.lost(self._session, socket, code)
            await asyncio.sleep(_AGAIN_SECONDS)

    def _resume(self, socket: Socket) -> bool:
        if self._session is None:
            return False
        known = {"token": self._world.bot_token, "session_id": self._session.id, "seq": self._seen}
        self._session = self._world.sessions.resume(socket, known)
        return self._session is not None

    def _identify(self, socket: Socket) -> None:
        self._seen = 0
        token = self._world.bot_token
        self._session = self._world.sessions.identify(socket, {"token": token, "intents": _INTENTS})
        services = self._hears.services
        commands = definitions(services.words, linking=services.linking.possible)
        self._world.commands.replace(self._world.guild_id, commands)

    # What arrives

    def hear(self, frame: Json) -> None:
        """Take one frame of the gateway, in order."""
        self._seen = max(self._seen, frame.get("s") or 0)
        if frame["op"] == 0 and frame["t"] == "INTERACTION_CREATE":
            act = Act(frame["d"], self._world.guild.owner_id)
            self.evidence.hear(act)
            if act.told["type"] == _COMMAND:
                self._spawn(self._command(act))
            elif act.told["type"] == _COMPONENT:
                self._spawn(self._press(act))

    async def _command(self, act: Act) -> None:
        services, data = self._hears.services, act.told["data"]
        options = {each["name"]: each for each in data.get("options", ())}
        match data["name"]:
            case "claim":
                await self._claim(act, _value(options, "drop", ""))
            case "can":
                await self._answer(act, can.whether_to_show(services, act.actor, _value(options, "drop", "")))
            case "code":
                await self._answer(act, codes.own_codes(services, act.actor))
            case "drops":
                await self._answer(act, drops.board_to_show(services))
            case "link":
                await self._answer(act, linking.link_to_show(services, act.actor))
            case "mine":
                await self._answer(act, drops.held_text(services, act.actor))
            case "privacy":
                await self._answer(act, privacy.kept_to_show(services, act.actor))
            case "proof":
                number, drop = _value(options, "number", 0), _value(options, "drop", "")
                await self._answer(act, proof.proof_to_show(services, act.actor, number, drop))
            case "help":
                await self._answer(act, _at_once(help.explanation(services, act.actor, discord=True)))
            case "drop":
                (sub,) = options.values()
                inner = {each["name"]: each for each in sub.get("options", ())}
                await self._steer(act, sub["name"], inner)
            case "poll":
                (sub,) = options.values()
                inner = {each["name"]: each for each in sub.get("options", ())}
                await self._answer(act, discord_polls.steering(services, act, sub["name"], inner))
            case "vote":
                choice, poll = _value(options, "choice", ""), _value(options, "poll", "")
                privately = partial(answer_within, self._rest, act)
                await answer_vote(services, act.actor, act.request_id, choice, poll=poll, privately=privately)
            case "pass" | "passes" | "night" as group:
                (sub,) = options.values()
                inner = {each["name"]: each for each in sub.get("options", ())}
                await self._about_passes(act, group, sub["name"], inner)

    async def _about_passes(self, act: Act, group: str, name: str, options: Mapping[str, Any]) -> None:
        services, member = self._hears.services, self._receiver(options)
        if (group, name) == ("pass", "spend"):
            choice, privately = _value(options, "choice", ""), partial(answer_within, self._rest, act)
            await answer_vote(services, act.actor, act.request_id, choice, with_pass=True, privately=privately)
        else:
            await self._answer(act, deciding(services, act, group, name, options, member))

    async def _steer(self, act: Act, name: str, options: Mapping[str, Any]) -> None:
        if name == "show":
            await self._answer(act, drops.board_to_show(self._hears.services))
        elif name == "new":
            self._no_form("/drop new")
        elif name == "move":
            typed = (_value(options, each, "") for each in ("drop", "opens", "reason", "lasts"))
            move = moving.MoveOrder(*typed)
            await self._answer(act, moving.move_drop(self._hears.services, act.actor, act.request_id, move))
        elif name == "who":
            whom = self._receiver(options) or str(_value(options, "name", ""))
            await self._answer(act, who.who_is(self._hears.services, act.actor, whom))
        elif name == "void":
            await self._about_passes(act, "drop", name, options)
        elif name in ("codes", "code"):
            await self._make_codes(act, options)
        else:
            order = Order(Verb(name), _value(options, "drop", ""), why=_value(options, "why", ""))
            if order.verb is Verb.EXTEND:
                order = Order(order.verb, order.drop, _value(options, "minutes", EXTEND_MINUTES))
            await self._order(act, order, self._receiver(options))

    async def _make_codes(self, act: Act, options: Mapping[str, Any]) -> None:
        services, member = self._hears.services, self._receiver(options)
        code_set, valid_for = _value(options, "set", ""), _value(options, "expires", "")
        if member is None:
            count = _value(options, "count", 1)
            making = codes.make_codes(services, act.actor, act.request_id, code_set, count, valid_for)
        else:
            making = codes.make_code_for(services, act.actor, act.request_id, code_set, member, valid_for)
        await self._answer(act, making)

    async def _press(self, act: Act) -> None:
        services, pressed = self._hears.services, str(act.told["data"]["custom_id"])
        if found := re.fullmatch(claims.BUTTON, pressed):
            await self._claim(act, found["drop"])
        elif found := re.fullmatch(can.BUTTON, pressed):
            await self._answer(act, can.whether_to_show(services, act.actor, found["drop"]))
        elif found := re.fullmatch(control.BUTTON, pressed):
            verb = Verb(found["verb"])
            if verb is Verb.GIVE:
                self._no_form(pressed)
                return
            await self._order(act, Order(verb, found["drop"], EXTEND_MINUTES if verb is Verb.EXTEND else 0), None)
        elif found := re.fullmatch(nights.BUTTON, pressed):
            visit = NightVerb(found["verb"])
            await self._answer(act, nights.visit_night(services, act.actor, act.request_id, visit, found["night"]))
        elif re.fullmatch(confirming.YES, pressed):
            await self._answer(act, confirming.confirm(services, act.actor, act.request_id))
        elif re.fullmatch(linking.UNLINK, pressed):
            await self._answer(act, linking.ask_to_part(services, act.actor, act.request_id))
        elif re.fullmatch(linking.YES, pressed):
            await self._answer(act, linking.part(services, act.actor, act.request_id))
        elif re.fullmatch(privacy.EXPORT, pressed):
            await self._answer(act, privacy.data_to_send(services, act.actor))
        elif re.fullmatch(privacy.FORGET, pressed):
            await self._answer(act, privacy.ask_to_forget(services, act.actor, act.request_id))
        elif re.fullmatch(privacy.YES, pressed):
            await self._answer(act, privacy.forget(services, act.actor, act.request_id))
        elif re.fullmatch(reminders.BUTTON, pressed):
            await self._answer(act, self._toggle(act))
        elif pressed.startswith(("md:vote", "md:ballot")):
            privately = partial(answer_within, self._rest, act)
            if not await discord_polls.press(services, act, pressed, privately):
                self._no_form(pressed)

    def _no_form(self, what: str) -> None:
        self._world.note_not_imitated(f"{what}: a form, which only the library's client can open")

    async def _claim(self, act: Act, drop: str) -> None:
        privately = partial(answer_within, self._rest, act)
        services = self._hears.services
        await claims.answer_claim(services, act.actor, act.request_id, drop, privately=privately)

    async def _order(self, act: Act, order: Order, receiver: Actor | None) -> None:
        deciding = control.steer_drop(self._hears.services, act.actor, act.request_id, order, receiver=receiver)
        await self._answer(act, deciding)

    async def _answer(self, act: Act, deciding: Awaitable[str | Card]) -> None:
        await answer_within(self._rest, act, deciding)

    def _receiver(self, options: Mapping[str, Any]) -> Actor | None:
        if "member" not in options:
            return None
        member = self._world.guild.member(str(options["member"]["value"]))
        return Actor(PLATFORM, member.id, label(member.display_name) or member.id)

    async def _toggle(self, act: Act) -> str:
        """Take the role from who has it, give it to who has not."""
        role = self._world.guild.roles.get(str(self._settings.reminder_role_id))
        member = self._world.guild.members.get(act.actor.user_id)
        if role is None or member is None:
            return reminder_text(self._hears.services.words, Reminder.UNSET)
        has = role.id in member.role_ids
        await self._network.trip()
        (self._world.take_role if has else self._world.give_role)(member, role)
        return reminder_text(self._hears.services.words, Reminder.OFF if has else Reminder.ON)


def _value(options: Mapping[str, Any], name: str, default: Any) -> Any:
    return options[name]["value"] if name in options else default


async def _at_once(text: str) -> str:
    return text
