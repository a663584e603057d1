"""Passes and the right to vote: who is counted where only some decide, and what becomes of what they spend."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from bot.rehearsal.checks.early import may_have_been_let_in, surely_let_in
from bot.rehearsal.counting import counted
from bot.rehearsal.evidence import Case, Who
from bot.rehearsal.gate_text import GateText, read_gate
from bot.rehearsal.ledger import EntryRow
from bot.rehearsal.linked import together
from bot.rehearsal.polls import JudgedPoll
from bot.rehearsal.promises import Promise, judged, unchecked
from bot.rehearsal.votes import counted_ballots, vote_asks


@dataclass(slots=True)
class JudgedPass:
    """A pass as its entries have it: `owner` is the ledger's number of a person, None once nobody may know."""

    number: int
    uses: int
    owner: int | None
    spent_on: list[str] = field(default_factory=list)
    over: str = ""


def rights(case: Case) -> Promise:
    """Held against what the platforms knew when somebody first voted; whoever has spent a pass is looked at with
    the passes."""
    sentence = "Where only some decide, nobody else is counted, and nobody who may is turned away."
    polls = [poll for poll in case.polls if poll.electorate]
    if not polls:
        return unchecked("rights", sentence, "Everybody could vote in everything.")
    broken, looked_at = [], 0
    for poll in polls:
        gate = read_gate(poll.electorate)
        if gate is None:
            broken.append(f"“{poll.question}”: who decides cannot be read: “{poll.electorate}”.")
            continue
        for accounts, ballot in counted_ballots(case, poll).items():
            looked_at += 1
            if ballot.pass_number:
                continue
            first = next(each for each in poll.ballots if each.who in accounts)
            if not may_have_been_let_in(case, gate, accounts, case.on_stage(first.entry.at)):
                broken.append(
                    f"{case.name(ballot.who)} was counted on “{poll.question}”, and is none of what "
                    f"“{poll.electorate}” asks for (entry {ballot.entry.number})."
                )
        broken += _turned_away(case, poll, gate)
    return judged(
        "rights", sentence, broken, f"{counted(looked_at, 'ballot')} in {counted(len(polls), 'such poll')}"
    )


def _turned_away(case: Case, poll: JudgedPoll, gate: GateText) -> Iterator[str]:
    for ask in vote_asks(case, poll):
        outcome = case.outcomes.get(ask.request)
        if outcome is None or outcome.drop != poll.scope or outcome.decision.get("because") != "not-entitled":
            continue
        people = together(case.links, ask.who, since=poll.opened.at)
        if surely_let_in(case, gate, people, case.on_stage(outcome.at)):
            yield f"{case.name(ask.who)} was told they cannot vote on “{poll.question}”; they can ({ask.request})."


def passes(case: Case) -> Promise:
    """Every entry about a pass in order, then each poll: what stays spent on it are the passes of the ballots that
    count, and on a cancelled one nothing. And the rows say the same."""
    sentence = "A pass is spent once, exactly when its ballot counts, and comes back when its poll is cancelled."
    known: dict[int, JudgedPass] = {}
    broken: list[str] = []
    spent = returned = 0
    for entry in case.ledger.entries:
        if entry.kind.startswith("pass."):
            spent, returned = spent + (entry.kind == "pass.spent"), returned + (entry.kind == "pass.returned")
            broken += _fold(case, known, entry)
    if not known and not any(poll.takes_passes for poll in case.polls):
        return unchecked("passes", sentence, "There were no passes.")
    for poll in case.polls:
        broken += _of_poll(case, poll, known)
    broken += _rows(case, known)
    broken += _missing(case)
    uses = f"spent {counted(spent, 'time')}, given back {counted(returned, 'time')}"
    counts = f"{counted(len(known), 'pass', 'passes')}, {uses}"
    return judged("passes", sentence, broken, counts)


def _fold(case: Case, known: dict[int, JudgedPass], entry: EntryRow) -> Iterator[str]:
    public, secret = entry.public, entry.secret
    number = public.get("pass", secret.get("pass"))
    if number is None:
        return  # erased: nobody may know any more which one it was
    where = f"(entry {entry.number})"
    if entry.kind == "pass.granted":
        if number in known:
            yield f"Pass #{number} was granted twice {where}."
        known[number] = JudgedPass(int(number), int(public.get("uses", 1)), secret.get("person"))
        return
    held = known.get(number)
    if held is None:
        yield f"Pass #{number} was never granted {where}."
        return
    match entry.kind:
        case "pass.spent":
            yield from (f"Pass #{number} {wrong} {where}." for wrong in _wrong_spending(case, held, entry))
            held.spent_on.append(entry.drop)
        case "pass.returned" if entry.drop in held.spent_on:
            held.spent_on.remove(entry.drop)
        case "pass.returned":
            yield f"Pass #{number} came back from where it was not spent {where}."
        case "pass.transferred":
            held.owner = secret.get("person")
        case "pass.voided" | "pass.expired":
            held.over = entry.kind.removeprefix("pass.")


def _wrong_spending(case: Case, held: JudgedPass, entry: EntryRow) -> Iterator[str]:
    if held.over:
        yield f"was spent after it was {held.over}"
    if entry.drop in held.spent_on:
        yield "was spent twice on the same"
    if len(held.spent_on) >= held.uses:
        yield f"has {counted(held.uses, 'use')} and was spent once more"
    spender = entry.secret.get("person")
    if held.owner is not None and spender is not None and not _are_one(case, held.owner, spender):
        yield "was spent by somebody else than its owner"


def _are_one(case: Case, one: int, other: int) -> bool:
    if one == other:
        return True
    accounts: dict[int, set[Who]] = {}
    for who, person in case.ledger.identities.items():
        accounts.setdefault(person, set()).add(who)
    return any(accounts.get(other, set()) & case.person(who) for who in accounts.get(one, ()))


def _of_poll(case: Case, poll: JudgedPoll, known: dict[int, JudgedPass]) -> Iterator[str]:
    if poll.end is None:
        return
    kept = {held.number for held in known.values() if poll.scope in held.spent_on}
    if poll.cancelled is not None:
        yield from (
            f"“{poll.question}” was cancelled, and pass #{number} did not come back." for number in sorted(kept)
        )
        return
    ballots = {ballot.pass_number: ballot for ballot in counted_ballots(case, poll).values() if ballot.pass_number}
    for number in sorted(kept - ballots.keys()):
        yield f"Pass #{number} stays spent on “{poll.question}”, and no ballot that counts has it."
    for number in sorted(ballots.keys() - kept):
        who = case.name(ballots[number].who)
        yield f"{who} is counted on “{poll.question}” with pass #{number}, which is not spent."
    asks = {ask.request: ask for ask in vote_asks(case, poll)}
    for number, ballot in ballots.items():
        first = next(each for each in poll.ballots if each.pass_number == number)
        ask = asks.get(first.request)
        if ask is not None and not ask.wants:
            yield f"{case.name(ballot.who)} spent pass #{number} without asking for it ({first.request})."


def _rows(case: Case, known: dict[int, JudgedPass]) -> Iterator[str]:
    rows = {row.number: row for row in case.ledger.passes}
    for number in sorted(known.keys() ^ rows.keys()):
        where = "a row and in no entry" if number in rows else "its entry and in no row"
        yield f"Pass #{number} stands in {where}."
    for number in sorted(known.keys() & rows.keys()):
        held, row = known[number], rows[number]
        if (sorted(held.spent_on), len(held.spent_on)) != (sorted(row.spent_on), row.used):
            yield f"Pass #{number}: its row says spent on {list(row.spent_on)}, its entries {held.spent_on}."


def _missing(case: Case) -> Iterator[str]:
    """Units whose drop promises passes bring one of each."""
    promised: dict[str, int] = {}
    brought: dict[tuple[str, int], int] = {}
    units: list[tuple[str, int]] = []
    for entry in case.ledger.entries:
        match entry.kind:
            case "drop.planned":
                promised[entry.drop] = len(entry.public.get("passes", ()))
            case "unit.granted":
                units.append((entry.drop, int(entry.public.get("number", 0))))
            case "pass.granted" if entry.public.get("drop"):
                key = str(entry.public["drop"]), int(entry.public.get("unit", 0))
                brought[key] = brought.get(key, 0) + 1
    for drop, number in units:
        if brought.get((drop, number), 0) < promised.get(drop, 0):
            yield f"{drop} #{number} came without its pass."
