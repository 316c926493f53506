"""The sandbox in process: as the transport of one client, or in place of the pools of all clients."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from types import SimpleNamespace
from typing import Any, Final, Literal
from weakref import WeakKeyDictionary

import attrs
import httpx

from osvi._core.http import Request, Response
from osvi._core.token import token_secret
from osvi._transport.event_loop import bind
from osvi._transport.httpx_pool import HttpxPool
from osvi._transport.shared_pool import SharedPool
from osvi.errors import OSVIError

# The faults of `Sandbox.fail(error=...)`, each with the exception of httpx that it raises in process. Over a socket,
# `_break_connection` of `osvi._sandbox.server` causes them.
TransportFault = Literal["refused", "reset", "timeout"]
FAULTS: Final[Mapping[TransportFault, tuple[type[httpx.TransportError], str]]] = {
    "refused": (httpx.ConnectError, "connection refused (by the sandbox)"),
    "reset": (httpx.ReadError, "connection reset by peer (the sandbox)"),
    "timeout": (httpx.ReadTimeout, "the read timed out (in the sandbox)"),
}


@attrs.frozen
class Received:
    """A request to a sandbox.

    Attributes:
        method: The HTTP method.
        target: The path and the query, percent-encoded.
        headers: The headers.
        content: The body.
    """

    method: str
    target: str
    headers: httpx.Headers = attrs.field(converter=httpx.Headers, repr=False)
    content: bytes


def _by_names_in_lower_case(headers: Mapping[str, str]) -> httpx.Headers:
    # Of two headers of the same name, the later one is that of a test, which replaces ours.
    return httpx.Headers({name.lower(): value for name, value in headers.items()})


@attrs.frozen
class Reply:
    """The reply of a sandbox: a response, or a fault in its place."""

    status: int = 200
    body: bytes = b""
    headers: Mapping[str, str] = attrs.field(factory=dict, converter=_by_names_in_lower_case)
    fault: TransportFault | None = None


def mock_transport(receive: Callable[[Received], Reply]) -> httpx.MockTransport:
    """Return a transport for either client. It answers each request with the reply that ``receive`` returns."""

    def handle(request: httpx.Request) -> httpx.Response:
        target = request.url.raw_path.decode("ascii")
        reply = receive(Received(request.method, target, request.headers, request.content))
        if reply.fault is not None:
            error, text = FAULTS[reply.fault]
            raise error(text, request=request)
        return httpx.Response(reply.status, headers=reply.headers, content=reply.body)

    return httpx.MockTransport(handle)


def in_process(receive: Callable[[Received], Reply], token: str) -> Callable[[Any], Any]:
    """Return a replacement for `SharedPool.get`, with which ``receive`` answers clients that have no ``transport=``.

    ``receive`` gets each request with ``token``, and without the path of the client's base URL. An async pool belongs
    to the event loop that first uses this replacement.
    """
    sandbox, get = HttpxPool(None, mock_transport(receive)), SharedPool.get
    loops: WeakKeyDictionary[Any, SimpleNamespace] = WeakKeyDictionary()

    def exchange(request: Request) -> Response | OSVIError:
        options = attrs.evolve(request.options, base_url="http://sandbox")
        return sandbox.exchange(attrs.evolve(request, options=options, token=token_secret(token)))

    def pool_of(shared: SharedPool[Any]) -> Any:
        pool = get(shared)
        if pool.network is None:  # the user has passed a transport
            return pool

        async def exchange_async(request: Request) -> Response | OSVIError:
            bind(loops.setdefault(pool, SimpleNamespace(loop=None)))
            return exchange(request)

        return SimpleNamespace(exchange=exchange_async if inspect.iscoroutinefunction(pool.exchange) else exchange)

    return pool_of
