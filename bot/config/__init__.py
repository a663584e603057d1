"""config.toml: read, checked and handed down as plain values."""

from bot.config.drops import DropTable
from bot.config.load import Config, load_config
from bot.config.mistakes import ConfigError, Mistake
from bot.config.sections import (
    ChannelSection,
    CommandsSection,
    DiscordSection,
    EndpointsSection,
    LedgerSection,
    TwitchSection,
)
from bot.config.values import SecretsMode
from bot.config.wording import Placeholders, check_wording

__all__ = [
    "ChannelSection",
    "CommandsSection",
    "Config",
    "ConfigError",
    "DiscordSection",
    "DropTable",
    "EndpointsSection",
    "LedgerSection",
    "Mistake",
    "Placeholders",
    "SecretsMode",
    "TwitchSection",
    "check_wording",
    "load_config",
]
