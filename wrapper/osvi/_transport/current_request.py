"""The request that the current thread or task sends, for what httpx calls without it: the network and the loggers."""

from __future__ import annotations

from contextvars import ContextVar
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from osvi._core.http import Request

current_request: Final[ContextVar[Request]] = ContextVar("current_request")
