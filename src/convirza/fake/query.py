"""Parameters of the query, checked as the document says; anything else is a 400."""

import re
from collections.abc import Collection
from datetime import UTC, datetime
from typing import Final

from starlette.exceptions import HTTPException
from starlette.requests import Request

LARGEST_ID: Final = 2**63 - 1
_TIME: Final = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,6})?(Z|[+-]\d\d:\d\d)")


def get_text(request: Request, name: str, longest: int | None = None) -> str | None:
    """A parameter; None if it is missing or empty."""
    values = request.query_params.getlist(name)
    if len(values) > 1:
        raise HTTPException(400, f"Invalid {name}: it occurs more than once.")
    text = values[0] if values else ""
    if longest is not None and len(text) > longest:
        raise HTTPException(400, f"Invalid {name}: at most {longest} characters are expected.")
    return text or None


def get_int(request: Request, name: str, least: int, most: int = LARGEST_ID) -> int | None:
    """A whole number."""
    text = get_text(request, name)
    if text is None:
        return None
    if not re.fullmatch(r"0|[1-9][0-9]{0,18}", text) or not least <= int(text) <= most:
        raise HTTPException(400, f"Invalid {name}: a whole number from {least} to {most} is expected.")
    return int(text)


def get_time(request: Request, name: str) -> datetime | None:
    """A time with an offset, in UTC."""
    text = get_text(request, name)
    if text is None:
        return None
    try:
        if not _TIME.fullmatch(text):
            raise ValueError
        return datetime.fromisoformat(text).astimezone(UTC)
    except (ValueError, OverflowError):
        raise HTTPException(
            400, f"Invalid {name}: a time as in 2026-02-14T18:20:12.000Z is expected."
        ) from None


def get_names(request: Request, name: str, known: Collection[str]) -> frozenset[str]:
    """Known values, separated by commas."""
    if len(request.query_params.getlist(name)) > 1:
        raise HTTPException(400, f"Invalid {name}: send it once, with values separated by commas.")
    text = get_text(request, name)
    names = frozenset(text.split(",")) if text else frozenset[str]()
    if not names <= frozenset(known):
        raise HTTPException(400, f"Invalid {name} value. The values are: {', '.join(known)}.")
    return names


def get_name(request: Request, name: str, known: Collection[str], default: str) -> str:
    """One known value."""
    text = get_text(request, name) or default
    if text not in known:
        raise HTTPException(400, f"Invalid {name} value. The values are: {', '.join(known)}.")
    return text


def get_page(request: Request, default_limit: int | None) -> tuple[int, int]:
    """Offset and limit; the limit is required without a default."""
    limit = get_int(request, "limit", 1, 200) or default_limit
    if limit is None:
        raise HTTPException(400, "Invalid limit: it is required.")
    return get_int(request, "offset", 0) or 0, limit
