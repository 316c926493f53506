from __future__ import annotations

from collections.abc import Mapping

from osvi_runtime import Choice


class ActiveSessionResponseData(Choice):
    """One session, or a map of agent UUID to session. The request decides which."""

    def chat_v1_session(self) -> ChatV1Session:
        """Read the value as `ChatV1Session`.

        Raises:
            InvalidDataError: The value is of another kind.
        """
        return self._as(self.chat_v1_session)

    def mapping_of_chat_v1_session(self) -> Mapping[str, ChatV1Session]:
        """Read the value as `Mapping[str, ChatV1Session]`.

        Raises:
            InvalidDataError: The value is of another kind.
        """
        return self._as(self.mapping_of_chat_v1_session)


# At the end, since classes may refer to each other.
from . import ChatV1Session
