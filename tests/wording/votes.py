"""All that is said to whoever votes, for whoever proof-reads it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from bot.domain.ballots import Ballot, BallotFault, Method
from bot.domain.passes import PassRefusal
from bot.domain.time import MINUTE, SECOND
from bot.domain.vote_words import VoteMistake
from bot.domain.voting import VoteAccepted, VoteChecking, VoteDecision, VoteRefusal, VoteRefused
from bot.wording.catalogue import Wording
from bot.wording.votes import Voted, ballot_prompt, my_votes_text, vote_refused_lines, vote_text
from tests.wording.polls import OPTIONS, PLAN, ballot_of
from tests.wording.saying import NOW

_VOTED: dict[str, Any] = {"poll": "next-mug", "question": "Colour of the next mug?", "closes_at": NOW + 90 * SECOND}
_AT: dict[str, Any] = {"poll": "next-mug", "question": "Colour of the next mug?"}
ACCEPTED: tuple[VoteAccepted, ...] = (
    VoteAccepted(**_VOTED, ballot=ballot_of(Method.PLURALITY, (1,))),
    VoteAccepted(**_VOTED, ballot=ballot_of(Method.PLURALITY, (2,)), changed=True),
    VoteAccepted(**_VOTED, ballot=ballot_of(Method.PLURALITY, (2,)), repeated=True, pass_kept=True),
    VoteAccepted(**_VOTED, ballot=ballot_of(Method.APPROVAL, (1, 3)), pass_spent=12, weight=3),
    VoteAccepted(**_VOTED, ballot=ballot_of(Method.RANKED, (2, 1, 3))),
    VoteAccepted(**_VOTED, ballot=ballot_of(Method.SCORE, ((1, 5), (2, 3)))),
    VoteAccepted(**_VOTED, ballot=Ballot(Method.PLURALITY)),
)
_CHOICES = {BallotFault.AMBIGUOUS: (1, 3), BallotFault.REPEATED: (1,), BallotFault.SCORE_MISSING: (1,)}
VOTES_REFUSED: tuple[VoteRefused, ...] = (
    *(VoteRefused(because, **_AT) for because in VoteRefusal if because is not VoteRefusal.BAD_CHOICE),
    VoteRefused(VoteRefusal.PAUSED, **_AT, retry_at=NOW + 30 * SECOND),
    VoteRefused(VoteRefusal.NOT_ENTITLED, **_AT, retry_at=NOW + MINUTE),
    VoteRefused(VoteRefusal.NOT_ENTITLED, **_AT, way_in=("follower",)),
    VoteRefused(VoteRefusal.NOT_ENTITLED, **_AT, way_in=("subscriber",)),
    VoteRefused(VoteRefusal.NOT_ENTITLED, **_AT, way_in=("moderator",)),
    VoteRefused(VoteRefusal.NOT_ENTITLED, **_AT, way_in=("moderator",), has_pass=True),
    *(
        VoteRefused(VoteRefusal.NO_FITTING_PASS, **_AT, pass_because=because)
        for because in (PassRefusal.NO_PASS, PassRefusal.VOIDED, PassRefusal.EXPIRED, PassRefusal.USED_UP)
    ),
    *(
        VoteRefused(VoteRefusal.BAD_CHOICE, **_AT, mistake=VoteMistake(fault, "teel", _CHOICES.get(fault, ())))
        for fault in BallotFault
    ),
    VoteRefused(VoteRefusal.BAD_CHOICE, **_AT, mistake=VoteMistake(BallotFault.UNKNOWN_OPTION, "teel", (1,))),
    VoteRefused(VoteRefusal.BAD_CHOICE, **_AT),
)
VOTES: tuple[VoteDecision, ...] = (*ACCEPTED, VoteChecking(**_AT), *VOTES_REFUSED)


def every_vote_answer(words: Wording) -> Iterator[str]:
    """In chat, where a counted vote is silent, then privately on Discord."""
    for options in (OPTIONS, ()):
        yield from filter(None, (vote_text(words, vote, NOW, discord=False, options=options) for vote in VOTES))
    yield from vote_refused_lines(words, VoteRefused(VoteRefusal.CLOSED, **_AT), ["ann", "bob"], NOW)
    yield from vote_refused_lines(words, VoteRefused(VoteRefusal.CLOSED, **_AT), ["ann"] * 61, NOW)
    paid = VoteRefused(VoteRefusal.NOT_ENTITLED, **_AT, way_in=("subscriber",))
    yield from vote_refused_lines(words, paid, ["ann", "bob"], NOW)
    for options in (OPTIONS, ()):
        yield from (vote_text(words, vote, NOW, discord=True, options=options) for vote in VOTES)
    mine = [Voted(PLAN.question, OPTIONS, vote.ballot) for vote in ACCEPTED]
    yield from (my_votes_text(words, mine, discord=discord) for discord in (False, True))
    yield ", ".join(ballot_prompt(words, method, place=2, option="plum") for method in Method)
