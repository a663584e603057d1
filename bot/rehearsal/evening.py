"""The play itself: the crowd comes, the prompter prompts, until every drop is closed and everybody is answered."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import Any

from bot.rehearsal.backstage import Backstage, StageRefused
from bot.rehearsal.compress import Play
from bot.rehearsal.ledger import LedgerUnreadable, is_over
from bot.rehearsal.moments import SECOND
from bot.rehearsal.options import RehearseOptions
from bot.rehearsal.parts import BotPart, StagePart
from bot.rehearsal.prompter import Prompter
from bot.rehearsal.script import Script
from bot.rehearsal.stagehand import Stagehand
from bot.rehearsal.staging import ChildFailed
from bot.rehearsal.timing import cast_faults, system_clock
from bot.stage.crowd.scene import Scene
from bot.stage.record import SeenLine

_POLL_SECONDS = 0.25
_QUIET = SECOND
# After the last window come the answers that had to wait for their gap, the closing lines and a margin; after a bad
# evening also what has to heal first, and the sweeps that find whom a crash left untold. An evening that is over
# ends at once: the margin is for a machine that has other things to do.
_GAPS, _MARGIN_SECONDS, _HEALING_SECONDS = 3, 30, 45


class Evening:
    """One play on a stage that is ready, with a bot that has been started. `clock` is the stage's, in microseconds
    UTC."""

    def __init__(
        self,
        options: RehearseOptions,
        script: Script,
        play: Play,
        folder: Path,
        stage: StagePart,
        bot: BotPart,
        *,
        clock: Callable[[], int] = system_clock,
    ) -> None:
        self._clock = clock
        self._options = options
        self._script = script
        self._play = play
        self._folder = folder
        self._stage = stage
        self._bot = bot

    async def play(
        self, hearing: list[Callable[[SeenLine], None]], on_stage: Callable[[Backstage], object] | None
    ) -> bool:
        """True when all is done and said; False when the time is up and something still is not. `hearing` is
        called with every line of the record. Raises ChildFailed."""
        try:
            async with asyncio.TaskGroup() as group:
                return await self._play_in(group, hearing, on_stage)
        except BaseExceptionGroup as failures:
            error = first_of(failures)
            if isinstance(error, StageRefused):
                raise ChildFailed(f"The script asks for what cannot be done: {error}") from None
            raise error from None

    async def _play_in(
        self,
        group: asyncio.TaskGroup,
        hearing: list[Callable[[SeenLine], None]],
        on_stage: Callable[[Backstage], object] | None,
    ) -> bool:
        options, play, script = self._options, self._play, self._script
        scene = scene_of(play) | {"mistakes": script.moderator_mistakes}
        stagehand = Stagehand(self._stage, self._bot, play, self._folder / "ledger.db", group)
        faults = cast_faults(script, options.seed, play.drops)
        prompter = Prompter(
            script.cues, faults, play.everything, Scene.from_json(scene), stagehand, clock=self._clock
        )
        hearing += [stagehand.hear, prompter.hear]
        if on_stage is not None:
            on_stage(stagehand)
        viewers = options.viewers if play.twitch else 0
        fans = options.discord_viewers if play.discord else 0
        await self._stage.play(
            scene, seed=options.seed, viewers=viewers, discord_viewers=fans, shares=script.shares
        )
        prompting = group.create_task(prompter.run())
        complete = await self._until_over(prompter, stagehand)
        prompting.cancel()
        await prompter.skip_the_rest()
        return complete

    async def _until_over(self, prompter: Prompter, stagehand: Stagehand) -> bool:
        patience = _GAPS * self._options.tempo.answer_gap + _MARGIN_SECONDS
        if self._script.cues or self._script.faults:
            patience += _HEALING_SECONDS
        # A clock that is set back keeps every drop open for as much longer.
        patience += sum(max(0, -fault.options.get("by", 0)) for fault in self._script.faults)
        latest = max(self._play.lasts_until, prompter.last_instant) + patience * SECOND
        over_since: int | None = None
        while self._clock() < latest:
            self._check_children()
            over = (
                self._stage.played.is_set()
                and prompter.is_idle
                and stagehand.is_idle
                and _all_said(self._folder / "ledger.db", self._clock())
            )
            # A claim that was made this moment is not yet in the ledger.
            over_since = (over_since or self._clock()) if over else None
            if over_since is not None and self._clock() - over_since >= _QUIET:
                return True
            await asyncio.sleep(_POLL_SECONDS)
        return False

    def _check_children(self) -> None:
        if self._bot.returncode is not None:
            last_words = _tail(self._folder / "bot.out")
            raise ChildFailed(
                f"The bot ended with code {self._bot.returncode} in the middle of the play.\n{last_words}"
            )
        if self._stage.ended:
            raise ChildFailed(f"The stage ended in the middle of the play.\n{_tail(self._folder / 'stage.log')}")


def scene_of(play: Play) -> dict[str, Any]:
    """What the crowd knows of an evening."""
    drops = [
        {
            "key": drop.key,
            "title": drop.title,
            "announces_at": drop.announces_at,
            "opens_at": drop.opens_at,
            "closes_at": drop.closes_at,
            "on_cue": drop.on_cue,
            "early_at": drop.early_at,
        }
        for drop in play.drops
    ]
    polls = [asdict(poll) for poll in play.polls]
    return {"drops": drops, "words": dict(play.words), "polls": polls}


def _all_said(ledger: Path, now: int) -> bool:
    try:
        return is_over(ledger, now)
    except LedgerUnreadable:
        return False  # it is being made, or locked for a moment


def _tail(file: Path, lines: int = 12) -> str:
    written = file.read_text("utf-8", "replace") if file.exists() else ""
    return "\n".join(written.splitlines()[-lines:])


def first_of(group: BaseExceptionGroup[BaseException]) -> BaseException:
    """What ended everything else."""
    error = group.exceptions[0]
    return first_of(error) if isinstance(error, BaseExceptionGroup) else error
