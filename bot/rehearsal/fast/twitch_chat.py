"""Chat as the bot speaks in it without a client: the local Twitch's own rules, errors and planned faults."""

from __future__ import annotations

from collections.abc import Callable

from bot.domain.announcing import Priority
from bot.platforms.twitch.lines import fit_line
from bot.platforms.twitch.refusals import RETRY_SECONDS, line_refused, request_failed, says_too_fast
from bot.platforms.twitch.settings import TwitchSettings
from bot.platforms.twitch.turns import Turns
from bot.rehearsal.fast.network import Network
from bot.services.ports import PlaceDown, SendRefused
from bot.stage.twitch.model import Dropped, Problem
from bot.stage.twitch.world import TOKEN_SECONDS, TwitchWorld

_PATH = "/helix/chat/messages"


class QuickChat:
    """The sender behind ports.ChatSender. `connected` tells whether chat is heard now; `own` collects the ids of
    what was sent."""

    def __init__(
        self, world: TwitchWorld, network: Network, settings: TwitchSettings, connected: Callable[[], bool]
    ) -> None:
        self._world = world
        self._network = network
        self._settings = settings
        self._connected = connected
        self.own: set[str] = set()
        self.as_moderator = False
        self._turns = Turns(settings.lines_per_window(as_moderator=False), settings.budget_window)

    @property
    def lines_ready(self) -> int:
        self._turns.allow(self._settings.lines_per_window(as_moderator=self.as_moderator))
        return self._turns.ready

    async def say(self, text: str, *, priority: Priority = Priority.ANSWER) -> str:
        """Send one line and return its message id; see ports.ChatSender."""
        line = fit_line(text)
        if not line:
            raise SendRefused("there is nothing to say")
        self._check_connection()
        async with self._turns.turn(priority):
            self._check_connection()
            return await self._send(line)

    def _check_connection(self) -> None:
        if not self._connected():
            raise PlaceDown("not connected to Twitch chat")

    async def _send(self, line: str) -> str:
        faults = self._world.faults
        await self._network.trip(faults.take_delay("POST", _PATH))
        planned = faults.take_answer("POST", _PATH)
        if planned is not None and not planned.after_effect:
            raise self._failed(planned.status)
        await self._renew_login()
        said = self._world.send(self._world.bot, line)
        if not isinstance(said, Dropped):
            self.own.add(said.id)  # its echo is on its way already
        if planned is not None:
            raise self._failed(planned.status)
        await self._network.trip()
        if isinstance(said, Dropped):
            if says_too_fast(said.reason):
                self._turns.pause(RETRY_SECONDS)
            raise line_refused(said.reason, said.reason.sentence)
        return said.id

    def _failed(self, status: int) -> Exception:
        if status == 429:
            self._turns.pause(RETRY_SECONDS)
        return request_failed(status)

    async def _renew_login(self) -> None:
        """Raises PlaceDown when Twitch does not renew it."""
        logins = [token for token in self._world.tokens if token.user is self._world.bot and not token.revoked]
        if any(self._world.tokens.find(login.access) is not None for login in logins):
            return
        await self._network.trip()
        try:
            self._world.tokens.refresh(logins[-1].refresh or "" if logins else "", TOKEN_SECONDS)
        except Problem as problem:
            raise PlaceDown(f"the login is not renewed: {problem.message}") from None
        await self._network.trip()
