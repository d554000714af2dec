# Generated from openapi/openapi.yaml by scripts/generate.py: do not edit.
# To change it, edit the document and run: tox run -e generate
from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Self

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from .. import models, types
from ..models.call_disposition import CallDisposition
from ..types import UNSET, Unset

if TYPE_CHECKING:
    from ..models.call_detail import CallDetail
    from ..models.call_flow import CallFlow
    from ..models.comment import Comment
    from ..models.custom_sources import CustomSources
    from ..models.indicator import Indicator
    from ..models.recording_details import RecordingDetails
    from ..models.tag import Tag
    from ..models.voice_agent_data import VoiceAgentData


_new = object.__new__  # faster than cls.__new__(cls)
_MEMBERS: dict[str, Any] = {
    "call_id": types.UNSET,
    "provisioned_route_id": types.UNSET,
    "org_unit_id": types.UNSET,
    "disposition": types.UNSET,
    "duration": types.UNSET,
    "caller_id": types.UNSET,
    "phone_number": types.UNSET,
    "ring_to": types.UNSET,
    "default_ring_to": types.UNSET,
    "repeat_call": types.UNSET,
    "call_started": types.UNSET,
    "campaign_id": types.UNSET,
    "campaign_name": types.UNSET,
    "campaign_ext_id": types.UNSET,
    "user_id": types.UNSET,
    "group_name": types.UNSET,
    "ai_caller_identity": types.UNSET,
    "voiceagent_data": types.UNSET,
    "recording_details": types.UNSET,
    "call_detail": types.UNSET,
    "custom_sources": types.UNSET,
    "tags": types.UNSET,
    "comments": types.UNSET,
    "indicators": types.UNSET,
    "summary": types.UNSET,
    "transcription": types.UNSET,
    "call_flow": types.UNSET,
}


@_attrs_define(repr=False, kw_only=True)
class Call:
    """One tracked call. A module that was not requested is absent."""

    call_id: int
    """ An identifier, a positive 64-bit integer. """

    provisioned_route_id: int | None | Unset = UNSET
    """ Identifier of the route, the set-up of a tracking number, that took the call. """

    org_unit_id: int | None | Unset = UNSET
    """ Identifier of the organisation unit that owns the call. """

    disposition: CallDisposition | None | Unset = UNSET
    """ How the call ended. """

    duration: int | None | Unset = UNSET
    """ Length of the call in seconds. """

    caller_id: None | str | Unset = UNSET
    """ Phone number of the caller, digits only, with country code and without `+`. Personal data. """

    phone_number: None | str | Unset = UNSET
    """ Tracking number that was called, digits only, with country code and without `+`. """

    ring_to: None | str | Unset = UNSET
    """ Number that the call was forwarded to, digits only, with country code and without `+`. """

    default_ring_to: None | str | Unset = UNSET
    """ Number that the route forwards to by default, digits only, with country code and without `+`. """

    repeat_call: bool | None | Unset = UNSET
    """ Whether the caller has called before. """

    call_started: datetime.datetime | None | Unset = UNSET
    """ Start of the call, UTC with milliseconds. """

    campaign_id: int | None | Unset = UNSET
    """ Identifier of the campaign the call is attributed to. """

    campaign_name: None | str | Unset = UNSET
    """ Name of the campaign, free text. """

    campaign_ext_id: None | str | Unset = UNSET
    """ The customer's own identifier of the campaign, free text. """

    user_id: int | None | Unset = UNSET
    """ Identifier of the user the call is assigned to. """

    group_name: None | str | Unset = UNSET
    """ Name of the group that owns the call, free text. """

    ai_caller_identity: None | str | Unset = UNSET
    """ Name of the caller as transcribed by the vendor's AI, free text. Personal data. """

    voiceagent_data: None | Unset | VoiceAgentData = UNSET
    """ What an AI voice agent learned in the call. Module `voiceagent`. """

    recording_details: None | RecordingDetails | Unset = UNSET
    """ The recording of the call. Module `recordings`. """

    call_detail: CallDetail | None | Unset = UNSET
    """ Billing, source and analysis of the call. Module `call_detail`. """

    custom_sources: CustomSources | None | Unset = UNSET
    """ Custom sources of the call. Module `custom_sources`. """

    tags: list[Tag] | None | Unset = UNSET
    """ Tags of the call. Module `tags`. """

    comments: list[Comment] | None | Unset = UNSET
    """ Comments on the call. Module `comments`. """

    indicators: list[Indicator] | None | Unset = UNSET
    """ Scores of the call. Module `indicators`. """

    summary: None | str | Unset = UNSET
    """ Summary of the call, free text. Personal data. Module `summary`. """

    transcription: None | str | Unset = UNSET
    """ Transcript of the call, free text. Personal data. Module `transcription`. """

    call_flow: CallFlow | None | Unset = UNSET
    """ The path of the call through the route. Module `call_flow`. """

    additional_properties: dict[str, Any] = _attrs_field(factory=dict[str, Any])
    """ Members that the document does not list, and listed ones whose value does not fit, as they came. """

    def __repr__(self) -> str:
        return types.represent(self)

    def to_dict(self) -> dict[str, Any]:
        """The object as JSON has it."""
        return types.to_members(
            self.additional_properties,
            {
                "call_id": self.call_id,
                "provisioned_route_id": self.provisioned_route_id,
                "org_unit_id": self.org_unit_id,
                "disposition": self.disposition,
                "duration": self.duration,
                "caller_id": self.caller_id,
                "phone_number": self.phone_number,
                "ring_to": self.ring_to,
                "default_ring_to": self.default_ring_to,
                "repeat_call": self.repeat_call,
                "call_started": self.call_started,
                "campaign_id": self.campaign_id,
                "campaign_name": self.campaign_name,
                "campaign_ext_id": self.campaign_ext_id,
                "user_id": self.user_id,
                "group_name": self.group_name,
                "ai_caller_identity": self.ai_caller_identity,
                "voiceagent_data": self.voiceagent_data,
                "recording_details": self.recording_details,
                "call_detail": self.call_detail,
                "custom_sources": self.custom_sources,
                "tags": self.tags,
                "comments": self.comments,
                "indicators": self.indicators,
                "summary": self.summary,
                "transcription": self.transcription,
                "call_flow": self.call_flow,
            },
        )

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        """The model of a JSON object. Raises errors.ParseError if `src_dict` is not an object or a required
        member is missing or does not fit."""
        members: Mapping[str, Any] = src_dict
        new = _new(cls)
        if dict is not type(src_dict) or len(src_dict) != 27:
            members, extra = types.split(src_dict, _MEMBERS)
            if extra:
                new.additional_properties = extra
        try:
            new.call_id = (
                v
                if type(v := members["call_id"]) is int
                else types.required("call_id", v, types.parse_int)
            )
            new.provisioned_route_id = (
                v
                if type(v := members["provisioned_route_id"]) is int or v is None or v is UNSET
                else types.optional(new, "provisioned_route_id", v, types.parse_int)
            )
            new.org_unit_id = (
                v
                if type(v := members["org_unit_id"]) is int or v is None or v is UNSET
                else types.optional(new, "org_unit_id", v, types.parse_int)
            )
            new.disposition = (
                v
                if (v := members["disposition"]) is None or v is UNSET
                else types.optional(new, "disposition", v, types.enum_of(CallDisposition))
            )
            new.duration = (
                v
                if type(v := members["duration"]) is int or v is None or v is UNSET
                else types.optional(new, "duration", v, types.parse_int)
            )
            new.caller_id = (
                v
                if type(v := members["caller_id"]) is str or v is None or v is UNSET
                else types.optional(new, "caller_id", v, types.parse_str)
            )
            new.phone_number = (
                v
                if type(v := members["phone_number"]) is str or v is None or v is UNSET
                else types.optional(new, "phone_number", v, types.parse_str)
            )
            new.ring_to = (
                v
                if type(v := members["ring_to"]) is str or v is None or v is UNSET
                else types.optional(new, "ring_to", v, types.parse_str)
            )
            new.default_ring_to = (
                v
                if type(v := members["default_ring_to"]) is str or v is None or v is UNSET
                else types.optional(new, "default_ring_to", v, types.parse_str)
            )
            new.repeat_call = (
                v
                if type(v := members["repeat_call"]) is bool or v is None or v is UNSET
                else types.optional(new, "repeat_call", v, types.parse_bool)
            )
            new.call_started = (
                v
                if (v := members["call_started"]) is None or v is UNSET
                else types.optional_datetime(new, "call_started", v)
            )
            new.campaign_id = (
                v
                if type(v := members["campaign_id"]) is int or v is None or v is UNSET
                else types.optional(new, "campaign_id", v, types.parse_int)
            )
            new.campaign_name = (
                v
                if type(v := members["campaign_name"]) is str or v is None or v is UNSET
                else types.optional(new, "campaign_name", v, types.parse_str)
            )
            new.campaign_ext_id = (
                v
                if type(v := members["campaign_ext_id"]) is str or v is None or v is UNSET
                else types.optional(new, "campaign_ext_id", v, types.parse_str)
            )
            new.user_id = (
                v
                if type(v := members["user_id"]) is int or v is None or v is UNSET
                else types.optional(new, "user_id", v, types.parse_int)
            )
            new.group_name = (
                v
                if type(v := members["group_name"]) is str or v is None or v is UNSET
                else types.optional(new, "group_name", v, types.parse_str)
            )
            new.ai_caller_identity = (
                v
                if type(v := members["ai_caller_identity"]) is str or v is None or v is UNSET
                else types.optional(new, "ai_caller_identity", v, types.parse_str)
            )
            new.voiceagent_data = (
                models.VoiceAgentData.from_dict(v)
                if dict is type(v := members["voiceagent_data"])
                else v
                if v is None or v is UNSET
                else types.optional(new, "voiceagent_data", v, models.VoiceAgentData.from_dict)
            )
            new.recording_details = (
                models.RecordingDetails.from_dict(v)
                if dict is type(v := members["recording_details"])
                else v
                if v is None or v is UNSET
                else types.optional(new, "recording_details", v, models.RecordingDetails.from_dict)
            )
            new.call_detail = (
                models.CallDetail.from_dict(v)
                if dict is type(v := members["call_detail"])
                else v
                if v is None or v is UNSET
                else types.optional(new, "call_detail", v, models.CallDetail.from_dict)
            )
            new.custom_sources = (
                models.CustomSources.from_dict(v)
                if dict is type(v := members["custom_sources"])
                else v
                if v is None or v is UNSET
                else types.optional(new, "custom_sources", v, models.CustomSources.from_dict)
            )
            new.tags = (
                v
                if (v := members["tags"]) is None or v is UNSET
                else types.optional_list(new, "tags", v, models.Tag.from_dict)
            )
            new.comments = (
                v
                if (v := members["comments"]) is None or v is UNSET
                else types.optional_list(new, "comments", v, models.Comment.from_dict)
            )
            new.indicators = (
                v
                if (v := members["indicators"]) is None or v is UNSET
                else types.optional_list(new, "indicators", v, models.Indicator.from_dict)
            )
            new.summary = (
                v
                if type(v := members["summary"]) is str or v is None or v is UNSET
                else types.optional(new, "summary", v, types.parse_str)
            )
            new.transcription = (
                v
                if type(v := members["transcription"]) is str or v is None or v is UNSET
                else types.optional(new, "transcription", v, types.parse_str)
            )
            new.call_flow = (
                models.CallFlow.from_dict(v)
                if dict is type(v := members["call_flow"])
                else v
                if v is None or v is UNSET
                else types.optional(new, "call_flow", v, models.CallFlow.from_dict)
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
