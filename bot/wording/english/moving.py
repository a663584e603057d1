"""What everybody hears of a drop that is moved, and what a moderator hears who moves one."""

from __future__ import annotations

SENTENCES = {
    "news-moved": "{title} has a new time{because}: it opens at {when}{instead}, for {span}. "
    "Type {claim_command} {drop} then.",
    "news-moved-early": "{title} has a new time{because}: it opens at {begins} for {people}, and at {public} "
    "for everybody{instead}, for {span}. Type {claim_command} {drop} then.",
    "card-moved-title": "{title} has a new time",
    "card-moved": "Moved{because}: it opens {when}{instead} and stays open for {span}. Press Remind me to be told.",
    "card-moved-early": "Moved{because}: it opens {begins} for {people}, and {public} for everybody{instead}; "
    "then it stays open for {span}. Press Remind me to be told.",
    "moved-because-technical": ", for technical reasons",
    "moved-because-ill": ", because the streamer is ill",
    "moved-because-schedule": ", because plans have changed",
    "moved-because-undone": " after all",
    "moved-instead": " instead of {was}",
    "move-done": "Moved: {title} opens at {when}, for {span}; {undo} within {within} takes it back.",
    "move-not-allowed": "only moderators and the streamer move a drop.",
    "move-unknown-drop": "no drop goes by that name; these can be moved: {choices}",
    "move-unknown-drop-none": "no drop goes by that name, and none can be moved.",
    "move-nothing-fits": "no drop is announced for a time.",
    "move-name-needed": "which drop? Say it like {move}; there are: {choices}",
    "move-already-over": "{title} is over already.",
    "move-already-open": "{title} is open already; {extend} keeps it open for longer.",
    "move-not-announced": "nobody has been told of {title} yet: change it in config.toml, or cancel it and plan it "
    "anew.",
    "move-on-cue": "{title} has no time to move: it opens on your cue, with {open}",
    "move-opens-unclear": "to when? Say it like {move}; 2026-12-01 20:00, +30m and in 2h work as well.",
    "move-lasts-unclear": "say how long it stays open, from 1 second to 31 days, like 15m.",
    "move-past": "that time has passed; say one that is still to come, like {move}",
    "move-past-early": "that is too soon: {title} lets its first people in {early_span} before; say a later time.",
    "move-too-far": "that is more than a year ahead; say an earlier time, like {move}",
    "move-unchanged": "{title} opens at that time already.",
    "move-reason-unclear": "say why as well, in one of these words: {reasons}; like {move}",
    "slash-move": "Give an announced drop another time, with a reason that everybody is told",
    "slash-option-move-opens": "When it opens now: 21:00, 2026-12-01 20:00, +30m or in 2h",
    "slash-option-move-why": "Why; everybody is told",
    "slash-option-move-lasts": "How long it stays open, like 15m; left out: as announced",
}
