"""Twitch: one chat heard and spoken to through twitchio."""
