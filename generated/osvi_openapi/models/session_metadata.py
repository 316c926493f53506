from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import attrs
from osvi_runtime import EMPTY, Anything, Array, Field, Map, Model, String, in_spec_order


@attrs.frozen(kw_only=True, slots=False, field_transformer=in_spec_order)
class SessionMetadata(Model):
    """Bucketed session metadata.

    Attributes:
        input_fields: Customer data supplied at session creation.
        state_fields: Mutable fields the agent maintains during the conversation.
        context: Free-text context entries (FIFO-capped).
        extra: Properties that the spec does not declare. Read-only.
    """

    input_fields: Mapping[str, Any] = Field(Map(Anything), default=EMPTY)
    """Customer data supplied at session creation."""
    state_fields: Mapping[str, Any] = Field(Map(Anything), default=EMPTY)
    """Mutable fields the agent maintains during the conversation."""
    context: tuple[str, ...] = Field(Array(String), default=())
    """Free-text context entries (FIFO-capped)."""

    __descriptions__ = {
        "input_fields": "Customer data supplied at session creation.",
        "state_fields": "Mutable fields the agent maintains during the conversation.",
        "context": "Free-text context entries (FIFO-capped).",
        "extra": "Properties that the spec does not declare. Read-only.",
    }
