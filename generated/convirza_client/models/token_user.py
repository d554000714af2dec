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
        members = types.parse_object(src_dict)
        pop = members.pop
        return cls(
            user_id=v
            if type(v := pop("user_id", UNSET)) is int or v is None or v is UNSET
            else types.optional(members, "user_id", v, types.parse_int),
            email=v
            if type(v := pop("email", UNSET)) is str or v is None or v is UNSET
            else types.optional(members, "email", v, types.parse_str),
            role_id=v
            if type(v := pop("role_id", UNSET)) is int or v is None or v is UNSET
            else types.optional(members, "role_id", v, types.parse_int),
            org_unit_id=v
            if type(v := pop("org_unit_id", UNSET)) is int or v is None or v is UNSET
            else types.optional(members, "org_unit_id", v, types.parse_int),
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
