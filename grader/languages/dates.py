"""Dates as people of a language write them."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from grader.languages.spoken import machine

DATE = "{year}-{month:02}-{day:02} {hour:02}:{minute:02} ({zone})"
"""The English form; `pages.yml` gives a language's own, and names of time zones if it likes."""


def date_in(language: str, moment: datetime, timezone: str) -> str:
    """A moment in words, with the zone that its clock shows.

    Args:
        language: a tag such as "zh".
        moment: aware of its zone, or local time of `timezone`.
        timezone: a name such as "Asia/Shanghai".
    """
    texts = machine(language)
    local = moment.astimezone(ZoneInfo(timezone)) if moment.tzinfo else moment
    return texts.say(DATE).format(
        year=local.year,
        month=local.month,
        day=local.day,
        hour=local.hour,
        minute=local.minute,
        zone=texts.say(timezone),
    )
