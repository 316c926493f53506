"""The properties of a record, each made from a field of its class.

The annotation of a field says what its values are. What it does not say is in the metadata of the field:

- ``"name"``: the name of the property in JSON, if it is not that of the field.
- ``"nullable": True``: the spec allows null. A required property that may be None is nullable anyway.
- ``"read_only": True``: only answers have the property (``readOnly``).
- ``"in_json": False``: the field is not a property.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

import attrs

from .annotations import hints, reader_of, without_none
from .anything import Anything
from .errors import Path
from .readers import NULL, Null, Reader


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


def properties_of(cls: type[Any]) -> Iterator[tuple[str, Property]]:
    """Yield the properties of a class of records, each after its name in JSON."""
    types = hints(cls)
    for field in attrs.fields(cls):
        says, annotation = field.metadata, types[field.name]
        if says.get("in_json", True):
            not_none, is_required = without_none(annotation), field.default is attrs.NOTHING
            reader = reader_of(not_none)
            is_nullable = "nullable" in says or reader in {Anything, Null} or (is_required and not_none != annotation)
            default = reader.empty if is_required else field.default
            property_ = Property(field.name, reader, is_nullable, is_required, "read_only" in says, default)
            yield says.get("name", field.name), property_
