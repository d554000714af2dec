# Generated from openapi/openapi.yaml by scripts/generate.py: do not edit.
# To change it, edit the document and run: tox run -e generate
from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Self

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from .. import types
from ..types import UNSET, Unset

_new = object.__new__  # faster than cls.__new__(cls)
_MEMBERS: dict[str, Any] = {
    "conversation_id": types.UNSET,
    "phone_number": types.UNSET,
    "first_response_time": types.UNSET,
    "avg_response_time": types.UNSET,
    "sms_type": types.UNSET,
    "conversation_started": types.UNSET,
    "conversation_updated": types.UNSET,
    "source": types.UNSET,
    "source_name": types.UNSET,
    "conversation_status": types.UNSET,
    "ct_user_id": types.UNSET,
    "pin": types.UNSET,
    "message": types.UNSET,
    "unread_count": types.UNSET,
    "agent": types.UNSET,
    "closed_at": types.UNSET,
}


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
        members: Mapping[str, Any] = src_dict
        new = _new(cls)
        if dict is not type(src_dict) or len(src_dict) != 16:
            members, extra = types.split(src_dict, _MEMBERS)
            if extra:
                new.additional_properties = extra
        try:
            new.conversation_id = (
                v
                if type(v := members["conversation_id"]) is int
                else types.required("conversation_id", v, types.parse_int)
            )
            new.phone_number = (
                v
                if type(v := members["phone_number"]) is str or v is None or v is UNSET
                else types.optional(new, "phone_number", v, types.parse_str)
            )
            new.first_response_time = (
                v
                if type(v := members["first_response_time"]) is str or v is None or v is UNSET
                else types.optional(new, "first_response_time", v, types.parse_str)
            )
            new.avg_response_time = (
                v
                if type(v := members["avg_response_time"]) is str or v is None or v is UNSET
                else types.optional(new, "avg_response_time", v, types.parse_str)
            )
            new.sms_type = (
                v
                if type(v := members["sms_type"]) is str or v is None or v is UNSET
                else types.optional(new, "sms_type", v, types.parse_str)
            )
            new.conversation_started = (
                v
                if (v := members["conversation_started"]) is None or v is UNSET
                else types.optional_datetime(new, "conversation_started", v)
            )
            new.conversation_updated = (
                v
                if (v := members["conversation_updated"]) is None or v is UNSET
                else types.optional_datetime(new, "conversation_updated", v)
            )
            new.source = (
                v
                if type(v := members["source"]) is str or v is None or v is UNSET
                else types.optional(new, "source", v, types.parse_str)
            )
            new.source_name = (
                v
                if type(v := members["source_name"]) is str or v is None or v is UNSET
                else types.optional(new, "source_name", v, types.parse_str)
            )
            new.conversation_status = (
                v
                if type(v := members["conversation_status"]) is str or v is None or v is UNSET
                else types.optional(new, "conversation_status", v, types.parse_str)
            )
            new.ct_user_id = (
                v
                if type(v := members["ct_user_id"]) is int or v is None or v is UNSET
                else types.optional(new, "ct_user_id", v, types.parse_int)
            )
            new.pin = (
                v
                if type(v := members["pin"]) is bool or v is None or v is UNSET
                else types.optional(new, "pin", v, types.parse_bool)
            )
            new.message = (
                v
                if type(v := members["message"]) is str or v is None or v is UNSET
                else types.optional(new, "message", v, types.parse_str)
            )
            new.unread_count = (
                v
                if type(v := members["unread_count"]) is int or v is None or v is UNSET
                else types.optional(new, "unread_count", v, types.parse_int)
            )
            new.agent = (
                v
                if type(v := members["agent"]) is str or v is None or v is UNSET
                else types.optional(new, "agent", v, types.parse_str)
            )
            new.closed_at = (
                v
                if (v := members["closed_at"]) is None or v is UNSET
                else types.optional_datetime(new, "closed_at", v)
            )
        except KeyError:
            pass
        else:
            return new
        # As many members as documented, but others. Not in the handler, which would be the context of errors.
        return cls.from_dict({**_MEMBERS, **members})

    if not TYPE_CHECKING:  # type checkers would accept any attribute
        __getattr__ = types.make_additional_properties

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
