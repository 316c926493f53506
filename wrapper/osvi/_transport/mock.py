"""The sandbox in process: a transport of httpx, or a pool in place of a client's own, that a function answers."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, Final, Literal

import attrs
import httpx
from osvi_openapi.spec import TOKEN_HEADER

from osvi._transport.body import Body, failure

if TYPE_CHECKING:
    from osvi._core.answers import RawAnswer
    from osvi._core.call import Call
    from osvi.errors import OSVIError

TransportFault = Literal["refused", "reset", "timeout"]
_ERRORS: Final[Mapping[TransportFault, tuple[type[httpx.TransportError], str]]] = {
    "refused": (httpx.ConnectError, "connection refused (by the sandbox)"),
    "reset": (httpx.ReadError, "connection reset by peer (the sandbox)"),
    "timeout": (httpx.ReadTimeout, "the read timed out (in the sandbox)"),
}


@attrs.frozen
class Received:
    """A request as it came.

    Attributes:
        path: Percent-encoded, without the query.
        query: Percent-encoded.
        headers: By their names in lower case.
    """

    method: str
    path: str
    query: str
    headers: Mapping[str, str] = attrs.field(repr=False)
    content: bytes


@attrs.frozen
class Reply:
    """What the sandbox answers, or the way in which it does not."""

    status: int = 200
    body: bytes = b""
    headers: Mapping[str, str] = attrs.field(factory=dict)
    fault: TransportFault | None = None


def mock_transport(answer: Callable[[Received], Reply]) -> httpx.MockTransport:
    """Return a transport, for either client, that answers each request with what the function returns."""

    def handle(request: httpx.Request) -> httpx.Response:
        path, _, query = request.url.raw_path.decode("ascii").partition("?")
        reply = answer(Received(request.method, path, query, dict(request.headers), request.content))
        if reply.fault is not None:
            error, text = _ERRORS[reply.fault]
            raise error(text, request=request)
        return httpx.Response(reply.status, headers=dict(reply.headers), content=reply.body)

    return httpx.MockTransport(handle)


class _Pool:
    """Answers the attempts of a client without any I/O, whatever its token and its base URL."""

    is_closed = False
    is_connected = False

    def __init__(self, answer: Callable[[Received], Reply], token: str) -> None:
        self._answer: Final = answer
        self._token: Final = token

    def exchange(self, call: Call[Any]) -> Any:
        """Return the answer, or the error that stands for none."""
        operation = call.operation
        path, _, query = operation.url.partition("?")
        headers = (*call.options.sent_headers.get(), *operation.headers.items(), (TOKEN_HEADER, self._token))
        by_name = {name.lower(): value for name, value in headers}
        reply = self._answer(Received(operation.method, path, query, by_name, operation.content or b""))
        if reply.fault is not None:
            error, text = _ERRORS[reply.fault]
            return failure(error(text), call, None, is_closed=False)
        with Body("", call) as body:
            body.add(reply.body)
        return body.answer(reply.status, httpx.Headers(dict(reply.headers)).raw)


class _AsyncPool(_Pool):
    async def exchange(self, call: Call[Any]) -> RawAnswer | OSVIError:
        made: RawAnswer | OSVIError = super().exchange(call)
        return made


def in_process(answer: Callable[[Received], Reply], token: str) -> Callable[[Any], Any]:
    """Return a function in place of `route`: it answers every client but those with a transport of their own."""
    sync, async_ = _Pool(answer, token), _AsyncPool(answer, token)

    def route(pool: Any) -> Any:
        if pool.network is None:
            return pool
        return async_ if inspect.iscoroutinefunction(pool.exchange) else sync

    return route
