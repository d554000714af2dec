# Generated from openapi/openapi.yaml by scripts/generate.py: do not edit.
# To change it, edit the document and run: tox run -e generate
from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Self

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from .. import types
from ..types import UNSET, Unset

_new = object.__new__  # faster than cls.__new__(cls)
_MEMBERS: dict[str, Any] = {
    "recording_id": types.UNSET,
    "filename": types.UNSET,
    "url": types.UNSET,
    "expires_at": types.UNSET,
    "channel_layout": types.UNSET,
    "frequency": types.UNSET,
    "format": types.UNSET,
    "duration": types.UNSET,
    "bitrate": types.UNSET,
    "size": types.UNSET,
}


@_attrs_define(repr=False, kw_only=True)
class RecordingDetails:
    """The recording of a call."""

    recording_id: int | None | Unset = UNSET
    """ Identifier of the recording. """

    filename: None | str | Unset = UNSET
    """ Name of the file without its extension, free text. """

    url: None | str | Unset = UNSET
    """ Signed address of the recording; its query holds secrets. Returns 410 once it has expired. """

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
        members: Mapping[str, Any] = src_dict
        new = _new(cls)
        if dict is not type(src_dict) or len(src_dict) != 10:
            members, extra = types.split(src_dict, _MEMBERS)
            if extra:
                new.additional_properties = extra
        try:
            new.recording_id = (
                v
                if type(v := members["recording_id"]) is int or v is None or v is UNSET
                else types.optional(new, "recording_id", v, types.parse_int)
            )
            new.filename = (
                v
                if type(v := members["filename"]) is str or v is None or v is UNSET
                else types.optional(new, "filename", v, types.parse_str)
            )
            new.url = (
                v
                if type(v := members["url"]) is str or v is None or v is UNSET
                else types.optional(new, "url", v, types.parse_str)
            )
            new.expires_at = (
                v
                if type(v := members["expires_at"]) is int or v is None or v is UNSET
                else types.optional(new, "expires_at", v, types.parse_int)
            )
            new.channel_layout = (
                v
                if type(v := members["channel_layout"]) is str or v is None or v is UNSET
                else types.optional(new, "channel_layout", v, types.parse_str)
            )
            new.frequency = (
                v
                if type(v := members["frequency"]) is str or v is None or v is UNSET
                else types.optional(new, "frequency", v, types.parse_str)
            )
            new.format_ = (
                v
                if type(v := members["format"]) is str or v is None or v is UNSET
                else types.optional(new, "format", v, types.parse_str)
            )
            new.duration = (
                v
                if type(v := members["duration"]) is str or v is None or v is UNSET
                else types.optional(new, "duration", v, types.parse_str)
            )
            new.bitrate = (
                v
                if type(v := members["bitrate"]) is str or v is None or v is UNSET
                else types.optional(new, "bitrate", v, types.parse_str)
            )
            new.size = (
                v
                if type(v := members["size"]) is str or v is None or v is UNSET
                else types.optional(new, "size", v, types.parse_str)
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
