from __future__ import annotations

import datetime

import attrs
from osvi_runtime import Boolean, DateTime, Enumeration, Field, Integer, Model, Record, String, in_spec_order

from .session_metadata import SessionMetadata
from .session_mode import SessionMode
from .session_status import SessionStatus


@attrs.frozen(kw_only=True, slots=False, field_transformer=in_spec_order)
class ChatV1Session(Model):
    """A chat session record.

    Attributes:
        id: Session UUID. Use this for the support and inject-context endpoints.
        chat_agent_id: Internal numeric id of the agent handling the session.
        account_id: Id of the account that owns the session.
        customer_id: Your identifier for the customer.
        mode: `ai` while the agent is responding, `support` when a human operator has taken over.
        help_requested: Whether the agent has escalated for a human operator.
        status: Whether the session is open ("active") or "closed".
        current_state: Current state name for multi-prompt agents. `null` for single-prompt agents.
        metadata: Bucketed session metadata.
        active_human: Email of the operator currently holding the session, or `null` if the agent is in control.
        created_at: When the session began. Timezone-aware; in UTC if the server sends no zone.
        updated_at: When the session last changed. Timezone-aware; in UTC if the server sends no zone.
        extra: Properties that the spec does not declare. Read-only.
    """

    id: str | None = Field(String, default=None)
    """Session UUID. Use this for the support and inject-context endpoints."""
    chat_agent_id: int | None = Field(Integer, default=None)
    """Internal numeric id of the agent handling the session."""
    account_id: int | None = Field(Integer, default=None)
    """Id of the account that owns the session."""
    customer_id: str | None = Field(String, default=None)
    """Your identifier for the customer."""
    mode: SessionMode | None = Field(Enumeration(SessionMode), default=None)
    """`ai` while the agent is responding, `support` when a human operator has taken over."""
    help_requested: bool | None = Field(Boolean, default=None)
    """Whether the agent has escalated for a human operator."""
    status: SessionStatus | None = Field(Enumeration(SessionStatus), default=None)
    """Whether the session is open ("active") or "closed"."""
    current_state: str | None = Field(String, default=None, nullable=True)
    """Current state name for multi-prompt agents. `null` for single-prompt agents."""
    metadata: SessionMetadata | None = Field(Record(SessionMetadata), default=None)
    """Bucketed session metadata."""
    active_human: str | None = Field(String, default=None, nullable=True)
    """Email of the operator currently holding the session, or `null` if the agent is in control."""
    created_at: datetime.datetime | None = Field(DateTime, default=None)
    """When the session began. Timezone-aware; in UTC if the server sends no zone."""
    updated_at: datetime.datetime | None = Field(DateTime, default=None)
    """When the session last changed. Timezone-aware; in UTC if the server sends no zone."""

    __descriptions__ = {
        "id": "Session UUID. Use this for the support and inject-context endpoints.",
        "chat_agent_id": "Internal numeric id of the agent handling the session.",
        "account_id": "Id of the account that owns the session.",
        "customer_id": "Your identifier for the customer.",
        "mode": "`ai` while the agent is responding, `support` when a human operator has taken over.",
        "help_requested": "Whether the agent has escalated for a human operator.",
        "status": 'Whether the session is open ("active") or "closed".',
        "current_state": "Current state name for multi-prompt agents. `null` for single-prompt agents.",
        "metadata": "Bucketed session metadata.",
        "active_human": "Email of the operator currently holding the session, or `null` if the agent is in control.",
        "created_at": "When the session began. Timezone-aware; in UTC if the server sends no zone.",
        "updated_at": "When the session last changed. Timezone-aware; in UTC if the server sends no zone.",
        "extra": "Properties that the spec does not declare. Read-only.",
    }
