# Generated from openapi/openapi.yaml by scripts/generate.py: do not edit.
# To change it, edit the document and run: tox run -e generate
from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Self

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from .. import models, types
from ..types import UNSET, Unset

if TYPE_CHECKING:
    from ..models.token_user import TokenUser


_new = object.__new__  # faster than cls.__new__(cls)
_MEMBERS: dict[str, Any] = {
    "access_token": types.UNSET,
    "refresh_token": types.UNSET,
    "frontend_token": types.UNSET,
    "token_type": types.UNSET,
    "expires_in": types.UNSET,
    "refresh_expires_in": types.UNSET,
    "user": types.UNSET,
}


@_attrs_define(repr=False, kw_only=True)
class TokenPair:
    """An access token and the refresh token that renews it."""

    access_token: str
    """ The access token, opaque. A credential. """

    refresh_token: None | str | Unset = UNSET
    """ The refresh token, opaque, for one use. A credential. """

    frontend_token: None | str | Unset = UNSET
    """ A token of the vendor's web pages. A credential; ignore it. """

    token_type: None | str | Unset = UNSET
    """ Scheme of the header Authorization. """

    expires_in: datetime.datetime | None | Unset = UNSET
    """ When the access token expires, UTC with milliseconds; 7 days after its last use. """

    refresh_expires_in: datetime.datetime | None | Unset = UNSET
    """ When the refresh token expires, UTC with milliseconds. """

    user: None | TokenUser | Unset = UNSET
    """ The account. """

    additional_properties: dict[str, Any] = _attrs_field(factory=dict[str, Any])
    """ Members that the document does not list, and listed ones whose value does not fit, as they came. """

    def __repr__(self) -> str:
        return types.represent(self)

    def to_dict(self) -> dict[str, Any]:
        """The object as JSON has it."""
        return types.to_members(
            self.additional_properties,
            {
                "access_token": self.access_token,
                "refresh_token": self.refresh_token,
                "frontend_token": self.frontend_token,
                "token_type": self.token_type,
                "expires_in": self.expires_in,
                "refresh_expires_in": self.refresh_expires_in,
                "user": self.user,
            },
        )

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        """The model of a JSON object. Raises errors.ParseError if `src_dict` is not an object or a required
        member is missing or does not fit."""
        members: Mapping[str, Any] = src_dict
        new = _new(cls)
        if dict is not type(src_dict) or len(src_dict) != 7:
            members, extra = types.split(src_dict, _MEMBERS)
            if extra:
                new.additional_properties = extra
        try:
            new.access_token = (
                v
                if type(v := members["access_token"]) is str
                else types.required("access_token", v, types.parse_str)
            )
            new.refresh_token = (
                v
                if type(v := members["refresh_token"]) is str or v is None or v is UNSET
                else types.optional(new, "refresh_token", v, types.parse_str)
            )
            new.frontend_token = (
                v
                if type(v := members["frontend_token"]) is str or v is None or v is UNSET
                else types.optional(new, "frontend_token", v, types.parse_str)
            )
            new.token_type = (
                v
                if type(v := members["token_type"]) is str or v is None or v is UNSET
                else types.optional(new, "token_type", v, types.parse_str)
            )
            new.expires_in = (
                v
                if (v := members["expires_in"]) is None or v is UNSET
                else types.optional_datetime(new, "expires_in", v)
            )
            new.refresh_expires_in = (
                v
                if (v := members["refresh_expires_in"]) is None or v is UNSET
                else types.optional_datetime(new, "refresh_expires_in", v)
            )
            new.user = (
                models.TokenUser.from_dict(v)
                if dict is type(v := members["user"])
                else v
                if v is None or v is UNSET
                else types.optional(new, "user", v, models.TokenUser.from_dict)
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
