"""The state of one call: its attempts, its deadline, and the decision whether and when to try again.

This module does no I/O. The clients send and wait.
"""

from __future__ import annotations

import logging
import time
import warnings
from typing import TYPE_CHECKING, Any, Final, Generic, TypeVar
from urllib.parse import urlsplit

from osvi_openapi.spec import SPEC_SHA256, TOKEN_HEADER
from osvi_runtime import pointer

from osvi._core import waits
from osvi._core.answers import Answer, outcome
from osvi._core.http import MIN_TIMEOUT, Failure, Request
from osvi._core.redaction import Head, RedactedResponse, redact_arguments
from osvi._core.token import Secret
from osvi.errors import (
    APIError,
    ConfigurationError,
    OSVIError,
    RateLimitError,
    RequestTimeoutError,
    SpecDriftWarning,
    TransportError,
)

if TYPE_CHECKING:
    from osvi_runtime import Drift, Operation

    from osvi._core.http import Response
    from osvi._core.options import Options
    from osvi._core.waits import Gate

logger: Final = logging.getLogger("osvi")

T = TypeVar("T")

RETRIED_STATUSES: Final = frozenset({408, 429, 500, 502, 503, 504})
NO_TOKEN: Final = Secret(None)


class Call(Generic[T]):
    """The state of one call: its deadline, its attempts, and the last answer."""

    def __init__(self, operation: Operation[T], options: Options, gate: Gate | None) -> None:
        self.operation: Final = operation
        self.options: Final = options
        self.gate: Final = gate  # None for a single call
        self.attempts = 0
        self._began: Final = time.monotonic()
        self._deadline: Final = self._began + options.total_timeout
        self._retry_at: float | None = None  # when the next attempt begins; None until the last has ended
        self._token: Secret[Any] = NO_TOKEN  # of the current attempt
        self._drift: Drift = []
        # Of the last answer. Its body is not kept, since tracebacks refer to this object.
        self._head: Head | None = None

    def begin_attempt(self, token: Secret[str]) -> Request:
        """Return the request of the next attempt."""
        self._token = token
        operation, options = self.operation, self.options
        return Request(
            operation.name,
            operation.method,
            options.base_url,
            operation.url,
            Secret(
                [
                    ("Accept", "application/json"),
                    *options.sent_headers.get(),
                    *operation.headers.items(),
                    (TOKEN_HEADER, token.get()),
                ]
            ),
            operation.content,
            self._deadline,
            options.timeout,
            options.max_response_bytes,
            self.redact,
        )

    def end_attempt(self, answer: Response | Failure) -> T | OSVIError:
        """Count an attempt, and return its outcome: the value of the operation, or an error."""
        self.attempts += 1
        self._retry_at = None
        result: T | OSVIError
        if isinstance(answer, Failure):
            self._head, result = None, self._error(answer)
        else:
            # A method of this object would make a circle, which only the garbage collector ends: a fifth of a call.
            self._head = Head(answer, self._token, self.options.sent_headers)
            redact_headers = self.options.sent_headers.redact
            response = RedactedResponse(self._head, self._token.redact(answer.body), answer.unreadable, redact_headers)
            del answer  # the traceback of an interrupt would show it
            result = outcome(self.operation, response, self._drift)
        if self.gate is not None and isinstance(result, RateLimitError):
            self.gate.pause(result.retry_after)
        self._log(logging.DEBUG, "attempt %(attempts)d", result)
        return result

    def _error(self, failure: Failure) -> TransportError | ConfigurationError:
        if failure.was_closed:
            return ConfigurationError("the client was closed while it was used; make a new one")
        text = " ".join(filter(None, (f"{failure.kind}:", *self.redact(failure.text).split()))).rstrip(":")
        if failure.proxy is not None:
            text = f"{text}, through {failure.proxy}"
        missing = f"{self.operation.name}: no answer from {urlsplit(self.options.base_url).netloc}"
        error = TransportError(f"{missing} ({text})")
        if failure.is_timeout:
            error = RequestTimeoutError(f"{missing} within {self._passed_timeout()} ({text})")
        error.was_sent = failure.was_sent
        if failure.origin:
            error.add_note(failure.origin)
        return error

    def _passed_timeout(self) -> str:
        if self._deadline - time.monotonic() <= MIN_TIMEOUT:
            return f"the total_timeout of {self.options.total_timeout:g} s"
        return f"the timeout of {self.options.timeout:g} s"

    def is_retryable(self, outcome: OSVIError) -> bool:
        """Return whether another attempt is allowed, may succeed, and cannot have an effect twice."""
        if self.attempts > self.options.retries or (self.gate is not None and self.gate.stopped.is_set()):
            return False
        if isinstance(outcome, TransportError):
            return self.operation.is_idempotent or not outcome.was_sent
        return (
            isinstance(outcome, APIError) and outcome.status_code in RETRIED_STATUSES and self.operation.is_idempotent
        )

    def next_wait(self, outcome: object) -> float | None:
        """Return the seconds to wait before the next attempt. None if there is no next attempt.

        There is no next attempt if the wait would end after the deadline.
        """
        if not isinstance(outcome, OSVIError) or not self.is_retryable(outcome):
            return None
        now = time.monotonic()
        if self._retry_at is None:
            self._retry_at = now + waits.before_retry(self.attempts, getattr(outcome, "retry_after", None))
        if self.gate is not None:
            self._retry_at = max(self._retry_at, self.gate.opens_at)
        if self._retry_at >= self._deadline:
            return None
        return waits.actual_wait(max(0.0, self._retry_at - now))

    def is_delayed(self) -> bool:
        """Return whether another call has met a rate limit during the wait, so that this call must wait longer."""
        return self.gate is not None and self._retry_at is not None and self._retry_at < self.gate.opens_at

    def redact(self, text: str) -> str:
        """Return a text without the token, the headers of the user and the arguments of the operation."""
        text = self._redact_secrets(text.encode("utf-8", "replace")).decode()
        return redact_arguments(self.operation.private_texts, text)

    def _redact_secrets(self, data: bytes) -> bytes:
        return self.options.sent_headers.redact(self._token.redact(data))

    def finish(self, outcome: T | OSVIError, stacklevel: int) -> T:
        """End the call: log it, call ``on_answer``, and return the value (with warnings of drift) or raise the error.

        Args:
            outcome: The outcome of the last attempt.
            stacklevel: The number of frames from here to the user's line, for the warnings.
        """
        self._log(logging.INFO, "%(attempts)d attempt(s)", outcome)
        if self.options.on_answer is not None and (head := self._head) is not None:
            self.options.on_answer(
                Answer(
                    head.status,
                    head.headers,
                    head.request_id(self.operation),
                    self.attempts,
                    self._seconds(),
                    self.operation.name,
                )
            )
        if isinstance(outcome, OSVIError):
            outcome.attempts = self.attempts
            # The frames of the attempts are dropped, since their local variables hold the request and the token.
            raise outcome.with_traceback(None)
        for path, problem in self._drift:
            message = f"{self.operation.name}: {pointer(path)} is {problem} (openapi.yaml sha256 {SPEC_SHA256})"
            message = self._redact_secrets(message.encode("utf-8", "replace")).decode()
            warnings.warn(message, SpecDriftWarning, stacklevel=stacklevel)
        return outcome

    def _seconds(self) -> float:
        return time.monotonic() - self._began

    def _log(self, level: int, attempts_format: str, outcome: object) -> None:
        if not logger.isEnabledFor(level):
            return
        fields = {
            "operation": self.operation.name,
            "status": self._head and self._head.status,
            "request_id": self._head and self._head.request_id(self.operation),
            "outcome": type(outcome).__name__ if isinstance(outcome, OSVIError) else "ok",
            "attempts": self.attempts,
            "milliseconds": round(self._seconds() * 1000, 1),
        }
        text = f"%(operation)s: %(outcome)s, status %(status)s, {attempts_format}, %(milliseconds).1f ms"
        if fields["request_id"]:
            text = f"{text}, request id %(request_id)s"
        logger.log(level, text, fields, extra=fields)
