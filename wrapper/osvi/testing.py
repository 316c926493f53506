"""An OSVI in memory, for your own tests and for a first try without an account.

>>> import osvi
>>> from osvi.testing import Sandbox
>>> sandbox = Sandbox()
>>> opened = sandbox.open_session("+15550001111", agent_uuid="agent_x", mode="support")
>>> with osvi.Client(token=sandbox.token, transport=sandbox.transport) as client:
...     client.get_active_session("+15550001111", agent_uuid="agent_x") == opened
True
"""

from __future__ import annotations

from collections import defaultdict
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import parse_qsl

import attrs
from osvi_openapi.spec import TOKEN_HEADER

from osvi._core.waits import no_waits
from osvi._sandbox.active_sessions import NAME as ACTIVE_SESSION
from osvi._sandbox.active_sessions import ActiveSessions
from osvi._sandbox.messages import Body, Plan, RecordedRequest, refusal, reply
from osvi._sandbox.operations import packaged_spec
from osvi._transport.mock import FAULTS, Received, Reply, TransportFault, mock_transport

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    import httpx

    from osvi.sessions import ChatSession

__all__ = ["RecordedRequest", "Sandbox", "no_waits"]


class Sandbox:
    """The API in memory: sessions that you open and close, answers that you give, and failures on demand.

    It answers every operation of ``openapi.yaml``. The lookup of active sessions finds what you opened, and at first
    the example of the spec, a session of `customer_id` with `agent_uuid`. The other operations answer with the examples
    of the spec, or with what you gave to `reply`.

    A request that the spec does not allow is refused: a wrong token (401), an unknown path (404) or method (405), a
    parameter or a part of the body that is missing or not what the spec says (400, with a code such as
    "customer_id_missing" or "limit_not_an_integer"). Query parameters that the spec does not know are ignored.

    May be shared between threads.

    Args:
        token: The API token that it accepts.

    Attributes:
        token: The API token that it accepts.
        transport: The sandbox in process: pass it as ``transport`` to a `Client` or an `AsyncClient`.
        requests: Every request so far, oldest first, for a test to assert on.
        customer_id: The customer of the first session: the example of ``openapi.yaml``.
        agent_uuid: The agent of the first session: the example of ``openapi.yaml``.
    """

    def __init__(self, *, token: str = "sandbox-token-16") -> None:  # noqa: S107 - opens nothing
        self.token: Final = token
        self.requests: Final[list[RecordedRequest]] = []
        self._faults = Plan()
        self._replies: defaultdict[str, Plan] = defaultdict(Plan)
        self._spec = packaged_spec()
        self._active: Final = ActiveSessions(self._spec.operations[ACTIVE_SESSION])
        self._replies[ACTIVE_SESSION].add(lambda request: self._active.reply(request.params), None)
        self.customer_id: Final = self._active.customer_id
        self.agent_uuid: Final = self._active.agent_uuid

    @property
    def transport(self) -> httpx.MockTransport:
        """The sandbox in process: pass it as ``transport`` to a `Client` or an `AsyncClient`."""
        return mock_transport(self.receive)

    @contextmanager
    def serve(self, *, host: str = "127.0.0.1", port: int = 0) -> Iterator[str]:
        """Serve the sandbox over HTTP, in a thread, until the block ends.

        Args:
            host: The address to listen on.
            port: The port; 0 takes a free one.

        Yields:
            The base URL.
        """
        from osvi._sandbox.server import serving  # noqa: PLC0415 - few tests need the server

        with serving(self.receive, host, port) as base_url:
            yield base_url

    def open_session(
        self,
        customer_id: str,
        *,
        agent_uuid: str,
        extra: Mapping[str, Any] | None = None,
        **properties: Any,
    ) -> ChatSession:
        """Open a session, and return it as a lookup will. It replaces one that this customer has with this agent.

        Args:
            customer_id: The customer.
            agent_uuid: The agent.
            extra: Properties that the spec does not know, to see how your code handles them.
            properties: Properties of the session, as the API writes them; a timestamp may be a datetime. The others
                are those of the spec's example, with a new ``id`` and empty metadata.

        Raises:
            TypeError: The spec does not know one of the properties.
            ValueError: A property has a value of another type than the spec says.
        """
        return self._active.open(customer_id, agent_uuid, properties, extra)

    def close_session(self, customer_id: str, *, agent_uuid: str) -> None:
        """Close the session of a customer with an agent.

        Args:
            customer_id: The customer.
            agent_uuid: The agent.

        Raises:
            LookupError: There is no such session.
        """
        self._active.close(customer_id, agent_uuid)

    def reply(  # noqa: PLR0913 - what an answer consists of
        self,
        operation: str,
        *,
        data: Any = None,
        status: int | None = None,
        body: Body | None = None,
        headers: Mapping[str, str] | None = None,
        times: int | None = None,
    ) -> None:
        """Set the next answers of one operation, to requests that the spec allows.

        Answers with ``times`` are given in order, each as often as it says. The latest one with ``times=None`` is given
        after them.

        Args:
            operation: The method and the path, as in the spec: "POST /v1/chat/session".
            data: The data of the answer: JSON, models and datetimes. They go into the envelope, where the operation has
                one. A callable gets each `RecordedRequest` and returns the data; it may use the sandbox. What it raises
                is raised by the client's call, but an OSError, a UnicodeError or an exception of httpx counts as no
                answer, as in every transport; over a socket, the answer is a 500 that names it. None is the spec's
                example.
            status: The status; None is the first 2xx of the spec, or 200 for a body.
            body: The body to answer in place of data. It is not checked against the spec. An object or an array becomes
                JSON.
            headers: Headers to answer.
            times: How many requests get this answer; None is all of them.

        Raises:
            ValueError: The spec has no such operation or no such 2xx status, or the client would refuse these data:
                the text names the place.
            TypeError: Both data and a body are given.
        """
        spec = self._spec.operations.get(operation)
        if spec is None:
            raise ValueError(f"no operation of the spec: {operation}; there are {', '.join(self._spec.operations)}")
        if body is not None and data is not None:
            raise TypeError("reply() takes data or a body, not both")

        def answer(data: Any) -> Reply:
            made = spec.reply(status, data) if body is None else reply(body, status)
            return attrs.evolve(made, headers={**made.headers, **(headers or {})})

        fixed = answer(None if callable(data) else data)
        planned = (lambda request: answer(data(request))) if callable(data) else (lambda _: fixed)
        self._replies[operation].add(planned, times)

    def fail(
        self,
        status: int | None = None,
        *,
        body: Body | None = None,
        headers: Mapping[str, str] | None = None,
        error: TransportFault | None = None,
        times: int | None = 1,
    ) -> None:
        """Let the next requests fail, whatever they ask for.

        Failures with ``times`` happen in order, each as often as it says. The latest one with ``times=None`` happens
        after them.

        Args:
            status: The status to answer; 200 when only a body is given.
            body: The body to answer: an object or an array becomes JSON. Without one, an error body of the API.
            headers: Headers to answer, such as ``Retry-After``.
            error: A fault in place of an answer: "refused", "reset" or "timeout". Over a socket, "refused" is a reset,
                and "timeout" holds the connection.
            times: How many requests fail; None is all of them, until `recover`.

        Raises:
            TypeError: No status, no body and no error is given.
            ValueError: There is no such status or error.
        """
        if status is None and body is None and error is None:
            raise TypeError("fail() needs a status, a body or an error")
        if error is not None and error not in FAULTS:
            raise ValueError(f"no such error: {error!r}; there are {', '.join(FAULTS)}")
        body = {"success": False, "error": "sandbox_fault"} if body is None else body
        fault = attrs.evolve(reply(body, status, headers), fault=error)
        self._faults.add(lambda _: fault, times)

    def recover(self) -> None:
        """Cancel the failures that are still to come."""
        self._faults = Plan()

    def receive(self, received: Received) -> Reply:
        """Answer one request of `transport` or `serve`."""
        path, _, query_text = received.target.partition("?")
        query = tuple(parse_qsl(query_text, keep_blank_values=True))
        operation, path_params, methods = self._spec.find(received.method, path)
        has_token = received.headers.pop(TOKEN_HEADER, None) == self.token
        name = operation.name if operation else None
        sent = (received.method, path, dict(query), has_token, received.content)
        request = RecordedRequest(*sent, name, path_params, query, received.headers)
        self.requests.append(request)
        if fault := self._faults.take():
            return fault(request)
        if not request.authenticated and (operation is None or operation.needs_token):
            return refusal(401, "invalid_api_token", f"the header {TOKEN_HEADER} must hold the token of the sandbox")
        if operation is None:
            allowed = ", ".join(methods)
            return refusal(405, "method_not_allowed", Allow=allowed) if methods else refusal(404, "not_found")
        if refused := operation.refusal_of(request):
            return refused
        answer = self._replies[operation.name].take()
        return answer(request) if answer else operation.reply()
