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
        members = types.parse_object(src_dict)
        pop = members.pop
        return cls(
            indicator_id=v
            if type(v := pop("indicator_id", UNSET)) is int or v is None or v is UNSET
            else types.optional(members, "indicator_id", v, types.parse_int),
            score_id=v
            if type(v := pop("score_id", UNSET)) is int or v is None or v is UNSET
            else types.optional(members, "score_id", v, types.parse_int),
            score_value=v
            if type(v := pop("score_value", UNSET)) is int or v is None or v is UNSET
            else types.optional(members, "score_value", v, types.parse_int),
            indicator_name=v
            if type(v := pop("indicator_name", UNSET)) is str or v is None or v is UNSET
            else types.optional(members, "indicator_name", v, types.parse_str),
            external_id=v
            if type(v := pop("external_id", UNSET)) is str or v is None or v is UNSET
            else types.optional(members, "external_id", v, types.parse_str),
            indicator_active=v
            if type(v := pop("indicator_active", UNSET)) is bool or v is None or v is UNSET
            else types.optional(members, "indicator_active", v, types.parse_bool),
            indicator_created=v
            if (v := pop("indicator_created", UNSET)) is None or v is UNSET
            else types.optional(members, "indicator_created", v, types.parse_datetime),
            agent=v
            if type(v := pop("agent", UNSET)) is str or v is None or v is UNSET
            else types.optional(members, "agent", v, types.parse_str),
            scorecard=v
            if type(v := pop("scorecard", UNSET)) is str or v is None or v is UNSET
            else types.optional(members, "scorecard", v, types.parse_str),
            outcome=v
            if type(v := pop("outcome", UNSET)) is str or v is None or v is UNSET
            else types.optional(members, "outcome", v, types.parse_str),
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
