from enum import StrEnum
from typing import TYPE_CHECKING, Self


class SessionStatus(StrEnum):
    """The values that the spec lists. Another that comes is a member too, and equals its string."""

    ACTIVE = "active"
    CLOSED = "closed"

    if TYPE_CHECKING:
        # Seen by type checkers alone: "none of the above" stays possible, and no comparison is pointless.
        _UNDOCUMENTED = str()

    @classmethod
    def _missing_(cls, value: object) -> Self | None:
        if not isinstance(value, str):
            return None
        member = str.__new__(cls, value)
        member._name_ = value
        member._value_ = value
        return member

    def __str__(self) -> str:
        return str(self.value)
