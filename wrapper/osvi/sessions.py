"""The session that a lookup returns: the vendor's ``ChatV1Session`` with its agent."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar, Self

import attrs
from osvi_openapi.models import ChatV1Session, SessionMetadata, SessionMode, SessionStatus
from osvi_runtime import complete_init, empty_record, in_spec_order

__all__ = ["ChatSession", "SessionMetadata", "SessionMode", "SessionStatus"]


def _check_text(_: ChatSession, attribute: attrs.Attribute[str], value: object) -> None:
    if not isinstance(value, str):
        raise TypeError(f"{attribute.name} must be a string, not {type(value).__name__}")


@attrs.frozen(kw_only=True, slots=False, field_transformer=in_spec_order)
class ChatSession(ChatV1Session):
    """One active chat session: ``ChatV1Session`` of ``openapi.yaml``, with its agent.

    A property that the API did not send is None. ``metadata`` is never None; its parts are empty when it is absent.
    """

    __descriptions__: ClassVar[Mapping[str, str]] = {
        "agent_uuid": "The agent that handles the session: the key of the map, or the argument of the call. The API "
        "does not send it within the session.",
    }

    agent_uuid: str = attrs.field(validator=_check_text, metadata={"in_json": False})
    """The agent that handles the session."""
    metadata: SessionMetadata = attrs.field(default=empty_record(SessionMetadata))
    """The data of the session; empty when the API sent none."""

    # It needs one argument more than the method of the base, since the data do not have the agent.
    @classmethod
    def from_dict(  # type: ignore[override]  # pyright: ignore[reportIncompatibleMethodOverride]
        cls, data: Mapping[str, Any], *, agent_uuid: str
    ) -> Self:
        """Return the session of a JSON object, as `to_dict` and the API write it.

        Args:
            data: The JSON object. If the spec does not allow null for a property, null counts as absent.
            agent_uuid: The agent that handles the session, since the API does not send it within the session.

        Raises:
            InvalidDataError: ``data`` differs from the spec.
            TypeError: ``agent_uuid`` is not a string.
        """
        return attrs.evolve(super().from_dict(data), agent_uuid=agent_uuid)


complete_init(ChatSession)
