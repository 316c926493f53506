"""How the JSON objects of a class are read: tables, made once from the fields of the class."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from typing import Any, Final

import attrs

from .errors import MISSING, Drift, Path, refuse
from .readers import Anything, Array, Map, Reader
from .readonly import ABSENT_ARRAY, ABSENT_MAPPING, EMPTY

# Where the metadata of a field keep the reader of its property, whether the spec allows null, and its name in JSON.
PROPERTY: Final = "osvi_openapi"


@attrs.frozen(eq=False, repr=False)  # the fewer methods, the sooner it is imported
class Property:
    """How a property is read: the name of its field, its reader, and what `Table.read` wants to have at hand."""

    field: str
    reader: Reader[Any]
    nullable: bool
    absent: Any
    plain: type | None
    members: Mapping[str, Any]


class Table:
    """How to read the JSON objects of one class, made once from its fields."""

    def __init__(self, properties: dict[str, Property], required: tuple[str, ...], *, is_open: bool) -> None:
        self.properties = properties
        self.is_open = is_open
        self.required = required
        self.absent = {one.field: one.absent for one in properties.values() if one.absent is not None}

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
            elif type(value) is str and value in one.members:
                fields[one.field] = one.members[value]
            elif value is not None:
                fields[one.field] = one.reader.read(value, (*path, name), drift)
            elif not one.nullable:
                drift.append(((*path, name), "null, which the spec does not allow here"))
        if self.required:
            self._require(data, fields, path, drift)
        fields["extra"] = extra or EMPTY
        return fields

    def _require(self, data: dict[str, Any], fields: dict[str, Any], path: Path, drift: Drift) -> None:
        """Refuse an object without a required property, unless it is null and may be."""
        for name in self.required:
            value, one = data.get(name, MISSING), self.properties[name]
            if value is None and one.nullable:
                fields[one.field] = one.absent
            elif value is MISSING or value is None:  # which the reader refuses
                fields[one.field] = one.reader.read(value, (*path, name), drift)

    @cached_property
    def without_data(self) -> Table:
        """The same for an envelope, whose data are read by themselves."""
        properties = {name: one for name, one in self.properties.items() if name != "data"}
        required = tuple(name for name in self.required if name != "data")
        return Table(properties, required, is_open=self.is_open)


_TABLES: Final[dict[type, Table]] = {}


def table(cls: type[Any]) -> Table:
    """Return how to read the records of a class."""
    if cls not in _TABLES:
        properties, required = {}, []
        for field in cls.__attrs_attrs__:
            if PROPERTY in field.metadata:
                reader, nullable, name = field.metadata[PROPERTY]
                plain = dict if isinstance(reader, Map) and reader.value is Anything else reader.plain
                absent = (
                    ABSENT_ARRAY if isinstance(reader, Array) else ABSENT_MAPPING if isinstance(reader, Map) else None
                )
                properties[name or field.name] = Property(field.name, reader, nullable, absent, plain, reader.members)
                required += [name or field.name] if field.default is attrs.NOTHING else []
        _TABLES[cls] = Table(properties, tuple(required), is_open=cls.OPEN)
    return _TABLES[cls]
