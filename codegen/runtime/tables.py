"""How the JSON objects of a class are read: tables, made once from the fields of the class."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache
from typing import Any, Final

import attrs

from .errors import MISSING, Drift, Path, refuse
from .readers import Anything, Map, Reader
from .readonly import EMPTY

# Where the metadata of a field keep the reader of its property, whether the spec allows null, and its name in JSON.
PROPERTY: Final = "osvi_openapi"


@attrs.frozen(eq=False, repr=False)  # the fewer methods, the sooner it is imported
class Property:
    """How a property is read, and the name of its field. A value of just the plain type is taken as it is."""

    field: str
    reader: Reader[Any]
    is_nullable: bool
    plain: type | None


@attrs.frozen(eq=False, repr=False)
class Table:
    """How to read the JSON objects of one class.

    Attributes:
        properties: How each property is read, by its name in JSON.
        required: Those of the properties that must be there.
        absent: The fields that attrs has no right default for, as they are without a value.
        is_open: Whether the spec says that there may be other properties.
    """

    properties: Mapping[str, Property]
    required: Mapping[str, Property]
    absent: dict[str, Any]
    is_open: bool

    def read(self, data: Any, path: Path, drift: Drift) -> dict[str, Any]:
        """Return the fields, by their names, and ``extra``.

        Raises:
            InvalidDataError: It is no object, a required property is absent, or a value is not what the spec says.
        """
        if type(data) is not dict:
            refuse(data, "an object", path)
        properties, fields, extra = self.properties, self.absent.copy(), {}
        for name, value in data.items():
            one = properties.get(name)
            if one is None:
                extra[name] = value
                if not self.is_open:
                    drift.append(((*path, name), "a field that the spec does not know"))
            elif type(value) is one.plain:
                fields[one.field] = value
            elif value is not None:
                fields[one.field] = one.reader.read(value, (*path, name), drift)
            elif not one.is_nullable:
                drift.append(((*path, name), "null, which the spec does not allow here"))
        for name, one in self.required.items():
            if data.get(name) is None and not (one.is_nullable and name in data):
                fields[one.field] = one.reader.read(data.get(name, MISSING), (*path, name), drift)  # which refuses it
        fields["extra"] = extra or EMPTY
        return fields


def _table(cls: type[Any], without: str = "") -> Table:
    """Return how to read the records of a class, but for one field."""
    properties: dict[str, Property] = {}
    required: dict[str, Property] = {}
    for field in attrs.fields(cls):
        if PROPERTY in field.metadata and field.name != without:
            reader, is_nullable, name = field.metadata[PROPERTY]
            plain = dict if isinstance(reader, Map) and reader.value is Anything else reader.plain
            properties[name or field.name] = one = Property(field.name, reader, is_nullable, plain)
            if field.default is attrs.NOTHING:
                required[name or field.name] = one
    absent = {one.field: one.reader.absent for one in properties.values() if one.reader.absent is not None}
    absent |= {one.field: one.reader.absent for one in required.values()}
    return Table(properties, required, absent, is_open=cls.OPEN)


table: Final[Callable[..., Table]] = cache(_table)  # without this type, mypy takes the classes for unhashable
