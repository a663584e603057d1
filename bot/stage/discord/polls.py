"""Native polls: what one is made of, what the platform refuses, and what a vote does to it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from bot.stage.discord.errors import FormErrors
from bot.stage.record import SECOND

Json = dict[str, Any]

QUESTION_MAX, ANSWER_MAX, ANSWERS_MAX = 300, 55, 10
HOURS_MAX, HOURS_USUAL = 32 * 24, 24
_HOUR = 3_600 * SECOND


@dataclass(slots=True, eq=False)
class Poll:
    """`answers` and `votes` go by the answer's number, from 1; votes hold user ids in the order they came.

    `expires_at` is microseconds since the epoch.
    """

    question: Json
    answers: dict[int, Json]
    allow_multiselect: bool
    expires_at: int
    is_finalized: bool = False
    votes: dict[int, list[str]] = field(default_factory=dict)

    @classmethod
    def from_body(cls, body: Json, now: int) -> Poll:
        """A poll as a request asks for it; check() comes first."""
        answers = {number: _stored(each["poll_media"]) for number, each in enumerate(body["answers"], start=1)}
        return cls(
            _stored(body["question"]),
            answers,
            bool(body.get("allow_multiselect")),
            now + int(body.get("duration") or HOURS_USUAL) * _HOUR,
            votes={number: [] for number in answers},
        )

    @property
    def text(self) -> str:
        """What a reader sees: the question and its answers, a line each."""
        return "\n".join([self.question["text"], *(each.get("text", "") for each in self.answers.values())])

    def number_of(self, answer: int | str) -> int | None:
        """An answer by its number or its text."""
        if isinstance(answer, int):
            return answer if answer in self.answers else None
        return next((key for key, each in self.answers.items() if each.get("text") == answer), None)

    def vote(self, user_id: str, chosen: Iterable[int]) -> tuple[list[int], list[int]]:
        """Make these the member's votes; returns which were added and which taken back."""
        wanted = set(chosen)
        added, removed = [], []
        for number, voters in self.votes.items():
            if number in wanted and user_id not in voters:
                voters.append(user_id)
                added.append(number)
            elif number not in wanted and user_id in voters:
                voters.remove(user_id)
                removed.append(number)
        return added, removed

    def results_embed(self) -> Json:
        """The fields of the message that tells how a finished poll went."""
        counts = {number: len(voters) for number, voters in self.votes.items()}
        best = max(counts.values())
        told = {
            "poll_question_text": self.question["text"],
            "victor_answer_votes": str(best),
            "total_votes": str(sum(counts.values())),
        }
        winners = [number for number, count in counts.items() if count == best]
        # With a tie, or with no votes at all, nobody is named.
        if best and len(winners) == 1:
            told["victor_answer_id"] = str(winners[0])
            if text := self.answers[winners[0]].get("text"):
                told["victor_answer_text"] = text
        fields = [{"name": name, "value": value, "inline": False} for name, value in told.items()]
        return {"type": "poll_result", "fields": fields}


def check(body: Json, errors: FormErrors) -> None:
    """Note what the platform refuses in the poll of a message."""
    path = ("poll",)
    question = body.get("question") or {}
    if errors.require(bool(question.get("text")), (*path, "question", "text")):
        errors.length(question["text"], 1, QUESTION_MAX, (*path, "question", "text"))
    answers = body.get("answers") or []
    errors.count(answers, 1, ANSWERS_MAX, (*path, "answers"))
    for index, answer in enumerate(answers):
        media = answer.get("poll_media") or {}
        where = (*path, "answers", index, "poll_media")
        if errors.require(bool(media.get("text") or media.get("emoji")), (*where, "text")):
            errors.length(media.get("text"), 0, ANSWER_MAX, (*where, "text"))
    errors.whole(body.get("duration"), 1, HOURS_MAX, (*path, "duration"))


def _stored(media: Json) -> Json:
    return {key: value for key, value in media.items() if value is not None}
