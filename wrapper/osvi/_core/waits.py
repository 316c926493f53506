"""Waits before requests: how a test leaves them out, and how one answer makes all workers wait."""

from __future__ import annotations

import threading
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterator

_lock = threading.Lock()
_blocks = 0  # how many `no_waits` blocks are running


@contextmanager
def no_waits() -> Iterator[None]:
    """Leave out the waits between attempts, of every client and in every thread, while the block runs.

    Calls are tried again as often as without it. A wait for ``Retry-After`` is left out too.
    """
    global _blocks  # noqa: PLW0603 - blocks may overlap
    with _lock:
        _blocks += 1
    try:
        yield
    finally:
        with _lock:
            _blocks -= 1


def shorten(seconds: float) -> float:
    """Return the seconds to wait: 0 inside of `no_waits`."""
    return 0.0 if _blocks else seconds


class Gate:
    """Lets the requests of many workers through, or makes all of them wait: after a 429 with a ``Retry-After``."""

    def __init__(self) -> None:
        self.stopped: Final = threading.Event()  # set when the caller wants no more results
        self._opens = 0.0

    def close(self, seconds: float) -> None:
        """Let no request through for so many seconds."""
        self._opens = max(self._opens, time.monotonic() + seconds)

    def delay(self) -> float:
        """Return the seconds until a request may be sent; 0 when it may be sent now."""
        return shorten(max(0.0, self._opens - time.monotonic()))
