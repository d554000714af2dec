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
class CallDetail:
    """Billing, source and analysis of a call."""

    bill_second: int | None | Unset = UNSET
    """ Billed length of the call in seconds. """

    call_value: float | None | Unset = UNSET
    """ Value of the call to the customer; no page states its currency. """

    dni_log_id: None | str | Unset = UNSET
    """ Identifier of the dynamic number insertion (DNI) log entry. """

    is_outbound: bool | None | Unset = UNSET
    """ Whether the call was placed by the customer. """

    cdr_source: None | str | Unset = UNSET
    """ Source of the call detail record (CDR), a code such as `CE`. """

    call_ended: datetime.datetime | None | Unset = UNSET
    """ End of the call, UTC with milliseconds. """

    analytic_status: None | str | Unset = UNSET
    """ State of the analysis, such as `complete`. """

    call_mine_status: None | str | Unset = UNSET
    """ State of the mining of the call, such as `mined`. """

    call_created: datetime.datetime | None | Unset = UNSET
    """ Creation of the record, UTC with milliseconds. """

    mined_timestamp: datetime.datetime | None | Unset = UNSET
    """ End of the mining of the call, UTC with milliseconds. """

    ring_to_name: None | str | Unset = UNSET
    """ Name of the number that the call was forwarded to, free text. """

    channel_id: int | None | Unset = UNSET
    """ Identifier of the marketing channel. """

    channel_category: None | str | Unset = UNSET
    """ Category of the marketing channel, free text. """

    channel_sub_category: None | str | Unset = UNSET
    """ Sub-category of the marketing channel, free text. """

    channel: None | str | Unset = UNSET
    """ Category and sub-category of the marketing channel, joined by ` > `. """

    additional_properties: dict[str, Any] = _attrs_field(factory=dict[str, Any])
    """ Members that the document does not list, and listed ones whose value does not fit, as they came. """

    def __repr__(self) -> str:
        return types.represent(self)

    def to_dict(self) -> dict[str, Any]:
        """The object as JSON has it."""
        return types.to_members(
            self.additional_properties,
            {
                "bill_second": self.bill_second,
                "call_value": self.call_value,
                "dni_log_id": self.dni_log_id,
                "is_outbound": self.is_outbound,
                "cdr_source": self.cdr_source,
                "call_ended": self.call_ended,
                "analytic_status": self.analytic_status,
                "call_mine_status": self.call_mine_status,
                "call_created": self.call_created,
                "mined_timestamp": self.mined_timestamp,
                "ring_to_name": self.ring_to_name,
                "channel_id": self.channel_id,
                "channel_category": self.channel_category,
                "channel_sub_category": self.channel_sub_category,
                "channel": self.channel,
            },
        )

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        """The model of a JSON object. Raises errors.ParseError if `src_dict` is not an object."""
        members = types.parse_object(src_dict)
        pop = members.pop
        return cls(
            bill_second=v
            if type(v := pop("bill_second", UNSET)) is int or v is None or v is UNSET
            else types.optional(members, "bill_second", v, types.parse_int),
            call_value=v
            if type(v := pop("call_value", UNSET)) is float
            or type(v) is int
            or v is None
            or v is UNSET
            else types.optional(members, "call_value", v, types.parse_float),
            dni_log_id=v
            if type(v := pop("dni_log_id", UNSET)) is str or v is None or v is UNSET
            else types.optional(members, "dni_log_id", v, types.parse_str),
            is_outbound=v
            if type(v := pop("is_outbound", UNSET)) is bool or v is None or v is UNSET
            else types.optional(members, "is_outbound", v, types.parse_bool),
            cdr_source=v
            if type(v := pop("cdr_source", UNSET)) is str or v is None or v is UNSET
            else types.optional(members, "cdr_source", v, types.parse_str),
            call_ended=v
            if (v := pop("call_ended", UNSET)) is None or v is UNSET
            else types.optional(members, "call_ended", v, types.parse_datetime),
            analytic_status=v
            if type(v := pop("analytic_status", UNSET)) is str or v is None or v is UNSET
            else types.optional(members, "analytic_status", v, types.parse_str),
            call_mine_status=v
            if type(v := pop("call_mine_status", UNSET)) is str or v is None or v is UNSET
            else types.optional(members, "call_mine_status", v, types.parse_str),
            call_created=v
            if (v := pop("call_created", UNSET)) is None or v is UNSET
            else types.optional(members, "call_created", v, types.parse_datetime),
            mined_timestamp=v
            if (v := pop("mined_timestamp", UNSET)) is None or v is UNSET
            else types.optional(members, "mined_timestamp", v, types.parse_datetime),
            ring_to_name=v
            if type(v := pop("ring_to_name", UNSET)) is str or v is None or v is UNSET
            else types.optional(members, "ring_to_name", v, types.parse_str),
            channel_id=v
            if type(v := pop("channel_id", UNSET)) is int or v is None or v is UNSET
            else types.optional(members, "channel_id", v, types.parse_int),
            channel_category=v
            if type(v := pop("channel_category", UNSET)) is str or v is None or v is UNSET
            else types.optional(members, "channel_category", v, types.parse_str),
            channel_sub_category=v
            if type(v := pop("channel_sub_category", UNSET)) is str or v is None or v is UNSET
            else types.optional(members, "channel_sub_category", v, types.parse_str),
            channel=v
            if type(v := pop("channel", UNSET)) is str or v is None or v is UNSET
            else types.optional(members, "channel", v, types.parse_str),
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
