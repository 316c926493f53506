"""The deadline of a call, for the connections of `Client`. The pools of `AsyncClient` cancel a call instead.

httpx has a timeout for each address of a host, and for each read, but none for all of them. So a host with dead
addresses, or a server that sends single bytes, could keep a call waiting.
"""

from __future__ import annotations

import logging
import socket
import ssl
import time
from functools import cache
from typing import Any, Final

import httpcore
import httpx

from osvi._core.http import MIN_TIMEOUT
from osvi._transport.current_request import current_request

logger: Final = logging.getLogger("osvi")


class _LimitedStream(httpcore.NetworkStream):
    """A connection whose reads and writes end at the deadline of the current request."""

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
    def connect_tcp(
        self, host: str, port: int, timeout: float | None = None, *args: Any, **options: Any
    ) -> httpcore.NetworkStream:
        """Connect to the first address of a host that answers.

        The addresses have the timeout together: each gets an equal share of what the others have left of it.
        """
        try:
            addresses = [str(address[0]) for *_, address in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)]
        except OSError as error:
            raise httpcore.ConnectError(str(error)) from error
        remaining = current_request.get().remaining()
        end = time.monotonic() + min(timeout or remaining, remaining)
        while True:
            share = max(MIN_TIMEOUT, (end - time.monotonic()) / len(addresses))
            try:
                return _LimitedStream(super().connect_tcp(addresses.pop(0), port, share, *args, **options))
            except (httpcore.ConnectError, httpcore.ConnectTimeout):
                if not addresses:
                    raise


def _limited(timeout: float | None) -> float:
    remaining = current_request.get().remaining()
    if remaining <= 0:
        raise httpcore.ReadTimeout("the answer was still coming")
    return min(timeout or remaining, remaining)


def limit_reads(transport: httpx.HTTPTransport) -> None:
    """Limit the reads and writes of a transport by the deadline of the current request.

    httpx has no public way to set the network backend. If one of the two private names has moved, no limit is set, and
    a log record says so.
    """
    pool: Any = getattr(transport, "_pool", None)
    if isinstance(getattr(pool, "_network_backend", None), httpcore.SyncBackend):
        pool._network_backend = _LimitedBackend()  # noqa: SLF001
    else:
        _warn_of_lost_limit()


@cache
def _warn_of_lost_limit() -> None:
    """Write one record for the process."""
    logger.warning(
        "total_timeout does not end a read of Client: httpx %s has moved a name that osvi uses. Use AsyncClient, or "
        "another version of osvi or httpx.",
        httpx.__version__,
    )
