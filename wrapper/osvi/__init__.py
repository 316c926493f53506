"""A typed client for OSVI, a voice and chat AI platform.

>>> import osvi
>>> sandbox = osvi.testing.Sandbox()
>>> with osvi.Client(token=sandbox.token, transport=sandbox.transport) as client:
...     sessions = client.list_active_sessions(sandbox.customer_id)
>>> [session.mode == "ai" for session in sessions.values()]
[True]
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from osvi_openapi.spec import SPEC_SHA256

from osvi import _logs, errors  # noqa: F401 - _logs: for what it does
from osvi._async_client import AsyncClient
from osvi._client import Client
from osvi._fanout import CustomerSessions
from osvi._version import __version__
from osvi.errors import (
    APIError,
    AuthenticationError,
    BadRequestError,
    ConfigurationError,
    ContractError,
    NotFoundError,
    OSVIError,
    PermissionDeniedError,
    RateLimitError,
    RequestTimeoutError,
    ServerError,
    SessionNotFoundError,
    SpecDriftWarning,
    TransportError,
    UnprocessableEntityError,
)
from osvi.sessions import ChatSession, SessionMetadata, SessionMode, SessionStatus

if TYPE_CHECKING:
    from osvi import testing

__all__ = [
    "SPEC_SHA256",
    "APIError",
    "AsyncClient",
    "AuthenticationError",
    "BadRequestError",
    "ChatSession",
    "Client",
    "ConfigurationError",
    "ContractError",
    "CustomerSessions",
    "NotFoundError",
    "OSVIError",
    "PermissionDeniedError",
    "RateLimitError",
    "RequestTimeoutError",
    "ServerError",
    "SessionMetadata",
    "SessionMode",
    "SessionNotFoundError",
    "SessionStatus",
    "SpecDriftWarning",
    "TransportError",
    "UnprocessableEntityError",
    "__version__",
    "errors",
    "testing",
]


def __getattr__(name: str) -> Any:
    # `osvi.testing` works without an import of its own, and costs nothing until it is used.
    if name == "testing":
        import importlib  # noqa: PLC0415

        return importlib.import_module("osvi.testing")
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
