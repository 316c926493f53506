"""A typed client for OSVI, a voice and chat AI platform.

>>> import osvi
>>> sandbox = osvi.testing.Sandbox()
>>> with osvi.Client(token=sandbox.token, transport=sandbox.transport) as client:
...     sessions = client.list_active_sessions(sandbox.customer_id)
>>> [session.mode == "ai" for session in sessions.values()]
[True]
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from osvi_openapi.spec import SPEC_SHA256
from osvi_runtime import NULL, InvalidDataError, NullType, Operation, lazy

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
    "ConflictError",
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


if not TYPE_CHECKING:
    # These names are imported at their first use, so that `import osvi` takes little longer than `import httpx`.
    __getattr__, _ = lazy(
        __name__,
        {
            "AsyncClient": "_async_client",
            "ChatSession": "sessions",
            "CustomerSessions": "_many.results",
            "Outcome": "_many.results",
            "SessionMetadata": "sessions",
            "SessionMode": "sessions",
            "SessionStatus": "sessions",
            "models": "models",
            "operations": "operations",
            "testing": "testing",
        },
    )


def __dir__() -> list[str]:
    return __all__
