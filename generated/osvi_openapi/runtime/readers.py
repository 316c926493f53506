"""How the values of a spec are read from JSON: a reader for each kind of schema.

A reader checks the type of a value, converts it, and raises `InvalidDataError` with the place of what it cannot read.
What it can read, but is not what the spec says, goes to the list of ``drift``.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, datetime
from enum import StrEnum
from typing import Any, Final, Generic, Self, TypeVar

from .errors import JSON_TYPES, MISSING, Drift, Path, refuse
from .readonly import ABSENT_ARRAY, ABSENT_MAPPING, ReadOnlyDict, read_only, read_only_array
from .timestamps import parse_date, parse_date_time

T = TypeVar("T")
T_co = TypeVar("T_co", covariant=True)
U = TypeVar("U")
E = TypeVar("E", bound="OpenEnum")


def _same(value: Any) -> Any:
    return value


class Reader(Generic[T_co]):
    """Reads a JSON value as a ``T_co``.

    Attributes:
        expected: What it reads, as messages have it ("a string").
        plural: The same for many ("strings").
        types: The types that ``json.loads`` gives the values that it reads.
        plain: A value of just this type is taken as it is.
        absent: What a field is when its property is absent.
        converter: What attrs makes a field of, whoever gives it.
    """

    plain: Any = None
    absent: Any = None
    converter: Callable[[Any], Any] | None = None

    def __init__(self, expected: str, plural: str, *types: type) -> None:
        self.expected = expected
        self.plural = plural
        self.types = types

    def read(self, value: Any, path: Path, drift: Drift) -> T_co:
        """Return what the value means; `MISSING` stands for one that is not there.

        Raises:
            InvalidDataError: it is not what the spec says.
        """
        if type(value) not in self.types:
            refuse(value, self.expected, path)
        return self.convert(value, path, drift)

    def convert(self, value: Any, path: Path, drift: Drift) -> T_co:
        """Return what a value of one of the types means."""
        raise NotImplementedError

    def __or__(self, other: Reader[U]) -> Reader[T_co | U]:
        return _Union(self, other)


class _Scalar(Reader[T]):
    """Reads values by a function, which raises ValueError for those that it cannot read."""

    def __init__(
        self, expected: str, plural: str, *types: type, plain: type | None = None, make: Callable[[Any], T] = _same
    ) -> None:
        super().__init__(expected, plural, *types)
        self.plain = plain
        self.make = make

    def convert(self, value: Any, path: Path, drift: Drift) -> T:  # noqa: ARG002
        try:
            return self.make(value)
        except (ValueError, OverflowError):
            pass
        # Outside the except block: the error behind it would hold the value.
        refuse(value, self.expected, path)


class OpenEnum(StrEnum):
    """The values that the spec lists. Another that comes is a member too, and equals its string."""

    @classmethod
    def _missing_(cls, value: object) -> Self | None:
        if not isinstance(value, str):
            return None
        member = str.__new__(cls, value)
        member._name_ = value
        member._value_ = value
        return member


class Listed(Reader[T]):
    """Reads a value that is one of a list. Another value is drift."""

    def __init__(self, reader: Reader[T], *values: object) -> None:
        super().__init__(reader.expected, reader.plural, *reader.types)
        self.reader = reader
        self.values = frozenset(values)

    def convert(self, value: Any, path: Path, drift: Drift) -> T:
        made = self.reader.convert(value, path, drift)
        if made not in self.values:
            drift.append((path, "a value that the spec does not list"))
        return made


def Enumeration(cls: type[E]) -> Reader[E]:  # noqa: N802 - it stands for a reader
    """Return what reads a string as a member of an open enum."""
    members = {member.value: member for member in cls}
    return Listed(_Scalar("a string", "strings", str, make=lambda value: members.get(value) or cls(value)), *cls)


class Container(Reader[T]):
    """Reads what is empty when it is absent."""


class Array(Container[tuple[T, ...]]):
    """Reads an array as a tuple."""

    absent = ABSENT_ARRAY
    converter = staticmethod(read_only_array)

    def __init__(self, item: Reader[T]) -> None:
        super().__init__(f"an array of {item.plural}", "arrays", list)
        self.item = item

    def convert(self, value: Any, path: Path, drift: Drift) -> tuple[T, ...]:
        plain, read, items = self.item.plain, self.item.read, enumerate(value)
        return tuple([one if type(one) is plain else read(one, (*path, str(index)), drift) for index, one in items])


class Map(Container[Mapping[str, T]]):
    """Reads an object whose keys are data as a read-only mapping."""

    absent = ABSENT_MAPPING
    converter = staticmethod(read_only)

    def __init__(self, value: Reader[T]) -> None:
        super().__init__("an object", "objects", dict)
        self.value = value

    def convert(self, value: Any, path: Path, drift: Drift) -> Mapping[str, T]:
        plain, read, items = self.value.plain, self.value.read, value.items()
        return ReadOnlyDict({key: one if type(one) is plain else read(one, (*path, key), drift) for key, one in items})


class _Union(Reader[T | U]):
    """Reads one of two kinds of value that JSON types tell apart."""

    def __init__(self, first: Reader[T], second: Reader[U]) -> None:
        expected, plural = f"{first.expected} or {second.expected}", f"{first.plural} or {second.plural}"
        super().__init__(expected, plural, *first.types, *second.types)
        self.first = first
        self.second = second

    def convert(self, value: Any, path: Path, drift: Drift) -> T | U:
        reader = self.first if type(value) in self.first.types else self.second
        return reader.convert(value, path, drift)


def _whole(number: float) -> int:
    if number != (whole := int(number)):  # 42.0 is an integer to JSON Schema
        raise ValueError
    return whole


String: Final[Reader[str]] = _Scalar("a string", "strings", str, plain=str)
Boolean: Final[Reader[bool]] = _Scalar("a boolean", "booleans", bool, plain=bool)
Null: Final[Reader[None]] = _Scalar("null", "nulls", type(None), plain=type(None))
Integer: Final[Reader[int]] = _Scalar("an integer", "integers", int, float, plain=int, make=_whole)
# An int stays one: a float could not hold each of them.
Number: Final[Reader[float]] = _Scalar("a number", "numbers", int, float, plain=float)
DateTime: Final[Reader[datetime]] = _Scalar("a date-time", "date-times", str, make=parse_date_time)
Date: Final[Reader[date]] = _Scalar("a date", "dates", str, make=parse_date)
Anything: Final[Reader[Any]] = _Scalar("a value", "values", *JSON_TYPES)
Nothing: Final[Reader[None]] = _Scalar("nothing", "nothing", type(MISSING), make=lambda _: None)
