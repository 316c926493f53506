"""What is said about a JSON value that is not what the spec says."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Final, NoReturn

# Where a value stands in its document: the keys and the indexes that lead to it.
Path = tuple[str, ...]
# What was usable, but not what the spec says: each deviation with its place.
Drift = list[tuple[Path, str]]

JSON_TYPES: Final[Mapping[type, str]] = {
    str: "string",
    bool: "boolean",
    int: "number",
    float: "number",
    dict: "object",
    list: "array",
    type(None): "null",
}
# Stands for a value that is not there.
MISSING: Final[Any] = object()


def pointer(path: Iterable[str]) -> str:
    """Return the JSON pointer (RFC 6901) of a path."""
    return "".join("/" + step.replace("~", "~0").replace("/", "~1") for step in path)


class InvalidDataError(ValueError):
    """A value that breaks the spec.

    Attributes:
        expected: What the spec asks for, such as "a string".
        found: The JSON type that was there, or "nothing". Never a value.
        path: The keys and the indexes that lead to the place.
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
    """Raise the `InvalidDataError` of a value."""
    raise InvalidDataError(expected, JSON_TYPES.get(type(value), "nothing"), path)
