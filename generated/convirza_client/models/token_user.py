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
    "user_id": types.UNSET,
    "email": types.UNSET,
    "role_id": types.UNSET,
    "org_unit_id": types.UNSET,
}


@_attrs_define(repr=False, kw_only=True)
class TokenUser:
    """The account that tokens belong to."""

    user_id: int | None | Unset = UNSET
    """ Identifier of the user. """

    email: None | str | Unset = UNSET
    """ E-mail address of the account. Personal data. """

    role_id: int | None | Unset = UNSET
    """ Role of the user, 1 Admin, 2 Standard, 3 ReadOnly. """

    org_unit_id: int | None | Unset = UNSET
    """ Identifier of the organisation unit of the user. """

    additional_properties: dict[str, Any] = _attrs_field(factory=dict[str, Any])
    """ Members that the document does not list, and listed ones whose value does not fit, as they came. """

    def __repr__(self) -> str:
        return types.represent(self)

    def to_dict(self) -> dict[str, Any]:
        """The object as JSON has it."""
        return types.to_members(
            self.additional_properties,
            {
                "user_id": self.user_id,
                "email": self.email,
                "role_id": self.role_id,
                "org_unit_id": self.org_unit_id,
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
            new.user_id = (
                v
                if type(v := members["user_id"]) is int or v is None or v is UNSET
                else types.optional(new, "user_id", v, types.parse_int)
            )
            new.email = (
                v
                if type(v := members["email"]) is str or v is None or v is UNSET
                else types.optional(new, "email", v, types.parse_str)
            )
            new.role_id = (
                v
                if type(v := members["role_id"]) is int or v is None or v is UNSET
                else types.optional(new, "role_id", v, types.parse_int)
            )
            new.org_unit_id = (
                v
                if type(v := members["org_unit_id"]) is int or v is None or v is UNSET
                else types.optional(new, "org_unit_id", v, types.parse_int)
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
