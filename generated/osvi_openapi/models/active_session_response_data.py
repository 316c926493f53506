from __future__ import annotations

from collections.abc import Mapping

from osvi_runtime import Choice, Map, Record

from .chat_v1_session import ChatV1Session


class ActiveSessionResponseData(Choice):
    """One session, or a map of agent UUID to session. The request decides which."""

    __branches__ = (Record(ChatV1Session), Map(Record(ChatV1Session)))

    def chat_v1_session(self) -> ChatV1Session:
        """Read the value as `ChatV1Session`.

        Raises:
            InvalidDataError: The value is of another kind.
        """
        return self._as(Record(ChatV1Session))

    def mapping_of_chat_v1_session(self) -> Mapping[str, ChatV1Session]:
        """Read the value as `Mapping[str, ChatV1Session]`.

        Raises:
            InvalidDataError: The value is of another kind.
        """
        return self._as(Map(Record(ChatV1Session)))
