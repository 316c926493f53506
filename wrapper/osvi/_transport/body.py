"""The body of an answer, read within limits; and our error for each exception of an I/O library."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, Self

import httpx

from osvi._core.answers import RawAnswer, without_arguments
from osvi.errors import ConfigurationError, OSVIError, RequestTimeoutError, TransportError

if TYPE_CHECKING:
    from collections.abc import Iterable

    from osvi._core.call import Call
    from osvi._transport.origin import Network

# The exceptions of httpx, and those of a resolver, which it lets pass.
_FAILURES: Final = (httpx.HTTPError, httpx.InvalidURL, httpx.StreamError, OSError, UnicodeError)

# Raised before there is a connection.
NOT_SENT: Final = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout, httpx.ProxyError)


class Body:
    """Collects a body, up to a limit in bytes (after decompression) and in time.

    As a context manager, it records that a body cannot be decompressed: the answer is broken, not the connection.
    """

    def __init__(self, encoding: str, call: Call[Any]) -> None:
        self._call: Final = call
        self._chunks: list[bytes] = []
        self._size = 0
        # A kilobyte that is compressed twice can fill the memory.
        self.unreadable = "a body compressed more than once" if "," in encoding else ""

    def __enter__(self) -> Self:
        return self

    def __exit__(self, _: object, error: BaseException | None, __: object) -> bool:
        if isinstance(error, httpx.DecodingError):
            self.unreadable = "a body whose compression is broken" if error.__cause__ else str(error)
            return True
        return False

    def add(self, chunk: bytes) -> None:
        """Add a chunk.

        Raises:
            httpx.DecodingError: The body is larger than the limit.
            httpx.ReadTimeout: The deadline of the call has passed, while each read was within its timeout.
        """
        self._size += len(chunk)
        if self._size > self._call.options.max_response_bytes:
            raise httpx.DecodingError(f"a body of more than {self._call.options.max_response_bytes} bytes")
        if self._call.remaining() <= 0:
            raise httpx.ReadTimeout("the body was still coming")
        self._chunks.append(chunk)

    def answer(self, status: int, headers: Iterable[tuple[bytes, bytes]]) -> RawAnswer:
        """Return the answer, with the token replaced."""
        token, given = self._call.token, self._call.options.sent_headers
        return RawAnswer(
            status,
            token.redact(b"".join(self._chunks)),
            lambda: httpx.Headers([(name, given.redact(token.redact(value))) for name, value in headers]),
            self.unreadable,
            given.redact,
        )


def is_failure(error: Exception) -> bool:
    """Tell whether an exception means that there is no answer. Others are of a user's transport, or bugs."""
    # httpcore lets the exceptions of socksio pass, which is an optional package.
    return isinstance(error, _FAILURES) or type(error).__module__.startswith("socksio.")


def failure(error: Exception, call: Call[Any], network: Network | None, *, is_closed: bool) -> OSVIError:
    """Return our error for an exception of an I/O library, with its class name and its text."""
    if is_closed:
        return ConfigurationError("the client was closed while it was used; make a new one")
    text = " ".join(call.redact(str(error) or str(error.__cause__ or "")).split())
    text = ": ".join(filter(None, (type(error).__name__, without_arguments(call.operation.private, text))))
    if network is not None and network.proxy is not None:
        text = f"{text}, through {network.proxy}"
    made = TransportError(f"{call.operation.name}: no answer ({text})")
    if isinstance(error, httpx.TimeoutException | TimeoutError):
        made = RequestTimeoutError(f"{call.operation.name}: no answer within {call.passed_timeout()} ({text})")
    made.was_sent = not isinstance(error, NOT_SENT)
    return made


def drop_traceback(error: BaseException) -> None:
    """Remove from a foreign exception what holds the token: its frames, its causes, its request and its response."""
    error.__traceback__ = error.__cause__ = error.__context__ = None
    for name, value in vars(error).items():
        if isinstance(value, httpx.Request):
            vars(error)[name] = httpx.Request("GET", "")
        elif isinstance(value, httpx.Response):
            vars(error)[name] = httpx.Response(value.status_code)
    inner: Iterable[BaseException] = error.exceptions if isinstance(error, BaseExceptionGroup) else ()
    for one in inner:
        drop_traceback(one)
