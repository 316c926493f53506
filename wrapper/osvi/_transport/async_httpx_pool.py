"""The connections of `AsyncClient`, on httpx; see `httpx_pool`."""

from __future__ import annotations

from contextlib import aclosing
from typing import TYPE_CHECKING, Any, Final

import anyio
import httpx

from osvi._transport.body import Body
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
)
from osvi._transport.pool import Pool

if TYPE_CHECKING:
    from osvi._core.http import Failure, Request, Response
    from osvi._transport.origin import Network


class _Client(httpx.AsyncClient):
    cookies: Any = NoCookies()


class AsyncHttpxPool(Pool):
    """The connections of an async client, on httpx. They belong to the event loop that first uses them.

    ``network`` is None if the user has passed a transport.
    """

    def __init__(self, network: Network | None, transport: httpx.AsyncBaseTransport | None) -> None:
        super().__init__(network)
        if transport is None and network is not None:
            transport = httpx.AsyncHTTPTransport(network.ssl_context, proxy=httpx_proxy(network))
        self._http: Final = _Client(transport=transport, event_hooks={"response": [_hide_location]}, trust_env=False)
        self._headers: Final = constant_headers(self._http)
        self._loop = EventLoop()

    async def exchange(self, request: Request) -> Response | Failure:
        """Send a request, and return the response, or the failure of the connection."""
        self._loop.bind()
        reset = current_request.set(request)
        try:
            with anyio.fail_after(request.remaining()):
                response = await self._http.send(httpx_request(request, self._headers), stream=True, auth=None)
                async with aclosing(response):
                    with Body(response.headers.get("content-encoding", ""), request) as body:
                        if not body.unreadable:
                            async for chunk in response.aiter_bytes():
                                body.add(chunk)
        except BaseException as error:  # noqa: BLE001 - failure() raises what is no failure of the connection
            return failure(error, request, self)
        finally:
            current_request.reset(reset)
        self.is_connected = self.network is not None
        return body.response(response.status_code, all_headers(response))

    async def aclose(self) -> None:
        self.is_closed = True
        await self._http.aclose()


async def _hide_location(response: httpx.Response) -> None:
    hide_location(response)
