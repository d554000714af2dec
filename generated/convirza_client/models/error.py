# Generated from openapi/openapi.yaml by scripts/generate.py: do not edit.
# To change it, edit the document and run: tox run -e generate
from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Any, Self
from uuid import UUID

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from .. import types
from ..types import UNSET, Unset


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
        members = types.parse_object(src_dict)
        pop = members.pop
        return cls(
            code=v
            if type(v := pop("code", UNSET)) is int or v is UNSET
            else types.optional(members, "code", v, types.parse_int),
            message=v
            if type(v := pop("message", UNSET)) is str or v is UNSET
            else types.optional(members, "message", v, types.parse_str),
            request_id=v
            if (v := pop("request_id", UNSET)) is UNSET
            else types.optional(members, "request_id", v, types.parse_uuid),
            timestamp=v
            if (v := pop("timestamp", UNSET)) is UNSET
            else types.optional(members, "timestamp", v, types.parse_datetime),
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
