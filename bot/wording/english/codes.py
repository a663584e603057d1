"""What is said of claim codes: to whom they are not good for, when one is shown in chat, and when they are made."""

from __future__ import annotations

SENTENCES = {
    "code-locked": "too many wrong codes; I look at yours again at {when}.",
    "code-malformed": "a code has four groups of four letters and digits; check whether a piece is missing.",
    "code-unknown": "that is no code of yours; check every letter of it, or ask whoever gave it to you.",
    "code-burned": "that code was shown in chat and is void; whoever it was made for finds a new one with "
    "/code on Discord.",
    "code-used": "that code has been used already, and each works once.",
    "code-expired": "the time of that code is over; ask whoever gave it to you for a new one.",
    "code-spilled": "@{name} that code is void, now that everybody has seen it; ask a moderator for another.",
    "code-spilled-own": "@{name} that code is void, now that everybody has seen it; whoever it was made for finds "
    "a new one with /code on Discord.",
    "code-spilled-title": "A claim code was shown in chat",
    "code-spilled-card": "Code {number} of {set} is void. Another has taken its place: `microdrops codes list "
    "{name}` shows it to whoever runs the bot.",
    "code-chat-claim": "{claim_command}",
    "codes-made": "Codes of {set}, for one person each. Hand them out privately: shown in Twitch chat, and not "
    "behind {chat_claim}, a code is void.\n{codes}",
    "codes-made-until": "Codes of {set}, for one person each, good until {when}. Hand them out privately: shown in "
    "Twitch chat, and not behind {chat_claim}, a code is void.\n{codes}",
    "codes-made-for": "A code of {set} waits for {name}, who sees it with /code.",
    "codes-made-for-already": "{name} has a code of {set} that is not used yet, and sees it with /code.",
    "codes-own": "Yours alone: type {claim_command} and the code here, or {chat_claim} and the code in Twitch chat "
    "if your accounts are linked. Shown there in any other way, it is void.\n{codes}",
    "codes-own-none": "No code waits for you.",
    "codes-own-one": "`{code}` ({set})",
    "codes-own-one-until": "`{code}` ({set}, until {when})",
    "codes-own-lost": "a code of {set} that I cannot show again; ask a moderator",
    "codes-not-allowed": "Only moderators and the streamer make codes.",
    "codes-bad-set": "Name the set with letters, digits, - and _, at most 40 of them, like EARLY.",
    "codes-bad-count": "Say how many codes, from 1 to {limit}.",
    "codes-bad-expiry": "Say how long they are to be good, like 7d, at most {limit} days.",
    "codes-key-broken": "Nothing changed: the key that codes are made with cannot be used. Whoever runs the bot "
    "finds the reason in its log.",
    "slash-code": "The claim codes that were made for you",
    "slash-codes": "Make claim codes, shown to you alone",
    "slash-code-for": "Make a claim code for one member, who sees it with /code",
    "slash-option-set": "The set, as the early window names it: code:EARLY is the set EARLY",
    "slash-option-count": "How many",
    "slash-option-code-member": "Whose alone it is to be",
    "slash-option-expires": "After how long they end, like 7d; never if you leave it out",
}
