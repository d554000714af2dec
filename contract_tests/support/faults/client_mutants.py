"""Mutants of the generated client: one wrong thing each, as a replacement in one file.

`tox run -e faults` (scripts/report/faults.py) applies each to a copy of generated/convirza_client and runs
contract_tests/client on it. Equivalent mutants are not listed: see the end of the file. Not mutmut, which changes
operators and constants one by one: these are the faults of generators and templates, such as a lost option.
"""

from typing import NamedTuple


class Mutant(NamedTuple):
    """A replacement of the `nth` (from 1) occurrence of `old` in `file`, a path in the package."""

    name: str
    file: str
    old: str
    new: str
    nth: int = 1


_CALL, _TAG, _SOURCES = "models/call.py", "models/tag.py", "models/custom_sources.py"
_AGENT, _ENUM, _ERROR = "models/voice_agent_data.py", "models/call_disposition.py", "models/error.py"
_GET, _CLIENT, _TYPES, _ERRORS = "api/calls/get_call.py", "client.py", "types.py", "errors.py"

MUTANTS = [
    # the request
    Mutant("wrong path", _GET, "/conversations/calls/{id}", "/conversations/call/{id}"),
    Mutant("path not quoted", _GET, 'types.to_path(id, "id")', "str(id)"),
    Mutant("slash not quoted", _TYPES, 'return quote(text, safe="")', 'return quote(text, safe="/")'),
    Mutant("wrong method", _GET, 'method="GET"', 'method="POST"'),
    Mutant("include renamed", _GET, '"include": include,', '"includes": include,'),
    Mutant("include not sent", _GET, '"include": include,', ""),
    Mutant("include lost by sync_detailed", _GET, "include=include,\n    )\n\n    response = client", ")\n\n    response = client"),
    Mutant(
        "include lost by asyncio_detailed",
        _GET,
        "include=include,\n    )\n\n    response = await",
        ")\n\n    response = await",
    ),
    Mutant("include exploded", _TYPES, "(value if _is_list(value) else [value])", "[value]"),
    Mutant("commas encoded", _TYPES, '",".join', '"%2C".join'),
    Mutant("other offsets written", _TYPES, "value.astimezone(datetime.UTC)", "value"),
    Mutant("naive datetimes written", _TYPES, "if value.utcoffset() is None:", "if False:"),
    Mutant("True for true", _TYPES, "str(item).lower() if isinstance(item, bool) else str(item)", "str(item)"),
    Mutant("query lost to the client's", _CLIENT, "if inner.params and query:", "if False:"),
    Mutant("include separated by semicolons", _TYPES, '",".join', '";".join'),
    Mutant("include sorted", _TYPES, "(value if _is_list(value) else", "(sorted(value) if _is_list(value) else"),
    Mutant("empty include sent", _TYPES, "if text or params[name] ==", "if text or params[name] !="),
    Mutant("Bearer missing", _CLIENT, 'f"{self.prefix} {self.token}"', "self.token"),
    Mutant("another scheme", _CLIENT, 'prefix: str = "Bearer"', 'prefix: str = "Token"'),
    Mutant("token sent twice", _CLIENT, "{self.auth_header_name:", '{"X-Token": self.token, self.auth_header_name:'),
    Mutant("new token not sent", _CLIENT, "_client.headers.update(self._credentials())", "_client.headers"),
    Mutant("new token not sent, async", _CLIENT, "_client.headers.update(self._credentials())", "_client.headers", 2),
    Mutant("a set client gets no token", _CLIENT, "{**own, ", "{"),
    Mutant("a set client's own header is replaced", _CLIENT, "if name not in inner.headers", ""),
    Mutant("a set client gets no base URL", _CLIENT, "if not inner.base_url.host and", "if False and"),
    Mutant("other codings requested", _CLIENT, '"Accept-Encoding": "gzip", ', ""),
    Mutant("another origin gets secrets", _CLIENT, "if not _may_have_secrets(request.url, first):", "if False:"),
    Mutant("another origin gets secrets, async", _CLIENT, "if not _may_have_secrets(request.url, first):", "if False:", 2),
    Mutant("another origin gets httpx's auth", _CLIENT, "auth = None\n", "pass\n"),
    Mutant("the path is an origin", _CLIENT, "return here == there or", "return"),
    Mutant("https gets no token", _CLIENT, "return here == there or (", "return here == there or not ("),
    Mutant("inflated without a limit", _CLIENT, "if len(self._content) > self._limit:", "if False:"),
    Mutant("half a gzip taken", _CLIENT, "and not self._gzip.eof", "and False"),
    Mutant("idna's exceptions escape", _CLIENT, "UnicodeError, OverflowError, ExceptionGroup", "OverflowError"),
    Mutant("cookies not sent", _CLIENT, "                cookies=self._cookies,\n", ""),
    Mutant("timeout not passed on", _CLIENT, "timeout=self._timeout", "timeout=None"),
    # the status
    Mutant("200 not read", _GET, "status_code == 200", "status_code == 201"),
    Mutant("every 2xx read as 200", _GET, "response.status_code == 200", "200 <= response.status_code < 300"),
    *(
        Mutant(f"{status} not read", _GET, f"status_code == {status}", "status_code == 418")
        for status in (400, 401, 403, 404, 500)
    ),
    Mutant("statuses shifted", _GET, "status_code == 401", "status_code == 402"),
    Mutant(
        "404 read as a call",
        _GET,
        "404:\n        return parse_json(response, Error.",
        "404:\n        return parse_json(response, CallResponse.",
    ),
    Mutant("status always 200", _GET, "status_code=response.status_code,", "status_code=200,"),
    Mutant("odd statuses refused", _GET, "status_code=response.status_code,", "status_code=HTTPStatus(response.status_code),"),
    Mutant("unexpected statuses always raised", _GET, "if client.raise_on_unexpected_status:", "if True:"),
    Mutant("unexpected statuses never raised", _GET, "if client.raise_on_unexpected_status:", "if False:"),
    # the body
    Mutant("any media type read", _CLIENT, 'if media_type != "application/json" and', "if False and"),
    Mutant("media type with parameters refused", _CLIENT, '.partition(";")[0]', ""),
    Mutant("media type in capitals refused", _CLIENT, ".strip().lower()", ".strip()", 2),
    Mutant("coding in capitals not inflated", _CLIENT, ".strip().lower()", ".strip()"),
    Mutant("NaN read", _CLIENT, ", parse_constant=_not_a_constant", ""),
    Mutant("RecursionError escapes", _CLIENT, "(ValueError, RecursionError)", "ValueError"),
    Mutant("JSONDecodeError escapes", _CLIENT, "(ValueError, RecursionError)", "RecursionError"),
    Mutant("ParseError has no status", _CLIENT, "except errors.ParseError as error:", "except errors.Timeout as error:"),
    Mutant("httpx's exceptions escape", _CLIENT, "= (httpx.HTTPError, ", "= ("),
    Mutant("InvalidURL escapes", _CLIENT, "HTTPError, httpx.InvalidURL, Uni", "HTTPError, Uni"),
    Mutant("a timeout is like any failure", _CLIENT, "errors.Timeout if isinstance", "errors.TransportError if isinstance"),
    # values
    Mutant("zone of a timestamp lost", _TYPES, "_read_datetime(value.upper())", "_read_datetime(value.upper()[:19])"),
    Mutant("time taken as local", _TYPES, "_read_datetime(value.upper())", '_read_datetime(value.upper().replace("Z", "+01:00"))'),
    Mutant("milliseconds not written", _TYPES, 'else "milliseconds"', 'else "seconds"'),
    Mutant("microseconds cut", _TYPES, '"microseconds" if value.microsecond % 1000 else', '"milliseconds" or'),
    Mutant("Z not written", _TYPES, '.replace("+00:00", "Z")', ""),
    Mutant("timestamp without a zone taken", _TYPES, "([Zz]|", "([Zz]?|"),
    Mutant("timestamp with a tail taken", _TYPES, "_DATE_TIME.fullmatch", "_DATE_TIME.match"),
    Mutant("seventh digit cut", _TYPES, "{1,6}", "{1,9}"),
    Mutant("small t and z refused", _TYPES, "[Tt]", "T"),
    Mutant("other dates taken", _TYPES, "isinstance(value, str) and _DATE.fullmatch(value)", "isinstance(value, str)"),
    Mutant("no UUID taken", _TYPES, "_UUID.fullmatch", "_UUID.match"),
    Mutant("a boolean is an integer", _TYPES, "isinstance(value, int) and not isinstance(value, bool)", "isinstance(value, int)"),
    Mutant("a boolean is a number", _TYPES, "int | float) and not isinstance(value, bool)", "int | float)"),
    Mutant("61.0 refused", _TYPES, "isinstance(value, float) and value.is_integer()", "False"),
    Mutant("7.5 cut", _TYPES, "isinstance(value, float) and value.is_integer()", "isinstance(value, float)"),
    Mutant("anything is a string", _TYPES, '    raise _misfit("a string", value)', "    return str(value)"),
    Mutant("anything is a boolean", _TYPES, '    raise _misfit("a boolean", value)', "    return bool(value)"),
    Mutant("null is UNSET", _CALL, 'type(v := members["ring_to"]) is str or v is None', 'type(v := members["ring_to"]) is str'),
    Mutant("misfit lost", _TYPES, "        model.additional_properties[name] = value\n", ""),
    Mutant("booleans are integers in line", _CALL, 'type(v := members["duration"]) is int', 'isinstance(v := members["duration"], int)'),
    Mutant("week dates are date-times", _TYPES, 'value[7] == "-" and ', ""),
    Mutant("times without colons are date-times", _TYPES, ' and value[19] == "."', ""),
    Mutant("unlisted members lost", _TYPES, "{**additional, **known}", "known"),
    Mutant("kept value wins over the attribute", _TYPES, "{**additional, **known}", "{**known, **additional}"),
    Mutant("UNSET written", _TYPES, "members.items() if value is not UNSET}", "members.items()}"),
    Mutant("an error forgets its path", _ERRORS, 'f"{name}.{self.path}" if self.path else name', "name"),
    Mutant("unlisted values refused", _ENUM, "        if not isinstance(value, str):\n            return None\n", "        return None\n"),
    Mutant("unlisted values replaced", _ENUM, "member = str.__new__(cls, value)", "return cls.ANSWERED"),
    Mutant("unlisted values of any type", _ENUM, "if not isinstance(value, str):", "if False:"),
    Mutant("members of a tag forgotten", _TAG, "        new.additional_properties = extra\n", "        new.additional_properties = {}\n"),
    # members
    Mutant("a text for a number in line", _CALL, 'type(v := members["campaign_id"]) is int', 'type(v := members["campaign_id"]) in (int, str)'),
    Mutant("two members swapped", _CALL, 'members["caller_id"]', 'members["ring_to"]'),
    Mutant("a member not read", _CALL, 'members["ring_to"]', "UNSET"),
    Mutant("a member not written", _CALL, '                "ring_to": self.ring_to,\n', ""),
    Mutant("a member read as a string", _CALL, '"duration", v, types.parse_int', '"duration", v, types.parse_str'),
    Mutant("a member read as anything", _CALL, '"repeat_call", v, types.parse_bool', '"repeat_call", v, types.parse_any'),
    Mutant("tags read as comments", _CALL, 'optional_list(new, "tags", v, models.Tag.from_dict)', 'optional_list(new, "tags", v, models.Comment.from_dict)'),
    Mutant("place 5 read from place 4", _SOURCES, 'members["custom_source_type_5"]', 'members["custom_source_type_4"]'),
    Mutant("a date read as a string", _AGENT, "types.parse_date", "types.parse_str"),
    Mutant("call_id optional", _CALL, 'types.required("call_id", ', 'types.optional(new, "call_id", '),
    Mutant("request_id of an error lost", _ERROR, '                "request_id": self.request_id,\n', ""),
    # secrets, copies, defaults
    Mutant("token in repr", _CLIENT, "field(repr=False, validator=_check_token)", "field(validator=_check_token)"),
    Mutant("headers in repr", _CLIENT, 'alias="headers", repr=False', 'alias="headers"'),
    Mutant("cookies in repr", _CLIENT, 'alias="cookies", repr=False', 'alias="cookies"'),
    Mutant("httpx_args in repr", _CLIENT, 'alias="httpx_args", repr=False', 'alias="httpx_args"'),
    Mutant("password of the base URL in repr", _CLIENT, 'alias="base_url", repr=_without_secrets', 'alias="base_url"'),
    Mutant("any token accepted", _CLIENT, "field(repr=False, validator=_check_token)", "field(repr=False)"),
    Mutant("refused token shown", _CLIENT, '"token: only', 'f"token: {token} only'),
    Mutant("a client can be pickled", _CLIENT, "    def __reduce__(self) -> NoReturn:", "    def _reduce(self) -> NoReturn:"),
    Mutant("chain to httpx's exception", _CLIENT, "            failure = _transport_error(error, method, url)", "            raise _transport_error(error, method, url) from None"),
    Mutant("httpx's message quoted", _CLIENT, 'str(error) if quotable else ""', "str(error)"),
    Mutant("media type quoted", _CLIENT, "media_type if media_type in mimetypes.types_map.values() else", "media_type or"),
    Mutant("body in the message", _ERRORS, 'return f"status {self.status_code}: {self.reason}"', 'return f"status {self.status_code}: {self.reason} {self.content!r}"'),
    Mutant("body in a pickle", _ERRORS, "(self.status_code, b\"\", self.reason)", "(self.status_code, self.content, self.reason)"),
    Mutant("body in the repr of a response", _TYPES, "content: bytes = field(repr=False)", "content: bytes = field()"),
    Mutant("headers in the repr of a response", _TYPES, "MutableMapping[str, str] = field(repr=False)", "MutableMapping[str, str] = field()"),
    Mutant("signed URL shown", _TYPES, 'return re.sub(r"\\?\\S+", "?...", value)', "return value"),
    Mutant("signed URL shown in lists", _TYPES, "return [_without_url_queries(item) for item in value]", "return value"),
    Mutant("no default timeout", _CLIENT, "default=DEFAULT_TIMEOUT", "default=None"),
    Mutant("endless reads by default", _CLIENT, "httpx.Timeout(30.0, connect=10.0)", "httpx.Timeout(None, connect=10.0)"),
    Mutant("with_headers changes the original", _CLIENT, "headers={**self._headers, **headers}", "headers=self._headers.update(headers) or self._headers"),
    Mutant("with_cookies changes the original", _CLIENT, "cookies={**self._cookies, **cookies}", "cookies=self._cookies.update(cookies) or self._cookies"),
    Mutant("with_timeout forgets", _CLIENT, "evolve(self, timeout=timeout)", "evolve(self)"),
    Mutant("with_headers forgets the old", _CLIENT, "headers={**self._headers, **headers}", "headers=headers"),
    Mutant("UNSET is true", _TYPES, "        return False\n\n    def __repr__", "        return True\n\n    def __repr__"),
    Mutant("another package needed", _TYPES, "import re\n", "import re\nimport yaml\n"),
    Mutant("package names itself", _TYPES, "from .errors import", "from convirza_client.errors import"),
]  # fmt: skip

# Tried and found equivalent, so not listed:
# - `isinstance(value, dict) or isinstance(value, Mapping)` without its first half: the same, slower.
# - `required` with `members[name]` for `members.pop(name)`: to_dict writes the attribute over the kept value.
