"""What a person of the crowd can do on each platform, and what they do when it does not work."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Protocol

from bot.stage.crowd.acts import (
    Become,
    Deed,
    GoLive,
    GoOffline,
    NoLonger,
    Person,
    Press,
    PutPoll,
    Rename,
    Say,
    SayCode,
    Slash,
    Vote,
)
from bot.stage.crowd.ballot_papers import BallotPapers
from bot.stage.crowd.cards import Cards
from bot.stage.crowd.furnishing import dress_member, dress_viewer
from bot.stage.crowd.scene import StagedPoll
from bot.stage.crowd.told_codes import ToldCodes
from bot.stage.discord.errors import StageError
from bot.stage.discord.guild import Member
from bot.stage.discord.world import DiscordWorld
from bot.stage.record import Record, Seen
from bot.stage.twitch.model import Dropped, DropReason, TwitchUser
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

    def __init__(
        self, twitch: TwitchWorld, discord: DiscordWorld, record: Record, polls: Sequence[StagedPoll] = ()
    ) -> None:
        self._twitch = twitch
        self._discord = discord
        self._cards = Cards(record)
        self._papers = BallotPapers(discord, record, polls)
        self._codes = ToldCodes(record)
        self._by_owner: dict[str, str] = {}
        # To ask the worlds for each of thousands of people would be a search through thousands.
        self._users = {user.login: user for user in twitch.users.values()}
        self._members = {member.name: member for member in discord.guild.members.values()}

    def __call__(self, person: Person) -> Hands:
        if person.platform == "twitch":
            home = self._user(person.home, person.home) if person.home else None
            user = self._user(person.login, person.name)
            dress_viewer(self._twitch, user, person)
            return TwitchHands(self._twitch, user, home, lambda: self._code_of(person.owner))
        member = self._members.get(person.login)
        if member is None:
            member = self._discord.add_member(person.login, global_name=person.name)
            self._members[person.login] = member
        dress_member(self._discord, member, person)
        if person.owner:
            self._by_owner[person.owner] = member.id
        return DiscordHands(self._discord, member, self._cards, self._papers)

    def _code_of(self, owner: str) -> str:
        """What this human was last shown on Discord; "" where they are not there."""
        return self._codes.shown_to(self._by_owner.get(owner, ""))

    def _user(self, login: str, name: str) -> TwitchUser:
        user = self._users.get(login.lower())
        if user is None:
            user = self._users[login.lower()] = self._twitch.add_user(login, name)
        return user


class TwitchHands:
    """Types in chat: in the channel's own, or in that of `home`, with which the channel shares its chat. `code` is
    what this human has been shown elsewhere."""

    platform = "twitch"

    def __init__(
        self,
        world: TwitchWorld,
        user: TwitchUser,
        home: TwitchUser | None = None,
        code: Callable[[], str] = lambda: "",
    ) -> None:
        self._world = world
        self._user = user
        self._home = home
        self._code = code
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
            case SayCode(command, alone):
                if code := self._code():
                    self._world.say(self._user, command if alone else f"{command} {code}")
            case Become(what):
                self._become(what)
            case NoLonger(what):
                self._be_no_longer(what)
            case _:
                raise TypeError(f"on Twitch nobody can do this: {deed}")
        return None

    def _become(self, what: str) -> None:
        match what:
            case "follower":
                if self._world.following_since(self._user) is None:
                    self._world.follow(self._user)
            case "subscriber":
                self._world.subscribe(self._user)
            case "vip" | "moderator":
                self._world.grant_badge(self._user, what)
            case _:
                raise TypeError(f"on Twitch nobody can become this: {what}")

    def _be_no_longer(self, what: str) -> None:
        match what:
            case "follower":
                self._world.unfollow(self._user)
            case "subscriber":
                if self._world.subscribes(self._user):
                    self._world.end_subscription(self._user)
            case "vip" | "moderator":
                self._world.remove_badge(self._user, what)
            case _:
                raise TypeError(f"on Twitch nobody can have been this: {what}")

    def _say(self, deed: Say) -> Deed | None:
        said = self._world.say(self._user, deed.text, shared_from=self._home)
        swallowed = isinstance(said, Dropped) and said.reason is DropReason.DUPLICATE
        return Say(deed.instead) if swallowed and deed.instead else None


class DiscordHands:
    """Presses buttons and uses slash commands; whoever hands out roles gives and takes theirs."""

    platform = "discord"

    def __init__(self, world: DiscordWorld, member: Member, cards: Cards, papers: BallotPapers) -> None:
        self._world = world
        self._member = member
        self._cards = cards
        self._papers = papers
        self.id = self.known_as = member.id

    def do(self, deed: Deed) -> Deed | None:
        match deed:
            case Press(drop):
                self._press(drop)
            case Slash(command, drop):
                self._slash(command, {"drop": drop} if drop else {})
            case Vote():
                self._vote(deed)
            case PutPoll(key):
                self._put(self._papers.poll(key))
            case Rename(login, name):
                self._rename(login, name)
            case Become("booster") | NoLonger("booster"):
                self._world.boost(self._member, is_boosting=isinstance(deed, Become))
            case Become(what) | NoLonger(what) if what.startswith("role:"):
                role = self._world.roles.named(what.removeprefix("role:"))
                (self._world.give_role if isinstance(deed, Become) else self._world.take_role)(self._member, role)
            case _:
                raise TypeError(f"on Discord nobody can do this: {deed}")
        return None

    def _press(self, drop: str) -> None:
        button = self._cards.claim_button(drop)
        if button is None:
            self._slash("claim", {"drop": drop})
            return
        try:
            self._world.press(self._member, button.message_id, button.custom_id)
        except StageError:
            # The card went away under the finger.
            self._slash("claim", {"drop": drop})

    def _vote(self, deed: Vote) -> None:
        poll = self._papers.poll(deed.poll)
        button = self._cards.vote_button(poll.question, deed.option, with_pass=deed.with_pass)
        try:
            if button is None:
                self._slash("pass spend" if deed.with_pass else "vote", {"choice": str(deed.option)})
            elif deed.with_pass:
                self._papers.ask_for(self._member, button, deed.option)
            else:
                self._world.press(self._member, button.message_id, button.custom_id)
        except StageError:
            # The poll was over under the finger.
            return

    def _put(self, poll: StagedPoll) -> None:
        kind = {"kind": "mod-vote"} if poll.for_moderators else {}
        lasts = f"{poll.seconds:g}s"
        self._slash(
            "poll open", {"question": poll.question, "options": ", ".join(poll.options), "lasts": lasts, **kind}
        )

    def _slash(self, command: str, options: Mapping[str, str]) -> None:
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
