"""The modules of a record: the requested ones, whatever their order and number."""

import pytest

from support.contract import EXAMPLE, MODULES
from support.server.facts import ANY_ID, KNOWN, TARGET
from support.server.records import differing, shown
from support.server.suite import EVERYTHING, Suite

NAMES = tuple(MODULES)
INVALID = ["unknown", "tags,unknown", "TAGS", "recording_details", "%20tags"]
INVALID_BUT_LIVE = [
    *("unknown,tags", "tags,unknown,summary", "Tags", "tag", "tagss", "*", "all", "call_id"),
    *("voiceagent_data", "tags;summary", "tags%7Csummary", "tags%20summary"),
    *("tags,%20summary", "tags%20", "tags%00", "null", "true", "0", "%5B%5D", "%5B%22tags%22%5D"),
    *(f"{','.join(MODULES)},unknown", "tag%C5%BF", "%ff"),
]


def queries() -> dict[str, tuple[str, ...]]:
    """Each way to request modules: the raw query to the modules that it names."""
    asked: dict[str, tuple[str, ...]] = {"": (), "include=": ()}
    pairs = list(zip(NAMES, NAMES[1:] + NAMES[:1], strict=True))
    combinations = [
        *((name,) for name in NAMES),
        *pairs,
        *(pair[::-1] for pair in pairs),
        *((name, name) for name in NAMES),
        ("tags", "recordings", "tags"),
        NAMES[::-1],
        NAMES[3:] + NAMES[:3],
        NAMES + NAMES,
    ]
    asked |= {"include=" + ",".join(names): names for names in combinations}
    asked |= {"include=" + "%2C".join(names): names for names in [*pairs[:3], NAMES]}
    return asked


LIVE_QUERIES = {"", "include=tags", "include=recordings,recordings", "include=" + ",".join(NAMES[::-1])}
QUERIES = [
    pytest.param(
        query, names, id=query or "none", marks=() if query in LIVE_QUERIES else pytest.mark.not_live
    )
    for query, names in queries().items()
]


@pytest.mark.requests(2)
@pytest.mark.parametrize(("query", "names"), QUERIES)
@pytest.mark.parametrize("call_id", KNOWN[:1] if TARGET.live else KNOWN[:2])
def test_modules_are_the_requested_ones(
    suite: Suite, call_id: int, query: str, names: tuple[str, ...]
) -> None:
    """Each way to request modules returns those that it names, as the whole record has them, and no other."""
    whole = suite.record(call_id, EVERYTHING)
    assert differing(suite.record(call_id, query), shown(whole, names)) == []


@pytest.mark.not_live
@pytest.mark.requests(2)
@pytest.mark.parametrize(
    ("query", "names"),
    [
        ("include=tags,", ["tags"]),
        ("include=,tags", ["tags"]),
        ("include=tags,,recordings", ["tags", "recordings"]),
        ("include=,", []),
        ("include[]=tags", []),
        ("include%5B%5D=tags", []),
        ("include[0]=tags", []),
        ("INCLUDE=tags", []),
        ("Include=tags", []),
        ("%20include=tags", []),
        ("includes=tags", []),
    ],
)
@pytest.mark.parametrize("call_id", KNOWN)
def test_doubtful_include_is_read_or_refused(
    suite: Suite, call_id: int, query: str, names: list[str]
) -> None:
    """An empty item names nothing, and another name is not `include`: a 200 that shows it, or a 400."""
    response = suite.ask(call_id, query).response
    assert response.status_code in {200, 400}
    if response.status_code == 200:
        whole = suite.record(call_id, EVERYTHING)
        assert differing(response.json()["data"]["result"], shown(whole, names)) == []


@pytest.mark.not_live
@pytest.mark.requests(2)
@pytest.mark.parametrize("names", [("tags", "recordings"), ("summary", "summary"), ("tags", "")])
@pytest.mark.parametrize("call_id", KNOWN)
def test_repeated_include_is_read_or_refused(suite: Suite, call_id: int, names: tuple[str, str]) -> None:
    """A repeated parameter counts the first, the last or all of them, or it is a 400."""
    response = suite.ask(call_id, "&".join(f"include={name}" for name in names)).response
    assert response.status_code in {200, 400}
    if response.status_code == 200:
        whole = suite.record(call_id, EVERYTHING)
        ways = [names[:1], names[1:], names]
        assert any(differing(response.json()["data"]["result"], shown(whole, way)) == [] for way in ways)


@pytest.mark.skipif(not TARGET.full_call_id, reason="CONVIRZA_CONTRACT_FULL_CALL_ID is not set")
def test_call_with_every_module_shows_them(suite: Suite) -> None:
    """The call that is known to have every module shows each, with a value."""
    record = suite.record(TARGET.full_call_id, EVERYTHING)
    assert [key for key in MODULES.values() if record.get(key) in (None, [], {}, "")] == []


@pytest.mark.requests(len(TARGET.call_ids))
@pytest.mark.parametrize("call_id", KNOWN[:1])
def test_include_is_not_ignored(suite: Suite, call_id: int) -> None:
    """At least one of the calls that exist has a module when all are requested."""
    records = [suite.record(known, EVERYTHING) for known in TARGET.call_ids or (call_id,)]
    modules = [key for record in records for key in MODULES.values() if record.get(key) is not None]
    assert modules, "no known call has any module: include is ignored"


@pytest.mark.parametrize("call_id", KNOWN[:1] if TARGET.live else KNOWN)
def test_documented_call_has_the_documented_modules(suite: Suite, call_id: int) -> None:
    """A record that is that of the reference page has the modules which the page shows."""
    record = suite.record(call_id, EVERYTHING)
    plain = shown(EXAMPLE, ())
    same = [key for key in plain if key in record and record[key] == plain[key]]
    if len(same) == len(plain):
        assert sorted(shown(EXAMPLE, NAMES).keys() - record.keys()) == []


@pytest.mark.parametrize(
    "include", [*INVALID, *(pytest.param(value, marks=pytest.mark.not_live) for value in INVALID_BUT_LIVE)]
)
@pytest.mark.parametrize("call_id", KNOWN[:1])
def test_unknown_module_is_rejected(suite: Suite, call_id: int, include: str) -> None:
    """A value of `include` that is not a module is a 400, whatever the other values."""
    assert suite.ask(call_id, f"include={include}").response.status_code == 400


@pytest.mark.not_live
@pytest.mark.skipif(not TARGET.token, reason="CONVIRZA_TOKEN is not set")
def test_unknown_module_is_rejected_whatever_the_call(suite: Suite) -> None:
    """An unknown module is never a 200, whether the call is known or not."""
    assert suite.ask(ANY_ID, "include=unknown").response.status_code in {400, 403, 404}
