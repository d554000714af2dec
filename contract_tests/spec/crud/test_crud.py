"""The client of another document, openapi.yaml beside this file: what it sends and parses."""

import asyncio
import datetime
import importlib
import io
import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Mapping
from importlib.util import find_spec
from pathlib import Path
from types import MappingProxyType
from typing import Any, NamedTuple
from uuid import UUID

import httpx
import pytest

from support.spec.gates import REQUIRED

ROOT = Path(__file__).resolve().parents[3]
PACKAGE = "generated/convirza_client"

if not find_spec("openapi_python_client"):
    pytest.skip("needs openapi-python-client: tox run -e typing", allow_module_level=True)


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the generator, and what it makes of openapi.yaml."""
    root = tmp_path_factory.mktemp("crud")
    for folder in ("openapi", "scripts"):
        shutil.copytree(ROOT / folder, root / folder, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "pyproject.toml", root)
    shutil.copy(Path(__file__).with_name("openapi.yaml"), root / "openapi")
    command = [sys.executable, str(root / "scripts/generate.py")]
    run = subprocess.run(command, capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stderr
    return root


@pytest.mark.parametrize("tool", [["mypy", "--strict", PACKAGE], ["pyright", "--pythonpath", sys.executable]])
def test_type_checkers_accept_the_client(project: Path, tool: list[str]) -> None:
    """mypy and pyright, both strict, find nothing."""
    if not find_spec(tool[0]) and not os.environ.get(REQUIRED):
        pytest.skip(f"needs {tool[0]}: tox run -e typing")
    command = [sys.executable, "-m", *tool]
    run = subprocess.run(command, cwd=project, capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stdout + run.stderr


@pytest.fixture(scope="module")
def load(project: Path) -> Any:
    """`load("models")`: a module of the client, which is imported under another name."""
    shutil.copytree(project / PACKAGE, project / "crud_client")
    sys.path.insert(0, str(project))
    yield lambda name: importlib.import_module(f"crud_client.{name}")
    sys.path.remove(str(project))


class Sent(NamedTuple):
    """A request, without the headers that every request has."""

    method: str
    target: str
    headers: Mapping[str, str] = MappingProxyType({})
    body: bytes = b""

    @classmethod
    def read(cls, request: httpx.Request) -> "Sent":
        """The same, with the boundary B between the parts of a body."""
        common = {"host", "accept", "accept-encoding", "connection", "user-agent", "content-length"}
        headers = {name: value for name, value in request.headers.items() if name not in common}
        content = request.content
        if match := re.search("boundary=(.+)", headers.get("content-type", "")):
            content = content.replace(f"--{match[1]}".encode(), b"--B")
            headers["content-type"] = headers["content-type"].replace(match[1], "B")
        return cls(request.method, request.url.raw_path.decode(), headers, content)


class Case(NamedTuple):
    """A call of an operation, the request that it must send, the response, and what is parsed from it."""

    module: str
    arguments: Callable[[Any, Any], dict[str, Any]]
    """Made from the modules `models` and `types`."""
    sent: Sent
    response: tuple[int, Any]
    parsed: str | None


JSON = {"content-type": "application/json"}
FORM = {"content-type": "application/x-www-form-urlencoded"}
TIME = datetime.datetime(
    2026, 7, 1, 12, microsecond=5000, tzinfo=datetime.timezone(datetime.timedelta(hours=2))
)
KEY = "550e8400-e29b-41d4-a716-446655440000"
TAG = {"name": "a", "new": [1]}
PROBLEM = {"message": "no"}
WHOLE = (
    f'{{"new":true,"name":"é","color":null,"archived":false,"weight":1.5,"created":"2026-07-01T10:00:00.005Z",'
    f'"day":"2026-07-01","key":"{KEY}","owner":{{"email":"b"}},"aliases":["c","d"]}}'
)
UPLOAD = '; filename="upload"\nContent-Type: application/octet-stream'
PARTS = [
    ("file", '; filename="é%22.wav"\nContent-Type: audio/wav', "@"),
    ("thumbnails", UPLOAD, "1"),
    ("thumbnails", UPLOAD, ""),
    ("title", "", 'é & "b"'),
    ("public", "", "true"),
    ("color", "", "dark-blue"),
    ("taken", "", "2026-07-01T10:00:00.005Z"),
    ("owner", "\nContent-Type: application/json", '{"email": "b"}'),
    ("aliases", "", "c"),
    ("aliases", "", "d"),
]
ICON = "".join(
    f'--B\nContent-Disposition: form-data; name="{name}"{more}\n\n{content}\n'
    for name, more, content in PARTS
)

CASES = [
    Case(
        "tags.list_tags",
        lambda models, _: {
            "q": "a+b é",
            "color": models.Color("dark-blue"),
            "since": TIME,
            "archived": True,
            "sort": ["x,y", "-z"],
            "x_trace": "t",
            "theme": "dark",
        },
        Sent(
            "GET",
            "/tags?q=a%2Bb%20%C3%A9&limit=20&color=dark-blue&since=2026-07-01T10%3A00%3A00.005Z"
            "&archived=true&sort=x%2Cy,-z",
            {"x-trace": "t", "cookie": "theme=dark"},
            b"",
        ),
        (200, [TAG, TAG]),
        "list",
    ),
    Case(
        "tags.list_tags",
        lambda _, types: {"q": "", "limit": types.UNSET, "sort": []},
        Sent("GET", "/tags?q=&color=red"),
        (404, PROBLEM),
        "Problem",
    ),
    Case(
        "tags.create_tag",
        lambda models, _: {
            "body": models.Tag(
                name="é",
                color=None,
                weight=1.5,
                created=TIME,
                day=TIME.date(),
                key=UUID(KEY),
                owner=models.Owner(email="b"),
                aliases=["c", "d"],
                additional_properties={"new": True},
            )
        },
        Sent("POST", "/tags", JSON, WHOLE.encode()),
        (201, TAG),
        "Tag",
    ),
    Case(
        "tags.get_tag",
        lambda *_: {"tag_id": "../a,b?c#d%"},
        Sent("GET", "/tags/..%2Fa%2Cb%3Fc%23d%25"),
        (503, PROBLEM),
        "Problem",
    ),
    Case(
        "tags.replace_tag",
        lambda models, _: {"tag_id": "7", "body": models.Tag(name="a")},
        Sent("PUT", "/tags/7", JSON, b'{"name":"a","archived":false}'),
        (204, None),
        None,
    ),
    Case(
        "tags.patch_tag",
        lambda models, _: {"tag_id": "7", "body": models.TagPatch(name=None)},
        Sent("PATCH", "/tags/7", JSON, b'{"name":null}'),
        (200, TAG),
        "Tag",
    ),
    Case(
        "tags.patch_tag",
        lambda models, _: {"tag_id": "7", "body": models.TagForm(name="a")},
        Sent("PATCH", "/tags/7", FORM, b"name=a"),
        (200, TAG),
        "Tag",
    ),
    Case("tags.patch_tag", lambda *_: {"tag_id": "7"}, Sent("PATCH", "/tags/7"), (200, TAG), "Tag"),
    Case("tags.delete_tag", lambda *_: {"tag_id": "7"}, Sent("DELETE", "/tags/7"), (204, None), None),
    Case("tags.delete_tag", lambda *_: {"tag_id": "7"}, Sent("DELETE", "/tags/7"), (202, TAG), None),
    Case(
        "default.login",
        lambda models, _: {
            "body": models.TagForm(
                name="a b&é",
                color=models.Color.RED,
                archived=False,
                since=TIME,
                aliases=["c", "d"],
                additional_properties={"new": None},
            )
        },
        Sent(
            "POST",
            "/login",
            FORM,
            b"name=a+b%26%C3%A9&color=red&archived=false&since=2026-07-01T10%3A00%3A00.005Z&aliases=c&aliases=d",
        ),
        (200, TAG),
        None,
    ),
    Case(
        "icons.upload_icon",
        lambda models, types: {
            "tag_id": 7,
            "body": models.Icon(
                file=types.File(io.BytesIO(b"\0\xff\r\n"), 'é".wav', "audio/wav"),
                thumbnails=[types.File(io.BytesIO(b"1")), types.File(io.BytesIO())],
                title='é & "b"',
                public=True,
                color=models.Color("dark-blue"),
                taken=TIME,
                size=None,
                owner=models.Owner(email="b"),
                aliases=["c", "d"],
            ),
        },
        Sent(
            "POST",
            "/tags/7/icon",
            {"content-type": "multipart/form-data; boundary=B"},
            f"{ICON}--B--\n".replace("\n", "\r\n").encode().replace(b"@", b"\0\xff\r\n"),
        ),
        (201, TAG),
        "Tag",
    ),
]
WAYS = ["sync_detailed", "asyncio_detailed", "sync", "asyncio"]


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.module}-{case.response[0]}")
def test_operation_sends_each_byte(load: Any, case: Case, way: str) -> None:
    """Method, target, headers and body are as OpenAPI says, and the response is parsed."""
    module, sent = load(f"api.{case.module}"), []
    if not hasattr(module, way):
        assert case.parsed is None, "an operation whose responses have content has all four functions"
        return
    status, body = case.response
    content = b"" if body is None else json.dumps(body).encode()

    def respond(request: httpx.Request) -> httpx.Response:
        sent.append(Sent.read(request))
        return httpx.Response(status, headers=JSON, content=content)

    client = load("client").AuthenticatedClient(
        "http://api.test",
        "t",
        raise_on_unexpected_status=True,
        httpx_args={"transport": httpx.MockTransport(respond)},
    )
    result = getattr(module, way)(client=client, **case.arguments(load("models"), load("types")))
    if way.startswith("asyncio"):
        result = asyncio.run(result)
    assert sent == [case.sent._replace(headers={**case.sent.headers, "authorization": "Bearer t"})]
    parsed = result
    if way.endswith("detailed"):
        assert (result.status_code, result.content) == (status, content)
        parsed = result.parsed
    assert case.parsed in (None, type(parsed).__name__)
    written = [each.to_dict() for each in parsed] if isinstance(parsed, list) else parsed and parsed.to_dict()
    assert written == (body if case.parsed else None)


def test_each_operation_has_a_case(load: Any) -> None:
    """OPERATIONS has the ids that the document has, and the table above has a case for each."""
    operations = load("api").OPERATIONS
    modules = {case.module for case in CASES}
    assert {load(f"api.{module}").OPERATION.id for module in modules} == set(operations)
    repeatable = {name for name, operation in operations.items() if operation.safe_to_repeat}
    assert repeatable == {"listTags", "get_tag", "replace_tag", "delete_tag"}
    assert [name for name, operation in operations.items() if not operation.needs_token] == ["login"]


NAIVE = datetime.datetime(2026, 7, 1)
REFUSED: list[tuple[str, Callable[[Any], dict[str, Any]], str]] = [
    ("tags.list_tags", lambda _: {"q": "a", "since": NAIVE}, "^since: the datetime has no time zone"),
    ("tags.create_tag", lambda models: {"body": models.Tag(name="a", created=NAIVE)}, "^created: "),
    ("default.login", lambda models: {"body": models.TagForm(name="a", since=NAIVE)}, "^since: "),
    (
        "default.login",
        lambda models: {"body": models.TagForm(name="a", additional_properties={"b": {}})},
        "^b: a form cannot contain an object",
    ),
    ("icons.upload_icon", lambda models: {"tag_id": 7, "body": models.Icon(file=[])}, "^body: .* one part"),
    *(("tags.delete_tag", lambda _, part=part: {"tag_id": part}, "^tag_id: ") for part in ("", ".", "..")),
]


@pytest.mark.parametrize(("module", "arguments", "message"), REFUSED)
def test_what_cannot_be_sent_is_rejected(
    load: Any, module: str, arguments: Callable[[Any], dict[str, Any]], message: str
) -> None:
    """The ValueError names the parameter or the member."""
    with pytest.raises(ValueError, match=message):
        load(f"api.{module}").build_request(**arguments(load("models")))
