"""An OSVI in memory: for your own tests, and for a first try without an account.

>>> import osvi
>>> from osvi.testing import Sandbox
>>> sandbox = Sandbox()
>>> opened = sandbox.open_session("+15550001111", agent_uuid="agent_x", mode="support")
>>> with osvi.Client(token=sandbox.token, transport=sandbox.transport) as client:
...     client.get_active_session("+15550001111", agent_uuid="agent_x") == opened
True
"""

from __future__ import annotations

import json
import threading
import uuid
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import unquote

import attrs

from osvi._core import decoding
from osvi._core.decoding import Mismatch, pointer
from osvi._core.token import HEADER
from osvi._core.waits import no_waits
from osvi._examples import Examples
from osvi._records import properties as properties_of
from osvi._transport.mock import Received, Reply, TransportFault, mock_transport
from osvi.sessions import ChatSession

if TYPE_CHECKING:
    import httpx

__all__ = ["RecordedRequest", "Sandbox", "no_waits"]

ACTIVE_SESSION: Final = "/v1/chat/session/active"


@attrs.frozen
class RecordedRequest:
    """A request that reached the sandbox.

    Attributes:
        method: The HTTP method.
        path: The path, as it came: percent-encoded, without the query.
        params: The query parameters, decoded; of a repeated one, the last.
        authenticated: Whether it carried the sandbox's token. The token itself is not kept.
        content: The body, as it came; empty when there was none.
    """

    method: str
    path: str
    params: Mapping[str, str]
    authenticated: bool
    content: bytes = b""


@attrs.define
class _Fault:
    reply: Reply
    times: int | None


class Sandbox:
    """The endpoints of the API, in memory, with sessions that you open and close, and failures on demand.

    It begins with the example session of ``openapi.yaml``, of `customer_id` with `agent_uuid`. May be shared between
    threads.

    Args:
        token: The API token that it accepts.
    """

    def __init__(self, *, token: str = "sandbox-token-16") -> None:  # noqa: S107 - opens nothing
        self.token: Final = token
        self.requests: Final[list[RecordedRequest]] = []
        """Every request that came, oldest first, for a test to assert on."""
        self._lock = threading.Lock()
        self._faults: list[_Fault] = []
        examples = Examples()
        self.customer_id: Final = examples.parameter(ACTIVE_SESSION, "customer_id")
        """The customer of the session that it begins with: the example of ``openapi.yaml``, ``+15551112222``."""
        self.agent_uuid: Final = examples.parameter(ACTIVE_SESSION, "agent_uuid")
        """The agent of the session that it begins with: the example of ``openapi.yaml``."""
        self._example: Final = examples.record(ACTIVE_SESSION) | {"customer_id": self.customer_id}
        # By customer id, then agent UUID: at most one active session for each pair.
        self._sessions: dict[str, dict[str, dict[str, Any]]] = {self.customer_id: {self.agent_uuid: self._example}}

    @property
    def transport(self) -> httpx.MockTransport:
        """The sandbox in process: pass it as ``transport`` to a `Client` or an `AsyncClient`."""
        return mock_transport(self.receive, HEADER)

    @contextmanager
    def serve(self, *, host: str = "127.0.0.1", port: int = 0) -> Iterator[str]:
        """Serve the sandbox over HTTP, in a thread, and give its base URL; port 0 takes a free one."""
        from osvi._sandbox_server import serving  # noqa: PLC0415 - the server is needed by few tests

        with serving(self, host, port) as base_url:
            yield base_url

    def open_session(
        self,
        customer_id: str,
        *,
        agent_uuid: str,
        extra: Mapping[str, Any] | None = None,
        **properties: Any,
    ) -> ChatSession:
        """Open a session, in place of any that this customer has with this agent, and return what a lookup will.

        Args:
            customer_id: The customer.
            agent_uuid: The agent.
            extra: Properties that the spec does not know, to see how your code takes them.
            properties: Properties of the session, as the API writes them (a datetime will do for a timestamp). Those
                not given are the spec's example, but for a new ``id`` and empty metadata.

        Raises:
            TypeError: one of the properties is none of the spec's.
            ValueError: one has a value that the spec does not allow.
        """
        known = properties_of(ChatSession)
        if unknown := sorted(properties.keys() - set(known)):
            raise TypeError(f"no property of a session: {', '.join(unknown)}; pass it in extra, or one of {known}")
        record = self._example | {
            "id": str(uuid.uuid4()),
            "customer_id": customer_id,
            "metadata": {"input_fields": {}, "state_fields": {}, "context": []},
        }
        record |= {name: _wire(value) for name, value in properties.items()}
        record |= extra or {}
        try:
            session = decoding.session(record, agent_uuid, (), [])
        except Mismatch as mismatch:
            problem = f"{pointer(mismatch.path)}: expected {mismatch.expected}, not {mismatch.found}"
        else:
            with self._lock:
                self._sessions.setdefault(customer_id, {})[agent_uuid] = record
            return session
        raise ValueError(problem)

    def close_session(self, customer_id: str, *, agent_uuid: str) -> None:
        """Close the session of a customer with an agent.

        Raises:
            LookupError: there is none.
        """
        with self._lock:
            if self._sessions.get(customer_id, {}).pop(agent_uuid, None) is None:
                raise LookupError(f"no active session with {agent_uuid}")

    def fail(
        self,
        status: int | None = None,
        *,
        body: bytes | str | Mapping[str, Any] | None = None,
        headers: Mapping[str, str] | None = None,
        error: TransportFault | None = None,
        times: int | None = 1,
    ) -> None:
        """Let the next requests fail. Failures queue up: each is used up before the one after it.

        Args:
            status: The status to answer; 200 when only a body is given.
            body: The body to answer: a mapping becomes JSON. Without one, an error body of the API.
            headers: Headers to answer, such as ``Retry-After``.
            error: Do not answer at all. Over a socket, "refused" is a reset, and "timeout" holds the connection.
            times: How many requests fail; None is all of them, until `recover`.

        Raises:
            TypeError: neither a status nor a body nor an error is given.
        """
        if status is None and body is None and error is None:
            raise TypeError("fail() needs a status, a body or an error")
        if body is None:
            body = {"success": False, "error": "sandbox_fault"}
        content, kind = _content(body)
        sent = {"Content-Type": kind} | dict(headers or {})
        with self._lock:
            self._faults.append(_Fault(Reply(200 if status is None else status, content, sent, error), times))

    def recover(self) -> None:
        """Forget the failures that are still to come."""
        with self._lock:
            self._faults.clear()

    def receive(self, received: Received) -> Reply:
        """Answer one request; `transport` and `serve` both ask here."""
        request = RecordedRequest(
            received.method,
            received.path,
            received.params,
            authenticated=received.token == self.token,
            content=received.content,
        )
        with self._lock:
            self.requests.append(request)
            if self._faults:
                fault = self._faults[0]
                if fault.times is not None:
                    fault.times -= 1
                    if fault.times <= 0:
                        del self._faults[0]
                return fault.reply
            if not request.authenticated:
                return _no(401, "invalid_api_token", message=f"the header {HEADER} must hold the token of the sandbox")
            return self._route(request)

    def _route(self, request: RecordedRequest) -> Reply:
        match [request.method, *map(unquote, request.path.split("/")[1:])]:
            case ["GET", "v1", "chat", "session", "active"]:
                return self._active_session(request.params)
            case [_, "v1", "chat", "session", "active"]:
                return attrs.evolve(_no(405, "method_not_allowed"), headers={"Allow": "GET", **_JSON})
            case _:
                return _no(404, "not_found")

    def _active_session(self, params: Mapping[str, str]) -> Reply:
        if not params.get("customer_id"):
            return _no(400, "customer_id_missing")
        sessions = self._sessions.get(params["customer_id"], {})
        if not (agent_uuid := params.get("agent_uuid")):
            return _yes(sessions)
        return _yes(sessions[agent_uuid]) if agent_uuid in sessions else _no(404, "session_not_found")


_JSON: Final = {"Content-Type": "application/json"}


def _content(body: bytes | str | Mapping[str, Any]) -> tuple[bytes, str]:
    if isinstance(body, Mapping):
        return json.dumps(body).encode(), "application/json"
    return (body if isinstance(body, bytes) else body.encode()), "text/html"


def _yes(data: Mapping[str, Any]) -> Reply:
    return Reply(200, json.dumps({"success": True, "data": data}).encode(), _JSON)


def _no(status: int, code: str, **more: str) -> Reply:
    return Reply(status, json.dumps({"success": False, "error": code, **more}).encode(), _JSON)


def _wire(value: Any) -> Any:
    return value.isoformat() if isinstance(value, datetime) else value
