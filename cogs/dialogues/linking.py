"""Linking accounts: `/link` and its buttons on Discord, `!link CODE` and `!link off` in chat."""

from __future__ import annotations

from bot.domain.answers import Answer, TryAgain
from bot.domain.linking import (
    TWITCH,
    LinkDecision,
    LinkRefusal,
    LinkRefused,
    UnlinkDecision,
    UnlinkMe,
    UnlinkRefused,
)
from bot.domain.people import Actor
from bot.domain.text import normalise_command
from bot.services.claims import TooFast
from bot.services.services import Services
from bot.wording.cards import Card
from bot.wording.claims import too_fast_text
from bot.wording.control import try_again_text
from bot.wording.linking import code_card, link_card, link_line, unlink_answer, unlink_expired_text, unlink_line
from cogs.names import Asked, CommandList

UNLINK = r"md:link:off"
YES = r"md:link:yes"
_OFF = "off"
# Nothing is lost with these: whoever was answered just now can do without.
_AT_LEISURE = (LinkRefusal.NEEDS_CODE, LinkRefusal.MALFORMED_CODE, LinkRefusal.UNKNOWN_CODE)


def answer_in_chat(commands: CommandList, services: Services) -> None:
    async def link(asked: Asked) -> None:
        if normalise_command(asked.text) == _OFF:
            await _part(services, asked)
            return
        redeemed = await services.linking.redeem(asked.actor, asked.request_id, asked.text)
        if redeemed is None:
            return
        account = "" if redeemed.account is None else redeemed.account.name
        line = link_line(services.words, redeemed.decision, asked.actor.name, account)
        if isinstance(redeemed.decision, LinkRefused) and redeemed.decision.because in _AT_LEISURE:
            services.telling.say_to(asked.actor, line, topic="link")
        else:
            # A code is used up by this, or nothing more will be said: whoever has typed it must hear that.
            services.telling.say_now(line)

    if services.linking.possible:
        commands.add("link", link)


async def _part(services: Services, asked: Asked) -> None:
    try:
        answer = await services.linking.ask_to_part(asked.actor, asked.request_id)
    except TooFast:
        return
    except TryAgain:
        services.telling.say_to(asked.actor, try_again_text(services.words, discord=False), topic="try-again")
        return
    if answer.repeated:
        return
    line = unlink_line(services.words, answer.decision, asked.actor.name)
    if isinstance(answer.decision, UnlinkRefused):
        services.telling.say_to(asked.actor, line, topic="link")
    else:
        services.telling.say_now(line)


def tell_in_chat(services: Services, actor: Actor, answer: Answer[LinkDecision | UnlinkDecision]) -> None:
    """What became of a yes."""
    if answer.repeated:
        return
    decision = answer.decision
    if isinstance(decision, UnlinkDecision):
        services.telling.say_now(unlink_line(services.words, decision, actor.name))
    else:
        services.telling.say_now(link_line(services.words, decision, actor.name))


async def link_to_show(services: Services, actor: Actor) -> str | Card:
    """A code for whoever asks on Discord, or with whom they are linked."""
    try:
        shown = await services.linking.show(actor)
    except TooFast:
        return too_fast_text(services.words)
    if isinstance(shown, str):
        return code_card(services.words, shown)
    account = shown.accounts.get(TWITCH)
    return link_card(services.words, "" if account is None else account.name, shown.link.linked_at)


async def ask_to_part(services: Services, actor: Actor, request_id: str) -> str | Card:
    """What ending the link means, with the button that does it."""
    try:
        answer = await services.linking.ask_to_part(actor, request_id)
    except TooFast:
        return too_fast_text(services.words)
    except TryAgain:
        return try_again_text(services.words, discord=True)
    return unlink_answer(services.words, answer.decision)


async def part(services: Services, actor: Actor, request_id: str) -> str | Card:
    """End the link of whoever has pressed the button within its time."""
    try:
        answer = await services.confirming.confirm(actor, request_id, only=UnlinkMe)
    except TryAgain:
        return try_again_text(services.words, discord=True)
    return unlink_expired_text(services.words) if answer is None else unlink_answer(services.words, answer.decision)
