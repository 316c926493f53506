from __future__ import annotations

import attrs
from osvi_runtime import Model, in_spec_order


@attrs.frozen(kw_only=True, slots=False, field_transformer=in_spec_order)
class ChatV1Error(Model):
    """The body of an error."""

    success: bool | None = None
    """Always false."""
    error: str | None = None
    """Machine-readable error code or message."""
