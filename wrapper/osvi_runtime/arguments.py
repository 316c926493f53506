"""How the JSON values of arguments are encoded in a URL or a header."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from enum import Enum
from functools import cache
from typing import Any, Final
from urllib.parse import quote

from .errors import InvalidDataError, Path, refuse
from .formats import CONVERTED
from .models import Choice, Model, to_json
from .readers import is_array

# The percent-encoding of each ASCII character, for str.translate().
_PERCENT_ENCODED: Final = {code: quote(chr(code), safe="") for code in range(128)}
# Of a header: printable ASCII, without white space around it.
HEADER_VALUE: Final = r"[!-~](?:[ -~]*[!-~])?"
_SCALARS: Final = f"a string, a number, a boolean, {' or '.join(sorted(format_.kind() for format_ in CONVERTED))}"
# What stands between the items of an array, or between the names and values of an object, by the style of OpenAPI.
SEPARATORS: Final = {"form": ",", "spaceDelimited": "%20", "pipeDelimited": "%7C"}


def quoted(text: str) -> str:
    """Return a text percent-encoded."""
    return text.translate(_PERCENT_ENCODED) if text.isascii() else quote(text, safe="")


# Names are cached, since they are few. Values are not cached, since they are private.
_quoted_name: Final = cache(quoted)


def _text(value: Any, path: Path) -> str:
    """Return a scalar as text.

    Raises:
        InvalidDataError: It is no scalar.
    """
    if isinstance(value, str):
        return str(value)
    if value is None or isinstance(value, (dict, list)):
        refuse(value, _SCALARS, path)
    return str(value).lower() if isinstance(value, bool) else str(value)


def query_pairs(name: str, value: Any, style: str, path: Path) -> list[str]:
    """Return the parts of a query, each with a name and a value, for a parameter.

    Args:
        name: The name of the parameter.
        value: Its JSON value.
        style: Its style in OpenAPI. Without one, each item of an array is a parameter; with the style "properties",
            each property of an object.
        path: The place of the value, for errors.
    """
    if type(value) is str:  # as most are
        return [f"{_quoted_name(name)}={quoted(value)}"]
    if isinstance(value, dict) and (style in {"deepObject", "properties"} or not value):
        pairs: list[str] = []
        for key, item in value.items():
            if style == "deepObject":
                pairs += query_pairs(f"{name}[{key}]", item, style, (*path, key))
            else:  # an object within has no encoding
                pairs += query_pairs(key, item, "", (*path, key))
        return pairs
    separator = SEPARATORS.get(style)
    parts = [(value, path)]
    if isinstance(value, dict) and separator:
        sent = {key: item for key, item in value.items() if item is not None}
        parts = [part for key, item in sent.items() for part in ((key, path), (item, (*path, key)))]
    elif isinstance(value, list):
        parts = [(item, (*path, str(index))) for index, item in enumerate(value)]
    texts = [quoted(_text(part, place)) for part, place in parts if part is not None or separator]
    if texts and separator:
        texts = [separator.join(texts)]
    return [f"{_quoted_name(name)}={text}" for text in texts]


def _texts(value: Any, path: Path) -> list[str]:
    """Return a scalar, or the scalars of an array, as texts."""
    return [_text(item, path) for item in (value if isinstance(value, list) else [value])]


def path_text(value: Any, path: Path) -> str:
    """Return a scalar, or an array of scalars, for the path of a URL.

    Raises:
        InvalidDataError: A text is blank or only dots, and would lead to another path.
    """
    texts = _texts(value, path)
    if any(text.strip() in {"", ".", ".."} for text in texts or [""]):
        raise InvalidDataError("text for a part of the path", "a blank or only dots", path)
    return ",".join(map(quoted, texts))


def header_text(value: Any, path: Path) -> str:
    """Return a scalar, or an array of scalars, for a header.

    Raises:
        InvalidDataError: The text is not printable ASCII, or has spaces around it.
    """
    text = ",".join(_texts(value, path))
    if not re.fullmatch(HEADER_VALUE, text):
        raise InvalidDataError("printable ASCII without space around it", "another text", path)
    return text


def private_texts(value: Any, name: str = "") -> Iterator[tuple[str, str]]:
    """Yield the private texts of an argument with their names: all strings, and integers that are not nested."""
    value = to_json(value) if isinstance(value, Model | Choice) else value
    if isinstance(value, Mapping) or is_array(value):
        for key, item in value.items() if isinstance(value, Mapping) else enumerate(value):
            yield from private_texts(item, f"{name}.{key}" if name else str(key))
    elif (isinstance(value, str) and not isinstance(value, Enum)) or (type(value) is int and "." not in name):
        yield name, str(value)
