# Generated from openapi/openapi.yaml by scripts/generate.py: do not edit.
# To change it, edit the document and run: tox run -e generate
from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Any, Self

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from .. import types
from ..types import UNSET, Unset


@_attrs_define(repr=False, kw_only=True)
class SmsConversation:
    """An SMS conversation."""

    conversation_id: int
    """ An identifier, a positive 64-bit integer. """

    phone_number: None | str | Unset = UNSET
    """ Tracking number of the conversation, digits only in the example. """

    first_response_time: None | str | Unset = UNSET
    """ Time to the first response, `HH:MM:SS`. """

    avg_response_time: None | str | Unset = UNSET
    """ Average time to a response, `HH:MM:SS`. """

    sms_type: None | str | Unset = UNSET
    """ Direction of the last message, such as `incoming`. """

    conversation_started: datetime.datetime | None | Unset = UNSET
    """ Start of the conversation, UTC with milliseconds. """

    conversation_updated: datetime.datetime | None | Unset = UNSET
    """ Last change of the conversation, UTC with milliseconds. """

    source: None | str | Unset = UNSET
    """ Phone number of the other side, digits only in the example. Personal data. """

    source_name: None | str | Unset = UNSET
    """ Name of the other side. Personal data. """

    conversation_status: None | str | Unset = UNSET
    """ State of the conversation, such as `unread`. """

    ct_user_id: int | None | Unset = UNSET
    """ Identifier of the user the conversation is assigned to. """

    pin: bool | None | Unset = UNSET
    """ Whether the conversation is pinned. """

    message: None | str | Unset = UNSET
    """ The last message. Personal data. """

    unread_count: int | None | Unset = UNSET
    """ Number of unread messages. """

    agent: None | str | Unset = UNSET
    """ Name of the agent. Personal data. """

    closed_at: datetime.datetime | None | Unset = UNSET
    """ When the conversation was closed, UTC with milliseconds. """

    additional_properties: dict[str, Any] = _attrs_field(factory=dict[str, Any])
    """ Members that the document does not list, and listed ones whose value does not fit, as they came. """

    def __repr__(self) -> str:
        return types.represent(self)

    def to_dict(self) -> dict[str, Any]:
        """The object as JSON has it."""
        return types.to_members(
            self.additional_properties,
            {
                "conversation_id": self.conversation_id,
                "phone_number": self.phone_number,
                "first_response_time": self.first_response_time,
                "avg_response_time": self.avg_response_time,
                "sms_type": self.sms_type,
                "conversation_started": self.conversation_started,
                "conversation_updated": self.conversation_updated,
                "source": self.source,
                "source_name": self.source_name,
                "conversation_status": self.conversation_status,
                "ct_user_id": self.ct_user_id,
                "pin": self.pin,
                "message": self.message,
                "unread_count": self.unread_count,
                "agent": self.agent,
                "closed_at": self.closed_at,
            },
        )

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        """The model of a JSON object. Raises errors.ParseError if `src_dict` is not an object or a required
        member is missing or does not fit."""
        members = types.parse_object(src_dict)
        pop = members.pop
        return cls(
            conversation_id=types.required(members, "conversation_id", types.parse_int),
            phone_number=v
            if type(v := pop("phone_number", UNSET)) is str or v is None or v is UNSET
            else types.optional(members, "phone_number", v, types.parse_str),
            first_response_time=v
            if type(v := pop("first_response_time", UNSET)) is str or v is None or v is UNSET
            else types.optional(members, "first_response_time", v, types.parse_str),
            avg_response_time=v
            if type(v := pop("avg_response_time", UNSET)) is str or v is None or v is UNSET
            else types.optional(members, "avg_response_time", v, types.parse_str),
            sms_type=v
            if type(v := pop("sms_type", UNSET)) is str or v is None or v is UNSET
            else types.optional(members, "sms_type", v, types.parse_str),
            conversation_started=v
            if (v := pop("conversation_started", UNSET)) is None or v is UNSET
            else types.optional(members, "conversation_started", v, types.parse_datetime),
            conversation_updated=v
            if (v := pop("conversation_updated", UNSET)) is None or v is UNSET
            else types.optional(members, "conversation_updated", v, types.parse_datetime),
            source=v
            if type(v := pop("source", UNSET)) is str or v is None or v is UNSET
            else types.optional(members, "source", v, types.parse_str),
            source_name=v
            if type(v := pop("source_name", UNSET)) is str or v is None or v is UNSET
            else types.optional(members, "source_name", v, types.parse_str),
            conversation_status=v
            if type(v := pop("conversation_status", UNSET)) is str or v is None or v is UNSET
            else types.optional(members, "conversation_status", v, types.parse_str),
            ct_user_id=v
            if type(v := pop("ct_user_id", UNSET)) is int or v is None or v is UNSET
            else types.optional(members, "ct_user_id", v, types.parse_int),
            pin=v
            if type(v := pop("pin", UNSET)) is bool or v is None or v is UNSET
            else types.optional(members, "pin", v, types.parse_bool),
            message=v
            if type(v := pop("message", UNSET)) is str or v is None or v is UNSET
            else types.optional(members, "message", v, types.parse_str),
            unread_count=v
            if type(v := pop("unread_count", UNSET)) is int or v is None or v is UNSET
            else types.optional(members, "unread_count", v, types.parse_int),
            agent=v
            if type(v := pop("agent", UNSET)) is str or v is None or v is UNSET
            else types.optional(members, "agent", v, types.parse_str),
            closed_at=v
            if (v := pop("closed_at", UNSET)) is None or v is UNSET
            else types.optional(members, "closed_at", v, types.parse_datetime),
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
