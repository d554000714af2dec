from __future__ import annotations
import datetime
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Self
from uuid import UUID
from attrs import define as _attrs_define
from attrs import field as _attrs_field
from .. import types
if TYPE_CHECKING:
    from ..models.call_response_data import CallResponseData

@_attrs_define(repr=False)
class CallResponse:
    code: int
    message: str
    data: CallResponseData
    request_id: UUID
    timestamp: datetime.datetime
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
