from __future__ import annotations
import datetime
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Self
from attrs import define as _attrs_define
from attrs import field as _attrs_field
from .. import types
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

@_attrs_define(repr=False)
class Call:
    call_id: int
    provisioned_route_id: int | None | Unset = UNSET
    org_unit_id: int | None | Unset = UNSET
    disposition: CallDisposition | None | Unset = UNSET
    duration: int | None | Unset = UNSET
    caller_id: None | str | Unset = UNSET
    phone_number: None | str | Unset = UNSET
    ring_to: None | str | Unset = UNSET
    default_ring_to: None | str | Unset = UNSET
    repeat_call: bool | None | Unset = UNSET
    call_started: datetime.datetime | None | Unset = UNSET
    campaign_id: int | None | Unset = UNSET
    campaign_name: None | str | Unset = UNSET
    campaign_ext_id: None | str | Unset = UNSET
    user_id: int | None | Unset = UNSET
    group_name: None | str | Unset = UNSET
    ai_caller_identity: None | str | Unset = UNSET
    voiceagent_data: None | Unset | VoiceAgentData = UNSET
    recording_details: None | RecordingDetails | Unset = UNSET
    call_detail: CallDetail | None | Unset = UNSET
    custom_sources: CustomSources | None | Unset = UNSET
    tags: list[Tag] | None | Unset = UNSET
    comments: list[Comment] | None | Unset = UNSET
    indicators: list[Indicator] | None | Unset = UNSET
    summary: None | str | Unset = UNSET
    transcription: None | str | Unset = UNSET
    call_flow: CallFlow | None | Unset = UNSET
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict[str, Any])

    def __repr__(self) -> str:
        ...

    def to_dict(self) -> dict[str, Any]:
        ...

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        ...

    @property
    def additional_keys(self) -> list[str]:
        ...

    def __getitem__(self, key: str) -> Any:
        ...

    def __setitem__(self, key: str, value: Any) -> None:
        ...

    def __delitem__(self, key: str) -> None:
        ...

    def __contains__(self, key: str) -> bool:
        ...
