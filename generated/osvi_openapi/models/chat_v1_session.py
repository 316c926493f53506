from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..models.session_mode import SessionMode
from ..models.session_status import SessionStatus
from ..types import UNSET, Unset

if TYPE_CHECKING:
    from ..models.chat_v1_session_metadata import ChatV1SessionMetadata


T = TypeVar("T", bound="ChatV1Session")


@_attrs_define
class ChatV1Session:
    """A chat session record.

    Attributes:
        id (str | Unset): Session UUID. Use this for the support and inject-context endpoints. Example:
            4718a326-417b-4dda-90d0-21fd65a11cb8.
        chat_agent_id (int | Unset): Internal numeric id of the agent handling the session. Example: 42.
        account_id (int | Unset): Id of the account that owns the session. Example: 7.
        customer_id (str | Unset): Your identifier for the customer. Example: +15551112222.
        mode (SessionMode | Unset): `ai` while the agent is responding, `support` when a human operator has taken over.
            Example: ai.
        help_requested (bool | Unset): Whether the agent has escalated for a human operator. Example: False.
        status (SessionStatus | Unset):  Example: active.
        current_state (None | str | Unset): Current state name for multi-prompt agents. `null` for single-prompt agents.
        metadata (ChatV1SessionMetadata | Unset): Bucketed session metadata.
        active_human (None | str | Unset): Email of the operator currently holding the session, or `null` if the agent
            is in control.
        created_at (datetime.datetime | Unset):  Example: 2026-06-04T11:40:25.690486Z.
        updated_at (datetime.datetime | Unset):  Example: 2026-06-04T11:40:25.690486Z.
    """

    id: str | Unset = UNSET
    chat_agent_id: int | Unset = UNSET
    account_id: int | Unset = UNSET
    customer_id: str | Unset = UNSET
    mode: SessionMode | Unset = UNSET
    help_requested: bool | Unset = UNSET
    status: SessionStatus | Unset = UNSET
    current_state: None | str | Unset = UNSET
    metadata: ChatV1SessionMetadata | Unset = UNSET
    active_human: None | str | Unset = UNSET
    created_at: datetime.datetime | Unset = UNSET
    updated_at: datetime.datetime | Unset = UNSET
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        id = self.id

        chat_agent_id = self.chat_agent_id

        account_id = self.account_id

        customer_id = self.customer_id

        mode: str | Unset = UNSET
        if not isinstance(self.mode, Unset):
            mode = self.mode.value

        help_requested = self.help_requested

        status: str | Unset = UNSET
        if not isinstance(self.status, Unset):
            status = self.status.value

        current_state: None | str | Unset
        if isinstance(self.current_state, Unset):
            current_state = UNSET
        else:
            current_state = self.current_state

        metadata: dict[str, Any] | Unset = UNSET
        if not isinstance(self.metadata, Unset):
            metadata = self.metadata.to_dict()

        active_human: None | str | Unset
        if isinstance(self.active_human, Unset):
            active_human = UNSET
        else:
            active_human = self.active_human

        created_at: str | Unset = UNSET
        if not isinstance(self.created_at, Unset):
            created_at = self.created_at.isoformat()

        updated_at: str | Unset = UNSET
        if not isinstance(self.updated_at, Unset):
            updated_at = self.updated_at.isoformat()

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update({})
        if id is not UNSET:
            field_dict["id"] = id
        if chat_agent_id is not UNSET:
            field_dict["chat_agent_id"] = chat_agent_id
        if account_id is not UNSET:
            field_dict["account_id"] = account_id
        if customer_id is not UNSET:
            field_dict["customer_id"] = customer_id
        if mode is not UNSET:
            field_dict["mode"] = mode
        if help_requested is not UNSET:
            field_dict["help_requested"] = help_requested
        if status is not UNSET:
            field_dict["status"] = status
        if current_state is not UNSET:
            field_dict["current_state"] = current_state
        if metadata is not UNSET:
            field_dict["metadata"] = metadata
        if active_human is not UNSET:
            field_dict["active_human"] = active_human
        if created_at is not UNSET:
            field_dict["created_at"] = created_at
        if updated_at is not UNSET:
            field_dict["updated_at"] = updated_at

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.chat_v1_session_metadata import ChatV1SessionMetadata  # noqa: PLC0415

        d = dict(src_dict)
        id = d.pop("id", UNSET)

        chat_agent_id = d.pop("chat_agent_id", UNSET)

        account_id = d.pop("account_id", UNSET)

        customer_id = d.pop("customer_id", UNSET)

        _mode = d.pop("mode", UNSET)
        mode: SessionMode | Unset
        if isinstance(_mode, Unset):
            mode = UNSET
        else:
            mode = SessionMode(_mode)

        help_requested = d.pop("help_requested", UNSET)

        _status = d.pop("status", UNSET)
        status: SessionStatus | Unset
        if isinstance(_status, Unset):
            status = UNSET
        else:
            status = SessionStatus(_status)

        def _parse_current_state(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        current_state = _parse_current_state(d.pop("current_state", UNSET))

        _metadata = d.pop("metadata", UNSET)
        metadata: ChatV1SessionMetadata | Unset
        if isinstance(_metadata, Unset):
            metadata = UNSET
        else:
            metadata = ChatV1SessionMetadata.from_dict(_metadata)

        def _parse_active_human(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        active_human = _parse_active_human(d.pop("active_human", UNSET))

        _created_at = d.pop("created_at", UNSET)
        created_at: datetime.datetime | Unset
        if isinstance(_created_at, Unset):
            created_at = UNSET
        else:
            created_at = datetime.datetime.fromisoformat(_created_at)

        _updated_at = d.pop("updated_at", UNSET)
        updated_at: datetime.datetime | Unset
        if isinstance(_updated_at, Unset):
            updated_at = UNSET
        else:
            updated_at = datetime.datetime.fromisoformat(_updated_at)

        chat_v1_session = cls(
            id=id,
            chat_agent_id=chat_agent_id,
            account_id=account_id,
            customer_id=customer_id,
            mode=mode,
            help_requested=help_requested,
            status=status,
            current_state=current_state,
            metadata=metadata,
            active_human=active_human,
            created_at=created_at,
            updated_at=updated_at,
        )

        chat_v1_session.additional_properties = d
        return chat_v1_session

    @property
    def additional_keys(self) -> list[str]:
        return list(self.additional_properties.keys())

    def __getitem__(self, key: str) -> Any:
        return self.additional_properties[key]

    def __setitem__(self, key: str, value: Any) -> None:
        self.additional_properties[key] = value

    def __delitem__(self, key: str) -> None:
        del self.additional_properties[key]

    def __contains__(self, key: str) -> bool:
        return key in self.additional_properties
