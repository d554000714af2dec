# Generated from openapi/openapi.yaml by scripts/generate.py: do not edit.
# To change it, edit the document and run: tox run -e generate
from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Self

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from .. import models, types
from ..types import UNSET, Unset

if TYPE_CHECKING:
    from ..models.additional_info import AdditionalInfo


_new = object.__new__  # faster than cls.__new__(cls)
_MEMBERS: dict[str, Any] = {
    "voiceagent_id": types.UNSET,
    "voiceagent_name": types.UNSET,
    "outcome": types.UNSET,
    "summary": types.UNSET,
    "first_name": types.UNSET,
    "last_name": types.UNSET,
    "phone_number": types.UNSET,
    "requested_time": types.UNSET,
    "appointment_date": types.UNSET,
    "appointment_time": types.UNSET,
    "additional_info": types.UNSET,
}


@_attrs_define(repr=False, kw_only=True)
class VoiceAgentData:
    """What an AI voice agent learned in the call."""

    voiceagent_id: int | None | Unset = UNSET
    """ Identifier of the voice agent. """

    voiceagent_name: None | str | Unset = UNSET
    """ Name of the voice agent, free text. """

    outcome: bool | None | Unset = UNSET
    """ Whether the agent reached its goal. """

    summary: None | str | Unset = UNSET
    """ Summary by the agent, free text. Personal data. """

    first_name: None | str | Unset = UNSET
    """ First name of the caller, free text. Personal data. """

    last_name: None | str | Unset = UNSET
    """ Last name of the caller, free text. Personal data. """

    phone_number: None | str | Unset = UNSET
    """ Phone number of the caller in E.164 form, with `+`. Personal data. """

    requested_time: datetime.datetime | None | Unset = UNSET
    """ Time that the caller requested, UTC with milliseconds. """

    appointment_date: datetime.date | None | Unset = UNSET
    """ Day of the appointment, `YYYY-MM-DD`. """

    appointment_time: None | str | Unset = UNSET
    """ Time of the appointment, `HH:MM` on the 24-hour clock; no page states its time zone. """

    additional_info: AdditionalInfo | None | Unset = UNSET
    """ Other notes of the agent. """

    additional_properties: dict[str, Any] = _attrs_field(factory=dict[str, Any])
    """ Members that the document does not list, and listed ones whose value does not fit, as they came. """

    def __repr__(self) -> str:
        return types.represent(self)

    def to_dict(self) -> dict[str, Any]:
        """The object as JSON has it."""
        return types.to_members(
            self.additional_properties,
            {
                "voiceagent_id": self.voiceagent_id,
                "voiceagent_name": self.voiceagent_name,
                "outcome": self.outcome,
                "summary": self.summary,
                "first_name": self.first_name,
                "last_name": self.last_name,
                "phone_number": self.phone_number,
                "requested_time": self.requested_time,
                "appointment_date": self.appointment_date,
                "appointment_time": self.appointment_time,
                "additional_info": self.additional_info,
            },
        )

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        """The model of a JSON object. Raises errors.ParseError if `src_dict` is not an object."""
        members: Mapping[str, Any] = src_dict
        new = _new(cls)
        if dict is not type(src_dict) or len(src_dict) != 11:
            members, extra = types.split(src_dict, _MEMBERS)
            if extra:
                new.additional_properties = extra
        try:
            new.voiceagent_id = (
                v
                if type(v := members["voiceagent_id"]) is int or v is None or v is UNSET
                else types.optional(new, "voiceagent_id", v, types.parse_int)
            )
            new.voiceagent_name = (
                v
                if type(v := members["voiceagent_name"]) is str or v is None or v is UNSET
                else types.optional(new, "voiceagent_name", v, types.parse_str)
            )
            new.outcome = (
                v
                if type(v := members["outcome"]) is bool or v is None or v is UNSET
                else types.optional(new, "outcome", v, types.parse_bool)
            )
            new.summary = (
                v
                if type(v := members["summary"]) is str or v is None or v is UNSET
                else types.optional(new, "summary", v, types.parse_str)
            )
            new.first_name = (
                v
                if type(v := members["first_name"]) is str or v is None or v is UNSET
                else types.optional(new, "first_name", v, types.parse_str)
            )
            new.last_name = (
                v
                if type(v := members["last_name"]) is str or v is None or v is UNSET
                else types.optional(new, "last_name", v, types.parse_str)
            )
            new.phone_number = (
                v
                if type(v := members["phone_number"]) is str or v is None or v is UNSET
                else types.optional(new, "phone_number", v, types.parse_str)
            )
            new.requested_time = (
                v
                if (v := members["requested_time"]) is None or v is UNSET
                else types.optional_datetime(new, "requested_time", v)
            )
            new.appointment_date = (
                v
                if (v := members["appointment_date"]) is None or v is UNSET
                else types.optional(new, "appointment_date", v, types.parse_date)
            )
            new.appointment_time = (
                v
                if type(v := members["appointment_time"]) is str or v is None or v is UNSET
                else types.optional(new, "appointment_time", v, types.parse_str)
            )
            new.additional_info = (
                models.AdditionalInfo.from_dict(v)
                if dict is type(v := members["additional_info"])
                else v
                if v is None or v is UNSET
                else types.optional(new, "additional_info", v, models.AdditionalInfo.from_dict)
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
