from __future__ import annotations

import datetime

import attrs
from attrs import field as Field
from osvi_runtime import Model, in_spec_order


@attrs.frozen(kw_only=True, slots=False, field_transformer=in_spec_order)
class ChatV1Session(Model):
    """A chat session record."""

    id: str | None = None
    """Session UUID. Use this for the support and inject-context endpoints."""
    chat_agent_id: int | None = None
    """Internal numeric id of the agent handling the session."""
    account_id: int | None = None
    """Id of the account that owns the session."""
    customer_id: str | None = None
    """Your identifier for the customer."""
    mode: SessionMode | None = None
    """`ai` while the agent is responding, `support` when a human operator has taken over."""
    help_requested: bool | None = None
    """Whether the agent has escalated for a human operator."""
    status: SessionStatus | None = None
    """Whether the session is open ("active") or "closed"."""
    current_state: str | None = Field(default=None, metadata={"nullable": True})
    """Current state name for multi-prompt agents. `null` for single-prompt agents."""
    metadata: SessionMetadata | None = None
    """Bucketed session metadata."""
    active_human: str | None = Field(default=None, metadata={"nullable": True})
    """Email of the operator currently holding the session, or `null` if the agent is in control."""
    created_at: datetime.datetime | None = None
    """When the session began. Timezone-aware; in UTC if the server sends no zone."""
    updated_at: datetime.datetime | None = None
    """When the session last changed. Timezone-aware; in UTC if the server sends no zone."""


# At the end, since classes may refer to each other.
from . import SessionMetadata, SessionMode, SessionStatus
