"""Dates and times as RFC 3339 writes them, and as this API does."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta, timezone
from typing import Final

# What the API writes, and fromisoformat() of every Python reads alike.
_USUAL: Final = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}T(?:[01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9](?:\.[0-9]{6})?(?:Z|\+00:00)"
)
# RFC 3339, and what else is let pass: a space for the T, no zone at all. [0-9], since \d takes other scripts'.
_TIMESTAMP: Final = re.compile(
    r"([0-9]{4})-([0-9]{2})-([0-9]{2})[Tt ]([0-9]{2}):([0-9]{2}):([0-9]{2})(?:\.([0-9]+))?"
    r"(?:[Zz]|([+-])([0-9]{2}):([0-5][0-9]))?"
)
_DATE: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


def parse_date_time(text: str) -> datetime:
    """Return the moment; in UTC where the text names no zone.

    Raises:
        ValueError: it is no date-time.
    """
    if _USUAL.fullmatch(text):
        return datetime.fromisoformat(text)
    match = _TIMESTAMP.fullmatch(text)
    if match is None:
        raise ValueError
    *numbers, second, fraction, sign, offset_hours, offset_minutes = match.groups()
    year, month, day, hour, minute = map(int, numbers)
    microsecond = int(fraction[:6].ljust(6, "0")) if fraction else 0
    zone = timezone(timedelta(hours=int(sign + offset_hours), minutes=int(sign + offset_minutes))) if sign else UTC
    if second != "60":
        return datetime(year, month, day, hour, minute, int(second), microsecond, zone)
    # A leap second is valid RFC 3339 and no Python datetime; like POSIX time, read it as the second after it.
    moment = datetime(year, month, day, hour, minute, 59, 0, zone)
    if moment.astimezone(UTC).strftime("%H:%M") != "23:59":
        raise ValueError
    return moment + timedelta(seconds=1)


def parse_date(text: str) -> date:
    """Return the day.

    Raises:
        ValueError: it is no date.
    """
    if not _DATE.fullmatch(text):  # fromisoformat() also takes the dates of weeks
        raise ValueError
    return date.fromisoformat(text)


def date_time_text(moment: datetime) -> str:
    """Return the moment as the API writes it: with ``Z`` for UTC."""
    text = moment.isoformat()
    return text.removesuffix("+00:00") + "Z" if text.endswith("+00:00") else text
