from convirza_client import AuthenticatedClient, errors
from convirza_client.api.calls import get_call
from convirza_client.models import Call, CallModule, CallResponse
from convirza_client.types import UNSET
__all__ = ['UNSET', 'AuthenticatedClient', 'Call', 'CallModule', 'CallResponse', 'errors', 'get_call']
