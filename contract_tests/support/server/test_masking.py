"""Reports do not show personal data."""

import json

import pytest

from support.contract import DOCUMENT, EXAMPLE
from support.server.masking import MASK, PERSONAL, Masker

TOKEN = "canary-token-31337"


@pytest.mark.parametrize(
    ("text", "canary"),
    [
        (f"curl -H 'Authorization: Bearer {TOKEN}' https://api.example", TOKEN),
        ("Authorization: Bearer another-secret, and more", "another-secret"),
        ("{'authorization': 'Basic c2VjcmV0'}", "c2VjcmV0"),
        (f"message: token {TOKEN} is expired", TOKEN),
        ('{"caller_id": "18015551234"}', "18015551234"),
        ("called +15551234567.", "15551234567"),
        ('{"transcription": "Caller: \\"hello\\" there", "x": 1}', "hello"),
        ('{"transcription": "Caller: I need a roof', "roof"),
        ("{'first_name': 'Zoë', 'a': 1}", "Zoë"),
        ('"{\\"note\\": \\"a note\\"}"', "a note"),
        ("https://api.example/r/1?secret=abc&access=def", "abc"),
        ('"agent": "someone@example.com"', "someone"),
        ("mail to someone@example.com", "someone"),
    ],
)
def test_canary_is_masked(text: str, canary: str) -> None:
    """Tokens, phone numbers, names, transcripts and signed addresses are masked wherever they stand."""
    masked = Masker([TOKEN]).mask(text)
    assert canary not in masked
    assert MASK in masked


def test_values_of_responses_are_masked_in_any_shape() -> None:
    """The value of a personal member of a response is masked even in a sentence."""
    masker = Masker()
    masker.learn({"data": {"result": EXAMPLE}})
    text = f"{EXAMPLE['transcription']} {EXAMPLE['ai_caller_identity']} {json.dumps(EXAMPLE)}"
    masked = masker.mask(text)
    for canary in (
        "roof inspection",
        "Jane Smith",
        "18015551234",
        "15551234567",
        "secret=",
        "Alex",
        "financing",
    ):
        assert canary not in masked


@pytest.mark.parametrize(
    "text",
    [
        "status 404 where 200 is right",
        "call_id 987654",
        "https://api.example/v3/conversations/calls/1?include=tags",
    ],
)
def test_what_helps_stays(text: str) -> None:
    """Statuses, ids, modules and times can be read."""
    assert Masker([TOKEN]).mask(text) == text


def test_personal_data_of_the_document_is_known() -> None:
    """Each member that the document marks as personal data is one that is masked."""
    marked = {
        name
        for schema in DOCUMENT["components"]["schemas"].values()
        for name, member in schema.get("properties", {}).items()
        if "Personal data" in member.get("description", "") or "hone number" in member.get("description", "")
    }
    assert marked
    assert marked <= PERSONAL
