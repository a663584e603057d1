"""One evening with a poll, told step by step: it pauses, goes on, outlives the stream or is cancelled."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import orjson

from bot.domain.ballots import Ballot, Method, fill_in
from bot.domain.linking import DISCORD, LinkPeople
from bot.domain.pass_deeds import GivePass
from bot.domain.pass_terms import PassKind, PassTerms
from bot.domain.people import Actor
from bot.domain.poll_control import OpenPoll, PollVerb, SteerPoll
from bot.domain.polls import PassRole, PollKind
from bot.domain.recounting import RecountPoll
from bot.domain.stream import Pace, ReportStream, Wake
from bot.domain.time import MINUTE, SECOND, Micros
from bot.domain.voting import CastVote
from tests.conftest import CHANNEL, MIA, viewer
from tests.domain.poll_world import poll_plan
from tests.storage.desk import Desk

PACE = Pace()
KEY = "colour-of-the-next-mug"
MOD_VOTE = {"kind": PollKind.MOD_VOTE, "electorate": "moderator", "pass_role": PassRole.ENTRY}
ANN, BEN, CLEO, ANN_THERE = viewer("ann"), viewer("ben"), viewer("cleo", DISCORD), viewer("ann", DISCORD)
KINDS: dict[str, tuple[Method, dict[str, Any]]] = {
    **{str(method): (method, {}) for method in Method},
    "mod-vote": (Method.PLURALITY, MOD_VOTE),
}
ENDINGS = ("outlives the stream", "cancelled", "closed by hand")


@dataclass(frozen=True, slots=True)
class Step:
    """One batch, so much later than the one before."""

    name: str
    commands: tuple[Any, ...]
    after: Micros = SECOND


def story(kind: str, ending: str) -> list[Step]:
    """Every state that such a poll goes through; in each of them somebody votes."""
    method, rules = KINDS[kind]
    rules = {**rules, "window": 10 * MINUTE, "goes_on_for": 5 * MINUTE, "method": method}
    return [
        Step("live", (ReportStream(CHANNEL, live=True),)),
        Step("passes", tuple(_given(who) for who in (ANN, BEN, CLEO))),
        Step("nothing is on", (_vote("early", ANN, method, 1),)),
        Step("opens", (OpenPoll(CHANNEL, "twitch:open", MIA, poll_plan(**rules)),)),
        Step("open", (_vote("ann", ANN, method, 1), _vote("ben", BEN, method, 2), _vote("cleo", CLEO, method, 3))),
        Step("is linked", (LinkPeople(CHANNEL, "twitch:link", ANN, ANN_THERE, confirmed=True),)),
        Step("votes as one", (_vote("ann-2", ANN_THERE, method, 2), _vote("mia", MIA, method, 2, with_pass=False))),
        Step("goes off", (ReportStream(CHANNEL, live=False),)),
        Step("pauses", (Wake(CHANNEL), _vote("paused", BEN, method, 1)), PACE.offline_pause),
        Step("comes back", (ReportStream(CHANNEL, live=True), _vote("resuming", BEN, method, 1))),
        Step("goes on", (Wake(CHANNEL), _vote("ben-2", BEN, method, 2, 3)), PACE.resume_warning),
        Step("last call", (Wake(CHANNEL), _vote("cleo-2", CLEO, method, 2)), 6 * MINUTE + 45 * SECOND),
        *_end(ending, method),
        Step("is over", (_vote("late", ANN, method, 1), RecountPoll(CHANNEL, "twitch:recount", MIA, KEY))),
    ]


def _end(ending: str, method: Method) -> Iterator[Step]:
    match ending:
        case "cancelled":
            yield Step("cancels", (SteerPoll(CHANNEL, "twitch:no", MIA, PollVerb.CANCEL, KEY, confirmed=True),))
        case "closed by hand":
            yield Step("extends", (SteerPoll(CHANNEL, "twitch:+", MIA, PollVerb.EXTEND, KEY, added=MINUTE),))
            yield Step("closes", (SteerPoll(CHANNEL, "twitch:close", MIA, PollVerb.CLOSE, KEY),))
        case _:
            yield Step("extends", (SteerPoll(CHANNEL, "twitch:+", MIA, PollVerb.EXTEND, KEY, added=5 * MINUTE),))
            yield Step("goes off again", (ReportStream(CHANNEL, live=False),))
            yield Step("pauses again", (Wake(CHANNEL),), PACE.offline_pause)
            yield Step("outlives", (Wake(CHANNEL),), PACE.offline_close - PACE.offline_pause)
            yield Step("votes without", (_vote("button", CLEO, method, 3, 1),))
            yield Step("last call again", (Wake(CHANNEL),), 4 * MINUTE + 50 * SECOND)
            yield Step("closes", (Wake(CHANNEL),), MINUTE)


def _given(who: Actor) -> GivePass:
    return GivePass(CHANNEL, f"twitch:give-{who.name}", MIA, PassTerms(PassKind.MOD_VOTE), who)


def _vote(request: str, who: Actor, method: Method, *choices: int, with_pass: bool = True) -> CastVote:
    """With a pass where that is what lets in; of several choices those count that the method has room for."""
    several = choices if method is not Method.PLURALITY else choices[:1]
    scores = [5 - place for place, _ in enumerate(several)] if method is Method.SCORE else []
    ballot = fill_in(method, 3, several, scores)
    assert isinstance(ballot, Ballot)
    mod_vote = False if not with_pass else method is Method.PLURALITY
    return CastVote(CHANNEL, f"{who.platform}:{request}", who, ballot, KEY if request != "early" else "", mod_vote)


def picture(desk: Desk) -> dict[str, Any]:
    """All that is left of the evening, without what chance decides: how people and seeds are called."""
    times = "opened_at, closes_at, closed_at"
    votes = "SELECT platform, user_id, choice, weight, pass_number FROM ballot JOIN identity USING "
    answers = desk.ask("SELECT request_id, kind, decision FROM outcome ORDER BY request_id")
    return {
        "polls": desk.ask(f"SELECT key, state, {times}, closed_why, people, result FROM poll"),
        "ballots": desk.ask(f"{votes}(channel_id, person_id) ORDER BY platform, user_id"),
        "passes": desk.ask("SELECT number, used, spent_on FROM pass ORDER BY number"),
        "answers": [(request, kind, _without_chance(orjson.loads(said))) for request, kind, said in answers],
        "facts": desk.ask("SELECT kind, at FROM entry ORDER BY number"),
        "news": desk.ask("SELECT place, kind FROM outbox ORDER BY id"),
    }


def _without_chance(said: dict[str, Any]) -> dict[str, Any]:
    poll = said.get("poll")
    return {**said, "poll": {**poll, "ties": ""}} if isinstance(poll, dict) else said


def requests(steps: Sequence[Step]) -> list[Any]:
    """Everything that was asked for by somebody, in order."""
    return [command for step in steps for command in step.commands if hasattr(command, "request_id")]
