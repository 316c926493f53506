"""The waits before requests: their lengths, `no_waits` for tests, and the `Gate` that delays many workers."""

from __future__ import annotations

import random
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

FIRST_WAIT: Final = 0.5  # seconds; the bound after the first attempt, doubled with each attempt
LONGEST_WAIT: Final = 30.0  # seconds; also when the server asks for more

_lock = threading.Lock()
_open_blocks = 0  # the number of `no_waits` blocks that are running


@contextmanager
def no_waits() -> Iterator[None]:
    """Disable the waits between attempts, of every client and in every thread, until the block ends.

    Calls are tried again as often as usual. The waits for ``Retry-After`` are disabled too.
    """
    global _open_blocks  # noqa: PLW0603 - blocks may overlap
    with _lock:
        _open_blocks += 1
    try:
        yield
    finally:
        with _lock:
            _open_blocks -= 1


def before_retry(attempts: int, retry_after: float | None) -> float:
    """Return the seconds to wait after a number of attempts.

    The wait is that of ``Retry-After``, or else random up to a bound that doubles with each attempt ("full jitter").
    """
    if retry_after is None:
        doublings = min(attempts - 1, 10)  # 10 exceed LONGEST_WAIT; 1,025 would overflow
        retry_after = random.uniform(0, min(FIRST_WAIT * 2**doublings, LONGEST_WAIT))  # noqa: S311 - not a secret
    return min(retry_after, LONGEST_WAIT)


def actual_wait(seconds: float) -> float:
    """Return the seconds of a wait, 0 during `no_waits`."""
    return 0.0 if _open_blocks else seconds


class Gate:
    """Delays many workers after a 429 with ``Retry-After``: the beginning of calls, and the next attempts of others."""

    def __init__(self) -> None:
        self.stopped: Final = threading.Event()  # set when the caller has closed the generator of results
        self.opens_at = 0.0  # a time of `time.monotonic`

    def pause(self, retry_after: float | None) -> None:
        """Send nothing for the seconds of ``Retry-After``, `LONGEST_WAIT` at most."""
        self.opens_at = max(self.opens_at, time.monotonic() + min(retry_after or 0.0, LONGEST_WAIT))

    def times(self, begins_at: float = 0.0) -> Iterator[float]:
        """Yield the time until which to wait, and a later one if there was another pause in the meantime.

        Args:
            begins_at: The time of `time.monotonic` before which the worker would not send in any case.
        """
        waited_until = 0.0
        while waited_until < (begins_at := max(begins_at, self.opens_at)):
            waited_until = begins_at
            yield begins_at

    def waits(self) -> Iterator[float]:
        """Yield the seconds to wait before a call begins, and again if there was another pause in the meantime."""
        for begins_at in self.times():
            if seconds := actual_wait(max(0.0, begins_at - time.monotonic())):
                yield seconds


class _NoGate(Gate):
    def pause(self, retry_after: float | None) -> None:
        """Do nothing."""


NO_GATE: Final = _NoGate()  # of a single call
