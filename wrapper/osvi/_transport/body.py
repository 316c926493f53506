"""The body of an answer, read within limits."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Self

import httpx

from osvi._core.http import Response

if TYPE_CHECKING:
    from collections.abc import Iterable

    from osvi._core.http import Request


BROKEN_COMPRESSION: Final = "a body whose compression is broken"


class Body:
    """Collects the chunks of a body, within a limit in bytes (after decompression) and the deadline of the call.

    As a context manager, it stops a ``httpx.DecodingError`` and keeps its text as ``unreadable``: the answer is broken,
    not the connection.
    """

    def __init__(self, encoding: str, request: Request) -> None:
        self._request: Final = request
        self._chunks: list[bytes] = []
        self._size = 0
        # A kilobyte that is compressed twice can fill the memory, so such a body is not read.
        self.unreadable = "a body compressed more than once" if "," in encoding else ""

    def __enter__(self) -> Self:
        return self

    def __exit__(self, _: object, error: BaseException | None, __: object) -> bool:
        if isinstance(error, httpx.DecodingError):
            self.unreadable = BROKEN_COMPRESSION if error.__cause__ else str(error)
            return True
        return False

    def add(self, chunk: bytes) -> None:
        """Add a chunk.

        Raises:
            httpx.DecodingError: The body is larger than the limit.
            httpx.ReadTimeout: The deadline of the call has passed, although each read was within its timeout.
        """
        self._size += len(chunk)
        if self._size > (limit := self._request.options.max_response_bytes):
            raise httpx.DecodingError(f"a body of more than {limit} bytes")
        if self._request.remaining() <= 0:
            raise httpx.ReadTimeout("the body was still coming")
        self._chunks.append(chunk)

    def response(self, status: int, headers: Iterable[tuple[bytes, bytes]]) -> Response:
        """Return the response with this body."""
        return Response(self._request, status, headers, b"".join(self._chunks), self.unreadable)
