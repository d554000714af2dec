"""The form of every timestamp of the API."""

from datetime import UTC, datetime


def timestamp(moment: datetime) -> str:
    """The moment, an aware datetime, in UTC with milliseconds and `Z`."""
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").removesuffix("+00:00") + "Z"
