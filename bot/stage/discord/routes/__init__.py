"""The REST endpoints the local Discord imitates, one module per resource."""

from __future__ import annotations

from bot.stage.discord.routes import applications, interactions, members, messages
from bot.stage.discord.routes.route import Call, Reply, Route

ROUTES: tuple[Route, ...] = (
    *applications.ROUTES,
    *interactions.ROUTES,
    *members.ROUTES,
    *messages.ROUTES,
)

__all__ = ["ROUTES", "Call", "Reply", "Route"]
