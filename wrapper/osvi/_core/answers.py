"""What an HTTP answer means before any operation looks at its data: the JSON, the envelope, the API's errors.

Pure: what came goes in, a value or an error comes out.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, Final, TypeVar
from urllib.parse import quote, urlsplit

import attrs
import jiter
from osvi_openapi.runtime import NO_BODY, InvalidDataError, Nothing

from osvi.errors import APIError, ContractError, OSVIError, error_class

if TYPE_CHECKING:
    from osvi_openapi.runtime import Drift, Operation


T = TypeVar("T")


@attrs.frozen
class Answer:
    """What came with the answer to a call: what ``on_answer`` gets.

    Attributes:
        status_code: The HTTP status.
        headers: The headers of the answer, by their names in any case. A header that repeats the API token has it
            replaced.
        request_id: The server's ``X-Request-Id``. None when it sent none.
        attempts: How many requests were sent for the call.
        seconds: How long the whole call took, waits included.
        operation: The method and the path, as in ``openapi.yaml``.
    """

    status_code: int
    headers: Mapping[str, str] = attrs.field(repr=False)
    request_id: str | None
    attempts: int
    seconds: float
    operation: str


@attrs.define(eq=False, repr=False)
class RawAnswer:
    """A response whose body has been read. Where the server repeats the API token, the token has been replaced."""

    status: int
    body: bytes
    # Makes the headers, which few answers need.
    read_headers: Callable[[], Mapping[str, str]] = dict
    # What kept the body from being read as it was meant (too large, broken compression); empty otherwise.
    unreadable: str = ""
    # Replaces the headers of the user in what an error shows. A value that is read keeps what the server sent.
    redact: Callable[[bytes], bytes] = bytes

    @property
    def headers(self) -> Mapping[str, str]:
        """The headers, by their names in any case."""
        return self.read_headers()

    @property
    def text(self) -> str:
        """The body as an error shows it; what is not UTF-8 shows as U+FFFD."""
        return self.redact(self.body).decode("utf-8", "replace")

    @property
    def request_id(self) -> str | None:
        """What the server calls this request, for its support."""
        return self.headers.get("x-request-id")


# The page of a gateway, or of a site that is not the API.
HTML_PAGE: Final = "an HTML page; is the base URL right?"
_HTML_TYPES: Final = {"text/html", "application/xhtml+xml"}
_HTML_BEGINNING: Final = rb"(?i)(?:\xef\xbb\xbf)?\s*<(?:!doctype\s+)?html\b"


def _is_html(answer: RawAnswer) -> bool:
    return _content_type(answer) in _HTML_TYPES or re.match(_HTML_BEGINNING, answer.body) is not None


def _content_type(answer: RawAnswer) -> str:
    return answer.headers.get("content-type", "").partition(";")[0].strip().lower()


# What jiter's messages begin with, and what we say: its own may quote the body.
_UNREADABLE: Final = {
    "Detected duplicate key": "an object with a key twice",  # one of the two would be lost in silence
    "recursion limit exceeded": "JSON nested too deeply",
    "number out of range": "a number with too many digits",
    "lone leading surrogate": "half of a surrogate pair",
    "unexpected end of hex escape": "half of a surrogate pair",
}


def parse(answer: RawAnswer) -> Any:
    """Return the JSON value of the body.

    Raises:
        InvalidDataError: The body is not JSON, or JSON that Python cannot represent without loss.
    """
    found = answer.unreadable or ("an empty body" if not answer.body or answer.body.isspace() else "")
    if not found:
        try:
            return jiter.from_json(answer.body, allow_inf_nan=False, cache_mode="keys", catch_duplicate_keys=True)
        except ValueError as error:
            text = str(error)
        found = next((ours for theirs, ours in _UNREADABLE.items() if text.startswith(theirs)), "text that is not JSON")
        if found == "text that is not JSON" and _is_html(answer):
            found = HTML_PAGE
    raise InvalidDataError("a JSON object", found)


def outcome(operation: Operation[T], answer: RawAnswer, drift: Drift) -> T | OSVIError:
    """Return what the answer means: the value, or the error to raise. Oddities of a usable one go to ``drift``."""
    reader = operation.reader(answer.status)
    if reader is None:
        return refusal(answer, operation)
    try:
        body = NO_BODY if reader is Nothing else parse(answer)
        if type(body) is dict and body.get("success") is False:
            return refusal(answer, operation)
        return operation.read(answer.status, body, drift)
    except InvalidDataError as error:
        broken = error
    return ContractError(
        answer.redact(broken.pointer.encode()).decode(),
        expected=broken.expected,
        found=broken.found,
        status_code=answer.status,
        body=answer.text,
        request_id=answer.request_id,
        operation=operation.name,
    )


def refusal(answer: RawAnswer, operation: Operation[Any]) -> APIError:
    """Return the error that the API means: by the status, and by what the body says."""
    answer = attrs.evolve(answer, body=answer.redact(answer.body))
    code, message = _code_and_message(answer)
    # A 2xx that says "no" is a plain APIError, whatever its code: the status tells the classes apart.
    cls = APIError if operation.accepts(answer.status) else error_class(answer.status, code)
    return cls(
        without_arguments(operation.private, message),
        status_code=answer.status,
        code=code,
        body=answer.text,
        retry_after=retry_after(answer.headers.get("retry-after"), datetime.now(UTC)),
        request_id=answer.request_id,
        operation=operation.name,
    )


# What can be a code; the spec lets the same key hold prose ("Machine-readable error code or message").
_CODE: Final = r"[A-Za-z][A-Za-z0-9_.:-]*"
_MESSAGE_LENGTH: Final = 500


def _code_and_message(answer: RawAnswer) -> tuple[str | None, str]:
    """Return the code, if there is one, and the message of an error body, whichever of its shapes it has."""
    try:
        body = parse(answer)
    except InvalidDataError:
        body = None
    code, texts = None, []
    if isinstance(body, dict):
        error, errors = body.get("error"), body.get("errors")
        code = error if isinstance(error, str) and re.fullmatch(_CODE, error) else None
        texts = [text for text in (error, *(errors if isinstance(errors, list) else [errors])) if isinstance(text, str)]
        texts = texts or [text for text in (body.get("message"),) if isinstance(text, str)]
        if not texts and body.get("success") is False and HTTPStatus.OK <= answer.status < HTTPStatus.MULTIPLE_CHOICES:
            texts = ['a body with "success": false']
    message = " ".join("; ".join(texts).split()) or _description(answer)
    return code, "".join(character for character in message if character.isprintable())[:_MESSAGE_LENGTH]


def _description(answer: RawAnswer) -> str:
    """Describe an answer that says nothing itself."""
    text = _status_phrase(answer)
    if not answer.body:
        return text
    if _is_html(answer):
        return f"{text}, with {HTML_PAGE}"
    kind = _content_type(answer)
    return f"{text}, with a body of type {kind}" if kind else text


def _status_phrase(answer: RawAnswer) -> str:
    if location := answer.headers.get("location"):
        return f"a redirect to {_redirect_target(location)}, which is not followed"
    try:
        return HTTPStatus(answer.status).phrase
    except ValueError:
        return "a status that no standard knows"


def _redirect_target(location: str) -> str:
    """Return a URL without its query, which repeats the customer id, and without any credentials."""
    try:
        parts = urlsplit(location)
        return parts._replace(netloc=parts.netloc.rpartition("@")[2], query="", fragment="").geturl()
    except ValueError:
        return "a place that is no URL"


def without_arguments(private: Mapping[str, str], text: str) -> str:
    """Return a sentence with the names of arguments in their place: a phone number would end up in somebody's logs."""
    for name, value in private.items():
        forms = sorted({value, quote(value, safe=""), value.lstrip("+")} - {""}, key=len, reverse=True)
        alternatives = "|".join(map(re.escape, forms))
        text = re.sub(rf"(?<![0-9A-Za-z])(?:{alternatives})(?![0-9A-Za-z])", f"[{name}]", text)
    return text


def retry_after(value: str | None, now: datetime) -> float | None:
    """Return the seconds that a ``Retry-After`` header asks for. None when there is none, or none that can be read."""
    if value is None:
        return None
    if re.fullmatch(r"[0-9]{1,15}(\.[0-9]{1,15})?", value := value.strip()):
        return float(value)
    try:
        moment = parsedate_to_datetime(value)
        return max(0.0, (moment.replace(tzinfo=moment.tzinfo or UTC) - now).total_seconds())
    except (ValueError, TypeError, OverflowError):
        return None
