"""What all pools have in common."""

from __future__ import annotations

import os
from typing import Any, Final

from osvi._transport.origin import Network


class Pool:
    """The connections of a client.

    Its ``exchange()`` sends a request, and returns the response, or the error of the connection. Exceptions that are
    no failures pass through, without the parts that hold the token.

    Attributes:
        network: The settings of the connections. None if the user has passed a transport.
        process: The process that has opened the pool, to which the connections belong.
        loop: The event loop of asyncio, or the token of a run of trio, to which the connections belong. None before the
            first call.
        is_connected: Whether connections have been opened that must be closed.
        is_closed: Whether the pool has been closed.
    """

    def __init__(self, network: Network | None) -> None:
        self.network: Final = network
        self.process: Final = os.getpid()
        self.loop: Any = None
        self.is_connected = False
        self.is_closed = False
