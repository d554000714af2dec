"""How long calls took, read with the library and with the generated client."""

from collections.abc import Iterable, Iterator

from ._vendor.convirza import Convirza, NotFoundError
from ._vendor.convirza_client import AuthenticatedClient
from ._vendor.convirza_client.api.calls import get_call
from ._vendor.convirza_client.models import CallModule, CallResponse


def durations(api: Convirza, call_ids: Iterable[int]) -> Iterator[tuple[int, str]]:
    """The ids, each with a text that says how long the call took."""
    for call_id in call_ids:
        try:
            call = api.calls.get(call_id, include=["tags"])
        except NotFoundError:
            yield call_id, "no such call"
        else:
            tags = ", ".join(tag.tag_name for tag in call.tags or [] if isinstance(tag.tag_name, str))
            yield call_id, f"{call.duration} s ({tags})"


def raw_duration(base_url: str, token: str, call_id: int) -> object:
    """The duration as the generated client returns it, in seconds."""
    with AuthenticatedClient(base_url=base_url, token=token) as client:
        answer = get_call.sync(call_id, client=client, include=[CallModule.TAGS])
    return answer.data.result.duration if isinstance(answer, CallResponse) else None
