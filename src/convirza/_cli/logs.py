"""`-v` and `--log-format`: the log of the library on stderr, for people or as JSON lines."""

import json
import logging
import sys
from collections.abc import Callable
from typing import Final

from convirza._core.logging import logger

FORMATS: Final = ("text", "json")


def start_log(*, verbose: bool, log_format: str) -> Callable[[], None]:
    """Writes the log, without secrets and personal data, to stderr; returns a function that stops it."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(_Json() if log_format == "json" else logging.Formatter("%(asctime)s %(message)s"))
    before = logger.level
    logger.addHandler(handler)
    logger.setLevel(logging.DEBUG if verbose else logging.WARNING)

    def stop() -> None:
        logger.removeHandler(handler)
        logger.setLevel(before)

    return stop


class _Json(logging.Formatter):
    def format(self, record: logging.LogRecord) -> str:
        time = self.formatTime(record, "%Y-%m-%dT%H:%M:%S%z")
        return json.dumps({"time": time, "level": record.levelname, "message": record.getMessage()})
