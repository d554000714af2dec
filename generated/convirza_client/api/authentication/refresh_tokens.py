# Generated from openapi/openapi.yaml by scripts/generate.py: do not edit.
# To change it, edit the document and run: tox run -e generate
from types import MappingProxyType
from typing import Any

import httpx

from ... import errors, types
from ...client import AuthenticatedClient, Client, parse_json
from ...models.error import Error
from ...models.refresh_request import RefreshRequest
from ...models.token_response import TokenResponse
from ...types import Response

OPERATION = types.Operation(
    id="refresh_tokens",
    method="POST",
    path="/oauth/refresh-token",
    safe_to_repeat=False,
    needs_token=False,
    responses=MappingProxyType(
        {
            "200": TokenResponse,
            "400": Error,
            "401": Error,
            "500": Error,
        }
    ),
)
"""This operation, as in the document."""


def build_request(
    *,
    body: RefreshRequest,
) -> types.Request:
    """The request of this operation. Raises ValueError for a value that cannot be sent, such as a datetime without a time zone."""
    headers = types.to_headers({})
    options: dict[str, Any] = {
        "headers": headers,
    }
    if True:
        options["json"] = types.to_wire(body, "body")
        headers["Content-Type"] = "application/json"
    return types.Request(
        method=OPERATION.method,
        url=OPERATION.path,
        options=options,
    )


def _parse_response(
    *, client: AuthenticatedClient | Client, response: httpx.Response
) -> Error | TokenResponse | None:
    if response.status_code == 200:
        return parse_json(response, TokenResponse.from_dict)
    if response.status_code == 400:
        return parse_json(response, Error.from_dict)
    if response.status_code == 401:
        return parse_json(response, Error.from_dict)
    if response.status_code == 500:
        return parse_json(response, Error.from_dict)
    if client.raise_on_unexpected_status:
        raise errors.UnexpectedStatus(response.status_code, response.content)
    return None


def _build_response(
    *, client: AuthenticatedClient | Client, response: httpx.Response
) -> Response[Error | TokenResponse]:
    return Response(
        status_code=response.status_code,
        content=response.content,
        headers=response.headers,
        parsed=_parse_response(client=client, response=response),
    )


def sync_detailed(
    *,
    client: AuthenticatedClient | Client,
    body: RefreshRequest,
) -> Response[Error | TokenResponse]:
    """Refresh tokens

     Issues a new pair of tokens for a refresh token. The old refresh token, and the access token issued
    with it, are no longer valid.

    Args:
        body (RefreshRequest): A refresh token.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        errors.ClientError: If there is no usable response; the subclass names the reason.

    Returns:
        Response[Error | TokenResponse]
    """

    request = build_request(
        body=body,
    )

    response = client.request(method=request.method, url=request.url, **request.options)

    return _build_response(client=client, response=response)


def sync(
    *,
    client: AuthenticatedClient | Client,
    body: RefreshRequest,
) -> Error | TokenResponse | None:
    """Refresh tokens

     Issues a new pair of tokens for a refresh token. The old refresh token, and the access token issued
    with it, are no longer valid.

    Args:
        body (RefreshRequest): A refresh token.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        errors.ClientError: If there is no usable response; the subclass names the reason.

    Returns:
        Error | TokenResponse
    """

    return sync_detailed(
        client=client,
        body=body,
    ).parsed


async def asyncio_detailed(
    *,
    client: AuthenticatedClient | Client,
    body: RefreshRequest,
) -> Response[Error | TokenResponse]:
    """Refresh tokens

     Issues a new pair of tokens for a refresh token. The old refresh token, and the access token issued
    with it, are no longer valid.

    Args:
        body (RefreshRequest): A refresh token.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        errors.ClientError: If there is no usable response; the subclass names the reason.

    Returns:
        Response[Error | TokenResponse]
    """

    request = build_request(
        body=body,
    )

    response = await client.request_async(method=request.method, url=request.url, **request.options)

    return _build_response(client=client, response=response)


async def asyncio(
    *,
    client: AuthenticatedClient | Client,
    body: RefreshRequest,
) -> Error | TokenResponse | None:
    """Refresh tokens

     Issues a new pair of tokens for a refresh token. The old refresh token, and the access token issued
    with it, are no longer valid.

    Args:
        body (RefreshRequest): A refresh token.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        errors.ClientError: If there is no usable response; the subclass names the reason.

    Returns:
        Error | TokenResponse
    """

    return (
        await asyncio_detailed(
            client=client,
            body=body,
        )
    ).parsed
