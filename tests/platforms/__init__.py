"""Tests of the connections to Twitch and Discord."""
