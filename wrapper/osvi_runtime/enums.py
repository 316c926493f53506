"""Readers of values that the spec lists. A value that it does not list is read too, and is drift."""

from __future__ import annotations

from collections.abc import Callable, Container
from enum import StrEnum
from typing import Any, Final, Self

from .drift import UNLISTED, Drift
from .errors import Path
from .readers import Reader, String


class OpenEnum(StrEnum):
    """An enum that makes a member for each value that the spec does not list. A member equals its string."""

    @classmethod
    def _missing_(cls, value: object) -> Self | None:
        if not isinstance(value, str):
            return None
        member = str.__new__(cls, value)
        member._name_ = value
        member._value_ = value
        return member

    @classmethod
    def __reader__(cls) -> Reader:
        return Enumeration(cls)


class Listed(Reader):
    """Reads a value of which the spec lists those that it expects. Another value is drift."""

    keeps_path = False

    def __init__(self, reader: Reader, values: Container[object]) -> None:
        super().__init__(reader.kind(), *reader.types)
        self.reader = reader
        self.values = values

    def takes(self, value: Any) -> bool:
        return self.reader.takes(value)

    def json_of(self, value: Any, path: Path) -> Any:
        return self.reader.json_of(value, path)

    def read(self, value: Any, path: Path, drift: Drift) -> Any:
        result = self.reader.read(value, path, drift)
        if result not in self.values:
            drift.add(path, UNLISTED)
        return result


_MEMBER: Final = """\
if type({value}) is not str:
    return None
{value} = {reader}.values[{value}]
"""


class Enumeration(Listed):
    """Reads a string as a member of an open enum."""

    source = _MEMBER

    def __init__(self, cls: type[OpenEnum]) -> None:
        super().__init__(String, {member.value: member for member in cls})
        self.cls = cls

    def read(self, value: Any, path: Path, drift: Drift) -> OpenEnum:
        return self.cls(super().read(value, path, drift))


def ListedValues(*values: object) -> Callable[[Reader], Reader]:  # noqa: N802 - a name that no property has
    """Return the note in ``Annotated`` for the values that the spec lists, where there can be no ``Literal``."""
    return lambda reader: Listed(reader, frozenset(values))
