"""The options of a client, checked once, with errors that say what to change."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from typing import Any, Final

import attrs
from osvi_openapi.spec import TOKEN_HEADER

from osvi._core.token import Secret
from osvi.errors import ConfigurationError

# RFC 9110, 7.6.1, and what HTTP itself or this package decides for each request.
_RESERVED_HEADERS: Final = frozenset(
    {"accept", "accept-encoding", "connection", "content-length", "content-type", "cookie", "expect", "host"}
    | {"keep-alive", "proxy-authenticate", "proxy-authorization", "proxy-connection", "te", "trailer"}
    | {"transfer-encoding", "upgrade", TOKEN_HEADER.lower()}
)
_HEADER_NAME: Final = re.compile(r"[!#$%&'*+\-.^_`|~0-9A-Za-z]+")  # RFC 9110, 5.6.2: a token
_SHORTEST_SECRET: Final = 8  # characters; to replace a shorter header value in an answer would garble the answer


@attrs.frozen
class Options:
    """The options of a call. Durations are in seconds."""

    base_url: str
    timeout: float
    retries: int
    total_timeout: float
    max_response_bytes: int
    headers: Secret[list[tuple[str, str]]] = attrs.field(repr=False)
    """What each request carries beside the token: those of the user, and ``User-Agent``."""


def checked_options(  # noqa: PLR0913 - the options of the clients
    *,
    base_url: str,
    timeout: float,
    retries: int,
    total_timeout: float,
    max_response_bytes: int,
    headers: Secret[Mapping[str, str] | None],
    user_agent: str,
) -> Options:
    """Return the options.

    Raises:
        ConfigurationError: One of them cannot be used.
    """
    for name, seconds in (("timeout", timeout), ("total_timeout", total_timeout)):
        if not _is_number(seconds) or not 0 < seconds < math.inf:
            raise ConfigurationError(f"{name} must be a number of seconds above 0, not {seconds!r}")
    for name, count, least in (("retries", retries, 0), ("max_response_bytes", max_response_bytes, 1)):
        if not _is_number(count) or count != int(count) or count < least:
            raise ConfigurationError(f"{name} must be a whole number from {least} up, not {count!r}")
    # Raised here, where no local variable holds a header's value: a traceback shows those.
    if problem := _headers_problem(headers.get() or {}):
        raise ConfigurationError(problem)
    return Options(
        base_url,
        float(timeout),
        int(retries),
        float(total_timeout),
        int(max_response_bytes),
        _all_headers(headers.get() or {}, user_agent),
    )


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)


def _headers_problem(given: Mapping[Any, Any]) -> str | None:
    """Say what is wrong with the headers of the user; a header is named, its value never."""
    if not isinstance(given, Mapping):
        return f"headers must be a mapping, not {type(given).__name__}"
    for name, value in given.items():
        if not (isinstance(name, str) and _HEADER_NAME.fullmatch(name)):  # not named: it may have the value in it
            return "headers: a name is none that an HTTP header can have"
        if problem := _header_problem(name, value):
            return f"headers: {name!r} {problem}"
    if len({name.lower() for name in given}) < len(given):
        return "headers: one name is there twice, in upper and lower case"
    return None


def _header_problem(name: str, value: Any) -> str | None:
    if name.lower() in _RESERVED_HEADERS:
        return "is set by this package or by HTTP itself; leave it out"
    if not isinstance(value, str):
        return f"must have a string as its value, not {type(value).__name__}"
    if not value.isascii() or not value.isprintable() or value != value.strip() or not value:
        return "must have a value of printable ASCII, without white space around it"
    return None


def _all_headers(given: Mapping[str, str], user_agent: str) -> Secret[list[tuple[str, str]]]:
    headers = [(name, value) for name, value in given.items() if name.lower() != "user-agent"]
    texts = [part for _, value in headers for part in (value, *value.split()) if len(part) >= _SHORTEST_SECRET]
    agents = [value for name, value in given.items() if name.lower() == "user-agent"]
    return Secret([*headers, ("User-Agent", " ".join([*agents, user_agent]))], texts, "[header]")
