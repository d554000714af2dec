"""The token service: a login leads to tokens that work, are renewed once, and can be revoked."""

from typing import Any

import pytest

from support.contract import OPERATIONS
from support.server.facts import TARGET
from support.server.suite import Suite

pytestmark = [
    pytest.mark.not_live,
    pytest.mark.skipif("log_in" not in OPERATIONS, reason="no such operation"),
]
needs_account = pytest.mark.skipif(not TARGET.email, reason="CONVIRZA_CONTRACT_EMAIL is not set")


def log_in(suite: Suite) -> dict[str, Any]:
    """A pair of tokens."""
    response = suite.send(OPERATIONS["log_in"])
    assert response.status_code == 200
    pair: dict[str, Any] = response.json()["data"]
    return pair


def refresh(suite: Suite, token: str) -> Any:
    """The response to a refresh token."""
    return suite.post(OPERATIONS["refresh_tokens"], {"refresh_token": token})


def revoke(suite: Suite, token: str, kind: str) -> int:
    """The status of a revocation."""
    return suite.post(OPERATIONS["revoke_token"], {"token": token, "token_type": kind}).status_code


def use(suite: Suite, token: str) -> set[int]:
    """The statuses of the operations that need a token, all of those without parameters in the path."""
    operations = [each for each in OPERATIONS.values() if each.is_live and "{" not in each.template]
    return {suite.send(each, f"Bearer {token}").status_code for each in operations}


@needs_account
def test_tokens_of_a_login_are_rotated(suite: Suite) -> None:
    """A refresh issues a new pair; the old refresh token and the old access token are refused."""
    old = log_in(suite)
    assert use(suite, old["access_token"]) == {200}
    assert use(suite, old["refresh_token"]) == {401}
    new = refresh(suite, old["refresh_token"]).json()["data"]
    assert {new["access_token"], new["refresh_token"]}.isdisjoint({old["access_token"], old["refresh_token"]})
    assert use(suite, old["access_token"]) == {401}
    assert use(suite, new["access_token"]) == {200}
    assert refresh(suite, old["refresh_token"]).status_code == 401
    assert refresh(suite, new["access_token"]).status_code == 401


@needs_account
def test_revoked_token_is_rejected(suite: Suite) -> None:
    """A revoked token is refused, and revoking it again succeeds; other logins keep theirs."""
    pair, other = log_in(suite), log_in(suite)
    assert [revoke(suite, pair["access_token"], "access") for _ in range(2)] == [200, 200]
    assert use(suite, pair["access_token"]) == {401}
    assert revoke(suite, pair["refresh_token"], "refresh") == 200
    assert refresh(suite, pair["refresh_token"]).status_code == 401
    assert use(suite, other["access_token"]) == {200}
    assert refresh(suite, other["refresh_token"]).status_code == 200


@needs_account
def test_wrong_credentials_are_rejected(suite: Suite) -> None:
    """Another password, or another account, is a 401 that repeats neither."""
    right = {"email": TARGET.email or "", "password": TARGET.password or ""}
    wrong = [
        right | {"password": right["password"] + "x"},
        right | {"password": right["password"][:-1]},
        right | {"password": right["password"].swapcase()},
        right | {"email": f"x{right['email']}"},
    ]
    for body in wrong:
        assert suite.post(OPERATIONS["log_in"], body).status_code == 401


def test_unknown_tokens(suite: Suite) -> None:
    """A refresh token that was never issued is a 401; revoking one succeeds."""
    assert refresh(suite, "never-issued-refresh-token").status_code == 401
    for kind in ("access", "refresh"):
        assert revoke(suite, "never-issued-token", kind) == 200
