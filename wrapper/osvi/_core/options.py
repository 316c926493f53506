"""The options of a client, and their checks."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any, Final

import attrs
from osvi_openapi.spec import TOKEN_HEADER
from osvi_runtime import HEADER_VALUE

from osvi._core.token import Secret
from osvi.errors import ConfigurationError


@attrs.frozen
class Answer:
    """The answer to a call, without its body: the argument of ``on_answer``.

    Attributes:
        status_code: The HTTP status.
        headers: The headers, by their names in any case. If the server repeats the API token or a secret header of
            the client, it is replaced.
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


# The headers of a single connection (RFC 9110, 7.6.1), and those that HTTP or this package sets.
_RESERVED_HEADERS: Final = f"""
accept accept-encoding connection content-length content-type cookie expect host keep-alive proxy-authenticate
proxy-authorization proxy-connection te trailer transfer-encoding upgrade {TOKEN_HEADER.lower()}
""".split()
_HEADER_NAME: Final = r"[!#$%&'*+\-.^_`|~0-9A-Za-z]+"  # RFC 9110, 5.1
_SECRET_NAME: Final = "(?i)authorization|cookie|token|key|secret|password"  # noqa: S105
_SHORTEST_SECRET: Final = 8  # characters; replacing shorter header values in an answer would garble it


_LARGEST: Final = 10**9  # of a number: 31 years, or a gigabyte


def _number(kind: str, is_right: Callable[[float], bool]) -> Any:
    """Return a validator of numbers."""

    def check(_: object, attribute: attrs.Attribute[Any], value: Any) -> None:
        is_number = isinstance(value, int | float) and not isinstance(value, bool)
        if is_number and value > _LARGEST:  # Python does not print an int of more than 4,300 digits
            raise ConfigurationError(f"{attribute.name} must be {kind}, and at most {_LARGEST}")
        if not (is_number and is_right(value)):
            raise ConfigurationError(f"{attribute.name} must be {kind}, not {value!r}")

    return check


def whole_number(least: int) -> Any:
    return _number(f"a whole number from {least} up", lambda value: value >= least and value == int(value))


_SECONDS: Final = _number("a number of seconds above 0", lambda value: value > 0)


def _check_headers(_: object, __: object, value: Secret[Mapping[str, str]]) -> None:
    # The error is raised here, where no local variable holds the value of a header: tracebacks can show them.
    if problem := _invalid_headers(value.get()):
        raise ConfigurationError(problem)


def _check_callable(_: object, attribute: attrs.Attribute[Any], value: Any) -> None:
    if value is not None and not callable(value):
        raise ConfigurationError(f"{attribute.name} must be callable, not {type(value).__name__}")


@attrs.frozen(kw_only=True, eq=False, repr=False)
class Options:
    """The options of a call. Durations are in seconds.

    Raises:
        ConfigurationError: An option is invalid.
    """

    base_url: str
    user_agent: str
    timeout: float = attrs.field(validator=_SECONDS)
    total_timeout: float = attrs.field(validator=_SECONDS)
    retries: int = attrs.field(validator=whole_number(0))
    max_response_bytes: int = attrs.field(validator=whole_number(1))
    headers: Secret[Mapping[str, str]] = attrs.field(validator=_check_headers)
    on_answer: Callable[[Answer], object] | None = attrs.field(validator=_check_callable)
    sent_headers: Secret[list[tuple[str, str]]] = attrs.field(init=False)
    """What each request has of these: the headers of the user, and ``User-Agent``."""

    def __attrs_post_init__(self) -> None:
        headers = {name.lower(): (name, value) for name, value in self.headers.get().items()}
        _, agent = headers.pop("user-agent", ("", ""))
        secrets = [value for name, value in headers.values() if re.search(_SECRET_NAME, name)]
        texts = [part for value in secrets for part in (value, *value.split())]
        sent = [*headers.values(), ("User-Agent", f"{agent} {self.user_agent}".strip())]
        secret = Secret(sent, [text for text in texts if len(text) >= _SHORTEST_SECRET], "[header]")
        object.__setattr__(self, "sent_headers", secret)  # the class is frozen

    def changed(self, headers: Secret[Mapping[str, str | None]], **changes: Any) -> Options:
        """Return the options with changes. An option that is None stays as it is; a header that is None is removed.

        Raises:
            ConfigurationError: A change is invalid.
        """
        options = {name: value for name, value in changes.items() if value is not None}
        return attrs.evolve(self, headers=Secret(_merged(self.headers.get(), headers.get())), **options)


def _merged(headers: Mapping[str, str], changes: Mapping[str, str | None]) -> Any:
    if not isinstance(changes, Mapping):
        return changes  # the validator refuses it
    changed = {str(name).lower() for name in changes}
    kept = {name: value for name, value in headers.items() if name.lower() not in changed}
    return kept | {name: value for name, value in changes.items() if value is not None}


def _invalid_headers(headers: Mapping[Any, Any]) -> str | None:
    """Describe why the headers of the user are invalid, without their values. None if they are valid."""
    if not isinstance(headers, Mapping):
        return f"headers must be a mapping, not {type(headers).__name__}"
    for name, value in headers.items():
        if not (isinstance(name, str) and re.fullmatch(_HEADER_NAME, name)):  # an invalid name may contain the value
            return "headers: a name is not a valid HTTP header name"
        if problem := _invalid_header(name, value):
            return f"headers: {name!r} {problem}"
    if len({name.lower() for name in headers}) < len(headers):
        return "headers: a name occurs twice, in upper and lower case"
    return None


def _invalid_header(name: str, value: Any) -> str | None:
    if name.lower() in _RESERVED_HEADERS:
        return "is set by this package or by HTTP itself; leave it out"
    if not isinstance(value, str):
        return f"must have a string as its value, not {type(value).__name__}"
    if not re.fullmatch(HEADER_VALUE, value):
        return "must have a value of printable ASCII, without white space around it"
    return None
