from __future__ import annotations

from typing import TYPE_CHECKING

from osvi_runtime import OpenEnum


class SessionStatus(OpenEnum):
    """The values of `SessionStatus`.

    Open: a value that the spec does not list is a member too, and equals its string.
    """

    ACTIVE = "active"
    CLOSED = "closed"

    if TYPE_CHECKING:
        # With this member, type checkers know that a value may equal none of the others.
        _UNDOCUMENTED = str()
