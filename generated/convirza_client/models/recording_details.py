# Generated from openapi/openapi.yaml by scripts/generate.py: do not edit.
# To change it, edit the document and run: tox run -e generate
from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Self

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from .. import types
from ..types import UNSET, Unset


@_attrs_define(repr=False, kw_only=True)
class RecordingDetails:
    """The recording of a call."""

    recording_id: int | None | Unset = UNSET
    """ Identifier of the recording. """

    filename: None | str | Unset = UNSET
    """ Name of the file without its ending, free text. """

    url: None | str | Unset = UNSET
    """ Signed address of the recording; its query holds secrets. Answers 410 once it has expired. """

    expires_at: int | None | Unset = UNSET
    """ End of the address's validity, Unix time in seconds. """

    channel_layout: None | str | Unset = UNSET
    """ Layout of the audio channels, such as `mono`. """

    frequency: None | str | Unset = UNSET
    """ Sampling frequency with its unit, such as `8000 Hz`. """

    format_: None | str | Unset = UNSET
    """ Format of the audio, such as `wav`. """

    duration: None | str | Unset = UNSET
    """ Length of the recording, `HH:MM:SS.ss`. """

    bitrate: None | str | Unset = UNSET
    """ Bit rate with its unit, such as `128 kb/s`. """

    size: None | str | Unset = UNSET
    """ Size of the file with its unit, such as `39009kB`. """

    additional_properties: dict[str, Any] = _attrs_field(factory=dict[str, Any])
    """ Members that the document does not list, and listed ones whose value does not fit, as they came. """

    def __repr__(self) -> str:
        return types.represent(self)

    def to_dict(self) -> dict[str, Any]:
        """The object as JSON has it."""
        return types.to_members(
            self.additional_properties,
            {
                "recording_id": self.recording_id,
                "filename": self.filename,
                "url": self.url,
                "expires_at": self.expires_at,
                "channel_layout": self.channel_layout,
                "frequency": self.frequency,
                "format": self.format_,
                "duration": self.duration,
                "bitrate": self.bitrate,
                "size": self.size,
            },
        )

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        """The model of a JSON object. Raises errors.ParseError if `src_dict` is not an object."""
        members = types.parse_object(src_dict)
        pop = members.pop
        return cls(
            recording_id=v
            if type(v := pop("recording_id", UNSET)) is int or v is None or v is UNSET
            else types.optional(members, "recording_id", v, types.parse_int),
            filename=v
            if type(v := pop("filename", UNSET)) is str or v is None or v is UNSET
            else types.optional(members, "filename", v, types.parse_str),
            url=v
            if type(v := pop("url", UNSET)) is str or v is None or v is UNSET
            else types.optional(members, "url", v, types.parse_str),
            expires_at=v
            if type(v := pop("expires_at", UNSET)) is int or v is None or v is UNSET
            else types.optional(members, "expires_at", v, types.parse_int),
            channel_layout=v
            if type(v := pop("channel_layout", UNSET)) is str or v is None or v is UNSET
            else types.optional(members, "channel_layout", v, types.parse_str),
            frequency=v
            if type(v := pop("frequency", UNSET)) is str or v is None or v is UNSET
            else types.optional(members, "frequency", v, types.parse_str),
            format_=v
            if type(v := pop("format", UNSET)) is str or v is None or v is UNSET
            else types.optional(members, "format", v, types.parse_str),
            duration=v
            if type(v := pop("duration", UNSET)) is str or v is None or v is UNSET
            else types.optional(members, "duration", v, types.parse_str),
            bitrate=v
            if type(v := pop("bitrate", UNSET)) is str or v is None or v is UNSET
            else types.optional(members, "bitrate", v, types.parse_str),
            size=v
            if type(v := pop("size", UNSET)) is str or v is None or v is UNSET
            else types.optional(members, "size", v, types.parse_str),
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
