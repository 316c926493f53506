"""The requests that a sandbox records, its replies, and the replies that a test has planned."""

from __future__ import annotations

import json
from collections import deque
from collections.abc import Callable, Mapping
from typing import Any, Final

import attrs
from osvi_runtime import EMPTY, Anything

from osvi._transport.mock import Reply


@attrs.frozen
class RecordedRequest:
    """A request that reached the sandbox.

    Attributes:
        method: The HTTP method.
        path: The path, percent-encoded, without the query.
        params: The query parameters, decoded. A repeated parameter has its last value.
        authenticated: Whether the request had the sandbox's token. The token itself is not recorded.
        content: The body. Empty if there was none.
        operation: The operation of the spec, such as "GET /v1/chat/session/active". None if the spec has no operation
            with this method and path.
        path_params: The parameters in the path, decoded.
        query: The query parameters, decoded, in the order of the request, including all values of repeated parameters.
        headers: The headers except that of the token, by their names in any case.
    """

    method: str
    path: str
    params: Mapping[str, str]
    authenticated: bool
    content: bytes = b""
    operation: str | None = attrs.field(default=None, eq=False)
    path_params: Mapping[str, str] = attrs.field(default=EMPTY, eq=False)
    query: tuple[tuple[str, str], ...] = attrs.field(default=(), eq=False)
    headers: Mapping[str, str] = attrs.field(default=EMPTY, eq=False, repr=False)

    @property
    def json(self) -> Any:
        """The body, parsed as JSON. None if there was none.

        Raises:
            ValueError: The body is not JSON.
        """
        return json.loads(self.content) if self.content else None


Handler = Callable[[RecordedRequest], Reply]
ReplyBody = bytes | str | Mapping[str, Any] | list[Any]
WITHOUT_BODY: Final = (204, 304)  # RFC 9110, 6.4.1


def error_body(code: str, message: str = "") -> dict[str, Any]:
    """Return the body of an error of the API."""
    return {"success": False, "error": code} | ({"message": message} if message else {})


def error_reply(status: int, code: str, message: str = "", headers: Mapping[str, str] | None = None) -> Reply:
    """Return a reply with an error of the API."""
    return reply(b"" if status in WITHOUT_BODY else error_body(code, message), status, headers)


def reply(body: ReplyBody, status: int | None = None, headers: Mapping[str, str] | None = None) -> Reply:
    """Return a reply with a body. Bytes and strings are sent as HTML, JSON, models and datetimes as JSON.

    Args:
        body: The body.
        status: The status. Default: 200.
        headers: Headers, which may replace the ``Content-Type``.

    Raises:
        ValueError: The status is not from 200 to 599, or has no body.
    """
    status = 200 if status is None else status
    if status not in range(200, 600):
        raise ValueError(f"a status is a number from 200 to 599, not {status!r}")
    if isinstance(body, bytes | str):
        content, kind = body if isinstance(body, bytes) else body.encode(), "text/html"
    else:
        content, kind = json.dumps(Anything.write(body, ())).encode(), "application/json"
    if content and status in WITHOUT_BODY:
        raise ValueError(f"an answer {status} has no body")
    return Reply(status, content, {"Content-Type": kind, **(headers or {})})


class Plan:
    """The answers that a test has planned: first the counted ones in order, then the unlimited one.

    May be shared between threads.
    """

    def __init__(self) -> None:
        self._counted: deque[Handler] = deque()
        self._unlimited: Handler | None = None

    def add(self, handler: Handler, times: int | None) -> None:
        """Add the handler of a number of requests. If the number is None, it replaces the unlimited one.

        Raises:
            ValueError: The number is not a whole number from 1 up.
        """
        if times is None:
            self._unlimited = handler
        elif type(times) is not int or times < 1:  # True is an int too
            raise ValueError(f"times must be a whole number from 1 up, or None for all requests, not {times!r}")
        else:
            self._counted.extend([handler] * times)

    def take(self) -> Handler | None:
        """Return the handler of the next request. None if no answer is planned."""
        try:
            return self._counted.popleft()
        except IndexError:
            return self._unlimited
