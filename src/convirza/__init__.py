"""Python client for the Convirza V3 calls API.

    from convirza import Convirza, NotFoundError

    with Convirza() as convirza:  # the token is in CONVIRZA_TOKEN
        call = convirza.calls.get(987654, include=["tags", "recordings"])
        print(call.disposition, call.duration, [tag.tag_name for tag in call.tags or []])

`AsyncConvirza` does the same with `await`. The command is in `convirza.cli`, a fake API to develop and test
against in `convirza.fake`.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from convirza._async_client import AsyncConvirza
    from convirza._auth.password import PasswordAuth
    from convirza._auth.static import StaticToken
    from convirza._auth.stored import StoredAuth
    from convirza._auth.tokens import FileTokenStore, MemoryTokenStore, Tokens, TokenStore
    from convirza._core.bulk import Outcome
    from convirza._core.clock import Clock, SystemClock
    from convirza._core.credentials import Auth
    from convirza._core.drift import Deviation
    from convirza._core.errors import (
        APIStatusError,
        AuthenticationError,
        BadRequestError,
        ConfigurationError,
        ConnectionError,
        ConvirzaError,
        DriftError,
        IncompleteListError,
        NoRecordingError,
        NotFoundError,
        PermissionDeniedError,
        RateLimitError,
        RecordingExpiredError,
        ResponseError,
        ServerError,
        TimeoutError,
        TransportError,
        WrongRecordError,
    )
    from convirza._core.limiter import RateLimiter
    from convirza._core.responses import RawResponse
    from convirza._core.windows import Window
    from convirza._generated import UNSET, Call, CallModule, SmsConversation
    from convirza._resources.async_call_list import AsyncCallList
    from convirza._resources.call_filters import CallFilters
    from convirza._resources.call_list_parts import CallListPage
    from convirza._resources.list_pages import ListPage
    from convirza._resources.recordings import RecordingOutcome
    from convirza._resources.sync_call_list import CallList
    from convirza._sync_client import Convirza

__all__ = [
    "UNSET",
    "APIStatusError",
    "AsyncCallList",
    "AsyncConvirza",
    "Auth",
    "AuthenticationError",
    "BadRequestError",
    "Call",
    "CallFilters",
    "CallList",
    "CallListPage",
    "CallModule",
    "Clock",
    "ConfigurationError",
    "ConnectionError",
    "Convirza",
    "ConvirzaError",
    "Deviation",
    "DriftError",
    "FileTokenStore",
    "IncompleteListError",
    "ListPage",
    "MemoryTokenStore",
    "NoRecordingError",
    "NotFoundError",
    "Outcome",
    "PasswordAuth",
    "PermissionDeniedError",
    "RateLimitError",
    "RateLimiter",
    "RawResponse",
    "RecordingExpiredError",
    "RecordingOutcome",
    "ResponseError",
    "ServerError",
    "SmsConversation",
    "StaticToken",
    "StoredAuth",
    "SystemClock",
    "TimeoutError",
    "TokenStore",
    "Tokens",
    "TransportError",
    "Window",
    "WrongRecordError",
    "__version__",
]

__version__: str

# Imported at first use: the pytest plugin imports this package in each run, and httpx takes its time.
_HOMES = {
    "_core.responses": ["RawResponse"],
    "_core.credentials": ["Auth"],
    "_auth.password": ["PasswordAuth"],
    "_auth.static": ["StaticToken"],
    "_auth.stored": ["StoredAuth"],
    "_core.bulk": ["Outcome"],
    "_async_client": ["AsyncConvirza"],
    "_sync_client": ["Convirza"],
    "_core.clock": ["Clock", "SystemClock"],
    "_core.drift": ["Deviation"],
    "_core.errors": [
        "APIStatusError",
        "AuthenticationError",
        "BadRequestError",
        "ConfigurationError",
        "ConnectionError",
        "ConvirzaError",
        "DriftError",
        "IncompleteListError",
        "NoRecordingError",
        "NotFoundError",
        "PermissionDeniedError",
        "RateLimitError",
        "RecordingExpiredError",
        "ResponseError",
        "ServerError",
        "TimeoutError",
        "TransportError",
        "WrongRecordError",
    ],
    "_core.limiter": ["RateLimiter"],
    "_core.windows": ["Window"],
    "_generated": ["UNSET", "Call", "CallModule", "SmsConversation"],
    "_resources.async_call_list": ["AsyncCallList"],
    "_resources.call_filters": ["CallFilters"],
    "_resources.call_list_parts": ["CallListPage"],
    "_resources.list_pages": ["ListPage"],
    "_resources.sync_call_list": ["CallList"],
    "_resources.recordings": ["RecordingOutcome"],
    "_auth.tokens": ["FileTokenStore", "MemoryTokenStore", "Tokens", "TokenStore"],
}


if not TYPE_CHECKING:  # or type checkers would take any name

    def __getattr__(name: str) -> Any:
        if name == "__version__":
            return import_module("._version", __name__).version()
        home = next((home for home, names in _HOMES.items() if name in names), None)
        if home is None:
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        value = globals()[name] = getattr(import_module(f".{home}", __name__), name)
        return value

    def __dir__() -> list[str]:
        return [*globals(), *__all__]
