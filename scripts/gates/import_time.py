"""Check that `import convirza_client` takes at most 1.10 times as long as `import httpx`.

    tox run -e api

Each import runs in many fresh processes, in turns, so that other load on the machine affects both equally;
the medians are compared. A ratio above the limit is measured again, at most twice: noise must not fail it.
"""

import statistics
import subprocess
import sys

from shared import Refusal, new_parser

LIMIT = 1.10
TIMES = 25  # fresh processes for each of the two, in one measurement
TRIES = 3
PROGRAM = "import time; start = time.perf_counter(); import {}; print(time.perf_counter() - start)"


def measure() -> dict[str, float]:
    """The median seconds of both imports."""
    seconds: dict[str, list[float]] = {"httpx": [], "convirza_client": []}
    for turn in range(TIMES + 1):
        for module, found in seconds.items():
            command = [sys.executable, "-I", "-c", PROGRAM.format(module)]
            run = subprocess.run(command, capture_output=True, encoding="utf-8", check=False)
            if run.returncode:
                raise ImportError(f"import {module}: {run.stderr.strip().splitlines()[-1]}")
            if turn:  # the first one may write byte code
                found.append(float(run.stdout))
    return {module: statistics.median(found) for module, found in seconds.items()}


def main() -> int:
    """Run the command line; returns the exit code."""
    new_parser(__doc__).parse_args()
    for _ in range(TRIES):
        try:
            median = measure()
        except ImportError as error:
            raise Refusal(f"{error}: run tox run -e api") from None
        ratio = median["convirza_client"] / median["httpx"]
        said = ", ".join(f"import {module} {seconds * 1000:.1f} ms" for module, seconds in median.items())
        print(f"{said}: ratio {ratio:.3f}, at most {LIMIT:.2f}")
        if ratio <= LIMIT:
            return 0
    raise Refusal(
        "import convirza_client is too slow: see what it imports with "
        "python -X importtime -c 'import convirza_client'"
    )
