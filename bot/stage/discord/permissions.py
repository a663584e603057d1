"""Discord's permission bits and how roles and channel overwrites add up to what a member may do."""

from __future__ import annotations

from collections.abc import Iterable
from enum import IntFlag


class Permission(IntFlag):
    """The bits the stage decides on; numbers are Discord's."""

    ADMINISTRATOR = 1 << 3
    MANAGE_GUILD = 1 << 5
    ADD_REACTIONS = 1 << 6
    VIEW_CHANNEL = 1 << 10
    SEND_MESSAGES = 1 << 11
    MANAGE_MESSAGES = 1 << 13
    EMBED_LINKS = 1 << 14
    ATTACH_FILES = 1 << 15
    READ_MESSAGE_HISTORY = 1 << 16
    MENTION_EVERYONE = 1 << 17
    USE_EXTERNAL_EMOJIS = 1 << 18
    MANAGE_ROLES = 1 << 28
    USE_APPLICATION_COMMANDS = 1 << 31
    MANAGE_EVENTS = 1 << 33
    MANAGE_THREADS = 1 << 34
    CREATE_PUBLIC_THREADS = 1 << 35
    CREATE_PRIVATE_THREADS = 1 << 36
    SEND_MESSAGES_IN_THREADS = 1 << 38
    CREATE_EVENTS = 1 << 44
    SEND_POLLS = 1 << 49
    PIN_MESSAGES = 1 << 51


ALL = (1 << 53) - 1
EVERYONE = (
    Permission.VIEW_CHANNEL
    | Permission.SEND_MESSAGES
    | Permission.READ_MESSAGE_HISTORY
    | Permission.ADD_REACTIONS
    | Permission.EMBED_LINKS
    | Permission.USE_APPLICATION_COMMANDS
    | Permission.CREATE_PUBLIC_THREADS
    | Permission.SEND_MESSAGES_IN_THREADS
    | Permission.SEND_POLLS
)
BOT = (
    EVERYONE
    | Permission.ATTACH_FILES
    | Permission.MANAGE_MESSAGES
    | Permission.MANAGE_ROLES
    | Permission.USE_EXTERNAL_EMOJIS
    | Permission.PIN_MESSAGES
    | Permission.MANAGE_EVENTS
    | Permission.MANAGE_THREADS
    | Permission.CREATE_PRIVATE_THREADS
    | Permission.CREATE_EVENTS
)
# What both sides may do in a direct message, whatever their roles in the server.
DIRECT = (
    Permission.VIEW_CHANNEL
    | Permission.SEND_MESSAGES
    | Permission.READ_MESSAGE_HISTORY
    | Permission.ADD_REACTIONS
    | Permission.EMBED_LINKS
    | Permission.SEND_POLLS
    | Permission.PIN_MESSAGES
)


def in_guild(everyone: int, roles: Iterable[int]) -> int:
    """What a member may do before any channel has its say."""
    total = everyone
    for role in roles:
        total |= role
    return ALL if total & Permission.ADMINISTRATOR else total


def in_channel(
    base: int, everyone: tuple[int, int], roles: Iterable[tuple[int, int]], member: tuple[int, int]
) -> int:
    """Apply overwrites, each (allow, deny), in the platform's order: everyone, roles together, the member."""
    if base & Permission.ADMINISTRATOR:
        return ALL
    allow, deny = everyone
    total = base & ~deny | allow
    allowed = denied = 0
    for allow, deny in roles:
        allowed |= allow
        denied |= deny
    total = total & ~denied | allowed
    allow, deny = member
    total = total & ~deny | allow
    # Who cannot see a channel can do nothing in it.
    return total if total & Permission.VIEW_CHANNEL else 0
