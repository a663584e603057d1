"""One person with an account on each platform: the code, the question, and what came of it."""

from __future__ import annotations

SENTENCES = {
    "link-on-discord": "{link_command}",
    "link-typed": "{link_command} {code}",
    "link-needs-code": "@{name} type {on_discord} on Discord to get a code, and then {link_command} with it here.",
    "link-malformed-code": "@{name} a code is {count} letters and digits, typed like {link_command} K7M2QX; "
    "{on_discord} on Discord shows you one.",
    "link-unknown-code": "@{name} that code is not good, or not any more; {on_discord} on Discord shows you a new "
    "one.",
    "link-too-many-tries": "@{name} those were too many wrong codes; try again in {span}.",
    "link-ledger-busy": "@{name} that did not work on our side, and the code is used up; {on_discord} on Discord "
    "shows you a new one.",
    "link-already-linked-to-other": "@{name} you are linked with another account on Discord; type {link_command} "
    "off to end that first.",
    "link-account-linked-to-other": "@{name} that account on Discord is linked with another one here; end that "
    "first, with {on_discord} on Discord.",
    "link-asked": "@{name}: is Discord's “{account}” you? Type {yes_command} within {within}, and both count as "
    "one person.",
    "link-done": "@{name} done: on Twitch and on Discord you count as one person.",
    "link-done-merged": "@{name} done: on Twitch and on Discord you count as one person. You hold more of {titles} "
    "than one person may claim; nothing is taken from you, and the moderators are told.",
    "link-code-title": "One person on Twitch and on Discord",
    "link-code": "Type this in Twitch chat within {within}, and {yes_command} when you are asked there:\n"
    "`{typed}`\nLimits then count for both accounts together, and each shows what both hold. The code works once, "
    "and no more once it was said in any other way.",
    "link-stands": "You are {account} on Twitch, since {since}: both accounts count as one person.",
    "link-somebody": "somebody",
    "unlink-asked": "@{name} your accounts on Twitch and on Discord will be two persons again, and each keeps its "
    "units. For drops that are announced already they still count as one. Type {yes_command} within {within} to "
    "do it.",
    "unlink-done": "@{name} done: your accounts on Twitch and on Discord are two persons again.",
    "unlink-not-linked": "@{name} your account is linked with none; {on_discord} on Discord shows how to link it.",
    "unlink-asked-title": "End the link?",
    "unlink-asked-board": "Your accounts on Twitch and on Discord will be two persons again, and each keeps its "
    "units. For drops that are announced already they still count as one.\nPress the button within {within} to do "
    "it.",
    "unlink-done-board": "Done: your accounts on Twitch and on Discord are two persons again.",
    "unlink-not-linked-board": "Your account is linked with none; {link_command} shows how to link it.",
    "unlink-expired": "That question is too old by now; ask again with {link_command}.",
    "link-merges-title": "Two accounts are one person now",
    "link-merges": "{twitch_name} on Twitch and {discord_name} on Discord have linked their accounts. Before that, "
    "they had come by more than one person may claim:\n{drops}\nNothing was taken away. What becomes of it is "
    "yours to decide.",
    "link-merges-drop": "{title}: {on_twitch} on Twitch, {on_discord} on Discord",
    "button-unlink": "End the link",
    "button-unlink-yes": "Yes, end it",
    "slash-link": "Be one person with your account on Twitch",
}
