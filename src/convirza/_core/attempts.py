"""One operation of the API: attempts and delays, until it succeeds or the deadline is reached.

Written as a flow (see `convirza._core.effects`), so that it is the same for threads and for asyncio.
"""

from collections.abc import Callable, Mapping
from typing import Generic, Literal, Protocol, TypeVar
from urllib.parse import urlsplit

from attrs import field, frozen

from convirza._core.clock import Clock
from convirza._core.credentials import Auth, TokenContext
from convirza._core.drift import DriftLog
from convirza._core.effects import Failure, Flow, Reply, Request, Send, Sleep
from convirza._core.errors import APIStatusError, ConvirzaError, status_error
from convirza._core.limiter import Limiter
from convirza._core.logging import log_attempt
from convirza._core.operations import Invocation
from convirza._core.responses import Drift, RawResponse, read_failure, read_response
from convirza._core.retry import is_retryable, retry_delay

T = TypeVar("T")


class Pace(Protocol):
    """The request rate that bulk reads share. All times are of the monotonic clock."""

    def reserve(self, now: float) -> float:
        """Reserves the next free slot, after any retry delay of the API; returns the seconds until then."""
        ...

    def blocked(self, now: float) -> float:
        """The rest of the API's retry delay, in seconds."""
        ...

    def block(self, until: float) -> None:
        """Blocks requests until then: the end of a retry delay."""
        ...


@frozen
class Options:
    """The options of one operation. Times are in seconds."""

    timeout: float
    """For one attempt, from connecting to the last byte."""
    deadline: float
    """For all attempts and delays."""
    max_retries: int
    headers: Mapping[str, str] = field(repr=False)


@frozen(eq=False)
class Core:
    """What all operations of a client share."""

    base_url: str
    auth: Auth | None
    clock: Clock
    drift: Drift
    drift_log: DriftLog
    limiter: Limiter = field(factory=Limiter)

    def token_context(self, options: Options) -> TokenContext:
        """What the credentials may use of this client."""
        # Not strict, which would lose tokens that are issued once.
        drift: Literal["report", "off"] = "off" if self.drift == "off" else "report"
        return TokenContext(self.clock, options.timeout, options.max_retries, drift, self.drift_log)

    def run(
        self,
        invocation: Invocation[T],
        options: Options,
        pace: Pace | None = None,
        before: Callable[[], Flow[ConvirzaError | None]] | None = None,
    ) -> Flow[RawResponse[T] | ConvirzaError]:
        """Runs an operation. `before` runs before each attempt; an error from it ends the operation."""
        attempts = _Attempts(self, invocation, options, pace, before)
        with self.limiter.call():
            result = yield from attempts.run()
        if isinstance(result, ConvirzaError):
            if result.method is None:  # else the error is the token service's
                result.method, result.path = invocation.operation.method, invocation.operation.path
                result.attempts = attempts.sent
            result.ids = invocation.ids
            result.elapsed = self.clock.monotonic() - attempts.start
        return result


class _Attempts(Generic[T]):
    """The attempts of one operation."""

    def __init__(
        self,
        core: Core,
        invocation: Invocation[T],
        options: Options,
        pace: Pace | None,
        before: Callable[[], Flow[ConvirzaError | None]] | None,
    ) -> None:
        self.sent = 0
        self._core = core
        self._invocation = invocation
        self._url = core.base_url + invocation.request.url
        self._headers, self._content = invocation.encode()
        self._options = options
        self._pace = pace
        self._before = before
        self._may_have_acted = False
        self.start = core.clock.monotonic()
        self._end = self.start + options.deadline

    def run(self) -> Flow[RawResponse[T] | ConvirzaError]:
        """Sends requests until one succeeds, or a retry would not help or could have an effect twice."""
        core, clock, auth, pace = self._core, self._core.clock, self._core.auth, self._pace
        if not self._invocation.operation.needs_token:
            auth = None
        most = self._options.max_retries
        retries = 0
        refused: str | None = None
        result: RawResponse[T] | ConvirzaError | None = None
        while True:
            token = None
            if auth is not None:
                token = yield from auth.acquire(core.token_context(self._options), self._end, refused)
            if isinstance(token, ConvirzaError):
                return token
            if not (yield from self._await_turn()):
                blocked = pace.blocked(clock.monotonic()) if pace is not None else None
                return result or status_error(429, blocked or None)
            if self._before is not None and (error := (yield from self._before())) is not None:
                return error
            result = yield from self._send(token)
            if isinstance(result, RawResponse):
                return result
            renewable = auth is not None and token is not None and auth.renewable
            if result.status_code == 401 and renewable and refused is None:
                # The token may be revoked: retry once with a new one. A request with a 401 had no effect.
                refused = token
                continue
            if not is_retryable(result) or (self._may_have_acted and not self._invocation.repeatable):
                return result
            now = clock.monotonic()
            retry_after = result.retry_after if isinstance(result, APIStatusError) else None
            pause = retry_delay(retries + 1, retry_after)
            fits = now + pause < self._end
            if retry_after is not None and pace is not None:
                pace.block(now + retry_after)
            if retries >= most or not fits:
                return result
            # Bulk reads share the rate that the limiter searches for, so the deadline limits their 429s, not
            # the number of retries.
            if pace is None or result.status_code != 429:
                retries += 1
            yield Sleep(pause)

    def _await_turn(self) -> Flow[bool]:
        """Waits for the turn of this request. Returns False if that exceeds the deadline."""
        clock, pace = self._core.clock, self._pace
        if pace is None:
            return (yield from self._keep_to_limit())
        if clock.monotonic() + pace.blocked(clock.monotonic()) >= self._end:
            return False
        if not (yield from self._keep_to_limit()):
            return False
        while True:
            now = clock.monotonic()
            blocked = pace.blocked(now)
            if now + blocked >= self._end or not (yield from self._pass(pace.reserve(now), blocked)):
                return False
            if not pace.blocked(clock.monotonic()):
                return True

    def _keep_to_limit(self) -> Flow[bool]:
        clock, limiter = self._core.clock, self._core.limiter
        if self._pace is None and limiter.idle:
            return True  # without concurrency, the backoff of the one request is enough
        number = limiter.enter(clock.monotonic())
        entered = False
        try:
            while (pause := limiter.wait(number, clock.monotonic())) > 0:
                if not (yield from self._pass(pause, 0.0)):
                    return False
            entered = True
        finally:
            if not entered:
                limiter.leave()
        return True

    def _pass(self, pause: float, blocked: float) -> Flow[bool]:
        """Sleeps. In a bulk read, the deadline of an id starts when its first request may be sent."""
        if self._pace is not None and not self.sent:
            self.start += pause - blocked
            self._end += pause - blocked
        elif self._core.clock.monotonic() + pause >= self._end:
            return False
        if pause > 0:
            yield Sleep(pause)
        return True

    def _send(self, token: str | None) -> Flow[RawResponse[T] | ConvirzaError]:
        core, options = self._core, self._options
        begun = core.clock.monotonic()
        seconds = min(options.timeout, self._end - begun)
        if seconds <= 0:
            return self._no_response(Failure("timeout"), begun)
        self.sent += 1
        headers = {**options.headers, **self._headers}
        if token is not None:
            headers["authorization"] = f"Bearer {token}"
        operation = self._invocation.operation
        request = Request(operation.method, self._url, operation.path, headers, self._content)
        outcome: Reply | Failure = yield Send(request, seconds)
        now = core.clock.monotonic()
        self._may_have_acted = not isinstance(outcome, Failure) or outcome.sent
        if isinstance(outcome, Failure):
            log_attempt(request, outcome.kind, self.sent, now - begun, None)
            return self._no_response(outcome, now)
        result, deviations = read_response(
            outcome,
            self._invocation,
            request=request,
            drift=core.drift,
            now=core.clock.time(),
            attempts=self.sent,
            elapsed=now - self.start,
        )
        wait = result.retry_after if isinstance(result, APIStatusError) and is_retryable(result) else None
        if outcome.status_code == 429 or wait is not None:
            core.limiter.note_throttled(begun, now, wait)
        else:
            core.limiter.note_good(now)
        log_attempt(request, outcome.status_code, self.sent, now - begun, result.request_id)
        if deviations:
            core.drift_log.report(deviations)
        return result

    def _no_response(self, failure: Failure, now: float) -> ConvirzaError:
        options = self._options
        which, seconds = ("deadline", options.deadline) if now >= self._end else ("timeout", options.timeout)
        host = urlsplit(self._core.base_url).hostname or "the API"
        return read_failure(failure, host=host, limit=f"{which} of {seconds:g} s")
