from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset

if TYPE_CHECKING:
    from ..models.chat_v1_session_metadata_input_fields import (
        ChatV1SessionMetadataInputFields,
    )
    from ..models.chat_v1_session_metadata_state_fields import (
        ChatV1SessionMetadataStateFields,
    )


T = TypeVar("T", bound="ChatV1SessionMetadata")


@_attrs_define
class ChatV1SessionMetadata:
    """Bucketed session metadata.

    Attributes:
        input_fields (ChatV1SessionMetadataInputFields | Unset): Customer data supplied at session creation. Example:
            {'first_name': 'Alex'}.
        state_fields (ChatV1SessionMetadataStateFields | Unset): Mutable fields the agent maintains during the
            conversation. Example: {}.
        context (list[str] | Unset): Free-text context entries (FIFO-capped). Example: ['Initial context for this
            chat'].
    """

    input_fields: ChatV1SessionMetadataInputFields | Unset = UNSET
    state_fields: ChatV1SessionMetadataStateFields | Unset = UNSET
    context: list[str] | Unset = UNSET
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        input_fields: dict[str, Any] | Unset = UNSET
        if not isinstance(self.input_fields, Unset):
            input_fields = self.input_fields.to_dict()

        state_fields: dict[str, Any] | Unset = UNSET
        if not isinstance(self.state_fields, Unset):
            state_fields = self.state_fields.to_dict()

        context: list[str] | Unset = UNSET
        if not isinstance(self.context, Unset):
            context = self.context

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update({})
        if input_fields is not UNSET:
            field_dict["input_fields"] = input_fields
        if state_fields is not UNSET:
            field_dict["state_fields"] = state_fields
        if context is not UNSET:
            field_dict["context"] = context

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.chat_v1_session_metadata_input_fields import (
            ChatV1SessionMetadataInputFields,  # noqa: PLC0415
        )
        from ..models.chat_v1_session_metadata_state_fields import (
            ChatV1SessionMetadataStateFields,  # noqa: PLC0415
        )

        d = dict(src_dict)
        _input_fields = d.pop("input_fields", UNSET)
        input_fields: ChatV1SessionMetadataInputFields | Unset
        if isinstance(_input_fields, Unset):
            input_fields = UNSET
        else:
            input_fields = ChatV1SessionMetadataInputFields.from_dict(_input_fields)

        _state_fields = d.pop("state_fields", UNSET)
        state_fields: ChatV1SessionMetadataStateFields | Unset
        if isinstance(_state_fields, Unset):
            state_fields = UNSET
        else:
            state_fields = ChatV1SessionMetadataStateFields.from_dict(_state_fields)

        context = cast(list[str], d.pop("context", UNSET))

        chat_v1_session_metadata = cls(
            input_fields=input_fields,
            state_fields=state_fields,
            context=context,
        )

        chat_v1_session_metadata.additional_properties = d
        return chat_v1_session_metadata

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
