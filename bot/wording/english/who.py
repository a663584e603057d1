"""What moderators are told of somebody, and what they can do about it."""

from __future__ import annotations

SENTENCES = {
    "who-established": "**{name}** looks established ({met} of {of}): {signs}.",
    "who-between": "**{name}** is somewhat known here ({met} of {of}): {signs}.",
    "who-new": "**{name}** looks new here ({met} of {of}): {signs}.",
    "who-but": "{holding}; but {missing}",
    "who-account": "account made {when}",
    "who-seen": "first seen {when}",
    "who-seen-never": "never seen here",
    "who-linked": "linked on both platforms",
    "who-linked-not": "not linked on both platforms",
    "who-drops": "claimed in {count} drops",
    "who-drops-one": "claimed in 1 drop",
    "who-drops-none": "claimed in no drop",
    "who-account-unknown": "Nobody could tell just now how old the account is.",
    "who-delay": "Usually claims {span} after the opening, which says little.",
    "who-can-do": "This decides nothing: nobody is refused or delayed for it. What you can do: give units by hand "
    "({give}), or hold some back when you plan a drop.",
    "who-give": "{steer_command} give",
    "who-not-allowed": "Only moderators and the streamer can ask that.",
    "who-nobody-named": "Pick a member, or type the name that somebody has on Twitch.",
    "who-unknown-name": "Nobody goes by that name on Twitch, nor has the ledger met them.",
    "slash-who": "How well somebody is known here, for your eyes alone",
    "slash-option-who-member": "A member of this server",
    "slash-option-who-name": "Or the name somebody has on Twitch",
}
