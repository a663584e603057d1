"""The moderator and the streamer: who opens what waits for a cue, and what goes wrong before."""

from __future__ import annotations

from bot.stage.crowd.acts import Anchor, GoLive, GoOffline, Say, Slash
from bot.stage.crowd.moderator import moderators
from bot.stage.crowd.scene import Scene, StagedDrop
from bot.stage.crowd.streamer import streamer
from tests.stage.crowd.theatre import BOTH_DROPS, MUG, SCENE, Theatre, person, when

ON_CUE = Scene((StagedDrop("mug", "Teal Mug", MUG.announces_at, MUG.opens_at, MUG.closes_at, on_cue=True),))


def test_the_moderator_comes_only_for_a_drop_on_cue() -> None:
    assert moderators(BOTH_DROPS, on_twitch=True) == ()
    (mia,) = moderators(ON_CUE, on_twitch=True)
    assert [act.deed for act in mia.acts] == [Say("!drop open mug")]
    (mia,) = moderators(ON_CUE, on_twitch=False)
    assert [act.deed for act in mia.acts] == [Slash("drop open", "mug")]


def test_a_moderator_who_errs_names_a_wrong_drop_opens_too_early_takes_it_back_and_closes_by_mistake() -> None:
    with Theatre({6.0: "Teal Mug is open: 48 to claim. Type !claim mug"}) as theatre:
        theatre.play(ON_CUE, *moderators(ON_CUE, on_twitch=True, mistakes=True))
        assert theatre.typed() == [
            (4.0, "mod_mia", "!drop open not-mug"),
            (4.4, "mod_mia", "!drop open mug"),
            (5.0, "mod_mia", "!drop undo"),
            (6.0, "mod_mia", "!drop open mug"),
            (6.5, "mod_mia", "!drop resume mug"),
            (14.0, "mod_mia", "!drop close mug"),
            (15.0, "mod_mia", "!drop undo"),
        ]


def test_a_drop_that_opens_by_the_clock_is_never_opened_by_mistake() -> None:
    (mia,) = moderators(SCENE, on_twitch=False, mistakes=True)
    assert [act.deed for act in mia.acts] == [
        Slash("drop open", "not-mug"),
        Slash("drop close", "mug"),
        Slash("drop undo", ""),
    ]


def test_the_moderator_on_the_stage_is_the_one_the_stage_has() -> None:
    with Theatre() as theatre:
        theatre.play(ON_CUE, *moderators(ON_CUE, on_twitch=True))
        (line,) = [seen for seen in theatre.chat() if not seen.data["bot"]]
        assert theatre.twitch.moderates(theatre.twitch.users[line.author])


def test_a_late_streamer_goes_live_late_and_opens_late_and_the_crowd_waits_for_it() -> None:
    with Theatre({19.5: "Teal Mug is open: 48 to claim. Type !claim mug"}) as theatre:
        ann = person("ann", when(Anchor.OPENED, 1.0, Say("!claim mug")))
        theatre.play(ON_CUE, streamer(ON_CUE, late=12.0), ann)
        seen = [(theatre.seconds(s), s.kind, s.text) for s in theatre.record.seen if s.kind in ("live", "chat")]
        assert [(at, text) for at, kind, text in seen if kind == "live"] == [(18.0, "Teatime")]
        assert theatre.typed() == [(19.0, "TeaPotTV", "!drop open mug"), (20.5, "ann", "!claim mug")]


def test_a_streamer_who_leaves_early_ends_the_stream_before_the_last_drop_closes() -> None:
    assert [act.deed for act in streamer(BOTH_DROPS, leaves=5.0).acts] == [GoOffline()]
    with Theatre({6.0: "Teal Mug is open: 48 to claim. Type !claim mug"}) as theatre:
        theatre.twitch.go_live()
        theatre.play(SCENE, streamer(SCENE, leaves=5.0))
        (ended,) = [seen for seen in theatre.record.seen if seen.kind == "offline"]
        assert theatre.seconds(ended) == 21.0


def test_a_streamer_who_is_on_time_does_not_go_live_again() -> None:
    assert GoLive() not in [act.deed for act in streamer(ON_CUE).acts]
