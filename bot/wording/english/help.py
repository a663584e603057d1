"""What the commands are for, and small answers around them."""

from __future__ import annotations

SENTENCES = {
    "help-viewer": "Type {claim_command} to get a unit of the open drop, {vote_command} 2 to vote in the poll that "
    "is on, {drop_command} for what is on and what is next, {mine_command} for what you hold. Each also answers to "
    "{md_command}, like {md_command} claim.",
    "help-proof": "{proof_command} 17 tells which entry of the public ledger unit 17 is.",
    "help-moderator": "Steer: {steer_command} open, close, pause, resume, +5, cancel, undo, each with a drop's "
    "name, {steer_command} give NAME @viewer WHY, {steer_command} move NAME 21:00 WHY, and "
    "{poll_command} Next game? Hades, Celeste 2m",
    "help-viewer-board": "{claim_command} takes a unit of the open drop, as the Claim button does.\n"
    "{drop_command} shows what is on and what is next.\n"
    "{can_command} tells whether you can claim it, and from when on.\n{mine_command} shows what you hold.\n"
    "{proof_command} with a unit's number gives the proof that it stands in the public ledger.",
    "help-polls-board": "{vote_command} votes in the poll that is on, as its buttons do.\n"
    "{pass_command} shows your passes.\n{night_command} join gets you a seat in a game night.",
    "help-moderator-board": "{steer_command} opens, closes, pauses, resumes, extends, moves, cancels, gives and "
    "undoes; {steer_command} new makes a drop.\n"
    "{poll_command} puts polls and steers them, {night_command} hosts game nights.\n"
    "The card in the moderators' channel steers drops with buttons.",
    "remind-on": "You will be pinged shortly before a drop opens and when it does. Press again to stop.",
    "remind-off": "You will not be pinged any more. Press again to change that.",
    "remind-unset": "Reminders are not set up in this server; a moderator has to choose a role for them.",
    "remind-failed": "I may not hand out that role; a moderator has to place my role above it.",
    "trouble": "That did not work on our side; please try again in a moment.",
    "form-title": "A new drop",
    "form-title-label": "Title",
    "form-title-hint": "Teal Mug",
    "form-supply-label": "How many",
    "form-supply-hint": "48",
    "form-opens-label": "Opens",
    "form-opens-hint": "cue, 20:00, 2026-12-01 20:00 or in 10m",
    "form-lasts-label": "Stays open for",
    "form-lasts-hint": "10m",
    "form-held-back-label": "Kept for mistakes",
    "form-held-back-hint": "0",
    "give-form-title": "Give a unit by hand",
    "give-form-member-label": "Who gets it, on this server",
    "give-form-name-label": "... or their name in Twitch chat",
    "give-form-name-hint": "ann",
    "give-form-why-label": "Why (kept in the ledger)",
    "give-form-why-hint": "the answer got lost",
    "slash-claim": "Take a unit of the open drop",
    "slash-can": "Whether you can claim a drop, and from when on",
    "slash-drops": "What is on, what is next, how many are left",
    "slash-mine": "What you hold",
    "slash-help": "What you can do here",
    "slash-drop": "Steer a drop",
    "slash-new": "Plan a drop: the rest is asked in a form",
    "slash-open": "Open a drop now",
    "slash-close": "Close a drop now",
    "slash-pause": "Take no claims for a while",
    "slash-resume": "Let a paused drop go on, with the lost time added",
    "slash-extend": "Keep a drop open for longer",
    "slash-cancel": "Cancel a drop for good; asks once more",
    "slash-give": "Give a unit by hand, with a reason that is kept",
    "slash-undo": "Take back your own last step within {within}",
    "slash-option-drop": "Which drop; may be left out when only one can be meant",
    "slash-option-kind": "What it is",
    "slash-option-per-person": "How many one person may claim",
    "slash-option-announce": "When viewers are told: now, 20:00, 2026-12-01 20:00 or in 10m",
    "slash-option-while-offline": "While the stream is off: wait for it, or run regardless",
    "slash-option-minutes": "How many minutes longer",
    "slash-option-member": "Who gets it",
    "slash-option-why": "Why; kept in the ledger",
}
