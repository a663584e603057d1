"""Instants and spans, as a person says them."""

from __future__ import annotations

SENTENCES = {
    "time-seconds": "{count} s",
    "time-minutes": "{count} min",
    "time-minutes-seconds": "{minutes} min {seconds} s",
    "time-hours": "{count} h",
    "time-hours-minutes": "{count} h {minutes} min",
    "time-day": "1 day",
    "time-days": "{count} days",
    "time-weekdays": "Mon Tue Wed Thu Fri Sat Sun",
    "time-on-day": "{clock} on {day}",
    "time-coming": "{clock} (in {span})",
    "list-more": "and {count} more",
    "list-or": " or ",
}
