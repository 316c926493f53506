"""Readers of JSON values: a class for each kind of schema.

A reader checks the type of a value and converts the value. It raises `InvalidDataError` for a value that it cannot
read. If it can read a value that differs from the spec, it appends the place and the difference to ``drift``.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from typing import Any, Final, Generic, TypeVar

from .errors import JSON_TYPES, MISSING, Drift, Path, refuse
from .readonly import EMPTY, ReadOnlyDict, read_only

T = TypeVar("T")
T_co = TypeVar("T_co", covariant=True)
U = TypeVar("U")


class Reader(Generic[T_co]):
    """Reads a JSON value as a ``T_co``.

    Attributes:
        expected: The kind of value, for messages ("a string").
        plural: The plural of the kind ("strings").
        types: The Python types of the JSON values that it reads.
        plain: The type whose values need no conversion. None if there is no such type.
        absent: The value of a field whose property is absent.
        converter: The converter of a field, for attrs. None if the field has no converter.
        keeps_path: Whether the values that it returns may keep their path, as a `Choice` does.
    """

    plain: Any = None
    keeps_path = True
    absent: Any = None
    converter: Callable[[Any], Any] | None = None

    def __init__(self, expected: str, plural: str, *types: type) -> None:
        self.expected = expected
        self.plural = plural
        self.types = types

    def read(self, value: Any, path: Path, drift: Drift) -> T_co:
        """Return the converted value. `MISSING` stands for an absent one.

        Raises:
            InvalidDataError: The value differs from the spec.
        """
        raise NotImplementedError

    def branch(self, value: Any) -> Reader[Any]:  # noqa: ARG002
        """Return the reader of an argument that is a mapping or an array: of a union, that of one of its branches."""
        return self

    def __or__(self, other: Reader[U]) -> Reader[T_co | U]:
        return _Union(self, other)


class Scalar(Reader[T]):
    """Reads values with a function that raises ValueError or OverflowError for a value that it cannot convert."""

    keeps_path = False

    def __init__(
        self,
        expected: str,
        plural: str,
        *types: type,
        plain: type | None = None,
        convert: Callable[[Any], T] = lambda value: value,
    ) -> None:
        super().__init__(expected, plural, *types)
        self.plain = plain
        self.convert = convert

    def read(self, value: Any, path: Path, drift: Drift) -> T:  # noqa: ARG002
        try:
            if type(value) in self.types:
                return self.convert(value)
        except (ValueError, OverflowError):
            pass
        # The error is raised outside of the except block, since its context would hold the value.
        refuse(value, self.expected, path)


class Container(Reader[T]):
    """Reads arrays or maps, which are empty when they are absent."""


class Array(Container[tuple[T, ...]]):
    """Reads an array as a tuple."""

    absent = ()

    # For the signature of `tuple` itself, attrs would need a parser, whose regular expression takes 3 ms to compile.
    converter = staticmethod(lambda items: tuple(items))  # noqa: PLW0108

    def __init__(self, item: Reader[T]) -> None:
        super().__init__(f"an array of {item.plural}", "arrays", list)
        self.item = item
        self.keeps_path = item.keeps_path

    def read(self, value: Any, path: Path, drift: Drift) -> tuple[T, ...]:
        if type(value) is not list:
            refuse(value, self.expected, path)
        plain = self.item.plain
        for item in value:
            if type(item) is not plain:
                read = self.item.read
                return tuple([read(item, (*path, str(index)), drift) for index, item in enumerate(value)])
        return tuple(value)


class Map(Container[Mapping[str, T]]):
    """Reads an object with any keys as a read-only mapping."""

    absent = EMPTY
    converter = staticmethod(read_only)

    def __init__(self, value: Reader[T]) -> None:
        super().__init__("an object", "objects", dict)
        self.value = value
        self.keeps_path = value.keeps_path
        self.plain_types = _FINITE_TYPES if value is Anything else frozenset({value.plain})

    def read(self, value: Any, path: Path, drift: Drift) -> Mapping[str, T]:
        if type(value) is not dict:
            refuse(value, self.expected, path)
        if not value:
            return EMPTY
        plain_types = self.plain_types
        for item in value.values():
            if type(item) not in plain_types:
                read = self.value.read
                return ReadOnlyDict({key: read(item, (*path, key), drift) for key, item in value.items()})
        return ReadOnlyDict(value)


class _Union(Reader[T | U]):
    """Reads a value of one of two kinds that have different JSON types."""

    def __init__(self, first: Reader[T], second: Reader[U]) -> None:
        expected, plural = f"{first.expected} or {second.expected}", f"{first.plural} or {second.plural}"
        super().__init__(expected, plural, *first.types, *second.types)
        self.first = first
        self.second = second

    def read(self, value: Any, path: Path, drift: Drift) -> T | U:
        if type(value) not in self.types:
            refuse(value, self.expected, path)
        return (self.first if type(value) in self.first.types else self.second).read(value, path, drift)

    def branch(self, value: Any) -> Reader[Any]:
        type_ = dict if isinstance(value, Mapping) else list
        return (self.first if type_ in self.first.types else self.second).branch(value)


class _Anything(Reader[Any]):
    """Reads any JSON value. An absent value and infinite numbers are refused."""

    keeps_path = False

    def read(self, value: Any, path: Path, drift: Drift) -> Any:  # noqa: ARG002
        if value is MISSING:
            refuse(value, self.expected, path)
        _check_numbers(value, path)
        return value


def _check_numbers(value: Any, path: Path) -> None:
    """Refuse a number that Python reads as infinity, such as 1e400, since JSON cannot represent infinity."""
    if type(value) is dict:
        for key, item in value.items():
            if type(item) not in _FINITE_TYPES:
                _check_numbers(item, (*path, key))
    elif type(value) is list:
        for index, item in enumerate(value):
            if type(item) not in _FINITE_TYPES:
                _check_numbers(item, (*path, str(index)))
    elif type(value) is float and math.isinf(value):
        refuse(value, "a number in the range of a double", path)


# The types of values that neither are nor contain an infinite number.
_FINITE_TYPES: Final = frozenset({str, int, bool, type(None)})


def _integer(number: float) -> int:
    if number != (integer := int(number)):  # in JSON Schema, 42.0 is an integer
        raise ValueError
    return integer


def _finite(number: float) -> float:
    if math.isinf(number):
        raise ValueError
    return number


String: Final[Reader[str]] = Scalar("a string", "strings", str, plain=str)
Boolean: Final[Reader[bool]] = Scalar("a boolean", "booleans", bool, plain=bool)
Null: Final[Reader[None]] = Scalar("null", "nulls", type(None), plain=type(None))
Integer: Final[Reader[int]] = Scalar("an integer", "integers", int, float, plain=int, convert=_integer)
# An int is not converted, since a float cannot represent every int.
Number: Final[Reader[float]] = Scalar("a number", "numbers", int, float, convert=_finite)
Anything: Final[Reader[Any]] = _Anything("a value", "values", *JSON_TYPES)
Nothing: Final[Reader[None]] = Scalar("nothing", "nothing", type(MISSING), convert=lambda _: None)
