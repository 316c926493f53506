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

    @property
    def none_is_null(self) -> bool:
        """Whether None is null, since the property cannot be left out."""
        return self.is_required and self.is_nullable

    def write(self, value: Any, path: Path) -> Any:
        """Return the JSON value of an argument.

        Raises:
            InvalidDataError: The property cannot have this value.
        """
        is_null = self.is_nullable and (value is None or value is NULL)
        return None if is_null else self.reader.write(value, path)


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
