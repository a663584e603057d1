"""What is said when a platform does not let the bot find out what a gate asks."""

from __future__ import annotations

SENTENCES = {
    "evidence-refused-title": "An early window cannot be checked",
    "evidence-refused": "{platform} does not let the bot find out {what}. {reason}. Whoever claims early and "
    "depends on it keeps their place and waits, at the latest until everybody is let in. Please tell whoever runs "
    "the bot. Where a login lacks a right, make a new one with it, and start the bot again.",
    "evidence-twitch-subscriptions": "who subscribes",
    "evidence-twitch-followers": "who follows",
    "evidence-twitch-vips": "who is a VIP",
    "evidence-twitch-moderators": "who is a moderator",
    "evidence-twitch-badges": "who is a founder",
    "evidence-discord-members": "who has which role",
    "evidence-accounts": "how old an account is",
}
