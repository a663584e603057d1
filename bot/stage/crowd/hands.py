"""What a person of the crowd can do on each platform, and what they do when it does not work."""

from __future__ import annotations

from typing import Protocol

from bot.stage.crowd.acts import Deed, GoLive, GoOffline, Person, Press, Rename, Say, Slash
from bot.stage.crowd.cards import Cards
from bot.stage.discord.errors import StageError
from bot.stage.discord.guild import Member
from bot.stage.discord.world import DiscordWorld
from bot.stage.record import Record, Seen
from bot.stage.twitch.model import Dropped, DropReason, PaidSubscription, TwitchUser
from bot.stage.twitch.world import TwitchWorld

_COMMANDS_IN = "lounge"


class Hands(Protocol):
    """`id` is the account's, `known_as` what the bot's answers say or are addressed to."""

    @property
    def platform(self) -> str: ...

    @property
    def id(self) -> str: ...

    @property
    def known_as(self) -> str: ...

    def do(self, deed: Deed) -> Deed | None:
        """Do it; returns what to do instead in a moment, when the platform swallowed it. Raises TypeError for what
        nobody can do on this platform."""


class StageHands:
    """Makes hands for one person after the other; with the login of somebody who is there already, as that one."""

    def __init__(self, twitch: TwitchWorld, discord: DiscordWorld, record: Record) -> None:
        self._twitch = twitch
        self._discord = discord
        self._cards = Cards(record)
        # To ask the worlds for each of thousands of people would be a search through thousands.
        self._users = {user.login: user for user in twitch.users.values()}
        self._members = {member.name: member for member in discord.guild.members.values()}

    def __call__(self, person: Person) -> Hands:
        if person.platform == "twitch":
            home = self._user(person.home, person.home) if person.home else None
            user = self._user(person.login, person.name)
            _dress(user, person, self._twitch)
            return TwitchHands(self._twitch, user, home)
        member = self._members.get(person.login)
        if member is None:
            member = self._discord.add_member(person.login, global_name=person.name)
            self._members[person.login] = member
        return DiscordHands(self._discord, member, self._cards)

    def _user(self, login: str, name: str) -> TwitchUser:
        user = self._users.get(login.lower())
        if user is None:
            user = self._users[login.lower()] = self._twitch.add_user(login, name)
        return user


def _dress(user: TwitchUser, person: Person, world: TwitchWorld) -> None:
    """Badges and subscription of somebody who has had them for long: nobody is told of it tonight."""
    user.badges.update(person.badges)
    if person.tier:
        world.paid[user] = PaidSubscription(user, person.tier, is_gift=False)
        if "founder" not in person.badges:
            user.badges.add("subscriber")


class TwitchHands:
    """Types in chat: in the channel's own, or in that of `home`, with which the channel shares its chat."""

    platform = "twitch"

    def __init__(self, world: TwitchWorld, user: TwitchUser, home: TwitchUser | None = None) -> None:
        self._world = world
        self._user = user
        self._home = home
        self.id = user.id

    @property
    def known_as(self) -> str:
        return self._user.name

    def do(self, deed: Deed) -> Deed | None:
        match deed:
            case Say():
                return self._say(deed)
            case Rename(login, name):
                self._world.rename(self._user, login, name)
            case GoLive():
                self._world.go_live()
            case GoOffline():
                self._world.go_offline()
            case _:
                raise TypeError(f"on Twitch nobody can do this: {deed}")
        return None

    def _say(self, deed: Say) -> Deed | None:
        said = self._world.say(self._user, deed.text, shared_from=self._home)
        swallowed = isinstance(said, Dropped) and said.reason is DropReason.DUPLICATE
        return Say(deed.instead) if swallowed and deed.instead else None


class DiscordHands:
    """Presses buttons and uses slash commands."""

    platform = "discord"

    def __init__(self, world: DiscordWorld, member: Member, cards: Cards) -> None:
        self._world = world
        self._member = member
        self._cards = cards
        self.id = self.known_as = member.id

    def do(self, deed: Deed) -> Deed | None:
        match deed:
            case Press(drop):
                self._press(drop)
            case Slash(command, drop):
                self._slash(command, drop)
            case Rename(login, name):
                self._rename(login, name)
            case _:
                raise TypeError(f"on Discord nobody can do this: {deed}")
        return None

    def _press(self, drop: str) -> None:
        button = self._cards.claim_button(drop)
        if button is None:
            self._slash("claim", drop)
            return
        try:
            self._world.press(self._member, button.message_id, button.custom_id)
        except StageError:
            # The card went away under the finger.
            self._slash("claim", drop)

    def _slash(self, command: str, drop: str) -> None:
        options = {"drop": drop} if drop else {}
        try:
            self._world.slash(self._member, command, options, channel=_COMMANDS_IN)
        except StageError:
            # The client does not offer it (yet): this person can only shrug, and nothing reached the bot.
            return

    def _rename(self, login: str, name: str) -> None:
        member, world = self._member, self._world
        was, member.name, member.global_name = member.name, login, name
        data = {"login": login, "was": was}
        text = f"{was} is now {login}"
        world.record.add(Seen(world.clock(), "discord", "renamed", "", member.id, name, text, data=data))
