"""Polls and votes on Discord without a client: how their commands are told, and which dialogue answers them."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Mapping
from typing import Any

from bot.domain.ballots import Method
from bot.domain.poll_asked import QUORUM_MAX, PollForm
from bot.domain.poll_control import PollVerb
from bot.domain.polls import PollKind
from bot.rehearsal.fast.discord_answers import Act
from bot.rehearsal.fast.discord_options import (
    BOOLEAN,
    INTEGER,
    MANAGE_MESSAGES,
    STRING,
    TYPED_MAX,
    Json,
    command,
    say,
    sub,
    text,
)
from bot.services.services import Services
from bot.wording.cards import Card
from bot.wording.catalogue import Wording
from cogs.dialogues import polls, votes
from cogs.dialogues.privately import Privately
from cogs.polling import PollOrder, more_time

_OPTIONS_TYPED_MAX = 600


def poll_definitions(words: Wording) -> list[Json]:
    """`/poll` for moderators, and `/vote`."""
    added = text(words, "added", 0, TYPED_MAX, required=True)
    polling = [
        {**sub(words, "poll-open", _open(words)), "name": "open"},
        {**sub(words, "poll-close", [_poll(words)]), "name": "close"},
        {**sub(words, "poll-cancel", [_poll(words)]), "name": "cancel"},
        {**sub(words, "poll-extend", [added, _poll(words)]), "name": "extend"},
        {**sub(words, "poll-recount", [_poll(words)]), "name": "recount"},
        {**sub(words, "poll-show", [_poll(words)]), "name": "show"},
    ]
    choice = {**text(words, "choice", 1, votes.VOTE_TYPED_MAX, required=True), "autocomplete": True}
    return [
        {**command(words, "poll", polling), "default_member_permissions": MANAGE_MESSAGES},
        command(words, "vote", [choice, _poll(words)]),
    ]


def _poll(words: Wording) -> Json:
    return {**text(words, "poll", 0, TYPED_MAX), "autocomplete": True}


def _open(words: Wording) -> list[Json]:
    def choice(name: str, key: str, values: list[str]) -> Json:
        offered = {"choices": [{"name": each, "value": each} for each in values], "required": False}
        return {"type": STRING, "name": name, "description": say(words, f"slash-option-{key}"), **offered}

    def option(kind: int, name: str, **limits: int) -> Json:
        described = {"description": say(words, f"slash-option-{name}"), "required": False}
        return {"type": kind, "name": name, **described, **limits}

    return [
        text(words, "question", 1, 2 * TYPED_MAX, required=True),
        text(words, "options", 1, _OPTIONS_TYPED_MAX, required=True),
        text(words, "lasts", 0, TYPED_MAX),
        choice("kind", "poll-kind", [str(each) for each in PollKind]),
        choice("method", "method", [str(each) for each in Method]),
        option(BOOLEAN, "hidden"),
        option(INTEGER, "quorum", min_value=0, max_value=QUORUM_MAX),
        text(words, "who", 0, 2 * TYPED_MAX),
    ]


def steering(services: Services, act: Act, name: str, options: Mapping[str, Any]) -> Awaitable[str | Card]:
    """What answers a subcommand of `/poll`."""
    given = {name: option["value"] for name, option in options.items()}
    poll = str(given.get("poll", ""))
    match name:
        case "open":
            form = PollForm(
                question=given["question"],
                options=given["options"],
                lasts=given.get("lasts", ""),
                who=given.get("who", ""),
                kind=PollKind(given.get("kind", PollKind.POLL)),
                method=Method(given.get("method", Method.PLURALITY)),
                hidden=given.get("hidden", False),
                quorum=given.get("quorum"),
            )
            return polls.put_poll(services, act.actor, act.request_id, form)
        case "recount":
            return polls.recount_poll(services, act.actor, act.request_id, poll)
        case "show":
            return polls.poll_to_show(services, poll)
    order = PollOrder(PollVerb(name), poll, more_time(given["added"]) if name == "extend" else 0)
    return polls.steer_poll(services, act.actor, act.request_id, order)


async def _too_late(services: Services, act: Act, poll: str, privately: Privately, *, with_pass: bool) -> None:
    """Whoever presses for a form when the poll is over is told that."""
    asked = act.actor, act.request_id, ""
    await votes.answer_vote(services, *asked, poll=poll, with_pass=with_pass, privately=privately)


async def press(services: Services, act: Act, pressed: str, privately: Privately) -> bool:
    """Answer a press of one of a poll's buttons; False for any other, and for one that opens a form."""
    if found := re.fullmatch(votes.VOTE, pressed):
        ballot, with_pass = votes.button_ballot(found["option"]), False
    elif (found := re.fullmatch(votes.PASS_VOTE, pressed)) and found["option"]:
        ballot, with_pass = votes.button_ballot(found["option"]), True
    elif found:
        poll = services.polls.meant(found["poll"])
        if poll is None:
            await _too_late(services, act, found["poll"], privately, with_pass=True)
            return True
        if poll.plan.method is not Method.PLURALITY:
            return False
        await privately(_at_once(votes.pass_choices(services, poll)))
        return True
    elif (found := re.fullmatch(votes.BALLOT, pressed)) and services.polls.meant(found["poll"]) is None:
        await _too_late(services, act, found["poll"], privately, with_pass=False)
        return True
    else:
        return False
    await votes.answer_vote(
        services, act.actor, act.request_id, ballot, poll=found["poll"], with_pass=with_pass, privately=privately
    )
    return True


async def _at_once(card: Card) -> Card:
    return card
