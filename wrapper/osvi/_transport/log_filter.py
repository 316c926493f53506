"""Takes the customer id, the token and the user's headers out of the log records of httpx and httpcore.

httpx logs each URL at INFO, with the customer id in it. httpcore logs the headers of an answer at DEBUG, where a server
may repeat the token. Records that are not of a call of this package are not changed.
"""

from __future__ import annotations

import logging

from osvi._core.answers import redact_arguments
from osvi._core.call import current_call

REDACTED = ("httpx", "httpcore.connection", "httpcore.http11", "httpcore.http2", "httpcore.proxy", "httpcore.socks")


def _redact_record(record: logging.LogRecord) -> bool:
    call = current_call.get()
    if call is not None:
        text = call.redact(record.getMessage())
        record.msg, record.args = redact_arguments(call.operation.private, text), ()
    return True


for _name in REDACTED:
    logging.getLogger(_name).addFilter(_redact_record)
