# Generated from openapi/openapi.yaml by scripts/generate.py: do not edit.
# To change it, edit the document and run: tox run -e generate
from types import MappingProxyType

import httpx

from ... import errors, types
from ...client import AuthenticatedClient, Client, parse_json
from ...models.call_module import CallModule
from ...models.call_response import CallResponse
from ...models.error import Error
from ...types import UNSET, Response, Unset

OPERATION = types.Operation(
    id="get_call",
    method="GET",
    path="/conversations/calls/{id}",
    safe_to_repeat=True,
    needs_token=True,
    responses=MappingProxyType(
        {
            "200": CallResponse,
            "400": Error,
            "401": Error,
            "403": Error,
            "404": Error,
            "500": Error,
        }
    ),
)
"""This operation, as in the document."""


def build_request(
    id: int,
    *,
    include: list[CallModule] | Unset = UNSET,
) -> types.Request:
    """The request of this operation. Raises ValueError for a value that cannot be sent, such as a datetime without a time zone."""
    return types.Request(
        method=OPERATION.method,
        url="/conversations/calls/{id}".format(
            id=types.to_path(id, "id"),
        )
        + types.to_query(
            {
                "include": include,
            }
        ),
    )


def _parse_response(
    *, client: AuthenticatedClient | Client, response: httpx.Response
) -> CallResponse | Error | None:
    if response.status_code == 200:
        return parse_json(response, CallResponse.from_dict)
    if response.status_code == 400:
        return parse_json(response, Error.from_dict)
    if response.status_code == 401:
        return parse_json(response, Error.from_dict)
    if response.status_code == 403:
        return parse_json(response, Error.from_dict)
    if response.status_code == 404:
        return parse_json(response, Error.from_dict)
    if response.status_code == 500:
        return parse_json(response, Error.from_dict)
    if client.raise_on_unexpected_status:
        raise errors.UnexpectedStatus(response.status_code, response.content)
    return None


def _build_response(
    *, client: AuthenticatedClient | Client, response: httpx.Response
) -> Response[CallResponse | Error]:
    return Response(
        status_code=response.status_code,
        content=response.content,
        headers=response.headers,
        parsed=_parse_response(client=client, response=response),
    )


def sync_detailed(
    id: int,
    *,
    client: AuthenticatedClient,
    include: list[CallModule] | Unset = UNSET,
) -> Response[CallResponse | Error]:
    """Get call by ID

     Returns one call record. Modules, the optional parts of the record, are returned only when `include`
    names them.

    Args:
        id (int): An identifier, a positive 64-bit integer.
        include (list[CallModule] | Unset): Modules to return with the call.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        errors.ClientError: If there is no usable response; the subclass names the reason.

    Returns:
        Response[CallResponse | Error]
    """

    request = build_request(
        id=id,
        include=include,
    )

    response = client.request(method=request.method, url=request.url, **request.options)

    return _build_response(client=client, response=response)


def sync(
    id: int,
    *,
    client: AuthenticatedClient,
    include: list[CallModule] | Unset = UNSET,
) -> CallResponse | Error | None:
    """Get call by ID

     Returns one call record. Modules, the optional parts of the record, are returned only when `include`
    names them.

    Args:
        id (int): An identifier, a positive 64-bit integer.
        include (list[CallModule] | Unset): Modules to return with the call.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        errors.ClientError: If there is no usable response; the subclass names the reason.

    Returns:
        CallResponse | Error
    """

    return sync_detailed(
        id=id,
        client=client,
        include=include,
    ).parsed


async def asyncio_detailed(
    id: int,
    *,
    client: AuthenticatedClient,
    include: list[CallModule] | Unset = UNSET,
) -> Response[CallResponse | Error]:
    """Get call by ID

     Returns one call record. Modules, the optional parts of the record, are returned only when `include`
    names them.

    Args:
        id (int): An identifier, a positive 64-bit integer.
        include (list[CallModule] | Unset): Modules to return with the call.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        errors.ClientError: If there is no usable response; the subclass names the reason.

    Returns:
        Response[CallResponse | Error]
    """

    request = build_request(
        id=id,
        include=include,
    )

    response = await client.request_async(method=request.method, url=request.url, **request.options)

    return _build_response(client=client, response=response)


async def asyncio(
    id: int,
    *,
    client: AuthenticatedClient,
    include: list[CallModule] | Unset = UNSET,
) -> CallResponse | Error | None:
    """Get call by ID

     Returns one call record. Modules, the optional parts of the record, are returned only when `include`
    names them.

    Args:
        id (int): An identifier, a positive 64-bit integer.
        include (list[CallModule] | Unset): Modules to return with the call.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        errors.ClientError: If there is no usable response; the subclass names the reason.

    Returns:
        CallResponse | Error
    """

    return (
        await asyncio_detailed(
            id=id,
            client=client,
            include=include,
        )
    ).parsed
