from __future__ import annotations

import attrs
from osvi_runtime import Model, in_spec_order


@attrs.frozen(kw_only=True, slots=False, field_transformer=in_spec_order)
class ActiveSessionResponse(Model):
    """The answer to a lookup of active sessions."""

    success: bool | None = None
    """Whether the lookup succeeded."""
    data: ActiveSessionResponseData | None = None
    """One session if the request has an `agent_uuid`, otherwise a map of agent UUID to session."""


# At the end, since classes may refer to each other.
from . import ActiveSessionResponseData
