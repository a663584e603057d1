"""The result of a poll: who won and how, in one sentence; the counts as a line, as bars, and round by round."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from bot.domain.ballots import Method
from bot.domain.tally import Count, Result
from bot.domain.tally_ranked import Round, Tie
from bot.wording.catalogue import Wording
from bot.wording.poll_about import PollAbout, option_text
from bot.wording.text import packed

SEED_CHARACTERS_IN_CHAT = 8
_BAR_BLOCKS = 10
_FULL, _EMPTY = "█", "░"
_BLOCK_CHARACTERS_MAX = 1_000
# Names of options in a row of a run-off's table, where the bars above it show all of each.
_ROW_NAME_CHARACTERS_MAX = 16


def outcome_text(words: Wording, facts: PollAbout, result: Result, *, discord: bool) -> str:
    """Who won, and honestly why: by votes, by points, after so many rounds, by a draw, or nobody and why not."""
    option = "" if result.leading is None else _name(facts.options, result.leading, discord=discord, strong=True)
    values: dict[str, str | int] = {
        "option": option,
        "round": len(result.rounds),
        "count": result.people + result.abstained,
        "quorum": result.quorum,
        "draw": facts.ties[:SEED_CHARACTERS_IN_CHAT],
    }
    if result.leading is None:
        if result.people:
            return words.say("poll-nothing-chosen", discord=discord, **values)
        key = "poll-all-abstained" if result.abstained else "poll-nobody"
        return words.say(key, discord=discord, **values)
    if not result.quorum_met:
        return words.say("poll-no-quorum", discord=discord, **values)
    tie = _decisive(result)
    if tie is not None:
        level = _listed(words, (_name(facts.options, each, discord=discord) for each in tie.level))
        return words.say("poll-won-draw", discord=discord, level=level, **values)
    won = words.say(_won_key(result), discord=discord, **values)
    on_the_way = words.say("poll-drawn-on-the-way", discord=discord, **values) if result.by_draw else ""
    return f"{won} {on_the_way}".rstrip()


def people_line(words: Wording, result: Result, *, discord: bool) -> str:
    """How many people that were, with what their passes have added and who abstained: counts, never shares."""
    key = "poll-people-one" if result.people == 1 else "poll-people"
    if result.weight != result.people:
        key = "poll-people-weighed"
    said = [words.say(key, discord=discord, people=result.people, weight=result.weight)]
    if result.abstained:
        said.append(words.say("poll-abstained", discord=discord, count=result.abstained))
    return ", ".join(said)


def counts_line(words: Wording, facts: PollAbout, result: Result, *, characters_max: int) -> str:
    """ "12 for teal, 7 for plum": what decided, the most first, for chat; of many only as many as there is room."""
    last = result.rounds[-1] if result.rounds else None
    counts = [(c.option, c.amount) for c in result.counts] if last is None else list(last.counts)
    counts.sort(key=lambda each: -each[1])
    items = [
        words.say("poll-count", amount=amount, option=_name(facts.options, option, discord=False))
        for option, amount in counts
    ]
    if last is not None and last.exhausted:
        items.append(words.say("poll-exhausted", amount=last.exhausted))
    more = len(words.say("list-more", count=len(items)))
    fitting = packed("", items, "", characters_max=max(0, characters_max - more))[:1]
    listed = fitting[0] if fitting else ""
    shown = next(n for n in range(len(items), -1, -1) if ", ".join(items[:n]) == listed)
    rest = len(items) - shown
    return f"{listed} {words.say('list-more', count=rest)}" if rest else listed


def bars_text(options: Sequence[str], amounts: Sequence[int] | None) -> str:
    """Each option with its number, and under it a bar as long as its share of the greatest; None shows no bars."""
    most = max(amounts, default=0) if amounts else 0
    lines: list[str] = []
    for number in range(1, len(options) + 1):
        lines.append(f"**{number}** {option_text(options, number, discord=True)}")
        if amounts is not None:
            lines.append(f"`{_bar(amounts[number - 1], most)}` **{amounts[number - 1]}**")
    return "\n".join(lines)


def amounts_of(counts: Sequence[Count]) -> tuple[int, ...]:
    return tuple(count.amount for count in sorted(counts))


def rounds_blocks(words: Wording, facts: PollAbout, result: Result) -> tuple[tuple[str, str], ...]:
    """The whole table of a run-off, a paragraph for each round, in as many blocks as it takes."""
    rows = [_row(words, facts, result, each) for each in result.rounds if len(result.rounds) > 1]
    blocks = packed("", rows, "", characters_max=_BLOCK_CHARACTERS_MAX, between="\n")
    first = words.say("card-poll-rounds", discord=True)
    following = words.say("card-poll-rounds-more", discord=True)
    return tuple((following if number else first, block) for number, block in enumerate(blocks))


def _row(words: Wording, facts: PollAbout, result: Result, each: Round) -> str:
    def short(option: int) -> str:
        return option_text([facts.options[option - 1][:_ROW_NAME_CHARACTERS_MAX]], 1, discord=True)

    counts = ", ".join(f"{short(option)} {amount}" for option, amount in sorted(each.counts, key=lambda c: -c[1]))
    said = [words.say("card-poll-round", discord=True, number=each.number, counts=counts)]
    if each.exhausted:
        said.append(words.say("card-poll-round-exhausted", discord=True, count=each.exhausted))
    if each.eliminated:
        out = _listed(words, map(short, each.eliminated))
        drawn = any(tie.round == each.number for tie in result.ties)
        key = "card-poll-round-out-drawn" if drawn else "card-poll-round-out"
        said.append(words.say(key, discord=True, options=out))
    return " ".join(said)


def _decisive(result: Result) -> Tie | None:
    """The tie that a draw has decided for the winner, not one on the way there."""
    last = len(result.rounds)
    return next((tie for tie in result.ties if tie.round == last and tie.fell_on == result.leading), None)


def _won_key(result: Result) -> str:
    match result.method:
        case Method.PLURALITY | Method.APPROVAL:
            return "poll-won"
        case Method.SCORE:
            return "poll-won-points"
        case Method.RANKED:
            return "poll-won-rounds" if len(result.rounds) > 1 else "poll-won-first-round"


def _name(options: Sequence[str], number: int, *, discord: bool, strong: bool = False) -> str:
    name = option_text(options, number, discord=discord)
    return f"**{name}**" if discord and strong else name


def _listed(words: Wording, names: Iterable[str]) -> str:
    *head, last = names
    return f"{', '.join(head)}{words.say('gate-and')}{last}" if head else last


def _bar(amount: int, most: int) -> str:
    # Whatever somebody has chosen shows as something, and only the greatest is full.
    blocks = 0 if amount <= 0 else max(1, amount * _BAR_BLOCKS // most)
    return _FULL * blocks + _EMPTY * (_BAR_BLOCKS - blocks)
