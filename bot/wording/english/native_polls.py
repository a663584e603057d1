"""Twitch's own poll beside ours: what its votes come to, and what moderators hear where there is none."""

from __future__ import annotations

SENTENCES = {
    "native-rule-added": "Casual: anonymous votes in Twitch's own poll are added.",
    "native-votes": "{count} anonymous votes",
    "native-votes-one": "1 anonymous vote",
    "native-beside": "Twitch's own poll, not added: {counts} ({votes}).",
    "native-added": "Together with the {votes} of Twitch's own poll: {counts}. {ahead}",
    "native-beside-short": "Twitch's own poll, with {votes}, is not added.",
    "native-added-short": "Together with the {votes} of Twitch's own poll, {ahead}",
    "native-ahead": "{option} is ahead.",
    "native-level": "{options} are level.",
    "native-nobody": "Nobody voted in Twitch's own poll.",
    "news-poll-native": "Now the votes on Twitch are in for {asked} {native}",
    "card-poll-native-title": "Votes on Twitch: {question}",
    "native-away-title": "Twitch's own poll stays away",
    "native-away": "“{question}” goes on in chat and here without Twitch's own poll. {why}",
    "native-away-chat": "Twitch's own poll is not there this time: vote here in chat.",
    "native-away-refused": '{reason}. Write native = "off" under [polls] in config.toml to do without it.',
    "native-away-not-one-choice": "It knows one choice each and no other method.",
    "native-away-hidden": "It shows every vote as it comes, and this count is hidden.",
    "native-away-too-many-options": "It has at most {choices} options.",
    "native-away-too-short": "It runs for at least {seconds_min} seconds.",
    "native-away-too-long": "It runs for at most {minutes_max} minutes.",
    "native-away-question-too-long": "Its question has at most {title} characters.",
    "native-away-option-too-long": "Its options have at most {choice} characters each, and differ in them.",
    "native-away-lost": "Twitch has taken it down, with its votes.",
}
