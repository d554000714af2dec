# Generated from openapi/openapi.yaml by scripts/generate.py: do not edit.
# To change it, edit the document and run: tox run -e generate
import datetime
from types import MappingProxyType

import httpx

from ... import errors, types
from ...client import AuthenticatedClient, Client, parse_json
from ...models.error import Error
from ...models.sms_conversation_list_response import SmsConversationListResponse
from ...models.sms_conversation_type import SmsConversationType
from ...models.sort_order import SortOrder
from ...types import UNSET, Response, Unset

OPERATION = types.Operation(
    id="list_sms_conversations",
    method="GET",
    path="/conversations/sms",
    safe_to_repeat=True,
    needs_token=True,
    responses=MappingProxyType(
        {
            "200": SmsConversationListResponse,
            "400": Error,
            "401": Error,
            "500": Error,
        }
    ),
)
"""This operation, as in the document."""


def build_request(
    *,
    offset: int | Unset = 0,
    limit: int | Unset = 7,
    type_: SmsConversationType | Unset = UNSET,
    search: str | Unset = UNSET,
    order: SortOrder | Unset = UNSET,
    start: datetime.datetime | Unset = UNSET,
    end: datetime.datetime | Unset = UNSET,
) -> types.Request:
    """The request of this operation. Raises ValueError for a value that cannot be sent, such as a datetime without a time zone."""
    return types.Request(
        method=OPERATION.method,
        url=OPERATION.path
        + types.to_query(
            {
                "offset": offset,
                "limit": limit,
                "type": type_,
                "search": search,
                "order": order,
                "start": start,
                "end": end,
            }
        ),
    )


def _parse_response(
    *, client: AuthenticatedClient | Client, response: httpx.Response
) -> Error | SmsConversationListResponse | None:
    if response.status_code == 200:
        return parse_json(response, SmsConversationListResponse.from_dict)
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
) -> Response[Error | SmsConversationListResponse]:
    return Response(
        status_code=response.status_code,
        content=response.content,
        headers=response.headers,
        parsed=_parse_response(client=client, response=response),
    )


def sync_detailed(
    *,
    client: AuthenticatedClient,
    offset: int | Unset = 0,
    limit: int | Unset = 7,
    type_: SmsConversationType | Unset = UNSET,
    search: str | Unset = UNSET,
    order: SortOrder | Unset = UNSET,
    start: datetime.datetime | Unset = UNSET,
    end: datetime.datetime | Unset = UNSET,
) -> Response[Error | SmsConversationListResponse]:
    """Get SMS conversations

     Returns one page of the SMS conversations, ordered by their last message.

    Args:
        offset (int | Unset):  Default: 0.
        limit (int | Unset):  Default: 7.
        type_ (SmsConversationType | Unset): Which conversations to list. `allOpen` is the
            default.
        search (str | Unset):
        order (SortOrder | Unset): Ascending or descending. `desc` is the default.
        start (datetime.datetime | Unset):
        end (datetime.datetime | Unset):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        errors.ClientError: If there is no usable response; the subclass names the reason.

    Returns:
        Response[Error | SmsConversationListResponse]
    """

    request = build_request(
        offset=offset,
        limit=limit,
        type_=type_,
        search=search,
        order=order,
        start=start,
        end=end,
    )

    response = client.request(method=request.method, url=request.url, **request.options)

    return _build_response(client=client, response=response)


def sync(
    *,
    client: AuthenticatedClient,
    offset: int | Unset = 0,
    limit: int | Unset = 7,
    type_: SmsConversationType | Unset = UNSET,
    search: str | Unset = UNSET,
    order: SortOrder | Unset = UNSET,
    start: datetime.datetime | Unset = UNSET,
    end: datetime.datetime | Unset = UNSET,
) -> Error | SmsConversationListResponse | None:
    """Get SMS conversations

     Returns one page of the SMS conversations, ordered by their last message.

    Args:
        offset (int | Unset):  Default: 0.
        limit (int | Unset):  Default: 7.
        type_ (SmsConversationType | Unset): Which conversations to list. `allOpen` is the
            default.
        search (str | Unset):
        order (SortOrder | Unset): Ascending or descending. `desc` is the default.
        start (datetime.datetime | Unset):
        end (datetime.datetime | Unset):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        errors.ClientError: If there is no usable response; the subclass names the reason.

    Returns:
        Error | SmsConversationListResponse
    """

    return sync_detailed(
        client=client,
        offset=offset,
        limit=limit,
        type_=type_,
        search=search,
        order=order,
        start=start,
        end=end,
    ).parsed


async def asyncio_detailed(
    *,
    client: AuthenticatedClient,
    offset: int | Unset = 0,
    limit: int | Unset = 7,
    type_: SmsConversationType | Unset = UNSET,
    search: str | Unset = UNSET,
    order: SortOrder | Unset = UNSET,
    start: datetime.datetime | Unset = UNSET,
    end: datetime.datetime | Unset = UNSET,
) -> Response[Error | SmsConversationListResponse]:
    """Get SMS conversations

     Returns one page of the SMS conversations, ordered by their last message.

    Args:
        offset (int | Unset):  Default: 0.
        limit (int | Unset):  Default: 7.
        type_ (SmsConversationType | Unset): Which conversations to list. `allOpen` is the
            default.
        search (str | Unset):
        order (SortOrder | Unset): Ascending or descending. `desc` is the default.
        start (datetime.datetime | Unset):
        end (datetime.datetime | Unset):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        errors.ClientError: If there is no usable response; the subclass names the reason.

    Returns:
        Response[Error | SmsConversationListResponse]
    """

    request = build_request(
        offset=offset,
        limit=limit,
        type_=type_,
        search=search,
        order=order,
        start=start,
        end=end,
    )

    response = await client.request_async(method=request.method, url=request.url, **request.options)

    return _build_response(client=client, response=response)


async def asyncio(
    *,
    client: AuthenticatedClient,
    offset: int | Unset = 0,
    limit: int | Unset = 7,
    type_: SmsConversationType | Unset = UNSET,
    search: str | Unset = UNSET,
    order: SortOrder | Unset = UNSET,
    start: datetime.datetime | Unset = UNSET,
    end: datetime.datetime | Unset = UNSET,
) -> Error | SmsConversationListResponse | None:
    """Get SMS conversations

     Returns one page of the SMS conversations, ordered by their last message.

    Args:
        offset (int | Unset):  Default: 0.
        limit (int | Unset):  Default: 7.
        type_ (SmsConversationType | Unset): Which conversations to list. `allOpen` is the
            default.
        search (str | Unset):
        order (SortOrder | Unset): Ascending or descending. `desc` is the default.
        start (datetime.datetime | Unset):
        end (datetime.datetime | Unset):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        errors.ClientError: If there is no usable response; the subclass names the reason.

    Returns:
        Error | SmsConversationListResponse
    """

    return (
        await asyncio_detailed(
            client=client,
            offset=offset,
            limit=limit,
            type_=type_,
            search=search,
            order=order,
            start=start,
            end=end,
        )
    ).parsed
