"""A transport of httpx that a function answers: the sandbox in process."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final, Literal

import attrs
import httpx

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
