"""`python -m myapp BASE_URL TOKEN ID...` prints how long calls took."""

import sys

from ._vendor.convirza import Convirza
from .durations import durations, raw_duration


def main(base_url: str, token: str, *call_ids: str) -> None:
    """Prints a line for each id, then what the generated client says of the first."""
    ids = [int(call_id) for call_id in call_ids]
    with Convirza(base_url=base_url, token=token) as api:
        for call_id, text in durations(api, ids):
            print(f"{call_id}: {text}")
    print(f"{ids[0]}: {raw_duration(base_url, token, ids[0])}")


if __name__ == "__main__":
    main(*sys.argv[1:])
