"""The arguments of an operation, encoded for a request."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from datetime import date
from enum import Enum
from functools import cache
from typing import Any, Final
from urllib.parse import quote

from .errors import InvalidDataError, refuse
from .records import Choice, Model, to_json

# What str.translate() puts for each ASCII character that is not unreserved (RFC 3986, 2.3).
_PERCENT_ENCODED: Final = {code: quote(chr(code), safe="") for code in range(128)}
_HEADER: Final = r"[!-~](?:[ -~]*[!-~])?"


def text(name: str, value: Any) -> str:
    """Return an argument as text for a URL or a header.

    Raises:
        InvalidDataError: The argument is not a string, number, boolean, date or enum member, or cannot be encoded.
    """
    if type(value) is str and value.isascii():
        return value
    if not isinstance(value, str | int | float | date | Enum):
        refuse(value, "a string, a number, a boolean, a date or a date-time", (name,))
    made = to_json(value)
    made = str(made).lower() if isinstance(made, bool) else str(made)
    if any("\ud800" <= character <= "\udfff" for character in made):
        raise InvalidDataError("text", "half of a surrogate pair, which no request can carry", (name,))
    return made


def quoted(text: str) -> str:
    """Return a text percent-encoded."""
    return text.translate(_PERCENT_ENCODED) if text.isascii() else quote(text, safe="")


# There are few names, those of the spec. Values are not cached: they are private.
_quoted_name: Final = cache(quoted)


def query_text(query: Mapping[str, Any]) -> str:
    """Return arguments as the query of a URL. A value that is None is left out; an array is sent item by item."""
    pairs = []
    for name, value in query.items():
        if type(value) is str and value.isascii():  # most values, which need none of the checks
            pairs.append(f"{_quoted_name(name)}={value.translate(_PERCENT_ENCODED)}")
        else:
            items = value if is_array(value) else (value,)
            pairs += [f"{_quoted_name(name)}={quoted(text(name, item))}" for item in items if item is not None]
    return "&".join(pairs)


def path_text(name: str, value: Any) -> str:
    """Return an argument as text for the path. A blank or only dots would lead to another path, and are refused."""
    if (made := text(name, value)).strip() in {"", ".", ".."}:
        raise InvalidDataError("text for a part of the path", "a blank or only dots", (name,))
    return made


def header_text(name: str, value: Any) -> str:
    """Return an argument as text for a header. Text that is not printable ASCII is refused."""
    if not re.fullmatch(_HEADER, made := text(name, value)):
        raise InvalidDataError("printable ASCII without space around it", "another text", (name,))
    return made


def is_array(value: Any) -> bool:
    """Tell whether an argument is an array, which a query repeats for each item."""
    return isinstance(value, (list, tuple, set, frozenset))


def json_bytes(body: Any) -> bytes:
    """Return a JSON body. Properties that are None are left out."""
    given = {name: one for name, one in body.items() if one is not None} if isinstance(body, Mapping) else body
    try:
        return json.dumps(to_json(given, nulls=False), ensure_ascii=False, allow_nan=False).encode()
    except (TypeError, ValueError):
        pass
    # Outside the except block: the error behind it would hold the text.
    raise InvalidDataError("a JSON value", "a value that JSON cannot represent", ("body",))


def private(value: Any, name: str = "") -> Iterator[tuple[str, str]]:
    """Yield the texts of an argument that are private, with their names: all strings, and integers at the top."""
    value = to_json(value) if isinstance(value, Model | Choice) else value
    if isinstance(value, Mapping):
        for key, one in value.items():
            yield from private(one, f"{name}.{key}" if name else str(key))
    elif is_array(value):
        for index, one in enumerate(value):
            yield from private(one, f"{name}.{index}")
    elif (isinstance(value, str) and not isinstance(value, Enum)) or (type(value) is int and "." not in name):
        yield name, str(value)
