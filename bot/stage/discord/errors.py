"""What goes wrong on the local Discord: answers with the platform's codes, and mistakes of whoever drives it."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any


class StageError(Exception):
    """The caller asked for something the Discord client would not offer to that member."""


class InteractionFailed(Exception):
    """The member saw "This interaction failed": no answer came within the platform's deadline."""


class ApiError(Exception):
    """An answer in the platform's error shape: HTTP status, Discord's own code, message and field errors."""

    def __init__(self, status: int, code: int, message: str, errors: dict[str, Any] | None = None) -> None:
        super().__init__(f"{status} {code}: {message}")
        self.status = status
        self.code = code
        self.message = message
        self.errors = errors

    def body(self) -> dict[str, Any]:
        body: dict[str, Any] = {"message": self.message, "code": self.code}
        if self.errors:
            body["errors"] = self.errors
        return body


class FormErrors:
    """Collects what is wrong with a request body, so that one answer names every field."""

    def __init__(self) -> None:
        self._tree: dict[str, Any] = {}

    def add(self, path: Sequence[str | int], code: str, message: str) -> None:
        node = self._tree
        for step in path:
            node = node.setdefault(str(step), {})
        node.setdefault("_errors", []).append({"code": code, "message": message})

    def require(self, present: bool, path: Sequence[str | int]) -> bool:
        if not present:
            self.add(path, "BASE_TYPE_REQUIRED", "This field is required")
        return present

    def length(self, value: object, least: int, most: int, path: Sequence[str | int]) -> None:
        """Check a text's length in characters; None is somebody else's concern."""
        if value is None:
            return
        if not isinstance(value, str):
            self.add(path, "STRING_TYPE_CONVERT", f'Could not interpret "{value}" as string.')
        elif (least and len(value) > most) or len(value) < least:
            self.add(path, "BASE_TYPE_BAD_LENGTH", f"Must be between {least} and {most} in length.")
        elif len(value) > most:
            self.add(path, "BASE_TYPE_MAX_LENGTH", f"Must be {most} or fewer in length.")

    def count(self, values: object, least: int, most: int, path: Sequence[str | int]) -> None:
        """Check how many items a list holds."""
        if not isinstance(values, list):
            self.add(path, "LIST_TYPE_CONVERT", "Only iterables may be used in a ListType")
        elif least and not least <= len(values) <= most:
            self.add(path, "BASE_TYPE_BAD_LENGTH", f"Must be between {least} and {most} in length.")
        elif len(values) > most:
            self.add(path, "BASE_TYPE_MAX_LENGTH", f"Must be {most} or fewer in length.")

    def whole(self, value: object, least: int, most: int, path: Sequence[str | int]) -> None:
        """Check a whole number, cut off after the point as the platform does; None is somebody else's concern."""
        if value is None:
            return
        if not isinstance(value, int | float) or isinstance(value, bool):
            self.add(path, "NUMBER_TYPE_COERCE", f'Value "{value}" is not int.')
        elif int(value) < least:
            self.add(path, "NUMBER_TYPE_MIN", f"int value should be greater than or equal to {least}.")
        elif int(value) > most:
            self.add(path, "NUMBER_TYPE_MAX", f"int value should be less than or equal to {most}.")

    def url(self, value: object, path: Sequence[str | int]) -> None:
        """Check that an address is one of the web, or of a file of the message; None is somebody else's concern."""
        if value is None:
            return
        scheme, found, _ = str(value).partition("://")
        if not found:
            self.add(path, "URL_TYPE_INVALID_URL", "Not a well formed URL.")
        elif scheme.lower() not in ("http", "https", "attachment"):
            told = f"Scheme \"{scheme}\" is not supported. Scheme must be one of ('http', 'https')."
            self.add(path, "URL_TYPE_INVALID_SCHEME", told)

    def choice(self, value: object, allowed: Sequence[object], path: Sequence[str | int]) -> bool:
        """Check that a value is one of a few."""
        if value not in allowed:
            told = ", ".join(str(each) for each in allowed)
            self.add(path, "BASE_TYPE_CHOICES", f"Value must be one of ({told}).")
        return value in allowed

    def as_error(self) -> ApiError:
        return ApiError(400, 50035, "Invalid Form Body", self._tree)

    def raise_if_any(self) -> None:
        if self._tree:
            raise self.as_error()


class TooMany(ApiError):
    """A 429: the client is to wait `retry_after` seconds. `scope` is user, global or shared."""

    def __init__(self, retry_after: float, *, code: int = 0, message: str = "", scope: str = "user") -> None:
        super().__init__(429, code, message or "You are being rate limited.")
        self.retry_after = retry_after
        self.scope = scope

    def body(self) -> dict[str, Any]:
        told = {"retry_after": self.retry_after, "global": self.scope == "global"}
        return {"message": self.message, **told, "code": self.code}

    def headers(self) -> dict[str, str]:
        # Without Via discord.py believes it was banned by a proxy and does not try again.
        told = {
            "Via": "1.1 google",
            "Retry-After": str(math.ceil(self.retry_after)),
            "X-RateLimit-Scope": self.scope,
        }
        return told | ({"X-RateLimit-Global": "true"} if self.scope == "global" else {})


def invalid(path: Sequence[str | int], code: str, message: str) -> ApiError:
    """One thing wrong with a request body, or with a parameter."""
    wrong = FormErrors()
    wrong.add(path, code, message)
    return wrong.as_error()


def unauthorized() -> ApiError:
    return ApiError(401, 0, "401: Unauthorized")


def unknown_channel() -> ApiError:
    return ApiError(404, 10003, "Unknown Channel")


def unknown_guild() -> ApiError:
    return ApiError(404, 10004, "Unknown Guild")


def unknown_member() -> ApiError:
    return ApiError(404, 10007, "Unknown Member")


def unknown_message() -> ApiError:
    return ApiError(404, 10008, "Unknown Message")


def unknown_role() -> ApiError:
    return ApiError(404, 10011, "Unknown Role")


def unknown_user() -> ApiError:
    return ApiError(404, 10013, "Unknown User")


def unknown_emoji() -> ApiError:
    return ApiError(400, 10014, "Unknown Emoji")


def unknown_webhook() -> ApiError:
    return ApiError(404, 10015, "Unknown Webhook")


def unknown_interaction() -> ApiError:
    return ApiError(404, 10062, "Unknown interaction")


def unknown_command() -> ApiError:
    return ApiError(404, 10063, "Unknown application command")


def unknown_poll_answer() -> ApiError:
    return invalid(("answer_id",), "POLL_ANSWER_NOT_FOUND", "There is no such answer in this poll")


def unknown_event() -> ApiError:
    return ApiError(404, 10070, "Unknown Guild Scheduled Event")


def too_many_things(code: int, what: str, most: int) -> ApiError:
    return ApiError(400, code, f"Maximum number of {what} reached ({most})")


def already_acknowledged() -> ApiError:
    return ApiError(400, 40060, "Interaction has already been acknowledged.")


def missing_access() -> ApiError:
    return ApiError(403, 50001, "Missing Access")


def foreign_message() -> ApiError:
    return ApiError(403, 50005, "Cannot edit a message authored by another user")


def empty_message() -> ApiError:
    return ApiError(400, 50006, "Cannot send an empty message")


def closed_to_direct_messages() -> ApiError:
    return ApiError(403, 50007, "Cannot send messages to this user")


def webhook_token_expired() -> ApiError:
    return ApiError(401, 50027, "Invalid Webhook Token")


def wrong_channel_type() -> ApiError:
    return ApiError(400, 50024, "Cannot execute action on this channel type")


def thread_is_archived() -> ApiError:
    return ApiError(400, 50083, "Thread is archived")


def thread_exists() -> ApiError:
    return ApiError(400, 160004, "A thread has already been created for this message")


def poll_cannot_be_edited() -> ApiError:
    return ApiError(400, 520003, "Cannot edit a poll message")


def no_poll_to_expire() -> ApiError:
    return ApiError(400, 520006, "Cannot expire a non-poll message")


def poll_expired() -> ApiError:
    return ApiError(400, 520001, "Poll expired")


def missing_permissions() -> ApiError:
    return ApiError(403, 50013, "Missing Permissions")


def not_imitated(method: str, path: str) -> ApiError:
    """No catch-all 200: an endpoint nobody built must be noticed."""
    return ApiError(501, 0, f"The stage does not imitate {method} {path}")
