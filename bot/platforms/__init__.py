"""Connections to Twitch and Discord through their unmodified client libraries."""
