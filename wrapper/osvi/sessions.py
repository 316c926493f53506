"""The session that a lookup returns: the vendor's ``ChatV1Session`` with its agent."""

from __future__ import annotations

import attrs
from osvi_openapi.models import ChatV1Session, SessionMetadata, SessionMode, SessionStatus
from osvi_runtime import Field, Record, absent, in_spec_order

__all__ = ["ChatSession", "SessionMetadata", "SessionMode", "SessionStatus"]


@attrs.frozen(kw_only=True, slots=False, field_transformer=in_spec_order)
class ChatSession(ChatV1Session):
    """One active chat session: ``ChatV1Session`` of ``openapi.yaml``, with its agent.

    A property that the API did not send is None. ``metadata`` is never None; its parts are empty when it is absent.

    Attributes:
        agent_uuid: The agent that handles the session: the key of the map, or the argument of the call. The API does
            not send it within the session.
    """

    agent_uuid: str
    """The agent that handles the session."""
    metadata: SessionMetadata = Field(Record(SessionMetadata), default=absent(SessionMetadata))
    """The data of the session; empty when the API sent none."""


# help() shows neither the docstrings of fields nor the docstring of a base class.
_base_attributes = (ChatV1Session.__doc__ or "").partition("Attributes:\n")[2]
ChatSession.__doc__ = f"{(ChatSession.__doc__ or '').rstrip()}\n{_base_attributes}"
