"""Remind me: a press takes or returns the opt-in role, the only one that is ever mentioned."""

from __future__ import annotations

BUTTON = r"md:remind:toggle"
