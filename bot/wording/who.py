"""An explained score in words: what speaks for somebody, what does not, and what a moderator can do."""

from __future__ import annotations

from bot.domain.standing_score import Acquaintance, Score, Sign
from bot.wording.catalogue import Wording
from bot.wording.text import board_text
from bot.wording.times import span_text, stamp


def who_text(words: Wording, name: str, known: Acquaintance, score: Score) -> str:
    """The whole answer, for one moderator's eyes."""
    holding, missing = (
        "; ".join(_sign(words, sign, known) for sign in signs) for signs in (score.holding, score.missing)
    )
    signs = holding or missing
    if holding and missing:
        signs = words.say("who-but", discord=True, holding=holding, missing=missing)
    lines = [
        words.say(
            f"who-{score.level}", discord=True, name=board_text(name), met=score.met, of=score.of, signs=signs
        )
    ]
    if known.made_at is None:
        lines.append(words.say("who-account-unknown", discord=True))
    if score.usual_delay is not None:
        lines.append(words.say("who-delay", discord=True, span=span_text(words, score.usual_delay)))
    give = words.say("who-give", discord=True)
    return "\n".join([*lines, words.say("who-can-do", discord=True, give=give)])


def who_refused_text(words: Wording, because: str) -> str:
    """Why nothing is told, and the cure."""
    return words.say(f"who-{because}", discord=True)


def _sign(words: Wording, sign: Sign, known: Acquaintance) -> str:
    match sign:
        case Sign.ACCOUNT:
            return words.say(
                "who-account", discord=True, when="" if known.made_at is None else stamp(known.made_at)
            )
        case Sign.SEEN if known.first_seen_at is not None:
            return words.say("who-seen", discord=True, when=stamp(known.first_seen_at))
        case Sign.SEEN:
            return words.say("who-seen-never", discord=True)
        case Sign.LINKED:
            return words.say("who-linked" if known.linked else "who-linked-not", discord=True)
    count = len(known.delays)
    key = {0: "who-drops-none", 1: "who-drops-one"}.get(count, "who-drops")
    return words.say(key, discord=True, count=count)
