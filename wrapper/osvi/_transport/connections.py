"""The connections of a pool on httpx: a client of httpx for each.

For each request, httpx goes through all the connections of a transport, so it slows down as it gets busier. A transport
with one connection does not.
"""

from __future__ import annotations

import time
from collections import deque
from threading import Lock
from typing import TYPE_CHECKING, Any, Final, Generic, TypeVar

import httpx

if TYPE_CHECKING:
    from collections.abc import Callable

MAX_CONNECTIONS: Final = 100  # as many as httpx opens
ONE_CONNECTION: Final = httpx.Limits(max_connections=1)
KEEPALIVE: Final = ONE_CONNECTION.keepalive_expiry or 0.0  # seconds

H = TypeVar("H", bound="httpx.Client | httpx.AsyncClient")


class Connections(Generic[H]):
    """The clients of httpx of a pool, with one connection each. Its subclasses lend them to calls.

    Calls that have to wait are served in the order in which they come. The connection that was used last is used next,
    so that few calls at a time keep few connections.

    Args:
        new_client: Makes a client of httpx.
    """

    def __init__(self, new_client: Callable[[], H]) -> None:
        self._new_client: Final = new_client
        self._lock: Final = Lock()
        self._turns = MAX_CONNECTIONS  # that are left
        self._queue: Final[deque[Any]] = deque()  # an event for each waiting call
        self._clients: Final[set[H]] = set()
        self._unused: Final[deque[tuple[float, H]]] = deque()  # with the time of the last use, in this order
        self._is_closed = False

    def _begin_turn(self, new_event: Callable[[], Any]) -> Any:
        """Begin the turn of a call, and return None; or return an event, which is set when the turn begins."""
        with self._lock:
            if self._turns:
                self._turns -= 1
                return None
            self._queue.append(event := new_event())
            return event

    def _end_turn(self, event: Any) -> None:
        """End the turn of a call, or let it leave the queue."""
        with self._lock:
            if event is not None and not event.is_set():
                self._queue.remove(event)
            elif self._queue:
                self._queue.popleft().set()
            else:
                self._turns += 1

    def _take(self) -> H:
        with self._lock:
            if self._is_closed:
                raise RuntimeError("the pool is closed")
            if self._unused:
                return self._unused.pop()[1]
            self._clients.add(client := self._new_client())
            return client

    def _keep(self, client: H) -> None:
        self._unused.append((time.monotonic(), client))

    def _drop_unused(self) -> H | None:
        """Drop and return a client that was not used for some time. None if there is none."""
        with self._lock:
            if self._unused and (self._is_closed or self._unused[0][0] < time.monotonic() - KEEPALIVE):
                self._clients.discard(client := self._unused.popleft()[1])
                return client
            return None

    def _drop_all(self) -> list[H]:
        with self._lock:
            self._is_closed = True
            return [*self._clients]
