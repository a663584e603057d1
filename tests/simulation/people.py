"""What stands between people and the services in the simulation: the same few lines that the cogs have."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from bot.domain.answers import Answer, TryAgain
from bot.domain.claims import ClaimChecking, ClaimGranted, ClaimNeedsName, ClaimRefused
from bot.domain.control import DropSteered, SteerNeedsYes, SteerRefused, Verb
from bot.domain.people import Actor
from bot.domain.planning import DropForm, DropPlanned
from bot.domain.time import MILLISECOND, SECOND
from bot.services.claims import TooFast
from bot.wording.claims import try_again_text
from cogs.dialogues.looked_up import ANSWERABLE_SECONDS, CHECK_SECONDS
from tests.simulation.acts import Act
from tests.simulation.life import WORDS, Life
from tests.simulation.seen import Asked, Seen
from tests.simulation.story import LIVE_SUPPLIES

if TYPE_CHECKING:
    from tests.simulation.evening import Evening

_ANSWERS: dict[type[Any], str] = {
    ClaimGranted: "granted",
    ClaimNeedsName: "several are open",
    ClaimChecking: "being checked",
    DropSteered: "steered",
    SteerNeedsYes: "wants a yes",
}


class People:
    """Everybody who asks the bot for something, and what they got to see."""

    def __init__(self, evening: Evening) -> None:
        self._evening = evening
        self._chance = evening.chance
        self._loop = evening.loop
        self.seen = Seen()
        self.commands = 0
        # Private answers that have arrived, by request.
        self.told_privately: set[str] = set()
        self._ids = 0
        self._names: dict[str, Actor] = {}

    @staticmethod
    def key(actor: Actor) -> str:
        return f"{actor.platform}:{actor.user_id}"

    def act(self, act: Act) -> None:
        """Somebody does something. With nobody alive to hear it, it is lost."""
        assert act.who is not None
        who = self._evening.as_named_now(act.who)
        request = self.new_request(who)
        if act.kind == "steer":
            self.send(request, lambda life: self._steer(life, request, who, *act.what))
        elif act.kind == "plan":
            title = act.what[0]
            opens = self._chance.dice("forms").choice(("cue", "in 1m", "in 3m"))
            self.send(request, lambda life: self._plan(life, request, who, title, opens))
        elif self._evening.polling.claims(who, act.what[0]):
            self.send(request, lambda life: self._claim(life, request, who, act.what[0]))

    def new_request(self, who: Actor) -> str:
        """The name that the platform gives to what somebody does now."""
        self._ids += 1
        return f"{who.platform}:{self._ids}"

    def claim_again(self, asked: Asked) -> None:
        """The platform delivers a request of before once more."""
        who = next(a for a in self._evening.everybody() if self.key(a) == asked.who)
        self._evening.note(f"{asked.request} is delivered again")
        self.deliver(asked.request, lambda life: self._claim(life, asked.request, who, asked.wanted))

    def send(self, request: str, doing: Callable[[Life], Any]) -> None:
        """Have the platform bring something to the bot: late, twice, or out of order, by chance."""
        delay = 0
        if self._chance.happens("messages overtake each other"):
            delay = self._chance.between("overtaking", 0, 2 * SECOND)
        copies = 1
        if self._chance.happens("a message comes again"):
            copies = 1 + self._chance.between("copies", 1, 4)
        for _ in range(copies):
            self._loop.call_in(delay, self.deliver, request, doing)
            delay += self._chance.between("between copies", 0, 3 * SECOND)

    def deliver(self, request: str, doing: Callable[[Life], Any]) -> None:
        life = self._evening.life
        if life is None or not life.ready or life.stopping:
            self._evening.note(f"nobody hears {request}")
            return
        self.commands += 1
        task = life.spawn(doing(life))
        if self._chance.happens("an asker goes away"):
            self._loop.call_in(
                self._chance.between("going away", 0, 20 * MILLISECOND), self._go_away, task, request
            )

    def _go_away(self, task: asyncio.Task[Any], request: str) -> None:
        if not task.done():
            self._evening.note(f"{request} is no longer waited for")
            task.cancel()

    # -- what the cogs do -----------------------------------------------------------------------------------

    async def _claim(self, life: Life, request: str, who: Actor, name: str) -> None:
        now = self._loop.now
        asked = self.seen.asks(self.seen.claims, request, self.key(who), name, now)
        self._evening.note(f"{who.name} claims {name!r} ({request})")
        try:
            answer = await life.claims.claim(who, request, name)
        except TooFast:
            self._evening.counts["answer: too fast"] += 1
            return
        except TryAgain:
            self._evening.counts["answer: try again"] += 1
            if who.platform == "twitch":
                life.telling.say_to(who, try_again_text(WORDS, discord=False), topic="try-again")
            return
        self.told(life, asked, answer)
        if who.platform == "twitch":
            life.telling.claim_decided(who, answer)
        elif await self._looked_up(life, who, answer) and await self.privately(request):
            await life.telling.told(request)
        if request in self.told_privately and isinstance(answer.decision, ClaimGranted):
            for crowd in self._evening.crowds:
                crowd.told_privately(who, answer.decision.drop)

    async def _looked_up(self, life: Life, who: Actor, answer: Answer[Any]) -> bool:
        """Whether there is an answer to tell, for somebody on Discord who may have to be looked up first."""
        if not isinstance(answer.decision, ClaimChecking):
            return True
        decision = await life.claims.checked(who, answer, seconds=CHECK_SECONDS)
        if isinstance(decision, ClaimChecking):
            await self.privately(f"{answer.request_id} is being checked")
            decision = await life.claims.checked(who, answer, seconds=ANSWERABLE_SECONDS)
        return not isinstance(decision, ClaimChecking)

    async def privately(self, request: str) -> bool:
        """Whether Discord has taken a private answer, as far as the bot can tell."""
        await asyncio.sleep(0.08)
        if self._chance.happens("a private answer is lost"):
            return False
        self.told_privately.add(request)
        return not self._chance.happens("a private answer arrives, its receipt is lost")

    async def _steer(
        self, life: Life, request: str, who: Actor, verb: Verb, name: str, minutes: int, receiver: str, why: str
    ) -> None:
        asked = self.seen.asks(self.seen.deeds, request, self.key(who), name, self._loop.now, str(verb), receiver)
        self._evening.note(f"{who.name} steers: {verb} {name!r} {minutes} {receiver!r} ({request})")
        try:
            answer = await life.control.steer(
                who, request, verb, drop=name, minutes=minutes, receiver=receiver or None, why=why
            )
        except TryAgain:
            self._evening.counts["answer: try again"] += 1
            return
        self.told(life, asked, answer)
        if isinstance(answer.decision, SteerNeedsYes) and not answer.repeated:
            await asyncio.sleep(self._chance.between("yes", SECOND // 2, 10 * SECOND) / SECOND)
            await self._confirm(life, f"{request}-yes", who, asked)

    async def _confirm(self, life: Life, request: str, who: Actor, before: Asked) -> None:
        asked = self.seen.asks(
            self.seen.deeds, request, self.key(who), before.wanted, self._loop.now, *before.about
        )
        try:
            answer = await life.confirming.confirm(who, request)
        except TryAgain:
            return
        if answer is not None:
            self.told(life, asked, answer)

    async def _plan(self, life: Life, request: str, who: Actor, title: str, opens: str) -> None:
        supply = LIVE_SUPPLIES.get(title, 1)
        self._evening.note(f"{who.name} plans {title}, {supply}, {opens} ({request})")
        asked = self.seen.asks(self.seen.deeds, request, self.key(who), title, self._loop.now, "plan")
        try:
            answer = await life.drops.create(who, request, DropForm(title, str(supply), opens=opens, lasts="1m"))
        except TryAgain:
            return
        if isinstance(answer.decision, DropPlanned):
            self.told(life, asked, answer)

    def told(self, life: Life, asked: Asked, answer: Answer[Any]) -> None:
        """Somebody hears what was decided, unless the process has died meanwhile."""
        if not life.alive:
            return
        decision = answer.decision
        self._evening.note(f"{asked.request} is answered: {decision}{' (again)' if answer.repeated else ''}")
        self.seen.told(asked, decision, self._loop.now)
        if isinstance(decision, ClaimRefused | SteerRefused):
            kind = "claim" if isinstance(decision, ClaimRefused) else "steer"
            self._evening.counts[f"{kind} refused: {decision.because}"] += 1
        elif type(decision) in _ANSWERS:
            self._evening.counts[f"answer: {_ANSWERS[type(decision)]}"] += 1
