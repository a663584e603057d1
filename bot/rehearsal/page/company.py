"""Plays for the page: the stage, the real bot and the judge, as `microdrops rehearse` has them."""

from __future__ import annotations

import asyncio
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from bot.config import ConfigError
from bot.rehearsal.call import Call, options_for
from bot.rehearsal.ledger import LedgerUnreadable
from bot.rehearsal.main import UnfitForRehearsal, check, report_of
from bot.rehearsal.options import RehearseOptions
from bot.rehearsal.page.show import Audience, PlayFailed
from bot.rehearsal.page.told import Ending, Wish
from bot.rehearsal.performance import perform
from bot.rehearsal.promises import Verdict
from bot.rehearsal.report import Report
from bot.rehearsal.report_page import render
from bot.rehearsal.staging import ChildFailed

_DETAILS_SHOWN = 2


class RehearsalCompany:
    """`call` is what was typed: its script or drops are played unless a wish names another script."""

    def __init__(self, call: Call, default_config: Path) -> None:
        self._call = call
        self._default_config = default_config
        self._plays = 0

    def options(self, wish: Wish) -> RehearseOptions:
        """What a wish comes to. Raises ConfigError for a bad script."""
        call = replace(self._call, seed=wish.seed, viewers=wish.viewers, discord_viewers=wish.discord_viewers)
        options = options_for(replace(call, script=wish.script) if wish.script else call, self._default_config)
        tempo = options.tempo if wish.window is None else replace(options.tempo, window=wish.window)
        return replace(options, tempo=tempo)

    async def play(self, wish: Wish, audience: Audience) -> Ending:
        self._plays += 1
        try:
            options = self.options(wish)
            check(replace(options, keep=None))
            with self._folder() as folder:
                live = options.script is None or options.script.live_at_first
                performance = await perform(
                    options, folder, audience.hear, on_stage=lambda hands: audience.begins(hands, live=live)
                )
                audience.curtain()
                # Thousands of claims take a while to judge, and the page goes on meanwhile.
                judged = as_it_was_played(options, took_part=audience.took_part)
                report = await asyncio.to_thread(report_of, performance, judged)
                return ending_of(report)
        except ConfigError as error:
            raise PlayFailed(" ".join(str(mistake) for mistake in error.mistakes)) from None
        except (ChildFailed, LedgerUnreadable, UnfitForRehearsal) as error:
            raise PlayFailed(str(error)) from error
        except FileExistsError as error:
            raise PlayFailed(f"{error.filename} is there already; name another folder to keep.") from error

    @contextmanager
    def _folder(self) -> Iterator[Path]:
        """A folder for this play alone, within the one to keep if there is any."""
        if self._call.keep is not None:
            folder = self._call.keep.resolve() / f"play-{self._plays}"
            folder.mkdir(parents=True)
            yield folder
            return
        with tempfile.TemporaryDirectory(prefix="microdrops-rehearsal-", ignore_cleanup_errors=True) as name:
            yield Path(name).resolve()


def as_it_was_played(options: RehearseOptions, *, took_part: bool) -> RehearseOptions:
    """What a script expects is meant of the play as it is written; the promises hold whatever somebody does."""
    script = options.script
    if script is None:
        return options
    wanted = (options.viewers, options.discord_viewers, options.tempo)
    as_written = not took_part and wanted == (script.viewers, script.discord_viewers, script.tempo)
    return options if as_written else replace(options, script=replace(script, expects=()))


def ending_of(report: Report) -> Ending:
    """A report as the page shows it: the count, what was broken, and the report's own page."""
    kept = len(report.having(Verdict.KEPT))
    headline = f"{kept} promises kept, {len(report.broken)} broken, in {report.seconds:.0f} s."
    broken = [f"{each.sentence} {' '.join(each.details[:_DETAILS_SHOWN])}" for each in report.broken]
    if report.ran_out:
        broken.append("The play did not come to its end in time: somebody still waits.")
    return Ending(not broken, headline, tuple(broken), render(report))
