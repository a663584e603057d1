"""Gives the people of the crowd what they have long had when a play begins: nobody is told of it tonight."""

from __future__ import annotations

from bot.stage.crowd.acts import NOTHING_SPECIAL, Person
from bot.stage.discord.guild import Member
from bot.stage.discord.world import DiscordWorld
from bot.stage.record import SECOND
from bot.stage.twitch.model import PaidSubscription, TwitchUser
from bot.stage.twitch.world import TwitchWorld

_DAY = 86_400 * SECOND


def dress_viewer(world: TwitchWorld, user: TwitchUser, person: Person) -> None:
    """Badges, subscription and follow on Twitch."""
    user.badges.update(person.badges)
    if person.tier:
        world.paid[user] = PaidSubscription(user, person.tier, is_gift=person.standing.gifted)
        if "founder" not in person.badges:
            user.badges.add("subscriber")
    if person.standing.follows_days is not None:
        world.followers[user] = world.clock() - person.standing.follows_days * _DAY
    if person.badges or person.tier or person.standing != NOTHING_SPECIAL:
        world.note_standing(user, "is known")


def dress_member(world: DiscordWorld, member: Member, person: Person) -> None:
    """Roles, boost and the day of joining on Discord."""
    standing = person.standing
    if standing == NOTHING_SPECIAL:
        return
    member.joined_at -= standing.joined_days * _DAY
    if standing.boosts:
        world.boost(member)
    for name in standing.roles:
        member.role_ids.add(world.roles.named(name).id)
    world.note_standing(member, "is known")
