# Generated from src/convirza/_resources/async_calls.py by scripts/generate_sync.py: do not edit.
# To change it, edit that file and run: tox run -e generate
"""`Convirza.calls`."""

from collections.abc import Generator, Mapping
from datetime import UTC, datetime, tzinfo
from pathlib import Path
from typing import Final, Unpack

from convirza._core.attempts import Core, Options
from convirza._core.bulk import Outcome
from convirza._core.responses import RawResponse
from convirza._core.tracebacks import clear_traceback_locals
from convirza._core.transport import Sender
from convirza._core.validation import check_count, check_id, check_include
from convirza._core.windows import Moment, Window, parse_period, query_hash, read_resume
from convirza._generated import Call
from convirza._resources.call_arguments import Ids, Include, override
from convirza._resources.call_filters import LARGEST_PAGE, CallFilters, check_filters, list_calls_page
from convirza._resources.call_list_parts import ListQuery, WindowRead
from convirza._resources.call_records import get_call_by_id
from convirza._resources.list_pages import ListPage
from convirza._resources.many import MAX_FAILURES, Many
from convirza._resources.many_calls import read_calls
from convirza._resources.recordings import Downloads, PathLike, RecordingOutcome, download_options, fetch
from convirza._resources.sync_call_list import CallList

_CONCURRENCY: Final = 20
_DOWNLOADS: Final = 4


class Calls:
    """Operations on calls."""

    def __init__(self, core: Core, sender: Sender, defaults: Options) -> None:
        """Created by `Convirza`."""
        self._core = core
        self._sender = sender
        self._defaults = defaults
        self.with_raw_response: CallsWithRawResponse = CallsWithRawResponse(core, sender, defaults)

    def __repr__(self) -> str:
        return "Calls(...)"

    @clear_traceback_locals
    def get(
        self,
        call_id: int,
        *,
        include: Include = (),
        timeout: float | None = None,
        deadline: float | None = None,
        headers: Mapping[str, str] | None = None,
        max_retries: int | None = None,
    ) -> Call:
        """Gets one call.

        `include` names modules, the optional parts of a record; by default none is requested. `timeout` is in
        seconds for one attempt, `deadline` in seconds for all attempts and delays, `max_retries` the number
        of retries after the first attempt; each defaults to the setting of the client. `headers` are added to
        those of the client.

        Raises ValueError for an invalid argument, and otherwise only a `ConvirzaError`: `NotFoundError` and
        other kinds of `APIStatusError`, `TransportError`, `ResponseError`, `DriftError`.
        """
        response = self.with_raw_response.get(
            call_id,
            include=include,
            timeout=timeout,
            deadline=deadline,
            headers=headers,
            max_retries=max_retries,
        )
        return response.parsed

    @clear_traceback_locals
    def get_many(
        self,
        ids: Ids,
        *,
        include: Include = (),
        concurrency: int = _CONCURRENCY,
        ordered: bool = False,
        rate: float | None = None,
        max_failures: int | None = MAX_FAILURES,
        timeout: float | None = None,
        deadline: float | None = None,
        headers: Mapping[str, str] | None = None,
        max_retries: int | None = None,
    ) -> Generator[Outcome]:
        """Gets many calls, up to `concurrency` at a time, and yields an `Outcome` for each id.

        Outcomes are yielded as they complete, or with `ordered` in the order of the ids. `ids` may be
        endless: it is read as outcomes are consumed, at most twice `concurrency` ahead.
        `rate` is the maximum number of requests a second, for all ids together. After a 429, all requests of
        the client slow down to what the API accepts; a 429 is retried until the deadline, unless
        `max_retries` is 0. The other arguments are as for `get`; the deadline is for each id.

        After `max_failures` failures in a row that are not due to an id (no response, 429, 5xx, 401), the
        read raises a ConvirzaError with the number of ids read; None never stops the read.

        Breaking out of the loop cancels pending work.
        It waits at most a second for requests that were sent already.

        Raises ValueError for an invalid argument; the error of an invalid id is in its outcome.
        """
        modules = check_include(include)
        options = override(self._defaults, timeout, deadline, headers, max_retries)
        many = Many[Outcome](concurrency=concurrency, ordered=ordered, rate=rate, max_failures=max_failures)
        read = read_calls(self._core, modules, options, many.pace)
        return many.run(self._sender, self._core.clock, ids, read)

    def list(
        self,
        start: Moment,
        end: Moment | None = None,
        *,
        tz: tzinfo | str | None = None,
        include: Include = (),
        max_items: int | None = None,
        page_size: int = LARGEST_PAGE,
        resume: str | None = None,
        concurrency: int = 1,
        rate: float | None = None,
        timeout: float | None = None,
        deadline: float | None = None,
        headers: Mapping[str, str] | None = None,
        max_retries: int | None = None,
        **filters: Unpack[CallFilters],
    ) -> CallList:
        """Lists the calls of a period of any length, complete and each once.

        `start` is included, `end` is not; it defaults to now. Both are aware datetimes, ISO strings with an
        offset, or dates, which are midnight in `tz`: a name such as "Europe/Berlin", or a tzinfo; by default
        UTC. The period is read in windows of at most 30 days, oldest first. `filters` select calls, see
        `CallFilters`; `include` names modules. `max_items` ends the list early. `page_size` is the number of
        calls in a request, at most 200. `rate` is the maximum number of requests a second. The other
        arguments are as for `get`; the deadline is for each page.

        `resume` is the token of a page of an earlier list with the same arguments: it continues after the
        last complete window.

        With a `concurrency` above 1, that many windows are read at a time and yielded in order, each when it
        is complete. This needs memory for that many windows, whatever the length of the period. Breaking
        out of the loop cancels pending work.

        Raises ValueError for an invalid argument, TypeError for an unknown filter. Nothing is requested
        before the list is iterated.
        """
        checked = check_filters(filters)
        modules = check_include(include)
        now = datetime.fromtimestamp(self._core.clock.time(), UTC)
        period = parse_period(start, end, tz, now)
        query = query_hash(period.start, {**checked, "include": sorted(modules)})
        left: Window | None = period
        if resume is not None:
            left = read_resume(resume, query, period, open_end=end is None)
        many = Many[WindowRead](concurrency=concurrency, ordered=True, rate=rate, max_failures=None, ahead=1)
        arguments = ListQuery(
            options=override(self._defaults, timeout, deadline, headers, max_retries),
            many=many,
            filters=checked,
            include=modules,
            page_size=check_count("page_size", page_size, 1, LARGEST_PAGE),
            max_items=None if max_items is None else check_count("max_items", max_items, 0, 2**63 - 1),
            hash=query,
            end=period.end if left is None else left.end,
            windows=() if left is None else tuple(left.split()),
        )
        return CallList(self._core, self._sender, arguments)

    @clear_traceback_locals
    def list_page(
        self,
        *,
        start: datetime | None = None,
        end: datetime | None = None,
        limit: int = LARGEST_PAGE,
        offset: int = 0,
        call_id: int | None = None,
        include: Include = (),
        timeout: float | None = None,
        deadline: float | None = None,
        headers: Mapping[str, str] | None = None,
        max_retries: int | None = None,
        **filters: Unpack[CallFilters],
    ) -> ListPage[Call]:
        """Gets one page of calls. `list` gets all pages, and proves that none is missing.

        `start` and `end` are aware datetimes, at most 31 days apart; by default the last 7 days. `limit` is
        the size of the page, at most 200, `offset` the number of calls before it. With `call_id`, the page
        has that call alone. The other arguments are as for `list` and `get`.

        Raises what `get` raises, and TypeError for an unknown filter.
        """
        options = override(self._defaults, timeout, deadline, headers, max_retries)
        invocation = list_calls_page(start, end, limit, offset, check_filters(filters), include, call_id)
        response = self._sender.run_or_raise(self._core.run(invocation, options), self._core.clock)
        return response.parsed

    @clear_traceback_locals
    def download_recording(
        self,
        call_id: int | Call,
        path: PathLike,
        *,
        timeout: float | None = None,
        deadline: float | None = None,
        headers: Mapping[str, str] | None = None,
        max_retries: int | None = None,
    ) -> Path:
        """Downloads the recording of a call, and returns the path of the file.

        `path` is a file, which is replaced, or an existing folder. There the name is
        `<call_id>-<recording_id>.<ext>`, with the extension for what the file really is.
        With a `Call` that has its recording, the call is fetched again only if the URL has expired.
        The file appears when it is complete. An interrupted download is resumed, if the server allows it.

        `timeout` is in seconds without any data; `deadline`, for all attempts and delays of the download,
        is at least 600 by default. `headers` are sent to the API only, and so is the token.

        Raises NoRecordingError if the call has none, ResponseError for anything but audio, OSError if the
        file cannot be written, and what `get` raises.
        """
        options = download_options(self._defaults, timeout, deadline, headers, max_retries)
        flow = fetch(self._core, call_id, Path(path), options)
        return self._sender.run_or_raise(flow, self._core.clock)

    @clear_traceback_locals
    def download_recordings(
        self,
        calls: Ids,
        folder: PathLike,
        *,
        concurrency: int = _DOWNLOADS,
        ordered: bool = False,
        rate: float | None = None,
        max_failures: int | None = MAX_FAILURES,
        timeout: float | None = None,
        deadline: float | None = None,
        headers: Mapping[str, str] | None = None,
        max_retries: int | None = None,
    ) -> Generator[RecordingOutcome]:
        """Downloads the recordings of many calls into a folder, and yields a `RecordingOutcome` for each.

        `calls` are ids or `Call` objects. A call whose file is in the folder is not requested: only
        complete files have such a name. The folder is created if it does not exist. A full disk raises
        OSError, which ends the run; complete files are kept, and the next run continues.

        The other arguments are as for `get_many` and `download_recording`. `rate` limits the requests to the
        API, not the downloads.
        """
        options = download_options(self._defaults, timeout, deadline, headers, max_retries)
        many = Many[RecordingOutcome](
            concurrency=concurrency, ordered=ordered, rate=rate, max_failures=max_failures
        )
        downloads = Downloads(self._core, folder, options, many.pace)
        return many.run(self._sender, self._core.clock, calls, downloads.download)


class CallsWithRawResponse:
    """The same operations, which return a `RawResponse` instead of a record."""

    def __init__(self, core: Core, sender: Sender, defaults: Options) -> None:
        """Created by `Calls`."""
        self._core = core
        self._sender = sender
        self._defaults = defaults

    def __repr__(self) -> str:
        return "CallsWithRawResponse(...)"

    @clear_traceback_locals
    def get(
        self,
        call_id: int,
        *,
        include: Include = (),
        timeout: float | None = None,
        deadline: float | None = None,
        headers: Mapping[str, str] | None = None,
        max_retries: int | None = None,
    ) -> RawResponse[Call]:
        """Gets one call, as a `RawResponse`; raises what `calls.get` raises."""
        options = override(self._defaults, timeout, deadline, headers, max_retries)
        flow = self._core.run(get_call_by_id(check_id(call_id), check_include(include)), options)
        return self._sender.run_or_raise(flow, self._core.clock)
