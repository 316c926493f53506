"""The base of all records: frozen values, with ``extra`` for the properties that the spec does not declare.

The field of a property may be None if the spec does not require the property or allows null. An answer without a
required property is refused. The field of an absent array or map is empty; `to_dict()` writes null for it.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from enum import Enum
from functools import cached_property
from typing import Any, ClassVar, Final, Literal, Self, TypeVar, cast, final, overload

import attrs

from .compiled import INEXACT, ExactReader, exact_reader
from .errors import JSON_TYPES, MISSING, Drift, InvalidDataError, Path, refuse
from .formats import CONVERTED
from .readers import Anything, Container, Map, Reader
from .readonly import EMPTY, Extra, read_only
from .tables import PROPERTY, Table, table

T = TypeVar("T")
M = TypeVar("M", bound="Model")
C = TypeVar("C", bound="Choice")


@overload
def Field(reader: Reader[T], *, default: T, nullable: bool = ..., name: str = ...) -> T: ...
@overload
def Field(reader: Container[T], *, nullable: bool = ..., name: str = ...) -> T: ...
@overload
def Field(reader: Reader[T], *, nullable: Literal[True], name: str = ...) -> T | None: ...
@overload
def Field(reader: Reader[T], *, name: str = ...) -> T: ...
def Field(reader: Reader[Any], *, default: Any = attrs.NOTHING, nullable: bool = False, name: str = "") -> Any:  # noqa: N802
    """Declare the field of a property. Its name begins with a capital letter, so that no property has the same name.

    Args:
        reader: Reads the property's value.
        default: The value of the field if the property is absent. Without a default, the property is required.
        nullable: Whether the spec allows null.
        name: The property's name in JSON, if the field has another name.
    """
    hash_ = None if reader.plain else False  # most of the other values are not hashable
    metadata = {PROPERTY: (reader, nullable, name)}
    return attrs.field(default=default, converter=reader.converter, hash=hash_, metadata=metadata)


def in_spec_order(cls: type[Any], fields: list[attrs.Attribute[Any]]) -> list[attrs.Attribute[Any]]:
    """Put new fields before those of the base class. This is the ``field_transformer`` of all records.

    A field that a subclass declares again has its own reader and default. Its nullability and its name in JSON are
    those of the base class.
    """
    base_fields: tuple[attrs.Attribute[Any], ...] = getattr(cls.__base__, "__attrs_attrs__", ())
    base = {field.name: field.metadata for field in base_fields}
    order = {name: index for index, name in enumerate(base)}
    merged = [
        field.evolve(metadata={PROPERTY: (field.metadata[PROPERTY][0], *base[field.name][PROPERTY][1:])})
        if PROPERTY in base.get(field.name, {})
        else field
        for field in fields
    ]
    return sorted(merged, key=lambda field: order.get(field.name, -1))


@attrs.frozen(kw_only=True, slots=False, field_transformer=in_spec_order)
class Model:
    """A record of the API. The properties of the spec are its fields, and ``extra`` holds the other properties."""

    _OPEN: ClassVar[bool] = False
    """Whether the spec allows other properties. If not, they are drift."""
    _OTHERS: ClassVar[Map[Any]] = Map(Anything)
    """Checks the values of other properties."""
    _READ_ONLY: ClassVar[frozenset[str]] = frozenset()
    """The properties that only answers have (``readOnly``), by their names in JSON."""
    __descriptions__: ClassVar[Mapping[str, str]] = {}
    """The descriptions of the fields, for the docstrings of subclasses and for pydantic."""

    extra: Mapping[str, Any] = attrs.field(default=EMPTY, converter=read_only, hash=False)
    """The properties that the spec does not declare. Read-only."""

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Self:
        """Return the record of a JSON object, as `to_dict` and the API write it.

        Args:
            data: The JSON object. If the spec does not allow null for a property, null counts as absent.

        Raises:
            InvalidDataError: ``data`` differs from the spec.
        """
        json: Any = data
        return Record(cls).read(dict(json) if isinstance(json, Mapping) else json, (), [])

    def to_dict(self) -> dict[str, Any]:
        """Return the record as the API writes it, ready for ``json.dumps``.

        It has every property of the spec under its JSON name (None if absent), and then the properties in ``extra``.
        """
        return fields_to_json(self)

    @classmethod
    def __get_pydantic_core_schema__(cls, _: Any, handler: Any) -> Any:
        from .pydantic_schema import schema_of  # noqa: PLC0415 - pydantic, which calls this method, is optional

        return schema_of(cls, handler)


class _ClassReader(Reader[T]):
    """Reads JSON values as objects of a class. If classes refer to each other, ``cls`` is ``lambda: Class``."""

    def __init__(self, cls: type[T] | Callable[[], type[T]], *types: type) -> None:
        names = dict.fromkeys(JSON_TYPES[type_] for type_ in types)
        expected = " or ".join(f"{'an' if name[0] in 'ao' else 'a'} {name}" for name in names)
        super().__init__(expected, " or ".join(f"{name}s" for name in names), *types)
        self._cls: Any = cls

    @cached_property
    def cls(self) -> type[T]:
        """The class."""
        return cast("type[T]", self._cls if isinstance(self._cls, type) else self._cls())


class Record(_ClassReader[M]):
    """Reads an object as a record."""

    def __init__(self, cls: type[M] | Callable[[], type[M]]) -> None:
        super().__init__(cls, dict)

    def read(self, value: Any, path: Path, drift: Drift, **fields: Any) -> M:
        """Return the record of a value. ``fields`` are the fields that are not properties of the spec."""
        try:
            record = self.exact(value, path, fields)
        except INEXACT:
            record = None
        return _record(self.cls, self.table.read(value, path, drift) | fields) if record is None else record

    @cached_property
    def table(self) -> Table:
        """The properties of the class."""
        return table(self.cls)

    @cached_property
    def exact(self) -> ExactReader[M]:
        """A function that reads an object with exactly the properties of the class; see ``compiled.py``."""
        return exact_reader(self.cls)


def _record(cls: type[M], fields: dict[str, Any]) -> M:
    record = object.__new__(cls)  # __init__ would convert each field again
    object.__setattr__(record, "__dict__", fields)  # the class is frozen
    return record


@attrs.frozen
class Choice:
    """A value of one of several kinds that have the same JSON type.

    Attributes:
        json: The JSON value.
    """

    __branches__: ClassVar[tuple[Reader[Any], ...]] = ()
    """The readers of the kinds."""

    json: Any = attrs.field(hash=False)
    _path: Path = attrs.field(default=(), eq=False, repr=False)

    def _as(self, reader: Reader[T]) -> T:
        return reader.read(self.json, self._path, [])


class OneOf(_ClassReader[C]):
    """Reads a value of one of several kinds as a `Choice`."""

    def read(self, value: Any, path: Path, drift: Drift) -> C:  # noqa: ARG002
        if type(value) not in self.types:
            refuse(value, self.expected, path)
        return self.cls(value, path)

    def branch(self, value: Any) -> Reader[Any]:
        type_ = dict if isinstance(value, Mapping) else list
        readers = [reader.branch(value) for reader in self.cls.__branches__ if type_ in reader.types]
        return max(readers, key=lambda reader: _likeness(reader, value), default=self)


def _likeness(reader: Reader[Any], value: Any) -> float:
    """Return how many properties a mapping shares with a record. A map is likelier than a record that shares none."""
    return len(value.keys() & reader.table.properties.keys()) if isinstance(reader, Record) else 0.5


@final
@attrs.frozen(kw_only=True, slots=False, field_transformer=in_spec_order)
class UnknownModel(Model):
    """An object whose tag the spec does not know: all its properties are in ``extra``."""

    _OPEN = True


class Tagged(Reader[M]):
    """Reads an object as a record of the class for its tag, which is the value of one of its properties.

    A tag that the spec does not know is drift. Without a tag, the object becomes a record of the class that it fits
    best, of those that do not require the tag.
    """

    def __init__(self, tag: str, records: Mapping[Any, Record[Any]]) -> None:
        super().__init__("an object", "objects", dict)
        self.tag = tag
        self.records = records

    def read(self, value: Any, path: Path, drift: Drift) -> M:
        if type(value) is not dict:
            refuse(value, self.expected, path)
        record: M = self._record(value, path, drift).read(value, path, drift)
        return record

    def branch(self, value: Any) -> Reader[Any]:
        if not isinstance(value, Mapping):
            return self
        tag = to_json(value.get(self.tag))
        records = [record for listed, record in self.records.items() if listed == tag] or self.records.values()
        return max(records, key=lambda record: _likeness(record, value))

    def _record(self, value: dict[str, Any], path: Path, drift: Drift) -> Record[Any]:
        """Return the reader of the record for an object."""
        tag, place = value.get(self.tag), (*path, self.tag)
        type_ = type(next(iter(self.records)))
        fitting = [record for record in self.records.values() if tag is None and self.tag not in record.table.required]
        if fitting:
            return min(fitting, key=lambda record: _misfit(record, value))
        if type(tag) is not type_:
            refuse(value.get(self.tag, MISSING), f"a {JSON_TYPES[type_]}", place)
        if tag not in self.records:
            drift.append((place, "a value that the spec does not list"))
        return self.records.get(tag, _UNKNOWN)


def _misfit(record: Record[Any], value: Any) -> float:
    """Return the number of differences between a value and a record. Infinite if the value cannot be read."""
    drift: Drift = []
    try:
        record.read(value, (), drift)
    except InvalidDataError:
        return math.inf
    return len(drift)


_UNKNOWN: Final = Record(UnknownModel)


def absent(cls: type[M]) -> M:
    """Return the record for an absent property whose field is never None. `to_dict()` of the owner writes null."""
    properties = table(cls)
    return _record(cls, properties.defaults | {"extra": Extra({}, frozenset(properties.never_none.values()))})


_UNCHANGED: Final = frozenset({str, int, float, bool, type(None)})  # the types of most values


def fields_to_json(model: Model, *, nulls: bool = True) -> dict[str, Any]:
    """Return a record as a JSON object. Requests leave out what may be absent and is None: ``nulls`` is false."""
    absent = model.extra.absent if isinstance(model.extra, Extra) else ()
    values, json, properties = vars(model), {}, table(type(model))
    for name, property_ in properties.properties.items():
        value = values[property_.field]
        if type(value) not in _UNCHANGED:  # also here, since a call would take longer
            is_absent = property_.field in absent and value == property_.default
            value = None if is_absent else to_json(value, nulls=nulls)
        if nulls or value is not None or properties.requires_null(name):
            json[name] = value
    return json | to_json(model.extra, nulls=nulls) if model.extra else json


def to_json(value: Any, *, nulls: bool = True) -> Any:
    """Return a value as a JSON value, for ``json.dumps``."""
    if type(value) in _UNCHANGED:
        return value
    if isinstance(value, Enum):
        return value.value
    for format_ in CONVERTED:
        if isinstance(value, format_.type):
            return format_.write(value)
    if isinstance(value, Model):
        return fields_to_json(value, nulls=nulls)
    if isinstance(value, Choice):
        return value.json
    if isinstance(value, (list, tuple)):
        return [to_json(item, nulls=nulls) for item in value]
    if isinstance(value, Mapping):
        return {name: to_json(item, nulls=nulls) for name, item in value.items()}
    return value
