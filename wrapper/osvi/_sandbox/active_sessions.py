"""The lookup of active sessions: the only operation of the sandbox that keeps state."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING, Any, Final

from osvi_runtime import Drift, to_json

from osvi._core.active_sessions import one_session, read_session, session_reader
from osvi._sandbox.messages import reply

if TYPE_CHECKING:
    from collections.abc import Mapping

    from osvi._sandbox.operations import Spec
    from osvi._transport.mock import Reply
    from osvi.sessions import ChatSession

NAME: Final = "GET /v1/chat/session/active"


class ActiveSessions:
    """The active sessions: at most one for each customer and agent. The first session is the example of the spec.

    May be shared between threads, since no record is changed after it has been opened.

    Args:
        spec: The spec, with the lookup.
    """

    def __init__(self, spec: Spec) -> None:
        operation = spec.operations[NAME]
        self.customer_id: Final = str(operation.parameters["customer_id"])
        self.agent_uuid: Final = str(operation.parameters["agent_uuid"])
        self._operation = operation
        answer = operation.answers["200"]
        self._body = answer["body"]
        self._example = answer["record"] | {"customer_id": self.customer_id}
        self._sessions = {self.customer_id: {self.agent_uuid: self._example}}

    def open(self, customer_id: str, agent_uuid: str, properties: Mapping[str, Any], extra: Any) -> ChatSession:
        """Open a session; see `Sandbox.open_session`."""
        one_session(customer_id, agent_uuid)  # refuses arguments with which no client could find the session
        known = session_reader().properties
        if unknown := sorted(properties.keys() - known):
            raise TypeError(
                f"not a property of a session: {', '.join(unknown)}; pass it in extra, or use one of {[*known]}"
            )
        own = {
            "id": str(uuid.uuid4()),
            "customer_id": customer_id,
            "agent_uuid": agent_uuid,  # the vendor's record may name it too
            "metadata": {"input_fields": {}, "state_fields": {}, "context": []},
        }
        record = {name: own.get(name, value) for name, value in self._example.items()}
        record |= to_json({**properties, **(extra or {})})
        session = read_session(record, (), Drift(), agent_uuid=agent_uuid)
        self._sessions.setdefault(customer_id, {})[agent_uuid] = record
        return session

    def close(self, customer_id: str, agent_uuid: str) -> None:
        """Close a session; see `Sandbox.close_session`."""
        if self._sessions.get(customer_id, {}).pop(agent_uuid, None) is None:
            raise LookupError(f"no active session with {agent_uuid}")

    def reply(self, params: Mapping[str, str]) -> Reply:
        """Return the reply to a lookup with these query parameters."""
        sessions = self._sessions.get(params.get("customer_id", ""), {}).copy()
        agent_uuid = params.get("agent_uuid")
        data = sessions.get(agent_uuid) if agent_uuid else sessions
        return self._operation.error(404, "session_not_found") if data is None else reply(self._body | {"data": data})
