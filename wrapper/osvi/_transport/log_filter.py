"""Removes the customer id, the token and the user's headers from the log records of httpx and httpcore.

httpx logs each URL, which contains the customer id, at INFO. httpcore logs the headers of an answer, in which a server
may repeat the token, at DEBUG. Records of requests that this package does not send are not changed.
"""

from __future__ import annotations

import logging

from osvi._core.answers import redact_arguments
from osvi._core.call import current_call

LOGGERS = ("httpx", "httpcore.connection", "httpcore.http11", "httpcore.http2", "httpcore.proxy", "httpcore.socks")


def _redact_record(record: logging.LogRecord) -> bool:
    call = current_call.get(None)
    if call is not None:
        text = call.redact(record.getMessage())
        record.msg, record.args = redact_arguments(call.operation.private_texts, text), ()
    return True


for _name in LOGGERS:
    logging.getLogger(_name).addFilter(_redact_record)
