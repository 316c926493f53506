"""The outcome of an HTTP answer: the value of the operation, or an error.

This module does no I/O. `outcome` is its entry point.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, Final, TypeVar
from urllib.parse import urlsplit

import attrs
import jiter
from osvi_runtime import NO_BODY, InvalidDataError, Nothing

from osvi._core.redaction import redact_arguments
from osvi.errors import APIError, ContractError, OSVIError, error_class

if TYPE_CHECKING:
    from osvi_runtime import Drift, Operation

    from osvi._core.redaction import RedactedResponse


T = TypeVar("T")


@attrs.frozen
class Answer:
    """The answer to a call, without its body: the argument of ``on_answer``.

    Attributes:
        status_code: The HTTP status.
        headers: The headers, by their names in any case. If the server repeats the API token or a header of the client,
            it is replaced.
        request_id: The server's ``X-Request-Id``. None if the server sent none.
        attempts: The number of attempts of the call.
        seconds: The duration of the whole call, including the waits.
        operation: The method and the path, as in ``openapi.yaml``.
    """

    status_code: int
    headers: Mapping[str, str] = attrs.field(repr=False)
    request_id: str | None
    attempts: int
    seconds: float
    operation: str


# A gateway, or a site that is not the API, sends such a page.
HTML_PAGE: Final = "an HTML page; is the base URL right?"
_HTML_TYPES: Final = {"text/html", "application/xhtml+xml"}
_HTML_BEGINNING: Final = rb"(?i)(?:\xef\xbb\xbf)?\s*<(?:!doctype\s+)?html\b"


def _is_html(response: RedactedResponse) -> bool:
    return _content_type(response) in _HTML_TYPES or re.match(_HTML_BEGINNING, response.body) is not None


def _content_type(response: RedactedResponse) -> str:
    return response.head.headers.get("content-type", "").partition(";")[0].strip().lower()


# The beginnings of jiter's messages, and their replacements, since jiter's messages may quote the body.
_PARSE_ERRORS: Final = {
    "Detected duplicate key": "an object with a key twice",  # one of the values would be lost
    "recursion limit exceeded": "JSON nested too deeply",
    "number out of range": "a number with too many digits",
    "lone leading surrogate": "half of a surrogate pair",
    "unexpected end of hex escape": "half of a surrogate pair",
}


def parse(response: RedactedResponse) -> Any:
    """Return the JSON value of the body.

    Raises:
        InvalidDataError: The body is not JSON, or Python cannot represent it without loss.
    """
    found = response.unreadable or ("an empty body" if not response.body or response.body.isspace() else "")
    if not found:
        try:
            return jiter.from_json(response.body, allow_inf_nan=False, cache_mode="keys", catch_duplicate_keys=True)
        except ValueError as error:
            text = str(error)
        default = HTML_PAGE if _is_html(response) else "text that is not JSON"
        found = next((problem for beginning, problem in _PARSE_ERRORS.items() if text.startswith(beginning)), default)
    raise InvalidDataError("a JSON object", found)


def outcome(operation: Operation[T], response: RedactedResponse, drift: Drift) -> T | OSVIError:
    """Return the value of the operation, or the error to raise.

    The places where a usable answer differs from the spec are appended to ``drift``.
    """
    reader = operation.reader(response.head.status)
    if reader is None:
        return api_error(response, operation)
    try:
        body = NO_BODY if reader is Nothing else parse(response)
        if type(body) is dict and body.get("success") is False:
            return api_error(response, operation)
        return operation.read(response.head.status, body, drift)
    except InvalidDataError as error:
        return ContractError(
            response.redact(error.pointer.encode()).decode(),
            expected=error.expected,
            found=error.found,
            status_code=response.head.status,
            body=response.text,
            request_id=response.head.request_id(operation),
            operation=operation.name,
        )


def api_error(response: RedactedResponse, operation: Operation[Any]) -> APIError:
    """Return the error for the status and the body of an answer that is not a success."""
    response = attrs.evolve(response, body=response.redact(response.body))
    code, message = _code_and_message(response)
    # The status selects the class, so a 2xx with ``success: false`` is a plain APIError, whatever its code.
    return error_class(response.head.status, code)(
        redact_arguments(operation.private_texts, message),
        status_code=response.head.status,
        code=code,
        body=response.text,
        retry_after=retry_after(response.head.headers.get("retry-after"), datetime.now(UTC)),
        request_id=response.head.request_id(operation),
        operation=operation.name,
    )


# The format of a code. In the spec, ``error`` is a code or a sentence ("Machine-readable error code or message").
_CODE: Final = r"[A-Za-z][A-Za-z0-9_.:-]*"
_MESSAGE_LENGTH: Final = 500


def _code_and_message(response: RedactedResponse) -> tuple[str | None, str]:
    """Return the code and the message of an error body. The vendor's pages show several shapes of such a body."""
    try:
        body = parse(response)
    except InvalidDataError:
        body = None
    code, texts = None, []
    if isinstance(body, dict):
        error, errors = body.get("error"), body.get("errors")
        code = error if isinstance(error, str) and re.fullmatch(_CODE, error) else None
        texts = [text for text in (error, *(errors if isinstance(errors, list) else [errors])) if isinstance(text, str)]
        if not texts and isinstance(body.get("message"), str):
            texts = [body["message"]]
        if (
            not texts
            and body.get("success") is False
            and HTTPStatus.OK <= response.head.status < HTTPStatus.MULTIPLE_CHOICES
        ):
            texts = ['a body with "success": false']
    message = " ".join("; ".join(texts).split()) or _description(response)
    return code, "".join(character for character in message if character.isprintable())[:_MESSAGE_LENGTH]


def _description(response: RedactedResponse) -> str:
    """Describe an answer without a message."""
    text = _status_phrase(response)
    if not response.body:
        return text
    if _is_html(response):
        return f"{text}, with {HTML_PAGE}"
    kind = _content_type(response)
    return f"{text}, with a body of type {kind}" if kind else text


def _status_phrase(response: RedactedResponse) -> str:
    if location := response.head.headers.get("location"):
        return f"a redirect to {_redirect_target(location)}, which is not followed"
    try:
        return HTTPStatus(response.head.status).phrase
    except ValueError:
        return "a status that no standard defines"


def _redirect_target(location: str) -> str:
    """Return a URL without its query, which may contain the customer id, and without credentials."""
    try:
        parts = urlsplit(location)
        return parts._replace(netloc=parts.netloc.rpartition("@")[2], query="", fragment="").geturl()
    except ValueError:
        return "an invalid URL"


def retry_after(value: str | None, now: datetime) -> float | None:
    """Return the seconds of a ``Retry-After`` header. None if it is absent or unreadable."""
    if value is None:
        return None
    if re.fullmatch(r"[0-9]{1,15}(\.[0-9]{1,15})?", value := value.strip()):
        return float(value)
    try:
        date = parsedate_to_datetime(value)
        return max(0.0, (date.replace(tzinfo=date.tzinfo or UTC) - now).total_seconds())
    except (ValueError, OverflowError):
        return None
