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
    "bill_second": types.UNSET,
    "call_value": types.UNSET,
    "dni_log_id": types.UNSET,
    "is_outbound": types.UNSET,
    "cdr_source": types.UNSET,
    "call_ended": types.UNSET,
    "analytic_status": types.UNSET,
    "call_mine_status": types.UNSET,
    "call_created": types.UNSET,
    "mined_timestamp": types.UNSET,
    "ring_to_name": types.UNSET,
    "channel_id": types.UNSET,
    "channel_category": types.UNSET,
    "channel_sub_category": types.UNSET,
    "channel": types.UNSET,
}


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
        members: Mapping[str, Any] = src_dict
        new = _new(cls)
        if dict is not type(src_dict) or len(src_dict) != 15:
            members, extra = types.split(src_dict, _MEMBERS)
            if extra:
                new.additional_properties = extra
        try:
            new.bill_second = (
                v
                if type(v := members["bill_second"]) is int or v is None or v is UNSET
                else types.optional(new, "bill_second", v, types.parse_int)
            )
            new.call_value = (
                v
                if type(v := members["call_value"]) is float
                or type(v) is int
                or v is None
                or v is UNSET
                else types.optional(new, "call_value", v, types.parse_float)
            )
            new.dni_log_id = (
                v
                if type(v := members["dni_log_id"]) is str or v is None or v is UNSET
                else types.optional(new, "dni_log_id", v, types.parse_str)
            )
            new.is_outbound = (
                v
                if type(v := members["is_outbound"]) is bool or v is None or v is UNSET
                else types.optional(new, "is_outbound", v, types.parse_bool)
            )
            new.cdr_source = (
                v
                if type(v := members["cdr_source"]) is str or v is None or v is UNSET
                else types.optional(new, "cdr_source", v, types.parse_str)
            )
            new.call_ended = (
                v
                if (v := members["call_ended"]) is None or v is UNSET
                else types.optional_datetime(new, "call_ended", v)
            )
            new.analytic_status = (
                v
                if type(v := members["analytic_status"]) is str or v is None or v is UNSET
                else types.optional(new, "analytic_status", v, types.parse_str)
            )
            new.call_mine_status = (
                v
                if type(v := members["call_mine_status"]) is str or v is None or v is UNSET
                else types.optional(new, "call_mine_status", v, types.parse_str)
            )
            new.call_created = (
                v
                if (v := members["call_created"]) is None or v is UNSET
                else types.optional_datetime(new, "call_created", v)
            )
            new.mined_timestamp = (
                v
                if (v := members["mined_timestamp"]) is None or v is UNSET
                else types.optional_datetime(new, "mined_timestamp", v)
            )
            new.ring_to_name = (
                v
                if type(v := members["ring_to_name"]) is str or v is None or v is UNSET
                else types.optional(new, "ring_to_name", v, types.parse_str)
            )
            new.channel_id = (
                v
                if type(v := members["channel_id"]) is int or v is None or v is UNSET
                else types.optional(new, "channel_id", v, types.parse_int)
            )
            new.channel_category = (
                v
                if type(v := members["channel_category"]) is str or v is None or v is UNSET
                else types.optional(new, "channel_category", v, types.parse_str)
            )
            new.channel_sub_category = (
                v
                if type(v := members["channel_sub_category"]) is str or v is None or v is UNSET
                else types.optional(new, "channel_sub_category", v, types.parse_str)
            )
            new.channel = (
                v
                if type(v := members["channel"]) is str or v is None or v is UNSET
                else types.optional(new, "channel", v, types.parse_str)
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
