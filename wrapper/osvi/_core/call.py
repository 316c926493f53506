"""The state of one call: its attempts, its deadline, and the decision whether and when to try again.

This module does no I/O. The clients send and wait.
"""

from __future__ import annotations

import logging
import time
import warnings
from contextvars import ContextVar
from typing import TYPE_CHECKING, Any, Final, Generic, Self, TypeVar

from osvi_openapi.spec import SPEC_SHA256, TOKEN_HEADER
from osvi_runtime import pointer

from osvi._core import waits
from osvi._core.answers import Answer, outcome
from osvi._core.token import Secret
from osvi.errors import APIError, OSVIError, RateLimitError, SpecDriftWarning, TransportError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from osvi_runtime import Drift, Operation

    from osvi._core.answers import RawAnswer
    from osvi._core.options import Options
    from osvi._core.waits import Gate

logger: Final = logging.getLogger("osvi")

T = TypeVar("T")

RETRIED_STATUSES: Final = frozenset({408, 429, 500, 502, 503, 504})
NO_TOKEN: Final = Secret(None)
LEAST_TIME: Final = 0.001  # seconds; the timeout of an attempt that begins at the deadline, since httpx refuses 0

# The call of the current thread or task, for `deadline`, `log_filter` and `mock`, which httpx calls without it.
current_call: ContextVar[Call[Any]] = ContextVar("current_call")


class Call(Generic[T]):
    """The state of one call. As a context manager, it sets `current_call`."""

    def __init__(self, operation: Operation[T], options: Options, gate: Gate | None) -> None:
        self.operation: Final = operation
        self.options: Final = options
        self.gate: Final = gate  # None for a single call
        self.token: Secret[Any] = NO_TOKEN  # of the current attempt
        self.attempts = 0
        self._began: Final = time.monotonic()
        self._drift: Drift = []
        # The status and the headers of the last answer. Its body is not kept, since tracebacks refer to this object.
        self._status: int | None = None
        self._read_headers: Callable[[], Mapping[str, str]] = dict

    def __enter__(self) -> Self:
        self._reset = current_call.set(self)
        return self

    def __exit__(self, *_: object) -> None:
        current_call.reset(self._reset)

    def remaining(self) -> float:
        """Return the seconds until the deadline. The number is negative if it has passed."""
        return self._began + self.options.total_timeout - time.monotonic()

    def timeouts(self) -> tuple[float, float]:
        """Return the timeouts of the next attempt in seconds: that of the attempt, and that of each of its phases."""
        remaining = max(self.remaining(), LEAST_TIME)
        return remaining, min(self.options.timeout, remaining)

    def headers(self) -> list[tuple[str, str]]:
        """Return the headers of the next attempt. Callers do not keep them in a local variable: they hold the token."""
        return [
            ("Accept", "application/json"),
            *self.options.sent_headers.get(),
            *self.operation.headers.items(),
            (TOKEN_HEADER, self.token.get()),
        ]

    def passed_timeout(self) -> str:
        """Return the name of the timeout that has passed, for an error."""
        if self.remaining() <= LEAST_TIME:
            return f"the total_timeout of {self.options.total_timeout:g} s"
        return f"the timeout of {self.options.timeout:g} s"

    def read(self, answer: RawAnswer | OSVIError) -> T | OSVIError:
        """Count an attempt, and return its outcome: the value of the operation, or an error."""
        self.attempts += 1
        result: T | OSVIError
        if isinstance(answer, OSVIError):
            self._status, result = None, answer
        else:
            self._status, self._read_headers = answer.status, answer.read_headers
            result = outcome(self.operation, answer, self._drift)
        if self.gate is not None and isinstance(result, RateLimitError):
            self.gate.close(result.retry_after)
        self._log(logging.DEBUG, "attempt %(attempts)d", result)
        return result

    def is_retryable(self, outcome: OSVIError) -> bool:
        """Return whether another attempt is allowed, may succeed, and cannot have an effect twice."""
        if self.attempts > self.options.retries or (self.gate is not None and self.gate.stopped.is_set()):
            return False
        if isinstance(outcome, TransportError):
            return self.operation.is_idempotent or not outcome.was_sent
        return (
            isinstance(outcome, APIError) and outcome.status_code in RETRIED_STATUSES and self.operation.is_idempotent
        )

    def wait(self, outcome: object) -> float | None:
        """Return the seconds to wait before the next attempt. None if there is no next attempt.

        There is no next attempt if the wait would end after the deadline.
        """
        if not isinstance(outcome, OSVIError) or not self.is_retryable(outcome):
            return None
        seconds = waits.before_retry(self.attempts, getattr(outcome, "retry_after", None))
        return None if seconds >= self.remaining() else waits.unless_disabled(seconds)

    def redact(self, text: str) -> str:
        """Return a text without the token and the headers of the user."""
        data = text.encode("utf-8", "replace")
        return self.options.sent_headers.redact(self.token.redact(data)).decode()

    def finish(self, outcome: T | OSVIError, stacklevel: int) -> T:
        """End the call: log it, call ``on_answer``, and return the value (with warnings of drift) or raise the error.

        Args:
            outcome: The outcome of the last attempt.
            stacklevel: The number of frames from here to the user's line, for the warnings.
        """
        self._log(logging.INFO, "%(attempts)d attempt(s)", outcome)
        if self.options.on_answer is not None and self._status is not None:
            headers, seconds = self._read_headers(), self._seconds()
            self.options.on_answer(
                Answer(self._status, headers, headers.get("x-request-id"), self.attempts, seconds, self.operation.name)
            )
        if isinstance(outcome, OSVIError):
            outcome.attempts = self.attempts
            # The frames of the attempts are dropped, since their local variables hold the request and the token.
            raise outcome.with_traceback(None)
        for path, problem in self._drift:
            message = f"{self.operation.name}: {pointer(path)} is {problem} (openapi.yaml sha256 {SPEC_SHA256})"
            warnings.warn(self.redact(message), SpecDriftWarning, stacklevel=stacklevel)
        return outcome

    def _seconds(self) -> float:
        return time.monotonic() - self._began

    def _log(self, level: int, attempts_format: str, outcome: object) -> None:
        if not logger.isEnabledFor(level):
            return
        fields = {
            "operation": self.operation.name,
            "status": self._status,
            "outcome": type(outcome).__name__ if isinstance(outcome, OSVIError) else "ok",
            "attempts": self.attempts,
            "milliseconds": round(self._seconds() * 1000, 1),
        }
        text = f"%(operation)s: %(outcome)s, status %(status)s, {attempts_format}, %(milliseconds).1f ms"
        logger.log(level, text, fields, extra=fields)
