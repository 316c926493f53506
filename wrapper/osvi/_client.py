"""The synchronous client: sending, reading and waiting. Its twin with ``await`` is in `_async_client`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Self, TypeVar

import httpx

from osvi import _operations
from osvi._auth import Secret, Token
from osvi._base import Base
from osvi._fanout import CustomerSessions, Gate, check
from osvi._http import FAILURES, Body, failure, pin, strip, wire
from osvi._settings import build
from osvi._threads import in_threads
from osvi.errors import OSVIError

if TYPE_CHECKING:
    from collections.abc import Generator, Iterable

    from osvi._answers import Answer
    from osvi._calls import Call
    from osvi._operations import Operation
    from osvi.sessions import ChatSession

T = TypeVar("T")


class Client(Base[httpx.Client]):
    """The OSVI API, for synchronous code. May be shared between threads; a context manager.

    Args:
        token: The API token, or a callable that returns it, asked again for every attempt so that a rotated token
            needs no new client. None reads ``OSVI_API_TOKEN``, now.
        base_url: Where the API is. None reads ``OSVI_BASE_URL``, now; without it, the server of ``openapi.yaml``.
        timeout: Seconds for each phase of one attempt: connecting, sending, and each read.
        retries: Attempts after the first: after a `TransportError`, or the status 408, 429, 500, 502, 503 or 504.
        total_timeout: Seconds for the whole call, waits for a connection and between attempts included.
        max_response_bytes: The largest body that is read, counted after decompression.
        transport: Any ``httpx.BaseTransport``, such as that of `osvi.testing.Sandbox`. None is the network, with the
            proxy and certificate variables that httpx reads (``HTTPS_PROXY``, ``NO_PROXY``, ``SSL_CERT_FILE`` …).
        allow_http: Permit a plain ``http://`` base URL whose host is not this machine. The network sees the token.

    Raises:
        ConfigurationError: one of these, or of the environment variables, cannot be used.
    """

    def __init__(  # noqa: PLR0913 - options, all but the first by keyword
        self,
        token: Token | None = None,
        *,
        base_url: str | None = None,
        timeout: float = 10.0,
        retries: int = 2,
        total_timeout: float = 60.0,
        max_response_bytes: int = 64 * 2**20,
        transport: httpx.BaseTransport | None = None,
        allow_http: bool = False,
    ) -> None:
        secret = Secret(token)
        del token  # a traceback shows the locals of this frame
        self._transport = transport
        super().__init__(
            secret,
            base_url=base_url,
            timeout=timeout,
            retries=retries,
            total_timeout=total_timeout,
            max_response_bytes=max_response_bytes,
            allow_http=allow_http,
        )

    def _open(self) -> httpx.Client:
        http = build(
            httpx.Client,
            self._settings,
            auth=self._auth,
            transport=self._transport,
            event_hooks={"response": [pin]},
        )
        if self._transport is None:
            from osvi._sockets import limit_reads  # noqa: PLC0415 - httpcore, which httpx too loads as late as this

            limit_reads(http)
        self._wire: httpx.BaseTransport = wire(http, self._settings.base_url)
        return http

    def get_active_session(self, customer_id: str, *, agent_uuid: str) -> ChatSession:
        """Return the active session of a customer with one agent (``GET /v1/chat/session/active``).

        Raises:
            SessionNotFoundError: there is none.
            APIError: the API answered no for another reason; see `osvi.errors` for the class of each status.
            TransportError: no whole answer came, `RequestTimeoutError` when it took too long.
            ContractError: the answer is not one session, or a property has another type than ``openapi.yaml`` says.
            ConfigurationError: an argument is blank or no string, or the client is closed; nothing was sent.
        """
        return self._run(_operations.get_active_session(customer_id, agent_uuid))

    def find_active_session(self, customer_id: str, *, agent_uuid: str) -> ChatSession | None:
        """Return the active session of a customer with one agent, None when there is none.

        None stands for a 404 with the code ``session_not_found`` and for nothing else: an unknown agent or a wrong base
        URL still raises.

        Raises:
            APIError: the API answered no for another reason; see `osvi.errors` for the class of each status.
            TransportError: no whole answer came, `RequestTimeoutError` when it took too long.
            ContractError: the answer is not one session, or a property has another type than ``openapi.yaml`` says.
            ConfigurationError: an argument is blank or no string, or the client is closed; nothing was sent.
        """
        return self._run(_operations.find_active_session(customer_id, agent_uuid))

    def list_active_sessions(self, customer_id: str) -> dict[str, ChatSession]:
        """Return all active sessions of a customer by agent UUID, ``{}`` when there are none.

        Raises:
            APIError: the API answered no; see `osvi.errors` for the class of each status.
            TransportError: no whole answer came, `RequestTimeoutError` when it took too long.
            ContractError: the answer is no map of sessions, or a property has another type than ``openapi.yaml`` says.
            ConfigurationError: ``customer_id`` is blank or no string, or the client is closed; nothing was sent.
        """
        return self._run(_operations.list_active_sessions(customer_id))

    def iter_active_sessions(
        self, customer_ids: Iterable[str], *, concurrency: int = 10
    ) -> Generator[CustomerSessions, None, None]:
        """Look up the active sessions of many customers, and yield what each has as it comes, in no order.

        Takes any iterable, also one without end: only ``concurrency`` lookups are under way at a time, in threads, each
        with the retries of this client. A customer whose lookup fails does not stop the others: its result has the
        error. A 429 with ``Retry-After`` slows all of them. To leave the loop (or to close the generator) begins no
        more; those under way are waited for, ``timeout`` seconds at most.

        Raises:
            ConfigurationError: ``concurrency`` is no number of lookups.
        """
        gate = Gate()

        def look(customer_id: str) -> CustomerSessions:
            try:
                sessions = self._run(_operations.list_active_sessions(customer_id), gate)
            except OSVIError as error:
                return CustomerSessions(customer_id, None, error)
            return CustomerSessions(customer_id, sessions)

        return in_threads(look, customer_ids, check(concurrency), gate, patience=self._settings.timeout)

    def close(self) -> None:
        """Close the connections. The client cannot be used afterwards."""
        self._http.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _run(self, operation: Operation[T], gate: Gate | None = None) -> T:
        with self._call(operation, gate) as call:
            outcome = self._attempt(call)
            if call.retryable(outcome):
                outcome = self._retry(call, outcome)
            return call.finish(outcome, stacklevel=4)

    def _retry(self, call: Call[T], outcome: T | OSVIError) -> T | OSVIError:
        import stamina  # noqa: PLC0415 - a tenth of what this package takes to import, for failures alone

        try:
            for attempt in stamina.retry_context(call.wait, attempts=call.settings.retries + 1, timeout=None):
                with attempt:
                    if attempt.num > 1:  # the first has been made
                        outcome = self._attempt(call)
                    call.check(outcome)
        except OSVIError as error:
            return error
        return outcome

    def _attempt(self, call: Call[T]) -> T | OSVIError:
        if call.gate is not None and (delay := call.gate.delay()):
            call.gate.stopped.wait(delay)
        call.token = self._auth.token()
        return call.read(self._exchange(call))

    def _exchange(self, call: Call[Any]) -> Answer | OSVIError:
        try:
            response = self._wire.handle_request(self._request(call))
            body = Body(response.status_code, response.headers, call)
            try:
                body.begin()
                for chunk in response.iter_bytes():
                    body.add(chunk)
            except httpx.DecodingError as error:
                body.fail(error)
            finally:
                response.close()
            return body.answer()
        except FAILURES as error:
            return failure(error, call, closed=self._http.is_closed)
        except BaseException as error:
            strip(error)
            raise
