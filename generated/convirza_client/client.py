# Generated from openapi/openapi.yaml by scripts/generate.py: do not edit.
# To change it, edit the document and run: tox run -e generate
import json
import mimetypes
import os
import re
import ssl
import zlib
from collections.abc import Callable
from typing import Any, NoReturn, Self, TypeVar

import httpx
from attrs import Attribute, define, evolve, field

from . import errors

T = TypeVar("T")

DEFAULT_TIMEOUT = httpx.Timeout(30.0, connect=10.0)
"""Seconds that each step of a request (connect, write, each read) may take."""
MAX_BODY_BYTES = 64 * 1024 * 1024
"""The largest body, decoded, that a client reads by default. A call record has some kilobytes."""


def _without_secrets(url: str) -> str:
    """The repr of a URL without its user, password and query."""
    return repr(re.sub(r"//[^/]*@", "//", url.partition("?")[0]))


def _check_token(_client: object, _attribute: "Attribute[str]", token: str) -> None:
    """Refuse a token that no header can carry; httpx would print it in the exception."""
    if not re.fullmatch(r"[!-~]*", token):
        raise ValueError(
            "token: only visible ASCII characters can be sent; look for a space or a line break"
        )


# httpx lets the last three through, for a Location that is not a URL or a host that cannot be resolved.
_FAILURES = (httpx.HTTPError, httpx.InvalidURL, UnicodeError, OverflowError, ExceptionGroup)


def _place(method: str, url: str) -> str:
    return f"{method.upper()} {url.partition('?')[0]}"


def _transport_error(error: Exception, method: str, url: str) -> errors.TransportError:
    name = type(error).__name__
    if not isinstance(error, httpx.HTTPError | httpx.InvalidURL):
        name = "InvalidURL" if isinstance(error, UnicodeError | OverflowError) else "ConnectError"
    # Other exceptions quote what was sent or received.
    quotable = isinstance(error, httpx.NetworkError | httpx.UnsupportedProtocol)
    kind = errors.Timeout if isinstance(error, httpx.TimeoutException) else errors.TransportError
    return kind(name, _place(method, url), str(error) if quotable else "")


_PORTS = {"http": 80, "https": 443}
# What is sent to another origin; any other header may be a secret.
_HARMLESS = {
    "host",
    "accept",
    "accept-encoding",
    "user-agent",
    "connection",
    "content-type",
    "content-length",
    "transfer-encoding",
}


def _may_have_secrets(url: httpx.URL, first: httpx.URL) -> bool:
    """Whether a redirect stays at its origin, or leads from http to https of the same host."""
    here, there = (
        (each.scheme, each.host, each.port or _PORTS.get(each.scheme)) for each in (first, url)
    )
    return here == there or (here, there) == (("http", first.host, 80), ("https", first.host, 443))


class _Body:
    """Collects a body and inflates it piece by piece, so that it ends at the limit and not with the memory.
    Codings other than gzip were not requested; they stay encoded."""

    def __init__(self, response: httpx.Response, limit: int):
        self._response, self._limit = response, limit
        self._in_memory = response.is_stream_consumed  # a mock's
        coding = response.headers.get("content-encoding", "").strip().lower()
        self._gzip = zlib.decompressobj(31) if coding in ("gzip", "x-gzip") else None
        self._content = bytearray()

    def add(self, piece: bytes) -> None:
        if self._gzip is not None:
            try:
                piece = self._gzip.decompress(piece, self._limit - len(self._content) + 1)
            except zlib.error as error:
                raise httpx.DecodingError(str(error)) from None
        self._content += piece
        if len(self._content) > self._limit:
            reason = f"the decoded body is larger than {self._limit} bytes: check the URL, or raise max_body_bytes"
            raise errors.InvalidBody(self._response.status_code, b"", reason)

    def read(self) -> httpx.Response:
        """The response, complete."""
        received = self._response
        if self._in_memory:
            self._gzip = None
            self.add(received.content)
        if self._gzip is not None and self._content and not self._gzip.eof:
            raise httpx.DecodingError("the gzip stream ends too early")
        response = httpx.Response(
            received.status_code,
            content=bytes(self._content),
            request=received.request,
            extensions=received.extensions,
        )
        response.headers, response.next_request = received.headers, received.next_request
        if not self._in_memory:
            response.elapsed = received.elapsed
        return response


def _not_a_constant(name: str) -> NoReturn:
    raise ValueError(name)


def load_json(content: bytes) -> Any:
    """The value of a JSON text. Raises ValueError or RecursionError."""
    # NaN and Infinity are not JSON, though json.loads takes them.
    return json.loads(content, parse_constant=_not_a_constant)


def parse_json(
    response: httpx.Response, parse: Callable[[Any], T], load: Callable[[bytes], Any] = load_json
) -> T:
    """The parsed body of a response. `load` may be faster than load_json, and raises the same.

    Raises:
        errors.UnexpectedContentType: The media type is not JSON.
        errors.InvalidBody: The body is not JSON, or `parse` cannot use it.
    """
    media_type = response.headers.get("content-type", "").partition(";")[0].strip().lower()
    if media_type != "application/json" and not media_type.endswith("+json"):
        # An unregistered media type may be any text, also a token.
        shown = media_type if media_type in mimetypes.types_map.values() else "another media type"
        raise errors.UnexpectedContentType(
            response.status_code,
            response.content,
            f"expected JSON, got {shown if media_type else 'no media type'}",
        )
    try:
        body = load(response.content)
    except (ValueError, RecursionError):
        # Raised below: as a context, json's exception would hold the whole body.
        reason = "the body is not valid JSON"
    else:
        try:
            return parse(body)
        except errors.ParseError as error:
            reason = str(error)
    raise errors.InvalidBody(response.status_code, response.content, reason)


@define
class _ClientBase:
    raise_on_unexpected_status: bool = field(default=False, kw_only=True)
    """Whether to raise errors.UnexpectedStatus if the API returns a status code that the OpenAPI document does not list."""
    max_body_bytes: int = field(default=MAX_BODY_BYTES, kw_only=True)
    """The largest body, decoded, that is read; a larger one raises errors.InvalidBody."""
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

    def with_headers(self, headers: dict[str, str]) -> Self:
        """Get a new client matching this one with additional headers"""
        return evolve(self, headers={**self._headers, **headers})

    def with_cookies(self, cookies: dict[str, str]) -> Self:
        """Get a new client matching this one with additional cookies"""
        return evolve(self, cookies={**self._cookies, **cookies})

    def with_timeout(self, timeout: httpx.Timeout | None) -> Self:
        """Get a new client matching this one with a new timeout configuration"""
        return evolve(self, timeout=timeout)

    def __reduce__(self) -> NoReturn:
        raise TypeError(
            "a client holds secrets and open connections and cannot be pickled or copied: create another"
        )

    def _leave_parent(self) -> None:
        # After a fork parent and child would read each other's responses on a shared connection.
        if self._pid != os.getpid():
            # Kept, and so never closed: over TLS that would end the parent's connections too.
            self._inherited += [self._client, self._async_client]
            self._client = self._async_client = None
            self._pid = os.getpid()

    def _credentials(self) -> dict[str, str]:
        return {}

    def _build(
        self, inner: httpx.Client | httpx.AsyncClient, kwargs: dict[str, Any]
    ) -> httpx.Request:
        """A request, with base URL and credentials even if a client that was set lacks them."""
        kwargs = dict(kwargs)
        if not inner.base_url.host and httpx.URL(kwargs["url"]).is_relative_url:
            kwargs["url"] = f"{self._base_url.rstrip('/')}/{kwargs['url'].lstrip('/')}"
        own = {
            name: value for name, value in self._credentials().items() if name not in inner.headers
        }
        # The only coding that is inflated with a limit.
        kwargs["headers"] = {**own, "Accept-Encoding": "gzip", **(kwargs.get("headers") or {})}
        request = inner.build_request(**kwargs)
        query = httpx.URL(kwargs["url"]).query
        if inner.params and query:  # httpx replaces the query by the client's
            request.url = request.url.copy_with(query=query + b"&" + request.url.query)
        return request

    def request(self, *, method: str, url: str, **kwargs: Any) -> httpx.Response:
        """Send a request, whose `url` is relative to the base URL; the other arguments are those of httpx.Client.build_request.

        A redirect to another origin, if redirects are followed, gets neither cookies nor headers of this client.

        Raises:
            errors.TransportError: There is no complete response.
            errors.InvalidBody: The body is larger than max_body_bytes.
        """
        try:
            inner = self.get_httpx_client()
            auth, follow = (
                kwargs.pop("auth", inner.auth),
                kwargs.pop("follow_redirects", inner.follow_redirects),
            )
            request = self._build(inner, {"method": method, "url": url, **kwargs})
            first = request.url
            for _ in range(inner.max_redirects + 1):
                response = inner.send(request, auth=auth, stream=True, follow_redirects=False)
                try:
                    body = _Body(response, self.max_body_bytes)
                    if not response.is_stream_consumed:
                        for piece in response.iter_raw():
                            body.add(piece)
                finally:
                    response.close()
                if response.next_request is None or not follow:
                    return body.read()
                request = response.next_request
                if not _may_have_secrets(request.url, first):
                    auth = None
                    for name in request.headers.keys() - _HARMLESS:
                        del request.headers[name]
            failure = errors.TransportError("TooManyRedirects", _place(method, url))
        except _FAILURES as error:
            failure = _transport_error(error, method, url)
        # Not in the handler: as a context, httpx's exception would hold the request and its headers.
        raise failure

    def set_httpx_client(self, client: httpx.Client) -> Self:
        """Manually set the underlying httpx.Client

        **NOTE**: Its settings override those of this client, including cookies, headers and timeout. If it has no base
        URL, or no header of the name of the credentials, this client's are sent. The clients that with_headers() and its
        like return do not use it.
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
        if not self._is_set:
            # Each time: the token may be another one by now.
            self._client.headers.update(self._credentials())
        return self._client

    def __enter__(self) -> Self:
        """Enter a context manager for the underlying httpx.Client; you cannot enter twice (see httpx docs)"""
        self.get_httpx_client().__enter__()
        return self

    def __exit__(self, *args: Any, **kwargs: Any) -> None:
        """Exit a context manager for the underlying httpx.Client (see httpx docs)"""
        self.get_httpx_client().__exit__(*args, **kwargs)

    async def request_async(self, *, method: str, url: str, **kwargs: Any) -> httpx.Response:
        """Send a request, whose `url` is relative to the base URL; the other arguments are those of httpx.Client.build_request.

        A redirect to another origin, if redirects are followed, gets neither cookies nor headers of this client.

        Raises:
            errors.TransportError: There is no complete response.
            errors.InvalidBody: The body is larger than max_body_bytes.
        """
        try:
            inner = self.get_async_httpx_client()
            auth, follow = (
                kwargs.pop("auth", inner.auth),
                kwargs.pop("follow_redirects", inner.follow_redirects),
            )
            request = self._build(inner, {"method": method, "url": url, **kwargs})
            first = request.url
            for _ in range(inner.max_redirects + 1):
                response = await inner.send(request, auth=auth, stream=True, follow_redirects=False)
                try:
                    body = _Body(response, self.max_body_bytes)
                    if not response.is_stream_consumed:
                        async for piece in response.aiter_raw():
                            body.add(piece)
                finally:
                    await response.aclose()
                if response.next_request is None or not follow:
                    return body.read()
                request = response.next_request
                if not _may_have_secrets(request.url, first):
                    auth = None
                    for name in request.headers.keys() - _HARMLESS:
                        del request.headers[name]
            failure = errors.TransportError("TooManyRedirects", _place(method, url))
        except _FAILURES as error:
            failure = _transport_error(error, method, url)
        # Not in the handler: as a context, httpx's exception would hold the request and its headers.
        raise failure

    def set_async_httpx_client(self, async_client: httpx.AsyncClient) -> Self:
        """Manually set the underlying httpx.AsyncClient

        **NOTE**: Its settings override those of this client, including cookies, headers and timeout. If it has no base
        URL, or no header of the name of the credentials, this client's are sent. The clients that with_headers() and its
        like return do not use it.
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
        if not self._is_async_set:
            # Each time: the token may be another one by now.
            self._async_client.headers.update(self._credentials())
        return self._async_client

    async def __aenter__(self) -> Self:
        """Enter a context manager for the underlying httpx.AsyncClient; you cannot enter twice (see httpx docs)"""
        await self.get_async_httpx_client().__aenter__()
        return self

    async def __aexit__(self, *args: Any, **kwargs: Any) -> None:
        """Exit a context manager for the underlying httpx.AsyncClient (see httpx docs)"""
        await self.get_async_httpx_client().__aexit__(*args, **kwargs)


@define
class Client(_ClientBase):
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

        ``max_body_bytes``: The largest body, decoded, that is read. Default value is ``MAX_BODY_BYTES``.

    """


@define
class AuthenticatedClient(_ClientBase):
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

        ``max_body_bytes``: The largest body, decoded, that is read. Default value is ``MAX_BODY_BYTES``.

    """

    token: str = field(repr=False, validator=_check_token)
    """The token to use for authentication; another one can be assigned at any time"""
    prefix: str = "Bearer"
    """The prefix to use for the Authorization header"""
    auth_header_name: str = "Authorization"
    """The name of the Authorization header"""

    def _credentials(self) -> dict[str, str]:
        return {self.auth_header_name: f"{self.prefix} {self.token}" if self.prefix else self.token}
