from __future__ import annotations
import datetime
from collections.abc import Mapping
from typing import Any, Self
from attrs import define as _attrs_define
from attrs import field as _attrs_field
from .. import types
from ..types import UNSET, Unset

@_attrs_define(repr=False)
class CallDetail:
    bill_second: int | None | Unset = UNSET
    call_value: float | None | Unset = UNSET
    dni_log_id: None | str | Unset = UNSET
    is_outbound: bool | None | Unset = UNSET
    cdr_source: None | str | Unset = UNSET
    call_ended: datetime.datetime | None | Unset = UNSET
    analytic_status: None | str | Unset = UNSET
    call_mine_status: None | str | Unset = UNSET
    call_created: datetime.datetime | None | Unset = UNSET
    mined_timestamp: datetime.datetime | None | Unset = UNSET
    ring_to_name: None | str | Unset = UNSET
    channel_id: int | None | Unset = UNSET
    channel_category: None | str | Unset = UNSET
    channel_sub_category: None | str | Unset = UNSET
    channel: None | str | Unset = UNSET
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict[str, Any])

    def __repr__(self) -> str:
        ...

    def to_dict(self) -> dict[str, Any]:
        ...

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        ...

    @property
    def additional_keys(self) -> list[str]:
        ...

    def __getitem__(self, key: str) -> Any:
        ...

    def __setitem__(self, key: str, value: Any) -> None:
        ...

    def __delitem__(self, key: str) -> None:
        ...

    def __contains__(self, key: str) -> bool:
        ...
