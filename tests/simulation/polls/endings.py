"""When everything is over: every poll is closed, everybody asks once more, and all of it is compared."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from bot.domain.answers import TryAgain
from bot.domain.ballots import BallotFault
from bot.domain.claims import ClaimRefusal
from bot.domain.poll_control import PollSteered, PollVerb
from bot.domain.recounting import PollRecounted
from bot.domain.vote_words import VoteMistake
from bot.domain.voting import CastVote, VoteChecking
from bot.storage.outcomes import from_bytes
from bot.storage.verify import verify_connection
from tests.simulation.life import CHANNEL_ID
from tests.simulation.polls.history import check_polls
from tests.simulation.polls.story import FLAG
from tests.simulation.story import MODERATORS
from tests.simulation.violation import Violation

if TYPE_CHECKING:
    from tests.simulation.evening import Evening


async def end_polls(evening: Evening) -> None:
    """Close what is still open, and have everybody hear what became of their votes. Raises Violation."""
    if evening.story.polls is None:
        return
    evening.watcher.look()
    try:
        for key, poll in evening.watcher.polls.polls.items():
            if poll.running:
                await _close(evening, key)
        await _ask_again(evening)
        for key, poll in evening.watcher.polls.polls.items():
            if poll.state == "closed":
                await _recount(evening, key)
    except TryAgain:
        raise Violation("the ledger works again", "a healed ledger refuses a request about a poll") from None


def polls_hold(evening: Evening) -> None:
    """All that can be judged of polls only at the end. Raises Violation."""
    if evening.story.polls is None:
        return
    evening.secrets.look()
    check_polls(evening)
    evening.counts["early: let in"] += evening.watcher.early.let_in
    _left_outside(evening)
    with evening.bench.reading.connect() as connection:
        verified = verify_connection(connection)
    if not verified.holds:
        raise Violation("the ledger's own check finds nothing", verified.faults[0].words)


async def _close(evening: Evening, key: str) -> None:
    people, mia = evening.people, MODERATORS[0]
    asked = people.seen.asks(
        people.seen.polls, f"end {key}", people.key(mia), key, evening.loop.now, str(PollVerb.CLOSE)
    )
    assert evening.life is not None
    answer = await evening.life.polls.steer(mia, asked.request, PollVerb.CLOSE, poll=key)
    people.told(evening.life, asked, answer)
    if not isinstance(answer.decision, PollSteered):
        evening.counts["poll: it closed by itself at the very end"] += 1


async def _ask_again(evening: Evening) -> None:
    """Whoever has heard nothing asks once more; a stranger asks what became of each poll."""
    people, seen = evening.people, evening.people.seen
    everybody = {people.key(who): who for who in evening.everybody()}
    for key in evening.watcher.polls.polls:
        seen.asks(seen.votes, f"probe {key}", people.key(MODERATORS[0]), "", evening.loop.now, "typed", key, "")
    for asked in list(seen.votes.values()):
        if asked.answer is not None and not isinstance(asked.answer, VoteChecking):
            continue
        poll = asked.about[1] if asked.request.startswith("probe") else ""
        nothing = VoteMistake(BallotFault.UNCLEAR)
        command = CastVote(CHANNEL_ID, asked.request, everybody[asked.who], nothing, poll)
        answer: Any = await _submit(evening, command)
        if isinstance(answer.decision, VoteChecking):
            raise Violation("nobody waits for ever", f"{asked.request} is still being checked")
        seen.told(asked, answer.decision, evening.loop.now)


async def _submit(evening: Evening, command: CastVote) -> Any:
    assert evening.life is not None
    return await evening.life.lane.submit(command)


async def _recount(evening: Evening, key: str) -> None:
    assert evening.life is not None
    answer = await evening.life.polls.recount(MODERATORS[0], f"recount {key}", key)
    if not isinstance(answer.decision, PollRecounted) or not answer.decision.agrees:
        raise Violation("counted again it is the same", f"{key}: {answer.decision}")
    evening.counts["poll: recounted"] += 1


def _left_outside(evening: Evening) -> None:
    """Nobody was told that the early window is not for them before somebody could say that."""
    rows = evening.watcher.query(
        "SELECT request_id, platform, user_id, kind, decision FROM outcome "
        f"WHERE drop_key = '{FLAG}' AND kind = 'claim.refused'"
    )
    for request, platform, user, kind, raw in rows:
        if from_bytes(kind, raw).because is ClaimRefusal.NOT_ENTITLED:
            asked = evening.people.seen.claims[request]
            linked = evening.polling.surely_linked((platform, user), asked.asked_at)
            evening.watcher.early.refused((platform, user), linked=linked)
            evening.counts["early: refused"] += 1
