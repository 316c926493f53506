"""The error for a JSON value that breaks the spec, and the names of places and types in it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Final, NoReturn

# The place of a value in a JSON document: the keys and the indexes that lead to it.
Path = tuple[str, ...]


class Entry(str):
    """The step of a path that the spec does not name: the key of a map, or the index of an array."""

    __slots__ = ()


JSON_TYPES: Final[Mapping[type, str]] = {
    str: "string",
    bool: "boolean",
    int: "number",
    float: "number",
    dict: "object",
    list: "array",
    type(None): "null",
}
# Stands for an absent value.
MISSING: Final[Any] = object()


def pointer(path: Iterable[str]) -> str:
    """Return the JSON pointer (RFC 6901) of a path."""
    return "".join("/" + step.replace("~", "~0").replace("/", "~1") for step in path)


class InvalidDataError(ValueError):
    """A value that breaks the spec.

    Attributes:
        expected: The type that the spec requires, such as "a string", or the annotation of an argument.
        found: The JSON type that was found, the Python type of an argument, or a description; "no value" if it is
            absent. Never the value.
        path: The keys and the indexes that lead to the place, or the name of an argument.
    """

    def __init__(self, expected: str, found: str, path: Path = ()) -> None:
        super().__init__(expected, found, path)
        self.expected = expected
        self.found = found
        self.path = path

    @property
    def pointer(self) -> str:
        """The place, as a JSON pointer (RFC 6901); empty for the whole value."""
        return pointer(self.path)

    def __str__(self) -> str:
        return f"{self.pointer or 'the value'}: expected {self.expected}, found {self.found}"


def refuse(value: object, expected: str, path: Path = ()) -> NoReturn:
    """Raise the `InvalidDataError` for a value. `MISSING` stands for an absent value."""
    raise InvalidDataError(expected, JSON_TYPES.get(type(value), "no value"), path)
