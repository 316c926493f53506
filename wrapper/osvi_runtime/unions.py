"""Readers of unions whose branches have the same JSON type: told apart by a tag, or left to the user as a `Choice`."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any, Final, TypeVar, final

import attrs

from .errors import JSON_TYPES, MISSING, Drift, InvalidDataError, Path, refuse
from .readers import Reader
from .records import Choice, ClassReader, Model, Record, in_spec_order, to_json

M = TypeVar("M", bound=Model)
C = TypeVar("C", bound=Choice)


class OneOf(ClassReader[C]):
    """Reads a value of one of several kinds as a `Choice`."""

    def read(self, value: Any, path: Path, drift: Drift) -> C:  # noqa: ARG002
        if type(value) not in self.types:
            refuse(value, self.expected, path)
        return self.cls(value, path)

    def branch(self, value: Any) -> Reader[Any]:
        type_ = dict if isinstance(value, Mapping) else list
        readers = [reader.branch(value) for reader in self.cls.__branches__ if type_ in reader.types]
        return max(readers, key=lambda reader: _likeness(reader, value), default=self)


def _likeness(reader: Reader[Any], value: Any) -> float:
    """Return how many properties a mapping shares with a record. A map is likelier than a record that shares none."""
    return len(value.keys() & reader.table.properties.keys()) if isinstance(reader, Record) else 0.5


@final
@attrs.frozen(kw_only=True, slots=False, field_transformer=in_spec_order)
class UnknownModel(Model):
    """An object whose tag the spec does not know: all its properties are in ``extra``."""

    _OPEN = True


class Tagged(Reader[M]):
    """Reads an object as a record of the class for its tag, which is the value of one of its properties.

    A tag that the spec does not know is drift. Without a tag, the object becomes a record of the class that it fits
    best, of those that do not require the tag.
    """

    def __init__(self, tag: str, records: Mapping[Any, Record[Any]]) -> None:
        super().__init__("an object", "objects", dict)
        self.tag = tag
        self.records = records

    def read(self, value: Any, path: Path, drift: Drift) -> M:
        if type(value) is not dict:
            refuse(value, self.expected, path)
        record: M = self._record(value, path, drift).read(value, path, drift)
        return record

    def branch(self, value: Any) -> Reader[Any]:
        if not isinstance(value, Mapping):
            return self
        tag = to_json(value.get(self.tag))
        records = [record for listed, record in self.records.items() if listed == tag] or self.records.values()
        return max(records, key=lambda record: _likeness(record, value))

    def _record(self, value: dict[str, Any], path: Path, drift: Drift) -> Record[Any]:
        """Return the reader of the record for an object."""
        tag, place = value.get(self.tag), (*path, self.tag)
        type_ = type(next(iter(self.records)))
        fitting = [record for record in self.records.values() if tag is None and self.tag not in record.table.required]
        if fitting:
            return min(fitting, key=lambda record: _misfit(record, value))
        if type(tag) is not type_:
            refuse(value.get(self.tag, MISSING), f"a {JSON_TYPES[type_]}", place)
        if tag not in self.records:
            drift.append((place, "a value that the spec does not list"))
        return self.records.get(tag, _UNKNOWN)


def _misfit(record: Record[Any], value: dict[str, Any]) -> tuple[float, int]:
    """Return the number of differences between a value and a record, and of the properties that one of them lacks.

    `to_dict()` writes null for absent properties, so null is no difference. A value that cannot be read has infinitely
    many.
    """
    optional, drift = record.table.properties.keys() - record.table.required.keys(), Drift()
    try:
        record.read({name: item for name, item in value.items() if item is not None or name not in optional}, (), drift)
    except InvalidDataError:
        return math.inf, 0
    return len(drift), len(value.keys() ^ record.table.properties.keys())


_UNKNOWN: Final = Record(UnknownModel)
