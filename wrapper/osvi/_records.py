"""What the records of the API have in common: frozen values, with room for what the spec does not know yet."""

from __future__ import annotations

from collections.abc import Mapping  # noqa: TC003 - get_type_hints() of a record looks for it here
from datetime import datetime
from enum import StrEnum
from types import MappingProxyType, UnionType
from typing import Any, Final, Union, get_args, get_origin, get_type_hints

import attrs

# Marks a field that is ours: no property that the spec gives the record.
OURS: Final = {"ours": True}
# Marks a field whose property the spec lets be null.
NULLABLE: Final = {"nullable": True}


class Value:
    """A part of a record. Pickled and copied by its fields, since a mappingproxy can be neither."""

    __slots__ = ()

    def to_dict(self) -> dict[str, Any] | None:
        """Return it as the API writes it, ready for ``json.dumps``."""
        raise NotImplementedError

    def __reduce__(self) -> tuple[Any, ...]:
        fields = attrs.fields(type(self))  # type: ignore[arg-type]  # a base, so no attrs class itself
        return _rebuild, (type(self), {field.alias: _plain(getattr(self, field.name)) for field in fields})


class Record(Value):
    """One record: each property of the spec is a field, and ``extra`` holds the others."""

    __slots__ = ()

    extra: Mapping[str, Any]

    def to_dict(self) -> dict[str, Any]:
        """Return the record as the API writes it, ready for ``json.dumps``.

        Every property of the spec under its own name (None when absent), then what is in ``extra``; no field that the
        record on the wire does not have. Timestamps are strings, with ``Z`` for UTC. The JSON values inside are
        shared, not copied.
        """
        return {name: _json(getattr(self, name)) for name in properties(type(self))} | dict(self.extra)


def properties(cls: type[Any]) -> tuple[str, ...]:
    """Return the names of the properties of the spec that have a field, in the order of the spec."""
    return tuple(field.name for field in attrs.fields(cls) if field.metadata != OURS)


def types(cls: type[Any]) -> dict[str, Any]:
    """Return the type of each property: the annotation of its field, without the None that stands for absent."""
    hints = get_type_hints(cls)
    return {name: _without_none(hints[name]) for name in properties(cls)}


def _without_none(annotation: Any) -> Any:
    if get_origin(annotation) in {Union, UnionType}:
        (annotation,) = (argument for argument in get_args(annotation) if argument is not type(None))
    return annotation


def mapping(metadata: Mapping[str, Any] | None = None) -> Any:
    """Return the field of a JSON object: a read-only mapping, empty when it is absent."""
    # Out of the hash, since JSON values have none; equality still compares it.
    return attrs.field(factory=dict, converter=_read_only, hash=False, metadata=metadata)


def _read_only(mapping: Mapping[str, Any]) -> Mapping[str, Any]:
    return MappingProxyType(dict(mapping))


def _json(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.isoformat() if value.utcoffset() else value.isoformat().removesuffix("+00:00") + "Z"
    if isinstance(value, Value):
        return value.to_dict()
    return value.value if isinstance(value, StrEnum) else value


def _plain(value: Any) -> Any:
    return dict(value) if isinstance(value, MappingProxyType) else value


def _rebuild(cls: type[Any], fields: dict[str, Any]) -> Any:
    return cls(**fields)
