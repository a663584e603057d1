"""What comes with each unit of a drop."""

from __future__ import annotations

SENTENCES = {
    "offer-mod_vote": "a mod-vote pass",
    "offer-game_night": "a game-night pass",
    "offer-custom": "a pass",
    "offer-titled": "a pass “{title}”",
    "offer-uses": "{count} uses",
    "offer-lasts": "good for {span}",
    "offer-item": "{offer} ({details})",
    "each-with": "{each}, with {passes}",
    "board-with": "Each comes with {passes}.",
    "card-field-passes": "Comes with each",
}
