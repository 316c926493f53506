"""Sockets of the sync client that no call outlasts.

httpx bounds each read, not their sum, so a server that sends a byte now and then keeps it waiting for ever. asyncio and
trio can cancel, and need none of this.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import httpcore
import httpx

from osvi._calls import current_call

if TYPE_CHECKING:
    import ssl


class _LimitedStream(httpcore.NetworkStream):
    """A connection of which no read or write outlasts the call, so that a byte now and then keeps nobody waiting."""

    def __init__(self, stream: httpcore.NetworkStream) -> None:
        self._stream = stream

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        return self._stream.read(max_bytes, _limited(timeout))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self._stream.write(buffer, _limited(timeout))

    def close(self) -> None:
        self._stream.close()

    def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore.NetworkStream:
        return _LimitedStream(self._stream.start_tls(ssl_context, server_hostname, _limited(timeout)))

    def get_extra_info(self, info: str) -> Any:
        return self._stream.get_extra_info(info)


class _LimitedBackend(httpcore.NetworkBackend):
    """Makes such connections."""

    def __init__(self, backend: httpcore.NetworkBackend) -> None:
        self._backend = backend

    def connect_tcp(self, *args: Any, **options: Any) -> httpcore.NetworkStream:
        return _LimitedStream(self._backend.connect_tcp(*args, **options))

    def connect_unix_socket(self, *args: Any, **options: Any) -> httpcore.NetworkStream:
        return _LimitedStream(self._backend.connect_unix_socket(*args, **options))

    def sleep(self, seconds: float) -> None:
        self._backend.sleep(seconds)


def _limited(timeout: float | None) -> float | None:
    call = current_call.get()
    if call is None:
        return timeout
    remaining = call.remaining()
    if remaining <= 0:
        raise httpcore.ReadTimeout("the answer was still coming")
    return remaining if timeout is None else min(timeout, remaining)


def limit_reads(client: httpx.Client | httpx.AsyncClient) -> None:
    """Bound the reads of a sync client by the time of the call that reads.

    httpx has no public way to this without losing the proxies of the environment; a test holds the four names.
    """
    for transport in (client._transport, *client._mounts.values()):  # noqa: SLF001
        if isinstance(transport, httpx.HTTPTransport):
            pool = transport._pool  # noqa: SLF001
            pool._network_backend = _LimitedBackend(pool._network_backend)  # noqa: SLF001
