"""The operation ``GET /v1/chat/session/active``: its arguments, and the two shapes of its ``data``.

``openapi.yaml`` declares ``data`` as one session or a map of sessions, and every JSON object is valid as one session.
So the request decides: with ``agent_uuid`` the answer must be one session, without it a map of sessions.
"""

from __future__ import annotations

from functools import cache, partial
from typing import TYPE_CHECKING, Any

from osvi_openapi import operations
from osvi_runtime import Drift, Entry, InvalidDataError, Operation, Path, Record, refuse

from osvi.errors import ConfigurationError

if TYPE_CHECKING:
    from osvi.sessions import ChatSession


@cache
def session_reader() -> Record[ChatSession]:
    """Return the reader of sessions. It is made at the first lookup, not at import."""
    from osvi.sessions import ChatSession  # noqa: PLC0415 - a class takes long to make

    return Record(ChatSession)


def one_session(customer_id: str, agent_uuid: str) -> Operation[ChatSession]:
    """Return the lookup of a customer's session with one agent."""
    _refuse_blank("agent_uuid", agent_uuid)
    return _lookup(customer_id, agent_uuid).with_data(partial(read_session, agent_uuid=agent_uuid))


def all_sessions(customer_id: str) -> Operation[dict[str, ChatSession]]:
    """Return the lookup of all sessions of a customer."""
    return _lookup(customer_id).with_data(read_session_map)


def _lookup(customer_id: str, agent_uuid: str | None = None) -> Operation[Any]:
    """Return a lookup.

    Raises:
        ConfigurationError: An argument is blank, is not a string, or cannot be encoded.
    """
    _refuse_blank("customer_id", customer_id)
    try:
        return operations.get_v1_chat_session_active(customer_id=customer_id, agent_uuid=agent_uuid)
    except InvalidDataError as error:
        problem = f"{error.path[0]} holds {error.found}"
    raise ConfigurationError(problem)


def _refuse_blank(name: str, value: str) -> None:
    if not isinstance(value, str):
        raise ConfigurationError(f"{name} must be a string, not {type(value).__name__}")
    if not value.strip():
        raise ConfigurationError(f"{name} is blank")


def read_session(data: Any, path: Path, drift: Drift, *, agent_uuid: str) -> ChatSession:
    """Return the session of a JSON value.

    A map of sessions is refused, although the spec would allow it as a session with unknown properties only.

    Raises:
        InvalidDataError: The value is not a session, or a property does not have the type that the spec gives it.
    """
    reader = session_reader()
    if session := reader.exact(data, path, {"agent_uuid": agent_uuid}):
        return session
    if type(data) is not dict:
        refuse(data, "one session", path)
    if data.keys().isdisjoint(reader.properties) and all(type(value) is dict for value in data.values()):
        raise InvalidDataError("one session", "a map of sessions", path)
    return reader.read(data, path, drift, agent_uuid=agent_uuid)


def read_session_map(data: Any, path: Path, drift: Drift) -> dict[str, ChatSession]:
    """Return the sessions of a JSON value by agent UUID.

    ``{}`` is the empty map. The entry ``{}`` of a map is a session without properties.

    Raises:
        InvalidDataError: The value is not a map, or an entry is not a session.
    """
    if type(data) is not dict:
        refuse(data, "a map of agent UUID to session", path)
    reader = session_reader()
    if not data.keys().isdisjoint(reader.properties):
        raise InvalidDataError("a map of agent UUID to session", "one session", path)
    exact = reader.exact  # called here too, since a call for each entry would take longer
    return {
        agent_uuid: exact(entry, place := (*path, Entry(agent_uuid)), {"agent_uuid": agent_uuid})
        or (read_session if entry != {} else reader.read)(entry, place, drift, agent_uuid=agent_uuid)
        for agent_uuid, entry in data.items()
    }
