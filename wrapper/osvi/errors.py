"""The errors that a call can raise.

::

    OSVIError
    ├── ConfigurationError       also a ValueError: an argument or an environment variable is invalid
    ├── TransportError           no complete answer arrived: refused, reset, TLS, DNS, proxy, broken HTTP
    │   └── RequestTimeoutError  also a TimeoutError
    ├── APIError                 the API answered with an error
    │   ├── BadRequestError             400
    │   ├── AuthenticationError         401
    │   ├── PermissionDeniedError       403
    │   ├── NotFoundError               404
    │   │   └── SessionNotFoundError    404 with the code "session_not_found"
    │   ├── ConflictError               409
    │   ├── UnprocessableEntityError    422
    │   ├── RateLimitError              429
    │   └── ServerError                 500 to 599
    └── ContractError            the body of a successful answer differs from openapi.yaml

An error can be pickled. It contains neither the API token nor an httpx object. Its message contains no customer id; its
``body`` is the body that the server sent, which may contain one.
"""

from __future__ import annotations

import re
import sys
import warnings
from typing import Any, ClassVar, Final

from osvi_openapi.spec import SPEC_SHA256

from osvi._version import __version__

__all__ = [
    "APIError",
    "AuthenticationError",
    "BadRequestError",
    "ConfigurationError",
    "ConflictError",
    "ContractError",
    "NotFoundError",
    "OSVIError",
    "PermissionDeniedError",
    "RateLimitError",
    "RequestTimeoutError",
    "ServerError",
    "SessionNotFoundError",
    "SpecDriftWarning",
    "TransportError",
    "UnprocessableEntityError",
]


def __dir__() -> list[str]:
    return __all__


class OSVIError(Exception):
    """The base of every error of this package.

    Attributes:
        attempts: The number of attempts of the call.
    """

    attempts: int = 0

    def __str__(self) -> str:
        text = self._text()
        return f"{text} ({self.attempts} attempts)" if self.attempts > 1 else text

    def _text(self) -> str:
        return super().__str__()


class ConfigurationError(OSVIError, ValueError):
    """An argument or an environment variable is invalid, or the client is closed or used in another event loop."""


class TransportError(OSVIError):
    """No complete answer arrived: the connection failed or broke, or the server sent broken HTTP.

    Attributes:
        was_sent: Whether the request may have reached the server. False if there was no connection to it.
        reason: What happened, in the words of the library or of the system: ``ConnectError: [Errno 111] Connection
            refused``. It contains no customer id.
    """

    was_sent: bool = True
    reason: str = ""


class RequestTimeoutError(TransportError, TimeoutError):
    """A phase of an attempt took longer than ``timeout``, or the whole call longer than ``total_timeout``."""


class _AnswerError(OSVIError):
    """An answer that is not the value of its operation: the base of `APIError` and `ContractError`."""

    def __init__(self, *args: Any, status_code: int, request_id: str | None, operation: str, body: str) -> None:
        # Pickle and Celery rebuild an error from its args. The body is not among them, since Celery would store it.
        super().__init__(*args)
        self.status_code: Final = status_code
        self.request_id: Final = request_id
        self.body: Final = body
        self._operation: Final = operation


class APIError(_AnswerError):
    """The API answered with an error.

    The status is not 2xx, or ``openapi.yaml`` does not document it for the operation, or ``success`` is false.

    Attributes:
        status_code: The HTTP status.
        code: The API's machine-readable code, such as ``"session_not_found"``. None if the body has none: ``error`` may
            be a code or a sentence (``ChatV1Error.error``), and the page of a gateway has neither.
        message: The message of the body, or a description of an answer without one. It contains no customer id.
        body: The body as text. If the server repeats the API token or a secret header, it is replaced.
        retry_after: The seconds of ``Retry-After``. None if the server sent none that can be read.
        request_id: The server's ``X-Request-Id``. None if the server sent none.
    """

    hint: ClassVar[str] = ""

    def __init__(  # noqa: PLR0913, PLR0917 - an argument for each attribute
        self,
        message: str = "",
        status_code: int = 0,
        code: str | None = None,
        retry_after: float | None = None,
        request_id: str | None = None,
        operation: str = "the API",
        *,
        body: str = "",
    ) -> None:
        args = (message, status_code, code, retry_after, request_id, operation)
        super().__init__(*args, status_code=status_code, request_id=request_id, operation=operation, body=body)
        self.message: Final = message
        self.code: Final = code
        self.retry_after: Final = retry_after

    def _text(self) -> str:
        text = f"{self._operation} answered {self.status_code}: {self.message}"
        if self.request_id:
            text = f"{text} (request id {self.request_id})"
        end = "" if text.endswith((".", "?", "!")) else "."
        return f"{text}{end} {self.hint}" if self.hint else text


class BadRequestError(APIError):
    """400: the API refused the parameters. In ``openapi.yaml``: ``customer_id`` is missing."""


class AuthenticationError(APIError):
    """401: the API token is missing or wrong."""

    hint = "Check the API token (OSVI_API_TOKEN); it is in the dashboard under Settings → API"


class PermissionDeniedError(APIError):
    """403: the token does not permit the operation, or a gateway or a firewall blocks it. Not in the spec."""

    hint = "Check the permissions of the token, and whether a firewall blocks the request"


class NotFoundError(APIError):
    """404 without the code ``session_not_found``: an unknown agent, or a base URL that leads elsewhere."""

    hint = "Check the ids in the arguments and the base URL"


class SessionNotFoundError(NotFoundError):
    """404 with the code ``session_not_found``: this customer has no active session with this agent."""

    hint = ""


class ConflictError(APIError):
    """409: the state of what is asked for does not allow it, such as a session that is closed. Not in the spec."""


class UnprocessableEntityError(APIError):
    """422: the API refused the values of the parameters. Not in the spec of this endpoint."""


class RateLimitError(APIError):
    """429: too many requests. ``retry_after`` is the wait that the server asks for. Not in the spec."""

    hint = "Send fewer requests at a time"


class ServerError(APIError):
    """500 to 599: the API, or a gateway in front of it, failed. Not in the spec."""

    hint = "Try again later"


class ContractError(_AnswerError):
    """The body of a successful answer differs from ``openapi.yaml``.

    The message contains no value of the body, so it can be copied into a bug report.

    Attributes:
        pointer: The place in the body, as a JSON pointer (RFC 6901); empty for the whole body.
        expected: The type that the spec requires, such as "a string".
        found: The JSON type of the value, or a description of it, never the value; "no value" if a key is missing.
        status_code: The HTTP status.
        body: The body as text. If the server repeats the API token or a secret header, it is replaced.
        request_id: The server's ``X-Request-Id``. None if the server sent none.
    """

    def __init__(  # noqa: PLR0913, PLR0917 - an argument for each attribute
        self,
        pointer: str,
        expected: str,
        found: str,
        status_code: int = 200,
        request_id: str | None = None,
        operation: str = "the API",
        *,
        body: str = "",
    ) -> None:
        args = (pointer, expected, found, status_code, request_id, operation)
        super().__init__(*args, status_code=status_code, request_id=request_id, operation=operation, body=body)
        self.pointer: Final = pointer
        self.expected: Final = expected
        self.found: Final = found

    def _text(self) -> str:
        place = f"at {self.pointer}" if self.pointer else "as a whole"
        request = f", request id {self.request_id}" if self.request_id else ""
        return (
            f"{self._operation}: the answer breaks the spec {place}: expected {self.expected}, found {self.found} "
            f"(status {self.status_code}{request}, osvi {__version__}, openapi.yaml sha256 {SPEC_SHA256})"
        )


# The class of each status. A comment names the source of a status that openapi.yaml does not document.
STATUSES: Final[dict[int, type[APIError]]] = {
    400: BadRequestError,
    401: AuthenticationError,
    403: PermissionDeniedError,  # gateways and firewalls
    404: NotFoundError,
    409: ConflictError,
    422: UnprocessableEntityError,  # the introduction of the vendor's documentation
    429: RateLimitError,  # gateways; HTTP (RFC 6585)
    **dict.fromkeys(range(500, 600), ServerError),  # gateways use codes that IANA does not list (520, 599)
}
# The codes that have a class of their own. openapi.yaml names the code in the description of the status.
CODES: Final[dict[tuple[int, str], type[APIError]]] = {(404, "session_not_found"): SessionNotFoundError}


def error_class(status: int, code: str | None) -> type[APIError]:
    """Return the class for a status and the code in its body."""
    return CODES.get((status, code or "")) or STATUSES.get(status, APIError)


class SpecDriftWarning(UserWarning):
    """A usable answer differs from ``openapi.yaml``: it has an unknown field or enum value, or an unexpected null.

    ``python -W error::osvi.SpecDriftWarning`` makes it an error. Python cannot import this package so early and prints
    "Invalid -W option ignored"; this module applies the option later.
    """


_DRIFT_OPTION: Final = r"(default|always|ignore|module|once|error)::osvi\.(?:errors\.)?SpecDriftWarning"


def _apply_drift_options() -> None:
    """Apply the options ``-W ACTION::osvi.SpecDriftWarning`` of the interpreter, the last one last."""
    for option in sys.warnoptions:
        if match := re.fullmatch(_DRIFT_OPTION, option):
            action: Any = match[1]
            warnings.simplefilter(action, SpecDriftWarning)


_apply_drift_options()
