"""What Twitch chat hears when a drop's state changes."""

from __future__ import annotations

SENTENCES = {
    "news-announced": "New drop: {title}, {stock}, {each}. It opens at {when} for {span}; "
    "type {claim_command} {drop} then.",
    "news-announced-early": "New drop: {title}, {stock}, {each}. It opens at {begins} for {people}, "
    "at most {early_units} of {supply}, and at {public} for everybody, for {span}; "
    "type {claim_command} {drop} then.",
    "news-announced-on-cue": "New drop: {title}, {stock}, {each}. It opens on the streamer's cue, for {span}; "
    "type {claim_command} {drop} then.",
    "news-announced-on-cue-early": "New drop: {title}, {stock}, {each}. On the streamer's cue it opens "
    "for {people}, at most {early_units} of {supply}, and {early_span} later for everybody, for {span}; "
    "type {claim_command} {drop} then.",
    "news-soon": "{title} opens at {when}: {stock}, {each}. Type {claim_command} {drop} then.",
    "news-soon-early": "{title} opens at {begins} for {people}, at most {early_units} of {supply}, "
    "and at {public} for everybody: {stock}, {each}. Type {claim_command} {drop} then.",
    "news-postponed-offline": "{title} waits for the stream: it opens shortly after we are live.",
    "news-postponed-unknown": "I cannot tell whether the stream is live, so {title} waits; "
    "I say here when it opens.",
    "news-postponed-missed": "{title} missed its time while we were away; it now opens on the streamer's cue.",
    "news-rescheduled": "The stream is on: {title} opens at {when}. Type {claim_command} {drop} then.",
    "news-rescheduled-early": "The stream is on: {title} opens at {begins} for {people}, and at {public} "
    "for everybody. Type {claim_command} {drop} then.",
    "news-opened": "{title} is open: {left} to claim, {each}, until {when}. Type {claim_command} {drop}",
    "news-opened-early": "{title} is open early for {people}: {early_left} to claim now, {each}; "
    "to everybody at {public}. Type {claim_command} {drop}",
    "news-opened-late": "Later than announced, {title} is open: {left} to claim, {each}, until {when}. "
    "Type {claim_command} {drop}",
    "news-opened-late-early": "Later than announced, {title} is open early for {people}: "
    "{early_left} to claim now, {each}; to everybody at {public}. Type {claim_command} {drop}",
    "news-public": "{title} is open to everybody now: {left} left, {each}, until {when}. "
    "Type {claim_command} {drop}",
    "news-nearly-gone": "{title}: {left} of {supply} left. Type {claim_command} {drop}",
    "news-sold-out": "{title} is sold out: {claimed} claimed. {mine_command} shows what you hold.",
    "news-sold-out-held-back": "{title} is sold out: {claimed} claimed, {to_give} kept for mistakes. "
    "{mine_command} shows what you hold.",
    "news-paused-moderator": "{title} is paused: no claims until I say here that it goes on.",
    "news-paused-offline": "The stream is off, so {title} is paused; the lost time is added when it goes on.",
    "news-resuming": "The stream is back: {title} goes on at {when}, {left} left. "
    "Type {claim_command} {drop} then.",
    "news-resuming-early": "The stream is back: {title} goes on at {when} for {people}, "
    "{early_left} left to go early. Type {claim_command} {drop} then.",
    "news-resumed": "{title} goes on: {left} left, {added} added, until {when}. Type {claim_command} {drop}",
    "news-resumed-early": "{title} goes on for {people}: {early_left} left to go early, {added} added; "
    "to everybody at {public}. Type {claim_command} {drop}",
    "news-extended": "{title} stays open {minutes} min longer, until {when}: {left} left.",
    "news-shortened": "{title} closes {minutes} min earlier after all, at {when}: {left} left.",
    "news-closed": "{title} is closed: {out} of {supply} found an owner. {mine_command} shows what you hold.",
    "news-closed-late": "{title} closed while I was away: {out} of {supply} found an owner. "
    "{mine_command} shows what you hold.",
    "news-closed-stream": "{title} is closed, because the stream stayed off: {out} of {supply} found an owner.",
    "news-reopened": "{title} is open again until {when}: {left} left. Type {claim_command} {drop}",
    "news-reopened-early": "{title} is open again for {people}: {early_left} left to go early; "
    "to everybody at {public}. Type {claim_command} {drop}",
    "news-returned": "{title} was opened too early and is not open yet; it opens on the streamer's cue.",
    "news-cancelled": "{title} is cancelled: nothing can be claimed.",
    "news-cancelled-owned": "{title} is cancelled: nothing more can be claimed, "
    "and the {out} with an owner keep their numbers.",
    "news-fingerprint": "{line} · Log {origin} {size} {root}",
    "gap": "I was away for a moment: if you claimed {titles} in the last minute and got no answer, "
    "type {md_command} claim and its name.",
    "gap-closed": "I was away for a moment, and meanwhile {closed}. What was typed in between reached nobody "
    "and does not count, sorry; {mine_command} shows what you hold.",
    "gap-closed-drop": "{title} closed with {left} left",
    "gap-again": "Away once more, sorry: if you claimed {titles} in the last minute and got no answer, "
    "type {md_command} claim and its name.",
}
