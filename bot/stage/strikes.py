"""The faults of both platforms by name: how each begins, how much it struck, and how it ends."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from bot.stage.discord.world import DiscordWorld
from bot.stage.twitch.world import TwitchWorld

Options = Mapping[str, Any]
_EVER = 1_000_000
_HTML = "<html><head><title>{0}</title></head><body><h1>{0}</h1><hr>a proxy</body></html>"
_TOKEN_REFUSED = "Invalid OAuth token"


def _nothing() -> None:
    return None


def _none() -> int:
    return 0


@dataclass(frozen=True, slots=True)
class Strike:
    """A fault that is on. `struck` counts what it hit so far (lines, requests, presses or sockets), `over` says
    whether one that is not measured in seconds has hit all that it was meant for."""

    struck: Callable[[], int] = _none
    end: Callable[[], None] = _nothing
    over: Callable[[], bool] = lambda: True


# Twitch


def duplicate(world: TwitchWorld, options: Options, _: float) -> Strike:
    world.faults.strikes = viewers_lines(world)
    world.faults.duplicate_next(2, times=options["times"])
    return _counted(options["times"], lambda: world.faults.copies_planned)


def redeliver(world: TwitchWorld, options: Options, _: float) -> Strike:
    world.faults.strikes = viewers_lines(world)
    world.faults.redeliver_as_new(2, times=options["times"])
    return _counted(options["times"], lambda: world.faults.retellings_planned)


def lose(world: TwitchWorld, options: Options, _: float) -> Strike:
    world.faults.strikes = viewers_lines(world)
    world.faults.lose_next(options["times"])
    return _counted(options["times"], lambda: world.faults.losses_planned, end=world.faults.forget_deliveries)


def viewers_lines(world: TwitchWorld) -> Callable[[str, Mapping[str, Any]], bool]:
    """Only what people type: the bot's own lines come back to it as ever."""
    return lambda name, event: name == "channel.chat.message" and event.get("chatter_user_id") != world.bot.id


def reorder(world: TwitchWorld, _: Options, _seconds: float) -> Strike:
    held: list[Callable[[], None]] = []
    world.faults.on_delivery = held.append
    count = 0

    def end() -> None:
        nonlocal count
        world.faults.on_delivery = None
        count = len(held)
        random.Random(count).shuffle(held)
        for send in held:
            send()
        held.clear()

    return Strike(lambda: count or len(held), end)


def delay(world: TwitchWorld, options: Options, _: float) -> Strike:
    loop, count = asyncio.get_running_loop(), 0

    def later(send: Callable[[], None]) -> None:
        nonlocal count
        count += 1
        loop.call_later(options["by"], send)

    def end() -> None:
        world.faults.on_delivery = None

    world.faults.on_delivery = later
    return Strike(lambda: count, end)


def close(world: TwitchWorld, options: Options, _: float) -> Strike:
    sockets = len(world.sessions)
    world.faults.close_sockets(options["code"])
    return Strike(lambda: sockets)


def reset(world: TwitchWorld, _: Options, _seconds: float) -> Strike:
    sockets = len(world.sessions)
    world.faults.drop_tcp()
    return Strike(lambda: sockets)


def no_welcome(world: TwitchWorld, _: Options, seconds: float) -> Strike:
    """Whoever comes back at once is welcomed when it is over."""
    sockets = len(world.sessions)
    world.faults.no_welcome(seconds)
    world.faults.close_sockets(4000)
    return Strike(lambda: sockets, lambda: world.faults.no_welcome(0))


def silence(world: TwitchWorld, _: Options, _seconds: float) -> Strike:
    sockets = len(world.sessions)
    world.faults.silence()
    return Strike(lambda: sockets, lambda: world.faults.silence(False))


def reconnect(world: TwitchWorld, _: Options, _seconds: float) -> Strike:
    sockets = len(world.sessions)
    world.faults.reconnect()
    return Strike(lambda: sockets)


def refuse(world: TwitchWorld, options: Options, _: float) -> Strike:
    status = options["status"]
    message = _TOKEN_REFUSED if status == 401 else "a planned fault"
    body = {"error": "refused", "status": status, "message": message}
    planned = world.faults.fail_next("POST", "/helix/chat/messages", status, times=_EVER, body=body)
    return Strike(lambda: _EVER - planned.times, lambda: world.faults.forget(planned))


def answer_with_a_page(world: TwitchWorld, options: Options, _: float) -> Strike:
    status = options["status"]
    page = _HTML.format(f"{status} Service Temporarily Unavailable")
    planned = world.faults.fail_next("*", "/helix/", status, times=_EVER, body=page, content_type="text/html")
    return Strike(lambda: _EVER - planned.times, lambda: world.faults.forget(planned))


def revoke(world: TwitchWorld, _: Options, _seconds: float) -> Strike:
    old = [token for token in world.tokens if token.user is world.bot and not token.revoked]
    for token in old:
        world.tokens.expire(token)
    return Strike(lambda: len(old))


# Discord


def gone(world: DiscordWorld, _: Options, _seconds: float) -> Strike:
    sockets = len(world.sessions.outlets)
    world.faults.outage(True)
    return Strike(lambda: sockets, lambda: world.faults.outage(False))


def close_gateway(world: DiscordWorld, options: Options, _: float) -> Strike:
    sockets = len(world.sessions.outlets)
    world.faults.close_gateway(options["code"])
    return Strike(lambda: sockets)


def reset_gateway(world: DiscordWorld, _: Options, _seconds: float) -> Strike:
    sockets = len(world.sessions.outlets)
    world.faults.drop_gateway()
    return Strike(lambda: sockets)


def silence_gateway(world: DiscordWorld, _: Options, _seconds: float) -> Strike:
    """Whoever comes meanwhile is never greeted, so their socket is cut when it is over: they come again."""
    there = set(world.sessions.outlets)
    world.faults.silence(True)

    def end() -> None:
        world.faults.silence(False)
        for outlet in world.sessions.outlets - there:
            outlet.abort()

    return Strike(lambda: len(there), end)


def duplicate_presses(world: DiscordWorld, options: Options, _: float) -> Strike:
    for _number in range(options["times"]):
        world.faults.duplicate_next(2)
    return _counted(options["times"], lambda: world.faults.duplicates_planned)


def refuse_messages(world: DiscordWorld, options: Options, seconds: float) -> Strike:
    """What the bot posts and edits in channels; answers to presses have three seconds and no second try."""
    status = options["status"]
    if status == 429:
        return limit(world, {"by": 1.0}, seconds)
    planned = world.faults.fail_next("*", "/channels/", status, times=_EVER)
    return Strike(lambda: _EVER - planned.times, lambda: world.faults.forget(planned))


def limit(world: DiscordWorld, options: Options, _seconds: float) -> Strike:
    planned = world.faults.rate_limit_next("*", "/channels/", options["by"], times=_EVER)
    return Strike(lambda: _EVER - planned.times, lambda: world.faults.forget(planned))


def lose_answers(world: DiscordWorld, options: Options, _: float) -> Strike:
    planned = world.faults.lose_answer_next("POST", "/interactions/", times=options["times"])
    return _counted(options["times"], lambda: planned.times, end=lambda: world.faults.forget(planned))


def _counted(times: int, left: Callable[[], int], end: Callable[[], None] = _nothing) -> Strike:
    return Strike(lambda: times - left(), end, lambda: left() <= 0)


ON_TWITCH: Mapping[str, Callable[[TwitchWorld, Options, float], Strike]] = {
    "twitch-duplicate": duplicate,
    "twitch-redeliver": redeliver,
    "twitch-reorder": reorder,
    "twitch-delay": delay,
    "twitch-lose": lose,
    "twitch-close": close,
    "twitch-reset": reset,
    "twitch-no-welcome": no_welcome,
    "twitch-silence": silence,
    "twitch-reconnect": reconnect,
    "twitch-errors": refuse,
    "twitch-html": answer_with_a_page,
    "twitch-revoked": revoke,
}
ON_DISCORD: Mapping[str, Callable[[DiscordWorld, Options, float], Strike]] = {
    "discord-gone": gone,
    "discord-close": close_gateway,
    "discord-reset": reset_gateway,
    "discord-silence": silence_gateway,
    "discord-duplicate": duplicate_presses,
    "discord-errors": refuse_messages,
    "discord-limited": limit,
    "discord-lost-answer": lose_answers,
}
