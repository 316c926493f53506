"""The formats of strings. Each is declared once, at the end of this module.

The declarations are all that the rest needs: the readers and the records, the arguments, the generator, the sandbox and
its examples.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from typing import Any, Final

from .drift import Drift
from .errors import Path
from .readers import Scalar, String

# RFC 3339, also with a space in place of the T, or without a zone. \d would also match the digits of other scripts.
_DATE_TIME: Final = (
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}[Tt ](?:[01][0-9]|2[0-3]):[0-5][0-9]:(?:[0-5][0-9]|60)(?:\.[0-9]+)?"
    r"(?:[Zz]|[+-][0-9]{2}:[0-5][0-9])?"
)
_DATE: Final = r"[0-9]{4}-[0-9]{2}-[0-9]{2}"


def parse_date_time(text: str) -> datetime:
    """Return an aware datetime, in UTC if the text has no zone.

    Raises:
        ValueError: The text is not a date-time.
    """
    # The usual format of the API. If these characters are in their places, fromisoformat() is strict enough.
    if text[26:] == "Z" and text[4:20:3] == "--T::." and text[11:13] < "24":
        return datetime.fromisoformat(text)
    if not re.fullmatch(_DATE_TIME, text):  # fromisoformat() accepts more
        raise ValueError
    if text[17:19] == "60":
        return _after_leap_second(text)
    date_time = datetime.fromisoformat(text.upper())
    return date_time if date_time.tzinfo else date_time.replace(tzinfo=UTC)


def _after_leap_second(text: str) -> datetime:
    """Return the second after a leap second, which Python's datetime cannot represent. POSIX time does the same."""
    before = parse_date_time(f"{text[:17]}59{text[19:]}").replace(microsecond=0)
    if before.astimezone(UTC).strftime("%H:%M") != "23:59":
        raise ValueError
    return before + timedelta(seconds=1)


def parse_date(text: str) -> date:
    """Return a date.

    Raises:
        ValueError: The text is not a date.
    """
    if not re.fullmatch(_DATE, text):  # fromisoformat() also accepts week dates
        raise ValueError
    return date.fromisoformat(text)


def date_time_text(date_time: datetime) -> str:
    """Return the text of a datetime as the API writes it: with ``Z`` for UTC."""
    text = date_time.isoformat()
    return text.removesuffix("+00:00") + "Z" if text.endswith("+00:00") else text


class Format(Scalar):
    """Reads the strings of a format as values of a type.

    Attributes:
        name: The format, as the spec calls it.
        type: The type of the values. If it is str, any string is read as it is: the format says only what is usual.
        example: A string of this format.
    """

    def __init__(self, name: str, type_: type, *, example: str, **conversion: Any) -> None:
        plain = type_ if type_ is str else None
        conversion = {"json": str, **conversion, "plain": plain, "python": (type_, str)}
        super().__init__("a string" if plain else f"a {name}", str, **conversion)
        self.name = name
        self.type = type_
        self.example = example

    def json_of(self, value: Any, path: Path) -> Any:
        if isinstance(value, str):  # as in `to_dict()`
            self.read(value, path, Drift())
            return String.json_of(value, path)
        return super().json_of(value, path)


DateTime: Final = Format(
    "date-time", datetime, example="2026-01-01T00:00:00Z", convert=parse_date_time, json=date_time_text
)
Date: Final = Format("date", date, example="2026-01-01", convert=parse_date, json=date.isoformat, but=(datetime,))
# Not checked, since vendors also call other ids UUIDs, such as agent_IsZ3Q6Sf_60Eh26XQMGbz-R_og.
Uuid: Final = Format("uuid", str, example="4718a326-417b-4dda-90d0-21fd65a11cb8", json=String.json)

# By their names. A type comes before its base classes: a datetime is a date too.
FORMATS: Final[Mapping[str, Format]] = {format_.name: format_ for format_ in (DateTime, Date, Uuid)}
# The formats that decide the type of a string.
CONVERTED: Final[tuple[Format, ...]] = tuple(format_ for format_ in FORMATS.values() if format_.type is not str)
