"""What type checkers must see in the generated client. Checked by `tox run -e typing`, never run."""

import datetime
from typing import Literal, assert_type
from uuid import UUID

from convirza_client import AuthenticatedClient
from convirza_client.api.calls import get_call
from convirza_client.models import CallDisposition, CallModule, CallResponse, Error, Tag, VoiceAgentData
from convirza_client.types import UNSET, Response, Unset

client = AuthenticatedClient(base_url="https://api.test", token="t")
assert_type(client.with_headers({}), AuthenticatedClient)

response = get_call.sync_detailed(987654, client=client, include=[CallModule.TAGS])
assert_type(response, Response[CallResponse | Error])
assert_type(response.status_code, int)
assert_type(response.parsed, CallResponse | Error | None)


async def asynchronous() -> None:
    """The async functions return the same."""
    assert_type(await get_call.asyncio(1, client=client), CallResponse | Error | None)
    assert_type(await get_call.asyncio_detailed(1, client=client), Response[CallResponse | Error])


def read(answer: CallResponse) -> None:
    """Attributes have the types of the document, and narrow as users write it."""
    assert_type(answer.request_id, UUID)
    assert_type(answer.timestamp, datetime.datetime)
    call = answer.data.result
    assert_type(call.call_id, int)
    assert_type(call.duration, int | None | Unset)
    assert_type(call.disposition, CallDisposition | None | Unset)
    assert_type(call.tags, list[Tag] | None | Unset)
    assert_type([tag.tag_name for tag in call.tags or []], list[str | Unset | None])
    if call.voiceagent_data:
        assert_type(call.voiceagent_data, VoiceAgentData)
    if not isinstance(call.duration, Unset):
        assert_type(call.duration, int | None)
    if call.call_started is not UNSET and call.call_started is not None:
        assert_type(call.call_started, datetime.datetime)
    assert_type(bool(UNSET), bool)
    assert_type(UNSET, Literal[Unset.UNSET])


get_call.sync("987654", client=client)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
get_call.sync(987654)  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]
get_call.sync(1, client=client, include=["tags"])  # type: ignore[list-item]  # pyright: ignore[reportArgumentType]
