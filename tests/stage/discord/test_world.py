"""The pure parts of the local Discord: ids, permissions, members; no socket is opened."""

from __future__ import annotations

import pytest

from bot.stage.discord import permissions
from bot.stage.discord.errors import StageError
from bot.stage.discord.permissions import Permission
from bot.stage.discord.ratelimits import Limit, RateLimits
from bot.stage.discord.snowflakes import Snowflakes, created_at, iso
from bot.stage.discord.world import DiscordWorld

NOON = 1_780_315_200_000_000  # 2026-06-01T12:00:00Z

SEE, SEND = int(Permission.VIEW_CHANNEL), int(Permission.SEND_MESSAGES)
NOTHING = (0, 0)


def test_ids_grow_and_tell_their_moment() -> None:
    ids = Snowflakes(lambda: NOON)
    given = [ids.next() for _ in range(1000)]
    assert given == sorted(set(given), key=int)
    assert {created_at(each) for each in given} == {NOON}
    assert iso(NOON + 1) == "2026-06-01T12:00:00.000001+00:00"


@pytest.mark.parametrize(
    ("base", "everyone", "roles", "member", "expected"),
    [
        (SEE | SEND, NOTHING, [], NOTHING, SEE | SEND),
        (SEE | SEND, (0, SEND), [], NOTHING, SEE),
        (SEE | SEND, (0, SEE), [], NOTHING, 0),
        (SEE | SEND, (0, SEE), [(SEE, 0)], NOTHING, SEE | SEND),
        (SEE | SEND, NOTHING, [(0, SEND), (SEND, 0)], NOTHING, SEE | SEND),
        (SEE | SEND, NOTHING, [(SEND, 0)], (0, SEND), SEE),
        (int(Permission.ADMINISTRATOR), (0, SEE), [], (0, SEE), permissions.ALL),
    ],
)
def test_overwrites_count_in_the_platforms_order(
    base: int, everyone: tuple[int, int], roles: list[tuple[int, int]], member: tuple[int, int], expected: int
) -> None:
    assert permissions.in_channel(base, everyone, roles, member) == expected


@pytest.mark.parametrize(
    ("who", "channel", "sees", "speaks"),
    [
        ("ann", "lounge", True, True),
        ("ann", "announcements", True, False),
        ("ann", "moderators", False, False),
        ("mod_mia", "moderators", True, True),
        ("Microdrops", "announcements", True, True),
        ("Microdrops", "moderators", True, True),
        ("teapot", "moderators", True, True),
    ],
)
def test_the_seeded_server_lets_everyone_in_where_they_belong(
    world: DiscordWorld, who: str, channel: str, sees: bool, speaks: bool
) -> None:
    world.add_member("ann")
    held = world.guild.permissions_of(world.member(who), world.channel(channel))
    assert (bool(held & SEE), bool(held & SEND)) == (sees, speaks)


def test_a_moderator_may_manage_messages(world: DiscordWorld) -> None:
    assert world.member("mod_mia").permissions & Permission.MANAGE_MESSAGES
    assert not world.add_member("ann").permissions & Permission.MANAGE_MESSAGES


def test_the_platform_waits_three_seconds(world: DiscordWorld) -> None:
    assert world.desk.deadline_seconds == 3.0


def test_a_member_joins_once(world: DiscordWorld) -> None:
    ann = world.add_member("ann", roles=["drop-reminders"])
    assert [role.name for role in ann.roles] == ["drop-reminders"]
    with pytest.raises(StageError, match="already"):
        world.add_member("ann again", user_id=ann.id)


def test_what_does_not_exist_is_named(world: DiscordWorld) -> None:
    for look_up in (world.channel, world.role, world.member):
        with pytest.raises(StageError, match="kitchen"):
            look_up("kitchen")


def test_the_description_names_all_a_client_needs(world: DiscordWorld) -> None:
    told = world.describe()
    assert told["token"] == world.bot_token
    assert set(told["channels"]) == {"announcements", "moderators", "lounge"}
    assert set(told["roles"]) == {"@everyone", "drop-reminders", "moderator", "Microdrops"}
    assert set(told["members"]) == {"teapot", "mod_mia", "Microdrops"}


def test_a_limit_opens_again_when_its_window_ends() -> None:
    moment = [NOON]
    limits = RateLimits(lambda: moment[0])
    waits = [limits.take("b", "1", Limit(2, 5.0)).retry_after for _ in range(3)]
    assert waits == [None, None, 5.0]
    moment[0] += 5_000_000
    assert limits.take("b", "1", Limit(2, 5.0)).retry_after is None
