"""From the JSON value that came to the value that users get: every type checked, every deviation named by its place.

The fields of `ChatSession` and `SessionMetadata` are the tables: a property is read by the reader of its annotation.
What cannot be read is a `Mismatch`; what can, but is not what the spec says, goes to the list of `drift`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime, timedelta, timezone
from functools import partial
from types import UnionType
from typing import TYPE_CHECKING, Any, Final, NoReturn, TypeVar, Union, get_args, get_origin, get_type_hints

import attrs

from osvi.sessions import PROPERTIES, ChatSession, SessionMetadata, SessionMode, SessionStatus

if TYPE_CHECKING:
    from enum import StrEnum

Path = tuple[str, ...]
Drift = list[tuple[Path, str]]
T = TypeVar("T")

JSON_TYPES: Final[Mapping[type, str]] = {
    str: "string",
    bool: "boolean",
    int: "number",
    float: "number",
    dict: "object",
    list: "array",
    type(None): "null",
}


class Mismatch(Exception):  # noqa: N818 - never leaves the package: it becomes a ContractError
    """A value that breaks the spec, its place relative to whoever reads it."""

    def __init__(self, expected: str, found: str, path: Path = ()) -> None:
        super().__init__(expected, found, path)
        self.expected = expected
        self.found = found
        self.path = path


def pointer(path: Iterable[str]) -> str:
    """Return the JSON pointer (RFC 6901) of a path."""
    return "".join("/" + step.replace("~", "~0").replace("/", "~1") for step in path)


def refuse(value: object, expected: str, *path: str) -> NoReturn:
    """Raise the `Mismatch` of a value."""
    raise Mismatch(expected, JSON_TYPES.get(type(value), "nothing"), path)


def session(data: Any, agent_uuid: str, path: Path, drift: Drift) -> ChatSession:
    """Read one session record. A map of sessions is refused: it would pass for a record without a single property.

    Raises:
        Mismatch: it is no record, or a property has a value of another type than the spec gives it.
    """
    if type(data) is not dict:
        refuse(data, "a session record")
    if _is_map(data):
        refuse(data, "a session record, not a map of them")
    return _record(ChatSession, _SESSION, data, path, drift, agent_uuid=agent_uuid)


def session_map(data: Any, path: Path, drift: Drift) -> dict[str, ChatSession]:
    """Read a map of agent UUID to session; ``{}`` is the empty one, and an entry ``{}`` a session without properties.

    Raises:
        Mismatch: it is no map, or one of its entries is no session.
    """
    if type(data) is not dict:
        refuse(data, "a map of agent UUID to session")
    if not data.keys().isdisjoint(_SESSION):
        refuse(data, "a map of agent UUID to session, not a single record")
    sessions = {}
    for agent_uuid, entry in data.items():
        try:
            if entry == {}:
                sessions[agent_uuid] = ChatSession(agent_uuid=agent_uuid)
            else:
                sessions[agent_uuid] = session(entry, agent_uuid, (*path, agent_uuid), drift)
        except Mismatch as mismatch:
            mismatch.path = (agent_uuid, *mismatch.path)
            raise
    return sessions


def _is_map(data: dict[str, Any]) -> bool:
    """Tell whether an object is a map of sessions: no key of a session's, and nothing but objects in it."""
    return data.keys().isdisjoint(_SESSION) and all(type(value) is dict for value in data.values())


def _record(cls: Callable[..., T], fields: _Fields, data: dict[str, Any], path: Path, drift: Drift, **given: Any) -> T:
    extra = {}
    for name, value in data.items():
        field = fields.get(name)
        if field is None:
            extra[name] = value
            drift.append(((*path, name), "a field that the spec does not know"))
        elif value is None:
            if not field.nullable:
                drift.append(((*path, name), "null, which the spec does not allow here"))
        else:
            try:
                given[name] = field.read(value, path, drift)
            except Mismatch as mismatch:
                mismatch.path = (name, *mismatch.path)
                raise
            if field.documented is not None and value not in field.documented:
                drift.append(((*path, name), "a value that the spec does not list"))
    return cls(**given, extra=extra)


def _string(value: Any, _path: Path, _drift: Drift) -> str:
    if type(value) is not str:
        refuse(value, "a string")
    return value


def _integer(value: Any, _path: Path, _drift: Drift) -> int:
    if type(value) is int:
        return value
    if type(value) is float and value.is_integer():  # 42.0 is an integer to JSON Schema
        return int(value)
    refuse(value, "an integer")


def _boolean(value: Any, _path: Path, _drift: Drift) -> bool:
    if type(value) is not bool:
        refuse(value, "a boolean")
    return value


def _object(value: Any, _path: Path, _drift: Drift) -> dict[str, Any]:
    if type(value) is not dict:
        refuse(value, "an object")
    return value


def _strings(value: Any, _path: Path, _drift: Drift) -> tuple[str, ...]:
    if type(value) is not list:
        refuse(value, "an array of strings")
    for index, item in enumerate(value):
        if type(item) is not str:
            refuse(item, "a string", str(index))
    return tuple(value)


def _metadata(value: Any, path: Path, drift: Drift) -> SessionMetadata:
    if type(value) is not dict:
        refuse(value, "an object")
    present = frozenset(name for name in _METADATA if value.get(name) is not None)
    return _record(SessionMetadata, _METADATA, value, (*path, "metadata"), drift, _present=present)


# RFC 3339, and what else the design lets pass: a space for the T, no zone at all. [0-9], since \d takes other scripts'.
_TIMESTAMP: Final = re.compile(
    r"([0-9]{4})-([0-9]{2})-([0-9]{2})[Tt ]([0-9]{2}):([0-9]{2}):([0-9]{2})(?:\.([0-9]+))?"
    r"(?:[Zz]|([+-])([0-9]{2}):([0-9]{2}))?"
)


def _timestamp(value: Any, _path: Path, _drift: Drift) -> datetime:
    match = _TIMESTAMP.fullmatch(value) if type(value) is str else None
    if match is None:
        refuse(value, "a date-time")
    year, month, day, hour, minute, second, fraction, sign, offset_hours, offset_minutes = match.groups()
    microsecond = int(fraction[:6].ljust(6, "0")) if fraction else 0
    # A leap second is valid RFC 3339 and no Python datetime; like POSIX time, read it as the second after it.
    leap = second == "60"
    try:
        zone = UTC
        if sign:
            if int(offset_minutes) > 59:  # noqa: PLR2004
                raise ValueError  # noqa: TRY301
            zone = timezone(timedelta(hours=int(sign + offset_hours), minutes=int(sign + offset_minutes)))
        moment = datetime(
            int(year), int(month), int(day), int(hour), int(minute), 59 if leap else int(second), microsecond, zone
        )
        if not leap:
            return moment
        if moment.astimezone(UTC).strftime("%H:%M") == "23:59":
            return moment.replace(microsecond=0) + timedelta(seconds=1)
    except (ValueError, OverflowError):
        pass
    refuse(value, "a date-time")


def _member(enum: type[StrEnum], value: Any, _path: Path, _drift: Drift) -> StrEnum:
    if type(value) is not str:
        refuse(value, "a string")
    return enum(value)


Reader = Callable[[Any, Path, Drift], Any]

READERS: Final[Mapping[Any, Reader]] = {
    str: _string,
    int: _integer,
    bool: _boolean,
    datetime: _timestamp,
    SessionMode: partial(_member, SessionMode),
    SessionStatus: partial(_member, SessionStatus),
    SessionMetadata: _metadata,
    Mapping[str, Any]: _object,
    tuple[str, ...]: _strings,
}


@attrs.frozen
class _Field:
    read: Reader
    nullable: bool
    documented: frozenset[str] | None  # the values of an enum


_Fields = dict[str, _Field]


def _fields(cls: type[Any], names: Iterable[str]) -> _Fields:
    """Return how to read each property of a record: by its annotation, None (absent) left out."""
    hints = get_type_hints(cls)
    nullable = {field.name for field in attrs.fields(cls) if field.metadata.get("nullable")}
    fields = {}
    for name in names:
        annotation = _without_none(hints[name])
        documented = frozenset(annotation) if annotation in (SessionMode, SessionStatus) else None
        fields[name] = _Field(READERS[annotation], name in nullable, documented)
    return fields


def _without_none(annotation: Any) -> Any:
    if get_origin(annotation) in {Union, UnionType}:
        (annotation,) = (argument for argument in get_args(annotation) if argument is not type(None))
    return annotation


_SESSION: Final = _fields(ChatSession, PROPERTIES)
_METADATA: Final = _fields(SessionMetadata, ("input_fields", "state_fields", "context"))
