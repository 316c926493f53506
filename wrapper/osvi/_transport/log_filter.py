"""Removes the customer id, the token and the user's headers from the log records of httpx and httpcore.

httpx logs each URL, which contains the customer id, at INFO. httpcore logs the headers of an answer, in which a server
may repeat the token, at DEBUG. Records about other requests are not changed, such as those of a token callable.
"""

from __future__ import annotations

import logging
from functools import partial
from typing import TYPE_CHECKING

# The loggers live until the interpreter ends, and with them all that this module refers to. `httpx` and `typing`, whose
# caches refer to most classes, would cost the process another collection of its garbage (5 ms).
from osvi._transport.current_request import current_request

if TYPE_CHECKING:
    from typing import Any, Final

    from osvi._core.http import Request

# httpx2 and httpcore2 stand for httpx and httpcore in an application that calls `httpx2.alias_httpx()`.
_PARTS: Final = ("connection", "http11", "http2", "proxy", "socks")
LOGGERS: Final = ("httpx", "httpx2", *(f"{core}.{part}" for core in ("httpcore", "httpcore2") for part in _PARTS))


def _make_record(make: Any, *facts: Any) -> Any:
    """Make a record, in the place of ``Logger.makeRecord``: a filter would come after the factory of records."""
    *place, msg, args = facts[:6]
    if request := current_request.get(None):
        if isinstance(args, tuple) and args:
            args = tuple(_redacted(argument, request) for argument in args)
        else:
            msg = request.library_text(str(msg))
    return make(*place, msg, args, *facts[6:])


def _redacted(argument: Any, request: Request) -> Any:
    """Return a part of a record without what is private.

    Those of httpx are the method, the URL, the version, the status and its phrase.
    """
    if argument == request.url:  # a URL of httpx
        return request.redacted_url
    return request.library_text(argument) if isinstance(argument, str) else argument


for _name in LOGGERS:
    _logger = logging.getLogger(_name)
    setattr(_logger, "makeRecord", partial(_make_record, _logger.makeRecord))  # noqa: B010 - mypy refuses a method
