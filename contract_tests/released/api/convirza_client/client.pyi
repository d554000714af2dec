import json
import mimetypes
import re
import ssl
from collections.abc import Callable
from typing import Any, NoReturn, Self, TypeVar
import httpx
from attrs import Attribute, define, evolve, field
from . import errors
T = TypeVar('T')
DEFAULT_TIMEOUT = httpx.Timeout(30.0, connect=10.0)

def _without_secrets(url: str) -> str:
    ...

def _check_token(_client: object, _attribute: 'Attribute[str]', token: str) -> None:
    ...

def _transport_error(error: Exception, kwargs: dict[str, Any]) -> errors.TransportError:
    ...

def _not_a_constant(name: str) -> NoReturn:
    ...

def parse_json(response: httpx.Response, parse: Callable[[Any], T]) -> T:
    ...

@define
class Client:
    raise_on_unexpected_status: bool = field(default=False, kw_only=True)
    _base_url: str = field(alias='base_url', repr=_without_secrets)
    _cookies: dict[str, str] = field(factory=dict[str, str], kw_only=True, alias='cookies', repr=False)
    _headers: dict[str, str] = field(factory=dict[str, str], kw_only=True, alias='headers', repr=False)
    _timeout: httpx.Timeout | None = field(default=DEFAULT_TIMEOUT, kw_only=True, alias='timeout')
    _verify_ssl: str | bool | ssl.SSLContext = field(default=True, kw_only=True, alias='verify_ssl')
    _follow_redirects: bool = field(default=False, kw_only=True, alias='follow_redirects')
    _httpx_args: dict[str, Any] = field(factory=dict[str, Any], kw_only=True, alias='httpx_args', repr=False)
    _client: httpx.Client | None = field(default=None, init=False, repr=False)
    _async_client: httpx.AsyncClient | None = field(default=None, init=False, repr=False)

    def with_headers(self, headers: dict[str, str]) -> 'Client':
        ...

    def with_cookies(self, cookies: dict[str, str]) -> 'Client':
        ...

    def with_timeout(self, timeout: httpx.Timeout | None) -> 'Client':
        ...

    def __reduce__(self) -> NoReturn:
        ...

    def request(self, **kwargs: Any) -> httpx.Response:
        ...

    async def request_async(self, **kwargs: Any) -> httpx.Response:
        ...

    def set_httpx_client(self, client: httpx.Client) -> Self:
        ...

    def get_httpx_client(self) -> httpx.Client:
        ...

    def __enter__(self) -> Self:
        ...

    def __exit__(self, *args: Any, **kwargs: Any) -> None:
        ...

    def set_async_httpx_client(self, async_client: httpx.AsyncClient) -> Self:
        ...

    def get_async_httpx_client(self) -> httpx.AsyncClient:
        ...

    async def __aenter__(self) -> Self:
        ...

    async def __aexit__(self, *args: Any, **kwargs: Any) -> None:
        ...

@define
class AuthenticatedClient:
    raise_on_unexpected_status: bool = field(default=False, kw_only=True)
    _base_url: str = field(alias='base_url', repr=_without_secrets)
    _cookies: dict[str, str] = field(factory=dict[str, str], kw_only=True, alias='cookies', repr=False)
    _headers: dict[str, str] = field(factory=dict[str, str], kw_only=True, alias='headers', repr=False)
    _timeout: httpx.Timeout | None = field(default=DEFAULT_TIMEOUT, kw_only=True, alias='timeout')
    _verify_ssl: str | bool | ssl.SSLContext = field(default=True, kw_only=True, alias='verify_ssl')
    _follow_redirects: bool = field(default=False, kw_only=True, alias='follow_redirects')
    _httpx_args: dict[str, Any] = field(factory=dict[str, Any], kw_only=True, alias='httpx_args', repr=False)
    _client: httpx.Client | None = field(default=None, init=False, repr=False)
    _async_client: httpx.AsyncClient | None = field(default=None, init=False, repr=False)
    token: str = field(repr=False, validator=_check_token)
    prefix: str = 'Bearer'
    auth_header_name: str = 'Authorization'

    def with_headers(self, headers: dict[str, str]) -> 'AuthenticatedClient':
        ...

    def with_cookies(self, cookies: dict[str, str]) -> 'AuthenticatedClient':
        ...

    def with_timeout(self, timeout: httpx.Timeout | None) -> 'AuthenticatedClient':
        ...

    def __reduce__(self) -> NoReturn:
        ...

    def request(self, **kwargs: Any) -> httpx.Response:
        ...

    async def request_async(self, **kwargs: Any) -> httpx.Response:
        ...

    def set_httpx_client(self, client: httpx.Client) -> Self:
        ...

    def get_httpx_client(self) -> httpx.Client:
        ...

    def __enter__(self) -> Self:
        ...

    def __exit__(self, *args: Any, **kwargs: Any) -> None:
        ...

    def set_async_httpx_client(self, async_client: httpx.AsyncClient) -> Self:
        ...

    def get_async_httpx_client(self) -> httpx.AsyncClient:
        ...

    async def __aenter__(self) -> Self:
        ...

    async def __aexit__(self, *args: Any, **kwargs: Any) -> None:
        ...

    def _all_headers(self) -> dict[str, str]:
        ...
