"""Which ids are valid, and that no digit of one is lost."""

import urllib.parse

import pytest

from support.contract import LARGEST_ID
from support.server.facts import ANY_ID, KNOWN, TARGET, needs_token
from support.server.suite import Suite

pytestmark = needs_token

EDGES = [1, 2**31 - 1, 2**31, 2**32, 2**53, 2**53 + 1, LARGEST_ID - 1, LARGEST_ID]
NOT_IDS = {
    "zero": "0",
    "word": "abc",
    "too_large": str(LARGEST_ID + 1),
    "negative_known": f"-{ANY_ID}",
    "known_and_letters": f"{ANY_ID}abc",
    "space_before": f" {ANY_ID}",
    "line_end_after": f"{ANY_ID}\n",
}
NOT_IDS_BUT_LIVE = {
    "negative": "-1",
    "larger_than_64_bits": str(2**64 + ANY_ID),
    "larger_than_128_bits": str(2**128 + ANY_ID),
    "far_too_large": "9" * 400,
    "fraction": "1.5",
    "fraction_of_known": f"{ANY_ID}.5",
    "exponent": "1e3",
    "exponent_of_known": f"{ANY_ID}e0",
    "hexadecimal": hex(ANY_ID),
    "letters_and_known": f"abc{ANY_ID}",
    "two": f"{ANY_ID},{ANY_ID}",
    "space_after": f"{ANY_ID} ",
    "fullwidth_digits": str(ANY_ID).translate({48 + digit: 0xFF10 + digit for digit in range(10)}),
    "arabic_digits": str(ANY_ID).translate({48 + digit: 0x0660 + digit for digit in range(10)}),
    "superscript": "\N{SUPERSCRIPT TWO}",
    "null": "null",
    "true": "true",
    "quoted": f'"{ANY_ID}"',
    "list": f"[{ANY_ID}]",
    "not_a_number": "NaN",
    "infinite": "Infinity",
    "sql": f"{ANY_ID} OR 1=1",
    "underscore": f"{str(ANY_ID)[:-1] or 1}_{ANY_ID % 10}",
    "null_after": f"{ANY_ID}\0x",
    "parameter_after": f"{ANY_ID};x=1",
    "suffix": f"{ANY_ID}.json",
    "overflow": str(2**64 - ANY_ID),
}


@pytest.mark.not_live
@pytest.mark.parametrize("call_id", EDGES)
def test_edge_of_the_range_is_valid(suite: Suite, call_id: int) -> None:
    """An id of the range is found, forbidden or not found, never invalid, and never another call's."""
    assert suite.ask(call_id).response.status_code in {200, 403, 404}


@pytest.mark.not_live
@pytest.mark.parametrize("call_id", KNOWN)
def test_neighbours_of_a_call_are_not_the_call(suite: Suite, call_id: int) -> None:
    """An id that becomes a known one by rounding or overflow is not taken for it."""
    for other in (call_id - 1, call_id + 1, call_id ^ 2**31, call_id ^ 2**32, call_id ^ 2**62):
        if 1 <= other <= LARGEST_ID:
            assert suite.ask(other).response.status_code in {200, 403, 404}


@pytest.mark.not_live
@pytest.mark.parametrize("call_id", KNOWN)
def test_encoded_digit_is_the_digit(suite: Suite, call_id: int) -> None:
    """A digit that is percent-encoded is the digit."""
    first, rest = str(call_id)[0], str(call_id)[1:]
    assert suite.record(f"%3{first}{rest}")["call_id"] == call_id


@pytest.mark.parametrize(
    "text",
    [
        *(pytest.param(text, id=name) for name, text in NOT_IDS.items()),
        *(pytest.param(text, id=name, marks=pytest.mark.not_live) for name, text in NOT_IDS_BUT_LIVE.items()),
    ],
)
def test_what_is_not_an_id_is_rejected(suite: Suite, text: str) -> None:
    """What is not an id is invalid (400), or not found (404) by a router that requires digits."""
    assert suite.ask(urllib.parse.quote(text, safe="")).response.status_code in {400, 404}


@pytest.mark.not_live
@pytest.mark.parametrize("text", [f"0{ANY_ID}", f"%2B{ANY_ID}", "00", "-0"])
def test_doubtful_id_is_read_or_rejected(suite: Suite, text: str) -> None:
    """The document says nothing of zeros and signs before a number: the API does not fail."""
    assert suite.ask(text).response.status_code in {200, 400, 403, 404}


@pytest.mark.not_live
@pytest.mark.parametrize("text", ["%2e%2e", "%2e", "%2F", "%00", f"{ANY_ID}%2F..%2F{ANY_ID}", "%ff"])
def test_path_trick_finds_nothing(suite: Suite, text: str) -> None:
    """A path that is not that of a call has no record and no failure; it may be no operation at all."""
    response = suite.ask(text).response
    assert 300 <= response.status_code < 500


@pytest.mark.not_live
@pytest.mark.skipif(not TARGET.call_ids, reason="CONVIRZA_CONTRACT_CALL_IDS is not set")
def test_id_with_an_invalid_include_is_rejected(suite: Suite) -> None:
    """Two mistakes are no better than one."""
    assert suite.ask("abc", "include=unknown").response.status_code in {400, 404}
