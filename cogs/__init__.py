"""Floor 3: what people type and press, both platforms of one feature in one file; translators, nothing more."""

from __future__ import annotations

from bot.platforms.discord.bot import DiscordBot
from bot.platforms.twitch.bot import TwitchBot
from bot.services.services import Services
from cogs import claims, control, drops, help, reminders
from cogs.commands import ChatCommands, CommandNames


def install_all_twitch(bot: TwitchBot, services: Services, names: CommandNames) -> None:
    """Put every chat command on a fresh Twitch client."""
    chat = ChatCommands(bot, names)
    for feature in (claims, drops, control, help):
        feature.install_twitch(chat, services)


def install_all_discord(bot: DiscordBot, services: Services) -> None:
    """Put every slash command and button on a fresh Discord client."""
    steering = control.steering_group(services)
    claims.install_discord(bot, services)
    drops.install_discord(bot, services, steering)
    control.install_discord(bot, services, steering)
    help.install_discord(bot, services)
    reminders.install_discord(bot, services)
    bot.tree.add_command(steering)
