"""Which code decides which command, in the lane's thread."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from bot.domain.calendar_step import NoteEvent
from bot.domain.claims import ClaimDrop, JudgeHolds
from bot.domain.clock_set import ClockSet
from bot.domain.code_sets import BurnCodes, IssueCodes
from bot.domain.control import SteerDrop
from bot.domain.eligibility import AskEligibility
from bot.domain.linking import LinkPeople, UnlinkMe
from bot.domain.moving import MoveDrop
from bot.domain.native_rules import NoteNative
from bot.domain.night_deeds import CancelNight, CreateNight, VisitNight
from bot.domain.pass_deeds import GivePass, RevokePass, TransferPass
from bot.domain.planning import ApplyPlans, PlanDrop
from bot.domain.poll_control import OpenPoll, SteerPoll
from bot.domain.privacy import EraseMe
from bot.domain.recounting import RecountPoll
from bot.domain.restore import FreezeDrops, ThawDrop
from bot.domain.stream import ReportStream, Wake
from bot.domain.telling import ForgetRefusals, NoteAttempt, NoteCommands, NoteSent, NoteTold
from bot.domain.time import Micros
from bot.domain.verifying import NoteVerified
from bot.domain.voiding import VoidUnit
from bot.domain.voting import CastVote
from bot.storage import (
    calendar,
    claims,
    clock_set,
    codes,
    control,
    eligibility,
    judging,
    linking,
    moving,
    native_polls,
    nights,
    passes,
    planning,
    polls,
    privacy,
    restore,
    stream,
    telling,
    verified,
    voiding,
    voting,
)
from bot.storage.batch import Batch

HANDLERS: dict[type[Any], Callable[[Batch, Any, Micros], Any]] = {
    ClaimDrop: claims.handle,
    JudgeHolds: judging.handle,
    AskEligibility: eligibility.handle,
    SteerDrop: control.handle,
    MoveDrop: moving.handle,
    PlanDrop: planning.handle_one,
    ApplyPlans: planning.handle_all,
    ReportStream: stream.handle_report,
    Wake: stream.handle_wake,
    NoteTold: telling.handle_told,
    NoteAttempt: telling.handle_attempt,
    NoteSent: telling.handle_sent,
    NoteCommands: telling.handle_commands,
    ForgetRefusals: telling.handle_forget,
    FreezeDrops: restore.handle_freeze,
    ThawDrop: restore.handle_thaw,
    EraseMe: privacy.handle,
    LinkPeople: linking.handle_link,
    UnlinkMe: linking.handle_unlink,
    IssueCodes: codes.handle_issue,
    BurnCodes: codes.handle_burn,
    NoteVerified: verified.handle,
    NoteEvent: calendar.handle_note,
    ClockSet: clock_set.handle,
    OpenPoll: polls.handle_open,
    SteerPoll: polls.handle_steer,
    RecountPoll: polls.handle_recount,
    NoteNative: native_polls.handle_note,
    CastVote: voting.handle,
    GivePass: passes.handle_give,
    TransferPass: passes.handle_transfer,
    RevokePass: passes.handle_revoke,
    VisitNight: nights.handle_visit,
    CreateNight: nights.handle_create,
    CancelNight: nights.handle_cancel,
    VoidUnit: voiding.handle,
}
