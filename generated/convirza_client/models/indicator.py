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
    "indicator_id": types.UNSET,
    "score_id": types.UNSET,
    "score_value": types.UNSET,
    "indicator_name": types.UNSET,
    "external_id": types.UNSET,
    "indicator_active": types.UNSET,
    "indicator_created": types.UNSET,
    "agent": types.UNSET,
    "scorecard": types.UNSET,
    "outcome": types.UNSET,
}


@_attrs_define(repr=False, kw_only=True)
class Indicator:
    """A score of a call."""

    indicator_id: int | None | Unset = UNSET
    """ Identifier of the indicator. """

    score_id: int | None | Unset = UNSET
    """ Identifier of this score. """

    score_value: int | None | Unset = UNSET
    """ The score, a whole number; no page states its range. """

    indicator_name: None | str | Unset = UNSET
    """ Name of the indicator, free text. """

    external_id: None | str | Unset = UNSET
    """ The customer's own identifier of the indicator, free text. """

    indicator_active: bool | None | Unset = UNSET
    """ Whether the indicator is in use. """

    indicator_created: datetime.datetime | None | Unset = UNSET
    """ Creation of the indicator, UTC with milliseconds. """

    agent: None | str | Unset = UNSET
    """ Agent that was scored, an e-mail address in the example. Personal data. """

    scorecard: None | str | Unset = UNSET
    """ Name of the scorecard, free text. """

    outcome: None | str | Unset = UNSET
    """ Outcome of the call, free text such as `won`. """

    additional_properties: dict[str, Any] = _attrs_field(factory=dict[str, Any])
    """ Members that the document does not list, and listed ones whose value does not fit, as they came. """

    def __repr__(self) -> str:
        return types.represent(self)

    def to_dict(self) -> dict[str, Any]:
        """The object as JSON has it."""
        return types.to_members(
            self.additional_properties,
            {
                "indicator_id": self.indicator_id,
                "score_id": self.score_id,
                "score_value": self.score_value,
                "indicator_name": self.indicator_name,
                "external_id": self.external_id,
                "indicator_active": self.indicator_active,
                "indicator_created": self.indicator_created,
                "agent": self.agent,
                "scorecard": self.scorecard,
                "outcome": self.outcome,
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
            new.indicator_id = (
                v
                if type(v := members["indicator_id"]) is int or v is None or v is UNSET
                else types.optional(new, "indicator_id", v, types.parse_int)
            )
            new.score_id = (
                v
                if type(v := members["score_id"]) is int or v is None or v is UNSET
                else types.optional(new, "score_id", v, types.parse_int)
            )
            new.score_value = (
                v
                if type(v := members["score_value"]) is int or v is None or v is UNSET
                else types.optional(new, "score_value", v, types.parse_int)
            )
            new.indicator_name = (
                v
                if type(v := members["indicator_name"]) is str or v is None or v is UNSET
                else types.optional(new, "indicator_name", v, types.parse_str)
            )
            new.external_id = (
                v
                if type(v := members["external_id"]) is str or v is None or v is UNSET
                else types.optional(new, "external_id", v, types.parse_str)
            )
            new.indicator_active = (
                v
                if type(v := members["indicator_active"]) is bool or v is None or v is UNSET
                else types.optional(new, "indicator_active", v, types.parse_bool)
            )
            new.indicator_created = (
                v
                if (v := members["indicator_created"]) is None or v is UNSET
                else types.optional_datetime(new, "indicator_created", v)
            )
            new.agent = (
                v
                if type(v := members["agent"]) is str or v is None or v is UNSET
                else types.optional(new, "agent", v, types.parse_str)
            )
            new.scorecard = (
                v
                if type(v := members["scorecard"]) is str or v is None or v is UNSET
                else types.optional(new, "scorecard", v, types.parse_str)
            )
            new.outcome = (
                v
                if type(v := members["outcome"]) is str or v is None or v is UNSET
                else types.optional(new, "outcome", v, types.parse_str)
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
