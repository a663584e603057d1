"""A local Discord: one server with its channels, roles, members, messages, commands and interactions."""
