"""The connections of ``AsyncClient(pool="aiohttp")``. Unlike httpx, aiohttp does not slow down under many calls.

aiohttp does not read the environment here, since it reads some proxy variables in another way than httpx, and sets a
header from ``~/.netrc``.
"""

from __future__ import annotations

import asyncio
from base64 import b64encode
from functools import lru_cache
from typing import Any, Final
from urllib.parse import urlsplit
from weakref import WeakSet

import aiohttp
import httpx
import yarl

from osvi._core.http import Request, Response
from osvi._transport.body import Body
from osvi._transport.event_loop import bind, running_loop
from osvi._transport.failures import failure
from osvi._transport.origin import Network
from osvi._transport.pool import Pool
from osvi._transport.shared_timer import SharedTimer, Timeout
from osvi._transport.unread import is_readable
from osvi.errors import ConfigurationError, OSVIError

# The exceptions of aiohttp, with those of httpx for the same events. The first match counts.
_HTTPX_ERRORS: Final[tuple[tuple[type[BaseException], type[Exception]], ...]] = (
    (aiohttp.ConnectionTimeoutError, httpx.ConnectTimeout),
    (TimeoutError, httpx.ReadTimeout),
    (aiohttp.ClientProxyConnectionError, httpx.ProxyError),
    (aiohttp.ClientHttpProxyError, httpx.ProxyError),
    (aiohttp.ClientConnectorError, httpx.ConnectError),
    (aiohttp.ServerDisconnectedError, httpx.RemoteProtocolError),
    (aiohttp.ClientConnectionError, httpx.ReadError),
    (aiohttp.ClientError, httpx.RemoteProtocolError),
    (UnicodeError, UnicodeError),  # of a resolver; httpx does not convert it either
    (ValueError, httpx.RemoteProtocolError),
)


class _Connector(aiohttp.TCPConnector):
    """Lends no connection on which bytes wait that came after the end of an answer: the next call would read them.

    It also begins a phase of the timeout when a request gets its connection: the wait for the head of the answer.
    """

    def __init__(self, timer: SharedTimer, **settings: Any) -> None:
        super().__init__(**settings)
        self._timer: Final = timer
        self._used: Final[WeakSet[Any]] = WeakSet()  # protocols; a new connection may have a ticket of TLS to be read

    async def connect(self, *args: Any, **options: Any) -> Any:
        connection = await super().connect(*args, **options)
        while connection.protocol in self._used and _has_unread(connection):
            connection.close()
            connection = await super().connect(*args, **options)
        self._used.add(connection.protocol)
        self._timer.begin_phase()
        return connection


def _has_unread(connection: Any) -> bool:
    # The event loop has read the bytes, and the parser has no use for them, or they are still in the socket.
    return connection.protocol.should_close or is_readable(connection.transport.get_extra_info("socket"))


class AiohttpPool(Pool):
    """The connections of an async client, on aiohttp. They belong to one asyncio event loop.

    Raises:
        ConfigurationError: aiohttp does not support the proxy of the environment.
    """

    def __init__(self, network: Network) -> None:
        if network.proxy is not None and network.proxy.url.scheme != "http":
            raise ConfigurationError(
                f'pool="aiohttp" does not support {network.proxy_name}, only one that begins with http://; '
                'pool="httpx" supports it'
            )
        super().__init__(network)
        self._settings: Final = {"ssl": network.ssl_context, "limit": network.max_connections}
        self._proxy_url: Final = None if network.proxy is None else str(network.proxy.url)
        self._proxy_headers: Final = _proxy_headers(network.proxy)
        self._session: aiohttp.ClientSession | None = None
        self._timer: Final = SharedTimer()

    async def exchange(self, request: Request) -> Response | OSVIError:
        """Send a request, and return the response, or the error of the connection."""
        if (loop := running_loop()) is None:
            raise ConfigurationError('pool="aiohttp" runs on asyncio alone; pool="httpx" runs on trio too')
        bind(self)
        try:
            with Timeout(self._timer, loop, request.remaining(), request.options.timeout) as limit:
                return await self._send(request, limit)
        except BaseException as error:  # noqa: BLE001 - failure() raises what is no failure of the connection
            task = asyncio.current_task()
            if self.is_closed and isinstance(error, asyncio.CancelledError) and task and not task.cancelling():
                error = RuntimeError("the wait for a connection was cancelled by aclose()")
            return failure(_httpx_error(error), request, self)

    async def _send(self, request: Request, limit: Timeout) -> Response:
        # A function of its own, since `failure` cuts its frame, which holds what the server may have repeated.
        operation, url = request.operation, _url(request)
        session = self._session or self._open_session()
        response = await session.request(
            operation.method,
            url,
            headers=[
                *request.headers(),
                # The headers for the proxy of an https request are sent with CONNECT, not within the tunnel.
                *(self._proxy_headers if url.scheme == "http" else ()),
            ],
            data=operation.content,
            allow_redirects=False,
            timeout=_connect_timeout(request.options.timeout),
            proxy=self._proxy_url,
            proxy_headers=self._proxy_headers,
        )
        body = Body(",".join(response.headers.getall("Content-Encoding", ())), request)
        try:
            while not (body.unreadable or response.content.at_eof()):
                limit.begin_phase()
                body.add(await response.content.readany())
        finally:
            if response.connection is not None:  # if the body was read, the connection is in the pool by now
                response.close()
        self.is_connected = True
        return body.response(response.status, response.raw_headers)

    def _open_session(self) -> aiohttp.ClientSession:
        connector = _Connector(self._timer, **self._settings)
        self._session = aiohttp.ClientSession(
            connector=connector, cookie_jar=aiohttp.DummyCookieJar(), auto_decompress=False
        )
        # aiohttp itself sends a GET again if the server has closed a kept connection. `Call` does that, and counts the
        # attempts. If the private name has moved, aiohttp still does it.
        if hasattr(self._session, "_retry_connection"):
            self._session._retry_connection = False  # noqa: SLF001
        return self._session

    async def aclose(self) -> None:
        bind(self)
        self.is_closed = True
        if self._session is not None:
            await self._session.close()


def _url(request: Request) -> yarl.URL:
    path, _, query = request.operation.url.partition("?")
    scheme, authority, prefix, *_ = urlsplit(request.options.base_url)  # has a cache
    # `encoded`, since yarl would encode it differently. yarl.URL(text) takes longer.
    return yarl.URL.build(scheme=scheme, authority=authority, path=prefix + path, query_string=query, encoded=True)


@lru_cache
def _connect_timeout(seconds: float) -> aiohttp.ClientTimeout:
    return aiohttp.ClientTimeout(total=None, sock_connect=seconds)


def _proxy_headers(proxy: httpx.Proxy | None) -> list[tuple[str, str]]:
    """Return the header with the credentials for a proxy. They are in UTF-8, as in httpx; aiohttp uses Latin-1."""
    if proxy is None or proxy.raw_auth is None:
        return []
    return [("Proxy-Authorization", f"Basic {b64encode(b':'.join(proxy.raw_auth)).decode()}")]


def _httpx_error(error: BaseException) -> BaseException:
    """Return the exception of httpx for an exception of aiohttp. Other exceptions are returned unchanged."""
    match error:
        case aiohttp.ClientHttpProxyError():
            text = f"{error.status} {error.message}"
        case aiohttp.ClientResponseError():
            text = error.message  # str(error) contains the whole URL, here and in the next case
        case aiohttp.ConnectionTimeoutError():
            text = ""
        case _:
            text = str(error)
    for cls, httpx_class in _HTTPX_ERRORS:
        if isinstance(error, cls):
            converted = httpx_class(text)
            converted.__cause__ = error.__cause__
            return converted
    return error
