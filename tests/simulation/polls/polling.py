"""Everybody who asks something of polls: the same few lines that the cogs have between people and the services."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from sqlalchemy.exc import SQLAlchemyError

from bot.domain.answers import Answer, TryAgain
from bot.domain.linking import LinkAsked, LinkMade
from bot.domain.people import Account, Actor
from bot.domain.poll_asked import PollAsked, PollForm, read_asked, read_form
from bot.domain.poll_control import PollNeedsYes, PollRefused, PollSteered
from bot.domain.poll_news import poll_snapshot
from bot.domain.time import SECOND, Micros
from bot.domain.voting import VoteAccepted, VoteChecking, VoteRefusal, VoteRefused
from bot.services.claims import TooFast
from bot.wording.cards import Card
from bot.wording.claims import try_again_text
from bot.wording.polls import live_poll_card
from cogs.dialogues.looked_up import CHECK_SECONDS
from cogs.dialogues.votes import button_ballot
from cogs.polling import read_poll_order
from tests.simulation.acts import Act
from tests.simulation.life import WORDS, Life
from tests.simulation.people import People
from tests.simulation.polls.story import BADGE, FLAG, Asking
from tests.simulation.seen import Asked

if TYPE_CHECKING:
    from tests.simulation.evening import Evening


FAR: Micros = 2**62


class Polling:
    """`put_at` is when a question was first put, by the loop's clock; `links` when a link was asked for first and
    when somebody was told of it, by its account on Twitch; `looked_at` the cards that somebody asked for."""

    def __init__(self, evening: Evening, people: People) -> None:
        self._evening = evening
        self._people = people
        self._loop = evening.loop
        self._seen = people.seen
        # By question, as it was put: retries have words of their own.
        self.asked: dict[str, Asking] = {}
        self.put_at: dict[str, Micros] = {}
        self.links: dict[str, tuple[Micros, Micros | None]] = {}
        self.looked_at: list[tuple[Micros, Card]] = []

    def act(self, act: Act) -> None:
        """Somebody does something about polls."""
        if act.kind == "look at a poll":
            life = self._evening.life
            if life is not None and life.ready:
                life.spawn(self._look(life))
            return
        assert act.who is not None
        who = self._evening.as_named_now(act.who)
        request = self._people.new_request(who)
        match act.kind:
            case "vote":
                self._people.send(request, lambda life: self._vote(life, request, who, *act.what))
            case "put a poll":
                asking, attempt = act.what
                if attempt == 0 or not self._is_put(asking):
                    self._people.send(request, lambda life: self._put(life, request, who, asking, attempt))
            case "steer a poll":
                self._people.send(request, lambda life: self._steer(life, request, who, act.what[0]))
            case "link":
                if self.links.get(who.user_id, (0, None))[1] is None:
                    self._people.send(request, lambda life: self._link(life, request, who, act.what[0]))

    def humans(self, who: str) -> frozenset[str]:
        """The same by the names that `People.key` gives."""
        platform, _, user = who.partition(":")
        return frozenset(f"{each}:{its}" for each, its in self.accounts((platform, user)))

    def linked(self) -> list[tuple[str, str, Micros, Micros | None]]:
        """The pairs of accounts, when a link of theirs was asked for first and when somebody was told of it."""
        polls = self._evening.story.polls
        return [
            (self._people.key(there), self._people.key(here), *self.links.get(there.user_id, (FAR, None)))
            for there, here in (() if polls is None else polls.pairs)
        ]

    @property
    def pass_uses(self) -> int:
        """How often each pass of the badge can be spent."""
        polls = self._evening.story.polls
        return 0 if polls is None else polls.plans[0].passes[0].uses

    def claims(self, who: Actor, drop: str) -> bool:
        """Whether somebody claims this: of two accounts that may be one person's, each has drops of its own, so
        that what both hold never depends on when they were linked."""
        polls = self._evening.story.polls
        for there, here in () if polls is None else polls.pairs:
            if who.key == here.key:
                return drop == FLAG and not there.steers
            if who.key == there.key:
                return drop == BADGE or there.steers
        return True

    def surely_linked(self, account: Account, at: Micros) -> bool:
        """Whether somebody had been told by then that this account is linked."""
        key = ":".join(account)
        return any(
            told is not None and told <= at for there, here, _, told in self.linked() if key in (there, here)
        )

    def accounts(self, account: Account) -> tuple[Account, ...]:
        """All accounts that may be this person's: those of whoever is about to link count already."""
        polls = self._evening.story.polls
        for there, here in () if polls is None else polls.pairs:
            if account in (there.key, here.key):
                return (there.key, here.key)
        return (account,)

    # -- votes ----------------------------------------------------------------------------------------------

    async def _vote(
        self, life: Life, request: str, who: Actor, how: str, text: str, poll: str, with_pass: bool
    ) -> None:
        if how == "bare" and not life.voting.takes_numbers:
            return
        key = self._people.key(who)
        about = (how, poll, "pass" if with_pass else "")
        asked = self._seen.asks(self._seen.votes, request, key, text, self._loop.now, *about)
        self._evening.note(f"{who.name} votes {text!r} {' '.join(filter(None, about))} ({request})")
        try:
            answer = await self._cast(life, request, who, how, text, poll, with_pass)
        except TooFast:
            self._count("too fast")
            return
        except TryAgain:
            self._count("try again")
            if who.platform == "twitch":
                life.telling.say_to(who, try_again_text(WORDS, discord=False), topic="try-again")
            return
        if answer is not None:
            await self._answered(life, who, asked, answer)

    async def _cast(
        self, life: Life, request: str, who: Actor, how: str, text: str, poll: str, with_pass: bool
    ) -> Answer[Any] | None:
        if how == "bare":
            return await life.voting.vote_bare(who, request, text)
        choice = button_ballot(text) if how == "button" else text
        return await life.voting.vote(who, request, choice, poll=poll, with_pass=with_pass)

    async def _answered(self, life: Life, who: Actor, asked: Asked, answer: Answer[Any]) -> None:
        decision = answer.decision
        if answer.request_id != asked.request:
            self._evening.note(f"{asked.request} gave way to {answer.request_id}")
            self._count("gave way to a newer one")
            return
        refused = decision if isinstance(decision, VoteRefused) else None
        kept = refused is None or refused.because is not VoteRefusal.BAD_CHOICE or asked.about[0] != "bare"
        if kept:
            # A number that no option has is answered without the ledger.
            self._people.told(life, asked, answer)
        self._count_decision(decision)
        if who.platform == "discord":
            if isinstance(decision, VoteChecking):
                await life.voting.checked(who, answer, seconds=CHECK_SECONDS)
            await self._people.privately(asked.request)
        elif refused is not None and not answer.repeated:
            life.telling.vote_refused(who, refused, life.polls.options(refused.poll))

    def _count_decision(self, decision: Any) -> None:
        match decision:
            case VoteAccepted():
                self._count("repeated" if decision.repeated else "changed" if decision.changed else "counted")
                if decision.pass_spent:
                    self._count("counted with a pass")
            case VoteChecking():
                self._count("being checked")
            case VoteRefused():
                self._evening.counts[f"vote refused: {decision.because}"] += 1

    def _count(self, what: str) -> None:
        self._evening.counts[f"vote: {what}"] += 1

    # -- moderators -----------------------------------------------------------------------------------------

    def _is_put(self, asking: Asking) -> bool:
        """Whether somebody was told that this question is put, in whatever words."""
        put = (asked.answer for asked in self._seen.polls.values() if asked.about[:1] == ("open",))
        told = [each.poll.plan.question for each in put if isinstance(each, PollSteered)]
        return any(question in told for question, same in self.asked.items() if same.options == asking.options)

    async def _put(self, life: Life, request: str, who: Actor, asking: Asking, attempt: int) -> None:
        if attempt:
            asking = replace(asking, question=f"{asking.question[:-1]}, asked {attempt + 1} times?")
        read = self._read(who, asking)
        if not isinstance(read, PollAsked):
            raise AssertionError(f"the simulation cannot put {asking.typed}: {read}")
        self.asked.setdefault(asking.question, asking)
        self.put_at.setdefault(asking.question, self._loop.now)
        self._evening.note(f"{who.name} puts {asking.typed} ({request})")
        asked = self._asks(request, who, asking.question, "open")
        with suppress(TryAgain):
            answer = await life.polls.open(who, request, read)
            self._told(life, asked, answer)

    @staticmethod
    def _read(who: Actor, asking: Asking) -> Any:
        if who.platform == "twitch" and asking.quorum is None:
            return read_asked(asking.typed, asking.kind)
        options, lasts = ", ".join(asking.options), f"{asking.lasts}s"
        form = PollForm(
            asking.question, options, lasts, "", asking.kind, asking.method, asking.hidden, asking.quorum
        )
        return read_form(form)

    async def _steer(self, life: Life, request: str, who: Actor, text: str) -> None:
        order = read_poll_order(text)
        assert order is not None
        self._evening.note(f"{who.name} steers polls: {text} ({request})")
        asked = self._asks(request, who, order.poll, str(order.verb))
        try:
            answer = await life.polls.steer(who, request, order.verb, poll=order.poll, added=order.added)
        except TryAgain:
            return
        self._told(life, asked, answer)
        if not isinstance(answer.decision, PollNeedsYes) or answer.repeated:
            return
        await asyncio.sleep(self._evening.chance.between("yes to polls", SECOND // 2, 6 * SECOND) / SECOND)
        yes = self._asks(f"{request}-yes", who, order.poll, "yes", str(order.verb))
        with suppress(TryAgain):
            confirmed = await life.confirming.confirm(who, yes.request)
            if confirmed is not None:
                self._told(life, yes, confirmed)

    def _asks(self, request: str, who: Actor, wanted: str, *about: str) -> Asked:
        return self._seen.asks(self._seen.polls, request, self._people.key(who), wanted, self._loop.now, *about)

    def _told(self, life: Life, asked: Asked, answer: Answer[Any]) -> None:
        self._people.told(life, asked, answer)
        match answer.decision:
            case PollRefused():
                self._evening.counts[f"poll refused: {answer.decision.because}"] += 1
            case PollSteered():
                self._evening.counts[f"poll: {answer.decision.verb}"] += 1

    # -- the rest -------------------------------------------------------------------------------------------

    async def _link(self, life: Life, request: str, there: Actor, here: Actor) -> None:
        """Show a code on Discord, type it on Twitch, and say yes."""
        asked_at, _ = self.links.setdefault(there.user_id, (self._loop.now, None))
        self._evening.note(f"{there.name} links with {here.name} ({request})")
        with suppress(TooFast, TryAgain, SQLAlchemyError):
            shown = await life.linking.show(here)
            if not isinstance(shown, str):
                self.links[there.user_id] = asked_at, self._loop.now
                return
            redeemed = await life.linking.redeem(there, request, shown)
            if redeemed is None or not isinstance(redeemed.decision, LinkAsked | LinkMade):
                return
            await asyncio.sleep(self._evening.chance.between("yes to links", SECOND // 2, 3 * SECOND) / SECOND)
            answer = await life.confirming.confirm(there, f"{request}-yes")
            if answer is not None and isinstance(answer.decision, LinkMade) and life.alive:
                self.links[there.user_id] = asked_at, self._loop.now
                self._evening.counts["poll: two accounts are linked"] += 1

    async def _look(self, life: Life) -> None:
        """Somebody asks how the poll stands that is on, or was on last."""
        with suppress(SQLAlchemyError):
            found = await life.polls.shown()
            if not isinstance(found, PollRefused):
                now = self._evening.clock.now()
                card = live_poll_card(WORDS, poll_snapshot(found.poll), found.counts, now)
                self.looked_at.append((self._loop.now, card))
