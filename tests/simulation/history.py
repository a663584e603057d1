"""The black-box check: could a correct bot have given these answers at these times? It knows nothing of the ledger.

For each drop it looks for one order of everything that was asked in which every answer is right, and in which
nothing that was answered comes after something that was asked only later (linearizability, after Wing and Gong).
What nobody saw an answer to may have happened at any time since, or never."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from bot.domain.claims import ClaimChecking, ClaimGranted, ClaimRefusal, ClaimRefused
from bot.domain.control import DropSteered, Verb
from bot.domain.restore import DropThawed
from tests.simulation.seen import Asked, Heard, Rules, Seen

NEVER = 2**62
# A search that is still undecided after so many steps is given up, and counted.
STEPS_MAX = 3_000


@dataclass(frozen=True, slots=True)
class Step:
    """One thing that was asked about a drop: it happened at one instant between `asked_at` and `answered_at`.

    `kind` is "claim", "give", "void" or "lose" with a number (0: nobody knows which), or what a refusal says:
    "has enough" (with the `numbers`), "sold out", "not sold out" or "refused". "holds" is what everybody could
    read: by then the number was theirs."""

    kind: str
    who: str
    asked_at: int
    answered_at: int = NEVER
    number: int = 0
    numbers: tuple[int, ...] = ()
    request: str = ""

    @property
    def changes(self) -> bool:
        return self.kind in ("claim", "give", "void", "lose")


@dataclass(frozen=True, slots=True)
class Owned:
    """Who has which number: (number, person, "claim" | "give" | "lose")."""

    units: frozenset[tuple[int, str, str]] = frozenset()

    def of(self, who: str) -> tuple[int, ...]:
        return tuple(sorted(number for number, owner, how in self.units if owner == who and how != "lose"))

    def count(self, kind: str) -> int:
        return sum(1 for _, _, how in self.units if how == kind)

    def left(self, rules: Rules) -> int:
        kept = max(self.count("give"), rules.held_back)
        return max(0, rules.supply - kept - self.count("claim") - self.count("lose"))

    @property
    def next_number(self) -> int:
        taken = {number for number, _, _ in self.units}
        return next(n for n in range(1, len(taken) + 2) if n not in taken)


def impossible(seen: Seen, counts: Counter[str]) -> Iterator[str]:
    """Everything that no correct bot could have answered, in words."""
    for drop, rules in seen.rules.items():
        steps = _steps_of(seen, drop)
        yield from _outside_of_time(seen, drop)
        found = _possible_order(steps, rules, _voidable(steps))
        counts["black box: undecided" if found is None else "black box: decided"] += 1
        if found is False:
            told = "; ".join(f"{s.kind} {s.who} #{s.number or s.numbers}" for s in steps if s.answered_at < NEVER)
            yield f"{drop} ({rules}): no order explains what was seen: {told}"


def _steps_of(seen: Seen, drop: str) -> list[Step]:
    steps = [step for asked in seen.claims.values() for step in _claim_steps(asked, drop)]
    steps += [step for asked in seen.deeds.values() for step in _deed_steps(asked, drop, seen)]
    for asked in seen.repairs.values():
        if asked.wanted == drop and isinstance(asked.answer, DropThawed):
            steps += [_step("lose", asked, "nobody", number) for number in asked.answer.lost]
        elif asked.wanted == drop and asked.answer is None:
            steps += [Step("lose", "nobody", asked.asked_at) for _ in range(int(asked.about[0]))]
    return steps + [Step("holds", heard.who, 0, heard.at, heard.number) for heard in _first_heard(seen, drop)]


def _claim_steps(asked: Asked, drop: str) -> list[Step]:
    answer = asked.answer
    if answer is None or (isinstance(answer, ClaimChecking) and answer.drop == drop):
        # It may have been about any drop; only the name that was typed could exclude it.
        return [Step("claim", asked.who, asked.asked_at, request=asked.request)]
    if getattr(answer, "drop", "") != drop:
        return []
    if isinstance(answer, ClaimGranted):
        return [_step("claim", asked, asked.who, answer.number)]
    assert isinstance(answer, ClaimRefused)
    match answer.because:
        case ClaimRefusal.ALREADY_YOURS:
            return [_step("has enough", asked, asked.who, numbers=tuple(sorted(answer.numbers)))]
        case ClaimRefusal.SOLD_OUT:
            return [_step("sold out", asked, asked.who)]
        case ClaimRefusal.CLOSED | ClaimRefusal.PAUSED:
            return [_step("not sold out", asked, asked.who)]
        case ClaimRefusal.NOT_OPEN_YET | ClaimRefusal.FROZEN:
            return [_step("refused", asked, asked.who)]
    return []


def _deed_steps(asked: Asked, drop: str, seen: Seen) -> list[Step]:
    verb, receiver = (*asked.about, "", "")[:2]
    answer = asked.answer
    if verb == Verb.GIVE and isinstance(answer, DropSteered) and answer.drop == drop:
        return [_step("give", asked, seen.names.get(answer.receiver, ""), answer.number)]
    if verb == Verb.UNDO and isinstance(answer, DropSteered) and answer.drop == drop:
        return [_step("void", asked, "", answer.number)] if answer.undone.startswith("unit.granted") else []
    if answer is None and verb == Verb.GIVE and receiver in seen.names:
        return [Step("give", seen.names.get(receiver, ""), asked.asked_at)]
    if answer is None and verb == Verb.UNDO:
        return [Step("void", "", asked.asked_at)]
    return []


def _step(kind: str, asked: Asked, who: str, number: int = 0, numbers: tuple[int, ...] = ()) -> Step:
    return Step(kind, who, asked.asked_at, asked.answered_at or NEVER, number, numbers, asked.request)


def _first_heard(seen: Seen, drop: str) -> list[Heard]:
    first: dict[tuple[str, int], Heard] = {}
    for heard in seen.heard:
        if heard.drop == drop and first.setdefault((heard.who, heard.number), heard).at > heard.at:
            first[heard.who, heard.number] = heard
    return list(first.values())


def _voidable(steps: list[Step]) -> bool:
    return any(step.kind == "void" for step in steps)


def _outside_of_time(seen: Seen, drop: str) -> Iterator[str]:
    """Once somebody was told that it is closed or cancelled, nobody who asks later is granted anything, unless a
    moderator may have opened it again."""
    deeds = [a for a in seen.deeds.values() if a.about and a.about[0] == Verb.UNDO]
    over = [
        asked
        for asked in seen.claims.values()
        if isinstance(asked.answer, ClaimRefused)
        and asked.answer.drop == drop
        and asked.answer.because in (ClaimRefusal.CLOSED, ClaimRefusal.CANCELLED)
    ]
    granted = [a for a in seen.claims.values() if isinstance(a.answer, ClaimGranted) and a.answer.drop == drop]
    for refused in over:
        final = isinstance(refused.answer, ClaimRefused) and refused.answer.because is ClaimRefusal.CANCELLED
        for later in granted:
            if later.asked_at <= (refused.answered_at or NEVER):
                continue
            reopened = any(
                deed.asked_at < (later.answered_at or NEVER) and (deed.answered_at or NEVER) > refused.asked_at
                for deed in deeds
            )
            if final or not reopened:
                yield f"{later.request} was granted {drop} after {refused.request} had been told that it is over"


def _possible_order(steps: list[Step], rules: Rules, voidable: bool) -> bool | None:
    """Whether there is an order that explains all of these steps; None when the search was given up."""
    steps = sorted(steps, key=lambda step: (step.asked_at, step.answered_at))
    certain = frozenset(n for n, step in enumerate(steps) if step.answered_at < NEVER)
    owners = _owners_seen(steps)
    stack: list[tuple[frozenset[int], Owned]] = [(frozenset(), Owned())]
    tried: set[tuple[frozenset[int], Owned]] = set()
    for _ in range(STEPS_MAX):
        if not stack:
            return False
        done, owned = stack.pop()
        done = _refusals_that_fit(steps, done, owned, rules)
        if certain <= done:
            return True
        if (done, owned) in tried:
            continue
        tried.add((done, owned))
        ways = []
        for n in _may_be_next(steps, done):
            # A lost answer can have given a number only if nobody else was seen with it, unless numbers come back.
            guess = not steps[n].number and steps[n].kind != "void"
            seen_with = owners.get(owned.next_number, set()) if guess else set()
            if seen_with and not voidable and steps[n].who not in seen_with:
                continue
            likely = (n in certain, steps[n].who in seen_with)
            ways += [(likely, done | {n}, after) for after in _after(steps[n], owned, rules)]
        # What is known is tried first, then what explains something that was seen.
        stack += [(way[1], way[2]) for way in sorted(ways, key=lambda way: way[0])]
    return None


def _owners_seen(steps: list[Step]) -> dict[int, set[str]]:
    """With which numbers people were seen, by number."""
    owners: dict[int, set[str]] = {}
    for step in steps:
        if step.kind != "void":
            for number in (*step.numbers, *((step.number,) if step.number else ())):
                owners.setdefault(number, set()).add(step.who)
    return owners


def _may_be_next(steps: list[Step], done: frozenset[int]) -> list[int]:
    """Those that nothing open must come before: nothing was answered before they were asked."""
    waiting = [n for n in range(len(steps)) if n not in done]
    first_answer = min((steps[n].answered_at for n in waiting), default=NEVER)
    return [n for n in waiting if steps[n].asked_at <= first_answer]


def _refusals_that_fit(steps: list[Step], done: frozenset[int], owned: Owned, rules: Rules) -> frozenset[int]:
    """A refusal changes nothing: where it fits it can be put at once, and no order is lost by it."""
    while True:
        fitting = {
            n for n in _may_be_next(steps, done) if not steps[n].changes and _refusal_fits(steps[n], owned, rules)
        }
        if not fitting:
            return done
        done |= fitting


def _refusal_fits(step: Step, owned: Owned, rules: Rules) -> bool:
    held = owned.of(step.who)
    if step.kind == "holds":
        return step.number in held
    if step.kind == "has enough":
        return held == step.numbers and len(held) >= rules.per_person
    if len(held) >= rules.per_person:
        return False
    left = owned.left(rules)
    return left == 0 if step.kind == "sold out" else step.kind == "refused" or left > 0


def _after(step: Step, owned: Owned, rules: Rules) -> list[Owned]:
    """What everybody may own after this step; nothing where a correct bot would not have done it."""
    if not step.changes:
        return []
    if step.kind == "void":
        return [
            Owned(owned.units - {unit}) for unit in owned.units if unit[2] == "give" and step.number in (0, unit[0])
        ]
    number = owned.next_number
    if step.kind == "lose" and step.number:
        # They are written off from the lowest on, wherever they stand.
        taken = any(each == step.number for each, _, _ in owned.units)
        return [] if taken else [Owned(owned.units | {(step.number, step.who, "lose")})]
    if step.number not in (0, number) or number > rules.supply:
        return []
    if step.kind == "claim" and owned.left(rules) == 0:
        return []
    if step.kind != "lose" and len(owned.of(step.who)) >= rules.per_person:
        return []
    return [Owned(owned.units | {(number, step.who, step.kind)})]
