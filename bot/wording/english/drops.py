"""What is on, what is next, who holds what, and what a new drop still lacks."""

from __future__ import annotations

SENTENCES = {
    "board-open": "{title} is open: {left} of {supply} left, closes at {when}, type {claim_command} {drop}.",
    "board-open-early": "{title} is open early for {people}: {early_left} left, to everybody at {public}, "
    "type {claim_command} {drop}.",
    "board-paused": "{title} is paused, {left} of {supply} left.",
    "board-frozen": "{title} is being checked after a repair and hands out nothing meanwhile.",
    "board-sold-out": "{title} is sold out, all {claimed} that could be claimed are gone.",
    "board-next": "Next: {title}, {supply} numbered, opens at {when}.",
    "board-next-on-cue": "Next: {title}, {supply} numbered, opens on the streamer's cue.",
    "board-next-waits": "Next: {title}, {supply} numbered, waits for the stream.",
    "board-next-early": "Next: {title}, {supply} numbered, opens at {begins} for {people}, "
    "at {public} for everybody.",
    "board-next-on-cue-early": "Next: {title}, {supply} numbered, opens on the streamer's cue, for {people} "
    "{early_span} before everybody.",
    "board-next-waits-early": "Next: {title}, {supply} numbered, waits for the stream, then opens for {people} "
    "{early_span} before everybody.",
    "board-over": "Over: {title}, {out} of {supply} found an owner.",
    "board-empty": "No drop is on, and none is announced yet.",
    "board-title": "Drops",
    "board-card-open": "Open: {left} of {supply} left, closes {when}. `{claim_command} {drop}`",
    "board-card-open-early": "Open early for {people}: {early_left} of {early_units} left, to everybody {public}. "
    "`{claim_command} {drop}`",
    "board-card-paused": "Paused: {left} of {supply} left.",
    "board-card-frozen": "Being checked after a repair: nothing is handed out meanwhile.",
    "board-card-sold-out": "Sold out: all {claimed} that could be claimed are gone.",
    "board-card-next": "Opens {when}: {stock}, {each}.",
    "board-card-next-on-cue": "Opens on the streamer's cue: {stock}, {each}.",
    "board-card-next-waits": "Waits for the stream: {stock}, {each}.",
    "board-card-next-early": "Opens {begins} for {people}, {public} for everybody: {stock}, {each}.",
    "board-card-next-on-cue-early": "Opens on the streamer's cue for {people}, "
    "{early_span} later for everybody: {stock}, {each}.",
    "board-card-next-waits-early": "Waits for the stream, then opens for {people}, "
    "{early_span} later for everybody: {stock}, {each}.",
    "board-card-over": "Over: {out} of {supply} found an owner.",
    "stock": "{supply} numbered",
    "stock-held-back": "{supply} numbered, {held_back} kept for mistakes",
    "each-one": "one each",
    "each-several": "up to {count} each",
    "mine-units": "You hold {units}.",
    "mine-units-chat": "@{name} holds {units}.",
    "mine-units-people": "{title} is held by {owners} (of {supply})",
    "mine-unit": "{title} #{number} of {supply}",
    "mine-unit-entry": "{unit} (entry {entry})",
    "mine-nothing": "You hold nothing yet; {drop_command} shows what is on and what is next.",
    "mine-nothing-chat": "@{name} holds nothing yet; {drop_command} shows what is on and what is next.",
    "mine-nothing-people": "{names}: you hold nothing yet; {drop_command} shows what is on and what is next.",
    "mine-nothing-crowd": "To the {count} people who just typed {mine_command}: you hold nothing yet; "
    "{drop_command} shows what is on and what is next.",
    "plan-done": "{title} is planned: {stock}, opens at {when}. In commands it is called {drop}.",
    "plan-done-on-cue": "{title} is planned: {stock}, opens on your cue. In commands it is called {drop}.",
    "plan-announced-later": "It is announced at {when}.",
    "plan-refused": "The drop was not made.\n{mistakes}",
    "plan-title": "Title: write 1 to {limit} plain characters, without mentions, links or formatting.",
    "plan-kind": "Kind: choose one of {choices}.",
    "plan-supply": "How many: write a whole number from 1 to {limit}, like 48.",
    "plan-opens-unclear": "Opens: write cue, 20:00, 2026-12-01 20:00 or in 10m.",
    "plan-opens-past": "Opens: that moment has passed; choose a later one.",
    "plan-opens-too-far": "Opens: choose a moment within a year.",
    "plan-lasts": "Stays open for: write a span from 1s to 31d, like 10m.",
    "plan-announce-unclear": "Announced: write now, 20:00, 2026-12-01 20:00 or in 10m.",
    "plan-announce-past": "Announced: that moment has passed; choose a later one, or now.",
    "plan-announce-too-far": "Announced: choose a moment within a year.",
    "plan-announce-late": "Announced: that is after the opening; choose an earlier moment.",
    "plan-while-offline": "While the stream is off: choose wait or run.",
    "plan-held-back": "Kept for mistakes: write a whole number from 0, less than how many there are.",
    "plan-per-person": "Per person: write a whole number from 1, at most how many there are.",
    "plan-title-taken": "Title: there was a drop of that name already; choose another one.",
    "plan-not-allowed": "Only the streamer and moderators plan drops.",
}
