"""The report for a terminal: what is broken first, and short where the terminal is no higher than a phone."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from rich.console import Console
from rich.text import Text

from bot.rehearsal.counting import counted
from bot.rehearsal.figures import Figures
from bot.rehearsal.figures.demand import DropFigures
from bot.rehearsal.figures.polls import PollFigures
from bot.rehearsal.figures.timeline import Timeline
from bot.rehearsal.moments import since
from bot.rehearsal.promises import Verdict
from bot.rehearsal.report import Report
from bot.rehearsal.spoken import clean

_DETAILS_SHOWN = 5
_FAULTS_SHOWN = 6
_BLOCKS = "▁▂▃▄▅▆▇█"
_LABEL = 9
# In fewer lines there is no room for every promise's sentence and every piece of advice.
_ROOMY_LINES = 55
_ADVICE_WHERE_SHORT, _CHARACTERS_WHERE_SHORT = 3, 6
# The promises that a streamer would ask about first.
_FOREMOST = ("supply", "answered", "true-numbers", "crash")


def show(report: Report, console: Console) -> None:
    """Print it. Names that people gave themselves come out harmless."""
    _show_broken(report, console)
    for drop, life in zip(report.figures.drops, report.figures.timelines, strict=True):
        _line(console, drop.title + ":", _units(drop), bold=True)
        if life.happenings:
            _line(console, "", _moments(life, report.figures.begins_at))
    for poll, life in zip(report.figures.polls, report.figures.poll_timelines, strict=True):
        _line(console, poll.question, poll_account(poll), bold=True)
        _line(console, "", _moments(life, report.figures.begins_at))
    for label, text in _lines(report.figures, console):
        _line(console, label, text)
    _show_faults(report.figures, console)
    _show_advice(report, console)
    _show_promises(report, console)
    _show_ending(report, console)


def _line(console: Console, label: str, text: str, *, bold: bool = False) -> None:
    if bold:
        console.print(Text(f"{clean(label)} {clean(text)}", style="bold"))
        return
    # Hung in by hand: a terminal may be narrow, and a pipe keeps one line.
    parts = Text(text).wrap(console, max(20, console.width - _LABEL))
    for number, part in enumerate(parts):
        part.rstrip()
        console.print(Text.assemble(("" if number else label).ljust(_LABEL), part), soft_wrap=True)


def _units(drop: DropFigures) -> str:
    first_last = " to ".join(f"#{number}" for number in dict.fromkeys(drop.numbers[:1] + drop.numbers[-1:]))
    early = f"{drop.early} of them early, " if drop.early else ""
    sold_out = "" if drop.sold_out_after is None else f", sold out after {drop.sold_out_after:.1f} s"
    return (
        f"{drop.units} of {counted(drop.supply, 'unit')}, {first_last or 'none'}, {early}"
        f"{counted(drop.owners, 'owner')}; "
        f"{counted(drop.wanted_by, 'person', 'people')} asked{sold_out}"
    )


def poll_account(poll: PollFigures) -> str:
    """How a poll came out, in a line."""
    if poll.ending != "closed":
        return f"{'cancelled' if poll.ending == 'cancelled' else 'still open'}; {poll_counts(poll)}"
    return f"{poll.winner + ' won' if poll.winner else 'not decided'}: {poll_counts(poll)}"


def poll_counts(poll: PollFigures) -> str:
    """Counts and people, and never shares."""
    votes = counted(poll.asked, "vote")
    if poll.ending != "closed":
        return f"{votes} had come"
    counts = ", ".join(f"{amount} for {option}" for option, amount in poll.counts)
    passes = f", {counted(poll.passes, 'pass', 'passes')} spent" if poll.passes else ""
    return f"{counts}; {counted(poll.people, 'person', 'people')}, {votes} typed and pressed{passes}"


def _moments(life: Timeline, begins_at: int) -> str:
    shown = [each for each in life.happenings if each.what not in ("soon", "nearly-gone")]
    return " · ".join(f"{each.what} {since(each.at - begins_at)}" for each in shown)


def _lines(figures: Figures, console: Console) -> Iterator[tuple[str, str]]:
    if figures.asked:
        busiest = max((each.busiest for each in figures.series), default=0.0)
        bars = _sparkline([each.asked for each in figures.series], console)
        people = counted(figures.people, "person", "people")
        yield "Claims", f"{figures.asked} from {people}, at most {busiest:.0f} in a second{bars}"
    if figures.voted:
        busiest = max((each.busiest_votes for each in figures.series), default=0.0)
        bars = _sparkline([each.voted for each in figures.series], console)
        yield (
            "Votes",
            f"{figures.voted} in {counted(len(figures.polls), 'poll')}, at most {busiest:.0f} in a second{bars}",
        )
    for answers in figures.answers:
        shares = ", ".join(f"{name} {answers.share(part):.2f} s" for name, part in _SHARES)
        yield "Answers", f"{answers.platform.title()}: {shares}, of {len(answers.seconds)}"
    if figures.refusals:
        yield "Refused", _counted(figures.refusals.items())
    if figures.gates:
        yield "Gates", _counted(figures.gates.items())
    asking = [each for each in figures.characters if each.asked]
    if asking:
        shown = asking if _roomy(console) else asking[:_CHARACTERS_WHERE_SHORT]
        rest = f", and {len(asking) - len(shown)} more kinds" if len(shown) < len(asking) else ""
        got = ", ".join(f"{each.got} of {each.people} {clean(each.name)}" for each in shown)
        yield "Crowd", f"who got one: {got}{rest}"
    if figures.passes:
        yield "Passes", ", ".join(f"{count} {fact}" for fact, count in figures.passes.items())
    if figures.news:
        worst = figures.news[-1]
        yield "News", f"{len(figures.news)} lines and cards, the slowest {worst:.2f} s after the fact"
    if figures.budgets:
        said = (
            f"{each.platform.title()} {each.peak} of {each.limit} in {each.seconds} s" for each in figures.budgets
        )
        yield "Said", "at most " + ", ".join(said)


_SHARES = (("median", 0.5), ("99% within", 0.99), ("worst", 1.0))


def _counted(items: Iterable[tuple[str, int]]) -> str:
    return ", ".join(f"{count} {clean(name)}" for name, count in items)


def _sparkline(pieces: Sequence[Sequence[int]], console: Console) -> str:
    """The steps of an evening that is in one piece."""
    if len(pieces) != 1 or not _has_utf8(console):
        return ""
    (steps,) = pieces
    width = -(-len(steps) // max(10, min(40, console.width - 50)))
    sums = [sum(steps[begin : begin + width]) for begin in range(0, len(steps), width)]
    top = max(sums, default=0) or 1
    return "  " + "".join(_BLOCKS[-(-each * (len(_BLOCKS) - 1) // top)] for each in sums)


def _show_faults(figures: Figures, console: Console) -> None:
    struck = [each for each in figures.healings if not each.trouble.skipped]
    skipped = [each.trouble.name for each in figures.healings if each.trouble.skipped]
    # Those that took longest say most; the HTML file and --json have all of them, in order.
    slowest = sorted(struck, key=lambda each: -(each.seconds if each.seconds is not None else 1e9))[:_FAULTS_SHOWN]
    for healing in sorted(slowest, key=lambda each: each.trouble.begins_at):
        when = since(healing.trouble.begins_at - figures.begins_at)
        _line(console, "Fault", clean(f"{when} {healing.trouble.name}: {healing.sentence}"))
    if len(struck) > len(slowest):
        _line(console, "", f"and {len(struck) - len(slowest)} more that healed sooner")
    if skipped:
        _line(console, "Skipped", ", ".join(skipped))


def _show_advice(report: Report, console: Console) -> None:
    shown = report.advice if _roomy(console) else report.advice[:_ADVICE_WHERE_SHORT]
    if shown:
        console.print(Text("What I would change before tonight", style="bold"))
    for number, advice in enumerate(shown, 1):
        text = Text.assemble(f"{number}. {clean(advice.change)}", (f" {clean(advice.why)}", "dim"))
        console.print(text, soft_wrap=not console.is_terminal)


def _roomy(console: Console) -> bool:
    """A pipe has room for everything."""
    return not console.is_terminal or console.height >= _ROOMY_LINES


def _show_broken(report: Report, console: Console) -> None:
    for promise in report.broken:
        console.print(Text(f"BROKEN: {promise.sentence}", style="bold red"))
        for detail in promise.details[:_DETAILS_SHOWN]:
            console.print(Text(f"  {clean(detail)}"), soft_wrap=True)
        if len(promise.details) > _DETAILS_SHOWN:
            console.print(f"  and {len(promise.details) - _DETAILS_SHOWN} more; --json lists them all")
    if report.ran_out:
        console.print(Text("The play did not come to its end in time: somebody still waits.", style="bold red"))


def _show_promises(report: Report, console: Console) -> None:
    kept, unchecked = report.having(Verdict.KEPT), report.having(Verdict.UNCHECKED)
    shown = kept if _roomy(console) else [each for each in kept if each.key in _FOREMOST]
    if kept:
        console.print(Text("Promises kept", style="bold green"))
    for promise in shown:
        console.print(Text.assemble((f"{_tick(console)} ", "green"), promise.sentence))
    if len(shown) < len(kept):
        more = f"and {len(kept) - len(shown)} more; a taller window or --report FILE.html shows them all"
        console.print(Text.assemble((f"{_tick(console)} ", "green"), more))
    if not _roomy(console):
        return
    if unchecked:
        console.print(Text("Could not be checked here", style="bold dim"))
    for promise in unchecked:
        console.print(Text(f"- {promise.sentence} {clean(promise.details[0])}", style="dim"), soft_wrap=True)


def _tick(console: Console) -> str:
    return "✓" if _has_utf8(console) else "+"


def _has_utf8(console: Console) -> bool:
    return console.encoding.casefold().replace("-", "") == "utf8"


def _show_ending(report: Report, console: Console) -> None:
    if report.kept_in is not None:
        console.print(f"Left in {report.kept_in}: ledger.db, record.jsonl, bot.log, config.toml", soft_wrap=True)
    elif report.broken or report.ran_out:
        console.print("To look closer, play it again with --keep FOLDER: ledger, record and log stay there.")
    kept, broken = len(report.having(Verdict.KEPT)), len(report.broken)
    style = "bold red" if report.broken or report.ran_out else "bold green"
    console.print(Text(f"{kept} promises kept, {broken} broken, in {report.seconds:.0f} s.", style=style))
    console.print(Text(f"The same again: {report.repeat}"), soft_wrap=True)
