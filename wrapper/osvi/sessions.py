"""What a lookup returns: the vendor's ``ChatV1Session`` as a frozen, typed value."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

import attrs
from osvi_openapi.models import SessionMode, SessionStatus

from osvi._records import NULLABLE, OURS, Record, Value, mapping

__all__ = ["ChatSession", "SessionMetadata", "SessionMode", "SessionStatus"]


def _strings(items: Iterable[str]) -> tuple[str, ...]:
    return tuple(items)


@attrs.frozen(kw_only=True)
class SessionMetadata(Value):
    """The buckets of ``ChatV1Session.metadata``; each is empty when absent, as all are when ``metadata`` is.

    Attributes:
        input_fields: Customer data supplied when the session was created. Read-only.
        state_fields: Fields that the agent maintains during the conversation. Read-only.
        context: Free-text context entries, oldest first; the server keeps a limited number.
        extra: Buckets that ``openapi.yaml`` does not know. Read-only.
    """

    input_fields: Mapping[str, Any] = mapping()
    state_fields: Mapping[str, Any] = mapping()
    context: tuple[str, ...] = attrs.field(default=(), converter=_strings)
    extra: Mapping[str, Any] = mapping(OURS)
    # Which buckets came; None when metadata itself did not. So that to_dict() tells {} from null, as the wire does.
    _present: frozenset[str] | None = attrs.field(
        default=frozenset({"input_fields", "state_fields", "context"}),
        alias="_present",
        eq=False,
        repr=False,
        metadata=OURS,
    )

    def to_dict(self) -> dict[str, Any] | None:
        """Return the metadata as JSON has it: an absent bucket is None, as is the whole when it was absent."""
        if self._present is None and self == SessionMetadata():
            return None
        present = self._present or ()
        buckets: dict[str, Any] = {
            "input_fields": dict(self.input_fields),
            "state_fields": dict(self.state_fields),
            "context": list(self.context),
        }
        return {name: value if value or name in present else None for name, value in buckets.items()} | dict(self.extra)


@attrs.frozen(kw_only=True)
class ChatSession(Record):
    """One active chat session: ``ChatV1Session`` of ``openapi.yaml``, and the agent that it belongs to.

    No property is required by the spec, so each but ``agent_uuid`` and ``metadata`` is None when it is absent.

    Attributes:
        agent_uuid: The agent that handles the session: the key of the map, or the argument of the call. The record on
            the wire does not carry it.
        id: UUID of the session; the support and inject-context endpoints take it.
        chat_agent_id: Internal numeric id of the agent.
        account_id: The account that owns the session.
        customer_id: Your identifier for the customer.
        mode: Who answers: the agent ("ai") or a human operator ("support"). Open: a value that the spec does not know
            yet is a member that equals its string.
        help_requested: Whether the agent has asked for a human operator.
        status: "active" or "closed"; open, like ``mode``.
        current_state: State of a multi-prompt agent. None also for a single-prompt agent.
        metadata: The session's data, in buckets. Never None.
        active_human: E-mail address of the operator who holds the session. None also while the agent is in control.
        created_at: When the session began; aware, UTC where the server names no zone.
        updated_at: When the session last changed; aware, UTC where the server names no zone.
        extra: Properties that ``openapi.yaml`` does not know. Read-only.
    """

    agent_uuid: str = attrs.field(metadata=OURS)
    id: str | None = None
    chat_agent_id: int | None = None
    account_id: int | None = None
    customer_id: str | None = None
    mode: SessionMode | None = None
    help_requested: bool | None = None
    status: SessionStatus | None = None
    current_state: str | None = attrs.field(default=None, metadata=NULLABLE)
    metadata: SessionMetadata = attrs.field(factory=lambda: SessionMetadata(_present=None))
    active_human: str | None = attrs.field(default=None, metadata=NULLABLE)
    created_at: datetime | None = None
    updated_at: datetime | None = None
    extra: Mapping[str, Any] = mapping(OURS)
