"""The format of all timestamps of the API."""

from datetime import UTC, datetime


def timestamp(moment: datetime) -> str:
    """An aware datetime in UTC, with milliseconds and `Z`."""
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").removesuffix("+00:00") + "Z"
