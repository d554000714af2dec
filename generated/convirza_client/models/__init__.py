# Generated from openapi/openapi.yaml by scripts/generate.py: do not edit.
# To change it, edit the document and run: tox run -e generate
"""Contains all the data models used in inputs/outputs"""

from .additional_info import AdditionalInfo
from .call import Call
from .call_detail import CallDetail
from .call_disposition import CallDisposition
from .call_flow import CallFlow
from .call_list_data import CallListData
from .call_list_response import CallListResponse
from .call_module import CallModule
from .call_response import CallResponse
from .call_response_data import CallResponseData
from .comment import Comment
from .custom_source import CustomSource
from .custom_sources import CustomSources
from .disposition_filter import DispositionFilter
from .error import Error
from .indicator import Indicator
from .login_request import LoginRequest
from .recording_details import RecordingDetails
from .refresh_request import RefreshRequest
from .revoke_request import RevokeRequest
from .sms_conversation import SmsConversation
from .sms_conversation_list_data import SmsConversationListData
from .sms_conversation_list_response import SmsConversationListResponse
from .sms_conversation_type import SmsConversationType
from .sort_order import SortOrder
from .success import Success
from .tag import Tag
from .token_kind import TokenKind
from .token_pair import TokenPair
from .token_response import TokenResponse
from .token_user import TokenUser
from .voice_agent_data import VoiceAgentData

__all__ = (
    "AdditionalInfo",
    "Call",
    "CallDetail",
    "CallDisposition",
    "CallFlow",
    "CallListData",
    "CallListResponse",
    "CallModule",
    "CallResponse",
    "CallResponseData",
    "Comment",
    "CustomSource",
    "CustomSources",
    "DispositionFilter",
    "Error",
    "Indicator",
    "LoginRequest",
    "RecordingDetails",
    "RefreshRequest",
    "RevokeRequest",
    "SmsConversation",
    "SmsConversationListData",
    "SmsConversationListResponse",
    "SmsConversationType",
    "SortOrder",
    "Success",
    "Tag",
    "TokenKind",
    "TokenPair",
    "TokenResponse",
    "TokenUser",
    "VoiceAgentData",
)
