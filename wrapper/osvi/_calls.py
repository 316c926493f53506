"""One call from its first request to its outcome: what is tried again, when, and until when.

Pure but for the clock: the clients do the sending and the waiting.
"""

from __future__ import annotations

import random
import time
import warnings
from typing import TYPE_CHECKING, Final, Generic, TypeVar

from osvi_openapi.spec import SPEC_SHA256

from osvi._decoding import Drift, pointer
from osvi._operations import Operation, outcome
from osvi.errors import APIError, OSVIError, SpecDriftWarning, TransportError

if TYPE_CHECKING:
    from osvi._answers import Answer
    from osvi._settings import Settings

T = TypeVar("T")

RETRIED_STATUSES: Final = frozenset({408, 429, 500, 502, 503, 504})
FIRST_WAIT: Final = 0.5  # seconds; doubled with each attempt
LONGEST_WAIT: Final = 30.0  # seconds; also when the server asks for more


class Call(Generic[T]):
    """The state of one call."""

    def __init__(self, operation: Operation[T], settings: Settings) -> None:
        self.operation: Final = operation
        self.settings: Final = settings
        self.attempts = 0
        self._deadline: Final = time.monotonic() + settings.total_timeout
        self._drift: Drift = []

    def remaining(self) -> float:
        """Return the seconds that are left of ``total_timeout``; below 0 when it is over."""
        return self._deadline - time.monotonic()

    def timeout(self) -> float:
        """Return the seconds that each phase of the next attempt may take."""
        return max(0.001, min(self.settings.timeout, self.remaining()))

    def limits(self) -> str:
        """Name the limit that was in force, for an error."""
        return f"the timeout of {self.settings.timeout:g} s"

    def read(self, answer: Answer | OSVIError) -> T | OSVIError:
        """Return the outcome of one attempt."""
        self.attempts += 1
        if isinstance(answer, OSVIError):
            return answer
        self._drift.clear()
        return outcome(self.operation, answer, self._drift)

    def retryable(self, outcome: object) -> bool:
        """Tell whether another attempt may end better."""
        if self.attempts > self.settings.retries:
            return False
        if isinstance(outcome, APIError):
            return outcome.status_code in RETRIED_STATUSES
        return isinstance(outcome, TransportError)

    def check(self, outcome: object) -> None:
        """Raise an error that is worth another attempt."""
        if isinstance(outcome, OSVIError) and self.retryable(outcome):
            raise outcome

    def wait(self, error: Exception) -> float | bool:
        """Return the seconds to wait before the next attempt, or False when there should be none.

        The server's ``Retry-After`` decides; without it, the wait is random up to a bound that doubles ("full jitter").
        No wait is begun that would end after the deadline.
        """
        if not self.retryable(error):
            return False
        seconds = getattr(error, "retry_after", None)
        if seconds is None:
            seconds = random.uniform(0, FIRST_WAIT * 2 ** (self.attempts - 1))  # noqa: S311 - no secret
        seconds = min(seconds, LONGEST_WAIT)
        return seconds if seconds < self.remaining() else False

    def finish(self, outcome: T | OSVIError, stacklevel: int) -> T:
        """Return the value and warn of its drift, or raise the error; ``stacklevel`` is that of the user's line."""
        if isinstance(outcome, OSVIError):
            outcome.attempts = self.attempts
            # Nothing of the attempts' frames: they have seen the request, and with it the token.
            raise outcome.with_traceback(None)
        for path, what in self._drift:
            message = f"{self.operation.name}: {pointer(path)} is {what} (openapi.yaml sha256 {SPEC_SHA256})"
            warnings.warn(message, SpecDriftWarning, stacklevel=stacklevel)
        return outcome
