"""The moderators' cards on Discord: steering a drop while it runs, mending what went wrong when it closes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from bot.domain.control import Verb
from bot.domain.time import Micros
from bot.wording.about import About, about_of, each_text, stock_text
from bot.wording.buttons import can_give, control_button, control_buttons
from bot.wording.cards import Card
from bot.wording.catalogue import Wording
from bot.wording.restore import last_number_field
from bot.wording.text import board_text
from bot.wording.times import moment_text, stamp, undo_text

_NAMES_MAX = 40


def control_card(words: Wording, about: Mapping[str, object], now: Micros) -> Card:
    """The drop's state and counts, with a button for each deed, enabled where it can succeed."""
    facts = about_of(about)
    state = words.say(f"state-{_state(facts)}", discord=True)
    fields = [
        *last_number_field(words, facts),
        (words.say("card-field-left", discord=True), str(facts.units_left)),
        (
            words.say("card-field-given", discord=True),
            words.say("card-counts", discord=True, claimed=facts.claimed, given=facts.given),
        ),
        (words.say("card-field-to-give", discord=True), str(facts.units_to_give)),
        (words.say("card-field-stock", discord=True), stock_text(words, facts.supply, facts.held_back)),
        (words.say("card-field-each", discord=True), each_text(words, facts.per_person)),
    ]
    if facts.is_early and facts.public_at is not None and not facts.paused:
        fields.append((words.say("card-field-public", discord=True), stamp(facts.public_at)))
    if facts.state == "open" and facts.closes_at is not None and not facts.paused:
        fields.append((words.say("card-field-closes", discord=True), stamp(facts.closes_at)))
    waits = facts.state in ("planned", "announced") and not facts.on_cue
    if waits and facts.opens_at is not None:
        when = moment_text(words, facts.opens_at, now, discord=True)
        opens = "card-field-public" if facts.early else "card-field-opens"
        if facts.early and facts.begins_at is not None:
            early = moment_text(words, facts.begins_at, now, discord=True)
            fields.append((words.say("card-field-opens", discord=True), early))
        fields.append((words.say(opens, discord=True), when))
    return Card(
        words.say("control-title", discord=True, title=board_text(facts.title), state=state),
        words.say("control-text", discord=True, within=undo_text(words)),
        tuple(fields),
        control_buttons(words, facts),
    )


def repair_card(words: Wording, about: Mapping[str, object], unanswered: Sequence[str], now: Micros) -> Card:
    """At the close: who may have got no answer, what is left to give them, and the buttons for it."""
    facts = about_of(about)
    counts: dict[str, str | int] = {"out": facts.units_owned, "supply": facts.supply}
    if unanswered:
        names = ", ".join(board_text(name, characters_max=32) for name in unanswered[:_NAMES_MAX])
        rest = len(unanswered) - _NAMES_MAX
        if rest > 0:
            names = f"{names} {words.say('list-more', discord=True, count=rest)}"
        said = words.say("repair-people", discord=True, names=names, **counts)
    else:
        said = words.say("repair-nobody", discord=True, **counts)
    left = facts.units_to_give
    mend = (
        words.say("repair-give", discord=True, count=left) if left else words.say("repair-none-left", discord=True)
    )
    return Card(
        words.say("repair-title", discord=True, title=board_text(facts.title)),
        f"{said}\n{mend}",
        buttons=(
            control_button(words, Verb.GIVE, facts.drop, enabled=can_give(facts)),
            control_button(words, Verb.UNDO, facts.drop),
        ),
    )


def _state(facts: About) -> str:
    if facts.state == "open":
        if facts.units_left == 0 or facts.paused:
            return "sold-out" if facts.units_left == 0 else "paused"
        return "early" if facts.is_early else "open"
    if facts.state == "announced" and facts.postponed_why and not facts.on_cue:
        return "postponed"
    return facts.state
