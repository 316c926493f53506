"""The connections of `AsyncClient`, on httpx; see `httpx_pool`."""

from __future__ import annotations

from contextlib import aclosing
from typing import TYPE_CHECKING, Any, Final

import anyio
import httpx

from osvi._transport.body import Body
from osvi._transport.event_loop import EventLoop
from osvi._transport.httpx_pool import (
    NoCookies,
    all_headers,
    constant_headers,
    hide_location,
    httpx_proxy,
    make_request,
)

if TYPE_CHECKING:
    from osvi._core.answers import RawAnswer
    from osvi._core.call import Call
    from osvi._transport.origin import Network


class _Client(httpx.AsyncClient):
    cookies: Any = NoCookies()


class AsyncHttpxPool:
    """The connections of an async client, on httpx. They belong to the event loop that first uses them.

    ``network`` is None if the user has passed a transport.
    """

    def __init__(self, network: Network | None, transport: httpx.AsyncBaseTransport | None) -> None:
        if transport is None and network is not None:
            transport = httpx.AsyncHTTPTransport(network.ssl_context, proxy=httpx_proxy(network))
        self.network: Final = network
        self._http: Final = _Client(transport=transport, event_hooks={"response": [_hide_location]}, trust_env=False)
        self._headers: Final = constant_headers(self._http)
        self._loop = EventLoop()
        self.is_connected = False

    async def exchange(self, call: Call[Any]) -> RawAnswer:
        """Send the request of an attempt, and return the answer."""
        self._loop.bind()
        with anyio.fail_after(call.remaining()):
            response = await self._http.send(make_request(call, self._headers), stream=True, auth=None)
            async with aclosing(response):
                with Body(response.headers.get("content-encoding", ""), call) as body:
                    if not body.unreadable:
                        async for chunk in response.aiter_bytes():
                            body.add(chunk)
        self.is_connected = self.network is not None
        return body.answer(response.status_code, all_headers(response))

    async def aclose(self) -> None:
        await self._http.aclose()


async def _hide_location(response: httpx.Response) -> None:
    hide_location(response)
