"""What can be said and proved of one unit."""

from __future__ import annotations

SENTENCES = {
    "proof-title": "Proof of {title} #{number}",
    "proof-entry": "{title} #{number} is entry {entry} of the public ledger, given at {clock} on {day}. "
    "The entry's leaf hash is `{leaf}`.",
    "proof-file-sold-out": "The file proves that checkpoint {size} `{root}`, which everybody saw when the drop "
    "sold out, was signed with this entry in it.",
    "proof-file-close": "The file proves that checkpoint {size} `{root}`, which everybody saw at the close, was "
    "signed with this entry in it.",
    "proof-file-otherwise": "The file proves that checkpoint {size} `{root}` was signed with this entry in it, at "
    "{clock} on {day}.",
    "proof-check": "Check it with verify.html or with `microdrops verify {file}`.",
    "proof-pending": "No checkpoint has been signed over it yet: ask again when the drop is sold out or closed, "
    "and you get the proof.",
    "proof-pending-over": "No checkpoint has been signed over it yet: ask again when the next drop is announced, "
    "and you get the proof.",
    "proof-chat": "{title} #{number} is entry {entry} of the public ledger, leaf {leaf}, under checkpoint {size} "
    "{root}.",
    "proof-chat-pending": "{title} #{number} is entry {entry} of the public ledger, leaf {leaf}; it gets its proof "
    "when the drop is sold out or closed.",
    "proof-chat-pending-over": "{title} #{number} is entry {entry} of the public ledger, leaf {leaf}; it gets its "
    "proof when the next drop is announced.",
    "proof-chat-where": "{command} {number} on Discord has the file that proves it.",
    "proof-unclear": "write the number of a unit, like {proof_command} 17.",
    "proof-unknown-drop": "no drop goes by that name; {drop_command} shows the names.",
    "proof-nothing-yet": "no drop has handed out anything yet.",
    "proof-several-open": "several drops are open; add which one you mean, like {proof_command} 17 {drop}.",
    "proof-no-such-number": "{title} has the numbers 1 to {supply}.",
    "proof-lost": "{title} #{number} was written off in a repair and belongs to nobody.",
    "proof-taken-back": "{title} #{number} was taken back and belongs to nobody now.",
    "proof-not-given": "{title} #{number} has not been given to anybody.",
    "proof-unsound": "I cannot prove that: my ledger disagrees with itself, and whoever runs me has to look.",
    "slash-proof": "Prove which entry of the public ledger a unit is",
    "slash-option-number": "The number of the unit",
    "slash-option-proof-drop": "Which drop; left out: the one that is open, or else closed last",
}
