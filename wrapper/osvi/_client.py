"""The synchronous client. `_async_client` has the same methods with ``await``."""

from __future__ import annotations

import ssl
import time
from collections.abc import Callable, Generator, Iterable, Mapping
from typing import Any, Self

import httpx
from osvi_runtime import Operation

import osvi
from osvi._base import BaseClient, T, header_secret
from osvi._core.active_sessions import all_sessions, one_session
from osvi._core.call import Call, warn_of_drift
from osvi._core.options import Answer
from osvi._core.token import Secret, Token, current_token, token_secret
from osvi._core.waits import NO_GATE, Gate
from osvi._transport.httpx_pool import HttpxPool
from osvi.errors import SessionNotFoundError


class Client(BaseClient[HttpxPool, Token]):
    """A synchronous client of the OSVI API. It may be shared between threads, and is a context manager.

    The environment is read when the client is made.

    Args:
        token: The API token, or a callable that returns it. The callable is called for each attempt, so that a token
            can be rotated. Default: ``OSVI_API_TOKEN``.
        base_url: The URL of the API. Default: ``OSVI_BASE_URL``, or else the server of ``openapi.yaml``.
        timeout: Seconds for each phase of one attempt: connecting, sending, and each read.
        retries: Attempts after the first: after a `TransportError`, or the status 408, 429, 500, 502, 503 or 504.
        total_timeout: Seconds for the whole call, including the waits for a connection and between attempts.
        max_response_bytes: The limit of a body in bytes, after decompression.
        transport: Any ``httpx.BaseTransport``, such as that of `osvi.testing.Sandbox`. Default: the network.
        proxy: The URL of a proxy, as for httpx: ``http://``, ``https://`` or ``socks5://``, with a user and a password
            if it needs them. Default: the proxy of the environment (``HTTPS_PROXY``, ``ALL_PROXY``, ``NO_PROXY``).
        ssl_context: TLS settings: a company's CA, a client certificate, truststore. Default: the settings of httpx,
            with the certificates of ``SSL_CERT_FILE`` or ``SSL_CERT_DIR`` if one is set.
        max_connections: The connections that are open at a time. A call that needs one more waits, for
            ``total_timeout`` at most. A ``transport`` has its own limit.
        headers: Headers of each request, as secret as the token. A ``User-Agent`` precedes that of this package. A
            header that this package or HTTP itself sets is refused.
        on_answer: Called with the `Answer` of each call that got one, also if the call failed: for rate limits, request
            ids, metrics. Its exceptions are raised to the caller.
        allow_http: Permit a plain ``http://`` base URL of another machine. The token is then sent unencrypted.

    Raises:
        ConfigurationError: An argument or an environment variable is invalid.
    """

    _transport_method = "handle_request"

    def __init__(  # noqa: PLR0913 - options, all but the first by keyword
        self,
        token: Token | None = None,
        *,
        base_url: str | None = None,
        timeout: float = 10.0,
        retries: int = 2,
        total_timeout: float = 60.0,
        max_response_bytes: int = 2 * 2**20,
        transport: httpx.BaseTransport | None = None,
        proxy: str | httpx.URL | None = None,
        ssl_context: ssl.SSLContext | None = None,
        max_connections: int = 100,
        headers: Mapping[str, str] | None = None,
        on_answer: Callable[[Answer], object] | None = None,
        allow_http: bool = False,
    ) -> None:
        secret_token, secret_headers, secret_proxy = token_secret(token), header_secret(headers), Secret(proxy)
        del token, headers, proxy
        super().__init__(
            lambda network: HttpxPool(network, transport),
            token=secret_token,
            headers=secret_headers,
            base_url=base_url,
            timeout=timeout,
            retries=retries,
            total_timeout=total_timeout,
            max_response_bytes=max_response_bytes,
            transport=transport,
            proxy=secret_proxy,
            ssl_context=ssl_context,
            max_connections=max_connections,
            on_answer=on_answer,
            allow_http=allow_http,
        )

    def get_active_session(self, customer_id: str, *, agent_uuid: str) -> osvi.ChatSession:
        return self._run(one_session(customer_id, agent_uuid))

    def find_active_session(self, customer_id: str, *, agent_uuid: str) -> osvi.ChatSession | None:
        try:
            return self._run(one_session(customer_id, agent_uuid))
        except SessionNotFoundError:
            return None

    def list_active_sessions(self, customer_id: str) -> dict[str, osvi.ChatSession]:
        return self._run(all_sessions(customer_id))

    def send(self, operation: Operation[T]) -> T:
        return self._run(operation)

    def request(
        self,
        method: str,
        path: str,
        *,
        path_params: Mapping[str, Any] | None = None,
        query: Mapping[str, Any] | None = None,
        json: Any = None,
    ) -> Any:
        from osvi._core.any_operation import any_operation  # noqa: PLC0415 - few programs need it

        return self._run(any_operation(method, path, path_params, query, json))

    def iter_active_sessions(
        self, customer_ids: Iterable[str], *, concurrency: int = 10
    ) -> Generator[osvi.CustomerSessions, None, None]:
        from osvi._many import results, threads  # noqa: PLC0415 - few programs need it

        return threads.send_each(
            self._exchange,
            results.checked_customers(customer_ids),
            all_sessions,
            results.CustomerSessions,
            results.checked_concurrency(concurrency),
            closing_timeout=self._options.timeout,
        )

    def send_many(
        self, operations: Iterable[Operation[T]], *, concurrency: int = 10
    ) -> Generator[osvi.Outcome[T], None, None]:
        from osvi._many import results, threads  # noqa: PLC0415 - few programs need it

        return threads.send_each(
            self._exchange,
            operations,
            lambda operation: operation,
            results.Outcome,
            results.checked_concurrency(concurrency),
            closing_timeout=self._options.timeout,
        )

    def close(self) -> None:
        """Close the connections. The client cannot be used afterwards."""
        if self._owns_pool:
            self._pool.current.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _run(self, operation: Operation[T]) -> T:
        value, drift = self._exchange(operation, NO_GATE)
        warn_of_drift(drift)
        return value

    def _exchange(self, operation: Operation[T], gate: Gate) -> tuple[T, list[str]]:
        """Return the value of an operation, and the texts of its drift."""
        call = Call(operation, self._options, gate)
        while True:
            token = self._token if self._has_one_token else current_token(self._token)
            request = call.begin_attempt(token)
            outcome = call.end_attempt(self._pool.get().exchange(request))
            for seconds in call.waits(outcome):
                time.sleep(seconds)
            if call.is_over:
                return call.finish(outcome)
