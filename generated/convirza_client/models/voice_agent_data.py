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
    """ Time that the caller asked for, UTC with milliseconds. """

    appointment_date: datetime.date | None | Unset = UNSET
    """ Day of the appointment, `YYYY-MM-DD`. """

    appointment_time: None | str | Unset = UNSET
    """ Time of the appointment, `HH:MM` on the 24-hour clock; no page states its time zone. """

    additional_info: AdditionalInfo | None | Unset = UNSET
    """ Whatever else the agent noted. """

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
        members = types.parse_object(src_dict)
        pop = members.pop
        return cls(
            voiceagent_id=v
            if type(v := pop("voiceagent_id", UNSET)) is int or v is None or v is UNSET
            else types.optional(members, "voiceagent_id", v, types.parse_int),
            voiceagent_name=v
            if type(v := pop("voiceagent_name", UNSET)) is str or v is None or v is UNSET
            else types.optional(members, "voiceagent_name", v, types.parse_str),
            outcome=v
            if type(v := pop("outcome", UNSET)) is bool or v is None or v is UNSET
            else types.optional(members, "outcome", v, types.parse_bool),
            summary=v
            if type(v := pop("summary", UNSET)) is str or v is None or v is UNSET
            else types.optional(members, "summary", v, types.parse_str),
            first_name=v
            if type(v := pop("first_name", UNSET)) is str or v is None or v is UNSET
            else types.optional(members, "first_name", v, types.parse_str),
            last_name=v
            if type(v := pop("last_name", UNSET)) is str or v is None or v is UNSET
            else types.optional(members, "last_name", v, types.parse_str),
            phone_number=v
            if type(v := pop("phone_number", UNSET)) is str or v is None or v is UNSET
            else types.optional(members, "phone_number", v, types.parse_str),
            requested_time=v
            if (v := pop("requested_time", UNSET)) is None or v is UNSET
            else types.optional(members, "requested_time", v, types.parse_datetime),
            appointment_date=v
            if (v := pop("appointment_date", UNSET)) is None or v is UNSET
            else types.optional(members, "appointment_date", v, types.parse_date),
            appointment_time=v
            if type(v := pop("appointment_time", UNSET)) is str or v is None or v is UNSET
            else types.optional(members, "appointment_time", v, types.parse_str),
            additional_info=v
            if (v := pop("additional_info", UNSET)) is None or v is UNSET
            else types.optional(members, "additional_info", v, models.AdditionalInfo.from_dict),
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
