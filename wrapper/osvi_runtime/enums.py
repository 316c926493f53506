"""Readers of values that the spec lists. A value that it does not list is read too, and is drift."""

from __future__ import annotations

from enum import StrEnum
from typing import Any, Self, TypeVar

from .errors import Drift, Path, refuse
from .readers import Reader

T = TypeVar("T")
E = TypeVar("E", bound="OpenEnum")


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


class Listed(Reader[T]):
    """Reads a value that the spec lists: ``const``, or an ``enum`` of integers. Another value is drift."""

    def __init__(self, reader: Reader[T], *values: object) -> None:
        super().__init__(reader.expected, reader.plural, *reader.types)
        self.reader = reader
        self.values = frozenset(values)

    def read(self, value: Any, path: Path, drift: Drift) -> T:
        result = self.reader.read(value, path, drift)
        if result not in self.values:
            drift.append((path, "a value that the spec does not list"))
        return result


class Enumeration(Reader[E]):
    """Reads a string as a member of an open enum. A value that the spec does not list is drift."""

    keeps_path = False

    def __init__(self, cls: type[E]) -> None:
        super().__init__("a string", "strings", str)
        self.cls = cls
        self.members = {member.value: member for member in cls}

    def read(self, value: Any, path: Path, drift: Drift) -> E:
        if type(value) is not str:
            refuse(value, self.expected, path)
        if value not in self.members:
            drift.append((path, "a value that the spec does not list"))
        return self.cls(value)
