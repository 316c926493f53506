"""Readers of JSON values, a class for each kind of annotation, which also write arguments as JSON values.

`Reader.read` checks the type of a value and converts it. It raises `InvalidDataError` for a value that it cannot read.
If it can read a value that differs from the spec, it appends the place and the difference to ``drift``. `Reader.write`
goes the other way: it checks an argument and returns its JSON value.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from enum import Enum
from functools import cached_property
from typing import Any, Final, Literal, NoReturn

from .errors import MISSING, Drift, InvalidDataError, Path, refuse
from .readonly import EMPTY, ReadOnlyDict


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


class Reader:
    """Reads and writes the values of an annotation.

    Attributes:
        expected: The kind of value, for messages ("a string").
        types: The Python types of the JSON values that it reads.
        plain_types: The types whose values need no conversion.
        empty: The value of a field whose property is absent.
        keeps_path: Whether the values that it returns may keep their path, as a `Choice` does.
    """

    plain_types: frozenset[type] = frozenset()
    empty: Any = None
    keeps_path = True

    def __init__(self, expected: str, *types: type) -> None:
        self.expected = expected
        self.types = types

    @property
    def plural(self) -> str:
        """The plural of the kind ("strings")."""
        return f"{self.expected.removeprefix('a ').removeprefix('an ')}s"

    def read(self, value: Any, path: Path, drift: Drift) -> Any:
        """Return the converted value. `MISSING` stands for an absent one.

        Raises:
            InvalidDataError: The value differs from the spec.
        """
        raise NotImplementedError

    def read_source(self, value: str, path: str, name: Callable[[Any], str]) -> list[str]:
        """Return the lines of a compiled reader that convert a variable, or return None; see ``compiled.py``.

        Args:
            value: The variable.
            path: An expression for its path.
            name: Gives a name to an object that the lines need.
        """
        return [
            f"if {value} is None:",
            "    return None",
            f"{value} = {name(self.read)}({value}, {path if self.keeps_path else '()'}, drift)",
        ]

    def takes(self, value: Any) -> bool:
        """Return whether an argument is of this kind, its items and properties apart."""
        raise NotImplementedError

    def likeness(self, value: Any) -> float:  # noqa: ARG002
        """Return how well an argument fits, which tells kinds apart that take the same arguments."""
        return 0

    def write(self, value: Any, path: Path) -> Any:
        """Return the JSON value of an argument.

        Raises:
            InvalidDataError: The argument, or a part of it, is of another kind.
        """
        raise NotImplementedError

    def refuse_argument(self, value: Any, path: Path) -> NoReturn:
        """Raise the error for an argument of another kind."""
        raise InvalidDataError(self.expected, type(value).__name__, path)


class Scalar(Reader):
    """Reads values with a function that raises ValueError or OverflowError for a value that it cannot convert.

    Args:
        expected: The kind of value.
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
        expected: str,
        *types: type,
        plain: type | None = None,
        convert: Callable[[Any], Any] = lambda value: value,
        python: tuple[type, ...] = (),
        but: tuple[type, ...] = (),
        json: Callable[[Any], Any] = lambda value: value,
    ) -> None:
        super().__init__(expected, *types)
        self.plain = plain
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
        refuse(value, self.expected, path)

    def read_source(self, value: str, path: str, name: Callable[[Any], str]) -> list[str]:
        if self.plain:
            return [f"if type({value}) is not {name(self.plain)}:", "    return None"]
        if self.types != (str,):
            return super().read_source(value, path, name)
        # An instance of a subclass of str has no JSON type.
        converted = f"{value} = {name(self.convert)}({value})"
        return [f"if type({value}) is not str:", "    return None", converted]

    def takes(self, value: Any) -> bool:
        value = value.value if isinstance(value, Enum) else value
        return isinstance(value, self.python) and not isinstance(value, self.but)

    def write(self, value: Any, path: Path) -> Any:
        if not self.takes(value):
            self.refuse_argument(value, path)
        try:
            return self.json(value.value if isinstance(value, Enum) else value)
        except ValueError as error:
            found = str(error)
        raise InvalidDataError(self.expected, found, path)


def is_array(value: Any) -> bool:
    """Return whether an argument is an array."""
    return isinstance(value, (list, tuple, set, frozenset))


class Array(Reader):
    """Reads an array as a tuple."""

    plural = "arrays"
    empty = ()

    def __init__(self, item: Reader) -> None:
        self.types = (list,)
        self.item = item
        self.keeps_path = item.keeps_path

    @cached_property
    def expected(self) -> str:  # type: ignore[override]
        # Not before it is needed, since an item may have this array in its own text.
        return f"an array of {self.item.plural}"

    def read(self, value: Any, path: Path, drift: Drift) -> tuple[Any, ...]:
        if type(value) is not list:
            refuse(value, self.expected, path)
        plain = self.item.plain_types
        for item in value:
            if type(item) not in plain:
                read = self.item.read
                return tuple([read(item, (*path, str(index)), drift) for index, item in enumerate(value)])
        return tuple(value)

    def takes(self, value: Any) -> bool:
        return is_array(value)

    def write(self, value: Any, path: Path) -> list[Any]:
        if not is_array(value):
            self.refuse_argument(value, path)
        return [self.item.write(item, (*path, str(index))) for index, item in enumerate(value)]


class Map(Reader):
    """Reads an object with any keys as a read-only mapping."""

    empty = EMPTY

    def __init__(self, value: Reader) -> None:
        super().__init__("an object", dict)
        self.value = value
        self.keeps_path = value.keeps_path

    def read(self, value: Any, path: Path, drift: Drift) -> Mapping[str, Any]:
        if type(value) is not dict:
            refuse(value, self.expected, path)
        if not value:
            return EMPTY
        plain = self.value.plain_types
        for item in value.values():
            if type(item) not in plain:
                read = self.value.read
                return ReadOnlyDict({key: read(item, (*path, key), drift) for key, item in value.items()})
        return ReadOnlyDict(value)

    def takes(self, value: Any) -> bool:
        return isinstance(value, Mapping)

    def likeness(self, value: Any) -> float:  # noqa: ARG002
        return 0.5  # more than a record that has none of the properties

    def write(self, value: Any, path: Path) -> dict[str, Any]:
        if not isinstance(value, Mapping):
            self.refuse_argument(value, path)
        items = [(Key.write(key, path), item) for key, item in value.items()]
        return {key: self.value.write(item, (*path, key)) for key, item in items}


class AnyOf(Reader):
    """Reads a value of one of several kinds that have different JSON types."""

    def __init__(self, *readers: Reader) -> None:
        self.readers = readers

    # Not before they are needed, since one of the kinds may have this union in it.
    @cached_property
    def expected(self) -> str:  # type: ignore[override]
        return self._joined("expected")

    @property
    def plural(self) -> str:
        return self._joined("plural")

    @cached_property
    def types(self) -> tuple[type, ...]:  # type: ignore[override]
        return tuple(type_ for reader in self.readers for type_ in reader.types)

    def _joined(self, name: str) -> str:
        return " or ".join(dict.fromkeys(getattr(reader, name) for reader in self.readers))

    def read(self, value: Any, path: Path, drift: Drift) -> Any:
        for reader in self.readers:
            if type(value) in reader.types:
                return reader.read(value, path, drift)
        refuse(value, self.expected, path)

    def takes(self, value: Any) -> bool:
        return any(reader.takes(value) for reader in self.readers)

    def likeness(self, value: Any) -> float:
        return max(reader.likeness(value) for reader in self.readers)

    def write(self, value: Any, path: Path) -> Any:
        readers = [reader for reader in self.readers if reader.takes(value)]
        best = max((reader.likeness(value) for reader in readers), default=0)
        errors = []
        for reader in readers:
            try:
                if reader.likeness(value) == best:
                    return reader.write(value, path)
            except InvalidDataError as error:
                errors.append(error)
        if errors:
            raise errors[0]
        self.refuse_argument(value, path)


def _integer(number: float) -> int:
    if number != (integer := int(number)):  # in JSON Schema, 42.0 is an integer
        raise ValueError
    return integer


def _finite(number: float) -> float:
    if not math.isfinite(number):
        raise ValueError("a number that JSON cannot represent")
    return number


def _encodable(text: str) -> str:
    if has_lone_surrogate(text):
        raise ValueError("half of a surrogate pair, which no request can carry")
    return text


def has_lone_surrogate(text: str) -> bool:
    """Return whether a text has half of a surrogate pair, which has no encoding in UTF-8."""
    return not text.isascii() and any("\ud800" <= character <= "\udfff" for character in text)


String: Final = Scalar("a string", str, plain=str, json=_encodable)
Key: Final = Scalar("an object whose names are strings", str, json=_encodable)
Boolean: Final = Scalar("a boolean", bool, plain=bool)
Null: Final = Scalar("null", type(None), plain=type(None))
Integer: Final = Scalar("an integer", int, float, plain=int, convert=_integer, python=(int,), but=(bool,))
# An int is not converted, since a float cannot represent every int.
Number: Final = Scalar("a number", int, float, convert=_finite, but=(bool,), json=_finite)
Nothing: Final = Scalar("nothing", type(MISSING), convert=lambda _: None)
