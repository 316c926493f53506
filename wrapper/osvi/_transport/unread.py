"""Bytes that a server has sent after the end of an answer. The next call would read them as its own answer.

httpcore closes a connection whose socket became readable while nobody waited. It does not look at the bytes that came
together with an answer: these wait in the parser (h11), or in the buffer of TLS.
"""

from __future__ import annotations

import selectors
import ssl
from typing import Any

# Unlike `select`, `poll` has no limit on the number of a descriptor; Windows has no `poll`.
_Selector: Any = getattr(selectors, "PollSelector", selectors.SelectSelector)


def is_readable(socket: Any) -> bool:
    """Return whether a socket has bytes, or its end, to be read."""
    with _Selector() as selector:
        selector.register(socket, selectors.EVENT_READ)
        return bool(selector.select(0))


def has_unread(transport: Any) -> bool:
    """Return whether a transport of httpx holds bytes after the end of an answer.

    httpx has no public way to them. If a private name has moved, the answer is True, so that a connection is used for
    one call only.
    """
    try:
        for connection in transport._pool.connections:  # noqa: SLF001
            while not hasattr(connection, "_h11_state"):
                connection = connection._connection  # noqa: PLW2901, SLF001 - of a connection through a proxy
            if connection._h11_state.trailing_data[0] or _has_record(connection._network_stream):  # noqa: SLF001
                return True
    except (AttributeError, TypeError, LookupError):
        return True
    return False


def _has_record(stream: Any) -> bool:
    """Return whether the buffer of TLS has a record. Only that of an async client keeps more than one."""
    tls = stream.get_extra_info("ssl_object")
    try:
        return isinstance(tls, ssl.SSLObject) and bool(tls.read(1))
    except ssl.SSLWantReadError:
        return False
    except ssl.SSLError:
        return True
