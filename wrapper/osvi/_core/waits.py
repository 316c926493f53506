"""The waits before requests: how long they are, how tests leave them out, and how one answer delays all workers."""

from __future__ import annotations

import random
import threading
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterator

FIRST_WAIT: Final = 0.5  # seconds; the bound after the first attempt, doubled with each attempt
LONGEST_WAIT: Final = 30.0  # seconds; also when the server asks for more

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


def before_retry(attempts: int, retry_after: float | None) -> float:
    """Return the seconds to wait after so many attempts.

    The server's ``Retry-After`` decides; without it, the wait is random up to a bound that doubles ("full jitter").
    """
    if retry_after is None:
        doublings = min(attempts - 1, 10)  # LONGEST_WAIT is reached, and a thousand would overflow
        retry_after = random.uniform(0, min(FIRST_WAIT * 2**doublings, LONGEST_WAIT))  # noqa: S311 - not a secret
    return min(retry_after, LONGEST_WAIT)


def unless_left_out(seconds: float) -> float:
    """Return the seconds to wait: 0 inside of `no_waits`."""
    return 0.0 if _blocks else seconds


class Gate:
    """Lets the requests of many workers through, or makes all of them wait: after a 429 with a ``Retry-After``."""

    def __init__(self) -> None:
        self.stopped: Final = threading.Event()  # set when the caller wants no more results
        self._opens = 0.0

    def close(self, retry_after: float | None) -> None:
        """Let no request through for so many seconds."""
        self._opens = max(self._opens, time.monotonic() + min(retry_after or 0.0, LONGEST_WAIT))

    def delay(self) -> float:
        """Return the seconds until a request may be sent; 0 when it may be sent now."""
        return unless_left_out(max(0.0, self._opens - time.monotonic()))
