"""What Twitch's refusals of a chat line mean: not now, never, or that it stands there already."""

from __future__ import annotations

from bot.services.ports import PlaceDown, SendRefused

RETRY_SECONDS = 30.0
# The answers that are about the line itself; of any other the next line would get the same.
_ABOUT_THE_LINE = (400, 422)
# Codes that mean "not now". Twitch adds and renames codes; one we do not know means "not this line".
_NOT_NOW = ("duplicate", "ratelimit", "rate_limit", "slow", "timedout", "timed_out")


def line_refused(code: str, message: str) -> SendRefused:
    """Twitch took the request and dropped the line, with the reason's code."""
    is_later = any(part in code for part in _NOT_NOW)
    return SendRefused(
        f"{code}: {message}".rstrip(": "),
        RETRY_SECONDS if is_later else None,
        repeats="duplicate" in code,
    )


def says_too_fast(code: str) -> bool:
    """Whether a dropped line means that no line should follow for a while."""
    return "rate" in code


def request_failed(status: int) -> Exception:
    """Twitch answered the request itself with this HTTP status.

    A bot that may not talk (403: banned, or its rights were taken) is like one without a connection: what it has to
    say is kept, since somebody waits for it, and said once it may talk again."""
    if status == 429:
        return SendRefused("too many lines", RETRY_SECONDS)
    if status in _ABOUT_THE_LINE:
        return SendRefused(f"Twitch answers {status}")
    return PlaceDown(f"Twitch answers {status}")
