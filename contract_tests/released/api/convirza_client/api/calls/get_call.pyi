from typing import Any
from urllib.parse import quote
import httpx
from ... import errors, types
from ...client import AuthenticatedClient, Client, parse_json
from ...models.call_module import CallModule
from ...models.call_response import CallResponse
from ...models.error import Error
from ...types import UNSET, Response, Unset

def _get_kwargs(id: int, *, include: list[CallModule] | Unset=UNSET) -> dict[str, Any]:
    ...

def _parse_response(*, client: AuthenticatedClient | Client, response: httpx.Response) -> CallResponse | Error | None:
    ...

def _build_response(*, client: AuthenticatedClient | Client, response: httpx.Response) -> Response[CallResponse | Error]:
    ...

def sync_detailed(id: int, *, client: AuthenticatedClient, include: list[CallModule] | Unset=UNSET) -> Response[CallResponse | Error]:
    ...

def sync(id: int, *, client: AuthenticatedClient, include: list[CallModule] | Unset=UNSET) -> CallResponse | Error | None:
    ...

async def asyncio_detailed(id: int, *, client: AuthenticatedClient, include: list[CallModule] | Unset=UNSET) -> Response[CallResponse | Error]:
    ...

async def asyncio(id: int, *, client: AuthenticatedClient, include: list[CallModule] | Unset=UNSET) -> CallResponse | Error | None:
    ...
