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


@_attrs_define(repr=False, kw_only=True)
class Call:
    """One tracked call. A module that was not asked for is absent."""

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
    """ Name of the caller as the vendor's AI heard it, free text. Personal data. """

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
    """ The way of the call through the route. Module `call_flow`. """

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
        members = types.parse_object(src_dict)
        pop = members.pop
        return cls(
            call_id=types.required(members, "call_id", types.parse_int),
            provisioned_route_id=v
            if type(v := pop("provisioned_route_id", UNSET)) is int or v is None or v is UNSET
            else types.optional(members, "provisioned_route_id", v, types.parse_int),
            org_unit_id=v
            if type(v := pop("org_unit_id", UNSET)) is int or v is None or v is UNSET
            else types.optional(members, "org_unit_id", v, types.parse_int),
            disposition=v
            if (v := pop("disposition", UNSET)) is None or v is UNSET
            else types.optional(members, "disposition", v, types.enum_of(CallDisposition)),
            duration=v
            if type(v := pop("duration", UNSET)) is int or v is None or v is UNSET
            else types.optional(members, "duration", v, types.parse_int),
            caller_id=v
            if type(v := pop("caller_id", UNSET)) is str or v is None or v is UNSET
            else types.optional(members, "caller_id", v, types.parse_str),
            phone_number=v
            if type(v := pop("phone_number", UNSET)) is str or v is None or v is UNSET
            else types.optional(members, "phone_number", v, types.parse_str),
            ring_to=v
            if type(v := pop("ring_to", UNSET)) is str or v is None or v is UNSET
            else types.optional(members, "ring_to", v, types.parse_str),
            default_ring_to=v
            if type(v := pop("default_ring_to", UNSET)) is str or v is None or v is UNSET
            else types.optional(members, "default_ring_to", v, types.parse_str),
            repeat_call=v
            if type(v := pop("repeat_call", UNSET)) is bool or v is None or v is UNSET
            else types.optional(members, "repeat_call", v, types.parse_bool),
            call_started=v
            if (v := pop("call_started", UNSET)) is None or v is UNSET
            else types.optional(members, "call_started", v, types.parse_datetime),
            campaign_id=v
            if type(v := pop("campaign_id", UNSET)) is int or v is None or v is UNSET
            else types.optional(members, "campaign_id", v, types.parse_int),
            campaign_name=v
            if type(v := pop("campaign_name", UNSET)) is str or v is None or v is UNSET
            else types.optional(members, "campaign_name", v, types.parse_str),
            campaign_ext_id=v
            if type(v := pop("campaign_ext_id", UNSET)) is str or v is None or v is UNSET
            else types.optional(members, "campaign_ext_id", v, types.parse_str),
            user_id=v
            if type(v := pop("user_id", UNSET)) is int or v is None or v is UNSET
            else types.optional(members, "user_id", v, types.parse_int),
            group_name=v
            if type(v := pop("group_name", UNSET)) is str or v is None or v is UNSET
            else types.optional(members, "group_name", v, types.parse_str),
            ai_caller_identity=v
            if type(v := pop("ai_caller_identity", UNSET)) is str or v is None or v is UNSET
            else types.optional(members, "ai_caller_identity", v, types.parse_str),
            voiceagent_data=v
            if (v := pop("voiceagent_data", UNSET)) is None or v is UNSET
            else types.optional(members, "voiceagent_data", v, models.VoiceAgentData.from_dict),
            recording_details=v
            if (v := pop("recording_details", UNSET)) is None or v is UNSET
            else types.optional(members, "recording_details", v, models.RecordingDetails.from_dict),
            call_detail=v
            if (v := pop("call_detail", UNSET)) is None or v is UNSET
            else types.optional(members, "call_detail", v, models.CallDetail.from_dict),
            custom_sources=v
            if (v := pop("custom_sources", UNSET)) is None or v is UNSET
            else types.optional(members, "custom_sources", v, models.CustomSources.from_dict),
            tags=v
            if (v := pop("tags", UNSET)) is None or v is UNSET
            else types.optional(members, "tags", v, types.list_of(models.Tag.from_dict)),
            comments=v
            if (v := pop("comments", UNSET)) is None or v is UNSET
            else types.optional(members, "comments", v, types.list_of(models.Comment.from_dict)),
            indicators=v
            if (v := pop("indicators", UNSET)) is None or v is UNSET
            else types.optional(
                members, "indicators", v, types.list_of(models.Indicator.from_dict)
            ),
            summary=v
            if type(v := pop("summary", UNSET)) is str or v is None or v is UNSET
            else types.optional(members, "summary", v, types.parse_str),
            transcription=v
            if type(v := pop("transcription", UNSET)) is str or v is None or v is UNSET
            else types.optional(members, "transcription", v, types.parse_str),
            call_flow=v
            if (v := pop("call_flow", UNSET)) is None or v is UNSET
            else types.optional(members, "call_flow", v, models.CallFlow.from_dict),
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
