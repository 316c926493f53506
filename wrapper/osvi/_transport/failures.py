"""The failures of connections, from the exceptions of httpx; what is no failure passes without what holds the token."""

from __future__ import annotations

import traceback
from typing import TYPE_CHECKING, Final

import httpx

from osvi._core.http import Failure

if TYPE_CHECKING:
    from osvi._core.http import Request
    from osvi._transport.pool import Pool

# The exceptions of httpx, and those of a resolver, which httpx does not convert.
_FAILURES: Final = (httpx.HTTPError, httpx.InvalidURL, httpx.StreamError, OSError, UnicodeError)

# The exceptions that are raised before there is a connection.
_NOT_SENT: Final = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout, httpx.ProxyError)


def failure(error: BaseException, request: Request, pool: Pool) -> Failure:
    """Return the failure of a connection for the exception that a pool has caught.

    Raises:
        BaseException: The exception comes from a user's transport, is a bug, or ends the thread or task. It is raised
            without the parts that hold the token.
    """
    was_closed = pool.is_closed and isinstance(error, Exception)
    # httpcore does not convert the exceptions of socksio, an optional package.
    if not (was_closed or isinstance(error, _FAILURES) or type(error).__module__.startswith("socksio.")):
        _cut(error, request)
        raise error
    is_of_a_user = pool.network is None and not isinstance(error, httpx.HTTPError)
    return Failure(
        kind=type(error).__name__,
        text=str(error) or str(error.__cause__ or ""),
        was_sent=not isinstance(error, _NOT_SENT),
        is_timeout=isinstance(error, httpx.TimeoutException | TimeoutError),
        proxy=None if pool.network is None or pool.network.proxy is None else str(pool.network.proxy),
        was_closed=was_closed,
        origin=_origin(error, request) if is_of_a_user else "",
    )


_NOTE: Final = "osvi has cut the frames and the causes of this exception, since they hold the request. It came from"


def _cut(error: BaseException, request: Request) -> None:
    """Remove the parts of an exception that hold the token: its frames, causes, requests and responses.

    A note describes the frames and the causes. The first note stays if the same exception is raised again.
    """
    if not any(note.startswith(_NOTE) for note in getattr(error, "__notes__", ())):
        error.add_note(_origin(error, request))
    error.__traceback__ = error.__cause__ = error.__context__ = None
    for name, value in vars(error).items():
        if isinstance(value, httpx.Request):
            vars(error)[name] = httpx.Request("GET", "")
        elif isinstance(value, httpx.Response):
            vars(error)[name] = httpx.Response(value.status_code)
    if isinstance(error, BaseExceptionGroup):
        for member in error.exceptions:
            _cut(member, request)


def _origin(error: BaseException, request: Request) -> str:
    """Return the file, line and function of each frame of an exception, and the class and the text of each cause."""
    lines = [_NOTE]
    seen: set[int] = set()
    one: BaseException | None = error
    while one is not None and id(one) not in seen:
        if seen:
            text = " ".join(request.redact(str(one)).split())
            lines.append(f"caused by {type(one).__module__}.{type(one).__qualname__}: {text}, from")
        lines += [
            f'  File "{frame.f_code.co_filename}", line {number}, in {frame.f_code.co_qualname}'
            for frame, number in traceback.walk_tb(one.__traceback__)
        ]
        seen.add(id(one))
        one = one.__cause__ or (None if one.__suppress_context__ else one.__context__)
    return "\n".join(lines)
