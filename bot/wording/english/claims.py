"""What somebody hears who asked for a unit."""

from __future__ import annotations

SENTENCES = {
    "claim-granted": "{title} #{number} of {supply} is yours!",
    "claim-winner": "@{name} {title} #{number} of {supply} is yours!",
    "claim-winners": "{title} is yours: {winners} (of {supply})",
    "claim-receipt": "-# Entry {entry} of the public ledger, leaf hash `{leaf}`",
    "claim-receipt-chat": "(entry {entry} {leaf})",
    "claim-told-late": "I was away and still owe an answer: {title} is yours, {winners} (of {supply})",
    "claim-refused-people": "{names}: {reason}",
    "claim-refused-crowd": "To the {count} people who just typed {claim_command}: {reason}",
    "claim-nothing-on": "no drop is on right now; {drop_command} shows what comes next.",
    "claim-unknown-drop": "no drop goes by that name; {drop_command} shows the names.",
    "claim-unknown-drop-asked": "no drop goes by the name “{asked}”; {drop_command} shows the names.",
    "claim-cancelled": "{title} was cancelled and cannot be claimed; {drop_command} shows what comes next.",
    "claim-already-yours-people": "{title} is yours already: {winners}; {mine_command} shows what you hold.",
    "claim-already-yours": "{title} {numbers} is already yours; {mine_command} shows what you hold.",
    "claim-already-yours-all": "{title} {numbers} are already yours, and nobody gets more; "
    "{mine_command} shows what you hold.",
    "claim-frozen": "{title} is being checked after a repair; {retry_when_said}",
    "claim-not-open-yet": "{title} opens at {when}; {retry}",
    "claim-not-open-yet-early": "{title} opens at {begins} for those who may go early, and at {when} "
    "for everybody; {retry}",
    "claim-not-open-on-cue": "{title} opens on the streamer's cue; {retry_when_said}",
    "claim-not-open-waits": "{title} has not opened yet; {retry_when_said}",
    "claim-open-now": "{title} is open now: type {claim_command} {drop}, "
    "or {md_command} claim {drop} if you just typed that.",
    "claim-open-now-early": "{title} is open now for {people}, and at {when} for everybody: type {claim_command} "
    "{drop}, or {md_command} claim {drop} if you just typed that.",
    "claim-sold-out": "{title} is sold out, nothing is left to claim; {drop_command} shows what comes next.",
    "claim-closed": "{title} is closed; {drop_command} shows what comes next.",
    "claim-paused": "{title} is paused and goes on at {when}; {retry}",
    "claim-paused-open-end": "{title} is paused; {retry_when_said}",
    "claim-early-gone": "all that may go early of {title} is taken; it opens to everybody at {when}; {retry}",
    "claim-not-entitled": "{title} opens to you at {when}; {retry}",
    "claim-not-entitled-free": "{title} opens to you at {when}, or right now by {way}; {retry}",
    "claim-not-entitled-way": "{title} opens to you at {when}; the cheapest way in before that: {way}. "
    "To claim, press Claim or use {claim_command} {drop}.",
    "claim-not-entitled-link": "{title} opens to you at {when}; what you have on Twitch counts once your accounts "
    "are linked, with {link_command}.",
    "claim-checking": "I am checking whether {title} is open to you yet; your place is kept, "
    "no need to type again.",
    "claim-checking-board": "I am checking whether {title} is open to you yet; your place is kept, "
    "no need to press again. The answer comes here.",
    "claim-retry": "type {claim_command} {drop} then.",
    "claim-retry-soon": "type {claim_command} {drop} then, or {md_command} claim {drop} if you just typed that.",
    "claim-retry-when-said": "wait for my line, then type {claim_command} {drop}, "
    "or {md_command} claim {drop} if you just typed that.",
    "claim-retry-board": "use {claim_command} {drop} or press Claim then.",
    "claim-retry-board-when-said": "wait for the news in the announcements channel, then press Claim.",
    "claim-needs-name": "several drops are open: type {choices}.",
    "claim-needs-name-choice": "{claim_command} {drop} for {title}",
    "claim-try-again": "I could not take that just now and nothing happened: please try again in a few seconds.",
    "claim-try-again-chat": "I could not take that just now and nothing happened: please type "
    "{md_command} claim in a few seconds.",
    "claim-too-fast": "That was too fast for me: wait a few seconds, then try again.",
}
