"""The body of an answer, read within limits."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

import httpx

from osvi._core.http import Request, Response

BROKEN_COMPRESSION: Final = "a body whose compression is broken"


class Body:
    """Collects the chunks of a body, within a limit in bytes (after decompression) and the deadline of the call.

    Attributes:
        unreadable: Why the body is not to be read any further. Empty if it is.
    """

    def __init__(self, encoding: str, request: Request) -> None:
        self._request: Final = request
        self._chunks: list[bytes] = []
        self._size = 0
        # A kilobyte that is compressed twice can fill the memory, so such a body is not read.
        self.unreadable = "a body compressed more than once" if "," in encoding else ""

    def add(self, chunk: bytes) -> bool:
        """Add a chunk, and return whether the next one is to be read.

        Raises:
            httpx.ReadTimeout: The deadline of the call has passed, although each read was within its timeout.
        """
        if self._request.remaining() <= 0:
            raise httpx.ReadTimeout("the body was still coming")
        self._size += len(chunk)
        if self._size > (limit := self._request.options.max_response_bytes):
            self.unreadable = f"a body of more than {limit} bytes"
        else:
            self._chunks.append(chunk)
        return not self.unreadable

    def response(self, status: int, headers: Iterable[tuple[bytes, bytes]]) -> Response:
        """Return the response with this body."""
        return Response(self._request, status, headers, b"".join(self._chunks), self.unreadable)
