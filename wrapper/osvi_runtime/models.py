"""Records: frozen values, with ``extra`` for the properties that the spec does not declare. How values become JSON.

The field of a property may be None if the spec does not require the property or allows null. An answer without a
required property is refused. The field of an absent array or map is empty; `to_dict()` writes null for it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import suppress
from enum import Enum
from functools import cache
from types import FunctionType
from typing import Any, ClassVar, Final, Self, TypeVar

import attrs

from .annotations import hints, reader_of
from .descriptions import Docstring
from .drift import Drift
from .errors import InvalidDataError, Path
from .formats import CONVERTED
from .readonly import EMPTY, Extra, read_only
from .records import OneOf, Record, new_record

T = TypeVar("T")
M = TypeVar("M", bound="Model")

# One for each class. Without this type, mypy says that the classes are not hashable.
_reader_of_class: Final[Callable[..., Record[Any]]] = cache(Record)

# The types of fields that can be hashed.
_HASHED: Final = frozenset({"str", "int", "bool", "None"})


def in_spec_order(cls: type[Any], fields: list[attrs.Attribute[Any]]) -> list[attrs.Attribute[Any]]:
    """Put new fields before those of the base class. This is the ``field_transformer`` of all records.

    A field that a subclass declares again has its own type and default, and the metadata of the base class.
    """
    base = {field.name: field for field in getattr(cls.__base__, "__attrs_attrs__", ())}
    order = {name: index for index, name in enumerate(base)}
    completed = [
        field.evolve(
            hash=None if _HASHED.issuperset(str(field.type).split(" | ")) else False,
            metadata=base.get(field.name, field).metadata,
        )
        for field in fields
    ]
    return sorted(completed, key=lambda field: order.get(field.name, -1))


@attrs.frozen(kw_only=True, slots=False, field_transformer=in_spec_order)
class Model:
    """A record of the API. The properties of the spec are its fields, and ``extra`` holds the other properties.

    If the spec allows other properties, ``_OTHERS: ClassVar[...]`` declares the type of their values. If it does not,
    they are drift.
    """

    __descriptions__: ClassVar[Mapping[str, str]] = {"extra": "Properties that the spec does not declare. Read-only."}

    extra: Mapping[str, Any] = attrs.field(default=EMPTY, metadata={"in_json": False})
    """Properties that the spec does not declare. Read-only."""

    def __init_subclass__(cls) -> None:
        doc: Any = Docstring(cls.__doc__)
        cls.__doc__ = doc

    def __attrs_post_init__(self) -> None:
        fields = vars(self)
        for name in (*self.__reader__().never_none.values(), "extra"):
            fields[name] = read_only(fields[name])

    @classmethod
    def __reader__(cls) -> Record[Self]:
        return _reader_of_class(cls)

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Self:
        """Return the record of a JSON object, as `to_dict` and the API write it.

        Args:
            data: The JSON object. If the spec does not allow null for a property, null counts as absent.

        Raises:
            InvalidDataError: ``data`` differs from the spec.
        """
        json: Any = data
        return cls.__reader__().read(dict(json) if isinstance(json, Mapping) else json, (), Drift())

    def to_dict(self) -> dict[str, Any]:
        """Return the record as the API writes it, ready for ``json.dumps``.

        It has every property of the spec under its JSON name (None if absent), and then the properties in ``extra``.
        """
        return _json_object(self.__reader__().values_of(self), nulls=True)

    def __setstate__(self, state: Mapping[str, Any]) -> None:
        """Restore a pickled record. It may be one of another version, with other properties."""
        vars(self).update(_fields_of_state(type(self), state))

    @classmethod
    def __get_pydantic_core_schema__(cls, _: Any, handler: Any) -> Any:
        from .pydantic_schema import schema_of  # noqa: PLC0415 - pydantic, which calls this method, is optional

        return schema_of(cls, handler, to_json)


def _fields_of_state(cls: type[Model], state: Mapping[str, Any]) -> dict[str, Any]:
    """Return the fields of a pickled record.

    A field that another version did not know is read from ``extra``, or else absent. What only that version knows goes
    to ``extra``.
    """
    own, extra, not_sent = attrs.fields_dict(cls), dict(state["extra"]), {*getattr(state["extra"], "not_sent", ())}
    reader = cls.__reader__()
    fields = dict.fromkeys(own) | reader.defaults
    for name, value in state.items():
        if name in own or hasattr(cls, name):  # a subclass may keep other attributes, such as a cached property
            fields[name] = value
        elif value is not None and name not in not_sent:
            extra[name] = to_json(value)
    for name, property_ in reader.properties.items():
        if property_.field not in state:
            not_sent.add(property_.field)
            with suppress(KeyError, InvalidDataError):  # the other version did not check the value
                fields[property_.field] = property_.reader.read(extra[name], (name,), Drift())
                del extra[name]
    return fields | {"extra": Extra(extra, frozenset(not_sent))}


def empty_record(cls: type[M]) -> M:
    """Return the record for an absent property whose field is never None. `to_dict()` of the owner writes null."""
    reader = cls.__reader__()
    return new_record(cls, reader.defaults | {"extra": Extra({}, frozenset(reader.never_none.values()))})


@attrs.frozen
class Choice:
    """A value of one of several kinds that have the same JSON type. Each method reads it as one of the kinds.

    Attributes:
        json: The JSON value.
    """

    json: Any = attrs.field(hash=False)
    _path: Path = attrs.field(default=(), eq=False, repr=False)

    @classmethod
    def __reader__(cls) -> OneOf:
        return OneOf(cls)

    @classmethod
    def __kinds__(cls) -> dict[str, Any]:
        """Return the annotations of the kinds, by the names of the methods."""
        return {name: hints(value)["return"] for name, value in vars(cls).items() if isinstance(value, FunctionType)}

    def _as(self, method: Callable[[], T]) -> T:
        """Return the value as what a method of this class returns."""
        value: T = reader_of(self.__kinds__()[method.__name__]).read(self.json, self._path, Drift())
        return value

    @classmethod
    def __get_pydantic_core_schema__(cls, _: Any, handler: Any) -> Any:
        from .pydantic_schema import schema_of_choice  # noqa: PLC0415 - as in `Model`

        return schema_of_choice(cls, handler, lambda value: cls.__reader__().read(to_json(value), (), Drift()))


_UNCHANGED: Final = frozenset({str, int, float, bool, type(None)})  # the types of most values


def to_json(value: Any, *, nulls: bool = True) -> Any:
    """Return a value that was read as a JSON value, for ``json.dumps``.

    Args:
        value: The value.
        nulls: Whether the absent properties of records are null. If not, they are left out.
    """
    if type(value) in _UNCHANGED:
        return value
    if isinstance(value, Model):
        return _json_object(value.__reader__().values_of(value, nulls=nulls), nulls=nulls)
    if isinstance(value, Enum):
        return value.value
    for format_ in CONVERTED:
        if isinstance(value, format_.type):
            return format_.json(value)
    if isinstance(value, Choice):
        return value.json
    if isinstance(value, (list, tuple)):
        return [to_json(item, nulls=nulls) for item in value]
    if isinstance(value, Mapping):
        return _json_object(value, nulls=nulls)
    return value


def _json_object(values: Mapping[str, Any], *, nulls: bool) -> dict[str, Any]:
    # The test of the type is also here, since a call would take longer.
    return {name: item if type(item) in _UNCHANGED else to_json(item, nulls=nulls) for name, item in values.items()}
