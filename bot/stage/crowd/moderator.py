"""The moderator on the stage: opens the drops that wait for a cue, puts the polls, and on a bad day errs first."""

from __future__ import annotations

from bot.stage.crowd.acts import Act, Anchor, Cue, Deed, Person, PutPoll, Say, Slash, Vote
from bot.stage.crowd.scene import Scene, StagedDrop, StagedPoll
from bot.stage.record import SECOND

LOGIN = "mod_mia"
# A mistaken opening comes this much too early, in parts of the time from announcement to opening, and at most so
# many seconds; it is taken back at once.
_TOO_EARLY_PART, _TOO_EARLY_SECONDS_MAX = 0.4, 2.0
# In the middle of the window a drop is closed by mistake, for about as long as it takes to see that.
_CLOSED_AT_PART, _CLOSED_SECONDS_MAX = 0.4, 1.0
# Where moderators decide she votes herself, so many seconds after everybody could see the question.
_VOTES_AFTER = 1.5


def moderators(scene: Scene, *, on_twitch: bool, mistakes: bool = False) -> tuple[Person, ...]:
    """Mia, if a drop is on cue, polls are to be put, or mistakes are wanted; she types in chat where there is one,
    and uses Discord's commands elsewhere. With `mistakes` she first opens a drop that is not there, then one too
    early, takes that back, and later closes every drop in the middle of its window and takes that back."""
    orders = _Orders(scene, on_twitch=on_twitch)
    acts: list[Act] = []
    for drop in scene.drops:
        if mistakes:
            acts += orders.mistakes(drop)
        if drop.on_cue:
            acts.append(orders.act(drop, Anchor.OPENS, 0.0, "open"))
        if mistakes and drop.on_cue:
            # Whoever was quick enough holds a unit, and then what was opened too early is paused.
            acts.append(orders.act(drop, Anchor.OPENS, 0.5, "resume"))
    for poll in scene.polls:
        acts += orders.put(poll)
    platform = "twitch" if on_twitch else "discord"
    return (Person(platform, LOGIN, LOGIN, "moderator", tuple(acts)),) if acts else ()


class _Orders:
    """What a moderator types or uses to steer."""

    def __init__(self, scene: Scene, *, on_twitch: bool) -> None:
        self._words = scene.words
        self._on_twitch = on_twitch

    def act(self, drop: StagedDrop, anchor: Anchor, after: float, verb: str, named: str | None = None) -> Act:
        if anchor is Anchor.OPENS:
            # Whoever is let in early comes with the cue, and everybody else so much later.
            after -= drop.early_seconds
        return Act(Cue(drop.key, anchor, round(after, 3)), self._order(verb, drop.key if named is None else named))

    def mistakes(self, drop: StagedDrop) -> list[Act]:
        early = min(_TOO_EARLY_SECONDS_MAX, _TOO_EARLY_PART * (drop.begins_at - drop.announces_at) / SECOND)
        mistaken = [self.act(drop, Anchor.OPENS, -early, "open", f"not-{drop.key}")]
        if drop.on_cue:
            mistaken += [
                self.act(drop, Anchor.OPENS, -early * 0.8, "open"),
                self.act(drop, Anchor.OPENS, -early * 0.5, "undo", ""),
            ]
        closed_at = _CLOSED_AT_PART * drop.seconds
        return [
            *mistaken,
            self.act(drop, Anchor.OPENED, closed_at, "close"),
            self.act(drop, Anchor.OPENED, closed_at + min(_CLOSED_SECONDS_MAX, drop.seconds / 20), "undo", ""),
        ]

    def put(self, poll: StagedPoll) -> list[Act]:
        """The question, and her own vote where moderators decide."""
        vote: Deed = Say("1") if self._on_twitch else Vote(poll.key, 1)
        acts = [Act(Cue(poll.key, Anchor.OPENS, 0.0), self._question(poll))]
        return [*acts, Act(Cue(poll.key, Anchor.OPENED, _VOTES_AFTER), vote)] if poll.for_moderators else acts

    def _question(self, poll: StagedPoll) -> Deed:
        if not self._on_twitch:
            return PutPoll(poll.key)
        command = self._words.mod_vote if poll.for_moderators else self._words.poll
        return Say(f'{command} "{poll.question}" {", ".join(poll.options)} {poll.seconds:g}s')

    def _order(self, verb: str, named: str) -> Deed:
        if self._on_twitch:
            return Say(f"{self._words.board} {verb} {named}".rstrip())
        return Slash(f"drop {verb}", named)
