"""Contains all the data models used in inputs/outputs"""

from .active_session_response import ActiveSessionResponse
from .active_session_response_data_type_1 import ActiveSessionResponseDataType1
from .chat_v1_error import ChatV1Error
from .chat_v1_session import ChatV1Session
from .chat_v1_session_metadata import ChatV1SessionMetadata
from .chat_v1_session_metadata_input_fields import ChatV1SessionMetadataInputFields
from .chat_v1_session_metadata_state_fields import ChatV1SessionMetadataStateFields
from .session_mode import SessionMode
from .session_status import SessionStatus

__all__ = (
    "ActiveSessionResponse",
    "ActiveSessionResponseDataType1",
    "ChatV1Error",
    "ChatV1Session",
    "ChatV1SessionMetadata",
    "ChatV1SessionMetadataInputFields",
    "ChatV1SessionMetadataStateFields",
    "SessionMode",
    "SessionStatus",
)
