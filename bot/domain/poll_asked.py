"""A poll as a moderator asks for it: typed or filled in, and as is usual where nothing is said."""

from __future__ import annotations

from dataclasses import dataclass, replace

from bot.domain.ballots import Method
from bot.domain.entitlements import Entitlement
from bot.domain.gate_mistakes import GateMistake
from bot.domain.gate_parsing import read_gate
from bot.domain.native_polls import Native
from bot.domain.native_rules import native_for
from bot.domain.poll_reading import read_length, read_poll
from bot.domain.poll_words import QUOTES, PollFault, PollMistake, PollMistakes, PollWords, check_poll, whole_number
from bot.domain.polls import LAST_CALL, PassRole, PollKind, PollPlan, last_call_of
from bot.domain.text import normalise_command
from bot.domain.time import MINUTE, SECOND, Micros

QUORUM_MAX = 100_000
PASS_WEIGHT_MAX = 100
HIDDEN = "hidden"
_METHODS = {str(method): method for method in Method}
_TO_APOSTROPHE = str.maketrans(dict.fromkeys(QUOTES, "'"))
_SHOWN_MAX = 40


@dataclass(frozen=True, slots=True)
class PollDefaults:
    """What holds for a poll of which nothing else is said; spans in microseconds.

    `bare` lets a number alone be a vote in chat. `goes_on_for` is how long a mod vote stays open on Discord after
    the stream at least, 0 where there is no Discord. `quorum` is of polls, not of mod votes: few people can take
    part in those. So is `pass_weight`, which a mod-vote pass adds to the vote it is spent on; 0 where it adds
    nothing."""

    lasts: Micros = MINUTE
    bare: bool = True
    last_call: Micros = LAST_CALL
    goes_on_for: Micros = 0
    quorum: int = 0
    native: Native = Native.OFF
    pass_weight: int = 0


@dataclass(frozen=True, slots=True)
class PollAsked:
    """What was asked for. `electorate` is a gate in its canonical form, "" for whoever the kind lets in, `quorum`
    None for the usual."""

    words: PollWords
    kind: PollKind = PollKind.POLL
    method: Method = Method.PLURALITY
    hidden: bool = False
    quorum: int | None = None
    electorate: str = ""


@dataclass(frozen=True, slots=True)
class PollForm:
    """A form's raw texts; what is empty was left out."""

    question: str
    options: str
    lasts: str = ""
    who: str = ""
    kind: PollKind = PollKind.POLL
    method: Method = Method.PLURALITY
    hidden: bool = False
    quorum: int | None = None


def read_asked(text: str, kind: PollKind = PollKind.POLL) -> PollAsked | PollMistakes:
    """The poll that was typed behind the command, after words for how people vote and that the count is hidden:
    `ranked hidden "Next game?" Hades, Celeste 2m`.

    Such a word is one in small letters, or before a quote: who asks "Hidden gem?" means the question."""
    method, hidden = Method.PLURALITY, False
    rest = text.strip()
    has_method = False
    while rest:
        word, _, behind = rest.partition(" ")
        plain, behind = normalise_command(word), behind.strip()
        if not (word.islower() or _is_quoted(behind)):
            break
        if plain in _METHODS and not has_method:
            method, has_method = _METHODS[plain], True
        elif plain == HIDDEN and not hidden:
            hidden = True
        else:
            break
        rest = behind
    words = read_poll(rest)
    return words if isinstance(words, PollMistakes) else PollAsked(words, kind, method, hidden)


def read_form(form: PollForm) -> PollAsked | PollMistakes:
    """The poll of a form, or everything that is wrong with it."""
    question = form.question.translate(_TO_APOSTROPHE)
    lasts = _length(form.lasts)
    # Who has said how long means a span at the end as an option: "Le Mans 24h".
    read = read_poll(f'"{question}" {form.options}', timed=lasts is None)
    found = list(read.mistakes) if isinstance(read, PollMistakes) else []
    if isinstance(lasts, PollMistake):
        found.append(lasts)
    elif lasts is not None:
        checked = check_poll("?", ("a", "b"), lasts)
        found += checked.mistakes if isinstance(checked, PollMistakes) else ()
    gate = read_gate(form.who) if form.who.strip() else ""
    if isinstance(gate, GateMistake):
        found.append(PollMistake(PollFault.ELECTORATE_UNCLEAR, text=(gate.found or form.who)[:_SHOWN_MAX]))
    if found or isinstance(read, PollMistakes):
        return PollMistakes(tuple(found))
    words = read if lasts is None or isinstance(lasts, PollMistake) else replace(read, duration=lasts)
    return PollAsked(words, form.kind, form.method, form.hidden, form.quorum, str(gate))


def plan_of(asked: PollAsked, usual: PollDefaults) -> PollPlan:
    """The rules by which it opens; its key is found then. Moderators and holders of passes decide a mod vote,
    unless somebody else is named, and it goes on without the stream. In any other poll a pass weighs what is
    usual."""
    window = asked.words.duration or usual.lasts
    decided_by_mods = asked.kind is PollKind.MOD_VOTE
    usual_quorum = 0 if decided_by_mods else usual.quorum
    weighs = bool(usual.pass_weight) and not decided_by_mods
    role = PassRole.WEIGHT if weighs else PassRole.NONE
    plan = PollPlan(
        key="",
        question=asked.words.question,
        options=asked.words.options,
        method=asked.method,
        window=window,
        kind=asked.kind,
        last_call=last_call_of(window, usual.last_call),
        goes_on_for=usual.goes_on_for if decided_by_mods else 0,
        quorum=usual_quorum if asked.quorum is None else asked.quorum,
        hidden=asked.hidden,
        electorate=asked.electorate or (str(Entitlement.MODERATOR) if decided_by_mods else ""),
        pass_role=PassRole.ENTRY if decided_by_mods else role,
        pass_weight=usual.pass_weight if weighs else 1,
    )
    return replace(plan, native=native_for(plan, usual.native))


def _is_quoted(text: str) -> bool:
    """Whether a question in quotes comes next, if behind more of such words."""
    while text and text[0] not in QUOTES:
        word, _, text = text.partition(" ")
        if normalise_command(word) not in (*_METHODS, HIDDEN):
            return False
        text = text.strip()
    return bool(text)


def _length(typed: str) -> Micros | PollMistake | None:
    """How long it is to run: a number alone is of seconds. None where nothing was said."""
    plain = normalise_command(typed)
    if not plain:
        return None
    seconds = whole_number(plain)
    span = read_length(plain) if seconds is None else seconds * SECOND
    return PollMistake(PollFault.DURATION_UNCLEAR, text=typed[:_SHOWN_MAX]) if span is None else span
