"""The body of an answer, read within limits."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, Self

import httpx

from osvi._core.answers import RawAnswer

if TYPE_CHECKING:
    from collections.abc import Iterable

    from osvi._core.call import Call


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
