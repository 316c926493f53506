from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import attrs
from osvi_runtime import EMPTY, Model, in_spec_order


@attrs.frozen(kw_only=True, slots=False, field_transformer=in_spec_order)
class SessionMetadata(Model):
    """Bucketed session metadata."""

    input_fields: Mapping[str, Any] = EMPTY
    """Customer data supplied at session creation."""
    state_fields: Mapping[str, Any] = EMPTY
    """Mutable fields the agent maintains during the conversation."""
    context: tuple[str, ...] = ()
    """Free-text context entries (FIFO-capped)."""
