# Generated from openapi/openapi.yaml by scripts/generate.py: do not edit.
# To change it, edit the document and run: tox run -e generate
"""Contains methods for accessing the API"""

from collections.abc import Mapping
from types import MappingProxyType

from ..types import Operation
from .authentication import log_in as _authentication__log_in
from .authentication import refresh_tokens as _authentication__refresh_tokens
from .authentication import revoke_token as _authentication__revoke_token
from .calls import get_call as _calls__get_call
from .calls import list_calls as _calls__list_calls
from .sms import list_sms_conversations as _sms__list_sms_conversations

_MODULES = (
    _calls__list_calls,
    _calls__get_call,
    _sms__list_sms_conversations,
    _authentication__log_in,
    _authentication__refresh_tokens,
    _authentication__revoke_token,
)
OPERATIONS: Mapping[str, Operation] = MappingProxyType(
    {module.OPERATION.id: module.OPERATION for module in _MODULES}
)
"""All operations of the document by their id."""

__all__ = ["OPERATIONS"]
