"""The connections of a pool on httpx: a client of httpx for each.

For each request, httpx goes through all the connections of a transport, so it slows down as it gets busier. A transport
with one connection does not.
"""

from __future__ import annotations

import math
import time
from abc import ABC, abstractmethod
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import Lock
from typing import Any, Final, Generic, TypeVar

import httpx

from osvi._transport.origin import Network
from osvi._transport.pool import Pool
from osvi._transport.unread import has_unread

ONE_CONNECTION: Final = httpx.Limits(max_connections=1)
KEEPALIVE: Final = ONE_CONNECTION.keepalive_expiry or 0.0  # seconds

H = TypeVar("H", bound=Any)  # an httpx.Client or httpx.AsyncClient, with its transport as an attribute


class Connections(Pool, ABC, Generic[H]):
    """A pool of clients of httpx with one connection each, or of one client with the transport of a user.

    Calls that have to wait are served in the order in which they come. The connection that was used last is used next,
    so that few calls at a time keep few connections.

    Args:
        network: The settings of the connections. None if the user has passed a transport.
        transport: The transport of the user, for all calls at the same time.
    """

    _client: Callable[[Any], H]
    """Makes a client with a transport."""

    def __init__(self, network: Network | None, transport: Any) -> None:
        super().__init__(network)
        of_user = None if transport is None else self._client(transport)
        self._of_user: Final = of_user
        self._lock: Final = Lock()
        self._turns = math.inf if network is None else network.max_connections  # that are left
        self._queue: Final[deque[Any]] = deque()  # an event for each waiting call
        self._clients: Final[set[H]] = set() if of_user is None else {of_user}
        self._unused: Final[deque[tuple[float, H]]] = deque()  # with the time of the last use, in this order
        self._failed: Final[list[H]] = []  # to be closed

    @abstractmethod
    def _client_of(self, network: Any) -> H:
        """Return a client with one connection."""

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
            if self.is_closed:
                raise RuntimeError("the pool is closed")
            while self._unused:
                _, client = self._unused.pop()
                if not has_unread(client.transport):
                    return client
                self._failed.append(client)
            self._clients.add(client := self._client_of(self.network))
            return client

    @contextmanager
    def _lend(self, turn: Any) -> Iterator[H]:
        """Lend a client to a call that has waited for its turn. After a failure, it is not lent again.

        Raises:
            httpx.PoolTimeout: The turn has not begun, since all connections are in use.
        """
        if turn is not None and not turn.is_set():
            raise httpx.PoolTimeout("all connections are in use")
        if self._of_user is not None:
            yield self._of_user
            return
        client = self._take()
        try:
            yield client
        except BaseException:
            self._failed.append(client)
            raise
        self._unused.append((time.monotonic(), client))
        self.is_connected = True

    def _disused(self) -> Iterator[H]:
        """Yield the clients that the caller must close: failed ones, and those that nobody has used for some time."""
        while True:
            with self._lock:
                if self._unused and (self.is_closed or self._unused[0][0] < time.monotonic() - KEEPALIVE):
                    self._failed.append(self._unused.popleft()[1])
                if not self._failed:
                    return
                client = self._failed.pop()
            yield client
            self._clients.discard(client)  # now, so that one whose closing was cancelled is closed with the pool

    def _end(self) -> list[H]:
        """Lend no more clients, and return all."""
        with self._lock:
            self.is_closed = True
            return [*self._clients]
