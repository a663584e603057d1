"""Puts every command and button on a fresh client."""

from __future__ import annotations

from bot.platforms.discord.bot import DiscordBot
from bot.platforms.twitch.bot import TwitchBot
from bot.services.services import Services
from cogs import (
    can,
    claims,
    codes,
    control,
    drops,
    help,
    linking,
    moving,
    nights,
    passes,
    polls,
    privacy,
    proof,
    reminders,
    voiding,
    votes,
    who,
)
from cogs.commands import ChatCommands
from cogs.dialogues.chat import answer_in_chat
from cogs.names import CommandNames


def install_all_twitch(bot: TwitchBot, services: Services, names: CommandNames) -> None:
    """Put every chat command on a fresh Twitch client."""
    commands = ChatCommands(bot, names)
    answer_in_chat(commands, services)
    bot.overhear = commands.overhear
    bot.talk = commands.talk


def install_all_discord(bot: DiscordBot, services: Services) -> None:
    """Put every slash command and button on a fresh Discord client."""
    steering = control.steering_group(services)
    claims.install_discord(bot, services)
    can.install_discord(bot, services)
    drops.install_discord(bot, services, steering)
    control.install_discord(bot, services, steering)
    moving.install_discord(services, steering)
    codes.install_discord(bot, services, steering)
    voiding.install_discord(services, steering)
    polls.install_discord(bot, services)
    votes.install_discord(bot, services)
    passes.install_discord(bot, services)
    nights.install_discord(bot, services)
    help.install_discord(bot, services)
    reminders.install_discord(bot, services)
    linking.install_discord(bot, services)
    privacy.install_discord(bot, services)
    proof.install_discord(bot, services)
    who.install_discord(services, steering)
    bot.tree.add_command(steering)
