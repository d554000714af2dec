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
        members = types.parse_object(src_dict)
        pop = members.pop
        return cls(
            custom_source_type_1=v
            if (v := pop("custom_source_type_1", UNSET)) is None or v is UNSET
            else types.optional(members, "custom_source_type_1", v, models.CustomSource.from_dict),
            custom_source_type_2=v
            if (v := pop("custom_source_type_2", UNSET)) is None or v is UNSET
            else types.optional(members, "custom_source_type_2", v, models.CustomSource.from_dict),
            custom_source_type_3=v
            if (v := pop("custom_source_type_3", UNSET)) is None or v is UNSET
            else types.optional(members, "custom_source_type_3", v, models.CustomSource.from_dict),
            custom_source_type_4=v
            if (v := pop("custom_source_type_4", UNSET)) is None or v is UNSET
            else types.optional(members, "custom_source_type_4", v, models.CustomSource.from_dict),
            custom_source_type_5=v
            if (v := pop("custom_source_type_5", UNSET)) is None or v is UNSET
            else types.optional(members, "custom_source_type_5", v, models.CustomSource.from_dict),
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
