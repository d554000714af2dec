from .additional_info import AdditionalInfo
from .call import Call
from .call_detail import CallDetail
from .call_disposition import CallDisposition
from .call_flow import CallFlow
from .call_module import CallModule
from .call_response import CallResponse
from .call_response_data import CallResponseData
from .comment import Comment
from .custom_source import CustomSource
from .custom_sources import CustomSources
from .error import Error
from .indicator import Indicator
from .recording_details import RecordingDetails
from .tag import Tag
from .voice_agent_data import VoiceAgentData
__all__ = ('AdditionalInfo', 'Call', 'CallDetail', 'CallDisposition', 'CallFlow', 'CallModule', 'CallResponse', 'CallResponseData', 'Comment', 'CustomSource', 'CustomSources', 'Error', 'Indicator', 'RecordingDetails', 'Tag', 'VoiceAgentData')
