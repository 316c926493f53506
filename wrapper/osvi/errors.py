"""Everything that a call can raise. `STATUSES`, below the classes, says which class each HTTP status has.

::

    OSVIError
    ├── ConfigurationError       also a ValueError: what you passed, or the environment, cannot be used
    ├── TransportError           no whole answer came: refused, reset, TLS, DNS, proxy, broken HTTP
    │   └── RequestTimeoutError  also a TimeoutError
    ├── APIError                 the API answered with an error
    │   ├── BadRequestError             400
    │   ├── AuthenticationError         401
    │   ├── PermissionDeniedError       403
    │   ├── NotFoundError               404
    │   │   └── SessionNotFoundError    404 with the code "session_not_found"
    │   ├── UnprocessableEntityError    422
    │   ├── RateLimitError              429
    │   └── ServerError                 500 to 599
    └── ContractError            a good status, with a body that is not what openapi.yaml says

An error can be pickled, and holds neither the API token nor an httpx object. Its message holds no customer id; its
``body`` has what the server sent, which may hold one.
"""

from __future__ import annotations

import sys
import warnings
from typing import Any, ClassVar, Final

from osvi_openapi.spec import SPEC_SHA256

from osvi._version import __version__


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
    """No usable token, a base URL that cannot be used, a blank customer id, a closed client: nothing was sent."""


class TransportError(OSVIError):
    """No whole answer came: the connection was refused, reset or broken, or the host or the proxy is out of reach.

    Attributes:
        was_sent: Whether the request may have reached the server. False when no connection came about.
    """

    was_sent: bool = True


class RequestTimeoutError(TransportError, TimeoutError):
    """A phase of the attempt outlasted ``timeout``, or the whole call ``total_timeout``."""


class APIError(OSVIError):
    """The API answered with an error: an error status, or a success with ``"success": false``.

    So is a 2xx status that ``openapi.yaml`` does not document for the operation.

    Attributes:
        status_code: The HTTP status.
        code: The API's machine-readable code, such as ``"session_not_found"``. None when the body has none: the spec
            lets ``error`` be a code or prose (``ChatV1Error.error``), and a gateway's page has neither.
        message: What the server said, in a sentence, without the customer id.
        body: The body as text, as it came (the API token, should the server echo it, is replaced).
        retry_after: Seconds that the server asks to wait. None when it sent no ``Retry-After`` that can be read.
        request_id: The server's ``X-Request-Id``. None when it sent none.
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
        # Pickle and Celery make an error again from its args. The body is not one of them: Celery would store it.
        super().__init__(message, status_code, code, retry_after, request_id, operation)
        self.message: Final = message
        self.status_code: Final = status_code
        self.code: Final = code
        self.retry_after: Final = retry_after
        self.request_id: Final = request_id
        self.body: Final = body
        self._operation: Final = operation

    def _text(self) -> str:
        text = f"{self._operation} answered {self.status_code}: {self.message}"
        end = "" if text.endswith((".", "?", "!")) else "."
        return f"{text}{end} {self.hint}" if self.hint else text


class BadRequestError(APIError):
    """400: the API refused the parameters; ``openapi.yaml``: "``customer_id`` is missing"."""


class AuthenticationError(APIError):
    """401: the API token is missing or wrong."""

    hint = "Check the API token (OSVI_API_TOKEN); it is in the dashboard under Settings → API"


class PermissionDeniedError(APIError):
    """403: the token is known, but may not do this. Gateways and firewalls send it too. Not in the spec."""

    hint = "Check what the token may do, and whether a firewall stands in between"


class NotFoundError(APIError):
    """404 without the code ``session_not_found``: an unknown agent, or a base URL that leads elsewhere."""

    hint = "Check the agent UUID and the base URL"


class SessionNotFoundError(NotFoundError):
    """404 with the code ``session_not_found``: this customer has no active session with this agent."""

    hint = ""


class UnprocessableEntityError(APIError):
    """422: the API understood the parameters and refuses their values. Not in the spec of this endpoint."""


class RateLimitError(APIError):
    """429: too many requests; ``retry_after`` says how long to wait, if the server did. Not in the spec."""

    hint = "Send fewer requests at a time"


class ServerError(APIError):
    """Any status from 500 to 599: the API or a gateway before it failed. Not in the spec."""

    hint = "Try again later"


class ContractError(OSVIError):
    """A good status, with a body that is not what ``openapi.yaml`` says.

    Its text can go into a bug report as it is: it holds no value.

    Attributes:
        pointer: The place in the body, as a JSON pointer (RFC 6901); empty for the whole body.
        expected: What the spec says.
        found: The JSON type of the value, never the value; "nothing" where a key is missing.
        status_code: The HTTP status.
        body: The body as text, as it came (the API token, should the server echo it, is replaced).
        request_id: The server's ``X-Request-Id``. None when it sent none.
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
        super().__init__(pointer, expected, found, status_code, request_id, operation)
        self.pointer: Final = pointer
        self.expected: Final = expected
        self.found: Final = found
        self.status_code: Final = status_code
        self.request_id: Final = request_id
        self.body: Final = body
        self._operation: Final = operation

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
    422: UnprocessableEntityError,  # the introduction of the vendor's documentation
    429: RateLimitError,  # gateways; HTTP (RFC 6585)
    **dict.fromkeys(range(500, 600), ServerError),  # gateways use codes that IANA does not list (520, 599)
}
# The class of a code, where it has one of its own: openapi.yaml names the code in the description of the status.
CODES: Final[dict[tuple[int, str], type[APIError]]] = {(404, "session_not_found"): SessionNotFoundError}


def error_class(status: int, code: str | None) -> type[APIError]:
    """Return the class for a status and the code in its body."""
    return CODES.get((status, code or "")) or STATUSES.get(status, APIError)


class SpecDriftWarning(UserWarning):
    """The answer was usable, but not what ``openapi.yaml`` says: an unknown field or enum value, an unexpected null.

    ``python -W error::osvi.SpecDriftWarning`` makes it an error. Python prints "Invalid -W option ignored" first, since
    it cannot import this package so early; this module applies the option.
    """


_ACTIONS: Final = {"default", "always", "ignore", "module", "once", "error"}
for _option in sys.warnoptions:  # in order, since the last one counts
    _action: Any
    _action, _, _category = _option.partition("::")
    if _action in _ACTIONS and _category in {"osvi.SpecDriftWarning", "osvi.errors.SpecDriftWarning"}:
        warnings.simplefilter(_action, SpecDriftWarning)
