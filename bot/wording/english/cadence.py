"""What `microdrops plan` notes of recurring drops: the rule, the next times, the clocks, the channel's pacing."""

from __future__ import annotations

SENTENCES = {
    "cadence-weekly": "every {days} at {clock}",
    "cadence-weeks": "every {count} weeks on {days} at {clock}",
    "cadence-monthly": "every month on {days} at {clock}",
    "cadence-months": "every {count} months on {days} at {clock}",
    "cadence-both": "{weekdays} if that is {days}",
    "cadence-first": "the first {day}",
    "cadence-second": "the second {day}",
    "cadence-third": "the third {day}",
    "cadence-fourth": "the fourth {day}",
    "cadence-fifth": "the fifth {day}",
    "cadence-last": "the last {day}",
    "cadence-from-end": "the {day} that is number {number} from the end",
    "cadence-day": "day {number}",
    "cadence-day-last": "the last day",
    "cadence-day-from-end": "the day that is number {number} from the end",
    "cadence-times": "{rule}, {count} times in all",
    "cadence-until": "{rule}, until {day}",
    "cadence-season": "on the dates of a season ({count})",
    "cadence-next": "{drop} comes {rule} ({zone}). Next: {times}.",
    "cadence-next-none": "{drop} comes {rule} ({zone}). Nothing of that is still to come.",
    "cadence-time": "{local} = {utc}",
    "cadence-gap": "{drop}: {local} does not exist, the clocks skip it; it opens at {opens}.",
    "cadence-fold": "{drop}: {local} comes twice, the clocks go back; it opens the first time, at {opens}.",
    "cadence-idle-skip": "{drop}: {day} is skipped, but nothing is due on that date.",
    "pacing-blackout": "{drop} ({opens}) breaks the rule blackout: it would be on at {day}.",
    "pacing-quiet-hours": "{drop} ({opens}) breaks the rule quiet-hours: nothing opens from {begins} to {ends}.",
    "pacing-gap": "{drop} ({opens}) breaks the rule gap: {other} ({other_opens}) is less than {gap} away.",
    "pacing-per-week": "{drop} ({opens}) breaks the rule per-week: with it {count} drops open within seven days, "
    "and {limit} are the most.",
    "pacing-more": "There are {count} more such warnings.",
}
