# Generated from openapi/openapi.yaml by scripts/generate.py: do not edit.
# To change it, edit the document and run: tox run -e generate
import datetime
from types import MappingProxyType

import httpx

from ... import errors, types
from ...client import AuthenticatedClient, Client, parse_json
from ...models.call_list_response import CallListResponse
from ...models.call_module import CallModule
from ...models.disposition_filter import DispositionFilter
from ...models.error import Error
from ...types import UNSET, Response, Unset

OPERATION = types.Operation(
    id="list_calls",
    method="GET",
    path="/conversations/calls",
    safe_to_repeat=True,
    needs_token=True,
    responses=MappingProxyType(
        {
            "200": CallListResponse,
            "400": Error,
            "401": Error,
            "403": Error,
            "500": Error,
        }
    ),
)
"""This operation, as in the document."""


def build_request(
    *,
    start: datetime.datetime | Unset = UNSET,
    end: datetime.datetime | Unset = UNSET,
    limit: int,
    offset: int | Unset = 0,
    call_id: int | Unset = UNSET,
    org_unit_id: int | Unset = UNSET,
    campaign_id: int | Unset = UNSET,
    provisioned_route_id: int | Unset = UNSET,
    disposition: list[DispositionFilter] | Unset = UNSET,
    caller_id: str | Unset = UNSET,
    phone_number: str | Unset = UNSET,
    ring_to: str | Unset = UNSET,
    include: list[CallModule] | Unset = UNSET,
) -> types.Request:
    """The request of this operation. Raises ValueError for a value that cannot be sent, such as a datetime without a time zone."""
    return types.Request(
        method=OPERATION.method,
        url=OPERATION.path
        + types.to_query(
            {
                "start": start,
                "end": end,
                "limit": limit,
                "offset": offset,
                "call_id": call_id,
                "org_unit_id": org_unit_id,
                "campaign_id": campaign_id,
                "provisioned_route_id": provisioned_route_id,
                "disposition": disposition,
                "caller_id": caller_id,
                "phone_number": phone_number,
                "ring_to": ring_to,
                "include": include,
            }
        ),
    )


def _parse_response(
    *, client: AuthenticatedClient | Client, response: httpx.Response
) -> CallListResponse | Error | None:
    if response.status_code == 200:
        return parse_json(response, CallListResponse.from_dict)
    if response.status_code == 400:
        return parse_json(response, Error.from_dict)
    if response.status_code == 401:
        return parse_json(response, Error.from_dict)
    if response.status_code == 403:
        return parse_json(response, Error.from_dict)
    if response.status_code == 500:
        return parse_json(response, Error.from_dict)
    if client.raise_on_unexpected_status:
        raise errors.UnexpectedStatus(response.status_code, response.content)
    return None


def _build_response(
    *, client: AuthenticatedClient | Client, response: httpx.Response
) -> Response[CallListResponse | Error]:
    return Response(
        status_code=response.status_code,
        content=response.content,
        headers=response.headers,
        parsed=_parse_response(client=client, response=response),
    )


def sync_detailed(
    *,
    client: AuthenticatedClient,
    start: datetime.datetime | Unset = UNSET,
    end: datetime.datetime | Unset = UNSET,
    limit: int,
    offset: int | Unset = 0,
    call_id: int | Unset = UNSET,
    org_unit_id: int | Unset = UNSET,
    campaign_id: int | Unset = UNSET,
    provisioned_route_id: int | Unset = UNSET,
    disposition: list[DispositionFilter] | Unset = UNSET,
    caller_id: str | Unset = UNSET,
    phone_number: str | Unset = UNSET,
    ring_to: str | Unset = UNSET,
    include: list[CallModule] | Unset = UNSET,
) -> Response[CallListResponse | Error]:
    """Get calls list

     Returns one page of the calls of a period of at most 31 days. The order of the calls is not
    documented.
    With `call_id`, returns that call and ignores period and paging.

    Args:
        start (datetime.datetime | Unset):
        end (datetime.datetime | Unset):
        limit (int):
        offset (int | Unset):  Default: 0.
        call_id (int | Unset): An identifier, a positive 64-bit integer.
        org_unit_id (int | Unset): An identifier, a positive 64-bit integer.
        campaign_id (int | Unset): An identifier, a positive 64-bit integer.
        provisioned_route_id (int | Unset): An identifier, a positive 64-bit integer.
        disposition (list[DispositionFilter] | Unset): Dispositions of the calls to return.
        caller_id (str | Unset):
        phone_number (str | Unset):
        ring_to (str | Unset):
        include (list[CallModule] | Unset): Modules to return with each call.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        errors.ClientError: If there is no usable response; the subclass names the reason.

    Returns:
        Response[CallListResponse | Error]
    """

    request = build_request(
        start=start,
        end=end,
        limit=limit,
        offset=offset,
        call_id=call_id,
        org_unit_id=org_unit_id,
        campaign_id=campaign_id,
        provisioned_route_id=provisioned_route_id,
        disposition=disposition,
        caller_id=caller_id,
        phone_number=phone_number,
        ring_to=ring_to,
        include=include,
    )

    response = client.request(method=request.method, url=request.url, **request.options)

    return _build_response(client=client, response=response)


def sync(
    *,
    client: AuthenticatedClient,
    start: datetime.datetime | Unset = UNSET,
    end: datetime.datetime | Unset = UNSET,
    limit: int,
    offset: int | Unset = 0,
    call_id: int | Unset = UNSET,
    org_unit_id: int | Unset = UNSET,
    campaign_id: int | Unset = UNSET,
    provisioned_route_id: int | Unset = UNSET,
    disposition: list[DispositionFilter] | Unset = UNSET,
    caller_id: str | Unset = UNSET,
    phone_number: str | Unset = UNSET,
    ring_to: str | Unset = UNSET,
    include: list[CallModule] | Unset = UNSET,
) -> CallListResponse | Error | None:
    """Get calls list

     Returns one page of the calls of a period of at most 31 days. The order of the calls is not
    documented.
    With `call_id`, returns that call and ignores period and paging.

    Args:
        start (datetime.datetime | Unset):
        end (datetime.datetime | Unset):
        limit (int):
        offset (int | Unset):  Default: 0.
        call_id (int | Unset): An identifier, a positive 64-bit integer.
        org_unit_id (int | Unset): An identifier, a positive 64-bit integer.
        campaign_id (int | Unset): An identifier, a positive 64-bit integer.
        provisioned_route_id (int | Unset): An identifier, a positive 64-bit integer.
        disposition (list[DispositionFilter] | Unset): Dispositions of the calls to return.
        caller_id (str | Unset):
        phone_number (str | Unset):
        ring_to (str | Unset):
        include (list[CallModule] | Unset): Modules to return with each call.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        errors.ClientError: If there is no usable response; the subclass names the reason.

    Returns:
        CallListResponse | Error
    """

    return sync_detailed(
        client=client,
        start=start,
        end=end,
        limit=limit,
        offset=offset,
        call_id=call_id,
        org_unit_id=org_unit_id,
        campaign_id=campaign_id,
        provisioned_route_id=provisioned_route_id,
        disposition=disposition,
        caller_id=caller_id,
        phone_number=phone_number,
        ring_to=ring_to,
        include=include,
    ).parsed


async def asyncio_detailed(
    *,
    client: AuthenticatedClient,
    start: datetime.datetime | Unset = UNSET,
    end: datetime.datetime | Unset = UNSET,
    limit: int,
    offset: int | Unset = 0,
    call_id: int | Unset = UNSET,
    org_unit_id: int | Unset = UNSET,
    campaign_id: int | Unset = UNSET,
    provisioned_route_id: int | Unset = UNSET,
    disposition: list[DispositionFilter] | Unset = UNSET,
    caller_id: str | Unset = UNSET,
    phone_number: str | Unset = UNSET,
    ring_to: str | Unset = UNSET,
    include: list[CallModule] | Unset = UNSET,
) -> Response[CallListResponse | Error]:
    """Get calls list

     Returns one page of the calls of a period of at most 31 days. The order of the calls is not
    documented.
    With `call_id`, returns that call and ignores period and paging.

    Args:
        start (datetime.datetime | Unset):
        end (datetime.datetime | Unset):
        limit (int):
        offset (int | Unset):  Default: 0.
        call_id (int | Unset): An identifier, a positive 64-bit integer.
        org_unit_id (int | Unset): An identifier, a positive 64-bit integer.
        campaign_id (int | Unset): An identifier, a positive 64-bit integer.
        provisioned_route_id (int | Unset): An identifier, a positive 64-bit integer.
        disposition (list[DispositionFilter] | Unset): Dispositions of the calls to return.
        caller_id (str | Unset):
        phone_number (str | Unset):
        ring_to (str | Unset):
        include (list[CallModule] | Unset): Modules to return with each call.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        errors.ClientError: If there is no usable response; the subclass names the reason.

    Returns:
        Response[CallListResponse | Error]
    """

    request = build_request(
        start=start,
        end=end,
        limit=limit,
        offset=offset,
        call_id=call_id,
        org_unit_id=org_unit_id,
        campaign_id=campaign_id,
        provisioned_route_id=provisioned_route_id,
        disposition=disposition,
        caller_id=caller_id,
        phone_number=phone_number,
        ring_to=ring_to,
        include=include,
    )

    response = await client.request_async(method=request.method, url=request.url, **request.options)

    return _build_response(client=client, response=response)


async def asyncio(
    *,
    client: AuthenticatedClient,
    start: datetime.datetime | Unset = UNSET,
    end: datetime.datetime | Unset = UNSET,
    limit: int,
    offset: int | Unset = 0,
    call_id: int | Unset = UNSET,
    org_unit_id: int | Unset = UNSET,
    campaign_id: int | Unset = UNSET,
    provisioned_route_id: int | Unset = UNSET,
    disposition: list[DispositionFilter] | Unset = UNSET,
    caller_id: str | Unset = UNSET,
    phone_number: str | Unset = UNSET,
    ring_to: str | Unset = UNSET,
    include: list[CallModule] | Unset = UNSET,
) -> CallListResponse | Error | None:
    """Get calls list

     Returns one page of the calls of a period of at most 31 days. The order of the calls is not
    documented.
    With `call_id`, returns that call and ignores period and paging.

    Args:
        start (datetime.datetime | Unset):
        end (datetime.datetime | Unset):
        limit (int):
        offset (int | Unset):  Default: 0.
        call_id (int | Unset): An identifier, a positive 64-bit integer.
        org_unit_id (int | Unset): An identifier, a positive 64-bit integer.
        campaign_id (int | Unset): An identifier, a positive 64-bit integer.
        provisioned_route_id (int | Unset): An identifier, a positive 64-bit integer.
        disposition (list[DispositionFilter] | Unset): Dispositions of the calls to return.
        caller_id (str | Unset):
        phone_number (str | Unset):
        ring_to (str | Unset):
        include (list[CallModule] | Unset): Modules to return with each call.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        errors.ClientError: If there is no usable response; the subclass names the reason.

    Returns:
        CallListResponse | Error
    """

    return (
        await asyncio_detailed(
            client=client,
            start=start,
            end=end,
            limit=limit,
            offset=offset,
            call_id=call_id,
            org_unit_id=org_unit_id,
            campaign_id=campaign_id,
            provisioned_route_id=provisioned_route_id,
            disposition=disposition,
            caller_id=caller_id,
            phone_number=phone_number,
            ring_to=ring_to,
            include=include,
        )
    ).parsed
