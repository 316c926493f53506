"""The failures of connections, from the exceptions of httpx; what is no failure passes without what holds the token."""

from __future__ import annotations

import traceback
from collections.abc import Iterator
from typing import Final
from urllib.parse import urlsplit

import httpx

from osvi._core.http import MIN_TIMEOUT, Request
from osvi._transport.pool import Pool
from osvi.errors import ConfigurationError, OSVIError, RequestTimeoutError, TransportError

# The exceptions of httpx, and those of a resolver, which httpx does not convert.
_FAILURES: Final = (httpx.HTTPError, httpx.InvalidURL, httpx.StreamError, OSError, UnicodeError)

# The exceptions that are raised before there is a connection.
_NOT_SENT: Final = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout, httpx.ProxyError)


def failure(error: BaseException, request: Request, pool: Pool) -> OSVIError:
    """Return the error of a call for the exception that a pool has caught.

    Raises:
        BaseException: The exception comes from a user's transport, is a bug, or ends the thread or task. It is raised
            without the parts that hold the token.
    """
    if pool.is_closed and isinstance(error, Exception):
        return ConfigurationError("the client was closed while it was used; make a new one")
    # httpcore does not convert the exceptions of socksio, an optional package.
    if not (isinstance(error, _FAILURES) or type(error).__module__.startswith("socksio.")):
        _cut(error, request)
        raise error
    reason = _reason(error, request, pool)
    is_timeout = isinstance(error, httpx.TimeoutException | TimeoutError)
    within = f" within {_passed_timeout(request)}" if is_timeout else ""
    text = f"{request.operation.name}: no answer from {urlsplit(request.options.base_url).netloc}{within} ({reason})"
    result = RequestTimeoutError(text) if is_timeout else TransportError(text)
    result.reason = reason
    result.was_sent = not isinstance(error, _NOT_SENT)
    if pool.network is None and not isinstance(error, httpx.HTTPError):  # it may be a bug of a user's transport
        result.add_note(_origin(error, request))
    return result


def _reason(error: BaseException, request: Request, pool: Pool) -> str:
    """Return the class of an exception, and what it says: the words of the system if the system is the cause."""
    network = pool.network
    said = "; ".join(dict.fromkeys(str(root) for root in _roots(error) if isinstance(root, OSError)))
    words = request.library_text(
        said or str(error),
        of_system=bool(said) and network is not None,  # the transport of a user may put anything into an OSError
    )
    reason = f"{type(error).__name__}: {words}".rstrip(": ")
    return f"{reason}, through {network.proxy_name}" if network is not None and network.proxy else reason


def _roots(error: BaseException) -> Iterator[BaseException]:
    """Yield the exceptions with which the chains of causes of an exception begin: several, if one cause is a group."""
    chain = [error]
    for cause in chain:  # which grows
        # httpcore raises its exceptions again `from None`, which leaves their causes as contexts. Another context may
        # be what the user was handling when the call began.
        behind = [cause.__cause__ or (cause.__context__ if cause.__suppress_context__ else None)]
        if isinstance(cause, BaseExceptionGroup):
            behind += cause.exceptions
        new = [link for link in behind if link is not None and link not in chain]
        chain += new
        if not new:
            yield cause


def _passed_timeout(request: Request) -> str:
    if request.remaining() <= MIN_TIMEOUT:
        return f"the total_timeout of {request.options.total_timeout:g} s"
    return f"the timeout of {request.options.timeout:g} s"


_NOTE: Final = "osvi has cut the frames and the causes of this exception, since they hold the request. It came from"


def _cut(error: BaseException, request: Request) -> None:
    """Remove the parts of an exception that hold the token: its frames, causes, requests and responses.

    A note describes the frames and the causes. The first note stays if the same exception is raised again.
    """
    if not any(note.startswith(_NOTE) for note in getattr(error, "__notes__", ())):
        error.add_note(_origin(error, request))
    error.__traceback__ = error.__cause__ = error.__context__ = None
    for name, value in vars(error).items():
        if isinstance(value, httpx.Request | httpx.Response):
            vars(error)[name] = None
    if isinstance(error, BaseExceptionGroup):
        for member in error.exceptions:
            _cut(member, request)


def _origin(error: BaseException, request: Request) -> str:
    """Return the file, line and function of each frame of an exception, and the class and the text of each cause."""
    lines, chain = [_NOTE], [error]
    for cause in chain:  # which grows
        if cause is not error:
            text = request.library_text(str(cause))
            lines.append(f"caused by {type(cause).__module__}.{type(cause).__qualname__}: {text}, from")
        lines += [
            f'  File "{frame.f_code.co_filename}", line {number}, in {frame.f_code.co_qualname}'
            for frame, number in traceback.walk_tb(cause.__traceback__)
        ]
        # What a traceback of Python would show, unlike `_roots`.
        behind = cause.__cause__ or (None if cause.__suppress_context__ else cause.__context__)
        if behind is not None and behind not in chain:
            chain.append(behind)
    return "\n".join(lines)
