"""Keeps the customer id, the token and the headers of a call out of what httpx and httpcore log meanwhile.

httpx logs every URL at INFO, the customer id in it; httpcore logs the answer's headers at DEBUG, and a server may echo
the token there. What other code logs through the same loggers is left alone.
"""

from __future__ import annotations

import logging

from osvi._core.answers import without_arguments
from osvi._core.call import current_call

REDACTED = ("httpx", "httpcore.connection", "httpcore.http11", "httpcore.http2", "httpcore.proxy", "httpcore.socks")


def _redact(record: logging.LogRecord) -> bool:
    call = current_call.get()
    if call is not None:
        text = call.redact(record.getMessage())
        record.msg, record.args = without_arguments(call.operation.private, text), ()
    return True


for _name in REDACTED:
    logging.getLogger(_name).addFilter(_redact)
