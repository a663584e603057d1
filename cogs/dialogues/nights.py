"""Game nights: `/night` and the buttons of a night's card on Discord, `!night` in chat where it has a name."""

from __future__ import annotations

import re
from dataclasses import dataclass

from bot.domain.answers import Answer, TryAgain
from bot.domain.night_deeds import CancelDecision, CreateDecision, NightNeedsYes, NightRefused, NightVerb
from bot.domain.people import Actor
from bot.services.claims import TooFast
from bot.services.services import Services
from bot.wording.cards import Card
from bot.wording.claims import too_fast_text
from bot.wording.claims import try_again_text as visit_again_text
from bot.wording.control import try_again_text
from bot.wording.nights import (
    confirm_night_card,
    guests_text,
    night_how_text,
    night_reply,
    night_text,
    nights_text,
)
from cogs.names import Asked, CommandList

# A key has at most 40 characters, and a number where that name was taken.
BUTTON = r"md:night:(?P<night>[a-z0-9-]{1,60}):(?P<verb>join|checkin|leave)"
# A title, a start, and how many seats there are.
_TYPED = re.compile(
    r"(?P<title>.+?) (?P<starts>(?:[0-9]{4}-[0-9]{1,2}-[0-9]{1,2} )?[0-9]{1,2}:[0-9]{2}|in [0-9].*)"
    r" (?P<seats>[0-9]{1,4})",
    re.IGNORECASE,
)
_VISITS = (NightVerb.JOIN, NightVerb.CHECK_IN, NightVerb.LEAVE)


@dataclass(frozen=True, slots=True)
class NightForm:
    """A night as a moderator asks for it; `starts` and `lasts` as they were typed."""

    title: str
    starts: str
    seats: int
    lasts: str = ""
    needs_pass: bool = True


def answer_in_chat(commands: CommandList, services: Services) -> None:
    async def night(asked: Asked) -> None:
        word, _, name = asked.text.partition(" ")
        verb = next((each for each in NightVerb if each == word.casefold()), None)
        if verb in _VISITS:
            await _visit_in_chat(services, asked, verb, name.strip())
        elif verb is NightVerb.CREATE and asked.actor.steers:
            await _create_in_chat(services, asked, read_night(name))
        elif verb is NightVerb.CANCEL and asked.actor.steers:
            await _cancel_in_chat(services, asked, name.strip())
        else:
            planned = nights_text(
                services.words, await services.nights.every(), services.clock.now(), discord=False
            )
            services.telling.say_to(asked.actor, planned, topic="night")

    commands.add("night", night)


async def _visit_in_chat(services: Services, asked: Asked, verb: NightVerb, name: str) -> None:
    try:
        answer = await services.nights.visit(asked.actor, asked.request_id, verb, name)
    except TooFast:
        return
    except TryAgain:
        text = visit_again_text(services.words, discord=False)
        services.telling.say_to(asked.actor, text, topic="try-again")
        return
    if not answer.repeated:
        line = night_reply(services.words, asked.actor.name, answer.decision, services.clock.now())
        services.telling.say_to(asked.actor, line, topic="night")


def read_night(text: str) -> NightForm | None:
    """The night that was typed: "Hades night 20:00 4", "Co-op Friday in 2h 30m 8"; None for anything else."""
    found = _TYPED.fullmatch(" ".join(text.split()))
    return None if found is None else NightForm(found["title"].strip('"“”'), found["starts"], int(found["seats"]))


async def _create_in_chat(services: Services, asked: Asked, form: NightForm | None) -> None:
    """Announce it; the line that tells everybody is the answer, and only a refusal needs one of its own."""
    if form is None:
        services.telling.say_now(night_how_text(services.words))
        return
    try:
        answer = await services.nights.create(
            asked.actor, asked.request_id, title=form.title, seats=form.seats, starts=form.starts
        )
    except TryAgain:
        services.telling.say_now(try_again_text(services.words, discord=False))
        return
    if isinstance(answer.decision, NightRefused):
        tell_in_chat(services, answer)


async def _cancel_in_chat(services: Services, asked: Asked, name: str) -> None:
    try:
        answer = await services.nights.cancel(asked.actor, asked.request_id, name)
    except TryAgain:
        services.telling.say_now(try_again_text(services.words, discord=False))
        return
    tell_in_chat(services, answer)


def tell_in_chat(services: Services, answer: Answer[CreateDecision | CancelDecision]) -> None:
    """What became of a deed, or of a yes."""
    if not answer.repeated:
        services.telling.say_now(night_text(services.words, answer.decision, services.clock.now(), discord=False))


# -- Discord ----------------------------------------------------------------------------------------------------


async def visit_night(services: Services, actor: Actor, request_id: str, verb: NightVerb, night: str) -> str:
    """Join, check in or leave for whoever acted, and tell them alone."""
    try:
        answer = await services.nights.visit(actor, request_id, verb, night)
    except TooFast:
        return too_fast_text(services.words)
    except TryAgain:
        return visit_again_text(services.words, discord=True)
    return night_text(services.words, answer.decision, services.clock.now(), discord=True)


async def create_night(services: Services, actor: Actor, request_id: str, form: NightForm) -> str | Card:
    """Announce a night, and say to whoever did how that went."""
    try:
        answer = await services.nights.create(
            actor,
            request_id,
            title=form.title,
            seats=form.seats,
            starts=form.starts,
            lasts=form.lasts,
            needs_pass=form.needs_pass,
        )
    except TryAgain:
        return try_again_text(services.words, discord=True)
    return shown(services, answer.decision)


async def cancel_night(services: Services, actor: Actor, request_id: str, night: str) -> str | Card:
    """Ask whether a night is to be called off, or say why none is."""
    try:
        answer = await services.nights.cancel(actor, request_id, night)
    except TryAgain:
        return try_again_text(services.words, discord=True)
    return shown(services, answer.decision)


async def nights_to_show(services: Services, actor: Actor) -> str:
    """Which nights are planned, for everybody; for moderators also who is in."""
    nights, now = await services.nights.every(), services.clock.now()
    said = [nights_text(services.words, nights, now, discord=True)]
    if actor.steers:
        for night in nights:
            if night.on:
                said.append(guests_text(services.words, night, await services.nights.guests(night.key)))
    return "\n".join(said)


def shown(services: Services, decision: CreateDecision | CancelDecision) -> str | Card:
    """What became of a deed, for whoever did it on Discord."""
    now = services.clock.now()
    if isinstance(decision, NightNeedsYes):
        return confirm_night_card(services.words, decision, now)
    return night_text(services.words, decision, now, discord=True)
