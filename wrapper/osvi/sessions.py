"""What a lookup returns: the vendor's ``ChatV1Session`` as a frozen, typed value."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from types import MappingProxyType
from typing import Any

import attrs
from osvi_openapi.models import SessionMode, SessionStatus

__all__ = ["ChatSession", "SessionMetadata", "SessionMode", "SessionStatus"]


def _read_only(mapping: Mapping[str, Any]) -> Mapping[str, Any]:
    return MappingProxyType(dict(mapping))


def _strings(items: Iterable[str]) -> tuple[str, ...]:
    return tuple(items)


def _mapping() -> Any:
    # Out of the hash, since JSON values have none; equality still compares it.
    return attrs.field(factory=dict, converter=_read_only, hash=False)


class _Record:
    """What both classes share: they are pickled and copied by their fields, since a mappingproxy can be neither."""

    __slots__ = ()

    def __reduce__(self) -> tuple[Any, ...]:
        fields = attrs.fields(type(self))  # type: ignore[arg-type]  # a base, so no attrs class itself
        return _rebuild, (type(self), {field.alias: _plain(getattr(self, field.name)) for field in fields})


def _plain(value: Any) -> Any:
    return dict(value) if isinstance(value, MappingProxyType) else value


def _rebuild(cls: type[Any], fields: dict[str, Any]) -> Any:
    return cls(**fields)


@attrs.frozen(kw_only=True)
class SessionMetadata(_Record):
    """The buckets of ``ChatV1Session.metadata``; each is empty when absent, as all are when ``metadata`` is.

    Attributes:
        input_fields: Customer data supplied when the session was created. Read-only.
        state_fields: Fields that the agent maintains during the conversation. Read-only.
        context: Free-text context entries, oldest first; the server keeps a limited number.
        extra: Buckets that ``openapi.yaml`` does not know. Read-only.
    """

    input_fields: Mapping[str, Any] = _mapping()
    state_fields: Mapping[str, Any] = _mapping()
    context: tuple[str, ...] = attrs.field(default=(), converter=_strings)
    extra: Mapping[str, Any] = _mapping()
    # Which buckets came; None when metadata itself did not. So that to_dict() tells {} from null, as the wire does.
    _present: frozenset[str] | None = attrs.field(
        default=frozenset({"input_fields", "state_fields", "context"}), alias="_present", eq=False, repr=False
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
class ChatSession(_Record):
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

    agent_uuid: str
    id: str | None = None
    chat_agent_id: int | None = None
    account_id: int | None = None
    customer_id: str | None = None
    mode: SessionMode | None = None
    help_requested: bool | None = None
    status: SessionStatus | None = None
    current_state: str | None = attrs.field(default=None, metadata={"nullable": True})
    metadata: SessionMetadata = attrs.field(factory=lambda: SessionMetadata(_present=None))
    active_human: str | None = attrs.field(default=None, metadata={"nullable": True})
    created_at: datetime | None = None
    updated_at: datetime | None = None
    extra: Mapping[str, Any] = _mapping()

    def to_dict(self) -> dict[str, Any]:
        """Return the record as the API writes it, ready for ``json.dumps``.

        Every property of the spec under its own name (None when absent), then what is in ``extra``. Timestamps are
        strings, with ``Z`` for UTC. ``agent_uuid`` is not among them: it is no property of the record. The JSON values
        inside the buckets and ``extra`` are shared, not copied.
        """
        return {name: _json(getattr(self, name)) for name in PROPERTIES} | dict(self.extra)


# The properties of ChatV1Session that have a field, in the order of the spec.
PROPERTIES = tuple(field.name for field in attrs.fields(ChatSession) if field.name not in {"agent_uuid", "extra"})


def _json(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.isoformat() if value.utcoffset() else value.isoformat().removesuffix("+00:00") + "Z"
    if isinstance(value, SessionMetadata):
        return value.to_dict()
    return value.value if isinstance(value, SessionMode | SessionStatus) else value
