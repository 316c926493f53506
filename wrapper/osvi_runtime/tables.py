"""The table of a class of records: its properties and their readers, made once from the fields of the class.

The annotation of a field says what its values are. What it does not say is in the metadata of the field:

- ``"name"``: the name of the property in JSON, if it is not that of the field.
- ``"nullable": True``: the spec allows null. A required property that may be None is nullable anyway.
- ``"read_only": True``: only answers have the property (``readOnly``).
- ``"in_json": False``: the field is not a property.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache
from typing import Any, Final, get_args

import attrs

from .annotations import hints, reader_of, without_none
from .anything import Anything
from .errors import MISSING, CheckedRequest, Drift, Path, refuse
from .readers import NULL, Null, Reader
from .readonly import EMPTY, Extra


@attrs.frozen(eq=False, repr=False)  # fewer methods, so that the import is faster
class Property:
    """The field and the reader of a property.

    Attributes:
        field: The name of the field.
        reader: Reads the values except null.
        is_nullable: Whether the spec allows null.
        is_required: Whether the spec requires the property.
        is_read_only: Whether only answers have it.
        default: The value of the field if the property is absent.
    """

    field: str
    reader: Reader
    is_nullable: bool
    is_required: bool
    is_read_only: bool
    default: Any

    def write_into(self, json: dict[str, Any], name: str, value: Any, path: Path, *, is_needed: bool = False) -> None:
        """Add an argument as a JSON value, if it is sent.

        Args:
            json: The object that has the property.
            name: The name of the property in JSON.
            value: The argument. None is sent as null where the spec requires the property and allows null.
            path: The place of the argument, for errors.
            is_needed: Whether it has to be sent, so that None is null.

        Raises:
            InvalidDataError: The property cannot have this value.
        """
        is_sent = value is not None or is_needed or (self.is_required and self.is_nullable)
        if is_sent and not self.is_read_only:
            is_null = self.is_nullable and (value is None or value is NULL)
            json[name] = None if is_null else self.reader.write(value, path)


# What another property may be.
UNDECLARED: Final = Property("", Anything, is_nullable=True, is_required=False, is_read_only=False, default=None)


@attrs.frozen(eq=False, repr=False)
class Table:
    """The properties of a class of records.

    Attributes:
        properties: All properties, by their names in JSON.
        required: The properties that the spec requires.
        never_none: The fields that are not None if their properties are absent, by the names in JSON.
        defaults: The values of the fields if their properties are absent.
        others: Checks the values of other properties, which stay as they are. None if the spec does not allow others.
    """

    properties: Mapping[str, Property]
    required: Mapping[str, Property]
    never_none: Mapping[str, str]
    defaults: dict[str, Any]
    others: Reader | None

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
                (self.others or Anything).read(value, (*path, name), drift)
                extra[name] = value
                if self.others is None:
                    drift.append(((*path, name), "a field that the spec does not know"))
            elif value is not None:
                fields[property_.field] = property_.reader.read(value, (*path, name), drift)
            elif not property_.is_nullable:
                if isinstance(drift, CheckedRequest):
                    property_.reader.read(value, (*path, name), drift)  # raises the error
                drift.append(((*path, name), "null, which the spec does not allow here"))
        for name, property_ in self.required.items():
            is_absent = data.get(name) is None and not (property_.is_nullable and name in data)
            if is_absent and not (property_.is_read_only and isinstance(drift, CheckedRequest)):
                property_.reader.read(data.get(name, MISSING), (*path, name), drift)  # raises the error
        not_sent = frozenset(field for name, field in self.never_none.items() if data.get(name) is None)
        return fields | {"extra": Extra(extra, not_sent)}


def _property(field: attrs.Attribute[Any], annotation: Any) -> Property:
    may_be_none, is_required = without_none(annotation) != annotation, field.default is attrs.NOTHING
    reader, says = reader_of(without_none(annotation)), field.metadata
    is_nullable = "nullable" in says or reader in {Anything, Null} or (is_required and may_be_none)
    default = reader.empty if is_required else field.default
    return Property(field.name, reader, is_nullable, is_required, "read_only" in says, default)


def _table(cls: type[Any], without: str | None = None) -> Table:
    """Return the table of a class, without the property ``without``."""
    types = hints(cls)
    in_json = [field for field in attrs.fields(cls) if field.metadata.get("in_json", True)]
    fields = {field.metadata.get("name", field.name): field for field in in_json}
    properties = {name: _property(field, types[field.name]) for name, field in fields.items() if name != without}
    required = {name: property_ for name, property_ in properties.items() if property_.is_required}
    never_none = {name: property_.field for name, property_ in properties.items() if property_.default is not None}
    defaults = {property_.field: property_.default for property_ in properties.values()}
    others = reader_of(get_args(types["_OTHERS"])[0]) if "_OTHERS" in types else None
    return Table(properties, required, never_none, defaults | {"extra": EMPTY}, others)


table: Final[Callable[..., Table]] = cache(_table)  # without this type, mypy says that the classes are not hashable
