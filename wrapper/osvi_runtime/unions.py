"""Unions of records that a tag tells apart, which is the value of one of their properties."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, ClassVar, Final, final

import attrs

from .drift import UNLISTED, Drift
from .errors import JSON_TYPES, MISSING, InvalidDataError, Path, refuse
from .models import Model, in_spec_order, to_json
from .readers import AnyOf
from .records import Record


@final
@attrs.frozen(kw_only=True, slots=False, field_transformer=in_spec_order)
class UnknownModel(Model):
    """An object whose tag the spec does not know: all its properties are in ``extra``."""

    _OTHERS: ClassVar[Any]


_UNKNOWN: Final = UnknownModel.__reader__()


def TaggedBy(tag: str, classes: Mapping[Any, str]) -> Callable[[Any], Tagged]:  # noqa: N802 - a name that no property has
    """Return the note in ``Annotated`` that a tag tells the classes of a union apart.

    Args:
        tag: The property that is the tag.
        classes: The names of the classes, by the values of the tag.
    """

    def tagged(union: Any) -> Tagged:
        records = {record.cls.__name__: record for record in union.readers}
        return Tagged(tag, {value: records[cls] for value, cls in classes.items()})

    return tagged


class Tagged(AnyOf):
    """Reads an object as a record of the class for its tag.

    A tag that the spec does not know is drift. Without a tag, the object becomes a record of the class that it fits
    best, of those that do not require the tag.
    """

    readers: tuple[Record[Any], ...]

    def __init__(self, tag: str, records: Mapping[Any, Record[Any]]) -> None:
        super().__init__(*dict.fromkeys(records.values()))
        self.tag = tag
        self.records = records

    def read(self, value: Any, path: Path, drift: Drift) -> Model:
        if type(value) is not dict:
            refuse(value, self.kind(), path)
        record: Model = self._record(value, path, drift).read(value, path, drift)
        return record

    def takes(self, value: Any) -> bool:
        return isinstance(value, UnknownModel) or super().takes(value)

    def json_of(self, value: Any, path: Path) -> Any:
        tag = to_json(value.get(self.tag)) if isinstance(value, Mapping) else None
        if tag is None and not isinstance(value, UnknownModel):
            return super().json_of(value, path)
        return next((record for listed, record in self.records.items() if listed == tag), _UNKNOWN).write(value, path)

    def _record(self, value: dict[str, Any], path: Path, drift: Drift) -> Record[Any]:
        """Return the reader of the record for an object."""
        tag, place = value.get(self.tag), (*path, self.tag)
        type_ = type(next(iter(self.records)))
        if tag is None and (fitting := [record for record in self.readers if self.tag not in record.required]):
            # That with most of its properties, and of two, that which lacks fewer: `to_dict()` writes all.
            fitting.sort(key=lambda record: (-record.likeness(value), len(record.properties.keys() - value.keys())))
            return next((record for record in fitting if _can_read(record, value, drift.deadline)), fitting[0])
        if type(tag) is not type_:
            refuse(value.get(self.tag, MISSING), f"a {JSON_TYPES[type_]}", place)
        if tag not in self.records:
            drift.add(place, UNLISTED)
        return self.records.get(tag, _UNKNOWN)


def _can_read(record: Record[Any], value: dict[str, Any], deadline: float) -> bool:
    try:
        record.read(value, (), Drift(deadline))
    except InvalidDataError:
        return False
    return True
