"""`from_dict` tests exact types in line; what does not fit takes the slow path, with the same result."""

import pytest

from convirza_client.errors import ParseError
from convirza_client.models import Call
from support.library.json_places import edited, places, replaced

WRONG = (
    *(None, True, False, 0, 7, -1, 2**70, 7.0, 7.5, "", "7", "2026-02-14T18:20:12.000Z"),
    # of 24 characters, as the documented form, and valid for fromisoformat
    *("2026-W07-6T18:20:12.000Z", "2026-02-14T182012.00000Z", "2026-02-14T18:20:12,000Z"),
    *("2026-02-14T18:20:12.000+", "2026-02-30T18:20:12.000Z", [], ["x"], [{}], {}, {"x": 1}),
)


# Not exactly these types, so that they take the slow path; of the same name for messages.
SLOW = {kind: type(kind.__name__, (kind,), {}) for kind in (int, float, str, list, dict)}


def slow(value):
    """The same value, of types that take the slow path."""
    if isinstance(value, dict):
        value = {name: slow(member) for name, member in value.items()}
    if isinstance(value, list):
        value = [slow(item) for item in value]
    return SLOW.get(type(value), lambda same: same)(value)


def read(record):
    """What `from_dict` makes of a record: the model, what it writes, and the values that did not fit."""
    try:
        call = Call.from_dict(record)
    except ParseError as error:
        return str(error)
    return call, call.to_dict(), list(call.additional_properties)


def assert_same(record, path):
    fast, careful = read(record), read(slow(record))
    assert repr(fast) == repr(careful), path
    assert fast == careful, path


@pytest.mark.parametrize("wrong", WRONG, ids=repr)
def test_fast_path_and_slow_path_agree(documented, wrong):
    """Each member of the documented record, replaced by a value that may not fit, is read alike by both."""
    record = documented["data"]["result"]
    for path in places(record):
        assert_same(replaced(record, path, wrong), path)


@pytest.mark.parametrize("new", [None, "x", "tag_name"])
def test_other_members_than_documented(documented, new):
    """An object that lacks a member, or has as many members as documented, but others, is read alike."""

    def edit(parent, name):
        value = parent.pop(name)
        if new and isinstance(parent, dict):
            parent[new] = value

    record = documented["data"]["result"]
    for path in places(record):
        assert_same(edited(record, path, edit), path)


def test_models_take_keywords_only():
    """A member that is added in the middle of a schema shifts no other."""
    with pytest.raises(TypeError):
        Call(987654)
