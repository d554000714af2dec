"""The V3 authentication service: login, refresh and revocation of tokens.

The public docs describe a separate service (https://platform-oauth.convirza.com); the fake serves it beside
`/v3`. Behaviour that they do not specify is marked *inferred*.
"""

import json
import math
import secrets
import threading
from collections import OrderedDict, deque
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final, cast

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from convirza.fake.envelope import Envelopes
from convirza.fake.timestamps import timestamp

DEFAULT_EMAIL: Final = "agent@convirza.example"
DEFAULT_PASSWORD: Final = "fake-convirza-password"

ACCESS_LIFETIME: Final = timedelta(days=7)
"""The lifetime of an access token after its last use (public docs)."""
REFRESH_LIFETIME: Final = timedelta(days=182)
"""The lifetime of a refresh token: six months (public docs), here in days."""

LOGINS_A_MINUTE: Final = 10
"""Logins a minute from one address (public docs)."""

_MINUTE: Final = timedelta(minutes=1)
# The state is bounded: beyond these limits the oldest entries are removed.
_MOST_PAIRS: Final = 1_000
_MOST_ADDRESSES: Final = 1_000


@dataclass
class _Pair:
    access_token: str
    refresh_token: str
    access_ends: datetime
    refresh_ends: datetime


class OAuth:
    """The tokens of one app, in memory, and the three token endpoints."""

    def __init__(
        self,
        envelopes: Envelopes,
        *,
        email: str = DEFAULT_EMAIL,
        password: str = DEFAULT_PASSWORD,
        access_lifetime: timedelta = ACCESS_LIFETIME,
        refresh_lifetime: timedelta = REFRESH_LIFETIME,
    ) -> None:
        """`email` and `password` are those of the only account."""
        self._envelopes = envelopes
        self._email = email
        self._password = password
        self._access_lifetime = access_lifetime
        self._refresh_lifetime = refresh_lifetime
        self._lock = threading.Lock()
        self._by_access: dict[str, _Pair] = {}
        self._by_refresh: dict[str, _Pair] = {}
        self._logins: OrderedDict[str, deque[datetime]] = OrderedDict()

    def accepts(self, token: str) -> bool:
        """Whether it is a valid access token; each use extends its lifetime (public docs)."""
        now = self._envelopes.now()
        with self._lock:
            pair = self._by_access.get(token)
            if pair is None or pair.access_ends <= now:
                return False
            pair.access_ends = now + self._access_lifetime
            return True

    def reset(self) -> None:
        """Removes all tokens and logins."""
        with self._lock:
            self._by_access.clear()
            self._by_refresh.clear()
            self._logins.clear()

    async def log_in(self, request: Request) -> Response:
        """A pair of tokens for email and password."""
        self._count_login(request.client.host if request.client else "")
        given = await _members(request, ("email", "password"))
        if (given["email"], given["password"]) != (self._email, self._password):
            raise HTTPException(401, "Invalid email or password.")
        return self._respond(self._issue())

    async def refresh_tokens(self, request: Request) -> Response:
        """A pair of tokens for a refresh token."""
        given = await _members(request, ("refresh_token",))
        now = self._envelopes.now()
        with self._lock:
            # Single use: the refresh token is removed in any case (public docs), and so is its access
            # token (inferred from "both tokens are rotated").
            pair = self._forget(self._by_refresh.get(given["refresh_token"]))
        if pair is None or pair.refresh_ends <= now:
            raise HTTPException(401, "Invalid or expired refresh token.")
        return self._respond(self._issue())

    async def revoke_token(self, request: Request) -> Response:
        """Removes a token."""
        # Inferred: the name of the member `token`. `token_type` and its values are from the public docs.
        given = await _members(request, ("token", "token_type"))
        if given["token_type"] not in ("access", "refresh"):
            raise HTTPException(400, "Invalid token_type: access or refresh is expected.")
        with self._lock:
            if given["token_type"] == "refresh":
                # Inferred: this revokes the access token too.
                self._forget(self._by_refresh.get(given["token"]))
            elif pair := self._by_access.pop(given["token"], None):
                # Inferred: the refresh token stays valid.
                pair.access_token = ""
        # Idempotent: the response is the same for unknown and for revoked tokens.
        return self._envelopes.respond(200, "Success")

    def _respond(self, pair: _Pair) -> Response:
        # Inferred, because no page shows a body: the envelope of the calls API, with the pair as `data`.
        # From the public docs: the members, and that times are absolute.
        data = {
            "access_token": pair.access_token,
            "refresh_token": pair.refresh_token,
            "frontend_token": secrets.token_hex(16),
            "token_type": "Bearer",
            "expires_in": timestamp(pair.access_ends),
            "refresh_expires_in": timestamp(pair.refresh_ends),
            "user": {"user_id": 1001, "email": self._email, "role_id": 3, "org_unit_id": 1200},
        }
        return self._envelopes.respond(200, "Success", data=data)

    def _issue(self) -> _Pair:
        now = self._envelopes.now()
        pair = _Pair(
            f"fake-access-{secrets.token_urlsafe(24)}",
            f"fake-refresh-{secrets.token_urlsafe(24)}",
            now + self._access_lifetime,
            now + self._refresh_lifetime,
        )
        with self._lock:
            self._by_access[pair.access_token] = pair
            self._by_refresh[pair.refresh_token] = pair
            while len(self._by_refresh) > _MOST_PAIRS:
                self._forget(next(iter(self._by_refresh.values())))
        return pair

    def _forget(self, pair: _Pair | None) -> _Pair | None:
        if pair is not None:
            self._by_access.pop(pair.access_token, None)
            self._by_refresh.pop(pair.refresh_token, None)
        return pair

    def _count_login(self, address: str) -> None:
        now = self._envelopes.now()
        with self._lock:
            logins = self._logins.setdefault(address, deque())
            self._logins.move_to_end(address)
            if len(self._logins) > _MOST_ADDRESSES:
                self._logins.popitem(last=False)
            while logins and logins[0] + _MINUTE <= now:
                logins.popleft()
            if len(logins) < LOGINS_A_MINUTE:
                logins.append(now)
                return
            seconds = math.ceil((logins[0] + _MINUTE - now).total_seconds())
        # Inferred: the public docs have the limit but no response; a refused login does not count.
        raise HTTPException(429, "Too many logins.", {"Retry-After": str(seconds)})


async def _members(request: Request, names: Sequence[str]) -> dict[str, str]:
    """The members of the body, all non-empty strings; raises a 400 otherwise."""
    if request.headers.get("content-type", "").partition(";")[0].strip().lower() != "application/json":
        raise HTTPException(400, "Invalid body: application/json is expected.")
    try:
        body = json.loads(await request.body())
    except (ValueError, RecursionError):
        raise HTTPException(400, "Invalid body: JSON is expected.") from None
    if not isinstance(body, dict):
        raise HTTPException(400, "Invalid body: a JSON object is expected.")
    members = cast("dict[str, Any]", body)
    for name in names:
        if not isinstance(members.get(name), str) or not members[name]:
            raise HTTPException(400, f"Invalid body: {name} is expected, a non-empty string.")
    return {name: members[name] for name in names}
