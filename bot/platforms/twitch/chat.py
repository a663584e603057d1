"""Says lines in Twitch chat: in order of urgency, within the budget, and never twice by mistake."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

import aiohttp
import structlog
import twitchio

from bot.domain.announcing import Priority
from bot.platforms.hooks import Probe, no_probe
from bot.platforms.twitch.bot import TwitchBot
from bot.platforms.twitch.lines import fit_line
from bot.platforms.twitch.own_lines import OwnLines
from bot.platforms.twitch.refusals import RETRY_SECONDS, line_refused, request_failed, says_too_fast
from bot.platforms.twitch.settings import TwitchSettings
from bot.platforms.twitch.turns import Turns
from bot.services.ports import PlaceDown, SendRefused

log = structlog.stdlib.get_logger(__name__)


class TwitchChat:
    """The sender behind ports.ChatSender. `bot` gives the client of the moment, None between two of them."""

    def __init__(
        self,
        settings: TwitchSettings,
        bot: Callable[[], TwitchBot | None],
        own_lines: OwnLines,
        *,
        probe: Probe = no_probe,
    ) -> None:
        self._settings = settings
        self._bot = bot
        self._own_lines = own_lines
        self._probe = probe
        self._turns = Turns(settings.lines_per_window(as_moderator=False), settings.budget_window)
        self._forbidden = False

    @property
    def lines_ready(self) -> int:
        self._turns.allow(self._settings.lines_per_window(as_moderator=self._own_lines.as_moderator))
        return self._turns.ready

    async def say(self, text: str, *, priority: Priority = Priority.ANSWER) -> str:
        """Send one line and return its message id; see ports.ChatSender."""
        line = fit_line(text)
        if not line:
            raise SendRefused("there is nothing to say")
        self._connected_bot()
        async with self._turns.turn(priority):
            bot = self._connected_bot()
            with self._own_lines.sending(line):
                return await self._send(bot, line)

    def _connected_bot(self) -> TwitchBot:
        bot = self._bot()
        # While we are deaf nobody could answer what we say, so it waits.
        if bot is None or not bot.connected:
            raise PlaceDown("not connected to Twitch chat")
        return bot

    async def _send(self, bot: TwitchBot, line: str) -> str:
        self._probe("twitch.send.before")
        channel = bot.create_partialuser(self._settings.channel_id)
        try:
            async with asyncio.timeout(self._settings.request_timeout):
                sent = await channel.send_message(line, sender=bot.bot_id, token_for=bot.bot_id)
        except twitchio.MessageRejectedError as error:
            self._own_lines.dropped(line)
            raise self._refusal(error.code or "unknown", error.message or "") from None
        except twitchio.HTTPException as error:
            # Its text holds the address with all parameters, so only the status goes on.
            raise self._failure(error.status, line) from None
        except (aiohttp.ClientError, TimeoutError, RuntimeError) as error:
            # RuntimeError: the client was closed while the library waited to try again.
            raise PlaceDown(f"Twitch did not answer ({type(error).__name__})") from None
        if not sent.sent:
            self._own_lines.dropped(line)
            raise SendRefused("Twitch has not sent the line, and gives no reason")
        self._own_lines.sent(line, sent.id)
        self._forbidden = False
        self._probe("twitch.send.after")
        return sent.id

    def _refusal(self, code: str, message: str) -> SendRefused:
        log.warning("twitch.line-dropped", code=code)
        if says_too_fast(code):
            self._turns.pause(RETRY_SECONDS)
        return line_refused(code, message)

    def _failure(self, status: int, line: str) -> Exception:
        if status < 500:
            self._own_lines.dropped(line)
        if status == 429:
            self._turns.pause(RETRY_SECONDS)
        if status == 403 and not self._forbidden:
            # Once, and not with each of the tries that follow: only a person can mend it.
            self._forbidden = True
            log.error("twitch.may-not-talk", cure="see that the bot is not banned, and make it a moderator")
        return request_failed(status)
