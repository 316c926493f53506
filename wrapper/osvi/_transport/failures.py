"""The errors of this package for the exceptions of the I/O libraries."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import httpx

from osvi._core.answers import redact_arguments
from osvi.errors import ConfigurationError, OSVIError, RequestTimeoutError, TransportError

if TYPE_CHECKING:
    from osvi._core.call import Call
    from osvi._transport.origin import Network

# The exceptions of httpx, and those of a resolver, which httpx does not convert.
_FAILURES: Final = (httpx.HTTPError, httpx.InvalidURL, httpx.StreamError, OSError, UnicodeError)

# The exceptions that are raised before there is a connection.
_NOT_SENT: Final = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout, httpx.ProxyError)


def osvi_error(error: BaseException, call: Call[Any], network: Network | None, *, is_closed: bool) -> OSVIError:
    """Return the error of this package for an exception of an I/O library, with its class name and its text.

    Raises:
        BaseException: The exception comes from a user's transport, is a bug, or ends the thread or task. It is raised
            without the parts that hold the token.
    """
    if is_closed and isinstance(error, Exception):
        return ConfigurationError("the client was closed while it was used; make a new one")
    # httpcore does not convert the exceptions of socksio, an optional package.
    if not isinstance(error, _FAILURES) and not type(error).__module__.startswith("socksio."):
        _drop_traceback(error)
        raise error
    text = " ".join(call.redact(str(error) or str(error.__cause__ or "")).split())
    text = ": ".join(filter(None, (type(error).__name__, redact_arguments(call.operation.private_texts, text))))
    if network is not None and network.proxy is not None:
        text = f"{text}, through {network.proxy}"
    result = TransportError(f"{call.operation.name}: no answer ({text})")
    if isinstance(error, httpx.TimeoutException | TimeoutError):
        result = RequestTimeoutError(f"{call.operation.name}: no answer within {call.passed_timeout()} ({text})")
    result.was_sent = not isinstance(error, _NOT_SENT)
    return result


def _drop_traceback(error: BaseException) -> None:
    """Remove the parts of an exception that hold the token: its frames, causes, requests and responses."""
    error.__traceback__ = error.__cause__ = error.__context__ = None
    for name, value in vars(error).items():
        if isinstance(value, httpx.Request):
            vars(error)[name] = httpx.Request("GET", "")
        elif isinstance(value, httpx.Response):
            vars(error)[name] = httpx.Response(value.status_code)
    if isinstance(error, BaseExceptionGroup):
        for member in error.exceptions:
            _drop_traceback(member)
