"""The arguments of an operation: checked by their annotations, and encoded for a request."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from enum import Enum
from functools import cache
from types import NoneType, UnionType
from typing import Any, Final, Literal, get_args, get_origin, get_type_hints
from urllib.parse import quote

from .errors import InvalidDataError, refuse
from .formats import CONVERTED
from .readers import Anything, Array, Map, Reader
from .readonly import EMPTY
from .records import Choice, Model, Record, fields_to_json, to_json

# The percent-encoding of each ASCII character, for str.translate().
_PERCENT_ENCODED: Final = {code: quote(chr(code), safe="") for code in range(128)}
_HEADER: Final = r"[!-~](?:[ -~]*[!-~])?"
_CONVERTED_TYPES: Final[tuple[type, ...]] = tuple(one.type for one in CONVERTED)
_CONVERTED_NAMES: Final = sorted(one.expected for one in CONVERTED)
_types: Final = cache(get_type_hints)  # the first call of a function evaluates its annotations


class NullType(Enum):
    """The type of `NULL`, for annotations."""

    NULL = None

    def __bool__(self) -> Literal[False]:
        return False

    def __repr__(self) -> str:
        return self.name

    __str__ = __repr__


# The argument that is sent as null where None means that nothing is sent.
NULL: Final = NullType.NULL


def check_arguments(function: Callable[..., Any], arguments: Mapping[str, Any]) -> None:
    """Check the arguments of a function by their annotations.

    Raises:
        InvalidDataError: An annotation excludes its argument. The path of the error is the name of the argument.
    """
    types, optional = _types(function), function.__kwdefaults__ or {}
    for name, value in arguments.items():
        type_ = types[name]
        # None in the type of an optional argument means that it is not sent, so null needs a type of its own.
        needs_type = value is NULL and name in optional and type_ is not Any
        if not (NullType in get_args(type_) if needs_type else _has_type(value, type_)):
            raise InvalidDataError(function.__annotations__[name], _type_name(value), (name,))


def _has_type(value: Any, type_: Any) -> bool:
    """Return whether an argument has the type of an annotation. A member of an enum counts as its value."""
    if type_ is Any or type(value) is type_:
        return True
    value = value.value if isinstance(value, Enum) else value
    if type_ in (None, NoneType):
        return value is None
    generic, parts = get_origin(type_), get_args(type_)
    if generic is UnionType:
        return type(value) in parts or any(_has_type(value, part) for part in parts)
    if generic is Sequence:
        return is_array(value) and all(_has_type(item, parts[0]) for item in value)
    if generic is Mapping:
        return isinstance(value, Mapping) and all(
            _has_type(key, parts[0]) and _has_type(item, parts[1]) for key, item in value.items()
        )
    for own in (bool, *_CONVERTED_TYPES):  # a bool is an int and a datetime a date in Python, but not in JSON
        if isinstance(value, own):
            return issubclass(type_, own) and isinstance(value, type_)
    return isinstance(value, (int, float) if type_ is float else type_)


def _type_name(value: Any) -> str:
    """Return the name of the type of an argument, and of the types of its items."""
    items = value.values() if isinstance(value, Mapping) else value if is_array(value) else ()
    names = ", ".join(sorted({type(item).__name__ for item in items}))
    return f"{type(value).__name__} of {names}" if names else type(value).__name__


def argument_text(name: str, value: Any) -> str:
    """Return an argument as text for a URL or a header.

    Raises:
        InvalidDataError: The argument is not a string, number, boolean, date or enum member, or cannot be encoded.
    """
    if type(value) is str and value.isascii():
        return value
    json_value = to_json(value)
    if not isinstance(value, (str, int, float, Enum, *_CONVERTED_TYPES)) or json_value is None:
        refuse(json_value, f"a string, a number, a boolean, {' or '.join(_CONVERTED_NAMES)}", (name,))
    text = str(json_value).lower() if isinstance(json_value, bool) else str(json_value)
    if has_lone_surrogate(text):
        raise InvalidDataError("text", "half of a surrogate pair, which no request can carry", (name,))
    return text


def has_lone_surrogate(text: str) -> bool:
    """Return whether a text has half of a surrogate pair, which has no encoding in UTF-8."""
    return not text.isascii() and any("\ud800" <= character <= "\udfff" for character in text)


def quoted(text: str) -> str:
    """Return a text percent-encoded."""
    return text.translate(_PERCENT_ENCODED) if text.isascii() else quote(text, safe="")


# Names are cached, since they are few. Values are not cached, since they are private.
_quoted_name: Final = cache(quoted)


# What stands between the items of an array, or between the names and values of an object, by the style of OpenAPI.
_SEPARATORS: Final = {"form": ",", "spaceDelimited": "%20", "pipeDelimited": "%7C"}


def query_text(query: Mapping[str, Any], styles: Mapping[str, str] = EMPTY) -> str:
    """Return arguments as the query of a URL. None is left out.

    Args:
        query: The arguments, by their names.
        styles: The styles of OpenAPI, by the names of the arguments. Without one, an array is a parameter for each
            item; with the style "properties", an object is one for each property.
    """
    pairs = [pair for name, value in query.items() for pair in _pairs(name, value, styles.get(name, ""))]
    return "&".join(f"{_quoted_name(name)}={text}" for name, text in pairs)


def _pairs(name: str, value: Any, style: str) -> Iterator[tuple[str, str]]:
    value = fields_to_json(value, nulls=False) if isinstance(value, Model) else value
    if isinstance(value, Mapping) and (style in {"deepObject", "properties"} or not value):
        for key, item in value.items():
            is_deep = style == "deepObject"  # otherwise, an object within has no encoding
            yield from _pairs(f"{name}[{key}]" if is_deep else key, item, style if is_deep else "")
        return
    if isinstance(value, Mapping) and style in _SEPARATORS:
        value = [text for pair in value.items() if pair[1] is not None for text in pair]
    if is_array(value) and value and style in _SEPARATORS:
        yield name, _SEPARATORS[style].join(quoted(argument_text(name, item)) for item in value)
    else:
        items = value if is_array(value) else (value,)
        yield from ((name, quoted(argument_text(name, item))) for item in items if item is not None)


def path_text(name: str, value: Any) -> str:
    """Return an argument as text for the path.

    Raises:
        InvalidDataError: The text is blank or only dots, and would lead to another path.
    """
    if (text := argument_text(name, value)).strip() in {"", ".", ".."}:
        raise InvalidDataError("text for a part of the path", "a blank or only dots", (name,))
    return text


def header_text(name: str, value: Any) -> str:
    """Return an argument as text for a header.

    Raises:
        InvalidDataError: The text is not printable ASCII, or has spaces around it.
    """
    if not re.fullmatch(_HEADER, text := argument_text(name, value)):
        raise InvalidDataError("printable ASCII without space around it", "another text", (name,))
    return text


def is_array(value: Any) -> bool:
    """Return whether an argument is an array."""
    return isinstance(value, (list, tuple, set, frozenset))


def argument_json(value: Any, reader: Reader[Any], *, keeps_null: bool = False) -> Any:
    """Return an argument as a JSON value, without the properties that only answers have.

    In a mapping that stands for a record, None counts as absent, unless the spec requires the property and allows null.
    In other mappings and in arrays, None is null.

    Args:
        value: The argument.
        reader: The reader of its schema.
        keeps_null: Whether None is null in all mappings.
    """
    if isinstance(value, Model | Choice):
        reader = Record(type(value)) if isinstance(value, Model) else reader
        return argument_json(to_json(value, nulls=False), reader, keeps_null=True)
    if not isinstance(value, Mapping) and not is_array(value):
        return to_json(value)
    reader = reader.branch(value)
    if is_array(value):
        item_reader = reader.item if isinstance(reader, Array) else Anything
        return [argument_json(item, item_reader, keeps_null=keeps_null) for item in value]
    if not isinstance(reader, Record):
        item_reader = reader.value if isinstance(reader, Map) else Anything
        return {name: argument_json(item, item_reader, keeps_null=keeps_null) for name, item in value.items()}
    record, properties = reader.table, reader.table.properties
    return {
        name: argument_json(item, properties[name].reader if name in properties else Anything, keeps_null=keeps_null)
        for name, item in value.items()
        if name not in record.read_only and (keeps_null or item is not None or record.requires_null(name))
    }


def json_bytes(body: Any) -> bytes:
    """Return a JSON body.

    Raises:
        InvalidDataError: JSON cannot represent the body.
    """
    try:
        return json.dumps(body, ensure_ascii=False, allow_nan=False).encode()
    except (TypeError, ValueError):
        pass
    # The error is raised outside of the except block, since its context would hold the text.
    raise InvalidDataError("a JSON value", "a value that JSON cannot represent", ("body",))


def private_texts(value: Any, name: str = "") -> Iterator[tuple[str, str]]:
    """Yield the private texts of an argument with their names: all strings, and integers that are not nested."""
    value = to_json(value) if isinstance(value, Model | Choice) else value
    if isinstance(value, Mapping):
        for key, item in value.items():
            yield from private_texts(item, f"{name}.{key}" if name else str(key))
    elif is_array(value):
        for index, item in enumerate(value):
            yield from private_texts(item, f"{name}.{index}")
    elif (isinstance(value, str) and not isinstance(value, Enum)) or (type(value) is int and "." not in name):
        yield name, str(value)
