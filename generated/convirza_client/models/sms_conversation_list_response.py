# Generated from openapi/openapi.yaml by scripts/generate.py: do not edit.
# To change it, edit the document and run: tox run -e generate
from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Self
from uuid import UUID

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from .. import models, types

if TYPE_CHECKING:
    from ..models.sms_conversation_list_data import SmsConversationListData


@_attrs_define(repr=False, kw_only=True)
class SmsConversationListResponse:
    """The envelope of a page of SMS conversations."""

    code: int
    """ HTTP status code, repeated. """

    message: str
    """ What happened, in a word or a sentence. """

    data: SmsConversationListData
    """ A page of SMS conversations, and how many there are. """

    request_id: UUID
    """ Identifier of a request, a UUID. Quote it to the vendor's support. """

    timestamp: datetime.datetime
    """ A point in time, RFC 3339 in UTC with milliseconds and `Z`. """

    additional_properties: dict[str, Any] = _attrs_field(factory=dict[str, Any])
    """ Members that the document does not list, and listed ones whose value does not fit, as they came. """

    def __repr__(self) -> str:
        return types.represent(self)

    def to_dict(self) -> dict[str, Any]:
        """The object as JSON has it."""
        return types.to_members(
            self.additional_properties,
            {
                "code": self.code,
                "message": self.message,
                "data": self.data,
                "request_id": self.request_id,
                "timestamp": self.timestamp,
            },
        )

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        """The model of a JSON object. Raises errors.ParseError if `src_dict` is not an object or a required
        member is missing or does not fit."""
        members = types.parse_object(src_dict)
        return cls(
            code=types.required(members, "code", types.parse_int),
            message=types.required(members, "message", types.parse_str),
            data=types.required(members, "data", models.SmsConversationListData.from_dict),
            request_id=types.required(members, "request_id", types.parse_uuid),
            timestamp=types.required(members, "timestamp", types.parse_datetime),
            additional_properties=members,
        )

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
