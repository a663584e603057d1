"""Game nights: seats, the waiting list, checking in, and what hosts are told."""

from __future__ import annotations

SENTENCES = {
    "night-seated": "You have a seat at {title}. It starts at {when}: check in with {night_command} checkin, or it "
    "goes to the next.",
    "night-waiting": "{title} is full: you are on the waiting list, {ahead} before you. A seat that gets free goes "
    "to the first of it.",
    "night-here": "You are checked in at {title}. Have fun!",
    "night-here-pass": "You are checked in at {title}, and your pass #{number} is spent. Have fun!",
    "night-left": "Your place at {title} is free for somebody else, and no pass is spent.",
    "night-created": "{title} is announced. In commands it is called {night}.",
    "night-cancelled": "{title} is cancelled; every pass that was spent on it is given back.",
    "night-needs-yes": "Cancelling {title} cannot be taken back (guests so far: {guests}): type {yes_command} "
    "within 30 s to do it.",
    "night-needs-yes-board": "Cancelling {title} cannot be taken back (guests so far: {guests}): press the button "
    "within 30 s to do it.",
    "night-not-allowed": "only moderators and the streamer host game nights.",
    "night-unknown-night": "there is no such game night; {night_command} list shows what is planned.",
    "night-is-cancelled": "{title} was cancelled.",
    "night-is-ended": "{title} is over.",
    "night-not-in": "you have no place at {title}; {night_command} join gets you one.",
    "night-already-in": "you have a place at {title} already.",
    "night-already-here": "you are checked in at {title} already.",
    "night-too-early": "checking in at {title} begins at {when}; your seat is kept.",
    "night-no-seat-yet": "no seat at {title} is free yet, {ahead} wait before you.",
    "night-pass-none": "{title} takes a game-night pass, and you have none.",
    "night-pass-voided": "{title} takes a game-night pass, and yours was taken back.",
    "night-pass-expired": "{title} takes a game-night pass, and yours has run out of time.",
    "night-pass-used-up": "{title} takes a game-night pass, and yours is used up.",
    "night-bad-seats": "a night has 1 to {most} seats.",
    "night-bad-time": "choose a start that is still to come, and a length above 0.",
    "nights-item": "{title} ({night}): {when}, {left} of {seats} seats free, {waiting} waiting.",
    "nights-none": "No game night is planned.",
    "news-night-created": "Game night: {title}, {when}, {seats} seats. {night_command} join on Discord "
    "gets you one.",
    "news-night-cancelled": "The game night {title} is cancelled; every pass that was spent on it is given back.",
    "card-night-on": "Game night, starts {when}. Join now, and press I am here from {checkin} on: a seat is kept "
    "for {kept} after the start, then it goes to the next on the waiting list.",
    "card-night-pass": "It takes a game-night pass, which is spent when you check in and not before.",
    "card-night-ended": "This game night is over.",
    "card-night-cancelled": "Cancelled; every pass that was spent on it is given back.",
    "card-night-seats": "Seats free",
    "card-night-left": "{left} of {seats}",
    "card-night-waiting": "Waiting",
    "card-night-here": "Here",
    "button-night-join": "Join",
    "button-night-checkin": "I am here",
    "button-night-leave": "Leave",
    "slash-night": "Game nights: seats, waiting list, checking in",
    "slash-night-create": "Announce a game night",
    "slash-night-join": "Get a seat in a game night, or a place on its waiting list",
    "slash-night-checkin": "Say that you are here",
    "slash-night-leave": "Give your place to somebody else",
    "slash-night-list": "Which game nights are planned",
    "slash-night-cancel": "Cancel a game night for good; asks once more",
    "slash-option-seats": "How many seats there are",
    "slash-option-starts": "When it starts: 20:00, 2026-12-01 20:00 or in 2h",
    "slash-option-title": "What it is called",
    "slash-option-night": "Which game night; may be left out when only one can be meant",
    "slash-option-needs-pass": "Whether checking in spends a game-night pass",
}
