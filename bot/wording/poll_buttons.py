"""The buttons of a poll's card and of a game night's, and when a press can be of use."""

from __future__ import annotations

from bot.domain.ballots import Method
from bot.domain.night_deeds import NightVerb
from bot.domain.text import label
from bot.wording.cards import Button, Style
from bot.wording.catalogue import Wording
from bot.wording.poll_about import PollAbout, choice_labels

# What stands before the poll's key in an action: "vote:next-mug:2", "ballot:next-mug", "votepass:next-mug".
VOTE, BALLOT, PASS_VOTE = "vote", "ballot", "votepass"
# "night:friday:join"
NIGHT = "night"
_LABEL_CHARACTERS_MAX = 80
_STYLES = {NightVerb.JOIN: Style.SUCCESS, NightVerb.CHECK_IN: Style.PRIMARY}


def poll_buttons(words: Wording, facts: PollAbout) -> tuple[Button, ...]:
    """A button for each option where one press is a vote; else one that asks for the whole ballot. Then one for a
    pass where passes are of use. None once the poll is over."""
    if not facts.open:
        return ()
    can_vote = not facts.paused
    if facts.method is Method.PLURALITY:
        voting = _option_buttons(facts, VOTE, enabled=can_vote)
    else:
        voting = [_button(words, "button-vote", f"{BALLOT}:{facts.poll}", Style.PRIMARY, enabled=can_vote)]
    if facts.takes_passes:
        voting.append(_button(words, "button-vote-pass", f"{PASS_VOTE}:{facts.poll}", enabled=can_vote))
    return tuple(voting)


def pass_buttons(facts: PollAbout) -> tuple[Button, ...]:
    """The options once more, for whoever spends a pass on one."""
    return tuple(_option_buttons(facts, PASS_VOTE, enabled=facts.open and not facts.paused))


def _option_buttons(facts: PollAbout, action: str, *, enabled: bool) -> list[Button]:
    labels = (label(text, characters_max=_LABEL_CHARACTERS_MAX) for text in choice_labels(facts.options))
    return [
        Button(text, f"{action}:{facts.poll}:{number}", enabled=enabled) for number, text in enumerate(labels, 1)
    ]


def night_buttons(words: Wording, night: str) -> tuple[Button, ...]:
    """Joining, checking in and leaving, by the verbs of `NightVerb`. None is ever grey: nothing draws the card anew
    when checking in begins, and whoever is early is told when that is."""
    return tuple(
        _button(words, f"button-night-{verb}", f"{NIGHT}:{night}:{verb}", _STYLES.get(verb, Style.SECONDARY))
        for verb in (NightVerb.JOIN, NightVerb.CHECK_IN, NightVerb.LEAVE)
    )


def _button(
    words: Wording, key: str, action: str, style: Style = Style.SECONDARY, *, enabled: bool = True
) -> Button:
    text = label(words.say(key, discord=True), characters_max=_LABEL_CHARACTERS_MAX) or "?"
    return Button(text, action, style, enabled)
