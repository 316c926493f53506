"""A typed client for OSVI, a voice and chat AI platform.

>>> import osvi
>>> sandbox = osvi.testing.Sandbox()
>>> with osvi.Client(token=sandbox.token, transport=sandbox.transport) as client:
...     sessions = client.list_active_sessions(sandbox.customer_id)
>>> [session.mode == "ai" for session in sessions.values()]
[True]
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

from osvi_openapi.spec import SPEC_SHA256
from osvi_runtime import NULL, InvalidDataError, NullType, Operation

from osvi import errors
from osvi._client import Client
from osvi._core.options import Answer
from osvi._core.token import AsyncToken, Token
from osvi._transport import log_filter  # noqa: F401 - the import adds the log filters
from osvi._version import __version__
from osvi.errors import *  # noqa: F403 - all of errors.__all__

if TYPE_CHECKING:
    from osvi import models, operations, testing
    from osvi._async_client import AsyncClient
    from osvi._many.results import CustomerSessions, Outcome
    from osvi.sessions import ChatSession, SessionMetadata, SessionMode, SessionStatus

__all__ = [
    "NULL",
    "SPEC_SHA256",
    "APIError",
    "Answer",
    "AsyncClient",
    "AsyncToken",
    "AuthenticationError",
    "BadRequestError",
    "ChatSession",
    "Client",
    "ConfigurationError",
    "ContractError",
    "CustomerSessions",
    "InvalidDataError",
    "NotFoundError",
    "NullType",
    "OSVIError",
    "Operation",
    "Outcome",
    "PermissionDeniedError",
    "RateLimitError",
    "RequestTimeoutError",
    "ServerError",
    "SessionMetadata",
    "SessionMode",
    "SessionNotFoundError",
    "SessionStatus",
    "SpecDriftWarning",
    "Token",
    "TransportError",
    "UnprocessableEntityError",
    "__version__",
    "errors",
    "models",
    "operations",
    "testing",
]


# These names are imported at their first use, so that `import osvi` takes little longer than `import httpx`.
_LAZY_NAMES = {
    "AsyncClient": "osvi._async_client",
    **dict.fromkeys(("CustomerSessions", "Outcome"), "osvi._many.results"),
    **dict.fromkeys(("ChatSession", "SessionMetadata", "SessionMode", "SessionStatus"), "osvi.sessions"),
}
_LAZY_MODULES = {"models", "operations", "testing"}


def __getattr__(name: str) -> Any:
    if name in _LAZY_MODULES:
        return importlib.import_module(f"osvi.{name}")
    if name not in _LAZY_NAMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = globals()[name] = getattr(importlib.import_module(_LAZY_NAMES[name]), name)
    return value


def __dir__() -> list[str]:
    return __all__
