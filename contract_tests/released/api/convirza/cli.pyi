import asyncio
import contextlib
import difflib
import importlib
import ipaddress
import os
import re
import sys
from collections.abc import Iterable, Sequence
from enum import IntEnum
from typing import Any, Final, Self
import httpx
from convirza._generated import AuthenticatedClient, Call, CallModule, CallResponse, errors, get_call
DEFAULT_BASE_URL: Final = 'https://platform-api.convirza.com/v3'
DEFAULT_TIMEOUT: Final = 30.0
_LONGEST_TIMEOUT: Final = 3600.0
_LARGEST_ID: Final = 2 ** 63 - 1

class ExitCode(IntEnum):
    meaning: str

    def __new__(cls, value: int, meaning: str) -> Self:
        ...
    DONE = (0, 'done')
    UNUSABLE = (1, 'the answer cannot be used: 429, 500, not JSON, ...')
    USAGE = (2, 'wrong usage: bad id or option, no token, extra missing, ...')
    REFUSED = (3, 'the token was refused (401) or has no access (403)')
    NOT_FOUND = (4, 'no such call (404)')
    NO_ANSWER = (5, 'no answer: unreachable, timeout, broken connection')
    INTERRUPTED = (130, 'interrupted (Ctrl-C)')

class Failure(Exception):

    def __init__(self, code: ExitCode, what: str, advice: str) -> None:
        self.code = code

def main(args: Sequence[str] | None=None) -> int:
    ...

def _complain(message: str) -> None:
    ...

def discard_stdout() -> None:
    ...

def load(module: str, *, extras: str) -> Any:
    ...

def parse_id(text: str) -> int:
    ...

def parse_include(values: Iterable[str]) -> list[CallModule]:
    ...

def parse_timeout(seconds: float) -> float:
    ...

def live_client(base_url: str | None) -> AuthenticatedClient:
    ...

def _parse_base_url(source: str, text: str) -> httpx.URL:
    ...

def _is_loopback(host: str) -> bool:
    ...

def demo_client() -> AuthenticatedClient:
    ...

def fetch(client: AuthenticatedClient, call_id: int, include: list[CallModule], *, seconds: float) -> tuple[bytes, Call]:
    ...

def _unreachable(client: AuthenticatedClient, error: errors.TransportError) -> Failure:
    ...

def _refused(status: int, call_id: int, reason: str) -> Failure:
    ...
