"""Proving a unit: `/proof` on Discord with a file, `!proof` in chat where the channel has switched it on."""

from __future__ import annotations

from bot.domain.drops import Drop
from bot.domain.people import Actor
from bot.domain.proofs import ProofAnswer, ProofRefusal, ProofUnknown, read_unit
from bot.services.claims import TooFast
from bot.services.services import Services
from bot.wording.cards import Card
from bot.wording.claims import too_fast_text
from bot.wording.proof import proof_card, proof_line
from cogs.names import Asked, CommandList


def answer_in_chat(commands: CommandList, services: Services) -> None:
    async def proof(asked: Asked) -> None:
        unit = read_unit(asked.text)
        answer: ProofAnswer = ProofUnknown(ProofRefusal.UNCLEAR)
        if unit is not None:
            try:
                answer = await services.proofs.prove(asked.actor, unit.number, unit.drop)
            except TooFast:
                return
        line = proof_line(services.words, answer, services.proofs.places)
        services.telling.say_to(asked.actor, line, topic="proof")

    commands.add("proof", proof)


async def proof_to_show(services: Services, actor: Actor, number: int, drop: str) -> str | Card:
    """The proof of a unit for whoever asked, on Discord."""
    try:
        answer = await services.proofs.prove(actor, number, drop)
    except TooFast:
        return too_fast_text(services.words)
    return proof_card(services.words, answer, services.proofs.places)


async def provable(services: Services) -> list[Drop]:
    """The drops that have handed out something, newest first; none that nobody was told of."""
    drops = (await services.drops.every()).values()
    return [drop for drop in reversed(drops) if drop.public and drop.last_number]
