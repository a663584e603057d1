"""Answers to a moderator who planned a drop live."""

from __future__ import annotations

from bot.domain.drop_plan import SUPPLY_MAX, TITLE_CHARACTERS_MAX
from bot.domain.planning import KINDS, BrokenRule, DropPlanned, FormMistake, PlanRefused
from bot.domain.time import Micros
from bot.wording.about import stock_text
from bot.wording.catalogue import Wording
from bot.wording.text import board_text
from bot.wording.times import moment_text, span_text

_LIMITS = {FormMistake.TITLE: TITLE_CHARACTERS_MAX, FormMistake.SUPPLY: SUPPLY_MAX}


def plan_answer(words: Wording, decision: DropPlanned | PlanRefused, now: Micros) -> str:
    """What was planned, or everything that is wrong with the form; planning live exists on Discord alone."""
    if isinstance(decision, PlanRefused):
        said = [_mistake(words, mistake) for mistake in decision.mistakes]
        said += [_broken_rule(words, BrokenRule(*each), now) for each in decision.broken]
        return words.say("plan-refused", discord=True, mistakes="\n".join(said))
    on_cue = decision.opens_at is None
    done = words.say(
        "plan-done-on-cue" if on_cue else "plan-done",
        discord=True,
        title=board_text(decision.title),
        drop=decision.drop,
        stock=stock_text(words, decision.supply, decision.held_back),
        when="" if decision.opens_at is None else moment_text(words, decision.opens_at, now, discord=True),
    )
    if decision.announce_at <= now:
        return done
    when = moment_text(words, decision.announce_at, now, discord=True)
    return f"{done} {words.say('plan-announced-later', discord=True, when=when)}"


def _mistake(words: Wording, mistake: str) -> str:
    known = FormMistake(mistake)
    return words.say(f"plan-{known}", discord=True, limit=_LIMITS.get(known, 0), choices=", ".join(KINDS))


def _broken_rule(words: Wording, broken: BrokenRule, now: Micros) -> str:
    other_opens_at = broken.other_opens_at
    return words.say(
        f"broken-{broken.rule}",
        discord=True,
        day=broken.span,
        hours=broken.span,
        other=board_text(broken.other),
        when="" if other_opens_at is None else moment_text(words, other_opens_at, now, discord=True),
        gap=span_text(words, broken.limit),
        count=broken.openings,
        limit=broken.limit,
        cure=words.say("broken-cure", discord=True),
    )
