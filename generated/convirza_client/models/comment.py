# Generated from openapi/openapi.yaml by scripts/generate.py: do not edit.
# To change it, edit the document and run: tox run -e generate
from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Self

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from .. import types
from ..types import UNSET, Unset

_new = object.__new__  # faster than cls.__new__(cls)
_MEMBERS: dict[str, Any] = {
    "note_id": types.UNSET,
    "call_id": types.UNSET,
    "note": types.UNSET,
    "created_on": types.UNSET,
    "updated_on": types.UNSET,
    "ct_user_id": types.UNSET,
    "first_name": types.UNSET,
    "last_name": types.UNSET,
}


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
        members: Mapping[str, Any] = src_dict
        new = _new(cls)
        if dict is not type(src_dict) or len(src_dict) != 8:
            members, extra = types.split(src_dict, _MEMBERS)
            if extra:
                new.additional_properties = extra
        try:
            new.note_id = (
                v
                if type(v := members["note_id"]) is int or v is None or v is UNSET
                else types.optional(new, "note_id", v, types.parse_int)
            )
            new.call_id = (
                v
                if type(v := members["call_id"]) is int or v is None or v is UNSET
                else types.optional(new, "call_id", v, types.parse_int)
            )
            new.note = (
                v
                if type(v := members["note"]) is str or v is None or v is UNSET
                else types.optional(new, "note", v, types.parse_str)
            )
            new.created_on = (
                v
                if (v := members["created_on"]) is None or v is UNSET
                else types.optional_datetime(new, "created_on", v)
            )
            new.updated_on = (
                v
                if (v := members["updated_on"]) is None or v is UNSET
                else types.optional_datetime(new, "updated_on", v)
            )
            new.ct_user_id = (
                v
                if type(v := members["ct_user_id"]) is int or v is None or v is UNSET
                else types.optional(new, "ct_user_id", v, types.parse_int)
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
