"""The asynchronous client: sending, reading and waiting. Its twin without ``await`` is in `_client`."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any, Self, TypeVar, cast

import anyio
import httpx

from osvi import _operations
from osvi._auth import AsyncToken, Secret
from osvi._base import Base
from osvi._fanout import CustomerSessions, Gate, check
from osvi._http import FAILURES, Body, apin, failure, strip, wire
from osvi._settings import build
from osvi._tasks import in_tasks
from osvi.errors import ConfigurationError, OSVIError

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, AsyncIterable, Iterable

    from osvi._aiohttp import Transport
    from osvi._answers import Answer
    from osvi._calls import Call
    from osvi._operations import Operation
    from osvi.sessions import ChatSession

T = TypeVar("T")


def _fastest() -> type[httpx.AsyncClient]:
    """Return the client with the pool of aiohttp where the extra is installed, httpx's own elsewhere."""
    try:
        from osvi._aiohttp import AiohttpClient  # noqa: PLC0415 - an extra, and not for Client
    except ModuleNotFoundError as error:
        if error.name not in {"aiohttp", "httpx_aiohttp"}:
            raise
        return httpx.AsyncClient
    return AiohttpClient


class AsyncClient(Base[httpx.AsyncClient]):
    """The OSVI API, for asynchronous code. May be shared between tasks of one event loop; a context manager.

    Args:
        token: The API token, or a callable that returns it or an awaitable of it, asked again for every attempt so
            that a rotated token needs no new client. None reads ``OSVI_API_TOKEN``, now.
        base_url: Where the API is. None reads ``OSVI_BASE_URL``, now; without it, the server of ``openapi.yaml``.
        timeout: Seconds for each phase of one attempt: connecting, sending, and each read.
        retries: Attempts after the first: after a `TransportError`, or the status 408, 429, 500, 502, 503 or 504.
        total_timeout: Seconds for the whole call, waits for a connection and between attempts included.
        max_response_bytes: The largest body that is read, counted after decompression.
        transport: Any ``httpx.AsyncBaseTransport``, such as that of `osvi.testing.Sandbox`. None is the network, with
            the proxy and certificate variables that httpx reads (``HTTPS_PROXY``, ``NO_PROXY``, ``SSL_CERT_FILE`` …).
        allow_http: Permit a plain ``http://`` base URL whose host is not this machine. The network sees the token.

    Raises:
        ConfigurationError: one of these, or of the environment variables, cannot be used.
    """

    def __init__(  # noqa: PLR0913 - options, all but the first by keyword
        self,
        token: AsyncToken | None = None,
        *,
        base_url: str | None = None,
        timeout: float = 10.0,
        retries: int = 2,
        total_timeout: float = 60.0,
        max_response_bytes: int = 64 * 2**20,
        transport: httpx.AsyncBaseTransport | None = None,
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

    def _open(self) -> httpx.AsyncClient:
        http = build(
            httpx.AsyncClient if self._transport is not None else _fastest(),
            self._settings,
            auth=self._auth,
            transport=self._transport,
            event_hooks={"response": [apin]},
        )
        self._loop: asyncio.AbstractEventLoop | None = None
        self._wire: httpx.AsyncBaseTransport = wire(http, self._settings.base_url)
        # aiohttp's, which can do without httpx between it and us.
        is_direct = getattr(self._wire, "is_direct", False)
        self._direct = cast("Transport", self._wire) if is_direct else None
        return http

    async def get_active_session(self, customer_id: str, *, agent_uuid: str) -> ChatSession:
        """Return the active session of a customer with one agent (``GET /v1/chat/session/active``).

        Raises:
            SessionNotFoundError: there is none.
            APIError: the API answered no for another reason; see `osvi.errors` for the class of each status.
            TransportError: no whole answer came, `RequestTimeoutError` when it took too long.
            ContractError: the answer is not one session, or a property has another type than ``openapi.yaml`` says.
            ConfigurationError: an argument is blank or no string, or the client is closed; nothing was sent.
        """
        return await self._run(_operations.get_active_session(customer_id, agent_uuid))

    async def find_active_session(self, customer_id: str, *, agent_uuid: str) -> ChatSession | None:
        """Return the active session of a customer with one agent, None when there is none.

        None stands for a 404 with the code ``session_not_found`` and for nothing else: an unknown agent or a wrong base
        URL still raises.

        Raises:
            APIError: the API answered no for another reason; see `osvi.errors` for the class of each status.
            TransportError: no whole answer came, `RequestTimeoutError` when it took too long.
            ContractError: the answer is not one session, or a property has another type than ``openapi.yaml`` says.
            ConfigurationError: an argument is blank or no string, or the client is closed; nothing was sent.
        """
        return await self._run(_operations.find_active_session(customer_id, agent_uuid))

    async def list_active_sessions(self, customer_id: str) -> dict[str, ChatSession]:
        """Return all active sessions of a customer by agent UUID, ``{}`` when there are none.

        Raises:
            APIError: the API answered no; see `osvi.errors` for the class of each status.
            TransportError: no whole answer came, `RequestTimeoutError` when it took too long.
            ContractError: the answer is no map of sessions, or a property has another type than ``openapi.yaml`` says.
            ConfigurationError: ``customer_id`` is blank or no string, or the client is closed; nothing was sent.
        """
        return await self._run(_operations.list_active_sessions(customer_id))

    def iter_active_sessions(
        self, customer_ids: Iterable[str] | AsyncIterable[str], *, concurrency: int = 50
    ) -> AsyncGenerator[CustomerSessions, None]:
        """Look up the active sessions of many customers, and yield what each has as it comes, in no order.

        Takes any iterable or async iterable, also one without end: only ``concurrency`` lookups are under way at a
        time, each with the retries of this client. A customer whose lookup fails does not stop the others: its result
        has the error. A 429 with ``Retry-After`` slows all of them. To leave the loop does not end it at once: close
        the generator (``contextlib.aclosing``) to cancel those under way.

        Raises:
            ConfigurationError: ``concurrency`` is no number of lookups, or the loop is not asyncio's.
        """
        gate = Gate()

        async def look(customer_id: str) -> CustomerSessions:
            try:
                sessions = await self._run(_operations.list_active_sessions(customer_id), gate)
            except OSVIError as error:
                return CustomerSessions(customer_id, None, error)
            return CustomerSessions(customer_id, sessions)

        return in_tasks(look, customer_ids, check(concurrency))

    async def aclose(self) -> None:
        """Close the connections. The client cannot be used afterwards."""
        await self._http.aclose()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.aclose()

    async def _run(self, operation: Operation[T], gate: Gate | None = None) -> T:
        with self._call(operation, gate) as call:
            self._check_loop()
            outcome = await self._attempt(call)
            if call.retryable(outcome):
                outcome = await self._retry(call, outcome)
            return call.finish(outcome, stacklevel=4)

    def _check_loop(self) -> None:
        try:
            loop = asyncio.get_running_loop()
        except RuntimeError:  # trio, which has one loop for a thread
            return
        if self._loop is None:
            self._loop = loop
        elif self._loop is not loop:
            raise ConfigurationError(
                "this AsyncClient has been used in another event loop, to which its connections belong; "
                "make one for each loop (or use Client)"
            )

    async def _retry(self, call: Call[T], outcome: T | OSVIError) -> T | OSVIError:
        import stamina  # noqa: PLC0415 - a tenth of what this package takes to import, for failures alone

        try:
            async for attempt in stamina.retry_context(call.wait, attempts=call.settings.retries + 1, timeout=None):
                with attempt:
                    if attempt.num > 1:  # the first has been made
                        outcome = await self._attempt(call)
                    call.check(outcome)
        except OSVIError as error:
            return error
        return outcome

    async def _attempt(self, call: Call[T]) -> T | OSVIError:
        if call.gate is not None and (delay := call.gate.delay()):
            await anyio.sleep(delay)
        call.token = await self._auth.atoken()
        return call.read(await self._exchange(call))

    async def _exchange(self, call: Call[Any]) -> Answer | OSVIError:
        try:
            if self._direct is not None and self._loop is not None:
                return await self._direct.exchange(call, self._base_url, self._http.headers)
            with anyio.fail_after(call.remaining()):
                response = await self._wire.handle_async_request(self._request(call))
                body = Body(response.status_code, response.headers, call)
                try:
                    body.begin()
                    async for chunk in response.aiter_bytes():
                        body.add(chunk)
                except httpx.DecodingError as error:
                    body.fail(error)
                finally:
                    await response.aclose()
                return body.answer()
        except FAILURES as error:
            return failure(error, call, closed=self._http.is_closed)
        except BaseException as error:
            strip(error)
            raise
