"""The models of the API. Each is imported at its first use."""

from typing import TYPE_CHECKING

from osvi_runtime import lazy

if TYPE_CHECKING:
    from .active_session_response import ActiveSessionResponse as ActiveSessionResponse
    from .active_session_response_data import ActiveSessionResponseData as ActiveSessionResponseData
    from .chat_v1_error import ChatV1Error as ChatV1Error
    from .chat_v1_session import ChatV1Session as ChatV1Session
    from .session_metadata import SessionMetadata as SessionMetadata
    from .session_mode import SessionMode as SessionMode
    from .session_status import SessionStatus as SessionStatus

__all__ = [
    "ActiveSessionResponse",
    "ActiveSessionResponseData",
    "ChatV1Error",
    "ChatV1Session",
    "SessionMetadata",
    "SessionMode",
    "SessionStatus",
]

if not TYPE_CHECKING:
    __getattr__, __dir__ = lazy(
        __name__,
        {
            "ActiveSessionResponse": "active_session_response",
            "ActiveSessionResponseData": "active_session_response_data",
            "ChatV1Error": "chat_v1_error",
            "ChatV1Session": "chat_v1_session",
            "SessionMetadata": "session_metadata",
            "SessionMode": "session_mode",
            "SessionStatus": "session_status",
        },
    )
