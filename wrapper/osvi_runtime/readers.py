"""Readers of JSON values, a class for each kind of annotation, which also write arguments as JSON values.

`Reader.read` checks the type of a value and converts it. It raises `InvalidDataError` for a value that it cannot read.
If it can read a value that differs from the spec, it appends the place and the difference to ``drift``. `Reader.write`
goes the other way: it checks an argument and returns its JSON value.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from enum import Enum
from functools import cached_property
from typing import Any, Final, Literal, TypeVar

from .drift import Drift
from .errors import MISSING, Entry, InvalidDataError, Path, refuse
from .readonly import EMPTY, ReadOnlyDict

T = TypeVar("T")
R = TypeVar("R", bound="Reader")


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


# The lines of a compiled reader that convert a variable, or return None; see `compiled.py`.
_BY_READER: Final = """\
if {value} is None:
    return None
{value} = {reader}.read({value}, {path}, drift)
"""
_PLAIN: Final = """\
if type({{value}}) is not {plain}:
    return None
"""
# An instance of a subclass of str has no JSON type.
_CONVERTED: Final = """\
if type({value}) is not str:
    return None
{value} = {reader}.convert({value})
"""
_ARRAY: Final = """\
if type({value}) is not list:
    return None
plain_types = {reader}.item.plain_types
for item in {value}:
    if type(item) not in plain_types:
        {value} = {reader}.read({value}, {path}, drift)
        break
else:
    {value} = tuple({value})
"""
_MAP: Final = """\
if type({value}) is not dict:
    return None
plain_types = {reader}.value.plain_types
for item in {value}.values():
    if type(item) not in plain_types:
        {value} = {reader}.read({value}, {path}, drift)
        break
else:
    {value} = ReadOnlyDict({value}) if {value} else EMPTY
"""


class Reader:
    """Reads and writes the values of an annotation.

    Attributes:
        types: The Python types of the JSON values that it reads.
        source: How a compiled reader converts a variable.
        plain_types: The types whose values need no conversion.
        empty: The value of a field whose property is absent.
        keeps_path: Whether the values that it returns may keep their path, as a `Choice` does.
    """

    source = _BY_READER
    plain_types: frozenset[type] = frozenset()
    empty: Any = None
    keeps_path = True

    def __init__(self, kind: str, *types: type) -> None:
        self._kind = kind
        self.types = types

    def kind(self, *, plural: bool = False) -> str:
        """Return the kind of value, for messages: "a string" or "strings"."""
        return f"{self._kind.rpartition(' ')[2]}s" if plural else self._kind

    def read(self, value: Any, path: Path, drift: Drift) -> Any:
        """Return the converted value. `MISSING` stands for an absent one.

        Raises:
            InvalidDataError: The value differs from the spec.
        """
        raise NotImplementedError

    def takes(self, value: Any) -> bool:
        """Return whether an argument is of this kind, its items and properties apart."""
        raise NotImplementedError

    def likeness(self, value: Any) -> float:  # noqa: ARG002
        """Return how well an argument that it takes fits, which tells kinds apart that take the same arguments."""
        return 0

    def write(self, value: Any, path: Path) -> Any:
        """Return the JSON value of an argument.

        Raises:
            InvalidDataError: The argument, or a part of it, is of another kind.
        """
        if type(value) is str and str in self.plain_types and value.isascii():  # as most arguments are
            return value
        if not self.takes(value):
            raise InvalidDataError(self.kind(), type(value).__name__, path)
        return self.json_of(value, path)

    def json_of(self, value: Any, path: Path) -> Any:
        """Return the JSON value of an argument that the reader takes."""
        raise NotImplementedError


class Scalar(Reader):
    """Reads values with a function that raises ValueError or OverflowError for a value that it cannot convert.

    Args:
        kind: The kind of value.
        types: The Python types of the JSON values.
        plain: The type whose values need no conversion.
        convert: Converts a value that was read.
        python: The classes of arguments. A member of an enum counts as its value.
        but: The classes of these that are of another kind in JSON.
        json: Returns the JSON value of an argument, or raises ValueError.
    """

    keeps_path = False

    def __init__(  # noqa: PLR0913 - the two directions of a conversion
        self,
        kind: str,
        *types: type,
        plain: type | None = None,
        convert: Callable[[Any], Any] = lambda value: value,
        python: tuple[type, ...] = (),
        but: tuple[type, ...] = (),
        json: Callable[[Any], Any] = lambda value: value,
    ) -> None:
        super().__init__(kind, *types)
        if plain:
            self.source = _PLAIN.format(plain=plain.__name__)
        elif types == (str,):
            self.source = _CONVERTED
        self.plain_types = frozenset([plain] if plain else [])
        self.convert = convert
        self.python = python or types
        self.but = but
        self.json = json

    def read(self, value: Any, path: Path, drift: Drift) -> Any:  # noqa: ARG002
        try:
            if type(value) in self.types:
                return self.convert(value)
        except (ValueError, OverflowError):
            pass
        # The error is raised outside of the except block, since its context would hold the value.
        refuse(value, self.kind(), path)

    def takes(self, value: Any) -> bool:
        value = value.value if isinstance(value, Enum) else value
        return isinstance(value, self.python) and not isinstance(value, self.but)

    def json_of(self, value: Any, path: Path) -> Any:
        try:
            return self.json(value.value if isinstance(value, Enum) else value)
        except (ValueError, OverflowError) as error:
            found = str(error)
        raise InvalidDataError(self.kind(), found, path)


def is_array(value: Any) -> bool:
    """Return whether an argument is an array."""
    return isinstance(value, (list, tuple, set, frozenset))


class Array(Reader):
    """Reads an array as a tuple."""

    source = _ARRAY
    empty = ()

    def __init__(self, item: Reader) -> None:
        super().__init__("", list)
        self.item = item
        self.keeps_path = item.keeps_path

    def kind(self, *, plural: bool = False) -> str:
        return "arrays" if plural else f"an array of {self.item.kind(plural=True)}"

    def read(self, value: Any, path: Path, drift: Drift) -> tuple[Any, ...]:
        if type(value) is not list:
            refuse(value, self.kind(), path)
        if {*map(type, value)} <= self.item.plain_types:
            return tuple(value)
        read = self.item.read
        return tuple([read(item, (*path, Entry(index)), drift) for index, item in enumerate(value)])

    def takes(self, value: Any) -> bool:
        return is_array(value)

    def json_of(self, value: Any, path: Path) -> list[Any]:
        return [self.item.write(item, (*path, str(index))) for index, item in enumerate(value)]


class Map(Reader):
    """Reads an object with any keys as a read-only mapping."""

    source = _MAP
    empty = EMPTY

    def __init__(self, value: Reader) -> None:
        super().__init__("an object", dict)
        self.value = value
        self.keeps_path = value.keeps_path

    def read(self, value: Any, path: Path, drift: Drift) -> Mapping[str, Any]:
        if type(value) is not dict:
            refuse(value, self.kind(), path)
        if not value:
            return EMPTY
        if {*map(type, value.values())} <= self.value.plain_types:
            return ReadOnlyDict(value)
        read = self.value.read
        return ReadOnlyDict({key: read(item, (*path, Entry(key)), drift) for key, item in value.items()})

    def takes(self, value: Any) -> bool:
        return isinstance(value, Mapping)

    def likeness(self, value: Any) -> float:  # noqa: ARG002
        return 0.5  # more than a record that has none of the properties

    def json_of(self, value: Any, path: Path) -> dict[str, Any]:
        names = {key: String.write(key, path) for key in value}
        return {name: self.value.write(value[key], (*path, name)) for key, name in names.items()}


class AnyOf(Reader):
    """Reads a value of one of several kinds that have different JSON types."""

    def __init__(self, *readers: Reader) -> None:
        self.readers = readers

    @cached_property
    def types(self) -> tuple[type, ...]:  # type: ignore[override]
        # Not before they are needed, since one of the kinds may have this union in it.
        return tuple(type_ for reader in self.readers for type_ in reader.types)

    def kind(self, *, plural: bool = False) -> str:
        return " or ".join(dict.fromkeys(reader.kind(plural=plural) for reader in self.readers))

    def read(self, value: Any, path: Path, drift: Drift) -> Any:
        for reader in self.readers:
            if type(value) in reader.types:
                return reader.read(value, path, drift)
        refuse(value, self.kind(), path)

    def takes(self, value: Any) -> bool:
        return any(reader.takes(value) for reader in self.readers)

    def json_of(self, value: Any, path: Path) -> Any:
        readers = [reader for reader in self.readers if reader.takes(value)]
        return by_likeliest(readers, value, lambda reader: reader.write(value, path))


def by_likeliest(readers: Sequence[R], value: Any, action: Callable[[R], T]) -> T:
    """Return the result of an action for one of the readers that fit a value best.

    Raises:
        InvalidDataError: The action fails for each of these.
    """
    likeness = {reader: reader.likeness(value) for reader in readers}
    likeliest = [reader for reader, found in likeness.items() if found == max(likeness.values())]
    for reader in likeliest[:-1]:
        with suppress(InvalidDataError):
            return action(reader)
    return action(likeliest[-1])


def _integer(number: float) -> int:
    if number != (integer := int(number)):  # in JSON Schema, 42.0 is an integer
        raise ValueError
    return integer


def _finite(number: float) -> float:
    if not math.isfinite(number):
        raise ValueError("a number that JSON cannot represent")
    return number


def _encodable(text: str) -> str:
    # Half of a surrogate pair has no encoding in UTF-8.
    if not text.isascii() and any("\ud800" <= character <= "\udfff" for character in text):
        raise ValueError("an unpaired surrogate, which no request can carry")
    return text


String: Final = Scalar("a string", str, plain=str, json=_encodable)
Boolean: Final = Scalar("a boolean", bool, plain=bool)
Null: Final = Scalar("null", type(None), plain=type(None))
Integer: Final = Scalar("an integer", int, float, plain=int, convert=_integer, python=(int,), but=(bool,))
# An int is not converted, since a float cannot represent every int.
Number: Final = Scalar("a number", int, float, convert=_finite, but=(bool,), json=_finite)
Nothing: Final = Scalar("nothing", type(MISSING), convert=lambda _: None)
