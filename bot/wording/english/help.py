"""What the commands are for, and small answers around them."""

from __future__ import annotations

SENTENCES = {
    "help-viewer": "{claim_command} takes a unit of the open drop, {drop_command} shows what is on and what is "
    "next, {mine_command} shows what you hold. Each also answers to {md_command}, like {md_command} claim.",
    "help-moderator": "Steer: {steer_command} open, close, pause, resume, +5, cancel, undo, each with a drop's "
    "name, and {steer_command} give NAME @viewer WHY.",
    "help-viewer-board": "{claim_command} takes a unit of the open drop, as the Claim button does.\n"
    "{drop_command} shows what is on and what is next.\n{mine_command} shows what you hold.",
    "help-moderator-board": "{steer_command} opens, closes, pauses, resumes, extends, cancels, gives and undoes; "
    "{steer_command} new makes a drop. The card in the moderators' channel does the same with buttons.",
    "remind-on": "You will be pinged when a drop opens. Press again to stop.",
    "remind-off": "You will not be pinged any more. Press again to change that.",
    "remind-unset": "Reminders are not set up in this server; a moderator has to choose a role for them.",
    "remind-failed": "I may not hand out that role; a moderator has to place my role above it.",
    "form-title": "A new drop",
    "form-title-label": "Title",
    "form-title-hint": "Teal Mug",
    "form-supply-label": "How many",
    "form-supply-hint": "48",
    "form-opens-label": "Opens",
    "form-opens-hint": "cue, 20:00, 2026-12-01 20:00 or in 10m",
    "form-lasts-label": "Stays open for",
    "form-lasts-hint": "10m",
    "form-rest-label": "Kept for mistakes / per person",
    "form-rest-hint": "2 / 1",
    "give-form-title": "Give {title}",
    "give-form-person-label": "Who gets it",
    "give-form-why-label": "Why (kept in the ledger)",
    "give-form-why-hint": "the answer got lost",
}
