"""The body of an answer, decompressed and read within limits."""

from __future__ import annotations

import zlib
from collections.abc import Iterable
from typing import Any, Final

import httpx

from osvi._core.http import Request, Response

BROKEN_COMPRESSION: Final = "a body whose compression is broken"

_WBITS: Final = {"gzip": 16 + zlib.MAX_WBITS, "deflate": zlib.MAX_WBITS}
_RAW_DEFLATE: Final = -zlib.MAX_WBITS
_DEFLATE_METHOD: Final = 0x08  # the lower half of the first byte of zlib's format, in which "deflate" should be


class Body:
    """Collects the chunks of a body, within a limit in bytes (after decompression) and the deadline of the call.

    All pools leave the decompression to this class, since that of httpx and of aiohttp has no limit.

    Args:
        encoding: The header ``Content-Encoding``. Empty if the chunks are decompressed already.
        request: The request.

    Attributes:
        unreadable: Why the body is not to be read any further. Empty if it is.
    """

    def __init__(self, encoding: str, request: Request) -> None:
        self._request: Final = request
        self._limit: Final = int(request.options.max_response_bytes)
        self._chunks: list[bytes] = []
        self._size = 0
        self._encoding: Final = encoding.strip().lower().removeprefix("x-")
        self._decompressor: Any = None
        self.unreadable = ""
        if self._encoding not in {"", "identity", "gzip", "deflate"}:
            self.unreadable = "a body in an encoding that was not asked for"

    def add(self, chunk: bytes) -> bool:
        """Add a chunk, and return whether the next one is to be read.

        Raises:
            httpx.ReadTimeout: The deadline of the call has passed, although each read was within its timeout.
        """
        if self._request.remaining() <= 0:
            raise httpx.ReadTimeout("the body was still coming")
        if not self.unreadable and chunk:
            self._add_part(self._decompressed(chunk))
        return not self.unreadable

    def _add_part(self, part: bytes) -> None:
        self._size += len(part)
        if self._size > self._limit:
            self.unreadable = f"a body of more than {self._limit} bytes (max_response_bytes)"
        elif not self.unreadable:
            self._chunks.append(part)

    def _decompressed(self, chunk: bytes) -> bytes:
        """Return the decompressed bytes of a chunk, at most one more than the limit allows."""
        if self._encoding in {"", "identity"}:
            return chunk
        if self._decompressor is None:
            is_raw = self._encoding == "deflate" and chunk[0] & 0x0F != _DEFLATE_METHOD
            self._decompressor = zlib.decompressobj(_RAW_DEFLATE if is_raw else _WBITS[self._encoding])
        try:
            part: bytes = self._decompressor.decompress(chunk, self._limit - self._size + 1)
        except zlib.error:
            self.unreadable = BROKEN_COMPRESSION
            return b""
        if self._decompressor.unused_data:
            self.unreadable = BROKEN_COMPRESSION
        return part

    def response(self, status: int, headers: Iterable[tuple[bytes, bytes]]) -> Response:
        """Return the response with this body."""
        if self._decompressor is not None and not (self.unreadable or self._decompressor.eof):
            self.unreadable = BROKEN_COMPRESSION
        return Response(self._request, status, headers, b"".join(self._chunks), self.unreadable)
