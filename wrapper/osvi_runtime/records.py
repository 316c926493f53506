"""The reader of a class of records, and that of a class of choices."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from typing import Any, Generic, get_args

from .annotations import hints, reader_of
from .anything import Anything
from .compiled import ExactReader, M, exact_reader
from .drift import FORBIDDEN_NULL, UNKNOWN_FIELD, Drift
from .errors import MISSING, InvalidDataError, Path, refuse
from .properties import UNDECLARED, Property, properties_of
from .readers import NULL, AnyOf, Reader, String, by_likeliest
from .readonly import EMPTY, Extra

# Not the function `exact` itself, which would be compiled at once, endlessly in a circle of classes.
_EXACT = """\
{value} = {reader}.exact({value}, {path}, EMPTY)
if {value} is None:
    return None
"""


def new_record(cls: type[M], fields: dict[str, Any]) -> M:
    """Return a record of these fields, which ``__init__`` would convert again."""
    record = object.__new__(cls)
    object.__setattr__(record, "__dict__", fields)  # the class is frozen
    return record


class Record(Reader, Generic[M]):
    """Reads an object as a record. An argument may be a mapping too, by the names in JSON.

    What it knows of the class is found at its first use, since classes may refer to each other.

    Args:
        cls: The class of the records, a `Model`.
        without: The name of a property that is not read.
    """

    source = _EXACT

    def __init__(self, cls: type[M], without: str | None = None) -> None:
        super().__init__("an object", dict)
        self.cls = cls
        self.without = without

    @cached_property
    def properties(self) -> Mapping[str, Property]:
        """The properties, by their names in JSON."""
        return {name: property_ for name, property_ in properties_of(self.cls) if name != self.without}

    @cached_property
    def names(self) -> Mapping[str, str]:
        """The names in JSON by those of the fields."""
        return {property_.field: name for name, property_ in self.properties.items()}

    @cached_property
    def required(self) -> Mapping[str, Property]:
        """The properties that the spec requires."""
        return {name: property_ for name, property_ in self.properties.items() if property_.is_required}

    @cached_property
    def never_none(self) -> Mapping[str, str]:
        """The fields that are not None if their properties are absent, by the names in JSON."""
        return {name: property_.field for name, property_ in self.properties.items() if property_.default is not None}

    @cached_property
    def defaults(self) -> dict[str, Any]:
        """The values of the fields if their properties are absent."""
        return {property_.field: property_.default for property_ in self.properties.values()} | {"extra": EMPTY}

    @cached_property
    def others(self) -> Reader | None:
        """Checks the values of other properties, which stay as they are. None if the spec does not allow others."""
        types = hints(self.cls)
        return reader_of(get_args(types["_OTHERS"])[0]) if "_OTHERS" in types else None

    @cached_property
    def exact(self) -> ExactReader[M]:
        """A function that reads an object with exactly the properties of the class; see `compiled.py`."""
        return exact_reader(self.cls, self.properties)

    def read(self, value: Any, path: Path, drift: Drift, **fields: Any) -> M:
        """Return the record of a value. ``fields`` are the fields that are not properties of the spec."""
        record = None if drift.is_checked else self.exact(value, path, fields)
        return record or new_record(self.cls, self.read_fields(value, path, drift) | fields)

    def read_fields(self, data: Any, path: Path, drift: Drift) -> dict[str, Any]:
        """Return the values of all fields, converted, for the ``__dict__`` of a record.

        Raises:
            InvalidDataError: ``data`` is not an object, lacks a required property, or differs from the spec.
        """
        if type(data) is not dict:
            refuse(data, self.kind(), path)
        drift.before_part(path)
        properties, fields, extra = self.properties, self.defaults.copy(), {}
        for name, value in data.items():
            property_ = properties.get(name)
            if property_ is None:
                (self.others or Anything).read(value, (*path, name), drift)
                extra[name] = value
                if self.others is None:
                    drift.add((*path, name), UNKNOWN_FIELD)
            elif value is not None:
                fields[property_.field] = property_.reader.read(value, (*path, name), drift)
            elif not property_.is_nullable:
                if drift.is_request:
                    refuse(value, property_.reader.kind(), (*path, name))
                drift.add((*path, name), FORBIDDEN_NULL)
        for name, property_ in self.required.items():
            is_absent = data.get(name) is None and not (property_.is_nullable and name in data)
            if is_absent and not (property_.is_read_only and drift.is_request):
                refuse(data.get(name, MISSING), property_.reader.kind(), (*path, name))
        not_sent = frozenset(field for name, field in self.never_none.items() if data.get(name) is None)
        return fields | {"extra": Extra(extra, not_sent)}

    def takes(self, value: Any) -> bool:
        return isinstance(value, (self.cls, Mapping))

    def likeness(self, value: Any) -> float:
        return len(value.keys() & self.properties.keys()) if isinstance(value, Mapping) else 1

    def json_of(self, value: Any, path: Path) -> dict[str, Any]:
        if not isinstance(value, Mapping):
            own: Record[Any] = type(value).__reader__()  # of a subclass, perhaps, which has other properties
            sent = own.values_of(value, nulls=False).items()
            return own.json_of({name: NULL if item is None else item for name, item in sent}, path)
        json: dict[str, Any] = {}
        for key, item in value.items():
            name = String.write(key, path)
            property_ = self.properties.get(name, UNDECLARED)  # the vendor may be ahead of the spec
            if property_ is UNDECLARED and name in self.names:
                raise InvalidDataError(f"the name in JSON, {self.names[name]!r}", "that of the field", (*path, name))
            if not property_.is_read_only and (item is not None or property_.none_is_null):
                json[name] = property_.write(item, (*path, name))
        return json

    def values_of(self, record: Any, *, nulls: bool = True) -> dict[str, Any]:
        """Return the values of the fields of a record, by the names in JSON, and ``extra``.

        Args:
            record: The record.
            nulls: Whether the values of absent properties are None. If not, they are left out.
        """
        fields, not_sent = vars(record), getattr(record.extra, "not_sent", ())
        values = {}
        for name, property_ in self.properties.items():
            value = fields[property_.field]
            if property_.field in not_sent and value == property_.default:
                value = None
            if nulls or value is not None or property_.none_is_null:
                values[name] = value
        return {**values, **record.extra}


class OneOf(AnyOf):
    """Reads a value of one of several kinds as a `Choice`."""

    def __init__(self, cls: Any) -> None:
        self.cls = cls

    @cached_property
    def readers(self) -> tuple[Reader, ...]:  # type: ignore[override]
        return tuple(map(reader_of, self.cls.__kinds__().values()))

    def read(self, value: Any, path: Path, drift: Drift) -> Any:
        if type(value) not in self.types:
            refuse(value, self.kind(), path)
        if drift.is_checked:
            readers = [reader for reader in self.readers if type(value) in reader.types]
            by_likeliest(readers, value, lambda reader: reader.read(value, path, drift))
        return self.cls(value, path)

    def takes(self, value: Any) -> bool:
        return isinstance(value, self.cls) or super().takes(value)

    def json_of(self, value: Any, path: Path) -> Any:
        return Anything.write(value.json, path) if isinstance(value, self.cls) else super().json_of(value, path)
