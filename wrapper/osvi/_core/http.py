"""What goes down to a pool for one attempt, a `Request`, and what comes up: a `Response`, if not an error."""

from __future__ import annotations

import re
import time
from collections.abc import Iterable, Mapping
from functools import cached_property
from typing import Any, Final

import attrs
from httpx import Headers
from osvi_openapi.spec import TOKEN_HEADER
from osvi_runtime import Operation, printable

from osvi._core.options import Options
from osvi._core.redaction import redact_arguments, redact_library_text
from osvi._core.token import Secret

MIN_TIMEOUT: Final = 0.001  # seconds; of an attempt that begins at the deadline, since httpx refuses 0
_EXAMINED: Final = 100_000  # characters of a text; what is shown is much shorter
_SHOWN: Final = 500


@attrs.frozen(eq=False, repr=False)
class Request:
    """The request of one attempt. It holds all that is secret in the attempt, and removes that from texts.

    Attributes:
        operation: The operation, with its arguments.
        options: The options of the client, with the headers of the user.
        token: The token.
        deadline: The time of `time.monotonic` at which the call ends.
    """

    operation: Operation[Any]
    options: Options
    token: Secret[str]
    deadline: float

    @property
    def url(self) -> str:
        """The URL."""
        return f"{self.options.base_url}{self.operation.url}"

    @property
    def redacted_url(self) -> str:
        """The URL, with the names of the arguments in place of their values."""
        path = self.operation.name.partition(" ")[2].replace("{", "[").replace("}", "]")
        query = re.sub(r"([^&=]+)=[^&]*", r"\1=[\1]", self.operation.url.partition("?")[2])
        return f"{self.options.base_url}{path}{query and '?'}{query}"

    def headers(self) -> list[tuple[str, str]]:
        """Return all headers but those of the connection. Callers do not keep them in a local variable."""
        of_user, of_operation = self.options.sent_headers.get(), self.operation.headers.items()
        constant = [("Accept", "application/json"), ("Accept-Encoding", "gzip, deflate")]
        return [*constant, *of_user, *of_operation, (TOKEN_HEADER, self.token.get())]

    def remaining(self) -> float:
        """Return the seconds until the deadline. The number is negative if it has passed."""
        return self.deadline - time.monotonic()

    def redact_bytes(self, data: bytes) -> bytes:
        """Return bytes without the token and the secret headers."""
        return self.options.sent_headers.redact(self.token.redact(data))

    def server_text(self, text: str) -> str:
        """Return a text of a server for a person or a log: printable, of bounded length, without what is private."""
        return redact_arguments(self.operation.private_texts, self._without_secrets(text))[:_SHOWN]

    def library_text(self, text: str, *, of_system: bool = False) -> str:
        """Return a text of a library, or of the operating system, as `server_text` does; see ``redaction.py``."""
        private = self.operation.private_texts
        return redact_library_text(private, self._without_secrets(text), of_system=of_system)[:_SHOWN]

    def _without_secrets(self, text: str) -> str:
        # What is not printable goes first, since it may part a secret; callers cut last, for the same reason.
        text = printable(text[:_EXAMINED], _EXAMINED)
        return self.redact_bytes(text.encode("utf-8", "replace")).decode()


class Response:
    """A response whose body has been read. It does not hold the request.

    Attributes:
        status: The HTTP status.
        body: The body as the server sent it, decompressed. What is kept of it is redacted after it has been read.
        unreadable: A description of a body that could not be read: too large, or its compression is broken. Empty if it
            could be read.
    """

    def __init__(
        self, request: Request, status: int, headers: Iterable[tuple[bytes, bytes]], body: bytes, unreadable: str = ""
    ) -> None:
        self.status: Final = status
        self.body = body
        self.unreadable: Final = unreadable
        values = b"\n".join([value for _, value in headers])
        if (redact := request.redact_bytes)(values) != values:  # a call for each header would take longer
            headers = [(name, redact(value)) for name, value in headers]
        self._raw_headers: Final = headers

    @cached_property
    def headers(self) -> Mapping[str, str]:
        """The headers without the token and secret headers of the user, by their names in any case.

        They are made on demand, since most are never read.
        """
        return Headers(list(self._raw_headers))

    def request_id(self, request: Request) -> str | None:
        """Return the server's ``X-Request-Id``, without what is private. None if it sent none."""
        return request.server_text(self.headers.get("x-request-id", "")) or None
