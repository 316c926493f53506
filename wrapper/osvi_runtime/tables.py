"""The table of a class of records: its properties and their readers, made once from the fields of the class."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache
from typing import Any, Final

import attrs

from .errors import MISSING, Drift, Path, refuse
from .readers import Reader
from .readonly import EMPTY, Extra

# The key in the metadata of a field. Its value: the reader of the property, whether null is allowed, and the JSON name.
PROPERTY: Final = "osvi_runtime"


@attrs.frozen(eq=False, repr=False)  # fewer methods, so that the import is faster
class Property:
    """The field and the reader of a property."""

    field: str
    reader: Reader[Any]
    is_nullable: bool
    default: Any


@attrs.frozen(eq=False, repr=False)
class Table:
    """The properties of a class of records.

    Attributes:
        properties: All properties, by their names in JSON.
        required: The properties that the spec requires.
        never_none: The fields that are not None if their properties are absent, by the names in JSON.
        defaults: The values of the fields if their properties are absent.
        is_open: Whether the spec allows other properties.
        others: Checks the values of other properties, which stay as they are.
        read_only: The names in JSON of the properties that only answers have.
    """

    properties: Mapping[str, Property]
    required: Mapping[str, Property]
    never_none: Mapping[str, str]
    defaults: dict[str, Any]
    is_open: bool
    others: Reader[Any]
    read_only: frozenset[str]

    def requires_null(self, name: str) -> bool:
        """Return whether a property that is None is null: the spec requires the property, and allows null."""
        return name in self.required and self.required[name].is_nullable

    def read(self, data: Any, path: Path, drift: Drift) -> dict[str, Any]:
        """Return the values of all fields, converted, for the ``__dict__`` of a record.

        Raises:
            InvalidDataError: ``data`` is not an object, lacks a required property, or differs from the spec.
        """
        if type(data) is not dict:
            refuse(data, "an object", path)
        properties, fields, extra = self.properties, self.defaults.copy(), {}
        for name, value in data.items():
            property_ = properties.get(name)
            if property_ is None:
                self.others.read(value, (*path, name), drift)
                extra[name] = value
                if not self.is_open:
                    drift.append(((*path, name), "a field that the spec does not know"))
            elif value is not None:
                fields[property_.field] = property_.reader.read(value, (*path, name), drift)
            elif not property_.is_nullable:
                drift.append(((*path, name), "null, which the spec does not allow here"))
        for name, property_ in self.required.items():
            if data.get(name) is None and not (property_.is_nullable and name in data):
                property_.reader.read(data.get(name, MISSING), (*path, name), drift)  # raises the error
        absent = frozenset(field for name, field in self.never_none.items() if data.get(name) is None)
        return fields | {"extra": Extra(extra, absent)}


def _table(cls: type[Any], without: str = "") -> Table:
    """Return the table of a class, without the field ``without``."""
    properties: dict[str, Property] = {}
    required: dict[str, Property] = {}
    for field in attrs.fields(cls):
        if PROPERTY in field.metadata and field.name != without:
            reader, is_nullable, name = field.metadata[PROPERTY]
            is_required = field.default is attrs.NOTHING
            default = reader.absent if is_required else field.default
            properties[name or field.name] = Property(field.name, reader, is_nullable, default)
            if is_required:
                required[name or field.name] = properties[name or field.name]
    never_none = {name: property_.field for name, property_ in properties.items() if property_.default is not None}
    defaults = {property_.field: property_.default for property_ in properties.values()}
    flags = (cls._OPEN, cls._OTHERS.value, cls._READ_ONLY)
    return Table(properties, required, never_none, defaults | {"extra": EMPTY}, *flags)


table: Final[Callable[..., Table]] = cache(_table)  # without this type, mypy says that the classes are not hashable
