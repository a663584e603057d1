"""What is kept about a person, and what being forgotten means."""

from __future__ import annotations

SENTENCES = {
    "privacy-title": "What is kept about you",
    "privacy-text": "Your accounts ({accounts}), the units you hold, and what you were answered. Nobody but "
    "whoever runs this bot can read that; the public ledger knows you by numbers that only the bot can trace to "
    "you.",
    "privacy-nothing": "Nothing is kept about you here.",
    "privacy-field-units": "Units",
    "privacy-no-units": "none",
    "privacy-unit": "{title} #{number} of {supply}",
    "privacy-field-answers": "Answers kept",
    "privacy-field-votes": "Votes in polls",
    "privacy-field-passes": "Passes to spend",
    "privacy-field-steps": "Steps as a moderator",
    "privacy-field-since": "Known since",
    "privacy-file": "This is all that is kept about you. The `secret` in it shows which entries of the public "
    "ledger are yours: whoever has it can tell.",
    "privacy-file-too-large": "Your data is too large for a message here. Ask whoever runs the bot for it: "
    "microdrops person export {account}",
    "privacy-asked": "@{name} your name and all that shows which units are yours ({units}) will be deleted. "
    "They stay counted, but you can never prove again that they were yours. Type {yes_command} within {within} "
    "to do it.",
    "privacy-asked-none": "@{name} your name and what you were answered will be deleted. Type {yes_command} "
    "within {within} to do it; it cannot be taken back.",
    "privacy-asked-steps": "@{name} your name and all that shows which units ({units}) and which steps as a "
    "moderator ({steps}) are yours will be deleted. They stay in the ledger, but you can never prove or undo "
    "them again. Type {yes_command} within {within} to do it.",
    "privacy-asked-title": "Be forgotten?",
    "privacy-asked-board": "Your name and all that shows which units are yours ({units}) will be deleted. They "
    "stay counted and numbered, but you can never prove again that they were yours.\nWhat already stands in "
    "chat stays there, and copies of the ledger keep you until newer ones replace them, in about {days} "
    "days.\nPress the button within {within} to do it; it cannot be taken back.",
    "privacy-asked-board-none": "Your name and what you were answered will be deleted.\nWhat already stands in "
    "chat stays there, and copies of the ledger keep you until newer ones replace them, in about {days} days.\n"
    "Press the button within {within} to do it; it cannot be taken back.",
    "privacy-asked-board-steps": "Your name and all that shows which units ({units}) and which steps as a "
    "moderator ({steps}) are yours will be deleted. They stay in the ledger, but you can never prove or undo "
    "them again.\nWhat already stands in chat stays there, and copies of the ledger keep you until newer ones "
    "replace them, in about {days} days.\nPress the button within {within} to do it; it cannot be taken back.",
    "privacy-asked-linked": "{text} The account you are linked with, on the other platform, is forgotten with it.",
    "privacy-asked-passes": "{text} Your unspent passes ({passes}) are lost.",
    "privacy-done": "@{name} done: you are forgotten here. If you claim again, you come as somebody new.",
    "privacy-done-board": "Done: you are forgotten here. If you claim again, you come as somebody new.",
    "privacy-nothing-kept": "@{name} nothing is kept about you here.",
    "privacy-still-running": "@{name} you hold a unit of {title}, which is not over yet. Ask again when it is.",
    "privacy-still-running-until": "@{name} you hold a unit of {title}, which is not over yet. Ask again after "
    "{when}.",
    "privacy-frozen": "@{name} you hold a unit of {title}, which waits for a repair. Ask again after it.",
    "privacy-voted": "@{name} you have voted in {title}, which is not over yet. Ask again when it is.",
    "privacy-voted-until": "@{name} you have voted in {title}, which is not over yet. Ask again after {when}.",
    "privacy-at-a-night": "@{name} you have come to {title}, which is not over yet. Ask again when it is.",
    "privacy-at-a-night-until": "@{name} you have come to {title}, which is not over yet. Ask again after {when}.",
    "privacy-nothing-kept-board": "Nothing is kept about you here.",
    "privacy-still-running-board": "You hold a unit of {title}, which is not over yet. Ask again when it is.",
    "privacy-still-running-until-board": "You hold a unit of {title}, which is not over yet. Ask again after "
    "{when}.",
    "privacy-frozen-board": "You hold a unit of {title}, which waits for a repair. Ask again after it.",
    "privacy-voted-board": "You have voted in {title}, which is not over yet. Ask again when it is.",
    "privacy-voted-until-board": "You have voted in {title}, which is not over yet. Ask again after {when}.",
    "privacy-at-a-night-board": "You have come to {title}, which is not over yet. Ask again when it is.",
    "privacy-at-a-night-until-board": "You have come to {title}, which is not over yet. Ask again after {when}.",
    "privacy-expired": "That question is too old by now; ask again with {forgetme_command}.",
    "button-my-data": "Send me my data",
    "button-forget-me": "Forget me",
    "button-forget-me-yes": "Yes, forget me",
    "slash-privacy": "What is kept about you; get it, or be forgotten",
}
