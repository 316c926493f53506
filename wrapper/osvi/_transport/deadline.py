"""The deadline of a call, for the reads and writes of `Client`. The pools of `AsyncClient` cancel a call instead.

httpx has a timeout for each read, but none for all reads of a call, so a server that sends single bytes could keep it
waiting without end.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import httpcore

from osvi._core.call import current_call

if TYPE_CHECKING:
    import ssl

    import httpx


class _LimitedStream(httpcore.NetworkStream):
    """A connection whose reads and writes end at the deadline of the current call."""

    def __init__(self, stream: httpcore.NetworkStream) -> None:
        self._stream = stream

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        return self._stream.read(max_bytes, _limited(timeout))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        if buffer:  # httpcore ends a request with an empty write
            self._stream.write(buffer, _limited(timeout))

    def close(self) -> None:
        self._stream.close()

    def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore.NetworkStream:
        return _LimitedStream(self._stream.start_tls(ssl_context, server_hostname, _limited(timeout)))

    def get_extra_info(self, info: str) -> Any:
        return self._stream.get_extra_info(info)


class _LimitedBackend(httpcore.SyncBackend):
    def connect_tcp(self, *args: Any, **options: Any) -> httpcore.NetworkStream:
        return _LimitedStream(super().connect_tcp(*args, **options))


def _limited(timeout: float | None) -> float | None:
    remaining = current_call.get().remaining()
    if remaining <= 0:
        raise httpcore.ReadTimeout("the answer was still coming")
    return remaining if timeout is None else min(timeout, remaining)


def limit_reads(transport: httpx.HTTPTransport) -> None:
    """Limit the reads and writes of a transport by the deadline of the current call.

    httpx has no public way to set the network backend. If one of the two private names has moved, no limit is set.
    """
    pool: Any = getattr(transport, "_pool", None)
    if isinstance(getattr(pool, "_network_backend", None), httpcore.SyncBackend):
        pool._network_backend = _LimitedBackend()  # noqa: SLF001
