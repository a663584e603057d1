"""What Discord's calendar says of a drop, and what moderators read where it cannot be written."""

from __future__ import annotations

SENTENCES = {
    "event-drop": "{stock}, {each}. It stays open for {span}.",
    "event-drop-early": "{stock}, {each}. First for {people}, at most {early_units} of {supply}; {early_span} "
    "later for everybody, for {span}.",
    "event-claim": "Claim it here with {claim_command} {drop}",
    "event-claim-chat": "or in Twitch chat with {claim_command} {drop}",
    "calendar-refused-title": "The calendar stays as it is",
    "calendar-refused": "I may not write into this server's calendar of events; drops go on without it. Give my "
    "role the permission Create Events, or write calendar = false under [discord] in config.toml. {reason}",
}
