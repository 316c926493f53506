"""The arguments of a call as a request carries them."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from datetime import date
from enum import Enum
from typing import Any, Final

from .errors import InvalidDataError, refuse
from .models import Choice, Model, to_json, to_request

_HEADER: Final = re.compile(r"[!-~](?:[ -~]*[!-~])?")


def text(name: str, value: Any) -> str:
    """Return an argument as it stands in a URL or a header.

    Raises:
        InvalidDataError: it is no string, number, boolean, date or member of an enum, or cannot be encoded.
    """
    value = value.value if isinstance(value, Enum) else value
    if not isinstance(value, str | int | float | date):
        refuse(value, "a string, a number, a boolean, a date or a date-time", (name,))
    if isinstance(value, bool):
        return "true" if value else "false"
    made = str(to_json(value))
    if any("\ud800" <= character <= "\udfff" for character in made):
        raise InvalidDataError("text", "half of a surrogate pair, which no request can carry", (name,))
    return made


def path_text(name: str, value: Any) -> str:
    """Return an argument as a part of a path; blank and with dots alone, it would name another path."""
    made = text(name, value)
    if not made.strip() or made in {".", ".."}:
        raise InvalidDataError("text for a part of the path", "a blank" if not made.strip() else "dots alone", (name,))
    return made


def header_text(name: str, value: Any) -> str:
    """Return an argument as the value of a header."""
    made = text(name, value)
    if not _HEADER.fullmatch(made):
        raise InvalidDataError("printable ASCII without space around it", "another text", (name,))
    return made


def is_array(value: Any) -> bool:
    """Tell whether an argument is sent once for each of its items."""
    return isinstance(value, list | tuple | set | frozenset)


def json_bytes(body: Any) -> bytes:
    """Return a body; of an object, what is None is left out."""
    if isinstance(body, Mapping):
        body = {name: value for name, value in body.items() if value is not None}
    try:
        return json.dumps(to_request(body), ensure_ascii=False, allow_nan=False).encode()
    except (TypeError, ValueError):
        found = "a value that JSON cannot hold"
    # Outside the except block: the error behind it would hold the text.
    raise InvalidDataError("a JSON value", found, ("body",))


def strings(value: Any, name: str = "") -> Iterator[tuple[str, str]]:
    """Yield each string and each integer argument with its name; of what is inside them, the strings."""
    if isinstance(value, Model | Choice):
        value = to_json(value)
    if isinstance(value, Mapping):
        for key, one in value.items():
            yield from strings(one, f"{name}.{key}" if name else str(key))
    elif is_array(value):
        for index, one in enumerate(value):
            yield from strings(one, f"{name}.{index}")
    elif isinstance(value, Enum | bool):
        return
    elif isinstance(value, str) or (isinstance(value, int) and "." not in name):
        yield name, str(value)
