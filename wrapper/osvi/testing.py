"""A sandbox: the OSVI API in memory, for your own tests and for a first try without an account.

>>> import osvi
>>> from osvi.testing import Sandbox
>>> sandbox = Sandbox()
>>> opened = sandbox.open_session("+15550001111", agent_uuid="agent_x", mode="support")
>>> with osvi.Client(token=sandbox.token, transport=sandbox.transport) as client:
...     client.get_active_session("+15550001111", agent_uuid="agent_x") == opened
True
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any, Final
from urllib.parse import parse_qsl

import attrs
from osvi_openapi.spec import TOKEN_HEADER

import osvi
from osvi._core.waits import no_waits
from osvi._sandbox.active_sessions import NAME as ACTIVE_SESSION, ActiveSessions
from osvi._sandbox.messages import Plan, RecordedRequest, ReplyBody, error_reply, reply
from osvi._sandbox.operations import UNDECLARED, SpecOperation, packaged_spec
from osvi._transport.mock import FAULTS, Received, Reply, TransportFault, mock_transport

__all__ = ["RecordedRequest", "ReplyBody", "Sandbox", "TransportFault", "no_waits"]


def __dir__() -> list[str]:
    return __all__


class Sandbox:
    """The API in memory: you open and close its sessions, set its answers, and make it fail.

    It answers every operation of ``openapi.yaml``. The lookup of active sessions finds the sessions that you opened,
    and the example of the spec, a session of `customer_id` with `agent_uuid`. The other operations answer with the
    examples of the spec, or with the answers that you set with `reply`.

    A request that the spec does not allow is refused: a wrong token (401), an unknown path (404) or method (405), a
    missing or invalid parameter or part of the body (400, or 422 if the spec declares only 422, with a code such as
    "customer_id_missing" or "limit_not_an_integer"). Query parameters and properties of a body that the spec does not
    declare are ignored.

    It may be shared between threads.

    Args:
        token: The API token that the sandbox accepts.

    Attributes:
        token: The API token that the sandbox accepts.
        transport: The sandbox in process: pass it as ``transport`` to a `Client` or an `AsyncClient`.
        requests: Every request so far, oldest first, for a test to assert on.
        customer_id: The customer of the first session: the example of ``openapi.yaml``.
        agent_uuid: The agent of the first session: the example of ``openapi.yaml``.
    """

    def __init__(self, *, token: str = "sandbox-token-16") -> None:  # noqa: S107 - the API does not accept it
        self.token: Final = token
        self.transport: Final = mock_transport(self.receive)
        self.requests: Final[list[RecordedRequest]] = []
        self._spec = packaged_spec()
        self._active: Final = ActiveSessions(self._spec)
        self.recover()
        self.customer_id: Final = self._active.customer_id
        self.agent_uuid: Final = self._active.agent_uuid

    @contextmanager
    def serve(self, *, host: str = "127.0.0.1", port: int = 0) -> Iterator[str]:
        """Serve the sandbox over HTTP, in a thread, until the block ends.

        Args:
            host: The address to listen on.
            port: The port. 0: a free port.

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
    ) -> osvi.ChatSession:
        """Open a session, and return it as a lookup returns it. It replaces the session of the customer with the agent.

        Args:
            customer_id: The customer.
            agent_uuid: The agent.
            extra: Properties that the spec does not declare, to see how your code handles them.
            properties: Properties of the session, as the API writes them; a timestamp may be a datetime. The others
                are those of the spec's example, with a new ``id`` and empty metadata.

        Raises:
            TypeError: The spec does not declare one of the properties.
            ValueError: A property does not have its type in the spec, or the client would refuse a lookup of the
                customer with the agent.
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

    def reply(  # noqa: PLR0913 - the parts of an answer
        self,
        operation: str,
        *,
        data: Any = None,
        status: int | None = None,
        body: ReplyBody | Callable[[RecordedRequest], ReplyBody] | None = None,
        headers: Mapping[str, str] | None = None,
        times: int | None = None,
    ) -> None:
        """Set the next answers of one operation, to requests that the spec allows.

        Answers with ``times`` are sent in order, each as often as ``times`` says. Then the last answer with
        ``times=None`` is sent, until `recover`.

        Args:
            operation: The method and the path, as in the spec: "POST /v1/chat/session". One that the spec lacks, for a
                client's ``request()``, needs a ``body``.
            data: The data of the answer: JSON, models and datetimes. If the operation has an envelope, they are put
                into it. A callable gets each `RecordedRequest` and returns the data; it may use the sandbox. Its
                exceptions are raised by the client's call, but an OSError, a UnicodeError or an exception of httpx
                counts as no answer, as in every transport. Over a socket, the answer is a 500 that names the exception.
                Default, also if a callable returns None: the spec's example.
            status: The status. Default: the first 2xx of the spec, or 200 for a body.
            body: The whole body of the answer, in place of data: for example with ``meta`` beside the data, or HTML. It
                is not checked against the spec. An object or an array, which may contain models and datetimes, becomes
                JSON. A callable gets each `RecordedRequest` and returns the body, as for data.
            headers: Headers of the answer.
            times: The number of requests that get this answer. Default: all requests, until `recover`.

        Raises:
            ValueError: The spec has no such operation, and no body is passed; or it has no such 2xx status, the client
                would refuse the data (the message names the place), the status has no body, or ``times`` is not a whole
                number from 1 up.
            TypeError: Both data and a body are passed, or a header is not a string.
        """
        if body is not None and data is not None:
            raise TypeError("reply() takes data or a body, not both")
        spec = self._spec.operations.get(operation) or self._undeclared.get(operation)
        if spec is None:
            if body is None or not re.fullmatch("[A-Z]+ /.*", operation):
                known = ", ".join(self._spec.operations)
                raise ValueError(f"not an operation of the spec: {operation}; it has {known}; another one needs a body")
            spec = self._undeclared[operation] = SpecOperation("", operation, UNDECLARED)
            self._replies[operation] = Plan()

        def answer(value: Any) -> Reply:
            plain = spec.reply(status, value) if body is None else reply(value, status)
            return attrs.evolve(plain, headers={**plain.headers, **(headers or {})})

        value = data if body is None else body
        fixed = answer(None if callable(value) else value)
        planned = (lambda request: answer(value(request))) if callable(value) else (lambda _: fixed)
        self._replies[operation].add(planned, times)

    def fail(
        self,
        status: int | None = None,
        *,
        body: ReplyBody | None = None,
        headers: Mapping[str, str] | None = None,
        error: TransportFault | None = None,
        times: int | None = None,
    ) -> None:
        """Make the next requests fail, for all operations.

        Failures with ``times`` happen in order, each as often as ``times`` says. Then the last failure with
        ``times=None`` happens, until `recover`. The client tries many failures again: one with ``times=1`` may not
        reach the caller of the client.

        Args:
            status: The status of the answer. Default: 200.
            body: The body of the answer. An object or an array becomes JSON. Default: an error body of the API.
            headers: Headers of the answer, such as ``Retry-After``.
            error: A fault in place of an answer: "refused", "reset" or "timeout". Over a socket, "refused" is a reset,
                and "timeout" keeps the connection open without an answer.
            times: The number of requests that fail. Default: all requests, until `recover`.

        Raises:
            TypeError: No status, no body and no error is passed, an error is passed beside a part of an answer, or a
                header is not a string.
            ValueError: There is no such status or error, the status has no body, or ``times`` is not a whole number
                from 1 up.
        """
        if error is not None:
            if (status, body, headers) != (None, None, None):
                raise TypeError("fail() takes an error, or the status, the body and the headers of an answer, not both")
            if error not in FAULTS:
                raise ValueError(f"no such error: {error!r}; there are {', '.join(FAULTS)}")
            fault = Reply(fault=error)
        elif body is not None:
            fault = reply(body, status, headers)
        elif status is not None:
            fault = error_reply(status, "sandbox_fault", headers=headers)
        else:
            raise TypeError("fail() needs a status, a body or an error")
        self._faults.add(lambda _: fault, times)

    def recover(self) -> None:
        """End all failures and replies. The lookup answers from the open sessions again, all else with examples."""
        self._faults = Plan()
        self._replies = {name: Plan() for name in self._spec.operations}
        self._undeclared: dict[str, SpecOperation] = {}

    def receive(self, received: Received) -> Reply:
        """Answer one request of `transport` or `serve`."""
        path, _, query_text = received.target.partition("?")
        query = tuple(parse_qsl(query_text, keep_blank_values=True))
        operation, path_params, methods = self._spec.find(received.method, path, self._undeclared.values())
        request = RecordedRequest(
            received.method,
            path,
            params=dict(query),
            authenticated=received.headers.pop(TOKEN_HEADER, None) == self.token,
            content=received.content,
            operation=operation.name if operation else None,
            path_params=path_params,
            query=query,
            headers=received.headers,
        )
        self.requests.append(request)
        if fault := self._faults.take():
            return fault(request)
        if not request.authenticated and (operation is None or operation.needs_token):
            error = operation.error if operation else error_reply
            return error(401, "invalid_api_token", f"the header {TOKEN_HEADER} must hold the token of the sandbox")
        if operation is None:
            if methods:
                return error_reply(405, "method_not_allowed", headers={"Allow": ", ".join(methods)})
            return error_reply(404, "not_found")
        if refusal := operation.refusal_of(request):
            return refusal
        if answer := self._replies[operation.name].take():
            return answer(request)
        if operation.name in self._undeclared:
            return operation.error(404, "not_found")  # all its answers were sent
        return self._active.reply(request.params) if operation.name == ACTIVE_SESSION else operation.reply()
