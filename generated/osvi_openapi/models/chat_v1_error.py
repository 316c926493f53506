from __future__ import annotations

import attrs
from osvi_runtime import Boolean, Field, Model, String, in_spec_order


@attrs.frozen(kw_only=True, slots=False, field_transformer=in_spec_order)
class ChatV1Error(Model):
    """The body of an error.

    Attributes:
        success: Always false.
        error: Machine-readable error code or message.
        extra: Properties that the spec does not declare. Read-only.
    """

    success: bool | None = Field(Boolean, default=None)
    """Always false."""
    error: str | None = Field(String, default=None)
    """Machine-readable error code or message."""

    __descriptions__ = {
        "success": "Always false.",
        "error": "Machine-readable error code or message.",
        "extra": "Properties that the spec does not declare. Read-only.",
    }
