"""Between httpx and the rest: what came becomes an `Answer` or a `TransportError`, and nothing of httpx goes further.

An httpx request carries the token in its header, an httpx exception its request. So neither leaves this module.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import httpx

from osvi._answers import Answer, without
from osvi._auth import HEADER
from osvi.errors import RequestTimeoutError, TransportError

if TYPE_CHECKING:
    from osvi._auth import Secret
    from osvi._calls import Call

# What a client may meet while it sends and reads. OSError and UnicodeError: httpcore lets some of a resolver's through.
FAILURES: Final = (httpx.HTTPError, httpx.InvalidURL, httpx.StreamError, OSError, UnicodeError)


class Body:
    """Collects the body of a response, up to a limit that is counted after decompression."""

    def __init__(self, response: httpx.Response, limit: int) -> None:
        self._response: Final = response
        self._limit: Final = limit
        self._chunks: list[bytes] = []
        self._size = 0
        self._unreadable = ""

    def begin(self) -> None:
        """Refuse what must not even be read.

        Raises:
            httpx.DecodingError: the body is compressed more than once: a kilobyte of that fills any memory.
        """
        if "," in self._response.headers.get("content-encoding", ""):
            raise httpx.DecodingError("a body compressed more than once")

    def add(self, chunk: bytes) -> None:
        """Take a chunk.

        Raises:
            httpx.DecodingError: the body is larger than the limit.
        """
        self._size += len(chunk)
        if self._size > self._limit:
            raise httpx.DecodingError(f"a body of more than {self._limit} bytes")
        self._chunks.append(chunk)

    def fail(self, error: httpx.DecodingError) -> None:
        """Note that the body cannot be read, which says something of the answer, and nothing of the connection."""
        self._unreadable = "a body whose compression is broken" if error.__cause__ else str(error)

    def answer(self, token: Secret) -> Answer:
        """Return what came, without the token."""
        headers = self._response.headers
        if location := self._response.extensions.get("location"):
            headers["location"] = location
        raw = headers.raw
        clean = [(name, token.redact(value)) for name, value in raw]
        return Answer(
            self._response.status_code,
            headers if clean == raw else httpx.Headers(clean),
            token.redact(b"".join(self._chunks)),
            self._unreadable,
        )


def pin(response: httpx.Response) -> None:
    """Keep httpx from following, or even parsing, a redirect: its target becomes an extension of the response.

    httpx copies our header to another origin, and raises on a target that is no URL before anybody sees the status.
    """
    if response.is_redirect and "location" in response.headers:
        response.extensions["location"] = response.headers.pop("location")


async def apin(response: httpx.Response) -> None:
    """Do what `pin` does, as the hook of an async client."""
    pin(response)


def request(call: Call[Any], base_url: str, headers: httpx.Headers, token: Secret) -> httpx.Request:
    """Return the request of a call.

    Not through httpx's build_request(), which parses the URL three times over and merges settings that never change:
    that would cost more than all the rest of this package.
    """
    options = dict(call.operation.request)
    url = f"{base_url}{options.pop('url')}"
    if params := options.pop("params", None):
        url = f"{url}?{httpx.QueryParams(params)}"
    seconds = call.timeout()
    return httpx.Request(
        url=url,
        headers=[*headers.raw, *options.pop("headers", {}).items(), (HEADER.encode(), token.get().encode())],
        extensions={"timeout": {"connect": seconds, "read": seconds, "write": seconds, "pool": seconds}},
        **options,
    )


def failure(error: Exception, call: Call[Any], token: Secret) -> TransportError:
    """Return the error of ours for one of httpx's: its kind and its text, and nothing else of it."""
    text = str(error) or str(error.__cause__ or "")
    text = token.redact(text.encode("utf-8", "replace")).decode()
    kind = type(error).__name__
    said = without(call.operation.customer_id, " ".join(text.split()))
    if isinstance(error, httpx.TimeoutException | TimeoutError):
        return RequestTimeoutError(
            f"{call.operation.name}: no answer within {call.limits()} ({kind}{said and ': ' + said})"
        )
    return TransportError(f"{call.operation.name}: no answer ({kind}{said and ': ' + said})")
