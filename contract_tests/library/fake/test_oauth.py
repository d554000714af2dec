"""The OAuth endpoints of the fake: login, refresh, revocation, expiry, and access with the tokens."""

import asyncio
import json
import uuid
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from itertools import product
from typing import Any

import httpx
import pytest

from convirza.fake import DEFAULT_EMAIL, DEFAULT_PASSWORD, DEFAULT_TOKEN, SCENARIO_HEADER, FakeAPI, FakeClock
from convirza.fake.oauth import LOGINS_A_MINUTE

Validate = Callable[[str, object], None]

START = datetime(2026, 5, 6, 7, 8, 9, tzinfo=UTC)
CALL = "/v3/conversations/calls/987654"
LOGIN = {"email": DEFAULT_EMAIL, "password": DEFAULT_PASSWORD}


class Client:
    """Sends requests to one fake in process, at times that the test sets."""

    def __init__(self, **options: Any) -> None:
        self.clock = FakeClock(START)
        self.api = FakeAPI(clock=self.clock, **options)
        self.http = httpx.Client(transport=self.api.transport, base_url="http://fake")

    def post(self, name: str, body: Any) -> httpx.Response:
        """One request to an endpoint."""
        return self.http.post(f"/oauth/{name}", json=body)

    def log_in(self) -> dict[str, Any]:
        """The pair of tokens of a new login."""
        response = self.post("token", LOGIN)
        assert response.status_code == 200, response.text
        return dict(response.json()["data"])

    def refresh(self, token: str) -> httpx.Response:
        """The response to a refresh."""
        return self.post("refresh-token", {"refresh_token": token})

    def revoke(self, token: str, kind: str) -> httpx.Response:
        """The response to a revocation."""
        return self.post("revoke-token", {"token": token, "token_type": kind})

    def ask(self, token: str) -> int:
        """The status of a request for a call."""
        return self.http.get(CALL, headers={"Authorization": f"Bearer {token}"}).status_code


@pytest.fixture
def client() -> Client:
    """A fake of the test's own."""
    return Client()


def test_login_returns_the_documented_members(client: Client) -> None:
    """A pair of tokens, absolute times with milliseconds and Z, and the user."""
    response = client.post("token", LOGIN)

    body = response.json()
    assert (response.status_code, body["code"], body["message"]) == (200, 200, "Success")
    assert uuid.UUID(body["request_id"]).version == 4
    pair = body["data"]
    access, refresh, frontend = (pair.pop(f"{name}_token") for name in ("access", "refresh", "frontend"))
    assert pair == {
        "token_type": "Bearer",
        "expires_in": "2026-05-13T07:08:09.000Z",
        "refresh_expires_in": "2026-11-04T07:08:09.000Z",
        "user": {"user_id": 1001, "email": DEFAULT_EMAIL, "role_id": 3, "org_unit_id": 1200},
    }
    assert len(frontend) == 32
    assert len({access, refresh, frontend}) == 3
    assert client.ask(access) == 200


@pytest.mark.parametrize(
    "changed", [{"email": "other@convirza.example"}, {"password": "wrong"}, {"password": "\ud800"}]
)
def test_wrong_login_is_rejected(client: Client, changed: dict[str, str], validate: Validate) -> None:
    """Wrong email and wrong password get the same response, which repeats neither."""
    response = client.http.post(
        "/oauth/token",
        content=json.dumps({**LOGIN, **changed}),
        headers={"Content-Type": "application/json; charset=utf-8"},
    )

    assert (response.status_code, response.json()["message"]) == (401, "Invalid email or password.")
    validate("Error", response.json())


BODIES = [
    *(b"", b"{", b"\xff", b"null", b"[]", b'"text"', b"[" * 100_000, b"{}"),
    b'{"email": "e", "refresh_token": "", "token": ""}',
    b'{"email": 1, "password": 2, "refresh_token": 3, "token": 4, "token_type": 5}',
    b'{"email": "e", "password": null, "refresh_token": null, "token": "t", "token_type": "other"}',
    b"email=e&password=p&refresh_token=r&token=t&token_type=access",
]


def test_malformed_body_is_rejected(client: Client, validate: Validate) -> None:
    """Anything but a JSON object with the members as text is a 400, and so is the usual form of OAuth."""
    headers = {"Content-Type": "application/json"}
    for name, body in product(["token", "refresh-token", "revoke-token"], BODIES):
        response = client.http.post(f"/oauth/{name}", content=body, headers=headers)
        client.clock.advance(60)  # for the limit of logins
        assert (response.status_code, response.json()["message"][:8]) == (400, "Invalid "), body[:30]
        validate("Error", response.json())
    response = client.http.post("/oauth/token", data=LOGIN)
    assert response.status_code == 400
    assert "application/json" in response.json()["message"]


def test_refresh_rotates_both_tokens(client: Client) -> None:
    """A new pair is returned, and the old access and refresh tokens are invalid at once."""
    old = client.log_in()
    client.clock.advance(60)

    new = client.refresh(old["refresh_token"]).json()["data"]

    assert new["expires_in"] == "2026-05-13T07:09:09.000Z"
    tokens = (old["access_token"], new["refresh_token"], new["access_token"])
    assert [client.ask(token) for token in tokens] == [401, 401, 200]
    again = client.refresh(old["refresh_token"])
    assert (again.status_code, again.json()["message"]) == (401, "Invalid or expired refresh token.")
    assert client.refresh(new["refresh_token"]).status_code == 200


def test_one_of_many_threads_gets_the_refresh(client: Client) -> None:
    """Single use holds for eight requests at once."""
    token = client.log_in()["refresh_token"]

    with ThreadPoolExecutor(8) as pool:
        statuses = sorted(pool.map(lambda _: client.refresh(token).status_code, range(8)))

    assert statuses == [200] + [401] * 7


def test_access_token_lives_seven_days_after_its_last_use(client: Client) -> None:
    """Each use renews it; seven days without one end it."""
    token = client.log_in()["access_token"]

    for _ in range(5):
        client.clock.advance(timedelta(days=7, milliseconds=-1))
        assert client.ask(token) == 200
    client.clock.advance(timedelta(days=7))

    assert client.ask(token) == 401
    assert client.ask(DEFAULT_TOKEN) == 200


def test_refresh_token_lives_six_months(client: Client) -> None:
    """It still works the moment before its end, and not at its end."""
    first = client.log_in()["refresh_token"]
    client.clock.advance(timedelta(days=182, milliseconds=-1))
    second = client.refresh(first).json()["data"]["refresh_token"]
    client.clock.advance(timedelta(days=182))

    assert client.refresh(second).status_code == 401


def test_lifetimes_are_the_apps() -> None:
    """A test may have tokens that live a second."""
    client = Client(access_lifetime=timedelta(seconds=1), refresh_lifetime=timedelta(seconds=3))
    pair = client.log_in()

    ends = [pair["expires_in"], pair["refresh_expires_in"]]
    assert ends == ["2026-05-06T07:08:10.000Z", "2026-05-06T07:08:12.000Z"]
    client.clock.advance(1)
    assert client.ask(pair["access_token"]) == 401
    assert client.refresh(pair["refresh_token"]).status_code == 200


def test_revocation_of_a_token(client: Client) -> None:
    """One of the other kind, or unknown, changes nothing; a refresh token takes its access token along."""
    pair, other = client.log_in(), client.log_in()

    def revoke(kind: str, token: str) -> list[int]:
        response = client.revoke(token, kind)
        assert (response.status_code, response.json()["message"]) == (200, "Success")
        return [client.ask(each["access_token"]) for each in (pair, other)]

    for token in (pair["refresh_token"], "unknown"):
        assert revoke("access", token) == [200, 200]
    for token in (pair["access_token"], "unknown"):
        assert revoke("refresh", token) == [200, 200]
    for _ in range(2):
        assert revoke("access", pair["access_token"]) == [401, 200]
    pair = client.refresh(pair["refresh_token"]).json()["data"]
    assert revoke("refresh", pair["refresh_token"]) == [401, 200]
    assert client.refresh(pair["refresh_token"]).status_code == 401


def test_eleventh_login_of_a_minute_is_rejected(client: Client, validate: Validate) -> None:
    """Refused ones count too; Retry-After is when the first of the ten is a minute old."""
    client.post("token", {**LOGIN, "password": "wrong"})
    client.clock.advance(20)
    for _ in range(LOGINS_A_MINUTE - 1):
        client.log_in()

    refused = client.post("token", LOGIN)

    assert (refused.status_code, refused.headers["retry-after"]) == (429, "40")
    validate("Error", refused.json())
    client.clock.advance(39.5)
    assert client.post("token", LOGIN).headers["retry-after"] == "1"
    client.clock.advance(0.5)
    client.log_in()
    assert client.post("token", LOGIN).headers["retry-after"] == "20"


async def log_in_from(client: Client, address: str) -> httpx.Response:
    transport = httpx.ASGITransport(client.api.app, client=(address, 1))
    async with httpx.AsyncClient(transport=transport, base_url="http://fake") as http:
        return await http.post("/oauth/token", json=LOGIN)


def test_state_is_bounded(client: Client) -> None:
    """An address that is out of logins is forgotten after a thousand others, and so is the oldest pair."""
    pairs = [client.log_in() for _ in range(2)]

    async def log_in_from_everywhere() -> list[int]:
        own = [await log_in_from(client, "192.0.2.1") for _ in range(LOGINS_A_MINUTE + 1)]
        others = [await log_in_from(client, f"2001:db8::{number:x}") for number in range(989)]
        assert [client.ask(pair["access_token"]) for pair in pairs] == [401, 200]
        others += [await log_in_from(client, f"2001:db9::{number:x}") for number in range(11)]
        return [response.status_code for response in (*own, *others, await log_in_from(client, "192.0.2.1"))]

    assert asyncio.run(log_in_from_everywhere()) == [*[200] * 10, 429, *[200] * 1_000, 200]
    assert client.refresh(pairs[0]["refresh_token"]).status_code == 401


def test_account_and_tokens_are_the_apps(client: Client) -> None:
    """An app has an account and tokens of its own; a reset forgets them; refreshes are not limited."""
    own = Client(email="own@convirza.example", password="own")
    assert own.post("token", LOGIN).status_code == 401
    pair = own.post("token", {"email": "own@convirza.example", "password": "own"}).json()["data"]
    assert pair["user"]["email"] == "own@convirza.example"
    assert (own.ask(pair["access_token"]), client.ask(pair["access_token"])) == (200, 401)
    pairs = [client.log_in() for _ in range(LOGINS_A_MINUTE)]
    token = pairs[0]["refresh_token"]
    for _ in range(3 * LOGINS_A_MINUTE):
        token = client.refresh(token).json()["data"]["refresh_token"]
    client.api.reset()
    assert client.ask(pairs[1]["access_token"]) == 401
    client.log_in()


def test_other_methods_and_paths_are_rejected(client: Client) -> None:
    """POST only, and nothing below or beside the three endpoints."""
    for name in ("token", "refresh-token", "revoke-token"):
        response = client.http.get(f"/oauth/{name}")
        assert (response.status_code, response.headers["allow"]) == (405, "POST")
        assert client.post(f"{name}/", {}).status_code == 404
        assert client.http.post(f"/v3/oauth/{name}", json={}).status_code == 404


def test_malformed_record_is_of_calls_only(client: Client) -> None:
    """A scenario that changes a record leaves a login as it is."""
    response = client.http.post("/oauth/token", json=LOGIN, headers={SCENARIO_HEADER: "wrong-type"})
    assert response.json()["data"]["token_type"] == "Bearer"
