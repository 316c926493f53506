"""Keeps the customer id and the token out of what httpx, httpcore and stamina log during a call of ours.

httpx logs every URL at INFO, the customer id in it; httpcore logs the answer's headers at DEBUG, and a server may echo
the token there. stamina warns of every retry: `osvi` logs the attempts itself, and is silent unless asked. What other
code logs through the same loggers is left alone.
"""

from __future__ import annotations

import logging

from osvi._answers import without
from osvi._calls import current_call

REDACTED = ("httpx", "httpcore.connection", "httpcore.http11", "httpcore.http2", "httpcore.proxy", "httpcore.socks")


def _redact(record: logging.LogRecord) -> bool:
    call = current_call.get()
    if call is not None:
        text = call.token.redact(record.getMessage().encode("utf-8", "replace")).decode()
        record.msg, record.args = without(call.operation.private, text), ()
    return True


def _drop(_: logging.LogRecord) -> bool:
    return current_call.get() is None


for _name in REDACTED:
    logging.getLogger(_name).addFilter(_redact)
logging.getLogger("stamina").addFilter(_drop)
