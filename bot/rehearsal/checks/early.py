"""Early windows: who was let in, by the stage's own truth; how many; and what became of whoever had to wait."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from bot.rehearsal.covering import covering_lines
from bot.rehearsal.early import EarlyGrant, early_grants, gate_of
from bot.rehearsal.evidence import Case, JudgedDrop, Waited, Who
from bot.rehearsal.gate_text import GateText, Literal, lets_in
from bot.rehearsal.linked import together
from bot.rehearsal.moments import SECOND
from bot.rehearsal.promises import Promise, judged, unchecked
from bot.rehearsal.standing import DAY
from bot.rehearsal.trouble import UNDER_WAY

# So old may an answer of a platform be when it lets somebody in, by the word, and when it does not.
_USUAL_AGE = 600 * SECOND
_YES_AGES = {
    "follower": DAY,
    "follower_days": DAY,
    **dict.fromkeys(("role", "booster", "member_days"), 60 * SECOND),
}
_NO_AGE = 60 * SECOND
# Twitch tells of these by itself; whoever was let in longer than this after such a change was let in wrongly.
_TOLD = frozenset({"subscriber", "gift", "vip", "moderator"})
_TOLD_WITHIN = 5 * SECOND
_NO_EARLY = "No drop had an early window."


def entitled(case: Case) -> Promise:
    """Held against what the platforms themselves knew. An answer of theirs may be some minutes old by the time it
    is used (ten, a minute for Discord, a day for a follow), so whoever met the gate at some moment of that time may
    be let in; the end of a subscription and of a badge counts five seconds after Twitch has told of it."""
    sentence = (
        "Nobody is let in early who was not entitled to it, by what the platforms knew minutes before at most."
    )
    early = _early_drops(case)
    if not early:
        return unchecked("entitled", sentence, _NO_EARLY)
    broken, grants = [], 0
    for drop, gate in early:
        if gate is None:
            broken.append(f"{drop.title}: whom it lets in early, the ledger does not say.")
            continue
        for grant in early_grants(case, drop):
            grants += 1
            if not may_have_been_let_in(case, gate, grant.people, case.on_stage(grant.entry.at)):
                broken.append(
                    f"{case.name(grant.who)} got {drop.title} #{grant.number} early, and was none of what "
                    f"“{drop.early}” asks for (entry {grant.entry.number})."
                )
    return judged("entitled", sentence, broken, f"{grants} units that went early")


def may_have_been_let_in(case: Case, gate: GateText, people: frozenset[Who], at: int) -> bool:
    """Whether whoever has these accounts may have met the gate at this moment of the stage, for all that the bot
    could know of it."""

    def can_be_met(literal: Literal) -> bool:
        begin = at - _YES_AGES.get(literal.word, _USUAL_AGE)
        if literal.word in _TOLD:
            # What was told long enough ago has made everything before it void.
            heard = [
                changed
                for changed in case.standings.changed_within(people, begin, at - _TOLD_WITHIN)
                if not _twitch_was_deaf(case, changed)
            ]
            begin = max([begin, *heard])
        return case.standings.ever(people, literal, begin, at + UNDER_WAY)

    return lets_in(gate, can_be_met)


def _twitch_was_deaf(case: Case, at: int) -> bool:
    """Whether what Twitch told at this moment may not have come through."""
    return any(trouble.strikes("twitch") and trouble.disturbs(at) for trouble in case.struck)


def evidence(case: Case) -> Promise:
    """What the entry of an early unit says in private must let in by itself, and hold at that very moment; and who
    met the gate all the time an answer may be old is not told that they do not."""
    sentence = "Missing evidence is never a yes and never a silent no."
    early = _early_drops(case)
    if not early:
        return unchecked("evidence", sentence, "No drop asked for evidence.")
    broken, looked_at = [], 0
    for drop, gate in early:
        if gate is None:
            continue
        for grant in early_grants(case, drop):
            if not grant.entry.secret:
                continue  # erased, which the book allows
            looked_at += 1
            if not lets_in(gate, _by_evidence(grant)):
                broken.append(
                    f"{case.name(grant.who)} got {drop.title} #{grant.number} early without evidence that held "
                    f"(entry {grant.entry.number})."
                )
        broken += _turned_away(case, drop, gate)
    return judged("evidence", sentence, broken, f"{looked_at} early units with their evidence")


def _by_evidence(grant: EarlyGrant) -> Callable[[Literal], bool]:
    """What of that entry's own evidence held at its moment."""
    at = grant.entry.at
    values: dict[str, int] = {}
    for question, value, found_at, valid_until in grant.entry.secret.get("evidence", ()):
        if found_at <= at < valid_until:
            values[question] = max(int(value), values.get(question, 0))

    def is_met(literal: Literal) -> bool:
        if (value := values.get(literal.question)) is None:
            return False
        if literal.word.endswith("_days"):
            met = value > 0 and at >= value + literal.at_least * DAY
        else:
            met = value >= literal.at_least
        return met is literal.holds

    return is_met


def _turned_away(case: Case, drop: JudgedDrop, gate: GateText) -> Iterator[str]:
    for ask in case.asks:
        outcome = case.outcomes.get(ask.request)
        if outcome is None or outcome.drop != drop.key or outcome.decision.get("because") != "not-entitled":
            continue
        at = case.on_stage(outcome.at)
        people = together(case.links, ask.who, _number_at(case, outcome.at))
        if surely_let_in(case, gate, people, at):
            yield f"{case.name(ask.who)} was told that {drop.title} is not open to them; it was ({ask.request})."


def surely_let_in(case: Case, gate: GateText, people: frozenset[Who], at: int) -> bool:
    """Whether they met it all the time that an answer of a platform may be old."""
    return lets_in(gate, lambda literal: case.standings.always(people, literal, at - _NO_AGE, at))


def _number_at(case: Case, at: int) -> int:
    """The number of the first entry after a moment."""
    return next((entry.number for entry in case.ledger.entries if entry.at > at), 2**63)


def share(case: Case) -> Promise:
    sentence = "At most the announced share goes early."
    early = _early_drops(case)
    if not early:
        return unchecked("share", sentence, _NO_EARLY)
    broken, counted = [], []
    for drop, _ in early:
        numbers = [grant.number for grant in early_grants(case, drop)]
        most = min(drop.early_units, _announced_share(case, drop))
        if len(numbers) > most:
            broken.append(f"{drop.title}: {len(numbers)} units went early, and at most {most} may.")
        counted.append(f"{drop.title}: {len(numbers)} of {most}")
    return judged("share", sentence, broken, ", ".join(counted))


def _announced_share(case: Case, drop: JudgedDrop) -> int:
    planned = [e for e in case.ledger.entries if e.kind == "drop.planned" and e.drop == drop.key]
    return int(planned[-1].public.get("early_units", 0)) if planned else drop.early_units


def settled(case: Case) -> Promise:
    """Whoever is answered before anything was decided has been told to wait; the decision has to reach them too."""
    sentence = "Whoever is told to keep waiting is told how it ended."
    if not _early_drops(case):
        return unchecked("settled", sentence, _NO_EARLY)
    broken = [
        f"{case.name(ask.who)} still waits for an answer to “{ask.text}” ({ask.request})."
        for ask in case.asks
        if (outcome := case.outcomes.get(ask.request)) is not None and outcome.kind == "claim.checking"
    ]
    waiting = [waited for waited in case.kept_waiting if waited.decided_at - waited.ask.at > UNDER_WAY]
    broken += [
        f"{case.name(waited.ask.who)} was told to wait and never how it ended ({waited.ask.request})."
        for waited in waiting
        if not _told_how_it_ended(case, waited)
    ]
    return judged("settled", sentence, broken, f"{len(waiting)} people who were told to wait")


def _told_how_it_ended(case: Case, waited: Waited) -> bool:
    ask, outcome = waited.ask, case.outcomes[waited.ask.request]
    number = outcome.decision.get("number") if outcome.kind == "claim.granted" else None
    named = any(
        told.who == ask.who and told.at >= waited.decided_at and (number is None or number in told.numbers)
        for told in case.told
    )
    because = str(outcome.decision.get("because", ""))
    return named or any(
        line.at >= waited.decided_at and line.answers(ask, because)
        for line in (covering_lines(case) if ask.who[0] == "twitch" else ())
    )


def _early_drops(case: Case) -> list[tuple[JudgedDrop, GateText | None]]:
    return [(drop, gate_of(case, drop)) for drop in case.drops if drop.early]
