"""aiohttp's connection pool, for many calls at a time; comes with the extra ``aiohttp``.

httpx's own pool looks at every connection for every request, and slows down as it gets busier. httpx-aiohttp puts
aiohttp's in its place. What it does not do as this package promises is mended here: each error gets its right class, no
request is sent twice without being counted, and trio, which aiohttp cannot run on, keeps httpx's pool.

Our own calls go to aiohttp without httpx in between (`Transport.exchange`): its requests and responses take more time
than the network does. Proxies and ``client.generated`` use the transport.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any, Final

import aiohttp
import aiohttp.http_exceptions
import httpx
import yarl
from httpx_aiohttp import AiohttpTransport

from osvi._auth import HEADER
from osvi._http import Body, target

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable

    from osvi._answers import Answer
    from osvi._calls import Call

# The first that fits: what happened to aiohttp, and what httpx calls it.
_MEANINGS: Final[tuple[tuple[type[BaseException], type[httpx.TransportError]], ...]] = (
    (aiohttp.ConnectionTimeoutError, httpx.ConnectTimeout),
    (TimeoutError, httpx.ReadTimeout),
    (aiohttp.ClientProxyConnectionError, httpx.ProxyError),
    (aiohttp.ClientHttpProxyError, httpx.ProxyError),
    (aiohttp.ClientConnectorError, httpx.ConnectError),
    (aiohttp.ServerDisconnectedError, httpx.RemoteProtocolError),
    (aiohttp.ClientConnectionError, httpx.ReadError),
    (aiohttp.ClientError, httpx.RemoteProtocolError),
)


def _meaning(error: Exception) -> Exception:
    """Return httpx's error for one of aiohttp's, which httpx-aiohttp may have wrapped in another."""
    cause = error.__cause__ if isinstance(error, httpx.TransportError) and error.__cause__ else error
    # aiohttp's text of a bad answer has the whole URL in it.
    text = cause.message if isinstance(cause, aiohttp.ClientResponseError) else str(cause)
    for theirs, ours in _MEANINGS:
        if isinstance(cause, theirs):
            return ours(text)
    return error


class _Stream(httpx.AsyncByteStream):
    def __init__(self, stream: httpx.AsyncByteStream) -> None:
        self._stream = stream

    async def __aiter__(self) -> AsyncIterator[bytes]:
        try:
            async for chunk in self._stream:
                yield chunk
        except (httpx.TransportError, aiohttp.ClientError, TimeoutError) as error:
            raise _meaning(error) from error

    async def aclose(self) -> None:
        await self._stream.aclose()


class Transport(AiohttpTransport):
    def __init__(self, otherwise: Callable[[], httpx.AsyncBaseTransport], **options: Any) -> None:
        super().__init__(**options)
        self._otherwise: Final = otherwise
        self._other: httpx.AsyncBaseTransport | None = None

    def get_client(self) -> aiohttp.ClientSession:
        connector = aiohttp.TCPConnector(ssl=self.ssl_context, limit=self.limits.max_connections or 0)
        session = aiohttp.ClientSession(connector=connector, cookie_jar=aiohttp.DummyCookieJar())
        # aiohttp would send a GET again by itself when a kept connection has gone; `_calls` does that, and counts.
        session._retry_connection = False  # noqa: SLF001 - a test holds it
        return session

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        try:
            asyncio.get_running_loop()
        except RuntimeError:
            if self._other is None:
                self._other = self._otherwise()
            return await self._other.handle_async_request(request)
        try:
            response = await super().handle_async_request(request)
        except (httpx.TransportError, aiohttp.ClientError, TimeoutError, ValueError) as error:
            raise _meaning(error) from error
        assert isinstance(response.stream, httpx.AsyncByteStream)  # noqa: S101 - tells the type
        response.stream = _Stream(response.stream)
        return response

    @property
    def is_direct(self) -> bool:
        """Whether `exchange` may be used; through a proxy, httpx-aiohttp knows what to send."""
        return self.proxy is None

    async def exchange(self, call: Call[Any], base_url: str, headers: httpx.Headers) -> Answer:
        """Send the request of a call and read the answer.

        Raises:
            httpx.TransportError: no whole answer came.
        """
        if not isinstance(self.client, aiohttp.ClientSession):
            self.client = self.get_client()
        options = dict(call.operation.request)
        url = yarl.URL(target(options, base_url), encoded=True)  # as it is: yarl would encode it in its own way
        total, phase = call.times()
        limits = aiohttp.ClientTimeout(total=total, sock_connect=phase, sock_read=phase)
        extra = options.pop("headers", {})
        try:
            async with self.client.request(
                url=url,
                headers={**headers, **extra, HEADER: call.token.get()},  # no local: tracebacks show those
                allow_redirects=False,
                timeout=limits,
                **options,
            ) as response:
                body = Body(response.status, httpx.Headers(response.raw_headers), call)
                try:
                    body.begin()
                    async for chunk in response.content.iter_any():
                        body.add(chunk)
                except httpx.DecodingError as error:
                    body.fail(error)
                except aiohttp.ClientPayloadError as error:
                    if not isinstance(error.__cause__, aiohttp.http_exceptions.ContentEncodingError):
                        raise
                    body.fail(httpx.DecodingError("a body whose compression is broken"))
                return body.answer()
        except (aiohttp.ClientError, TimeoutError, ValueError) as error:
            meaning = _meaning(error)
        except RuntimeError as error:
            if not self.client.closed:
                raise
            meaning = httpx.ReadError(str(error))
        raise meaning

    async def aclose(self) -> None:
        if self._other is not None:
            await self._other.aclose()
        await super().aclose()


class AiohttpClient(httpx.AsyncClient):
    """An ``httpx.AsyncClient`` on aiohttp's pool, with the proxies and certificates of the environment all the same."""

    def _init_transport(self, *args: Any, transport: httpx.AsyncBaseTransport | None = None, **options: Any) -> Any:
        if transport is not None:
            return transport
        return Transport(lambda: httpx.AsyncHTTPTransport(*args, **options), *args, **options)

    def _init_proxy_transport(self, proxy: httpx.Proxy, *args: Any, **options: Any) -> Any:
        plain = super()._init_proxy_transport(proxy, *args, **options)
        if proxy.url.scheme != "http":  # aiohttp has no SOCKS; and no TLS to the proxy on every event loop
            return plain
        return Transport(lambda: plain, proxy=proxy, **options)
