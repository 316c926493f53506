"""Between httpx and the rest: what came becomes an `Answer` or a `TransportError`, and nothing of httpx goes further.

An httpx request carries the token in its header, an httpx exception its request. So neither leaves this module.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, overload

import httpx

from osvi._answers import Answer, without
from osvi._auth import HEADER
from osvi.errors import ConfigurationError, OSVIError, RequestTimeoutError, TransportError

if TYPE_CHECKING:
    from osvi._calls import Call

# What a client may meet while it sends and reads. OSError and UnicodeError: httpcore lets some of a resolver's through.
FAILURES: Final = (httpx.HTTPError, httpx.InvalidURL, httpx.StreamError, OSError, UnicodeError)


class Body:
    """Collects the body of a response, up to a limit in bytes, counted after decompression, and one in time."""

    def __init__(self, status: int, headers: httpx.Headers, call: Call[Any]) -> None:
        self._status: Final = status
        self._headers: Final = headers
        self._call: Final = call
        self._chunks: list[bytes] = []
        self._size = 0
        self._unreadable = ""

    def begin(self) -> None:
        """Refuse what must not even be read.

        Raises:
            httpx.DecodingError: the body is compressed more than once: a kilobyte of that fills any memory.
        """
        if "," in self._headers.get("content-encoding", ""):
            raise httpx.DecodingError("a body compressed more than once")

    def add(self, chunk: bytes) -> None:
        """Take a chunk.

        Raises:
            httpx.DecodingError: the body is larger than the limit.
            httpx.ReadTimeout: the time of the call is over, though no single read took too long.
        """
        self._size += len(chunk)
        if self._size > self._call.settings.max_response_bytes:
            raise httpx.DecodingError(f"a body of more than {self._call.settings.max_response_bytes} bytes")
        if self._call.remaining() <= 0:
            raise httpx.ReadTimeout("the body was still coming")
        self._chunks.append(chunk)

    def fail(self, error: httpx.DecodingError) -> None:
        """Note that the body cannot be read, which says something of the answer, and nothing of the connection."""
        self._unreadable = "a body whose compression is broken" if error.__cause__ else str(error)

    def answer(self) -> Answer:
        """Return what came, without the token."""
        redact = self._call.token.redact
        raw = self._headers.raw
        clean = [(name, redact(value)) for name, value in raw]
        return Answer(
            self._status,
            self._headers if clean == raw else httpx.Headers(clean),
            redact(b"".join(self._chunks)),
            self._unreadable,
        )


def pin(response: httpx.Response) -> None:
    """Keep ``client.generated`` from following a redirect, even when asked to: its target becomes an extension.

    httpx would copy our header to another origin.
    """
    if response.is_redirect and "location" in response.headers:
        response.extensions["location"] = response.headers.pop("location")


async def apin(response: httpx.Response) -> None:
    """Do what `pin` does, as the hook of an async client."""
    pin(response)


def request(call: Call[Any], base_url: str, headers: httpx.Headers) -> httpx.Request:
    """Return the request of a call.

    Not through httpx's build_request(), which parses the URL three times over and merges settings that never change:
    that would cost more than all the rest of this package.
    """
    options = dict(call.operation.request)
    remaining, phase = call.times()
    return httpx.Request(
        url=target(options, base_url),
        headers=[*headers.raw, *options.pop("headers", {}).items(), (HEADER.encode(), call.token.get().encode())],
        # Waiting for one of our own connections says nothing of the server, so it may take all the time that is left.
        extensions={"timeout": {"connect": phase, "read": phase, "write": phase, "pool": remaining}},
        **options,
    )


def target(options: dict[str, Any], base_url: str) -> str:
    """Take path and parameters out of the options of a request, and return the URL that they make."""
    url = f"{base_url}{options.pop('url')}"
    params = options.pop("params", None)
    return f"{url}?{httpx.QueryParams(params)}" if params else url


def failure(error: Exception, call: Call[Any], *, closed: bool) -> OSVIError:
    """Return the error of ours for one of httpx's: its kind and its text, and nothing else of it."""
    if closed:
        return ConfigurationError("the client was closed while it was used; make a new one")
    text = str(error) or str(error.__cause__ or "")
    text = " ".join(call.token.redact(text.encode("utf-8", "replace")).decode().split())
    said = ": ".join(filter(None, (type(error).__name__, without(call.operation.private, text))))
    if isinstance(error, httpx.TimeoutException | TimeoutError):
        return RequestTimeoutError(f"{call.operation.endpoint.name}: no answer within {call.limit()} ({said})")
    return TransportError(f"{call.operation.endpoint.name}: no answer ({said})")


def strip(error: BaseException) -> None:
    """Take the frames of httpx off an exception that passes through: a cancellation, an interrupt.

    Their local variables hold the request, and with it the token.
    """
    if not isinstance(error, Exception):
        error.__traceback__ = error.__cause__ = error.__context__ = None


@overload
def wire(client: httpx.Client, base_url: httpx.URL) -> httpx.BaseTransport: ...
@overload
def wire(client: httpx.AsyncClient, base_url: httpx.URL) -> httpx.AsyncBaseTransport: ...
def wire(
    client: httpx.Client | httpx.AsyncClient, base_url: httpx.URL
) -> httpx.BaseTransport | httpx.AsyncBaseTransport:
    """Return what sends the requests of our calls: the client's own transport, or that of the environment's proxy.

    Without the client above it, which would keep cookies, look for redirects to follow and log the customer id, and
    with all that takes as long as this package does.
    """
    return client._transport_for_url(base_url)  # noqa: SLF001 - httpx has no public name for it; a test holds it
