"""Everything the bot can say, in one place to proof-read: run with --snapshot-update after a change of wording."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from syrupy.assertion import SnapshotAssertion

from bot.domain.announcing import NewsKind
from bot.domain.ballots import SCORE_MAX
from bot.domain.claims import ClaimDecision, ClaimGranted, ClaimNeedsName, ClaimOpenNow, ClaimRefusal
from bot.domain.codes import CodeRefusal
from bot.domain.control import DropSteered, SteerDecision, SteerNeedsYes, SteerRefusal, Verb
from bot.domain.drops import Drop, DropState
from bot.domain.planning import DropPlanned, FormMistake, PlanRefused
from bot.domain.privacy import ErasureAsked, ErasureDecision, ErasureRefusal, ErasureRefused, Kept, PersonErased
from bot.domain.proofs import ProofAnswer, ProofPending, ProofPlaces, ProofRefusal, ProofUnknown, SeenAt
from bot.domain.time import DAY, HOUR, MINUTE, SECOND
from bot.wording.announcing import card, chat_line, control_card, gap_closed_line, gap_line, live_card, repair_card
from bot.wording.cards import CardFile
from bot.wording.catalogue import Wording
from bot.wording.claims import (
    already_yours_lines,
    chat_receipt,
    claim_answer,
    refused_lines,
    told_late_lines,
    too_fast_text,
    try_again_text,
    winner_lines,
)
from bot.wording.control import chat_answer, confirm_card, incomplete_gift_text, nothing_waits_text, steer_answer
from bot.wording.control import try_again_text as steer_try_again_text
from bot.wording.drops import board_card, board_line, mine_lines, mine_text
from bot.wording.english import SENTENCES
from bot.wording.gates import condition_text
from bot.wording.help import Reminder, help_text, reminder_text
from bot.wording.planning import plan_answer
from bot.wording.privacy import (
    data_card,
    erasure_answer,
    erasure_line,
    expired_text,
    kept_card,
    too_large_text,
)
from bot.wording.proof import proof_card, proof_line
from bot.wording.restore import backups_failing_card, backups_work_card, frozen_card, lost_card
from bot.wording.results import with_results
from bot.wording.times import span_text, undo_text
from bot.wording.verifying import not_verified_card
from tests.wording.cadences import every_cadence_note, every_next_line
from tests.wording.codes import every_code_sentence
from tests.wording.early import EARLY_BOARDS, EARLY_NEWS, EARLY_REFUSALS, every_early_sentence
from tests.wording.events import every_event
from tests.wording.links import every_link_line
from tests.wording.moves import every_move
from tests.wording.native_polls import every_native_line
from tests.wording.nights import every_night_sentence, every_pass_sentence
from tests.wording.offers import every_offer
from tests.wording.polls import every_poll_sentence
from tests.wording.refusals import every_refusal
from tests.wording.saying import (
    ANNOUNCED,
    CLOSED,
    CONDITIONS,
    CUE,
    DROP_NEWS,
    EIGHT,
    FOUND,
    NOTE,
    NOW,
    OPEN,
    PAUSED,
    PLAN,
    SOLD_OUT,
    Remembering,
    about,
    drawn,
    refused,
    steer_refused,
    steered,
)
from tests.wording.voids import every_void
from tests.wording.votes import every_vote_answer
from tests.wording.whos import every_who

GRANTED = ClaimGranted("mug", "Teal Mug", 17, 48, 30)
RECEIPT = replace(GRANTED, entry=57, leaf="ab12cd34ef" * 6 + "0000")
PROOFS: tuple[ProofAnswer, ...] = (
    *(replace(FOUND, seen=seen) for seen in SeenAt),
    *(ProofPending("mug", "Teal Mug", 17, 57, FOUND.leaf, FOUND.at, over=over) for over in (False, True)),
    *(ProofUnknown(because, "mug", "Teal Mug", 17, 48) for because in ProofRefusal),
)
NEEDS_NAME = ClaimNeedsName(("mug", "cap"), ("Teal Mug", "Red Cap"))
REFUSALS = (
    refused(ClaimRefusal.NOTHING_ON, drop="", title=""),
    refused(ClaimRefusal.UNKNOWN_DROP, drop="", title="", asked_for="mgu"),
    *(refused(ClaimRefusal.BAD_CODE, code_because=because, retry_at=EIGHT) for because in CodeRefusal),
    refused(ClaimRefusal.CANCELLED),
    refused(ClaimRefusal.ALREADY_YOURS, numbers=(3,)),
    refused(ClaimRefusal.ALREADY_YOURS, numbers=(3, 5)),
    refused(ClaimRefusal.ALREADY_YOURS, numbers=tuple(range(1, 15))),
    refused(ClaimRefusal.FROZEN),
    refused(ClaimRefusal.NOT_OPEN_YET, retry_at=EIGHT),
    refused(ClaimRefusal.NOT_OPEN_YET, retry_at=NOW + 20 * SECOND),
    refused(ClaimRefusal.NOT_OPEN_YET, on_cue=True),
    refused(ClaimRefusal.NOT_OPEN_YET),
    refused(ClaimRefusal.SOLD_OUT),
    refused(ClaimRefusal.CLOSED),
    refused(ClaimRefusal.PAUSED, retry_at=NOW + 30 * SECOND),
    refused(ClaimRefusal.PAUSED),
    *EARLY_REFUSALS,
)
PASSES = replace(PLAN, held_back=0, per_person=2, kind="pass")
CANCELLED = replace(OPEN, state=DropState.CANCELLED)
FROZEN = replace(OPEN, claimed=20, last_number=20, frozen_at=NOW)
REPAIRED = replace(OPEN, claimed=20, lost=11, last_number=31)
NEWS: tuple[tuple[NewsKind, dict[str, object]], ...] = (
    (NewsKind.ANNOUNCED, about(ANNOUNCED)),
    (
        NewsKind.ANNOUNCED,
        about(replace(ANNOUNCED, plan=replace(ANNOUNCED.plan, held_back=0, per_person=2, kind="pass"))),
    ),
    (NewsKind.ANNOUNCED, about(CUE)),
    (NewsKind.SOON, about(ANNOUNCED)),
    (NewsKind.POSTPONED, about(replace(ANNOUNCED, postponed_why="offline"))),
    (NewsKind.POSTPONED, about(replace(ANNOUNCED, postponed_why="unknown"))),
    (NewsKind.POSTPONED, about(replace(ANNOUNCED, postponed_why="missed", on_cue=True))),
    (NewsKind.RESCHEDULED, about(replace(ANNOUNCED, opens_at=NOW + 30 * SECOND))),
    (NewsKind.OPENED, about(replace(OPEN, claimed=0))),
    (NewsKind.OPENED, about(replace(OPEN, claimed=0), late=True)),
    (NewsKind.NEARLY_GONE, about(replace(OPEN, claimed=42))),
    (NewsKind.SOLD_OUT, about(SOLD_OUT)),
    (NewsKind.SOLD_OUT, about(replace(SOLD_OUT, given=2))),
    (NewsKind.PAUSED, about(PAUSED)),
    (NewsKind.PAUSED, about(replace(PAUSED, paused_why="offline"))),
    (NewsKind.RESUMING, about(replace(PAUSED, paused_why="offline", resume_at=NOW + 30 * SECOND))),
    (NewsKind.RESUMED, about(OPEN, added=4 * MINUTE)),
    (NewsKind.EXTENDED, about(OPEN, minutes=5)),
    (NewsKind.EXTENDED, about(OPEN, minutes=-5)),
    (NewsKind.CLOSED, about(CLOSED)),
    (NewsKind.CLOSED, about(CLOSED, late=True)),
    (NewsKind.CLOSED, about(replace(CLOSED, closed_why="stream"))),
    (NewsKind.CLOSED, about(replace(CLOSED, claimed=1, closed_at=None))),
    (NewsKind.REOPENED, about(OPEN)),
    (NewsKind.RETURNED, about(replace(ANNOUNCED, on_cue=True))),
    (NewsKind.CANCELLED, about(CANCELLED)),
    (NewsKind.CANCELLED, about(replace(CANCELLED, claimed=0))),
    (NewsKind.FROZEN, about(FROZEN)),
    (NewsKind.THAWED, about(replace(REPAIRED, lost=0, last_number=20), lost_ranges=[])),
    (NewsKind.THAWED, about(REPAIRED, lost_ranges=[[4, 4], [21, 31]])),
    (NewsKind.THAWED, about(replace(REPAIRED, lost=0, paused_at=NOW), lost_ranges=[])),
    (NewsKind.THAWED, about(replace(REPAIRED, state=DropState.CLOSED), lost_ranges=[[21, 31]])),
    (NewsKind.THAWED, about(replace(REPAIRED, lost=28, last_number=48), lost_ranges=[[21, 48]])),
    *EARLY_NEWS,
)
ERASURES: tuple[ErasureDecision, ...] = (
    ErasureAsked(units=2, deeds=0),
    ErasureAsked(units=0, deeds=0),
    ErasureAsked(units=2, deeds=7),
    ErasureAsked(units=2, deeds=0, linked=True),
    ErasureAsked(units=2, deeds=0, linked=True, passes=3),
    PersonErased(units=2, deeds=7, entries=9),
    ErasureRefused(ErasureRefusal.NOTHING_KEPT),
    ErasureRefused(ErasureRefusal.FROZEN, "mug", "Teal Mug"),
    ErasureRefused(ErasureRefusal.STILL_RUNNING, "mug", "Teal Mug"),
    ErasureRefused(ErasureRefusal.STILL_RUNNING, "mug", "Teal Mug", NOW + 20 * MINUTE),
    ErasureRefused(ErasureRefusal.VOTED, "poll:next-mug", "Next mug?"),
    ErasureRefused(ErasureRefusal.VOTED, "poll:next-mug", "Next mug?", NOW + 20 * MINUTE),
    ErasureRefused(ErasureRefusal.AT_A_NIGHT, "night:hades", "Hades night"),
    ErasureRefused(ErasureRefusal.AT_A_NIGHT, "night:hades", "Hades night", NOW + 20 * MINUTE),
)
STEERINGS: tuple[SteerDecision, ...] = (
    *(steered(verb) for verb in Verb if verb not in (Verb.GIVE, Verb.UNDO, Verb.EXTEND)),
    steered(Verb.EXTEND, minutes=5),
    steered(Verb.GIVE, number=16, receiver="ann"),
    steered(Verb.UNDO, undone="drop.opened>drop.returned"),
    steered(Verb.UNDO, undone="drop.opened>drop.paused"),
    steered(Verb.UNDO, undone="drop.closed>drop.reopened"),
    steered(Verb.UNDO, undone="drop.paused>drop.resumed"),
    steered(Verb.UNDO, undone="drop.extended>drop.extended"),
    steered(Verb.UNDO, undone="unit.granted>unit.voided", number=16),
    SteerNeedsYes(Verb.CANCEL, "mug", "Teal Mug", 0),
    SteerNeedsYes(Verb.CANCEL, "mug", "Teal Mug", 15),
    *(
        steer_refused(because, choices=("mug", "cap"), numbers=(3,))
        for because in SteerRefusal
        if because is not SteerRefusal.NOTHING_FITS
    ),
    *(steer_refused(SteerRefusal.NOTHING_FITS, verb) for verb in Verb if verb is not Verb.UNDO),
    steer_refused(SteerRefusal.UNKNOWN_DROP),
    steer_refused(SteerRefusal.NAME_NEEDED, Verb.EXTEND, choices=tuple(f"drop-{n}" for n in range(14))),
)
BOARDS: tuple[tuple[Drop, ...], ...] = (
    (),
    (OPEN, CUE),
    (PAUSED, ANNOUNCED),
    (SOLD_OUT, replace(ANNOUNCED, postponed_why="offline")),
    (CLOSED, CANCELLED),
    (FROZEN,),
    *EARLY_BOARDS,
)


def everything(words: Wording) -> Iterator[str]:
    yield from ("# Claims in Twitch chat", *_claims_in_chat(words))
    yield "# Claims on Discord"
    decisions: tuple[ClaimDecision, ...] = (GRANTED, *REFUSALS, NEEDS_NAME)
    yield from (claim_answer(words, decision, NOW, discord=True) for decision in decisions)
    yield claim_answer(words, RECEIPT, NOW, discord=True)
    yield try_again_text(words, discord=True)
    yield too_fast_text(words)
    yield "# News in Twitch chat"
    yield from (chat_line(words, kind, said, NOW) for kind, said in NEWS)
    yield chat_line(words, NewsKind.OPENED, about(replace(OPEN, claimed=0), note=NOTE), NOW)
    yield gap_line(words, ["Teal Mug", "Red Cap"], NOW)
    yield gap_line(words, ["Teal Mug", "Red Cap"], NOW, again=True)
    yield gap_closed_line(words, [("Teal Mug", 12), ("Red Cap", 1)])
    yield "# News on Discord"
    yield from (drawn(card(words, kind, said, NOW)) for kind, said in NEWS)
    closed = card(words, NewsKind.CLOSED, about(CLOSED, note=NOTE), NOW)
    for size, url in ((1_000, ""), (1_000, "https://fox.example/drops"), (8_000_001, "")):
        files = (CardFile("mug.microdrops.txt", bytes(size)), CardFile("verify.html", bytes(100)))
        yield drawn(with_results(words, closed, files, url))
    yield "# The open drop's card on Discord, as it changes"
    yield from (drawn(live_card(words, said, NOW)) for _, said in NEWS[8:])
    yield "# For moderators on Discord"
    yield from _moderators(words)
    yield "# Steering in Twitch chat"
    yield from filter(None, (chat_answer(words, decision, NOW) for decision in STEERINGS))
    yield steer_try_again_text(words, discord=False)
    yield from (incomplete_gift_text(words, "mug", receiver_known=known) for known in (False, True))
    yield "# Steering on Discord"
    yield from (steer_answer(words, decision, NOW, discord=True) for decision in STEERINGS)
    yield drawn(confirm_card(words, SteerNeedsYes(Verb.CANCEL, "mug", "Teal Mug", 15), NOW))
    yield nothing_waits_text(words)
    yield "# What is on, what is mine, what can be typed"
    yield from (board_line(words, drops, NOW) for drops in BOARDS)
    yield from (drawn(board_card(words, drops, NOW)) for drops in BOARDS)
    for held in ([], [("Teal Mug", 17, 48)], [("Teal Mug", 17, 48), ("Red Cap", 2, 10)]):
        yield from (mine_text(words, "ann", held, discord=discord) for discord in (False, True))
    yield mine_text(words, "ann", [("Teal Mug", 17, 48), ("Zine", 2, 9)], discord=True, entries=[57, 31])
    yield mine_text(words, "ann", [("Teal Mug", number, 48) for number in range(1, 40)], discord=False)
    for units in ([], [("Teal Mug", 17, 48)]):
        yield from mine_lines(words, [("ann", units), ("bob", units)], named_max=2)
    yield from mine_lines(words, [("ann", []), ("bob", []), ("cy", [])], named_max=2)
    for moderator in (False, True):
        yield from (help_text(words, moderator=moderator, discord=discord) for discord in (False, True))
    yield from (reminder_text(words, reminder) for reminder in Reminder)
    yield help_text(Wording(command_names={"proof": "!proof"}), moderator=False, discord=False)
    yield "# The proof of a unit"
    yield from _proofs(words)
    yield "# Planning a drop live"
    yield plan_answer(words, DropPlanned("mug", "Teal Mug", 48, EIGHT, NOW), NOW)
    yield plan_answer(words, DropPlanned("mug", "Teal Mug", 48, None, NOW), NOW)
    yield plan_answer(words, DropPlanned("mug", "Teal Mug", 48, EIGHT, NOW + MINUTE), NOW)
    yield plan_answer(words, PlanRefused(tuple(FormMistake)), NOW)
    yield from ("# Early access", *_gates(words))
    yield from ("# A drop that moves", *every_move(words))
    yield from ("# Discord's calendar", *every_event(words))
    yield from ("# Recurring drops in the plan", *every_cadence_note(words, NOW))
    yield from ("# What comes next", *every_next_line(words, NOW))
    yield from ("# Claim codes", *every_code_sentence(words))
    yield from ("# Polls", *every_poll_sentence(words))
    yield from ("# Polls of Twitch's own", *every_native_line(words))
    yield from ("# Votes", *every_vote_answer(words))
    yield from ("# Passes", *every_pass_sentence(words))
    yield from ("# What comes with each unit", *every_offer(words))
    yield from ("# Game nights", *every_night_sentence(words))
    yield from ("# Taking a unit back", *every_void(words))
    yield from ("# Who somebody is", *every_who(words))
    yield from ("# What is kept, and being forgotten", *_privacy(words))
    yield from ("# One person on two platforms", *every_link_line(words))
    yield "# Trouble, forms and the descriptions of slash commands"
    yield words.say("trouble", discord=True)
    yield from (
        words.say(key, discord=True, within=undo_text(words), most=SCORE_MAX)
        for key in SENTENCES
        if key.startswith(("slash-", "form-", "give-form-", "ballot-form-"))
    )
    yield "# Spans"
    spans = (0, 1, 45 * SECOND, 60 * SECOND, 89 * SECOND, 10 * MINUTE, HOUR, 90 * MINUTE, 30 * HOUR, DAY, 9 * DAY)
    yield ", ".join(span_text(words, span) for span in spans)
    yield chat_line(words, NewsKind.SOON, about(replace(ANNOUNCED, opens_at=EIGHT + 3 * DAY)), NOW)
    yield chat_line(words, NewsKind.SOON, about(replace(ANNOUNCED, opens_at=EIGHT + 30 * DAY)), NOW)


def _proofs(words: Wording) -> Iterator[str]:
    for answer in PROOFS:
        shown = proof_card(words, answer, ProofPlaces("https://tealfox.example/drops"))
        yield shown if isinstance(shown, str) else drawn(shown)
        yield proof_line(words, answer, ProofPlaces())


def _gates(words: Wording) -> Iterator[str]:
    yield "\n".join(condition_text(words, condition, discord=True) for condition in CONDITIONS)
    yield from every_early_sentence(words)


def _privacy(words: Wording) -> Iterator[str]:
    units = tuple(("Teal Mug", number, 48) for number in range(1, 23))
    for kept in (Kept(), Kept(("twitch: ann",)), Kept(("twitch: ann", "discord: Ann"), units, 31, 2, NOW, 4, 1)):
        yield drawn(kept_card(words, kept))
    yield drawn(data_card(words, b"{}"))
    yield too_large_text(words, "discord:1001")
    yield expired_text(words)
    for erasure in ERASURES:
        yield erasure_line(words, erasure, "ann", NOW)
        shown = erasure_answer(words, erasure, NOW, copies_days=14)
        yield shown if isinstance(shown, str) else drawn(shown)


def _claims_in_chat(words: Wording) -> Iterator[str]:
    yield from winner_lines(words, "Teal Mug", 48, [("ann", 17)])
    yield from winner_lines(words, "Teal Mug", 48, [("ann", 17), ("bob", 18), ("cem", 19)])
    receipts = {17: chat_receipt(words, RECEIPT)}
    yield from winner_lines(words, "Teal Mug", 48, [("ann", 17)], receipts)
    yield from winner_lines(words, "Teal Mug", 48, [("ann", 17), ("bob", 18)], receipts)
    yield from told_late_lines(words, "Teal Mug", 48, [("ann", 17)])
    yield from told_late_lines(words, "Teal Mug", 48, [("ann", 17)], discord=True)
    for refusal in (*REFUSALS, NEEDS_NAME):
        yield from refused_lines(words, refusal, ["ann", "bob"], NOW)
    yield from already_yours_lines(words, "Teal Mug", [("ann", (17,)), ("bob", (3, 18))])
    yield from refused_lines(words, refused(ClaimRefusal.SOLD_OUT), [f"viewer{n}" for n in range(73)], NOW)
    yield from refused_lines(words, ClaimOpenNow("mug", "Teal Mug"), ["ann", "bob"], NOW)
    yield try_again_text(words, discord=False)


def _moderators(words: Wording) -> Iterator[str]:
    planned = replace(ANNOUNCED, state=DropState.PLANNED, announced_at=None)
    postponed = replace(ANNOUNCED, postponed_why="offline")
    settled = replace(CLOSED, state=DropState.SETTLED)
    for drop in (planned, ANNOUNCED, CUE, postponed, OPEN, PAUSED, SOLD_OUT, CLOSED, settled, CANCELLED):
        yield drawn(control_card(words, about(drop), NOW))
    yield drawn(frozen_card(words, about(FROZEN)))
    yield drawn(frozen_card(words, about(replace(ANNOUNCED, frozen_at=NOW))))
    yield drawn(lost_card(words, about(REPAIRED, lost_ranges=[[21, 31]])))
    yield drawn(backups_failing_card(words, "No space left on device", NOW))
    yield drawn(backups_failing_card(words, "No space left on device", None))
    yield drawn(backups_work_card(words))
    yield drawn(not_verified_card(words, "unit 2 of mug: no entry has granted it", 0))
    yield drawn(not_verified_card(words, "entry 57: the leaf hash is not that of its bytes", 11))
    yield from every_refusal(words)
    yield drawn(repair_card(words, about(CLOSED), [], NOW))
    yield drawn(repair_card(words, about(CLOSED), ["ann", "bob"], NOW))
    yield drawn(repair_card(words, about(replace(CLOSED, claimed=46, given=2)), [f"v{n}" for n in range(60)], NOW))


def test_everything_the_bot_says_reads_like_this(snapshot: SnapshotAssertion) -> None:
    assert "\n\n".join(everything(Wording())) == snapshot


def test_no_sentence_is_left_out_of_the_proof_and_none_is_unused() -> None:
    words = Remembering(command_names={"proof": "!proof"})
    list(everything(words))
    assert set(SENTENCES) - words.asked == set()


def test_every_reason_every_deed_and_every_news_is_among_them() -> None:
    assert {refusal.because for refusal in REFUSALS} == set(ClaimRefusal)
    # Those of a drop that moves are in a list of their own.
    assert {kind for kind, _ in NEWS} == set(DROP_NEWS) - {NewsKind.MOVED}
    assert {s.because for s in STEERINGS if not isinstance(s, DropSteered | SteerNeedsYes)} == set(SteerRefusal)
    assert {s.verb for s in STEERINGS if isinstance(s, DropSteered)} == set(Verb)
