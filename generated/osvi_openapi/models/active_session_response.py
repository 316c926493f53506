from __future__ import annotations

import attrs
from osvi_runtime import Boolean, Field, Model, OneOf, in_spec_order

from .active_session_response_data import ActiveSessionResponseData


@attrs.frozen(kw_only=True, slots=False, field_transformer=in_spec_order)
class ActiveSessionResponse(Model):
    """The answer to a lookup of active sessions.

    Attributes:
        success: Whether the lookup succeeded.
        data: One session if the request has an `agent_uuid`, otherwise a map of agent UUID to session.
        extra: Properties that the spec does not declare. Read-only.
    """

    success: bool | None = Field(Boolean, default=None)
    """Whether the lookup succeeded."""
    data: ActiveSessionResponseData | None = Field(OneOf(ActiveSessionResponseData, dict), default=None)
    """One session if the request has an `agent_uuid`, otherwise a map of agent UUID to session."""

    __descriptions__ = {
        "success": "Whether the lookup succeeded.",
        "data": "One session if the request has an `agent_uuid`, otherwise a map of agent UUID to session.",
        "extra": "Properties that the spec does not declare. Read-only.",
    }
