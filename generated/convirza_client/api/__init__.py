# Generated from openapi/openapi.yaml by scripts/generate.py: do not edit.
# To change it, edit the document and run: tox run -e generate
"""Contains methods for accessing the API"""

from collections.abc import Mapping
from types import MappingProxyType

from ..types import Operation
from .calls import get_call as _calls__get_call

_MODULES = (_calls__get_call,)
OPERATIONS: Mapping[str, Operation] = MappingProxyType(
    {module.OPERATION.id: module.OPERATION for module in _MODULES}
)
"""All operations of the document by their id."""

__all__ = ["OPERATIONS"]
