"""`microdrops rehearse`: plays the drops once, judges what happened and reports."""

from __future__ import annotations

import json
import os
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

from rich.console import Console

from bot.config import ConfigError, load_config
from bot.exits import FOUND_WRONG, INTERRUPTED, USED_WRONG
from bot.rehearsal.checks.expected import expected
from bot.rehearsal.compress import Play
from bot.rehearsal.evidence import Case, JudgedDrop
from bot.rehearsal.figures import figures_of
from bot.rehearsal.home import Home, home_of
from bot.rehearsal.interrupting import Interrupts
from bot.rehearsal.judge import judge
from bot.rehearsal.ledger import LedgerUnreadable, read_ledger
from bot.rehearsal.moments import SECOND
from bot.rehearsal.options import RehearseOptions
from bot.rehearsal.performance import Performance, perform
from bot.rehearsal.programme import programme_of
from bot.rehearsal.promises import Promise, Verdict, unchecked
from bot.rehearsal.report import Report, make_report
from bot.rehearsal.report_text import show
from bot.rehearsal.script_file import SKELETON, strangers
from bot.rehearsal.staging import ChildFailed
from bot.rehearsal.transcript import Transcript
from bot.stage.record import SeenLine

__all__ = ["RehearseOptions", "rehearse"]

_NOTHING_TO_TELL = "Ended before there was anything to report."
_ENDED_AT_ONCE = "Ended at once, without a report."
_PIPED_WIDTH = 160
# What is still to come when somebody ends a play cannot be held against the bot.
_AT_THE_END = frozenset({"served", "answered", "winners-told", "announced", "crash", "healed"})


def rehearse(options: RehearseOptions) -> int:
    """Play, judge, report. Returns 0 when every promise was kept, 1 when one was broken, 2 when the call or the
    configuration is wrong or the page cannot be written, 130 when somebody ended it; then the report tells of what
    there was until then."""
    interrupts = Interrupts()
    try:
        check(options)
        with interrupts, _folder(options.keep) as folder:
            report = _play(options, folder, interrupts)
            return _tell(report, options)
    except ConfigError as error:
        mistakes = [mistake.as_public() for mistake in error.mistakes]
        _say(options, {"mistakes": mistakes}, [str(mistake) for mistake in error.mistakes])
        return USED_WRONG
    except UnfitForRehearsal as error:
        _say(options, {"mistakes": [{"what": str(error)}]}, [str(error)])
        return USED_WRONG
    except (ChildFailed, LedgerUnreadable) as error:
        _say(options, {"kept": False, "error": str(error)}, [str(error)])
        return FOUND_WRONG
    except BrokenPipeError:
        # Whoever read along has seen enough: `microdrops rehearse | head`. Nothing may be written to them any more.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return INTERRUPTED
    except KeyboardInterrupt:
        why = _ENDED_AT_ONCE if interrupts.hurried else _NOTHING_TO_TELL
        _say(options, {"cut_short": True, "error": why}, [why])
        return INTERRUPTED


def _tell(report: Report, options: RehearseOptions) -> int:
    """The report first: that its page cannot be written must not cost whoever waited for it the rest."""
    if not options.json:
        show(report, _console())
    why_no_page = _write_page(report, options)
    if options.json:
        public = {**report.as_public(), "cut_short": report.cut_short}
        public |= {"error": why_no_page} if why_no_page else {}
        print(json.dumps(public, ensure_ascii=False, indent=2))  # noqa: T201 - the answer itself
    elif options.report is not None and not why_no_page:
        print(f"The report as a page: {options.report}")  # noqa: T201 - a command's last word
    if report.cut_short and not options.json:
        print("Cut short: this is what there was until then.")  # noqa: T201 - a command's last word
    if why_no_page:
        if not options.json:
            print(why_no_page, file=sys.stderr)  # noqa: T201 - a command's last word
        return USED_WRONG
    return INTERRUPTED if report.cut_short else report.exit_code


class UnfitForRehearsal(Exception):
    """There is nothing to play, or no room to keep it in."""


def check(options: RehearseOptions) -> None:
    """Raises ConfigError for what is wrong in the configuration, UnfitForRehearsal where nothing can be played."""
    config = load_config(options.config, os.environ, secrets="optional")
    config.check_platforms()
    script = options.script
    if script is None or not script.drops:
        if not config.drops:
            raise UnfitForRehearsal(f"{options.config}: there are no [[drops]] to rehearse.")
        if script is not None and (unknown := strangers(script, [drop.name for drop in config.drops])):
            raise UnfitForRehearsal(" ".join(unknown))
    if options.report is not None and not options.report.absolute().parent.is_dir():
        raise UnfitForRehearsal(f"There is no folder {options.report.absolute().parent} to put the report in.")
    if options.report is not None and options.report.is_dir():
        raise UnfitForRehearsal(f"{options.report} is a folder. Name the file that the report goes into.")
    if options.keep is not None and options.keep.is_dir() and any(options.keep.iterdir()):
        raise UnfitForRehearsal(f"{options.keep} is not empty. Name a folder that is, or a new one.")


def _write_page(report: Report, options: RehearseOptions) -> str:
    """Why the page that was asked for could not be written; "" when all is well."""
    if options.report is None:
        return ""
    # Its template engine is loaded by whoever wants the page.
    from bot.rehearsal.report_page import write_page

    try:
        write_page(report, options.report)
    except OSError as error:
        return f"{options.report} cannot be written: {error.strerror}."
    return ""


def _say(options: RehearseOptions, public: Mapping[str, object], sentences: Sequence[str]) -> None:
    """What there is to say instead of a report."""
    if options.json:
        print(json.dumps(public, ensure_ascii=False, indent=2, default=str))  # noqa: T201 - the answer itself
        return
    for sentence in sentences:
        print(sentence, file=sys.stderr)  # noqa: T201 - a command's last word


@contextmanager
def _folder(keep: Path | None) -> Iterator[Path]:
    """Where everything is put: a folder to keep, or one that is gone afterwards."""
    if keep is not None:
        try:
            keep.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise UnfitForRehearsal(f"{keep} cannot be a folder: {error.strerror}. Name another one.") from None
        yield keep.resolve()
        return
    # On Windows a child's last file may still be open for a moment.
    with tempfile.TemporaryDirectory(prefix="microdrops-rehearsal-", ignore_cleanup_errors=True) as folder:
        yield Path(folder).resolve()


def _play(options: RehearseOptions, folder: Path, interrupts: Interrupts) -> Report:
    console = _console()
    silent = options.json or options.quiet
    script = options.script
    what = f"“{script.title}”" if script is not None and script.title else str(options.config)
    name = f"Rehearsing {what} with seed {options.seed}"
    virtual = options.fast or options.dated
    with Transcript(console, silent=silent, name=name, virtual=virtual) as transcript:
        if script is not None and script.about:
            transcript.say(script.about)
        transcript.say(f"{name}: the stage is being set.")
        performance = _performed(
            options,
            folder,
            transcript.hear,
            interrupts,
            on_play=lambda play: transcript.expect(programme_of(play, script, options.seed)),
        )
    if performance.cut_short and not performance.ledger.exists():
        raise KeyboardInterrupt  # nothing had begun, so there is nothing to tell of
    return report_of(performance, options)


def _performed(
    options: RehearseOptions,
    folder: Path,
    hear: Callable[[SeenLine], None],
    interrupts: Interrupts,
    *,
    on_play: Callable[[Play], None],
) -> Performance:
    """Over the wire and in real time, or without either. The quick ways bring the whole bot into this process, so
    they are not imported before somebody asks for them."""
    if options.dated:
        from bot.rehearsal.fast.season import play_season

        return play_season(options, folder, hear, on_play=on_play, interrupts=interrupts)
    if options.fast:
        from bot.rehearsal.fast.play import play_fast

        return play_fast(options, folder, hear, on_play=on_play, interrupts=interrupts)
    return interrupts.run(perform(options, folder, hear, on_play=on_play))


def report_of(performance: Performance, options: RehearseOptions) -> Report:
    """Judge a performance. Raises LedgerUnreadable."""
    case = case_of(performance, options)
    return make_report(
        case,
        _verdicts(case, options, cut_short=performance.cut_short),
        complete=performance.complete,
        cut_short=performance.cut_short,
        seconds=performance.seconds,
        seed=options.seed,
        repeat=_repeat(options),
        kept_in=options.keep,
        title="" if options.script is None else options.script.title,
        home=_home(options),
    )


def _home(options: RehearseOptions) -> Home | None:
    """A script with drops of its own says nothing of what is planned at home."""
    if options.script is not None and options.script.drops:
        return None
    return home_of(load_config(options.config, os.environ, secrets="optional"))


def _verdicts(case: Case, options: RehearseOptions, *, cut_short: bool) -> tuple[Promise, ...]:
    """The promises, and what the script expects beyond them."""
    promises = judge(case)
    if options.script is not None and options.script.expects:
        promises += expected(figures_of(case), options.script.expects)
    return tuple(map(excused, promises)) if cut_short else promises


def excused(promise: Promise) -> Promise:
    """A promise that is only due at the end of a play, which did not come."""
    if promise.verdict is not Verdict.BROKEN or not (
        promise.key in _AT_THE_END or promise.key.startswith("expected-")
    ):
        return promise
    return unchecked(promise.key, promise.sentence, "The play was cut short.")


def case_of(performance: Performance, options: RehearseOptions) -> Case:
    """Lay a performance before the judge. Raises LedgerUnreadable."""
    play = performance.play
    return Case(
        drops=tuple(
            JudgedDrop(
                key=drop.key,
                title=drop.title,
                supply=drop.supply,
                held_back=drop.held_back,
                per_person=drop.per_person,
                opens_at=None if drop.on_cue else drop.opens_at,
                early=drop.early,
                early_at=None if drop.on_cue else drop.early_at,
                early_units=drop.early_units,
            )
            for drop in play.drops
        ),
        record=performance.record,
        ledger=read_ledger(performance.ledger),
        claim_words=play.claim_words,
        link_words=play.link_words,
        vote_words=play.vote_words,
        spend_words=play.spend_words,
        mine_word=play.words["mine"].casefold(),
        bare_votes=play.bare_votes,
        answer_gap=options.tempo.answer_gap * SECOND,
        twitch=play.twitch,
        discord=play.discord,
        reminder_role=play.reminder_role,
        secrets=performance.secrets,
        written=performance.written,
        log_level=options.log_level,
        signed=True,
        fingerprints=play.fingerprints,
        attachments=performance.attachments if play.attaches else None,
    )


def _repeat(options: RehearseOptions) -> tuple[str, ...]:
    script = options.script
    return (
        "microdrops",
        "rehearse",
        *([script.name] if script is not None and script.name else []),
        *(["--config", str(options.config)] if options.config != SKELETON else []),
        "--seed",
        str(options.seed),
        "--viewers",
        str(options.viewers),
        "--discord-viewers",
        str(options.discord_viewers),
        *(["--dated"] if options.dated else ["--fast"] if options.fast else []),
    )


class _Paper(Console):
    """A console whose reader may leave: the play is ended in order then, instead of the program at once."""

    def on_broken_pipe(self) -> None:
        self.quiet = True
        raise BrokenPipeError


def _console() -> Console:
    if sys.stdout.isatty():
        return _Paper()
    # A pipe is no terminal, whatever FORCE_COLOR says.
    return _Paper(width=_PIPED_WIDTH, no_color=True, force_terminal=False)
