"""Settings of all tests: runs are reproducible, unless a random seed is requested.

CONVIRZA_CONTRACT_SEED is a number or `random`, CONVIRZA_CONTRACT_TIMES multiplies the examples of the tests
that draw any. `tox run -e deep` sets both.
"""

import os
import random
import signal
from pathlib import Path

import hypothesis
import pytest

SEED = "CONVIRZA_CONTRACT_SEED"


@pytest.hookimpl(tryfirst=True)  # before hypothesis reads its option
def pytest_configure(config: pytest.Config) -> None:
    """Fix the seed; make one if `random` is requested, and pass it on to schemathesis."""
    # In the background of a shell Ctrl-C is ignored, and the commands that are tested would inherit that.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    if os.environ.get(SEED) == "random":
        os.environ[SEED] = str(random.SystemRandom().randrange(2**32))
    seed = os.environ.get(SEED)
    if seed:
        config.option.hypothesis_seed = int(seed) if seed.isdecimal() else seed
    if not config.getoption("--force-enable-socket"):
        # Each client loads the certificates of its authorities: 1 ms for one, 45 for those of certifi.
        os.environ["SSL_CERT_FILE"] = str(Path(__file__).parent / "support/ca.pem")
    hypothesis.settings.register_profile("contract", derandomize=not seed, database=None, deadline=None)
    hypothesis.settings.load_profile("contract")


def pytest_report_header() -> str | None:
    """Say how to run the same again."""
    seed = os.environ.get(SEED)
    return f"seed: {seed} (to run the same again: {SEED}={seed})" if seed else None
