"""The sandbox in process: as the transport of one client, and in place of the connections of every client."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any, Final, Literal

import attrs
import httpx
from osvi_openapi.spec import TOKEN_HEADER

from osvi._core.call import current_call
from osvi._transport.httpx_pool import HttpxPool

if TYPE_CHECKING:
    from osvi._core.answers import RawAnswer
    from osvi._core.call import Call
    from osvi.errors import OSVIError

# The faults of `Sandbox.fail(error=...)`, each with the error of httpx that it raises in process. Over a socket,
# `_break_connection` of `osvi._sandbox.server` does them.
TransportFault = Literal["refused", "reset", "timeout"]
FAULTS: Final[Mapping[TransportFault, tuple[type[httpx.TransportError], str]]] = {
    "refused": (httpx.ConnectError, "connection refused (by the sandbox)"),
    "reset": (httpx.ReadError, "connection reset by peer (the sandbox)"),
    "timeout": (httpx.ReadTimeout, "the read timed out (in the sandbox)"),
}


@attrs.frozen
class Received:
    """A request that a sandbox is to answer.

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


@attrs.frozen
class Reply:
    """What a sandbox answers: a response, or a fault in place of one."""

    status: int = 200
    body: bytes = b""
    headers: Mapping[str, str] = attrs.field(factory=dict)
    fault: TransportFault | None = None


def mock_transport(answer: Callable[[Received], Reply]) -> httpx.MockTransport:
    """Return a transport, for either client, that answers each request with what the function returns."""

    def handle(request: httpx.Request) -> httpx.Response:
        target = request.url.raw_path.decode("ascii")
        reply = answer(Received(request.method, target, request.headers, request.content))
        if reply.fault is not None:
            error, text = FAULTS[reply.fault]
            raise error(text, request=request)
        return httpx.Response(reply.status, headers=dict(reply.headers), content=reply.body)

    return httpx.MockTransport(handle)


def in_process(answer: Callable[[Received], Reply], token: str) -> Callable[[Any], Any]:
    """Return a function in place of `route`: it answers every client but those with a transport of their own.

    ``answer`` gets each request with ``token``, and without the path of the client's base URL.
    """

    def answer_call(received: Received) -> Reply:
        call: Any = current_call.get()
        received.headers[TOKEN_HEADER] = token
        return answer(attrs.evolve(received, target=call.operation.url))

    pool = HttpxPool(None, mock_transport(answer_call))

    async def exchange(call: Call[Any]) -> RawAnswer | OSVIError:
        return pool.exchange(call)

    async_pool = SimpleNamespace(exchange=exchange)

    def route(replaced: Any) -> Any:
        if replaced.network is None:
            return replaced
        return async_pool if inspect.iscoroutinefunction(replaced.exchange) else pool

    return route
