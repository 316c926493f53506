"""The state of one call: its attempts, its deadline, and the decision whether and when to try again.

This module does no I/O. The clients send and wait.
"""

from __future__ import annotations

import inspect
import logging
import time
import warnings
from collections.abc import Iterator
from typing import Final, Generic, TypeVar

from osvi_openapi.spec import SPEC_SHA256
from osvi_runtime import Drift, Operation

from osvi._core import waits
from osvi._core.answers import outcome
from osvi._core.http import Request, Response
from osvi._core.options import Answer, Options
from osvi._core.token import Secret
from osvi._core.waits import Gate
from osvi.errors import (
    APIError,
    ConfigurationError,
    OSVIError,
    RateLimitError,
    SpecDriftWarning,
    TransportError,
)

logger: Final = logging.getLogger("osvi")

T = TypeVar("T")

RETRIED_STATUSES: Final = frozenset({408, 429, 500, 502, 503, 504})


def warn_of_drift(texts: list[str]) -> None:
    """Give a warning for each text, at the line that has called this package."""
    for text in texts:
        frame, stacklevel = inspect.currentframe(), 1
        while frame is not None and frame.f_globals["__name__"].startswith(f"{logger.name}."):
            frame, stacklevel = frame.f_back, stacklevel + 1
        warnings.warn(text, SpecDriftWarning, stacklevel=stacklevel)


class Call(Generic[T]):
    """The state of one call: its deadline, its attempts, and the last answer.

    Attributes:
        attempts: The number of attempts that have ended.
        is_over: Whether there is no other attempt, after `waits`.

    Raises:
        ConfigurationError: ``operation`` is not an operation.
    """

    def __init__(self, operation: Operation[T], options: Options, gate: Gate) -> None:
        if not isinstance(operation, Operation):  # not every caller checks types
            text = f"send() takes an operation of osvi.operations, not {type(operation).__name__}"
            raise ConfigurationError(f"{text}; call the function" if callable(operation) else text)
        self.operation: Final = operation
        self.options: Final = options
        self.gate: Final = gate
        self.attempts = 0
        self.is_over = False
        self._began: Final = time.monotonic()
        self._deadline: Final = self._began + options.total_timeout
        self._drift: Final = Drift(self._deadline)
        self._request: Request  # of the last attempt
        self._response: Response | None = None  # its answer, without the body

    def begin_attempt(self, token: Secret[str]) -> Request:
        """Return the request of the next attempt."""
        self._request = Request(self.operation, self.options, token, self._deadline)
        return self._request

    def remaining(self) -> float:
        """Return the seconds until the deadline. The number is negative if it has passed."""
        return self._deadline - time.monotonic()

    def end_attempt(self, answer: Response | OSVIError) -> T | OSVIError:
        """Count an attempt, and return its outcome: the value of the operation, or an error."""
        self.attempts += 1
        self._response = None
        result: T | OSVIError
        if isinstance(answer, Response):
            self._response, result = answer, outcome(self._request, answer, self._drift)
            answer.body = b""  # tracebacks refer to this object
        else:
            result = answer
        if logger.isEnabledFor(logging.DEBUG):
            self._log(logging.DEBUG, "attempt %(attempts)d", result)
        return result

    def is_retryable(self, outcome: OSVIError) -> bool:
        """Return whether another attempt is allowed, may succeed, and cannot have an effect twice."""
        if self.attempts > self.options.retries or self.gate.stopped.is_set():
            return False
        if isinstance(outcome, TransportError):
            return self.operation.is_idempotent or not outcome.was_sent
        return (
            isinstance(outcome, APIError) and outcome.status_code in RETRIED_STATUSES and self.operation.is_idempotent
        )

    def waits(self, outcome: object) -> Iterator[float]:
        """Yield the seconds to wait before the next attempt, and again if another call meets a rate limit meanwhile.

        Afterwards, `is_over` says whether there is a next attempt. None begins after the deadline.

        Args:
            outcome: The outcome of the last attempt.
        """
        self.is_over = True
        is_limited = isinstance(outcome, RateLimitError)
        is_retryable = isinstance(outcome, OSVIError) and self.is_retryable(outcome)
        if not (is_limited or is_retryable):
            return
        wait = waits.before_retry(self.attempts, getattr(outcome, "retry_after", None))
        if is_limited:
            self.gate.pause(min(wait, self.options.total_timeout))
        if not is_retryable:
            return
        now = time.monotonic()
        for begins_at in self.gate.times(now + wait):
            if begins_at >= self._deadline:
                return
            yield waits.actual_wait(max(0.0, begins_at - now))
            now = time.monotonic()
        self.is_over = False

    def finish(self, outcome: T | OSVIError) -> tuple[T, list[str]]:
        """End the call: log it, call ``on_answer``, raise the error, or return the value and the texts of its drift."""
        if logger.isEnabledFor(logging.INFO):
            self._log(logging.INFO, "%(attempts)d attempt(s)", outcome)
        response = self._response
        if self.options.on_answer is not None and response is not None:
            answered = (response.status, response.headers, response.request_id(self._request))
            self.options.on_answer(Answer(*answered, self.attempts, self._seconds(), self.operation.name))
        if isinstance(outcome, OSVIError):
            outcome.attempts = self.attempts
            # The frames of the attempts are dropped, since their local variables hold the request and the token.
            raise outcome.with_traceback(None)
        shown, end = self._request.server_text, f" (openapi.yaml sha256 {SPEC_SHA256})"
        return outcome, [f"{self.operation.name}: {shown(text)}{end}" for text in self._drift.texts()]

    def _seconds(self) -> float:
        return time.monotonic() - self._began

    def _log(self, level: int, attempts_format: str, outcome: object) -> None:
        response = self._response
        fields = {
            "operation": self.operation.name,
            "status": response and response.status,
            "request_id": response and response.request_id(self._request),
            "outcome": type(outcome).__name__ if isinstance(outcome, OSVIError) else "ok",
            "reason": outcome.reason if isinstance(outcome, TransportError) else None,
            "attempts": self.attempts,
            "milliseconds": round(self._seconds() * 1000, 1),
        }
        text = f"%(operation)s: %(outcome)s, status %(status)s, {attempts_format}, %(milliseconds).1f ms"
        if fields["request_id"]:
            text = f"{text}, request id %(request_id)s"
        if fields["reason"]:
            text = f"{text}: %(reason)s"
        logger.log(level, text, fields, extra=fields)
