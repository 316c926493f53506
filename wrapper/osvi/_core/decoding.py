"""From the JSON value that came to the value that users get: every type checked, every deviation named by its place.

The fields of the classes of records are the tables: a property is read by the reader of its field's annotation.
What cannot be read is a `Mismatch`; what can, but is not what the spec says, goes to the list of `drift`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime, timedelta, timezone
from enum import StrEnum
from functools import cache
from typing import Any, Final, NoReturn, TypeVar

import attrs

from osvi._records import NULLABLE, types
from osvi.sessions import ChatSession, SessionMetadata

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
    """A value that breaks the spec, and its place in the body."""

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
        refuse(data, "a session record", *path)
    if _is_map(data):
        refuse(data, "a session record, not a map of them", *path)
    return record(ChatSession, data, path, drift, agent_uuid=agent_uuid)


def session_map(data: Any, path: Path, drift: Drift) -> dict[str, ChatSession]:
    """Read a map of agent UUID to session; ``{}`` is the empty one, and an entry ``{}`` a session without properties.

    Raises:
        Mismatch: it is no map, or one of its entries is no session.
    """
    if type(data) is not dict:
        refuse(data, "a map of agent UUID to session", *path)
    if not data.keys().isdisjoint(_SESSION):
        refuse(data, "a map of agent UUID to session, not a single record", *path)
    sessions = {}
    for agent_uuid, entry in data.items():
        if entry == {}:
            sessions[agent_uuid] = ChatSession(agent_uuid=agent_uuid)
        else:
            sessions[agent_uuid] = session(entry, agent_uuid, (*path, agent_uuid), drift)
    return sessions


def _is_map(data: dict[str, Any]) -> bool:
    """Tell whether an object is a map of sessions: no key of a session's, and nothing but objects in it."""
    return data.keys().isdisjoint(_SESSION) and all(type(value) is dict for value in data.values())


def record(cls: Callable[..., T], data: Any, path: Path, drift: Drift, **given: Any) -> T:
    """Read a record: an object whose properties are fields of ``cls``. What else it holds goes to ``extra``.

    ``path`` is where it stands in the body; ``given`` are the fields that it does not carry itself.

    Raises:
        Mismatch: it is no object, or a property has a value of another type than the spec gives it.
    """
    if type(data) is not dict:
        refuse(data, "an object", *path)
    fields = _table(cls)
    extra = {}
    for name, value in data.items():
        field = fields.get(name)
        if field is None:
            extra[name] = value
            drift.append(((*path, name), "a field that the spec does not know"))
        elif type(value) is field.plain:
            given[name] = value
        elif type(value) is str and value in field.members:
            given[name] = field.members[value]
        elif value is None:
            if not field.nullable:
                drift.append(((*path, name), "null, which the spec does not allow here"))
        else:
            given[name] = field.read(value, (*path, name), drift)
            if field.members:
                drift.append(((*path, name), "a value that the spec does not list"))
    return cls(**given, extra=extra)


# The readers, for what is not taken as it is: they convert, or refuse.


def _no(expected: str) -> Reader:
    def read(value: Any, path: Path, _drift: Drift) -> NoReturn:
        refuse(value, expected, *path)

    return read


def _integer(value: Any, path: Path, _drift: Drift) -> int:
    if type(value) is float and value.is_integer():  # 42.0 is an integer to JSON Schema
        return int(value)
    refuse(value, "an integer", *path)


def _strings(value: Any, path: Path, _drift: Drift) -> tuple[str, ...]:
    if type(value) is not list:
        refuse(value, "an array of strings", *path)
    for index, item in enumerate(value):
        if type(item) is not str:
            refuse(item, "a string", *path, str(index))
    return tuple(value)


def _metadata(value: Any, path: Path, drift: Drift) -> SessionMetadata:
    if type(value) is not dict:
        refuse(value, "an object", *path)
    present = frozenset(value if None not in value.values() else {name for name in value if value[name] is not None})
    return record(SessionMetadata, value, path, drift, _present=present)


# What the API writes, and fromisoformat() of every Python reads alike.
_USUAL: Final = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}T(?:[01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9](?:\.[0-9]{6})?(?:Z|\+00:00)"
)
# RFC 3339, and what else the design lets pass: a space for the T, no zone at all. [0-9], since \d takes other scripts'.
_TIMESTAMP: Final = re.compile(
    r"([0-9]{4})-([0-9]{2})-([0-9]{2})[Tt ]([0-9]{2}):([0-9]{2}):([0-9]{2})(?:\.([0-9]+))?"
    r"(?:[Zz]|([+-])([0-9]{2}):([0-9]{2}))?"
)


def _timestamp(value: Any, path: Path, _drift: Drift) -> datetime:
    if type(value) is not str:
        refuse(value, "a date-time", *path)
    if _USUAL.fullmatch(value):
        try:
            return datetime.fromisoformat(value)
        except ValueError:  # the 30th of February
            refuse(value, "a date-time", *path)
    match = _TIMESTAMP.fullmatch(value)
    if match is None:
        refuse(value, "a date-time", *path)
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
    refuse(value, "a date-time", *path)


def _new_member(enum: type[StrEnum]) -> Reader:
    def read(value: Any, path: Path, _drift: Drift) -> StrEnum:
        if type(value) is not str:
            refuse(value, "a string", *path)
        return enum(value)

    return read


Reader = Callable[[Any, Path, Drift], Any]


@attrs.frozen
class _Field:
    read: Reader
    plain: type | None  # a value of just this type is taken as it is
    members: Mapping[str, StrEnum] = attrs.field(factory=dict)  # those of an enum, by the values that the spec lists
    nullable: bool = False


# How a property is read, by the annotation of its field; an enum in any field that has one.
_READING: Final[Mapping[Any, _Field]] = {
    str: _Field(_no("a string"), str),
    int: _Field(_integer, int),
    bool: _Field(_no("a boolean"), bool),
    Mapping[str, Any]: _Field(_no("an object"), dict),
    tuple[str, ...]: _Field(_strings, None),
    datetime: _Field(_timestamp, None),
    SessionMetadata: _Field(_metadata, None),
}


@cache
def _table(cls: Any) -> dict[str, _Field]:
    """Return how to read each property of a record."""
    nullable = {field.name for field in attrs.fields(cls) if field.metadata == NULLABLE}
    return {name: attrs.evolve(_reading(type_), nullable=name in nullable) for name, type_ in types(cls).items()}


def _reading(type_: Any) -> _Field:
    if isinstance(type_, type) and issubclass(type_, StrEnum):
        return _Field(_new_member(type_), None, {member.value: member for member in type_})
    return _READING[type_]


_SESSION: Final = _table(ChatSession)
