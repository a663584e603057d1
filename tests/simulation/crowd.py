"""The stage's own crowd in the simulation: its people see what the fakes show, and ask the services."""

from __future__ import annotations

from collections.abc import Iterable
from functools import partial
from typing import TYPE_CHECKING

from bot.domain.people import Actor
from bot.domain.time import SECOND, Micros
from bot.platforms.twitch.lines import clean_line
from bot.rehearsal.fast.twitch_lines import typed_command
from bot.stage.crowd.acts import Deed, Person, Press, Rename, Say, Slash, Vote
from bot.stage.crowd.playing import Playing
from bot.stage.crowd.scene import Scene
from cogs.names import CommandNames
from tests.simulation.acts import Act, actor_of

if TYPE_CHECKING:
    from tests.simulation.evening import Evening

# Twitch swallows the same line of the same person for so long.
_SWALLOWS = 30 * SECOND
_NAMES = CommandNames()


class SimHands:
    """One person's hands: what they type and press becomes a claim or a vote, and everything else is chatter."""

    def __init__(self, evening: Evening, person: Person) -> None:
        self._evening = evening
        self._actor = actor_of(person)
        self._from_elsewhere = bool(person.home)
        self._said: dict[str, Micros] = {}
        self.platform = person.platform
        self.id = self._actor.user_id

    @property
    def known_as(self) -> str:
        """On Discord answers are addressed to an account, in chat to a name."""
        return self.id if self.platform == "discord" else self._evening.as_named_now(self._actor).name

    def do(self, deed: Deed) -> Deed | None:
        match deed:
            case Say():
                return self._say(deed)
            case Press(drop) | Slash("claim", drop):
                self._claim(drop)
            case Vote(poll, option, with_pass):
                self._vote("button", str(option), poll, with_pass=with_pass)
            case Rename(login, _):
                self._evening.rename(self._actor, login)
        return None

    def _say(self, deed: Say) -> Deed | None:
        now = self._evening.loop.now
        if now - self._said.get(deed.text, -_SWALLOWS) < _SWALLOWS:
            return Say(deed.instead) if deed.instead else None
        self._said[deed.text] = now
        if not self._from_elsewhere:
            self._type(clean_line(deed.text))
        return None

    def _type(self, line: str) -> None:
        found = typed_command(line)
        if found is None:
            self._vote("bare", line)
            return
        name, rest = found
        if name == _NAMES.word:
            name, _, rest = rest.partition(" ")
        rest = rest.strip()
        match _NAMES.meant_by(name):
            case "claim":
                self._claim(rest)
            case "vote":
                self._vote("typed", rest)
            case "pass" if rest:
                self._vote("typed", rest, with_pass=True)

    def _vote(self, how: str, text: str, poll: str = "", *, with_pass: bool = False) -> None:
        what = (how, text, poll, with_pass)
        self._evening.polling.act(Act(self._evening.loop.now, "vote", self._actor, what))

    def _claim(self, name: str) -> None:
        self._evening.people.act(Act(self._evening.loop.now, "claim", self._actor, (name,)))


class SimCrowd(Playing):
    """The people of one evening; they go by the platforms' clock."""

    def __init__(self, evening: Evening, scene: Scene, people: Iterable[Person]) -> None:
        record, hands = evening.world.record, partial(SimHands, evening)
        super().__init__(scene, people, record, lambda: evening.clock.true, hands)
        self._titles = {drop.key: drop for drop in scene.drops}

    def told_privately(self, who: Actor, drop: str) -> None:
        """Somebody on Discord has read a number of theirs."""
        if drop in self._titles:
            self.watching.saw_number(who.platform, who.user_id, self._titles[drop])
