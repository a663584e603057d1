"""What people chose in a poll: every line, command and press, read as its writer would have it read."""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass

from bot.rehearsal.claims import typed_claim
from bot.rehearsal.evidence import Case, Who, platform_of
from bot.rehearsal.hearing import typed
from bot.rehearsal.linked import together
from bot.rehearsal.polls import CastBallot, JudgedPoll
from bot.rehearsal.trouble import UNDER_WAY, Trouble
from bot.stage.record import SeenLine

# These bring everything that was said, if twice or in another order.
_ALL_ARRIVES = frozenset(
    {"twitch-duplicate", "twitch-redeliver", "discord-duplicate", "twitch-reorder", "twitch-delay"}
)
_ORDER_IS_LOST = frozenset({"twitch-reorder", "twitch-delay"})
_NUMBER = re.compile(r"\d{1,2}")


@dataclass(frozen=True, slots=True)
class VoteAsk:
    """Somebody voted, or may have. `option` is the one they named, from 1, or 0 where that leaves a doubt; `wants`
    tells that they offered a pass, `heard` is False when it reached nobody. `inside` where it was delivered in time
    and decided in time, however long it was under way."""

    request: str
    who: Who
    at: int
    text: str
    option: int
    wants: bool
    heard: bool
    inside: bool


def vote_asks(case: Case, poll: JudgedPoll) -> list[VoteAsk]:
    """Whatever can be a vote in this poll, in the order in which it was delivered."""
    spans = stage_spans(case, poll)
    found = []
    for seen in case.record:
        at = seen["at"]
        if not any(begin - UNDER_WAY <= at <= end + UNDER_WAY for begin, end in spans):
            continue
        read = _in_chat(case, poll, seen) or _on_discord(poll, seen)
        if read is not None:
            request, option, wants = read
            # A number alone gives no points.
            option = 0 if poll.method == "score" else option
            who = (platform_of(seen), str(seen["author"]))
            inside = any(begin <= at and _decided_by(case, who, at) < end for begin, end in spans)
            heard = _was_heard(case, request, who, at)
            found.append(VoteAsk(request, who, at, seen["text"], option, wants, heard, inside))
    return found


def stage_spans(case: Case, poll: JudgedPoll) -> list[tuple[int, int]]:
    """When it could be voted in, on the stage's clock: where the bot's was set forward, it moves along."""
    behind = _behind(case, poll)

    def on_stage(at: int) -> int:
        return case.on_stage(at) if behind is None else at + behind

    latest = 2**63 if poll.end is None else on_stage(poll.end.at)
    return [(on_stage(begin), min(on_stage(end), latest)) for begin, end in poll.spans]


def _behind(case: Case, poll: JudgedPoll) -> int | None:
    """By how much the ledger's moments are behind the stage's in this poll, as its quickest vote shows, where the
    clock was set back: they stand still until somebody may vote, and then go on evenly. None where it was not."""
    last = max((end for _, end in poll.spans), default=poll.opened.at)
    if not any(each.by < 0 and last > each.begins_at for each in case.troubles):
        return None
    entered = {ballot.request: ballot.entry.at for ballot in poll.ballots}
    asked = ((_request_of(seen), seen["at"]) for seen in case.record)
    return max((at - entered[request] for request, at in asked if request in entered), default=0)


def _request_of(seen: SeenLine) -> str:
    data = seen["data"]
    name = data.get("message_id") or data.get("interaction_id")
    return f"{seen['platform']}:{name}"


def is_refused_vote(case: Case, seen: SeenLine) -> bool:
    """Whether a line of chat was a vote that did not count, if only a number that no option has: it may be
    answered."""
    outcome = case.outcomes.get(f"twitch:{seen['data'].get('message_id')}")
    if outcome is not None:
        return outcome.kind in ("vote.refused", "vote.checking")
    number = case.bare_votes and _NUMBER.fullmatch(typed(seen["text"]))
    return bool(number) and any(
        begin <= seen["at"] <= end + UNDER_WAY for poll in case.polls for begin, end in stage_spans(case, poll)
    )


def read_choice(text: str, options: tuple[str, ...]) -> int:
    """The option that is named without a doubt, from 1 on; 0 with one, or where there is none."""
    names = [typed(option) for option in options]
    if text in names:
        return names.index(text) + 1
    if _NUMBER.fullmatch(text) and not any(name.isdecimal() for name in names):
        return int(text) if 1 <= int(text) <= len(options) else 0
    return 0


def counted_ballots(case: Case, poll: JudgedPoll) -> dict[frozenset[Who], CastBallot]:
    """One ballot a person, the last one; accounts that were linked before the end of it are one."""
    end = poll.end
    before, since = (end.number, poll.opened.at) if end is not None else (2**63, poll.opened.at)
    last: dict[frozenset[Who], CastBallot] = {}
    for ballot in poll.ballots:
        last[together(case.links, ballot.who, before, since)] = ballot
    return last


def by_person(case: Case, poll: JudgedPoll, asks: list[VoteAsk]) -> dict[frozenset[Who], list[VoteAsk]]:
    """What each human did, whichever account it was with."""
    before = poll.end.number if poll.end is not None else 2**63
    found: defaultdict[frozenset[Who], list[VoteAsk]] = defaultdict(list)
    for ask in asks:
        found[together(case.links, ask.who, before, poll.opened.at)].append(ask)
    return dict(found)


def may_have_been_swapped(case: Case, first: VoteAsk, second: VoteAsk) -> bool:
    """Whether two votes of one person may have arrived in the other order: on two sockets at about one moment, or
    where a fault has mixed them up."""
    if first.who[0] != second.who[0]:
        return abs(second.at - first.at) <= UNDER_WAY
    mixed = [each for each in case.struck if each.name in _ORDER_IS_LOST and each.strikes(first.who[0])]
    return any(each.begins_at <= first.at and second.at <= each.ends_at + UNDER_WAY for each in mixed)


def shaken(case: Case, who: Who, at: int) -> bool:
    """Whether a fault leaves it open what became of what somebody did then."""

    def may_swallow(trouble: Trouble) -> bool:
        if trouble.is_restart:
            # Once it is connected again it hears everything, and what nobody heard is in the record.
            return trouble.begins_at - UNDER_WAY <= at <= trouble.ends_at + UNDER_WAY
        return trouble.disturbs(at) or (trouble.name == "clock-moved" and at > trouble.ends_at)

    return any(
        may_swallow(trouble)
        for trouble in case.struck
        if trouble.name not in _ALL_ARRIVES and trouble.strikes(who[0])
    )


def _decided_by(case: Case, who: Who, at: int) -> int:
    """The latest moment at which what was done then has been decided; a fault may have held it back."""
    mixed = (each for each in case.struck if each.name in _ORDER_IS_LOST and each.strikes(who[0]))
    return max([at, *(each.ends_at for each in mixed if each.begins_at <= at <= each.ends_at)]) + UNDER_WAY


def _was_heard(case: Case, request: str, who: Who, at: int) -> bool:
    if request in case.outcomes:
        return True
    return request not in case.undelivered and not case.cut_off(request, at) and not shaken(case, who, at)


def _in_chat(case: Case, poll: JudgedPoll, seen: SeenLine) -> tuple[str, int, bool] | None:
    if seen["kind"] != "chat" or seen["data"].get("bot") or seen["data"].get("shared_from"):
        return None
    request = f"twitch:{seen['data'].get('message_id')}"
    for words, wants in ((case.vote_words, False), (case.spend_words, True)):
        named = typed_claim(seen["text"], words)
        if named is not None:
            return request, read_choice(named, poll.options), wants
    # A number alone; what stands around it makes it talk, or a slip of the thumb, and either may be right.
    bare = typed(seen["text"])
    digits = _NUMBER.search(bare)
    if not case.bare_votes or digits is None or any(each.isalpha() for each in bare):
        return None
    return request, read_choice(bare, poll.options), False


def _on_discord(poll: JudgedPoll, seen: SeenLine) -> tuple[str, int, bool] | None:
    data = seen["data"]
    request = f"discord:{data.get('interaction_id')}"
    if seen["kind"] == "slash" and data.get("command") in ("vote", "pass spend"):
        named = typed(str(data.get("options", {}).get("choice", "")))
        return (request, read_choice(named, poll.options), data["command"] == "pass spend") if named else None
    if seen["kind"] == "submit" and poll.method != "plurality":
        return request, 0, False  # a whole ballot, filled in
    if seen["kind"] != "press":
        return None
    _, _, button = str(data.get("custom_id", "")).partition(":")
    deed, _, about = button.partition(":")
    key, _, option = about.partition(":")
    # Without an option, a pass's button only shows what it can be spent on.
    if deed not in ("vote", "votepass") or key != poll.key or not option.isdecimal():
        return None
    return request, int(option) if int(option) <= len(poll.options) else 0, deed == "votepass"
