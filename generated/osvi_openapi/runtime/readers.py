"""How the values of a spec are read from JSON: a reader for each kind of schema.

A reader checks the type of a value, converts it, and raises `InvalidDataError` with the place of what it cannot read.
What it can read, but is not what the spec says, goes to the list of ``drift``.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, datetime
from enum import StrEnum
from typing import Any, Final, Generic, Self, TypeVar

from .errors import MISSING, Drift, Path, refuse
from .readonly import ReadOnlyDict
from .timestamps import parse_date, parse_date_time

T = TypeVar("T")
T_co = TypeVar("T_co", covariant=True)
U = TypeVar("U")
E = TypeVar("E", bound="OpenEnum")


class Reader(Generic[T_co]):
    """Reads a JSON value as a ``T_co``.

    Attributes:
        expected: What it reads, as messages have it ("a string").
        plural: The same for many ("strings").
        types: The types that ``json.loads`` gives the values it may read. Empty: any.
        plain: A value of just this type is taken as it is.
        members: The values that are taken for something else, without a check.
        is_hashable: Whether what it returns has a hash.
    """

    plain: Any = None
    members: Mapping[str, Any] = {}
    is_hashable = True

    def __init__(self, expected: str, plural: str, *types: type) -> None:
        self.expected = expected
        self.plural = plural
        self.types = types

    def read(self, value: Any, path: Path, drift: Drift) -> T_co:
        """Return what the value means; `MISSING` stands for one that is not there.

        Raises:
            InvalidDataError: it is not what the spec says.
        """
        raise NotImplementedError

    def __or__(self, other: Reader[U]) -> Reader[T_co | U]:
        return _Union(self, other)


class _Scalar(Reader[T]):
    """Takes the values of one type as they are, and converts those of others."""

    def __init__(
        self,
        expected: str,
        plural: str,
        *types: type,
        plain: type | None = None,
        convert: Callable[[Any], T] | None = None,
    ) -> None:
        super().__init__(expected, plural, *types)
        self.plain = plain
        self.convert = convert

    def read(self, value: Any, path: Path, drift: Drift) -> T:  # noqa: ARG002
        if type(value) is self.plain:
            taken: T = value
            return taken
        if self.convert and type(value) in self.types:
            try:
                return self.convert(value)
            except (ValueError, OverflowError):
                pass
        refuse(value, self.expected, path)


class _Anything(Reader[Any]):
    is_hashable = False

    def read(self, value: Any, path: Path, drift: Drift) -> Any:  # noqa: ARG002
        return refuse(value, self.expected, path) if value is MISSING else value


class _Nothing(Reader[None]):
    def read(self, value: Any, path: Path, drift: Drift) -> None:
        """Return None, whatever came."""


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


class Enumeration(Reader[E]):
    """Reads a string as a member of an open enum. A value that the spec does not list is drift."""

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


class Listed(Reader[T]):
    """Reads a value that is one of a list, as an enum of integers has it. Another value is drift."""

    def __init__(self, reader: Reader[T], *values: object) -> None:
        super().__init__(reader.expected, reader.plural, *reader.types)
        self.reader = reader
        self.values = values

    def read(self, value: Any, path: Path, drift: Drift) -> T:
        made = self.reader.read(value, path, drift)
        if made not in self.values:
            drift.append((path, "a value that the spec does not list"))
        return made


class Container(Reader[T]):
    """Reads what is empty when it is absent."""


class Array(Container[tuple[T, ...]]):
    """Reads an array as a tuple."""

    def __init__(self, item: Reader[T]) -> None:
        super().__init__(f"an array of {item.plural}", "arrays", list)
        self.item = item
        self.is_hashable = item.is_hashable

    def read(self, value: Any, path: Path, drift: Drift) -> tuple[T, ...]:
        if type(value) is not list:
            refuse(value, self.expected, path)
        plain, read = self.item.plain, self.item.read
        return tuple(
            [
                item if type(item) is plain else read(item, (*path, str(index)), drift)
                for index, item in enumerate(value)
            ]
        )


class Map(Container[Mapping[str, T]]):
    """Reads an object whose keys are data as a read-only mapping."""

    is_hashable = False

    def __init__(self, value: Reader[T]) -> None:
        super().__init__("an object", "objects", dict)
        self.value = value

    def read(self, value: Any, path: Path, drift: Drift) -> Mapping[str, T]:
        if type(value) is not dict:
            refuse(value, self.expected, path)
        plain, read = self.value.plain, self.value.read
        return ReadOnlyDict(
            {key: entry if type(entry) is plain else read(entry, (*path, key), drift) for key, entry in value.items()}
        )


class _Union(Reader[T | U]):
    """Reads one of two kinds of value that JSON types tell apart."""

    def __init__(self, first: Reader[T], second: Reader[U]) -> None:
        expected, plural = f"{first.expected} or {second.expected}", f"{first.plural} or {second.plural}"
        super().__init__(expected, plural, *first.types, *second.types)
        self.readers: dict[type, Reader[Any]] = {type_: one for one in (first, second) for type_ in one.types}
        self.is_hashable = first.is_hashable and second.is_hashable

    def read(self, value: Any, path: Path, drift: Drift) -> T | U:
        if type(value) not in self.readers:
            refuse(value, self.expected, path)
        made: T | U = self.readers[type(value)].read(value, path, drift)
        return made


def _whole(number: float) -> int:
    if not number.is_integer():  # 42.0 is an integer to JSON Schema
        raise ValueError
    return int(number)


String: Final[Reader[str]] = _Scalar("a string", "strings", str, plain=str)
Boolean: Final[Reader[bool]] = _Scalar("a boolean", "booleans", bool, plain=bool)
Null: Final[Reader[None]] = _Scalar("null", "nulls", type(None), plain=type(None))
Integer: Final[Reader[int]] = _Scalar("an integer", "integers", int, float, plain=int, convert=_whole)
# An int stays one: a float could not hold each of them.
Number: Final[Reader[float]] = _Scalar("a number", "numbers", int, float, plain=float, convert=int)
DateTime: Final[Reader[datetime]] = _Scalar("a date-time", "date-times", str, convert=parse_date_time)
Date: Final[Reader[date]] = _Scalar("a date", "dates", str, convert=parse_date)
Anything: Final[Reader[Any]] = _Anything("a value", "values")
Nothing: Final[Reader[None]] = _Nothing("nothing", "nothing")
