"""The REST endpoints the local Discord imitates, one module per resource."""

from __future__ import annotations

from bot.stage.discord.routes import applications, events, interactions, marks, members, messages, polls, threads
from bot.stage.discord.routes.route import Call, Reply, Route

# The first that fits is taken, so that addresses with words stand before those with ids in the same place.
ROUTES: tuple[Route, ...] = (
    *applications.ROUTES,
    *interactions.ROUTES,
    *members.ROUTES,
    *marks.ROUTES,
    *polls.ROUTES,
    *threads.ROUTES,
    *events.ROUTES,
    *messages.ROUTES,
)

__all__ = ["ROUTES", "Call", "Reply", "Route"]
