from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset

if TYPE_CHECKING:
    from ..models.active_session_response_data_type_1 import (
        ActiveSessionResponseDataType1,
    )
    from ..models.chat_v1_session import ChatV1Session


T = TypeVar("T", bound="ActiveSessionResponse")


@_attrs_define
class ActiveSessionResponse:
    """
    Attributes:
        success (bool | Unset):  Example: True.
        data (ActiveSessionResponseDataType1 | ChatV1Session | Unset):
    """

    success: bool | Unset = UNSET
    data: ActiveSessionResponseDataType1 | ChatV1Session | Unset = UNSET
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        from ..models.chat_v1_session import ChatV1Session  # noqa: PLC0415

        success = self.success

        data: dict[str, Any] | Unset
        if isinstance(self.data, Unset):
            data = UNSET
        elif isinstance(self.data, ChatV1Session):
            data = self.data.to_dict()
        else:
            data = self.data.to_dict()

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update({})
        if success is not UNSET:
            field_dict["success"] = success
        if data is not UNSET:
            field_dict["data"] = data

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.active_session_response_data_type_1 import (
            ActiveSessionResponseDataType1,  # noqa: PLC0415
        )
        from ..models.chat_v1_session import ChatV1Session  # noqa: PLC0415

        d = dict(src_dict)
        success = d.pop("success", UNSET)

        def _parse_data(
            data: object,
        ) -> ActiveSessionResponseDataType1 | ChatV1Session | Unset:
            if isinstance(data, Unset):
                return data
            try:
                if not isinstance(data, dict):
                    raise TypeError()
                data_type_0 = ChatV1Session.from_dict(data)

                return data_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            if not isinstance(data, dict):
                raise TypeError()
            data_type_1 = ActiveSessionResponseDataType1.from_dict(data)

            return data_type_1

        data = _parse_data(d.pop("data", UNSET))

        active_session_response = cls(
            success=success,
            data=data,
        )

        active_session_response.additional_properties = d
        return active_session_response

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
