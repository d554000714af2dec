# Generated from openapi/openapi.yaml by scripts/generate.py: do not edit.
# To change it, edit the document and run: tox run -e generate
from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Any, Self

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from .. import types
from ..types import UNSET, Unset


@_attrs_define(repr=False, kw_only=True)
class Comment:
    """A comment on a call."""

    note_id: int | None | Unset = UNSET
    """ Identifier of the comment. """

    call_id: int | None | Unset = UNSET
    """ Identifier of the call. """

    note: None | str | Unset = UNSET
    """ Text of the comment, free text. Personal data. """

    created_on: datetime.datetime | None | Unset = UNSET
    """ Creation of the comment, UTC with milliseconds. """

    updated_on: datetime.datetime | None | Unset = UNSET
    """ Last change of the comment, UTC with milliseconds. """

    ct_user_id: int | None | Unset = UNSET
    """ Identifier of the author. """

    first_name: None | str | Unset = UNSET
    """ First name of the author, free text. Personal data. """

    last_name: None | str | Unset = UNSET
    """ Last name of the author, free text. Personal data. """

    additional_properties: dict[str, Any] = _attrs_field(factory=dict[str, Any])
    """ Members that the document does not list, and listed ones whose value does not fit, as they came. """

    def __repr__(self) -> str:
        return types.represent(self)

    def to_dict(self) -> dict[str, Any]:
        """The object as JSON has it."""
        return types.to_members(
            self.additional_properties,
            {
                "note_id": self.note_id,
                "call_id": self.call_id,
                "note": self.note,
                "created_on": self.created_on,
                "updated_on": self.updated_on,
                "ct_user_id": self.ct_user_id,
                "first_name": self.first_name,
                "last_name": self.last_name,
            },
        )

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        """The model of a JSON object. Raises errors.ParseError if `src_dict` is not an object."""
        members = types.parse_object(src_dict)
        pop = members.pop
        return cls(
            note_id=v
            if type(v := pop("note_id", UNSET)) is int or v is None or v is UNSET
            else types.optional(members, "note_id", v, types.parse_int),
            call_id=v
            if type(v := pop("call_id", UNSET)) is int or v is None or v is UNSET
            else types.optional(members, "call_id", v, types.parse_int),
            note=v
            if type(v := pop("note", UNSET)) is str or v is None or v is UNSET
            else types.optional(members, "note", v, types.parse_str),
            created_on=v
            if (v := pop("created_on", UNSET)) is None or v is UNSET
            else types.optional(members, "created_on", v, types.parse_datetime),
            updated_on=v
            if (v := pop("updated_on", UNSET)) is None or v is UNSET
            else types.optional(members, "updated_on", v, types.parse_datetime),
            ct_user_id=v
            if type(v := pop("ct_user_id", UNSET)) is int or v is None or v is UNSET
            else types.optional(members, "ct_user_id", v, types.parse_int),
            first_name=v
            if type(v := pop("first_name", UNSET)) is str or v is None or v is UNSET
            else types.optional(members, "first_name", v, types.parse_str),
            last_name=v
            if type(v := pop("last_name", UNSET)) is str or v is None or v is UNSET
            else types.optional(members, "last_name", v, types.parse_str),
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
