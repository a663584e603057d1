"""A night with a bot that dies: the stage stands in the test's process, each life of the bot has its own."""

from __future__ import annotations

import multiprocessing
import sys
import time
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import Any, Literal

from bot.config import load_config
from bot.stage.discord.guild import Member
from bot.stage.discord.model import Interaction
from bot.stage.server import Stage, system_clock
from bot.stage.twitch.model import ChatMessage
from bot.storage.database import ledger_url
from tests.faults.killed_bot import Trap, live
from tests.faults.ledger import Ledger, read_ledger
from tests.journeys.rig import QUICK, Evening, config_text, secrets_of, until
from tests.new_ledgers import new_ledger_at

# The server imports the bot once and forks a process for each life: as fresh as a new one, and much sooner there.
if sys.platform == "win32":
    nursery = multiprocessing.get_context("spawn")
else:
    nursery = multiprocessing.get_context("forkserver")
nursery.set_forkserver_preload(["bot.wiring", "tests.faults.killed_bot"])

KILLED = -9
PRESS_SECONDS = 60.0


@dataclass
class Night(Evening):
    """An evening whose bot can be killed. `late_by` moves the stage's clock ahead, in microseconds; `busy_ms` is
    how long a life waits for a stranger's lock, None for as long as the bot does."""

    process: BaseProcess | None = None
    lives: int = 0
    late_by: int = 0
    busy_ms: int | None = None
    frames: list[dict[str, Any]] = field(default_factory=list)

    @property
    def armed(self) -> Path:
        """The file that sets a trap free."""
        return self.folder / "armed"

    @property
    def log(self) -> Path:
        """What the present life has printed."""
        return self.folder / f"life-{self.lives}.log"

    def facts(self) -> Ledger:
        """The ledger's facts, checked."""
        return read_ledger(self.ledger)

    def be_born(self, trap: Trap | None = None) -> BaseProcess:
        """Start a life and do not wait for it."""
        assert self.process is None or self.process.exitcode is not None, "the last life still lasts"
        self.lives += 1
        self.process = nursery.Process(
            target=live, args=(self.folder / "config.toml", self.environ, self.log, trap, self.busy_ms), daemon=True
        )
        self.process.start()
        return self.process

    async def start(self, trap: Trap | None = None) -> None:
        """Start a life and wait until both platforms hear it."""
        before = len(self.stage.record.seen)
        process = self.be_born(trap)
        await until(lambda: process.exitcode is not None or self._listening(before), "the bot listens")
        assert process.exitcode is None, f"the bot ended at once:\n{self.log.read_text()}"

    def listens_since(self, seen: int) -> bool:
        """Whether both platforms have heard the bot since the record was that long."""
        return self._listening(seen)

    async def died(self, seconds: float = 60.0) -> int:
        """Wait for the end of this life; returns the exit code, negative for a signal."""
        process = self.process
        assert process is not None
        try:
            await until(lambda: process.exitcode is not None, "the bot's end", seconds)
        except AssertionError as error:
            raise AssertionError(f"{error}\n{self.log.read_text()}") from None
        assert process.exitcode is not None
        return process.exitcode

    def assert_no_traceback(self) -> None:
        """No life has stumbled over what it should have foreseen."""
        for log in sorted(self.folder.glob("life-*.log")):
            assert "Traceback" not in log.read_text(), log.read_text()

    def kill(self) -> None:
        assert self.process is not None
        self.process.kill()

    def ask_to_stop(self) -> None:
        """SIGTERM, as an init system sends it."""
        assert self.process is not None
        self.process.terminate()

    def kill_in_chat_send(self, *parts: str) -> None:
        """Kill the bot when Twitch has taken a line with all these parts and has not answered yet."""

        async def on_send(phase: Literal["received", "answering"], text: str) -> None:
            if phase == "answering" and all(part in text for part in parts):
                self.stage.twitch.faults.on_send = None
                self.kill()
                await self.died()

        self.stage.twitch.faults.on_send = on_send

    def kill_in_post(self, *parts: str) -> None:
        """Kill the bot when Discord has taken a card with all these parts and has not answered yet."""

        async def on_message(phase: Literal["received", "answering"], told: Mapping[str, Any]) -> None:
            if phase == "answering" and all(part in str(told["body"]) for part in parts):
                self.stage.discord.faults.on_message = None
                self.kill()
                await self.died()

        self.stage.discord.faults.on_message = on_message

    def kill_in_callback(self) -> None:
        """Kill the bot when Discord has taken its answer to the next interaction and has not answered yet."""

        async def on_callback(phase: Literal["received", "answering"], _told: Mapping[str, Any]) -> None:
            if phase == "answering":
                self.stage.discord.faults.on_callback = None
                self.kill()
                await self.died()

        self.stage.discord.faults.on_callback = on_callback

    async def stop(self) -> None:
        if self.process is not None and self.process.exitcode is None:
            self.ask_to_stop()
            assert await self.died() == 0, f"no clean end:\n{self.log.read_text()}"

    def deliveries(self, message: ChatMessage) -> list[dict[str, Any]]:
        """Every EventSub frame that carried this chat message."""
        return [f for f in self.frames if f["payload"].get("event", {}).get("message_id") == message.id]

    def deliver_again(self, message: ChatMessage) -> None:
        """Twitch delivers a chat message once more, under the same EventSub message id."""
        told = self.deliveries(message)
        assert told, "the message was never delivered"
        listening = [s for s in self.stage.twitch.sessions.subscriptions() if s.type.name == "channel.chat.message"]
        assert listening, "nobody listens to chat"
        for subscription in listening:
            subscription.session.outlet.send(told[0])

    def press(self, name: str, key: str = "mug") -> Interaction:
        """A member of the server presses Claim on the newest card."""
        discord = self.stage.discord
        cards = [m for m in discord.messages("announcements") if any("claim" in b.custom_id for b in m.buttons)]
        return discord.press(self.member(name), cards[-1].id, f"md:claim:{key}")

    def use_claim_command(self, name: str) -> Interaction:
        """A member of the server types /claim."""
        return self.stage.discord.slash(self.member(name), "claim")

    def member(self, name: str) -> Member:
        """The member of that name, who joins when not there yet."""
        members = {member.name: member for member in self.stage.discord.guild.members.values()}
        return members.get(name) or self.stage.discord.add_member(name)

    async def quiet(self, seconds: float = 60.0) -> None:
        """Wait until everything is announced and everybody told, so that the lane has nothing left to note."""
        try:
            await until(lambda: not self.facts().owed, "nothing is left to say", seconds)
        except AssertionError as error:
            raise AssertionError(f"{error}; owed: {self.facts().owed}\n{self.log.read_text()}") from None

    async def open_on_cue(self) -> None:
        """The moderator opens the drop, and every place has said so."""
        await until(lambda: self.facts().drops["mug"]["announced_at"] is not None, "the drop is announced")
        self.say("mia", "!drop open mug")
        await self.hears("is open")
        await until(lambda: any(m.buttons for m in self.stage.discord.messages("announcements")), "a claim button")
        await self.quiet()

    def openings(self) -> tuple[int, int]:
        """How often chat and the announcements channel have heard that the drop is open."""
        cards = [s for s in self.seen("message") if s.place == "discord:#announcements"]
        claimable = [card for card in cards if "md:claim:mug" in str(card.data["buttons"])]
        return sum("is open" in line for line in self.chat), len(claimable)


@asynccontextmanager
async def night(
    folder: Path,
    drops: str,
    *,
    start: bool = True,
    pace: Mapping[str, str] = QUICK,
    busy_ms: int | None = None,
) -> AsyncIterator[Night]:
    """A stage that is live, a config around these drops, and the bot's first life; the last ends with the block."""
    nights: list[Night] = []
    async with Stage(clock=lambda: system_clock() + (nights[0].late_by if nights else 0)) as stage:
        environ = secrets_of(stage)
        file = folder / "config.toml"
        text = config_text(stage, folder / "ledger.sqlite", drops, platforms=("twitch", "discord"), pace=pace)
        file.write_text(text, "utf-8")
        # A first life that had to migrate would be the one that takes long.
        new_ledger_at(ledger_url(str(folder / "ledger.sqlite")))
        stage.twitch.go_live()
        # The three seconds of Discord are for the plays: here a machine that stands still for as long fails nobody.
        stage.discord.desk.deadline_seconds = PRESS_SECONDS
        tonight = Night(stage, folder, load_config(file, environ), environ, busy_ms=busy_ms)
        nights.append(tonight)
        stage.twitch.frame_listeners.append(tonight.frames.append)
        try:
            if start:
                await tonight.start()
            yield tonight
            await tonight.stop()
        finally:
            if tonight.process is not None and tonight.process.exitcode is None:
                tonight.kill()
                await tonight.died()
    tonight.assert_no_traceback()
    strange = [s.text for s in stage.record.seen if s.kind == "not-imitated"]
    assert strange == [], "the stage was asked for what it does not imitate"


def in_seconds(seconds: float) -> tuple[str, int]:
    """A whole second that far ahead: as config.toml writes it (UTC), and in microseconds."""
    at = int(time.time() + seconds)
    return time.strftime("%Y-%m-%d %H:%M:%S", time.gmtime(at)), at * 1_000_000
