"""The body of an answer, read within limits; and the error of ours for each exception of an I/O library."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, Self

import httpx

from osvi._core.answers import RawAnswer, without_arguments
from osvi.errors import ConfigurationError, OSVIError, RequestTimeoutError, TransportError

if TYPE_CHECKING:
    from collections.abc import Iterable

    from osvi._core.call import Call
    from osvi._transport.origin import Network

# What httpx raises, and what it lets through of a resolver.
_FAILURES: Final = (httpx.HTTPError, httpx.InvalidURL, httpx.StreamError, OSError, UnicodeError)

# What is raised before a connection is there.
NOT_SENT: Final = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout, httpx.ProxyError)


class Body:
    """Collects a body up to a limit in bytes, counted after decompression, and one in time.

    As a context manager, it notes that the body cannot be decompressed: that is a fault of the answer, not of the
    connection.
    """

    def __init__(self, encoding: str, call: Call[Any]) -> None:
        self._call: Final = call
        self._chunks: list[bytes] = []
        self._size = 0
        # A kilobyte that was compressed more than once fills any memory.
        self.unreadable = "a body compressed more than once" if "," in encoding else ""

    def __enter__(self) -> Self:
        return self

    def __exit__(self, _: object, error: BaseException | None, __: object) -> bool:
        if isinstance(error, httpx.DecodingError):
            self.unreadable = "a body whose compression is broken" if error.__cause__ else str(error)
            return True
        return False

    def add(self, chunk: bytes) -> None:
        """Take a chunk.

        Raises:
            httpx.DecodingError: The body is larger than the limit.
            httpx.ReadTimeout: The time of the call is over, though no single read took too long.
        """
        self._size += len(chunk)
        if self._size > self._call.options.max_response_bytes:
            raise httpx.DecodingError(f"a body of more than {self._call.options.max_response_bytes} bytes")
        if self._call.remaining() <= 0:
            raise httpx.ReadTimeout("the body was still coming")
        self._chunks.append(chunk)

    def answer(self, status: int, headers: Iterable[tuple[bytes, bytes]]) -> RawAnswer:
        """Return the answer, without the token."""
        token, given = self._call.token, self._call.options.sent_headers
        return RawAnswer(
            status,
            token.redact(b"".join(self._chunks)),
            lambda: httpx.Headers([(name, given.redact(token.redact(value))) for name, value in headers]),
            self.unreadable,
            given.redact,
        )


def is_failure(error: Exception) -> bool:
    """Tell whether an exception means that no answer came; others are of the user's transport, or faults of ours."""
    # httpcore lets those of a proxy through that does not speak SOCKS. Their package is an extra of httpx.
    return isinstance(error, _FAILURES) or type(error).__module__.startswith("socksio.")


def failure(error: Exception, call: Call[Any], network: Network | None, *, is_closed: bool) -> OSVIError:
    """Return the error of ours for one of an I/O library: its kind and its text, and nothing else of it."""
    if is_closed:
        return ConfigurationError("the client was closed while it was used; make a new one")
    text = " ".join(call.redact(str(error) or str(error.__cause__ or "")).split())
    text = ": ".join(filter(None, (type(error).__name__, without_arguments(call.operation.private, text))))
    if network is not None and network.proxy is not None:
        text = f"{text}, through {network.proxy}"
    made = TransportError(f"{call.operation.name}: no answer ({text})")
    if isinstance(error, httpx.TimeoutException | TimeoutError):
        made = RequestTimeoutError(f"{call.operation.name}: no answer within {call.limit()} ({text})")
    made.was_sent = not isinstance(error, NOT_SENT)
    return made


def drop_traceback(error: BaseException) -> None:
    """Take what holds the token off an exception that is not ours and passes through: frames, request and response."""
    error.__traceback__ = error.__cause__ = error.__context__ = None
    for name, value in vars(error).items():
        if isinstance(value, httpx.Request):
            vars(error)[name] = httpx.Request("GET", "")
        elif isinstance(value, httpx.Response):
            vars(error)[name] = httpx.Response(value.status_code)
    inner: Iterable[BaseException] = error.exceptions if isinstance(error, BaseExceptionGroup) else ()
    for one in inner:
        drop_traceback(one)
