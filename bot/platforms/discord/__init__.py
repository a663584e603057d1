"""Discord: one server's commands, buttons and cards through discord.py."""
