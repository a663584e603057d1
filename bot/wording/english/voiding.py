"""What a moderator hears who takes a unit back for good."""

from __future__ import annotations

SENTENCES = {
    "void-unit": "{title} #{number}",
    "void-passes-one": " with the pass that came with it",
    "void-passes-several": " with the {count} passes that came with it",
    "void-somebody": "somebody who was forgotten",
    "void-done": "{unit}{passes} is taken back: nobody holds it, and its number never goes out again.",
    "void-needs-yes": "Taking {unit}{passes} from {owner} cannot be undone, and the number never goes out again: "
    "type {yes_command} within 30 s to do it.",
    "void-needs-yes-board": "Taking {unit}{passes} from {owner} cannot be undone, and the number never goes out "
    "again: press the button within 30 s to do it.",
    "void-which": "which unit? Say the drop and the number, like {steer_command} void mug 17.",
    "void-not-allowed": "only moderators and the streamer take units back.",
    "void-unknown-drop": "no drop goes by that name; there are: {choices}",
    "void-unknown-drop-none": "no drop goes by that name, and none is announced.",
    "void-not-announced": "{title} is not announced yet, so nobody holds a unit of it.",
    "void-frozen": "{title} is being checked after a repair: take units back when it goes on.",
    "void-unknown-unit": "nobody holds {title} #{number}.",
}
