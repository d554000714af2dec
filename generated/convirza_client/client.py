# Generated from openapi/openapi.yaml by scripts/generate.py: do not edit.
# To change it, edit the document and run: tox run -e generate
import json
import mimetypes
import os
import re
import ssl
from collections.abc import Callable
from typing import Any, NoReturn, Self, TypeVar

import httpx
from attrs import Attribute, define, evolve, field

from . import errors

T = TypeVar("T")

DEFAULT_TIMEOUT = httpx.Timeout(30.0, connect=10.0)
"""Seconds that each step of a request (connect, write, each read) may take."""


def _without_secrets(url: str) -> str:
    """The repr of a URL without its user, password and query."""
    return repr(re.sub(r"//[^/]*@", "//", url.partition("?")[0]))


def _check_token(_client: object, _attribute: "Attribute[str]", token: str) -> None:
    """Refuse a token that no header can carry; httpx would print it in the exception."""
    if not re.fullmatch(r"[!-~]*", token):
        raise ValueError(
            "token: only visible ASCII characters can be sent; look for a space or a line break"
        )


def _transport_error(error: Exception, kwargs: dict[str, Any]) -> errors.TransportError:
    # Other exceptions quote what was sent or received.
    quotable = isinstance(error, httpx.NetworkError | httpx.UnsupportedProtocol)
    kind = errors.Timeout if isinstance(error, httpx.TimeoutException) else errors.TransportError
    request = f"{kwargs['method'].upper()} {kwargs['url']}"
    return kind(type(error).__name__, request, str(error) if quotable else "")


def _not_a_constant(name: str) -> NoReturn:
    raise ValueError(name)


def parse_json(response: httpx.Response, parse: Callable[[Any], T]) -> T:
    """The parsed body of an answer.

    Raises:
        errors.UnexpectedContentType: The media type is not JSON.
        errors.InvalidBody: The body is not JSON, or `parse` cannot use it.
    """
    media_type = response.headers.get("content-type", "").partition(";")[0].strip().lower()
    if media_type != "application/json" and not media_type.endswith("+json"):
        # A media type that nobody registered may be anything, a token too.
        shown = media_type if media_type in mimetypes.types_map.values() else "another media type"
        raise errors.UnexpectedContentType(
            response.status_code,
            response.content,
            f"expected JSON, got {shown if media_type else 'no media type'}",
        )
    try:
        # NaN and Infinity are not JSON, though json.loads takes them.
        body = json.loads(response.content, parse_constant=_not_a_constant)
    except (ValueError, RecursionError):
        # The exceptions of json hold the whole body.
        raise errors.InvalidBody(
            response.status_code, response.content, "the body is not valid JSON"
        ) from None
    try:
        return parse(body)
    except errors.ParseError as error:
        raise errors.InvalidBody(response.status_code, response.content, str(error)) from None


@define
class Client:
    """A class for keeping track of data related to the API

    The following are accepted as keyword arguments and will be used to construct httpx Clients internally:

        ``base_url``: The base URL for the API, all requests are made to a relative path to this URL

        ``cookies``: A dictionary of cookies to be sent with every request

        ``headers``: A dictionary of headers to be sent with every request

        ``timeout``: The maximum amount of time each step of a request can take. API functions will raise
        errors.Timeout if this is exceeded. Default value is ``DEFAULT_TIMEOUT``; None waits forever.

        ``verify_ssl``: Whether or not to verify the SSL certificate of the API server. This should be True in production,
        but can be set to False for testing purposes.

        ``follow_redirects``: Whether or not to follow redirects. Default value is False.

        ``httpx_args``: A dictionary of additional arguments to be passed to the ``httpx.Client`` and ``httpx.AsyncClient`` constructor.

    """

    raise_on_unexpected_status: bool = field(default=False, kw_only=True)
    """Whether or not to raise an errors.UnexpectedStatus if the API returns a status code that was not documented in the source OpenAPI document. Can also be provided as a keyword argument to the constructor."""
    _base_url: str = field(alias="base_url", repr=_without_secrets)
    _cookies: dict[str, str] = field(
        factory=dict[str, str], kw_only=True, alias="cookies", repr=False
    )
    _headers: dict[str, str] = field(
        factory=dict[str, str], kw_only=True, alias="headers", repr=False
    )
    _timeout: httpx.Timeout | None = field(default=DEFAULT_TIMEOUT, kw_only=True, alias="timeout")
    _verify_ssl: str | bool | ssl.SSLContext = field(default=True, kw_only=True, alias="verify_ssl")
    _follow_redirects: bool = field(default=False, kw_only=True, alias="follow_redirects")
    _httpx_args: dict[str, Any] = field(
        factory=dict[str, Any], kw_only=True, alias="httpx_args", repr=False
    )
    _client: httpx.Client | None = field(default=None, init=False, repr=False)
    _async_client: httpx.AsyncClient | None = field(default=None, init=False, repr=False)
    _is_set: bool = field(default=False, init=False, repr=False, eq=False)
    _is_async_set: bool = field(default=False, init=False, repr=False, eq=False)
    _pid: int = field(factory=os.getpid, init=False, repr=False, eq=False)
    _inherited: list[object] = field(factory=list[object], init=False, repr=False, eq=False)

    def with_headers(self, headers: dict[str, str]) -> "Client":
        """Get a new client matching this one with additional headers"""
        return evolve(self, headers={**self._headers, **headers})

    def with_cookies(self, cookies: dict[str, str]) -> "Client":
        """Get a new client matching this one with additional cookies"""
        return evolve(self, cookies={**self._cookies, **cookies})

    def with_timeout(self, timeout: httpx.Timeout | None) -> "Client":
        """Get a new client matching this one with a new timeout configuration"""
        return evolve(self, timeout=timeout)

    def __reduce__(self) -> NoReturn:
        raise TypeError(
            "a client holds secrets and open connections and cannot be pickled or copied: build another"
        )

    def _leave_parent(self) -> None:
        # After a fork parent and child would read each other's responses on a shared connection.
        if self._pid != os.getpid():
            # Kept, and so never closed: over TLS that would end the parent's connections too.
            self._inherited += [self._client, self._async_client]
            self._client = self._async_client = None
            self._pid = os.getpid()

    def request(self, **kwargs: Any) -> httpx.Response:
        """Send a request. Raises errors.TransportError if no complete answer comes."""
        try:
            return self.get_httpx_client().request(**kwargs)
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            # The chain is cut: httpx's exceptions hold the request and its headers.
            raise _transport_error(error, kwargs) from None

    async def request_async(self, **kwargs: Any) -> httpx.Response:
        """Send a request. Raises errors.TransportError if no complete answer comes."""
        try:
            return await self.get_async_httpx_client().request(**kwargs)
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            raise _transport_error(error, kwargs) from None

    def set_httpx_client(self, client: httpx.Client) -> Self:
        """Manually set the underlying httpx.Client

        **NOTE**: This will override any other settings on the client, including cookies, headers, and timeout;
        the clients that with_headers() and its like return do not use it.
        """
        self._leave_parent()
        self._client, self._is_set = client, True
        return self

    def get_httpx_client(self) -> httpx.Client:
        """Get the underlying httpx.Client, constructing a new one if not previously set

        Raises RuntimeError in a forked child process if it was set in the parent.
        """
        self._leave_parent()
        if self._client is None:
            if self._is_set:
                raise RuntimeError(
                    "the httpx.Client was set before this process was forked: set another one here"
                )
            self._client = httpx.Client(
                base_url=self._base_url,
                cookies=self._cookies,
                headers=self._headers,
                timeout=self._timeout,
                verify=self._verify_ssl,
                follow_redirects=self._follow_redirects,
                **self._httpx_args,
            )
        return self._client

    def __enter__(self) -> Self:
        """Enter a context manager for self.client—you cannot enter twice (see httpx docs)"""
        self.get_httpx_client().__enter__()
        return self

    def __exit__(self, *args: Any, **kwargs: Any) -> None:
        """Exit a context manager for internal httpx.Client (see httpx docs)"""
        self.get_httpx_client().__exit__(*args, **kwargs)

    def set_async_httpx_client(self, async_client: httpx.AsyncClient) -> Self:
        """Manually set the underlying httpx.AsyncClient

        **NOTE**: This will override any other settings on the client, including cookies, headers, and timeout;
        the clients that with_headers() and its like return do not use it.
        """
        self._leave_parent()
        self._async_client, self._is_async_set = async_client, True
        return self

    def get_async_httpx_client(self) -> httpx.AsyncClient:
        """Get the underlying httpx.AsyncClient, constructing a new one if not previously set

        Raises RuntimeError in a forked child process if it was set in the parent.
        """
        self._leave_parent()
        if self._async_client is None:
            if self._is_async_set:
                raise RuntimeError(
                    "the httpx.AsyncClient was set before this process was forked: set another one here"
                )
            self._async_client = httpx.AsyncClient(
                base_url=self._base_url,
                cookies=self._cookies,
                headers=self._headers,
                timeout=self._timeout,
                verify=self._verify_ssl,
                follow_redirects=self._follow_redirects,
                **self._httpx_args,
            )
        return self._async_client

    async def __aenter__(self) -> Self:
        """Enter a context manager for underlying httpx.AsyncClient—you cannot enter twice (see httpx docs)"""
        await self.get_async_httpx_client().__aenter__()
        return self

    async def __aexit__(self, *args: Any, **kwargs: Any) -> None:
        """Exit a context manager for underlying httpx.AsyncClient (see httpx docs)"""
        await self.get_async_httpx_client().__aexit__(*args, **kwargs)


@define
class AuthenticatedClient:
    """A Client which has been authenticated for use on secured endpoints

    The following are accepted as keyword arguments and will be used to construct httpx Clients internally:

        ``base_url``: The base URL for the API, all requests are made to a relative path to this URL

        ``cookies``: A dictionary of cookies to be sent with every request

        ``headers``: A dictionary of headers to be sent with every request

        ``timeout``: The maximum amount of time each step of a request can take. API functions will raise
        errors.Timeout if this is exceeded. Default value is ``DEFAULT_TIMEOUT``; None waits forever.

        ``verify_ssl``: Whether or not to verify the SSL certificate of the API server. This should be True in production,
        but can be set to False for testing purposes.

        ``follow_redirects``: Whether or not to follow redirects. Default value is False.

        ``httpx_args``: A dictionary of additional arguments to be passed to the ``httpx.Client`` and ``httpx.AsyncClient`` constructor.

    """

    raise_on_unexpected_status: bool = field(default=False, kw_only=True)
    """Whether or not to raise an errors.UnexpectedStatus if the API returns a status code that was not documented in the source OpenAPI document. Can also be provided as a keyword argument to the constructor."""
    _base_url: str = field(alias="base_url", repr=_without_secrets)
    _cookies: dict[str, str] = field(
        factory=dict[str, str], kw_only=True, alias="cookies", repr=False
    )
    _headers: dict[str, str] = field(
        factory=dict[str, str], kw_only=True, alias="headers", repr=False
    )
    _timeout: httpx.Timeout | None = field(default=DEFAULT_TIMEOUT, kw_only=True, alias="timeout")
    _verify_ssl: str | bool | ssl.SSLContext = field(default=True, kw_only=True, alias="verify_ssl")
    _follow_redirects: bool = field(default=False, kw_only=True, alias="follow_redirects")
    _httpx_args: dict[str, Any] = field(
        factory=dict[str, Any], kw_only=True, alias="httpx_args", repr=False
    )
    _client: httpx.Client | None = field(default=None, init=False, repr=False)
    _async_client: httpx.AsyncClient | None = field(default=None, init=False, repr=False)
    _is_set: bool = field(default=False, init=False, repr=False, eq=False)
    _is_async_set: bool = field(default=False, init=False, repr=False, eq=False)
    _pid: int = field(factory=os.getpid, init=False, repr=False, eq=False)
    _inherited: list[object] = field(factory=list[object], init=False, repr=False, eq=False)

    token: str = field(repr=False, validator=_check_token)
    """The token to use for authentication"""
    prefix: str = "Bearer"
    """The prefix to use for the Authorization header"""
    auth_header_name: str = "Authorization"
    """The name of the Authorization header"""

    def with_headers(self, headers: dict[str, str]) -> "AuthenticatedClient":
        """Get a new client matching this one with additional headers"""
        return evolve(self, headers={**self._headers, **headers})

    def with_cookies(self, cookies: dict[str, str]) -> "AuthenticatedClient":
        """Get a new client matching this one with additional cookies"""
        return evolve(self, cookies={**self._cookies, **cookies})

    def with_timeout(self, timeout: httpx.Timeout | None) -> "AuthenticatedClient":
        """Get a new client matching this one with a new timeout configuration"""
        return evolve(self, timeout=timeout)

    def __reduce__(self) -> NoReturn:
        raise TypeError(
            "a client holds secrets and open connections and cannot be pickled or copied: build another"
        )

    def _leave_parent(self) -> None:
        # After a fork parent and child would read each other's responses on a shared connection.
        if self._pid != os.getpid():
            # Kept, and so never closed: over TLS that would end the parent's connections too.
            self._inherited += [self._client, self._async_client]
            self._client = self._async_client = None
            self._pid = os.getpid()

    def request(self, **kwargs: Any) -> httpx.Response:
        """Send a request. Raises errors.TransportError if no complete answer comes."""
        try:
            return self.get_httpx_client().request(**kwargs)
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            # The chain is cut: httpx's exceptions hold the request and its headers.
            raise _transport_error(error, kwargs) from None

    async def request_async(self, **kwargs: Any) -> httpx.Response:
        """Send a request. Raises errors.TransportError if no complete answer comes."""
        try:
            return await self.get_async_httpx_client().request(**kwargs)
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            raise _transport_error(error, kwargs) from None

    def set_httpx_client(self, client: httpx.Client) -> Self:
        """Manually set the underlying httpx.Client

        **NOTE**: This will override any other settings on the client, including cookies, headers, and timeout;
        the clients that with_headers() and its like return do not use it.
        """
        self._leave_parent()
        self._client, self._is_set = client, True
        return self

    def get_httpx_client(self) -> httpx.Client:
        """Get the underlying httpx.Client, constructing a new one if not previously set

        Raises RuntimeError in a forked child process if it was set in the parent.
        """
        self._leave_parent()
        if self._client is None:
            if self._is_set:
                raise RuntimeError(
                    "the httpx.Client was set before this process was forked: set another one here"
                )
            self._client = httpx.Client(
                base_url=self._base_url,
                cookies=self._cookies,
                headers=self._all_headers(),
                timeout=self._timeout,
                verify=self._verify_ssl,
                follow_redirects=self._follow_redirects,
                **self._httpx_args,
            )
        return self._client

    def __enter__(self) -> Self:
        """Enter a context manager for self.client—you cannot enter twice (see httpx docs)"""
        self.get_httpx_client().__enter__()
        return self

    def __exit__(self, *args: Any, **kwargs: Any) -> None:
        """Exit a context manager for internal httpx.Client (see httpx docs)"""
        self.get_httpx_client().__exit__(*args, **kwargs)

    def set_async_httpx_client(self, async_client: httpx.AsyncClient) -> Self:
        """Manually set the underlying httpx.AsyncClient

        **NOTE**: This will override any other settings on the client, including cookies, headers, and timeout;
        the clients that with_headers() and its like return do not use it.
        """
        self._leave_parent()
        self._async_client, self._is_async_set = async_client, True
        return self

    def get_async_httpx_client(self) -> httpx.AsyncClient:
        """Get the underlying httpx.AsyncClient, constructing a new one if not previously set

        Raises RuntimeError in a forked child process if it was set in the parent.
        """
        self._leave_parent()
        if self._async_client is None:
            if self._is_async_set:
                raise RuntimeError(
                    "the httpx.AsyncClient was set before this process was forked: set another one here"
                )
            self._async_client = httpx.AsyncClient(
                base_url=self._base_url,
                cookies=self._cookies,
                headers=self._all_headers(),
                timeout=self._timeout,
                verify=self._verify_ssl,
                follow_redirects=self._follow_redirects,
                **self._httpx_args,
            )
        return self._async_client

    async def __aenter__(self) -> Self:
        """Enter a context manager for underlying httpx.AsyncClient—you cannot enter twice (see httpx docs)"""
        await self.get_async_httpx_client().__aenter__()
        return self

    async def __aexit__(self, *args: Any, **kwargs: Any) -> None:
        """Exit a context manager for underlying httpx.AsyncClient (see httpx docs)"""
        await self.get_async_httpx_client().__aexit__(*args, **kwargs)

    def _all_headers(self) -> dict[str, str]:
        credentials = f"{self.prefix} {self.token}" if self.prefix else self.token
        return {**self._headers, self.auth_header_name: credentials}
