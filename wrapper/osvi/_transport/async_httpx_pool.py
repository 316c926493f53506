"""The connections of `AsyncClient`, on httpx; see `httpx_pool`."""

from __future__ import annotations

from contextlib import AbstractAsyncContextManager, aclosing, asynccontextmanager, nullcontext
from functools import partial
from typing import TYPE_CHECKING, Any, Final

import anyio
import httpx

from osvi._transport.body import Body
from osvi._transport.connections import ONE_CONNECTION, Connections
from osvi._transport.current_request import current_request
from osvi._transport.event_loop import EventLoop
from osvi._transport.failures import failure
from osvi._transport.httpx_pool import (
    NoCookies,
    all_headers,
    constant_headers,
    hide_location,
    httpx_proxy,
    httpx_request,
    release,
)
from osvi._transport.pool import Pool

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable

    from osvi._core.http import Failure, Request, Response
    from osvi._transport.origin import Network


class _Client(httpx.AsyncClient):
    cookies: Any = NoCookies()

    def __init__(self, transport: httpx.AsyncBaseTransport | None) -> None:
        super().__init__(transport=transport, event_hooks={"response": [_hide_location]}, trust_env=False)
        self.constant_headers: Final = constant_headers(self)


async def _hide_location(response: httpx.Response) -> None:
    hide_location(response)


def _new_client(network: Network) -> _Client:
    transport = httpx.AsyncHTTPTransport(network.ssl_context, proxy=httpx_proxy(network), limits=ONE_CONNECTION)
    return _Client(transport)


class _Connections(Connections[_Client]):
    @asynccontextmanager
    async def lend(self, request: Request) -> AsyncIterator[_Client]:
        """Lend a client, and close it if the request fails.

        Raises:
            httpx.PoolTimeout: The deadline has passed, and all connections are in use.
        """
        turn = self._begin_turn(anyio.Event)
        try:
            if turn is not None:
                with anyio.move_on_after(request.remaining()):
                    await turn.wait()
                if not turn.is_set():
                    raise httpx.PoolTimeout("all connections are in use")
            client = self._take()
            try:
                yield client
            except BaseException:
                self._clients.discard(client)
                await client.aclose()
                raise
            self._keep(client)
            while (unused := self._drop_unused()) is not None:
                await unused.aclose()
        finally:
            self._end_turn(turn)

    async def aclose(self) -> None:
        for client in self._drop_all():
            await client.aclose()


class AsyncHttpxPool(Pool):
    """The connections of an async client, on httpx. They belong to the event loop that first uses them.

    ``network`` is None if the user has passed a transport.
    """

    def __init__(self, network: Network | None, transport: httpx.AsyncBaseTransport | None) -> None:
        super().__init__(network)
        self._loop: Final = EventLoop()
        self._lend: Callable[[Request], AbstractAsyncContextManager[_Client]]
        if network is None:
            client = _Client(transport)
            self._lend, self._close = lambda _: nullcontext(client), client.aclose
        else:
            connections = _Connections(partial(_new_client, network))
            self._lend, self._close = connections.lend, connections.aclose

    async def exchange(self, request: Request) -> Response | Failure:
        """Send a request, and return the response, or the failure of the connection."""
        self._loop.bind()
        reset = current_request.set(request)
        try:
            async with self._lend(request) as http:
                with anyio.fail_after(request.remaining()):
                    response = await http.send(httpx_request(request, http.constant_headers), stream=True, auth=None)
                    async with aclosing(response):
                        with Body(response.headers.get("content-encoding", ""), request) as body:
                            if not body.unreadable:
                                async for chunk in response.aiter_bytes():
                                    body.add(chunk)
        except BaseException as error:  # noqa: BLE001 - failure() raises what is no failure of the connection
            return failure(error, request, self)
        finally:
            current_request.reset(reset)
        release(response)
        self.is_connected = self.network is not None
        return body.response(response.status_code, all_headers(response))

    async def aclose(self) -> None:
        self.is_closed = True
        await self._close()
