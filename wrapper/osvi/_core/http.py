"""What goes down to a pool for one attempt, a `Request`, and what comes up: a `Response`, or a `Failure`."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterable
from typing import Final

import attrs

from osvi._core.token import Secret

MIN_TIMEOUT: Final = 0.001  # seconds; of an attempt that begins at the deadline, since httpx refuses 0


@attrs.frozen(eq=False, repr=False)
class Request:
    """The request of one attempt, with its limits.

    Attributes:
        operation: The method and the path, as in ``openapi.yaml``: "GET /v1/chat/session/active".
        method: The HTTP method.
        base_url: The URL of the API, without a slash at its end.
        target: The path and the query, percent-encoded, to be appended to the base URL.
        headers: All headers but those of the connection. They hold the token.
        content: The body. None for a request without one.
        deadline: The time of `time.monotonic` at which the call ends.
        timeout: Seconds for each phase.
        max_response_bytes: The limit of the body of the answer in bytes, after decompression.
        redact: Returns a text without the token, the headers of the user and the arguments of the operation.
    """

    operation: str
    method: str
    base_url: str
    target: str
    headers: Secret[list[tuple[str, str]]]
    content: bytes | None
    deadline: float
    timeout: float
    max_response_bytes: int
    redact: Callable[[str], str]

    @property
    def url(self) -> str:
        """The URL."""
        return f"{self.base_url}{self.target}"

    @property
    def redacted_url(self) -> str:
        """The URL, with the names of the arguments in place of their values."""
        path = self.operation.partition(" ")[2].replace("{", "[").replace("}", "]")
        query = re.sub(r"([^&=]+)=[^&]*", r"\1=[\1]", self.target.partition("?")[2])
        return f"{self.base_url}{path}{query and '?'}{query}"

    def remaining(self) -> float:
        """Return the seconds until the deadline. The number is negative if it has passed."""
        return self.deadline - time.monotonic()

    def timeouts(self) -> tuple[float, float]:
        """Return the timeouts in seconds: that of the attempt, and that of each of its phases."""
        remaining = max(self.remaining(), MIN_TIMEOUT)
        return remaining, min(self.timeout, remaining)


@attrs.frozen(eq=False, repr=False)
class Response:
    """A response whose body has been read.

    Attributes:
        status: The HTTP status.
        headers: The headers, as the server sent them.
        body: The body, decompressed.
        unreadable: A description of a body that could not be read: too large, or its compression is broken. Empty if it
            could be read.
    """

    status: int
    headers: Iterable[tuple[bytes, bytes]]
    body: bytes
    unreadable: str = ""


@attrs.frozen(eq=False, repr=False)
class Failure:
    """The reason why there is no response.

    Attributes:
        kind: The class of httpx for such a failure: "ConnectError".
        text: What the library says. It may contain what is private.
        was_sent: Whether the request may have reached the server.
        is_timeout: Whether a timeout has passed.
        proxy: The proxy in between. None if there is none.
        was_closed: Whether the pool was closed in the meantime.
        origin: The frames and the causes of an exception that may be a bug of a user's transport. Empty for others.
    """

    kind: str
    text: str
    was_sent: bool
    is_timeout: bool
    proxy: str | None = None
    was_closed: bool = False
    origin: str = ""
