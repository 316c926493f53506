"""The outcome of an HTTP answer: the value of the operation, or an error.

This module does no I/O. `outcome` is its entry point.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from http import HTTPStatus
from typing import Any, Final
from urllib.parse import urlsplit

import jiter
from osvi_runtime import NO_BODY, Drift, InvalidDataError, Nothing

from osvi._core.http import Request, Response
from osvi.errors import APIError, ContractError, RequestTimeoutError, error_class

# A gateway, or a site that is not the API, sends such a page.
HTML_PAGE: Final = "an HTML page"
_IS_URL_RIGHT: Final = "; is the base URL right?"
_HTML_TYPES: Final = {"text/html", "application/xhtml+xml"}
_HTML_BEGINNING: Final = rb"(?i)(?:\xef\xbb\xbf)?\s*<(?:!doctype\s+)?html\b"

_TOO_LONG: Final = "it took longer than the total_timeout of {:g} s to read the answer"


def _is_html(response: Response) -> bool:
    return _content_type(response) in _HTML_TYPES or re.match(_HTML_BEGINNING, response.body) is not None


def _content_type(response: Response) -> str:
    return response.headers.get("content-type", "").partition(";")[0].strip().lower()


# The beginnings of jiter's messages, and their replacements, since jiter's messages may quote the body.
_PARSE_ERRORS: Final = {
    "Detected duplicate key": "an object with a key twice",  # one of the values would be lost
    "recursion limit exceeded": "JSON nested too deeply",
    "number out of range": "a number with too many digits",
    "lone leading surrogate": "an unpaired surrogate",
    "unexpected end of hex escape": "an unpaired surrogate",
}


def parse(response: Response, data: bytes | None = None) -> Any:
    """Return the JSON value of the body, or of ``data`` in its place.

    Raises:
        InvalidDataError: The body is not JSON, or Python cannot represent it without loss.
    """
    found = response.unreadable
    if not found:
        try:
            return jiter.from_json(
                response.body if data is None else data,
                allow_inf_nan=False,
                cache_mode="keys",
                catch_duplicate_keys=True,
            )
        except ValueError as error:
            text = str(error)
        if not response.body.strip():
            found = "an empty body"
        else:
            found = HTML_PAGE + _IS_URL_RIGHT if _is_html(response) else "text that is not JSON"
        found = next((problem for beginning, problem in _PARSE_ERRORS.items() if text.startswith(beginning)), found)
    raise InvalidDataError("a JSON object", found)


def outcome(request: Request, response: Response, drift: Drift) -> Any:
    """Return the value of the operation, or the `OSVIError` to raise.

    The places where a usable answer differs from the spec are added to ``drift``.
    """
    operation = request.operation
    reader = operation.reader(response.status)
    if reader is None:
        return api_error(request, response)
    try:
        is_absent = reader is Nothing or (type(NO_BODY) in reader.types and not (response.body or response.unreadable))
        body = NO_BODY if is_absent else parse(response, request.token.redact(response.body))
        if type(body) is dict and body.get("success") is False:
            return api_error(request, response)
        return operation.read(reader, body, drift)
    except TimeoutError:
        return RequestTimeoutError(f"{operation.name}: {_TOO_LONG.format(request.options.total_timeout)}")
    except InvalidDataError as error:
        return ContractError(
            request.server_text(error.pointer),
            expected=error.expected,
            found=error.found,
            **_facts(request, response),
        )


def _facts(request: Request, response: Response) -> dict[str, Any]:
    """Return what all errors of an answer have."""
    return {
        "status_code": response.status,
        "request_id": response.request_id(request),
        "operation": request.operation.name,
        # U+FFFD replaces bytes that are not UTF-8.
        "body": request.redact_bytes(response.body).decode("utf-8", "replace"),
    }


def api_error(request: Request, response: Response) -> APIError:
    """Return the error for the status and the body of an answer that is not a success."""
    code, message = _code_and_message(response)
    # The status selects the class, so a 2xx with ``success: false`` is a plain APIError, whatever its code.
    return error_class(response.status, code)(
        request.server_text(message) or request.server_text(_description(response)),
        code=code and request.redact_bytes(code.encode()).decode(),
        retry_after=retry_after(response.headers.get("retry-after"), datetime.now(UTC)),
        **_facts(request, response),
    )


# The format of a code. In the spec, ``error`` is a code or a sentence ("Machine-readable error code or message").
_CODE: Final = r"[A-Za-z][A-Za-z0-9_.:-]{0,99}"


def _code_and_message(response: Response) -> tuple[str | None, str]:
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
            and HTTPStatus.OK <= response.status < HTTPStatus.MULTIPLE_CHOICES
        ):
            texts = ['a body with "success": false']
    return code, "; ".join(texts)


def _description(response: Response) -> str:
    """Describe an answer without a message."""
    text = _status_phrase(response)
    if not response.body:
        return text
    if _is_html(response):
        question = "" if response.status >= HTTPStatus.INTERNAL_SERVER_ERROR else _IS_URL_RIGHT  # a gateway's own page
        return f"{text}, with {HTML_PAGE}{question}"
    kind = _content_type(response)
    return f"{text}, with a body of type {kind}" if kind else text


def _status_phrase(response: Response) -> str:
    if location := response.headers.get("location"):
        return f"a redirect to {_redirect_target(location)}, which is not followed"
    try:
        return HTTPStatus(response.status).phrase
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
