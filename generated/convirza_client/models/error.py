# Generated from openapi/openapi.yaml by scripts/generate.py: do not edit.
# To change it, edit the document and run: tox run -e generate
from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Self
from uuid import UUID

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from .. import types
from ..types import UNSET, Unset

_new = object.__new__  # faster than cls.__new__(cls)
_MEMBERS: dict[str, Any] = {
    "code": types.UNSET,
    "message": types.UNSET,
    "request_id": types.UNSET,
    "timestamp": types.UNSET,
}


@_attrs_define(repr=False, kw_only=True)
class Error:
    """The body of an error, the envelope without its payload. Only the status is sure: earlier versions of the API
    had other shapes."""

    code: int | Unset = UNSET
    """ HTTP status code, repeated. """

    message: str | Unset = UNSET
    """ What is wrong, in a sentence. """

    request_id: UUID | Unset = UNSET
    """ Identifier of a request, a UUID. Quote it to the vendor's support. """

    timestamp: datetime.datetime | Unset = UNSET
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
                "request_id": self.request_id,
                "timestamp": self.timestamp,
            },
        )

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        """The model of a JSON object. Raises errors.ParseError if `src_dict` is not an object."""
        members: Mapping[str, Any] = src_dict
        new = _new(cls)
        if dict is not type(src_dict) or len(src_dict) != 4:
            members, extra = types.split(src_dict, _MEMBERS)
            if extra:
                new.additional_properties = extra
        try:
            new.code = (
                v
                if type(v := members["code"]) is int or v is UNSET
                else types.optional(new, "code", v, types.parse_int)
            )
            new.message = (
                v
                if type(v := members["message"]) is str or v is UNSET
                else types.optional(new, "message", v, types.parse_str)
            )
            new.request_id = (
                v
                if (v := members["request_id"]) is UNSET
                else types.optional(new, "request_id", v, types.parse_uuid)
            )
            new.timestamp = (
                v
                if (v := members["timestamp"]) is UNSET
                else types.optional_datetime(new, "timestamp", v)
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
