"""Records: frozen values, with ``extra`` for the properties that the spec does not declare. How values become JSON.

The field of a property may be None if the spec does not require the property or allows null. An answer without a
required property is refused. The field of an absent array or map is empty; `to_dict()` writes null for it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import suppress
from enum import Enum
from functools import cached_property
from typing import Any, ClassVar, Final, Literal, Self, TypeVar, cast, overload

import attrs

from .compiled import INEXACT, ExactReader, exact_reader
from .errors import JSON_TYPES, Drift, InvalidDataError, Path
from .formats import CONVERTED
from .readers import Anything, Container, Map, Reader
from .readonly import EMPTY, Extra, read_only
from .tables import PROPERTY, Table, table

T = TypeVar("T")
M = TypeVar("M", bound="Model")


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

    def __setstate__(self, state: Mapping[str, Any]) -> None:
        """Restore a pickled record. It may be one of another version, with other properties."""
        vars(self).update(_fields_of_state(type(self), state))

    @classmethod
    def __get_pydantic_core_schema__(cls, _: Any, handler: Any) -> Any:
        from .pydantic_schema import schema_of  # noqa: PLC0415 - pydantic, which calls this method, is optional

        return schema_of(cls, handler, to_json)


class ClassReader(Reader[T]):
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


class Record(ClassReader[M]):
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


def _fields_of_state(cls: type[Model], state: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return the fields of a pickled record.

    A field that another version did not know is read from ``extra``, or else absent. What only that version knows goes
    to ``extra``.
    """
    own, properties = attrs.fields_dict(cls), table(cls)
    # A subclass may keep other attributes, such as a cached property.
    unknown = {name: value for name, value in state.items() if name not in own and not hasattr(cls, name)}
    missing = own.keys() - state.keys()
    if not unknown and not missing:
        return state
    absent = state["extra"].absent if isinstance(state["extra"], Extra) else frozenset()
    extra = state["extra"] | {
        name: to_json(value) for name, value in unknown.items() if value is not None and name not in absent
    }
    fields = dict.fromkeys(own) | properties.defaults | {name: state[name] for name in state.keys() - unknown.keys()}
    for name, property_ in properties.properties.items():
        if name in extra and property_.field in missing:
            with suppress(InvalidDataError):  # the other version did not check the value
                fields[property_.field] = property_.reader.read(extra[name], (name,), [])
                del extra[name]
    absent |= {field for name, field in properties.never_none.items() if field in missing}
    return fields | {"extra": Extra(extra, absent)}


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
