from __future__ import annotations

from typing import TYPE_CHECKING

from osvi_runtime import OpenEnum


class SessionMode(OpenEnum):
    """`ai` while the agent is responding, `support` when a human operator has taken over.

    Open: a value that the spec does not list is a member too, and equals its string.
    """

    AI = "ai"
    SUPPORT = "support"

    if TYPE_CHECKING:
        # With this member, type checkers know that a value may equal none of the others.
        _UNDOCUMENTED = str()
