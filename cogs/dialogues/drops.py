"""What is on and what is mine, for everybody; a drop that is planned live, for moderators."""

from __future__ import annotations

from collections.abc import Sequence

from bot.domain.answers import TryAgain
from bot.domain.people import Actor
from bot.domain.planning import DropForm
from bot.services.ports import HeldUnit
from bot.services.services import Services
from bot.wording.cards import Card
from bot.wording.control import try_again_text
from bot.wording.drops import Units, board_card, board_line, mine_text, token_title
from bot.wording.next_drop import next_line
from bot.wording.passes import my_passes_text
from bot.wording.planning import plan_answer
from bot.wording.text import chat_line
from cogs.dialogues.votes import votes_of
from cogs.names import Asked, CommandList


def answer_in_chat(commands: CommandList, services: Services) -> None:
    async def mine(asked: Asked) -> None:
        units = _units(services, await services.drops.held(asked.actor))
        votes, passes = await _besides_units(services, asked.actor, discord=False)
        if votes:
            text = mine_text(services.words, asked.actor.name, units, discord=False)
            services.telling.say_to(asked.actor, chat_line(f"{text} {votes} {passes}"), topic="mine")
        else:
            services.telling.say_holding(asked.actor, units, passes)

    commands.add("mine", mine)


async def show_board(asked: Asked, services: Services) -> None:
    """Say in chat what is on and what is next."""
    board = await services.drops.board()
    services.telling.say_to(asked.actor, board_line(services.words, board.drops, board.now), topic="board")


async def show_next(asked: Asked, services: Services) -> None:
    """Say in chat what comes next, and who may come early."""
    board = await services.drops.board()
    services.telling.say_to(asked.actor, next_line(services.words, board.drops, board.now), topic="next")


async def board_to_show(services: Services) -> Card:
    board = await services.drops.board()
    return board_card(services.words, board.drops, board.now)


async def held_text(services: Services, actor: Actor) -> str:
    """What somebody holds, for Discord, with the entry of the ledger that each unit is."""
    held = await services.drops.held(actor)
    entries = [unit.entry for unit in held]
    text = mine_text(services.words, actor.name, _units(services, held), discord=True, entries=entries)
    return "\n".join(filter(None, (text, *await _besides_units(services, actor, discord=True))))


async def _besides_units(services: Services, actor: Actor, *, discord: bool) -> tuple[str, str]:
    """What else is somebody's: their votes in what is on, and the passes that they can spend; "" for neither."""
    votes = await votes_of(services, actor, discord=discord)
    passes = (await services.passes.of(actor)).passes
    return votes, my_passes_text(services.words, passes, services.clock.now(), discord=discord)


def _units(services: Services, held: Sequence[HeldUnit]) -> Units:
    words, now = services.words, services.clock.now()
    titles = [
        unit.title if unit.runs_until is None else token_title(words, unit.title, unit.runs_until, now)
        for unit in held
    ]
    return [(title, unit.number, unit.supply) for title, unit in zip(titles, held, strict=True)]


async def plan_drop(services: Services, actor: Actor, request_id: str, form: DropForm) -> str:
    """Plan a drop from a form, and say how that went."""
    try:
        answer = await services.drops.create(actor, request_id, form)
    except TryAgain:
        return try_again_text(services.words, discord=True)
    return plan_answer(services.words, answer.decision, services.clock.now())
