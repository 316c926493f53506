"""The connections of `AsyncClient`, on httpx; see `httpx_pool`."""

from __future__ import annotations

from contextlib import aclosing
from typing import Any, Final

import anyio
import httpx

from osvi._core.http import Request, Response
from osvi._transport.connections import ONE_CONNECTION, Connections
from osvi._transport.current_request import current_request
from osvi._transport.event_loop import bind
from osvi._transport.failures import failure
from osvi._transport.httpx_pool import NoCookies, finished, hide_location, httpx_request, new_body
from osvi._transport.origin import Network
from osvi.errors import OSVIError


class _Client(httpx.AsyncClient):
    cookies: Any = NoCookies()

    def __init__(self, transport: httpx.AsyncBaseTransport) -> None:
        super().__init__(transport=transport, event_hooks={"response": [_hide_location]}, trust_env=False)
        self.transport: Final = transport


async def _hide_location(response: httpx.Response) -> None:
    hide_location(response)


class AsyncHttpxPool(Connections[_Client]):
    """The connections of an async client, on httpx. They belong to the event loop that first uses them."""

    _client = _Client

    def _client_of(self, network: Network) -> _Client:
        transport = httpx.AsyncHTTPTransport(network.ssl_context, proxy=network.proxy, limits=ONE_CONNECTION)
        return _Client(transport)

    async def exchange(self, request: Request) -> Response | OSVIError:
        """Send a request, and return the response, or the error of the connection."""
        bind(self)
        reset = current_request.set(request)
        try:
            return await self._send(request)
        except BaseException as error:  # noqa: BLE001 - failure() raises what is no failure of the connection
            return failure(error, request, self)
        finally:
            current_request.reset(reset)

    async def _send(self, request: Request) -> Response:
        # See `HttpxPool._send`.
        turn = self._begin_turn(anyio.Event)
        try:
            if turn is not None:
                with anyio.move_on_after(request.remaining()):
                    await turn.wait()
            with self._lend(turn) as http, anyio.fail_after(request.remaining()):
                response = await http.send(httpx_request(request), stream=True, auth=None)
                async with aclosing(response):
                    body = new_body(response, request)
                    is_read = response.is_stream_consumed
                    async for chunk in response.aiter_bytes() if is_read else response.aiter_raw():
                        if not body.add(chunk):
                            break
        finally:
            self._end_turn(turn)
            for client in self._disused():
                await client.aclose()
        return finished(response, body)

    async def aclose(self) -> None:
        bind(self)
        for client in self._end():
            await client.aclose()
