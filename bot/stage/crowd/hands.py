"""What a person of the crowd can do on each platform, and what they do when it does not work."""

from __future__ import annotations

from typing import Protocol

from bot.stage.crowd.acts import Deed, Person, Press, Say, Slash
from bot.stage.crowd.watching import is_claim_button
from bot.stage.discord.errors import StageError
from bot.stage.discord.guild import Member
from bot.stage.discord.world import DiscordWorld
from bot.stage.twitch.model import Dropped, DropReason
from bot.stage.twitch.world import TwitchWorld

_CARDS_IN, _COMMANDS_IN = "announcements", "lounge"


class Hands(Protocol):
    """`id` is the account's, `known_as` what the bot's answers say or are addressed to."""

    platform: str
    id: str
    known_as: str

    def do(self, deed: Deed) -> Deed | None:
        """Do it; returns what to do instead in a moment, when the platform swallowed it."""


class TwitchHands:
    """Types in chat; with the login of somebody who is there already, as that person."""

    platform = "twitch"

    def __init__(self, person: Person, world: TwitchWorld) -> None:
        self._world = world
        self._user = world.find_user(login=person.login) or world.add_user(person.login, person.name)
        self.id = self._user.id
        self.known_as = self._user.name

    def do(self, deed: Deed) -> Deed | None:
        if not isinstance(deed, Say):
            raise TypeError(f"on Twitch one types: {deed}")
        said = self._world.say(self._user, deed.text)
        swallowed = isinstance(said, Dropped) and said.reason is DropReason.DUPLICATE
        return Say(deed.instead) if swallowed and deed.instead else None


class DiscordHands:
    """Presses buttons and uses slash commands."""

    platform = "discord"

    def __init__(self, person: Person, world: DiscordWorld) -> None:
        self._world = world
        self._member = _member(world, person)
        self.id = self.known_as = self._member.id

    def do(self, deed: Deed) -> Deed | None:
        match deed:
            case Press(drop):
                self._press(drop)
            case Slash(command, drop):
                self._slash(command, drop)
            case Say():
                raise TypeError(f"the bot does not read what is typed on Discord: {deed}")
        return None

    def _press(self, drop: str) -> None:
        for message in reversed(self._world.messages(_CARDS_IN)):
            for button in message.buttons:
                if is_claim_button(button.custom_id, drop) and not button.disabled:
                    self._world.press(self._member, message.id, button.custom_id)
                    return
        self._slash("claim", drop)

    def _slash(self, command: str, drop: str) -> None:
        options = {"drop": drop} if drop else {}
        try:
            self._world.slash(self._member, command, options, channel=_COMMANDS_IN)
        except StageError:
            # The client does not offer it (yet): this person can only shrug, and nothing reached the bot.
            return


def _member(world: DiscordWorld, person: Person) -> Member:
    there = next((member for member in world.guild.members.values() if member.name == person.login), None)
    return there or world.add_member(person.login, global_name=person.name)
