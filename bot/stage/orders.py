"""What a parent process may order of a running stage: viewers who speak and press, a stream, a crowd, faults."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Coroutine, Mapping
from typing import Any

from bot.stage.crowd.crowd import Crowd
from bot.stage.crowd.moderator import moderators
from bot.stage.crowd.plan import plan
from bot.stage.crowd.scene import Scene
from bot.stage.discord import forms
from bot.stage.discord.errors import StageError
from bot.stage.discord.guild import Member
from bot.stage.record import Seen
from bot.stage.server import Stage
from bot.stage.strikes import ON_DISCORD, ON_TWITCH, Strike
from bot.stage.twitch.model import Dropped, TwitchUser

Order = Mapping[str, Any]
STREAMER = "streamer"
# What is to strike the next lines or presses waits this long for them.
_WAITS_SECONDS = 10.0
_LOOK_SECONDS = 0.05


class OrderRefused(Exception):
    """It cannot be done; the text is a sentence for the person who asked."""


class Orders:
    """Carries out one order after the other; what lasts goes on in `group`. `tell` writes to the parent."""

    def __init__(self, stage: Stage, group: asyncio.TaskGroup, tell: Callable[[Mapping[str, Any]], None]) -> None:
        self._stage = stage
        self._group = group
        self._tell = tell
        self._going_on: set[asyncio.Task[None]] = set()
        self._invited = (0, 0)
        self._played: Order = {}
        self._deeds: Mapping[str, Callable[[Order], Awaitable[object]]] = {
            "play": self.play,
            "invite": self.invite,
            "say": self.say,
            "vote": self.vote,
            "press": self.press,
            "slash": self.slash,
            "submit": self.submit,
            "live": self.live,
            "fault": self.fault,
            "note": self.note,
        }

    async def obey(self, order: Order) -> None:
        """Do it and, where the order has an id, answer {"done": id} with its "result", or why it was "refused"."""
        answer: dict[str, Any] = {"done": order.get("id")}
        try:
            deed = self._deeds.get(order["do"])
            if deed is None:
                raise OrderRefused(f"The stage knows no order {order['do']!r}.")
            answer["result"] = await deed(order)
        except (OrderRefused, StageError) as refusal:
            answer["refused"] = str(refusal)
        if answer["done"] is not None:
            self._tell(answer)

    def end(self) -> None:
        """Whatever still goes on is over; a fault that lasts ends here, too."""
        for task in self._going_on:
            task.cancel()

    # The crowd

    async def play(self, order: Order) -> None:
        """The whole crowd of a scene comes; {"played": true} tells when it has done everything."""
        scene, seed = Scene.from_json(order["scene"]), order["seed"]
        self._played, self._invited = order, (order["viewers"], order["discord_viewers"])
        people = plan(seed, *self._invited, scene, **_shares(order))
        mistakes = bool(order["scene"].get("mistakes"))
        people += moderators(scene, on_twitch=order["viewers"] > 0, mistakes=mistakes)
        self._go_on(self._play(Crowd(scene, people, self._stage.twitch, self._stage.discord, self._stage.record)))

    async def invite(self, order: Order) -> None:
        """More people come, the next that the seed has; {"played": true} tells of them as of the others."""
        if not self._played:
            raise OrderRefused("The play has not begun.")
        scene, seed = Scene.from_json(self._played["scene"]), self._played["seed"]
        there = {user.login for user in self._stage.twitch.users.values()}
        there |= {member.name for member in self._stage.discord.guild.members.values()}
        viewers, fans = self._invited[0] + order["viewers"], self._invited[1] + order["discord_viewers"]
        self._invited = viewers, fans
        people = plan(seed, viewers, fans, scene, **_shares(self._played))
        new = [person for person in people if person.login not in there]
        self._go_on(self._play(Crowd(scene, new, self._stage.twitch, self._stage.discord, self._stage.record)))

    async def _play(self, crowd: Crowd) -> None:
        await crowd.run()
        self._tell({"played": True})

    # Single people

    async def say(self, order: Order) -> str:
        """Type a line as `login`; returns why it was swallowed, or ""."""
        said = self._stage.twitch.say(self._user(order["login"]), order["text"])
        return str(said.reason) if isinstance(said, Dropped) else ""

    async def vote(self, order: Order) -> bool:
        """Vote as `login` in the poll of Twitch's own that runs, for a `choice` by its title or its number from 1
        on; whether that counted."""
        if self._stage.twitch.polls.running is None:
            raise OrderRefused("No poll runs on Twitch.")
        return self._stage.twitch.vote(self._user(order["login"]), order["choice"])

    async def press(self, order: Order) -> None:
        self._stage.discord.press(self._member(order["user"]), order["message_id"], order["custom_id"])

    async def slash(self, order: Order) -> None:
        self._stage.discord.type_slash(self._member(order["user"]), order["text"], self._known)

    async def submit(self, order: Order) -> None:
        """Send the form that the act with this `interaction_id` opened: `values` are texts by the fields' ids. A
        menu of members takes a name, and none with ""."""
        discord, values = self._stage.discord, dict(order["values"])
        opened_by = discord.interaction(order["interaction_id"])
        modal = next((answer.modal for answer in opened_by.answers if answer.modal is not None), None)
        for field in forms.described(modal) if modal is not None else ():
            if field["kind"] != "text" and not values.get(field["id"]):
                values.pop(field["id"], None)
            elif field["kind"] == "member":
                values[field["id"]] = self._known(values[field["id"]])
        discord.submit(self._member(order["user"]), opened_by, values)

    async def live(self, order: Order) -> None:
        if order["on"]:
            self._stage.twitch.go_live()
        else:
            self._stage.twitch.go_offline()

    def _user(self, login: str) -> TwitchUser:
        twitch = self._stage.twitch
        if login.casefold() == STREAMER:
            return twitch.broadcaster
        if not (1 <= len(login) <= 25 and login.isascii() and login.replace("_", "").isalnum()):
            raise OrderRefused("A login on Twitch has up to 25 letters a-z, digits and underscores.")
        return twitch.find_user(login=login) or twitch.add_user(login)

    def _member(self, name: str) -> Member:
        discord = self._stage.discord
        if name.casefold() == STREAMER:
            return discord.owner
        if not 1 <= len(name) <= 32:
            raise OrderRefused("A name on Discord has 1 to 32 characters.")
        return self._named(name) or discord.add_member(name, global_name=name)

    def _known(self, name: str) -> Member:
        """Somebody who is there already, as they are called in a menu of members."""
        plain = name.strip().removeprefix("@")
        member = self._stage.discord.owner if plain.casefold() == STREAMER else self._named(plain)
        if member is None:
            raise OrderRefused(f"Nobody on Discord is called {plain}.")
        return member

    def _named(self, name: str) -> Member | None:
        members = self._stage.discord.guild.members.values()
        return next((each for each in members if each.name.casefold() == name.casefold()), None)

    # Faults

    async def fault(self, order: Order) -> None:
        """Cause a fault by `name` for `seconds`, with its `options`; `text` says what it does. It goes on by
        itself, and the record has its beginning and its end."""
        name, options, seconds = order["name"], order["options"], float(order["seconds"])
        if name in ON_TWITCH:
            strike = ON_TWITCH[name](self._stage.twitch, options, seconds)
        elif name in ON_DISCORD:
            strike = ON_DISCORD[name](self._stage.discord, options, seconds)
        else:
            raise OrderRefused(f"The stage cannot cause {name!r}.")
        data = {"name": name, "seconds": seconds, "options": dict(options)}
        self._see(order["text"], data | {"state": "begins"})

        def end(_: object) -> None:
            strike.end()
            self._see(order["text"], {**data, "state": "ends", "struck": strike.struck()})

        # Called also when the play ends before the waiting has begun.
        self._go_on(_until_over(strike, seconds)).add_done_callback(end)

    async def note(self, order: Order) -> None:
        """A fault that the parent causes itself, for the record."""
        self._see(order["text"], order["data"])

    def _see(self, text: str, data: Mapping[str, Any]) -> None:
        self._stage.record.add(Seen(self._stage.clock(), "stage", "fault", text=text, data=dict(data)))

    def _go_on(self, work: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
        task = self._group.create_task(work)
        self._going_on.add(task)
        task.add_done_callback(self._going_on.discard)
        return task


async def _until_over(strike: Strike, seconds: float) -> None:
    await asyncio.sleep(seconds)
    for _ in range(round(_WAITS_SECONDS / _LOOK_SECONDS)):
        if strike.over():
            return
        await asyncio.sleep(_LOOK_SECONDS)


def _shares(order: Order) -> dict[str, Any]:
    return {"shares": order["shares"]} if order.get("shares") else {}
