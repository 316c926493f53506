"""Removes the customer id, the token and the user's headers from the log records of httpx and httpcore.

httpx logs each URL, which contains the customer id, at INFO. httpcore logs the headers of an answer, in which a server
may repeat the token, at DEBUG. Records about other requests are not changed, such as those of a token callable.
"""

from __future__ import annotations

import logging
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


def _redact_record(record: logging.LogRecord) -> bool:
    request = current_request.get(None)
    if request is None:
        return True
    if isinstance(record.args, tuple) and record.args:
        record.args = tuple(_redacted(argument, request) for argument in record.args)
    else:
        record.msg = request.redact_library_text(str(record.msg))
    return True


def _redacted(argument: Any, request: Request) -> Any:
    """Return a part of a record without what is private.

    Those of httpx are the method, the URL, the version, the status and its phrase.
    """
    if argument == request.url:  # a URL of httpx
        return request.redacted_url
    return request.redact_library_text(argument) if isinstance(argument, str) else argument


for _name in LOGGERS:
    logging.getLogger(_name).addFilter(_redact_record)
