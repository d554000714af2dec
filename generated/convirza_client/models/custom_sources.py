# Generated from openapi/openapi.yaml by scripts/generate.py: do not edit.
# To change it, edit the document and run: tox run -e generate
from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Self

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from .. import models, types
from ..types import UNSET, Unset

if TYPE_CHECKING:
    from ..models.custom_source import CustomSource


_new = object.__new__  # faster than cls.__new__(cls)
_MEMBERS: dict[str, Any] = {
    "custom_source_type_1": types.UNSET,
    "custom_source_type_2": types.UNSET,
    "custom_source_type_3": types.UNSET,
    "custom_source_type_4": types.UNSET,
    "custom_source_type_5": types.UNSET,
}


@_attrs_define(repr=False, kw_only=True)
class CustomSources:
    """The custom sources of a call, in five fixed places."""

    custom_source_type_1: CustomSource | None | Unset = UNSET
    """ Custom source in place 1. """

    custom_source_type_2: CustomSource | None | Unset = UNSET
    """ Custom source in place 2. """

    custom_source_type_3: CustomSource | None | Unset = UNSET
    """ Custom source in place 3. """

    custom_source_type_4: CustomSource | None | Unset = UNSET
    """ Custom source in place 4. """

    custom_source_type_5: CustomSource | None | Unset = UNSET
    """ Custom source in place 5. """

    additional_properties: dict[str, Any] = _attrs_field(factory=dict[str, Any])
    """ Members that the document does not list, and listed ones whose value does not fit, as they came. """

    def __repr__(self) -> str:
        return types.represent(self)

    def to_dict(self) -> dict[str, Any]:
        """The object as JSON has it."""
        return types.to_members(
            self.additional_properties,
            {
                "custom_source_type_1": self.custom_source_type_1,
                "custom_source_type_2": self.custom_source_type_2,
                "custom_source_type_3": self.custom_source_type_3,
                "custom_source_type_4": self.custom_source_type_4,
                "custom_source_type_5": self.custom_source_type_5,
            },
        )

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        """The model of a JSON object. Raises errors.ParseError if `src_dict` is not an object."""
        members: Mapping[str, Any] = src_dict
        new = _new(cls)
        if dict is not type(src_dict) or len(src_dict) != 5:
            members, extra = types.split(src_dict, _MEMBERS)
            if extra:
                new.additional_properties = extra
        try:
            new.custom_source_type_1 = (
                models.CustomSource.from_dict(v)
                if dict is type(v := members["custom_source_type_1"])
                else v
                if v is None or v is UNSET
                else types.optional(new, "custom_source_type_1", v, models.CustomSource.from_dict)
            )
            new.custom_source_type_2 = (
                models.CustomSource.from_dict(v)
                if dict is type(v := members["custom_source_type_2"])
                else v
                if v is None or v is UNSET
                else types.optional(new, "custom_source_type_2", v, models.CustomSource.from_dict)
            )
            new.custom_source_type_3 = (
                models.CustomSource.from_dict(v)
                if dict is type(v := members["custom_source_type_3"])
                else v
                if v is None or v is UNSET
                else types.optional(new, "custom_source_type_3", v, models.CustomSource.from_dict)
            )
            new.custom_source_type_4 = (
                models.CustomSource.from_dict(v)
                if dict is type(v := members["custom_source_type_4"])
                else v
                if v is None or v is UNSET
                else types.optional(new, "custom_source_type_4", v, models.CustomSource.from_dict)
            )
            new.custom_source_type_5 = (
                models.CustomSource.from_dict(v)
                if dict is type(v := members["custom_source_type_5"])
                else v
                if v is None or v is UNSET
                else types.optional(new, "custom_source_type_5", v, models.CustomSource.from_dict)
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
