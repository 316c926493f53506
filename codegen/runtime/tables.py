"""How the JSON objects of a class are read: tables, made once from the fields of the class."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache
from typing import Any, Final

import attrs

from .errors import MISSING, Drift, Path, refuse
from .readers import Anything, Container, Reader
from .readonly import EMPTY, Extra

# Where the metadata of a field keep the reader of its property, whether the spec allows null, and its name in JSON.
PROPERTY: Final = "osvi_openapi"


@attrs.frozen(eq=False, repr=False)  # the fewer methods, the sooner it is imported
class Property:
    """How a property is read, and the name of its field."""

    field: str
    reader: Reader[Any]
    is_nullable: bool


@attrs.frozen(eq=False, repr=False)
class Table:
    """How to read the JSON objects of one class.

    Attributes:
        properties: How each property is read, by its name in JSON.
        required: Those of the properties that must be there.
        containers: The names of those that are arrays and maps.
        defaults: The fields as they are without a value.
        is_open: Whether the spec says that there may be other properties.
    """

    properties: Mapping[str, Property]
    required: Mapping[str, Property]
    containers: frozenset[str]
    defaults: dict[str, Any]
    is_open: bool

    def read(self, data: Any, path: Path, drift: Drift) -> dict[str, Any]:
        """Return all fields by their names: the ``__dict__`` of a record, which no converter needs to see again.

        Raises:
            InvalidDataError: It is no object, a required property is absent, or a value is not what the spec says.
        """
        if type(data) is not dict:
            refuse(data, "an object", path)
        properties, fields, extra = self.properties, self.defaults.copy(), {}
        for name, value in data.items():
            one = properties.get(name)
            if one is None:
                extra[name] = Anything.read(value, (*path, name), drift)
                if not self.is_open:
                    drift.append(((*path, name), "a field that the spec does not know"))
            elif value is not None:
                fields[one.field] = one.reader.read(value, (*path, name), drift)
            elif not one.is_nullable:
                drift.append(((*path, name), "null, which the spec does not allow here"))
        for name, one in self.required.items():
            if data.get(name) is None and not (one.is_nullable and name in data):
                one.reader.read(data.get(name, MISSING), (*path, name), drift)  # which refuses it
        absent = frozenset(properties[name].field for name in self.containers if data.get(name) is None)
        return fields | {"extra": Extra(extra, absent)}

    def absent_record(self) -> dict[str, Any]:
        """Return the fields of a record that stands for one that is not there."""
        absent = frozenset(self.properties[name].field for name in self.containers)
        return self.defaults | {"extra": Extra({}, absent, is_record_absent=True)}


def _table(cls: type[Any], without: str = "") -> Table:
    """Return how to read the records of a class, but for one field."""
    properties: dict[str, Property] = {}
    required: dict[str, Property] = {}
    defaults: dict[str, Any] = {"extra": EMPTY}
    for field in attrs.fields(cls):
        if PROPERTY in field.metadata and field.name != without:
            reader, is_nullable, name = field.metadata[PROPERTY]
            properties[name or field.name] = one = Property(field.name, reader, is_nullable)
            is_required = field.default is attrs.NOTHING
            if is_required:
                required[name or field.name] = one
            defaults[field.name] = reader.absent if is_required or isinstance(reader, Container) else field.default
    containers = frozenset(name for name, one in properties.items() if isinstance(one.reader, Container))
    return Table(properties, required, containers, defaults, cls.OPEN)


table: Final[Callable[..., Table]] = cache(_table)  # without this type, mypy takes the classes for unhashable
